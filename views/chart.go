package views

import (
	"strings"
	"time"

	"github.com/NimbleMarkets/ntcharts/v2/canvas"
	"github.com/NimbleMarkets/ntcharts/v2/canvas/graph"

	"github.com/oomedic/oomedic/data"
)

// This file is the only one that knows ntcharts. Its lines are used, not its line charts: those join samples across
// gaps, never return when a value is not finite, and panic in small areas. What reaches ntcharts here is integer dots
// within a grid of bounded size.

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
	drawEventLines(p, &f, opt)
	if opt.Parts != nil {
		drawStack(p, &f, opt)
	} else {
		drawUsage(p, &f, c, opt)
	}
	drawSteps(p, &f, c.Request, opt.Request, markRequest, opt.Theme.Glyphs.Request)
	drawSteps(p, &f, c.Limit, opt.Limit, markLimit, opt.Theme.Glyphs.Limit)
	if opt.Parts == nil && !opt.Alone {
		drawReplicas(p, &f, c)
	}
	drawLevels(p, &f, c, opt)
	drawAhead(p, &f, c, opt)
	drawKillMarks(p, &f, c, opt)
	drawAxes(p, &f, c, opt)
	drawEventMarks(p, &f, opt)
	drawCursor(p, &f, opt)
	return p.render(opt.Theme)
}

// chartInWords stands for a chart where none can be drawn: one line of text in h lines.
func chartInWords(text string, w, h int, opt chartOptions) string {
	return Render(opt.Theme.Muted, Cut(text, w)) + strings.Repeat("\n", h-1)
}

// lineLayer collects the dots of one line.
type lineLayer struct {
	f    *chartFrame
	grid *dotGrid
	// every leaves out dots, so that a line can be told from another without colour: 1 draws them all.
	every int
}

func newLineLayer(f *chartFrame, every int) *lineLayer {
	return &lineLayer{f: f, every: every, grid: newDotGrid(f.w*f.sx, f.h*f.sy)}
}

// line sets the dots from one dot to another. Both lie within the grid.
func (l *lineLayer) line(x1, y1, x2, y2 int) {
	if x1 == x2 || x2 == x1+1 { // neighbours, as nearly all are: no list of points is needed
		mid := (y1 + y2) / 2
		if x1 == x2 {
			mid = y2
		}
		l.column(x1, y1, mid)
		l.column(x2, mid, y2)
		return
	}
	for _, p := range graph.GetLinePoints(canvas.Point{X: x1, Y: y1}, canvas.Point{X: x2, Y: y2}) {
		if (p.X+p.Y)%l.every == 0 {
			l.grid.set(p.X, p.Y)
		}
	}
}

// column sets the dots of one column between two rows, both included.
func (l *lineLayer) column(x, y1, y2 int) {
	for y := min(y1, y2); y <= max(y1, y2); y++ {
		if (x+y)%l.every == 0 {
			l.grid.set(x, y)
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

// put writes the layer to the plane without an area; cell is the sign of a set cell where there is no braille. Where
// another line runs already, it stays.
func (l *lineLayer) put(p *chartPlane, m chartMark, cell rune) {
	for y := range l.f.h {
		for x := range l.f.w {
			at, style := p.at(l.f.left+x, y), m
			switch at {
			case markNone, markGap, markRollout:
			case markArea:
				style = markOver
			default:
				continue
			}
			if r := l.cell(x, y, cell); r != blankBraille {
				p.put(l.f.left+x, y, r, style)
			}
		}
	}
}

// cell returns the sign of one cell, a blank braille cell where no dot is set.
func (l *lineLayer) cell(x, y int, sign rune) rune {
	if l.f.dots == dotsBraille {
		r, _ := l.grid.braille(x, y, nil)
		return r
	}
	for dy := range l.f.sy {
		if l.grid.on[(y*l.f.sy+dy)*l.grid.w+x] {
			return sign
		}
	}
	return blankBraille
}

// drawUsage draws the working set of the container's lives as an area.
func drawUsage(p *chartPlane, f *chartFrame, c *data.Chart, opt chartOptions) {
	l := newLineLayer(f, 1)
	for _, life := range c.Lives {
		l.samples(life.Samples)
	}
	l.putArea(p, opt.Theme.Glyphs.Blocks)
}

// drawReplicas draws the working set of other replicas as dotted lines.
func drawReplicas(p *chartPlane, f *chartFrame, c *data.Chart) {
	if len(c.Others) == 0 {
		return
	}
	l := newLineLayer(f, 2)
	for _, life := range firstPods(c.Others, maxOthers) {
		l.samples(life.Samples)
	}
	l.put(p, markOther, '~')
}
