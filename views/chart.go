package views

import (
	"strings"
	"time"

	"github.com/NimbleMarkets/ntcharts/v2/canvas"
	"github.com/NimbleMarkets/ntcharts/v2/canvas/graph"

	"github.com/oomedic/oomedic/data"
)

// This file is the only one that knows ntcharts. Its lines and braille grids are used directly, not its line charts:
// those join samples across gaps, never return when a value is not finite, and panic in small areas. What reaches
// ntcharts here is integer dots within a grid of bounded size.

// drawChart draws c as exactly h lines of at most w cells, styled. It costs milliseconds, so callers keep the result
// until the chart, the size, the theme or the cursor changes. In too little room it says so in one line.
func drawChart(c *data.Chart, w, h int, opt chartOptions) string {
	if h <= 0 {
		return ""
	}
	if w > maxChartW || h > maxChartH {
		return drawChart(c, min(w, maxChartW), min(h, maxChartH), opt) + strings.Repeat("\n", h-min(h, maxChartH))
	}
	if opt.Zone == nil {
		opt.Zone = time.UTC
	}
	if c == nil || !c.To.After(c.From) {
		return chartInWords("No samples to draw.", w, h, opt)
	}
	if w < minChartW || h < minChartH {
		return chartInWords("No room for the chart.", w, h, opt)
	}
	f := newChartFrame(c, w, h, opt)
	p := newChartPlane(w, h)
	drawGapMarks(p, &f, c, opt)
	drawReplicas(p, &f, c)
	drawSteps(p, &f, c.Request, opt.Request, markRequest, opt.Theme.Glyphs.Request)
	drawSteps(p, &f, c.Limit, opt.Limit, markLimit, opt.Theme.Glyphs.Limit)
	drawUsage(p, &f, c)
	drawKillMarks(p, &f, c, opt)
	drawAxes(p, &f, c, opt)
	drawCursor(p, &f, opt)
	return p.render(opt.Theme)
}

// chartInWords stands for a chart where none can be drawn: one line of text in h lines.
func chartInWords(text string, w, h int, opt chartOptions) string {
	return Render(opt.Theme.Muted, Cut(text, w)) + strings.Repeat("\n", h-1)
}

// lineLayer collects the dots of one line: braille dots, or whole cells where the theme has no braille.
type lineLayer struct {
	f     *chartFrame
	grid  *graph.BrailleGrid
	cells []bool
	// every leaves out dots, so that a line can be told from another without colour: 1 draws them all.
	every int
}

func newLineLayer(f *chartFrame, every int) *lineLayer {
	l := &lineLayer{f: f, every: every}
	if f.sx == 1 {
		l.cells = make([]bool, f.w*f.h)
	} else {
		l.grid = graph.NewBrailleGrid(f.w, f.h, 0, 1, 0, 1)
	}
	return l
}

// line sets the dots from one dot to another. Both lie within the grid.
func (l *lineLayer) line(x1, y1, x2, y2 int) {
	for _, p := range graph.GetLinePoints(canvas.Point{X: x1, Y: y1}, canvas.Point{X: x2, Y: y2}) {
		if (p.X+p.Y)%l.every != 0 {
			continue
		}
		if l.grid != nil {
			l.grid.Set(p)
		} else {
			l.cells[p.Y*l.f.w+p.X] = true
		}
	}
}

// samples draws one life: each stretch by itself, and each dot column once with its lowest and highest value, so
// that the cost follows the size of the plot and not the number of samples.
func (l *lineLayer) samples(s data.Samples) {
	for _, part := range stretches(s, l.f) {
		px, py := -1, 0
		for i := 0; i < part.Len(); {
			x, first := l.f.dotX(part.T[i]), l.f.dotY(part.V[i])
			high, low, last := first, first, first
			for i++; i < part.Len() && l.f.dotX(part.T[i]) == x; i++ {
				last = l.f.dotY(part.V[i])
				high, low = min(high, last), max(low, last)
			}
			if px >= 0 {
				l.line(px, py, x, first)
			}
			l.line(x, high, x, low)
			px, py = x, last
		}
	}
}

// put writes the layer to the plane; cell is the sign of a set cell where there is no braille.
func (l *lineLayer) put(p *chartPlane, m chartMark, cell rune) {
	if l.grid == nil {
		for i, on := range l.cells {
			if on {
				p.put(l.f.left+i%l.f.w, i/l.f.w, cell, m)
			}
		}
		return
	}
	const blank = '\u2800'
	for y, row := range l.grid.BraillePatterns() {
		for x, r := range row {
			if r != blank {
				p.put(l.f.left+x, y, r, m)
			}
		}
	}
}

// drawUsage draws the working set of the container's lives.
func drawUsage(p *chartPlane, f *chartFrame, c *data.Chart) {
	l := newLineLayer(f, 1)
	for _, life := range c.Lives {
		l.samples(life.Samples)
	}
	l.put(p, markUsage, '*')
}

// drawReplicas draws the working set of other replicas as dotted lines.
func drawReplicas(p *chartPlane, f *chartFrame, c *data.Chart) {
	if len(c.Others) == 0 {
		return
	}
	l := newLineLayer(f, 3)
	for _, life := range firstPods(c.Others, maxOthers) {
		l.samples(life.Samples)
	}
	l.put(p, markOther, ':')
}
