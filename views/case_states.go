package views

import (
	"fmt"

	"charm.land/lipgloss/v2"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
)

// spelled are the windows in words.
var spelled = map[data.Window]string{
	data.Hour: "hour", data.SixHours: "6 hours", data.Day: "24 hours", data.Week: "7 days", data.ThirtyDay: "30 days",
}

// remark is one paragraph with a sign before it.
type remark struct {
	glyph string
	style lipgloss.Style
	text  string
}

// instead returns what stands where the chart would be, nil when there is a chart with samples to draw.
func (s *CaseScreen) instead(f Frame) []string {
	th, l := f.Theme, s.loaded()
	if s.series.chart != nil && s.series.count > 0 {
		return nil
	}
	var say []remark
	switch {
	case l != nil && l.Value != nil && l.Problem == "":
		say = s.emptyChart(f)
	case l != nil && l.Loading:
		say = s.loadingChart(th, l)
	case !s.hasMetrics():
		say = noMetrics(f)
	case l != nil && l.Problem != "":
		say = failedChart(f, l.Problem.String(), s.window)
	default:
		say = s.neverAsked(f)
	}
	sh := &sheet{t: th, width: f.Width}
	sh.add("")
	for _, r := range say {
		sh.note(1, r.style, r.glyph, r.text)
	}
	return sh.lines
}

// noMetrics is said where no Prometheus is configured: what is missing, what is known all the same, what to do.
func noMetrics(f Frame) []remark {
	th, g := f.Theme, f.Theme.Glyphs
	return []remark{
		{g.Unknown, th.Warn, "No memory history: no Prometheus is configured."},
		{g.Dot, th.Muted, "Not known without it: how memory rose before the kill, peaks and percentiles, whether it leaks, kills that the API server has forgotten."},
		{g.Dot, th.Muted, "Known from the API server: the last kill with its exit code, limit and request, restarts, the workload (below), and the confirmation in the diagnosis (" + f.Key(keyCaseDiagnose) + ")."},
		{g.Arrow, th.Accent, "Start with --prometheus-url URL to have the history too."},
	}
}

func (s *CaseScreen) loadingChart(th *themes.Theme, l *Loaded[data.Chart]) []remark {
	text := fmt.Sprintf("Reading the memory of the last %s", spelled[s.window])
	if l.Total > 0 {
		text += fmt.Sprintf(": %d of %d queries", l.Done, l.Total)
	}
	return []remark{
		{th.Glyphs.Busy, th.Info, s.waiting(text)},
		{th.Glyphs.Dot, th.Muted, "What the API server knows is below already."},
	}
}

func failedChart(f Frame, problem string, w data.Window) []remark {
	th := f.Theme
	return []remark{
		{th.Glyphs.Bad, th.Bad, fmt.Sprintf("The memory of the last %s could not be read.", spelled[w])},
		{th.Glyphs.Dot, th.Muted, problem},
		{th.Glyphs.Arrow, th.Accent, fmt.Sprintf("%s tries again, %s and %s read another window.", f.keyed(keyCaseReload, keyCaseShorter, keyCaseLonger)...)},
	}
}

func (s *CaseScreen) emptyChart(f Frame) []remark {
	th := f.Theme
	out := []remark{
		{th.Glyphs.Unknown, th.Warn, fmt.Sprintf("Prometheus has no samples of this container in the last %s.", spelled[s.window])},
		{th.Glyphs.Dot, th.Muted, "It may have lived for less than a scrape interval, be too new, or not be scraped (cAdvisor metrics of the kubelet)."},
	}
	if c := s.series.chart; c != nil && len(c.Kills) > 0 {
		out = append(out, remark{th.Glyphs.Kill, th.Kill, fmt.Sprintf("In this window it was killed all the same: %s known.", counted(len(c.Kills), "kill"))})
	}
	return append(out, remark{th.Glyphs.Arrow, th.Accent, fmt.Sprintf("%s reads a longer window, %s reads again, %s copies the PromQL.", f.keyed(keyCaseLonger, keyCaseReload, keyCaseCopy)...)})
}

func (s *CaseScreen) neverAsked(f Frame) []remark {
	th := f.Theme
	return []remark{
		{th.Glyphs.Unknown, th.Muted, fmt.Sprintf("The memory of the last %s has not been read yet.", spelled[s.window])},
		{th.Glyphs.Arrow, th.Accent, f.Key(keyCaseReload) + " reads it."},
	}
}

// unknownCase is the whole body while nothing is known of the container.
func (s *CaseScreen) unknownCase(f Frame) []string {
	th := f.Theme
	sh := &sheet{t: th, width: f.Width}
	sh.add("")
	if s.state == nil || s.state.Board == nil {
		sh.note(1, th.Info, th.Glyphs.Busy, s.waiting("Waiting for the first list of pods"))
		return sh.lines
	}
	sh.note(1, th.Warn, th.Glyphs.Unknown, fmt.Sprintf("%s is not among the containers that are known.", s.key))
	sh.note(1, th.Muted, th.Glyphs.Dot, "It was not killed within the look-back window, or its pod is gone and forgotten.")
	sh.note(1, th.Accent, th.Glyphs.Arrow, f.Key(KeyBack)+" goes back to the list.")
	return sh.lines
}

// notes are the lines that must not be missed: what is old, gone or missing in what is shown.
func (s *CaseScreen) notes(f Frame) []string {
	th := f.Theme
	var out []string
	note := func(style lipgloss.Style, glyph, text string) {
		out = append(out, " "+Render(style, Cut(glyph+" "+text, f.Width-1)))
	}
	if g := s.found.Container.GoneAt; !g.IsZero() {
		note(th.Warn, th.Glyphs.Warn, fmt.Sprintf("The pod is gone since %s (%s ago); what was seen of it is kept.", moment(g, f), Ago(g, f.Now)))
	} else if !s.listed {
		note(th.Warn, th.Glyphs.Warn, "This container has left the list: the facts below are the last that were seen.")
	}
	if l := s.loaded(); l != nil && l.Problem != "" && s.series.count > 0 {
		note(th.Warn, th.Glyphs.Warn, fmt.Sprintf("The chart is %s old; reading again failed: %s (r retries)", Ago(l.At, f.Now), l.Problem))
	}
	if m := s.state.Board; m != nil && m.Metrics.Source != "" && m.Metrics.Checked && !m.Metrics.Reachable && s.series.count > 0 {
		note(th.Warn, th.Glyphs.Warn, fmt.Sprintf("Prometheus does not answer now: %s", m.Metrics.Problem))
	}
	if s.series.chart != nil {
		for _, g := range s.series.chart.Gaps {
			note(th.Warn, th.Glyphs.Warn, fmt.Sprintf("%s: %s", g.What, g.Why))
		}
	}
	return out
}
