package views

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/oomedic/oomedic/data"
)

// caseSpan is one line of the short table: what happened in a stretch of time of a round length.
type caseSpan struct {
	from  int64 // Unix milliseconds
	top   int   // index of the row with the highest sample; of a span without samples its first row
	value float64
	share *float64 // the largest
	kills int
	event string
}

// spanLengths are the lengths that the short table chooses from.
var spanLengths = []time.Duration{
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 48 * time.Hour, 7 * 24 * time.Hour,
}

// spans gathers all rows in at most n stretches of equal length, oldest first. Each begins at a round time in zone.
func (s *caseSeries) spans(n int, zone *time.Location) ([]caseSpan, time.Duration) {
	if s.chart == nil || len(s.rows) == 0 || n < 2 {
		return nil, 0
	}
	_, offset := s.chart.From.In(zone).Zone()
	shift := int64(offset) * 1000
	for _, length := range spanLengths {
		ms := length.Milliseconds()
		at := func(t int64) int64 { return floorTo(t+shift, ms) - shift }
		if (at(s.rows[len(s.rows)-1].at)-at(s.rows[0].at))/ms+1 > int64(n) {
			continue
		}
		var out []caseSpan
		for i, r := range s.rows {
			if len(out) == 0 || out[len(out)-1].from != at(r.at) {
				out = append(out, caseSpan{from: at(r.at), top: i, value: -1})
			}
			out[len(out)-1].take(i, r)
		}
		for _, k := range s.chart.Kills { // rows say that there was a kill, not how many
			from := at(k.At.UnixMilli())
			i, found := slices.BinarySearchFunc(out, from, compareSpan)
			if !found {
				i-- // its row is that of the last sample before it
			}
			out[max(i, 0)].kills++
		}
		return out, length
	}
	return nil, 0
}

func compareSpan(p caseSpan, t int64) int { return cmp.Compare(p.from, t) }

// floorTo rounds t down to a multiple of step; both are milliseconds.
func floorTo(t, step int64) int64 { return t - (t%step+step)%step }

// take adds a row to the span.
func (p *caseSpan) take(i int, r caseRow) {
	if r.value > p.value {
		p.value, p.top = r.value, i
	}
	if x := r.share(); x != nil && (p.share == nil || *x > *p.share) {
		p.share = x
	}
	if r.event != "" && !r.kill {
		p.event = joinEvents(p.event, r.event)
	}
}

// events says what happened in the span, kills first.
func (p *caseSpan) events() string {
	out := ""
	switch {
	case p.kills == 1:
		out = "kill"
	case p.kills > 1:
		out = counted(p.kills, "kill")
	}
	if p.event == "" {
		return out
	}
	return joinEvents(out, p.event)
}

// spanLines is the short table: the whole window beside the chart, newest first, each line the highest of its stretch.
// Where every row has room by itself, or there is too little of it, it is the table of all rows.
func (s *CaseScreen) spanLines(f Frame, w, h int) []string {
	s.spans = nil
	if len(s.series.rows) < h || h < 4 {
		return s.tableLines(f, w, h)
	}
	spans, length := s.series.spans(h-2, f.Zone)
	if len(spans) < 2 {
		return s.tableLines(f, w, h)
	}
	s.spans, s.page = spans, 4
	th := f.Theme
	timeW := s.timeWidth()
	out := []string{Render(th.Header, Cut("  "+Pad("from", timeW)+PadLeft("highest", valueW)+PadLeft("of limit", shareW)+"  event", w))}
	on := s.spanUnder()
	for i := len(spans) - 1; i >= 0; i-- {
		p := spans[i]
		r := caseRow{at: p.from, value: p.value, event: p.events(), kill: p.kills > 0}
		out = append(out, s.tableRow(f, r, p.share, timeW, w, i == on))
	}
	note := fmt.Sprintf("  the highest of each %s; %s for every number", Span(length), f.Key(keyCaseTable))
	return append(out, Render(th.Muted, Cut(note, w)))
}

// spanUnder is the index of the span that the cursor is in, -1 without one.
func (s *CaseScreen) spanUnder() int {
	if s.cursor.IsZero() {
		return -1
	}
	i, found := slices.BinarySearchFunc(s.spans, s.cursor.UnixMilli(), compareSpan)
	if !found {
		i--
	}
	return i
}

// moveSpan moves the cursor to the highest sample of another line of the short table; positive is later.
func (s *CaseScreen) moveSpan(by int) {
	i := min(max(s.spanUnder()+by, 0), len(s.spans)-1)
	s.toRow(s.spans[i].top)
}

// timeWidth is how wide times are in the tables.
func (s *CaseScreen) timeWidth() int {
	switch c := s.series.chart; {
	case s.window.Duration() > data.Day.Duration():
		return len("Mon 23 15:04")
	case c != nil && c.Step < time.Minute:
		return len(time.TimeOnly)
	}
	return len("15:04")
}
