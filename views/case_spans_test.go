package views

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

func TestSpansHoldTheWholeWindow(t *testing.T) {
	t.Parallel()
	at := func(minute int) time.Time { return fixedNow.Add(-time.Hour + time.Duration(minute)*time.Minute) } // from 02:12 on
	kills := []data.Kill{{At: at(20)}, {At: at(21)}, {At: at(50)}}
	half := time.FixedZone("half an hour off", 30*60)
	for _, c := range []struct {
		lines  int
		zone   *time.Location
		length time.Duration
		want   []string // begin and kills of the spans that have any, after how many spans there are
	}{
		{61, time.UTC, time.Minute, []string{"61", "02:32 1", "02:33 1", "03:02 1"}},
		{60, time.UTC, 2 * time.Minute, []string{"31", "02:32 2", "03:02 1"}},
		{13, time.UTC, 5 * time.Minute, []string{"13", "02:30 2", "03:00 1"}},
		{5, time.UTC, 15 * time.Minute, []string{"5", "02:30 2", "03:00 1"}},
		{2, time.UTC, time.Hour, []string{"2", "02:00 2", "03:00 1"}},
		{2, half, time.Hour, []string{"2", "03:00 3"}}, // 02:12 is 02:42 there
		{1, time.UTC, 0, []string{"0"}},
	} {
		s := seriesOf(ramp(), kills...)
		spans, length := s.spans(c.lines, c.zone)
		got := []string{fmt.Sprint(len(spans))}
		for i, p := range spans {
			if p.kills > 0 {
				got = append(got, fmt.Sprintf("%s %d", time.UnixMilli(p.from).In(c.zone).Format("15:04"), p.kills))
			}
			if i > 0 && p.from <= spans[i-1].from {
				t.Errorf("span %d of %d is not after the one before", i, len(spans))
			}
			if p.value != s.rows[p.top].value {
				t.Errorf("span %d is %v, its highest sample %v", i, p.value, s.rows[p.top].value)
			}
		}
		if length != c.length || strings.Join(got, ", ") != strings.Join(c.want, ", ") {
			t.Errorf("%d lines: %s of %v, want %s of %v", c.lines, got, length, c.want, c.length)
		}
	}
}

// TestShortTableMovesByItsLines looks at the table beside the chart: its lines are spans, and j and k go through them.
func TestShortTableMovesByItsLines(t *testing.T) {
	t.Parallel()
	s, _ := caseWith(t, sawtooth(leakyKey, data.Day))
	text := caseText(t, s, 120, 37)
	if !strings.Contains(text, "the highest of each") || len(s.spans) < 2 {
		t.Fatalf("no short table:\n%s", text)
	}
	press(s, "g", "j")
	last := len(s.spans) - 1
	if want := s.series.rows[s.spans[last-1].top].at; s.cursor.UnixMilli() != want {
		t.Errorf("j goes to %s, want the highest sample of the line below", s.cursor)
	}
	for range len(s.spans) + 3 {
		press(s, "j")
	}
	if s.spanUnder() != 0 {
		t.Errorf("j ends on line %d, want the oldest", s.spanUnder())
	}
	press(s, "v") // all numbers: lines are samples again
	caseText(t, s, 120, 37)
	press(s, "g", "j")
	if want := s.series.rows[len(s.series.rows)-2].at; s.cursor.UnixMilli() != want {
		t.Errorf("j among all numbers goes to %s, want the sample before the newest", s.cursor)
	}
}

func TestSpanEvents(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]caseSpan{
		"": {}, "kill": {kills: 1}, "2 kills": {kills: 2}, "start": {event: "start"}, "kill, start": {kills: 1, event: "start"},
	} {
		if got := p.events(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
