package views

import (
	"time"

	"github.com/oomedic/oomedic/data"
)

// chartAhead is the next kill as it is expected, seen from the end of the chart.
type chartAhead struct {
	// low, likely and high bound the time until the kill; low and high may be the same as likely.
	low, likely, high time.Duration
	// grows is true when the kill is expected because memory grows: then it is drawn as a line up to the limit.
	grows bool
}

// The room for what is expected, as shares of the window: enough to see it, and never more than what is known.
const (
	leastAhead = 0.08
	mostAhead  = 0.50
)

// room returns how long the time axis goes on beyond the end of a window of span milliseconds.
func (a *chartAhead) room(span int64) int64 {
	want := float64(max(a.likely, min(a.high, 2*a.likely)).Milliseconds()) * 1.1
	return int64(min(max(want, leastAhead*float64(span)), mostAhead*float64(span)))
}

// drawAhead draws the expected way of memory to the limit as a dotted line, and a bar on the limit line from the earliest
// to the latest time at which the kill is expected.
func drawAhead(p *chartPlane, f *chartFrame, c *data.Chart, opt chartOptions) {
	a := opt.Ahead
	limit, ok := newestValue(c.Limit, opt.Limit)
	if a == nil || !ok {
		return
	}
	now, bar, dot := f.col(f.now), '┊', '·'
	if f.dots == dotsASCII {
		bar, dot = '|', '+'
	}
	for y := range f.h {
		if p.at(f.left+now, y) == markNone {
			p.put(f.left+now, y, bar, markRollout)
		}
	}
	y := f.row(limit)
	at := func(d time.Duration) int { return f.col(min(f.now+d.Milliseconds(), f.to)) }
	if from, last, known := newestSample(c, f); a.grows && known {
		drawClimb(p, f, from, last, f.now+a.likely.Milliseconds(), limit, dot)
	}
	if f.now+a.low.Milliseconds() <= f.to {
		for x := at(a.low); x <= at(a.high); x++ {
			p.put(f.left+x, y, '?', markAhead)
		}
	}
	if f.now+a.likely.Milliseconds() <= f.to {
		p.text(f.left+at(a.likely), y, opt.Theme.Glyphs.Kill, markAhead)
	}
}

// newestSample returns the last sample of the container that the chart has.
func newestSample(c *data.Chart, f *chartFrame) (at int64, v float64, ok bool) {
	for i := len(c.Lives) - 1; i >= 0; i-- {
		for n := min(len(c.Lives[i].T), len(c.Lives[i].V)) - 1; n >= 0; n-- {
			if t := c.Lives[i].T[n]; f.holds(t) && t <= f.now && drawable(c.Lives[i].V[n]) {
				return t, c.Lives[i].V[n], true
			}
		}
	}
	return 0, 0, false
}

// drawClimb dots the straight way from a sample to the limit, as far as it lies within the plot.
func drawClimb(p *chartPlane, f *chartFrame, from int64, v float64, to int64, limit float64, dot rune) {
	if to <= from {
		return
	}
	for x := f.col(from); x < f.w; x++ {
		ms := f.middle(x)
		if ms < f.now || ms > to {
			continue
		}
		y := f.row(v + (limit-v)*float64(ms-from)/float64(to-from))
		if m := p.at(f.left+x, y); m == markNone || m == markRollout || m == markRequest || m == markOther {
			p.put(f.left+x, y, dot, markAhead)
		}
	}
}
