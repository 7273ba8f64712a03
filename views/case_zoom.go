package views

import (
	"slices"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// zoomRange is the part of a window that is shown; the zero value is all of it.
type zoomRange struct{ from, to time.Time }

func (z zoomRange) whole() bool { return z.from.IsZero() }

// narrow cuts c to the range and returns the events that lie in it. Samples stay: drawing leaves out what is outside.
func (z zoomRange) narrow(c *data.Chart, events []analysis.ChartEvent) []analysis.ChartEvent {
	if z.whole() {
		return events
	}
	c.From, c.To = z.from, z.to
	out := func(at time.Time) bool { return at.Before(z.from) || at.After(z.to) }
	c.Kills = slices.DeleteFunc(slices.Clone(c.Kills), func(k data.Kill) bool { return out(k.At) })
	return slices.DeleteFunc(slices.Clone(events), func(e analysis.ChartEvent) bool { return out(e.At) })
}

// The steps of zooming and panning, as shares of what is shown.
const (
	zoomBy = 2.0
	panBy  = 0.25
	// leastShown is how many points are shown at the least: fewer make no curve.
	leastShown = 12
)

// zoomIn shows half as long a time around the cursor or, without one, up to the end. When a shorter window holds it,
// that one is shown, as its points lie closer together.
func (s *CaseScreen) zoomIn() Intent {
	c, src := s.series.chart, s.series.src
	if c == nil {
		return nil
	}
	span := time.Duration(float64(c.To.Sub(c.From)) / zoomBy)
	if span < leastShown*src.Step {
		return Say{"This is as close as the points of this window allow."}
	}
	from := c.To.Add(-span)
	if !s.cursor.IsZero() {
		from = s.cursor.Add(-span / 2)
	}
	return s.showRange(from, span)
}

// zoomOut shows twice as long a time, and a longer window where this one is not enough.
func (s *CaseScreen) zoomOut() Intent {
	c := s.series.chart
	if c == nil {
		return nil
	}
	if s.zoom.whole() {
		if s.window == data.ChartWindows[len(data.ChartWindows)-1] {
			return Say{"This is the longest window."}
		}
		return s.switchWindow(1)
	}
	span := time.Duration(float64(c.To.Sub(c.From)) * zoomBy)
	return s.showRange(c.From.Add(-span/4), span)
}

// pan moves what is shown: earlier for -1, later for 1.
func (s *CaseScreen) pan(by float64) Intent {
	c := s.series.chart
	if c == nil {
		return nil
	}
	if s.zoom.whole() {
		return Say{"The whole window is shown: + zooms in, ] shows a longer one."}
	}
	span := c.To.Sub(c.From)
	return s.showRange(c.From.Add(time.Duration(by*panBy*float64(span))), span)
}

// showRange shows span from from on, moved into the window. A shorter window takes over where it holds all of that; a
// range as long as the window is no zoom any more.
func (s *CaseScreen) showRange(from time.Time, span time.Duration) Intent {
	src := s.series.src
	span = min(span, src.To.Sub(src.From))
	if to := from.Add(span); to.After(src.To) {
		from = src.To.Add(-span)
	}
	if from.Before(src.From) {
		from = src.From
	}
	s.zoom = zoomRange{from, from.Add(span)}
	if span >= src.To.Sub(src.From) {
		s.zoom = zoomRange{}
	}
	for _, w := range data.ChartWindows {
		if w == s.window {
			break
		}
		if begin := src.To.Add(-w.Duration()); s.hasMetrics() && !from.Before(begin) {
			if s.window = w; span >= w.Duration()*9/10 {
				s.zoom = zoomRange{}
			}
			s.prepare()
			return s.load()
		}
	}
	s.prepare()
	return nil
}

// fitZoom drops a zoom that no longer lies within the chart: the window has moved on, or another one is shown.
func (s *CaseScreen) fitZoom(c *data.Chart) {
	if c == nil || s.zoom.whole() {
		return
	}
	if s.zoom.from.Before(c.From.Add(-c.Step)) || s.zoom.to.After(c.To.Add(c.Step)) {
		s.zoom = zoomRange{}
	}
}
