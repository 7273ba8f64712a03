package views

import (
	"cmp"
	"slices"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// caseRow is one line of the table of numbers: a sample, a kill without a sample beside it, or a silence.
type caseRow struct {
	at    int64   // Unix milliseconds
	value float64 // bytes; negative when there is no sample
	limit float64 // bytes in force; 0 when unknown or none
	event string
	kill  bool
}

// share returns the row's part of the limit, nil when either is unknown.
func (r caseRow) share() *float64 {
	if r.value < 0 || r.limit <= 0 {
		return nil
	}
	x := r.value / r.limit
	return &x
}

// knownKills tells whether a list of kills has changed; kills are only ever added, or forgotten from the front.
type knownKills struct {
	n      int
	newest time.Time
}

// caseSeries is what the case screen makes of a chart once, so that drawing need not.
type caseSeries struct {
	src   *data.Chart
	kills knownKills // of the container when the series was made
	limit int64
	kind  data.Text // of the workload
	zoom  zoomRange
	// chart is src with the kills that the API server knows added, narrowed to the zoom; nil without src.
	chart  *data.Chart
	events []analysis.ChartEvent // of chart
	rows   []caseRow             // oldest first

	// Of the samples of the chart, in bytes; count 0 says that there are none.
	count                 int
	lowest, mean, highest float64
	highestAt, lastAt     int64
	last                  float64
	coverage              float64 // share of the window's steps that have a sample
}

// update makes the series of c as far as zoom shows it, unless it has it already.
func (s *caseSeries) update(c *data.Chart, found *analysis.Case, zoom zoomRange) {
	var kills []data.Kill
	var kind data.Text
	var limit int64
	if found != nil {
		kills, kind = found.Container.Kills, found.Container.Workload.Kind
		if l := found.Container.Resources.Limit; l != nil {
			limit = *l
		}
	}
	mark := knownKills{n: len(kills)}
	if mark.n > 0 {
		mark.newest = kills[mark.n-1].At
	}
	if c == s.src && mark == s.kills && limit == s.limit && zoom == s.zoom && kind == s.kind {
		return
	}
	*s = caseSeries{src: c, kills: mark, limit: limit, zoom: zoom, kind: kind}
	if c == nil || !c.To.After(c.From) {
		return
	}
	merged := *c
	merged.Kills = nil
	for _, k := range data.MergeKills(c.Kills, kills) {
		if !k.At.Before(c.From) && !k.At.After(c.To) {
			merged.Kills = append(merged.Kills, k)
		}
	}
	s.chart = &merged
	s.events = zoom.narrow(s.chart, analysis.ChartEvents(s.chart, kind))
	s.build(limit)
}

// build makes rows and numbers. limit is the one of now, in bytes, for charts that have none over time; 0 is none.
func (s *caseSeries) build(limit int64) {
	f := chartFrame{from: s.chart.From.UnixMilli(), to: s.chart.To.UnixMilli(), step: max(s.chart.Step.Milliseconds(), 1), now: s.chart.To.UnixMilli()}
	sum := 0.0
	for n, life := range s.chart.Lives {
		fresh := true
		for _, part := range stretches(life.Samples, &f) {
			for i, at := range part.T {
				r := caseRow{at: at, value: part.V[i]}
				r.limit, _ = inForce(s.chart.Limit, &limit, at)
				if fresh && (n > 0 || at-f.from > f.maxSilence()) {
					r.event = "start"
				}
				fresh = false
				s.rows = append(s.rows, r)
				sum += r.value
			}
		}
	}
	slices.SortStableFunc(s.rows, func(a, b caseRow) int { return cmp.Compare(a.at, b.at) })
	s.count = len(s.rows)
	if s.count > 0 {
		s.measure(sum, &f)
	}
	for _, q := range silences(s.chart, &f) {
		long := Span(time.Duration(q.to-q.from) * time.Millisecond)
		s.rows = append(s.rows, caseRow{at: q.from + 1, value: -1, event: "no data " + long})
	}
	s.addKills(&f)
	slices.SortStableFunc(s.rows, func(a, b caseRow) int { return cmp.Compare(a.at, b.at) })
}

// measure takes lowest, mean, highest and last of the rows, which are samples alone at this point.
func (s *caseSeries) measure(sum float64, f *chartFrame) {
	s.lowest, s.highest, s.highestAt = s.rows[0].value, s.rows[0].value, s.rows[0].at
	for _, r := range s.rows {
		s.lowest = min(s.lowest, r.value)
		if r.value > s.highest {
			s.highest, s.highestAt = r.value, r.at
		}
	}
	end := s.rows[s.count-1]
	s.mean, s.last, s.lastAt = sum/float64(s.count), end.value, end.at
	s.coverage = min(float64(s.count)/float64((f.to-f.from)/f.step+1), 1)
}

// addKills writes each kill to the last sample before it, or gives it a row where none is near.
func (s *caseSeries) addKills(f *chartFrame) {
	samples := s.rows[:s.count:s.count]
	for _, k := range s.chart.Kills {
		ms := k.At.UnixMilli()
		i, _ := slices.BinarySearchFunc(samples, ms+1, func(r caseRow, t int64) int { return cmp.Compare(r.at, t) })
		if i > 0 && ms-samples[i-1].at <= f.maxSilence() {
			r := &s.rows[i-1]
			r.kill = true
			r.event = joinEvents(r.event, "kill")
			continue
		}
		s.rows = append(s.rows, caseRow{at: ms, value: -1, event: "kill", kill: true})
	}
}

func joinEvents(a, b string) string {
	if a == "" || a == b {
		return b
	}
	return a + ", " + b
}

// near returns the index of the row that is closest to a time, -1 without rows.
func (s *caseSeries) near(at time.Time) int {
	if len(s.rows) == 0 {
		return -1
	}
	ms := at.UnixMilli()
	i, _ := slices.BinarySearchFunc(s.rows, ms, func(r caseRow, t int64) int { return cmp.Compare(r.at, t) })
	switch {
	case i == len(s.rows):
		return i - 1
	case i > 0 && ms-s.rows[i-1].at < s.rows[i].at-ms:
		return i - 1
	}
	return i
}
