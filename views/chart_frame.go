package views

import (
	"math"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
)

// The numbers that a chart is drawn by.
const (
	// silentSteps is how many steps of silence make a gap: one missed scrape is jitter, two are not.
	silentSteps = 2.5
	// headroom keeps the limit line off the upper edge, so that a kill marker on it has air above.
	headroom = 1.08
	// minChartW and minChartH are the least room in which axes and a line can be told apart, in cells.
	minChartW, minChartH = 24, 5
	// maxChartW and maxChartH bound what one draw may allocate, in cells.
	maxChartW, maxChartH = 1000, 400
	// maxOthers is how many other replicas are drawn behind the container.
	maxOthers = 8
	// maxDrawn is the highest value that is drawn, in bytes: four EiB. Beyond it, numbers are not memory.
	maxDrawn = float64(1 << 62)
)

// chartOptions is how a chart is drawn.
type chartOptions struct {
	Theme *themes.Theme
	Zone  *time.Location // of the labels; nil is UTC
	// Cursor is the moment that a read-out speaks of; zero for none.
	Cursor time.Time
	// Limit and Request are the values of the spec now, in bytes, drawn where the chart has none over time. Nil is
	// "not set".
	Limit, Request *int64
	// Dots is how lines and areas are drawn; what the theme's glyphs can't do falls back to what they can.
	Dots dotStyle
	// Alone leaves the other replicas out.
	Alone bool
	// Events are drawn on the time axis: restarts, rollouts, changes of limit and request.
	Events []analysis.ChartEvent
	// Levels are lines across the plot, such as percentiles.
	Levels []chartLevel
	// Ahead is what is expected after the chart's end; nil for nothing.
	Ahead *chartAhead
	// Parts are stacked in place of the working set's area; nil for none.
	Parts *data.Parts
	// Top is the least upper end of the value axis in bytes, so that several charts share one scale; 0 is the chart's own.
	Top float64
}

// chartLevel is a value that is drawn across the plot.
type chartLevel struct {
	name  string
	value float64 // bytes
}

// dotStyle is how lines and areas are drawn.
type dotStyle int

// The ways of drawing. Braille is finest; blocks are for fonts whose braille is ugly; ASCII is for anything.
const (
	dotsBraille dotStyle = iota
	dotsBlocks
	dotsASCII
	dotStyles
)

// dotNames are what the ways of drawing are called.
var dotNames = [dotStyles]string{"braille dots", "blocks", "ASCII"}

// dots is the way of drawing that the theme's glyphs allow.
func (o *chartOptions) dots() dotStyle {
	if !o.Theme.Glyphs.Braille {
		return dotsASCII
	}
	return o.Dots
}

// chartFrame maps time and bytes to dots and cells. A cell is sx dots wide and sy dots high.
type chartFrame struct {
	from, to, step int64 // milliseconds
	top            float64
	left           int // cells taken by labels and axis
	w, h           int // cells of the plot
	sx, sy         int
	dots           dotStyle
	now            int64 // the end of what is known, in milliseconds: before to where a forecast is drawn
}

// newChartFrame measures c for a plot that is w by h cells with its axes. c must span some time.
func newChartFrame(c *data.Chart, w, h int, opt chartOptions) chartFrame {
	f := chartFrame{from: c.From.UnixMilli(), to: c.To.UnixMilli(), step: c.Step.Milliseconds(), sx: 1, sy: 1, h: h - 2, dots: opt.dots(), now: c.To.UnixMilli()}
	switch f.dots {
	case dotsBraille:
		f.sx, f.sy = 2, 4
	case dotsBlocks:
		f.sy = len(opt.Theme.Glyphs.Blocks)
	}
	if opt.Ahead != nil {
		f.to += opt.Ahead.room(f.to - f.from)
	}
	if f.step <= 0 {
		f.step = max((f.to-f.from)/100, 1)
	}
	f.top = max(f.peak(c, opt), opt.Top) * headroom
	if f.top <= 0 {
		f.top = float64(data.Mi)
	}
	f.left = Width(data.HumanBytes(f.top)) + 1
	for _, v := range append(yTicks(f.top, f.h), f.edges(c, opt)...) {
		f.left = max(f.left, Width(data.HumanBytes(v))+1)
	}
	f.w = w - f.left
	return f
}

// peak returns the highest value that the chart has to show, in bytes.
func (f *chartFrame) peak(c *data.Chart, opt chartOptions) float64 {
	high := 0.0
	for _, s := range []data.Samples{c.Limit, c.Request} {
		for i := range min(len(s.T), len(s.V)) {
			if f.holds(s.T[i]) && drawable(s.V[i]) {
				high = max(high, s.V[i])
			}
		}
	}
	for _, v := range f.edges(c, opt) {
		high = max(high, v)
	}
	if v, ok := inForce(c.Limit, opt.Limit, f.from); ok {
		high = max(high, v) // set before the window and changed within it
	}
	for _, l := range opt.Levels {
		if drawable(l.value) {
			high = max(high, l.value)
		}
	}
	others := firstPods(c.Others, maxOthers)
	if opt.Alone {
		others = nil
	}
	if opt.Parts != nil {
		high = max(high, stackTop(opt.Parts, f))
	}
	return max(high, f.peakOf(c.Lives), f.peakOf(others))
}

// peakOf returns the highest sample of lives within the frame, 0 without any.
func (f *chartFrame) peakOf(lives []data.Life) float64 {
	high := 0.0
	for _, l := range lives {
		for i := range min(len(l.T), len(l.V)) {
			if f.holds(l.T[i]) && drawable(l.V[i]) {
				high = max(high, l.V[i])
			}
		}
	}
	return high
}

// edges returns the newest limit and request that are drawn, in bytes, without the ones that are not known.
func (f *chartFrame) edges(c *data.Chart, opt chartOptions) []float64 {
	var out []float64
	for _, e := range []struct {
		over data.Samples
		now  *int64
	}{{c.Limit, opt.Limit}, {c.Request, opt.Request}} {
		if v, ok := newestValue(e.over, e.now); ok {
			out = append(out, v)
		}
	}
	return out
}

// newestValue returns the last drawable value of over, or now when over is empty.
func newestValue(over data.Samples, now *int64) (float64, bool) {
	for i := min(len(over.T), len(over.V)) - 1; i >= 0; i-- {
		if drawable(over.V[i]) {
			return over.V[i], true
		}
	}
	if over.Len() == 0 && now != nil && *now > 0 && drawable(float64(*now)) {
		return float64(*now), true
	}
	return 0, false
}

// drawable reports whether v is a number of bytes. What is not is treated as absent.
func drawable(v float64) bool {
	return !math.IsNaN(v) && v >= 0 && v <= maxDrawn
}

func (f *chartFrame) holds(ms int64) bool { return ms >= f.from && ms <= f.to }

// maxSilence is the longest distance of two samples that belong together, in milliseconds.
func (f *chartFrame) maxSilence() int64 { return int64(silentSteps * float64(f.step)) }

// dotX returns the dot column of a time, always within the plot.
func (f *chartFrame) dotX(ms int64) int {
	share := float64(ms-f.from) / float64(f.to-f.from)
	return min(max(int(share*float64(f.w*f.sx)), 0), f.w*f.sx-1)
}

// dotY returns the dot row of a value counted from above, always within the plot.
func (f *chartFrame) dotY(v float64) int {
	last := f.h*f.sy - 1
	return min(max(last-int(math.Round(v/f.top*float64(last))), 0), last)
}

func (f *chartFrame) col(ms int64) int  { return f.dotX(ms) / f.sx }
func (f *chartFrame) row(v float64) int { return f.dotY(v) / f.sy }

// middle returns the time at the middle of a column, in milliseconds.
func (f *chartFrame) middle(col int) int64 {
	return f.from + int64((float64(col)+0.5)/float64(f.w)*float64(f.to-f.from))
}

// firstPods returns the lives of the first n pods in lives.
func firstPods(lives []data.Life, n int) []data.Life {
	seen := map[data.Text]bool{}
	var out []data.Life
	for _, l := range lives {
		if !seen[l.Pod] && len(seen) == n {
			continue
		}
		seen[l.Pod] = true
		out = append(out, l)
	}
	return out
}
