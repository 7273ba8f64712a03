package views

import (
	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/themes"
)

// eventGlyph returns the sign of an event that stands on the time axis.
func eventGlyph(g *themes.Glyphs, k analysis.ChartEventKind) string {
	switch k {
	case analysis.EventRestart:
		return g.Restart
	case analysis.EventRollout:
		return g.Rollout
	}
	return g.Change
}

// parts reports whether an event parts the chart into a before and an after: a change of the limit, or new pods.
func partsChart(k analysis.ChartEventKind) bool {
	return k == analysis.EventLimit || k == analysis.EventRollout
}

// drawEventLines draws a line from top to bottom at each event that parts the chart. Everything else covers it.
func drawEventLines(p *chartPlane, f *chartFrame, opt chartOptions) {
	bar := '┊'
	if f.dots == dotsASCII {
		bar = '|'
	}
	for _, e := range opt.Events {
		if ms := e.At.UnixMilli(); partsChart(e.Kind) && f.holds(ms) {
			for y := range f.h {
				p.put(f.left+f.col(ms), y, bar, markRollout)
			}
		}
	}
}

// drawEventMarks puts the sign of each event on the time axis.
func drawEventMarks(p *chartPlane, f *chartFrame, opt chartOptions) {
	for _, e := range opt.Events {
		if ms := e.At.UnixMilli(); f.holds(ms) {
			p.text(f.left+f.col(ms), f.h, eventGlyph(&opt.Theme.Glyphs, e.Kind), markEvent)
		}
	}
}

// newestParting returns the newest event of a chart that parts it into a before and an after.
func newestParting(events []analysis.ChartEvent) (analysis.ChartEvent, bool) {
	for i := len(events) - 1; i >= 0; i-- {
		if partsChart(events[i].Kind) {
			return events[i], true
		}
	}
	return analysis.ChartEvent{}, false
}
