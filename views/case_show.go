package views

import (
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// replicaMode says how the workload's other pods are shown.
type replicaMode int

// The ways: lines behind the container's area, a chart for each pod, or not at all.
const (
	replicasBehind replicaMode = iota
	replicasApart
	replicasHidden
	replicaModes
)

// caseShow is what a person chose to see in the chart.
type caseShow struct {
	dots     dotStyle
	replicas replicaMode
	levels   bool // percentile lines
	ahead    bool // the next kill that is expected
	parts    bool // what memory is made of
}

// pressShow handles the keys that choose what the chart shows, and reports whether m was one of them.
func (s *CaseScreen) pressShow(m tea.KeyPressMsg) (Intent, bool) {
	switch {
	case key.Matches(m, keyCaseReplicas):
		return s.nextReplicas(), true
	case key.Matches(m, keyCaseParts):
		s.show.parts = !s.show.parts
		return s.wantsParts(), true
	case key.Matches(m, keyCaseLevels):
		s.show.levels = !s.show.levels
		return s.wantsDiagnosis(s.show.levels), true
	case key.Matches(m, keyCaseAhead):
		s.show.ahead = !s.show.ahead
		return s.wantsDiagnosis(s.show.ahead), true
	case key.Matches(m, keyCaseDots):
		s.show.dots = (s.show.dots + 1) % dotStyles
		return Say{data.Textf("Charts are drawn with %s", dotNames[s.show.dots])}, true
	}
	return nil, false
}

// nextReplicas goes on to the next way of showing the other pods.
func (s *CaseScreen) nextReplicas() Intent {
	if c := s.series.chart; c == nil || len(c.Others) == 0 {
		return Say{"No other pod of this workload has samples in this window."}
	}
	s.show.replicas = (s.show.replicas + 1) % replicaModes
	switch s.show.replicas {
	case replicasApart:
		return Say{"A chart for each pod, all with one scale"}
	case replicasHidden:
		return Say{"This pod alone"}
	}
	return Say{"The other pods as dotted lines"}
}

// loadedParts returns what the memory of the window is made of, nil when nobody asked.
func (s *CaseScreen) loadedParts() *Loaded[data.Parts] {
	if s.state == nil || !s.show.parts {
		return nil
	}
	return s.state.Parts[ChartKey{Key: s.key, Window: s.window}]
}

// parts returns the layers to draw, nil unless they are wanted and there.
func (s *CaseScreen) parts() *data.Parts {
	if l := s.loadedParts(); l != nil && l.Value != nil && l.Value.RSS.Len() > 0 {
		return l.Value
	}
	return nil
}

// wantsParts asks for the layers of the window when they are wanted and were never read, or failed.
func (s *CaseScreen) wantsParts() Intent {
	if !s.show.parts || !s.hasMetrics() {
		return nil
	}
	if l := s.loadedParts(); l != nil && (l.Loading || (l.Value != nil && l.Problem == "")) {
		return nil
	}
	return LoadParts{Key: s.key, Window: s.window}
}

// wantsDiagnosis asks for the diagnosis when something of it is wanted and it was never made.
func (s *CaseScreen) wantsDiagnosis(wanted bool) Intent {
	if !wanted || s.state == nil || s.state.Diagnoses[s.key] != nil {
		return nil
	}
	return LoadDiagnosis{Key: s.key}
}

// diagnosis returns the diagnosis as far as it was made, nil without one.
func (s *CaseScreen) diagnosis() *analysis.Diagnosis {
	if s.state == nil {
		return nil
	}
	if l := s.state.Diagnoses[s.key]; l != nil {
		return l.Value
	}
	return nil
}

// levelsOf returns the percentile lines of the window, or of a day for windows that are shorter: statistics are made
// of raw samples, for a day at the least.
func (s *CaseScreen) levelsOf() (out []chartLevel, of data.Window) {
	d := s.diagnosis()
	if d == nil || !s.show.levels {
		return nil, ""
	}
	w := s.window
	if w.Duration() < data.Day.Duration() {
		w = data.Day
	}
	u := d.Usage[w]
	if u.Samples == 0 {
		return nil, ""
	}
	return []chartLevel{{"p95", u.P95}, {"p99", u.P99}, {"max", u.Max}}, w
}

// aheadOf returns the next kill as it is expected from the end of the chart, nil when that is not wanted or not known, or
// when the end is not shown.
func (s *CaseScreen) aheadOf() *chartAhead {
	d, c := s.diagnosis(), s.series.chart
	if d == nil || c == nil || !s.show.ahead || c.To != s.series.src.To || d.Forecast.Likely == nil {
		return nil
	}
	gone := c.To.Sub(d.At) // since the diagnosis was made
	f, out := d.Forecast, &chartAhead{grows: d.Cause.ToNextKill != nil}
	out.likely = max(*f.Likely-gone, 0)
	out.low, out.high = out.likely, out.likely
	if f.Low != nil {
		out.low = max(*f.Low-gone, 0)
	}
	if f.High != nil {
		out.high = max(*f.High-gone, out.likely)
	}
	return out
}

// aheadText says in words when the next kill is expected, or why nothing can be said; nothing while it is not asked for.
func (s *CaseScreen) aheadText(f Frame) []string {
	if !s.show.ahead {
		return nil
	}
	th, g := f.Theme, f.Theme.Glyphs
	line := func(style lipgloss.Style, glyph, text string) []string {
		return []string{" " + Render(style, Cut(glyph+" "+text, f.Width-1))}
	}
	l, d := s.state.Diagnoses[s.key], s.diagnosis()
	switch {
	case l != nil && l.Loading:
		return line(th.Info, g.Busy, s.waiting("When the next kill is expected: reading 30 days of history"))
	case d == nil || d.Forecast.Likely == nil:
		return line(th.Muted, g.Unknown, "When the next kill comes can't be told: neither steady growth nor enough kills are known.")
	}
	a := s.aheadOf()
	if a == nil {
		return line(th.Muted, g.Unknown, "The next kill is expected after now, which is not shown: 0 shows the whole window.")
	}
	text := "Next kill in about " + Span(a.likely)
	if a.low < a.likely && a.high > a.likely {
		text += fmt.Sprintf(", four times in five within %s to %s", Span(a.low), Span(a.high))
	}
	if d.Forecast.From != "" {
		text += " (from " + d.Forecast.From.String() + ")"
	}
	return line(th.Warn, g.Warn, text)
}

// levelsText says of which window the percentile lines are, or that they are being read.
func (s *CaseScreen) levelsText(f Frame) []string {
	if !s.show.levels {
		return nil
	}
	th, g := f.Theme, f.Theme.Glyphs
	levels, of := s.levelsOf()
	text, style := "", th.Muted
	switch l := s.state.Diagnoses[s.key]; {
	case len(levels) > 0 && of != s.window:
		text = fmt.Sprintf("%s p95, p99 and max are those of %s: statistics need a day at the least.", g.Dot, of)
	case len(levels) > 0:
		return nil
	case l != nil && l.Loading:
		text, style = g.Busy+" "+s.waiting("Percentiles: reading 30 days of history"), th.Info
	default:
		text = g.Unknown + " There are no percentiles: no history was read."
	}
	return []string{" " + Render(style, Cut(text, f.Width-1))}
}

// partsText says that the layers are being read, or why they can't be shown.
func (s *CaseScreen) partsText(f Frame) []string {
	if !s.show.parts {
		return nil
	}
	th, g, l := f.Theme, f.Theme.Glyphs, s.loadedParts()
	text, style := "", th.Muted
	switch {
	case l == nil:
		text = g.Unknown + " What memory is made of has not been read for this window: " + f.Key(keyCaseReload) + " reads it."
	case l.Loading && l.Value == nil:
		text, style = g.Busy+" "+s.waiting("Reading what memory is made of"), th.Info
	case l.Problem != "":
		text, style = g.Warn+" What memory is made of can't be shown: "+l.Problem.String(), th.Warn
	case l.Value != nil && len(l.Value.Gaps) > 0:
		gap := l.Value.Gaps[0]
		text, style = g.Unknown+" "+gap.What.String()+": "+gap.Why.String(), th.Info
	default:
		return nil
	}
	return []string{" " + Render(style, Cut(text, f.Width-1))}
}
