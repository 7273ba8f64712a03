package views

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// TestNewsComeBeforeTheCommand holds the dialog in the smallest terminal to what matters there: what happened stands on
// it, and the command, which c copies whole, takes one line.
func TestNewsComeBeforeTheCommand(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"failed":        "etcdserver: leader changed",
		"verifying-ok":  "Rolled out: 1 of 1 pod updated",
		"rolling-stuck": "1 of 3 pods updated",
		"planned":       "request 256Mi → 512Mi",
	} {
		text := drawnAs(t, fixNamed(t, name).screen(t), 40, 9)
		for _, part := range []string{want, "$ kubectl set resources stat"} {
			if !strings.Contains(text, part) {
				t.Errorf("%s at 40x12 does not show %q:\n%s", name, part, text)
			}
		}
	}
}

// TestConnectionCountsWhatIsOutOfSight goes down a list that is longer than its room.
func TestConnectionCountsWhatIsOutOfSight(t *testing.T) {
	t.Parallel()
	st := threeCandidates()
	for i := range 9 {
		st.Connections.Candidates = append(st.Connections.Candidates, data.Candidate{Name: data.Clean(fmt.Sprintf("ns/more-%d", i)), State: data.Refused})
	}
	s := connectionWith(st)
	if text := drawnAs(t, s, 80, 21); !strings.Contains(text, "5 more") {
		t.Errorf("what is below is not counted:\n%s", text)
	}
	for range 11 {
		press(s, "j")
	}
	if text := drawnAs(t, s, 80, 21); !strings.Contains(text, "5 above") || strings.Contains(text, " more ") || !strings.Contains(text, "more-8") {
		t.Errorf("what is above is not counted, or the last one is not shown:\n%s", text)
	}
	if text := drawnAs(t, connectionWith(threeCandidates()), 80, 21); strings.Contains(text, " more") {
		t.Errorf("all are shown, and more are counted:\n%s", text)
	}
}

func TestMarkCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lines []string
		n     int
		want  string
	}{
		{[]string{"a", "b"}, 2, "a|b"},
		{[]string{"a", "b", "c"}, 2, "a|b …"},
		{[]string{"a", "0123456789", "c"}, 2, "a|0123456… …"},
		{[]string{"a"}, 0, "a"},
		{nil, 3, ""},
	} {
		if got := strings.Join(markCut(c.lines, c.n, 10), "|"); got != c.want {
			t.Errorf("%q in %d lines: %q, want %q", c.lines, c.n, got, c.want)
		}
	}
}

// TestSpanTakesFourCells goes from seconds to the age of a very old thing.
func TestSpanTakesFourCells(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for d, want := range map[time.Duration]string{
		-time.Second: "0s", 59 * time.Second: "59s", time.Hour - 1: "59m", 48*time.Hour - 1: "47h", 2 * day: "2d",
		1000*day - 1: "999d", 1000 * day: "2.7y", 3649 * day: "9.9y", 3650 * day: "10y", 36500 * day: "100y",
	} {
		if got := Span(d); got != want || Width(got) > 4 {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}
