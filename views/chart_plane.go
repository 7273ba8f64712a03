package views

import (
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/oomedic/oomedic/themes"
)

// chartMark says what a cell of a chart shows, so that it can be styled when the line is written.
type chartMark byte

const (
	markNone chartMark = iota
	markGap
	markRollout // a line through the plot where pods of a new template began, or a limit was changed
	markArea
	markOther
	markOver // another replica's line across the area
	markRequest
	markLimit
	markUsage
	markKill
	markAxis
	markCursor
	markLevel
	markAhead
	markEvent
	markHeap   // of the parts, the heap; lines may cross it, as they may not cross the edge of the area
	markShared // of the parts of memory, beside the area for the heap
	markCache
	markRest
	markIdle
	markCount
)

// chartPlane is a rectangle of runes and what they mean. Later marks cover earlier ones.
type chartPlane struct {
	w, h  int
	runes []rune
	marks []chartMark
}

func newChartPlane(w, h int) *chartPlane {
	p := &chartPlane{w: w, h: h, runes: make([]rune, w*h), marks: make([]chartMark, w*h)}
	for i := range p.runes {
		p.runes[i] = ' '
	}
	return p
}

// put sets one cell; outside of the plane it does nothing.
func (p *chartPlane) put(x, y int, r rune, m chartMark) {
	if x < 0 || y < 0 || x >= p.w || y >= p.h {
		return
	}
	p.runes[y*p.w+x], p.marks[y*p.w+x] = r, m
}

// restyle gives a cell that has a sign another mark. Outside of the plane nothing happens.
func (p *chartPlane) restyle(x, y int, m chartMark) {
	if x >= 0 && y >= 0 && x < p.w && y < p.h {
		p.marks[y*p.w+x] = m
	}
}

// text writes s from x on.
func (p *chartPlane) text(x, y int, s string, m chartMark) {
	for _, r := range s {
		p.put(x, y, r, m)
		x++
	}
}

// at returns what a cell shows.
func (p *chartPlane) at(x, y int) chartMark {
	if x < 0 || y < 0 || x >= p.w || y >= p.h {
		return markNone
	}
	return p.marks[y*p.w+x]
}

// render writes the plane with one style for each run of equal marks; a cell by itself would cost an escape sequence
// each. Empty cells at the end of a line are left out.
func (p *chartPlane) render(th *themes.Theme) string {
	var b strings.Builder
	b.Grow(p.w * p.h * 4)
	var pens [markCount]pen
	for m := range pens {
		pens[m] = penOf(chartStyle(th, chartMark(m)))
	}
	pens[markNone] = pen{}
	for y := range p.h {
		if y > 0 {
			b.WriteByte('\n')
		}
		runes, marks := p.runes[y*p.w:(y+1)*p.w], p.marks[y*p.w:(y+1)*p.w]
		end := p.w
		for end > 0 && marks[end-1] == markNone {
			end--
		}
		for x := 0; x < end; {
			from := x
			for x < end && marks[x] == marks[from] {
				x++
			}
			with := pens[marks[from]]
			b.WriteString(with.open)
			for _, r := range runes[from:x] {
				b.WriteRune(r)
			}
			b.WriteString(with.shut)
		}
	}
	return b.String()
}

func chartStyle(th *themes.Theme, m chartMark) lipgloss.Style {
	switch m {
	case markGap:
		return th.Gap
	case markRollout:
		return th.Faint
	case markArea:
		return th.Area
	case markOther:
		return th.Other
	case markOver:
		return th.Muted // brighter than the area that it crosses
	case markRequest:
		return th.Request
	case markLimit:
		return th.Limit
	case markUsage:
		return th.Usage
	case markKill:
		return th.Kill
	case markLevel, markAhead:
		return th.Text
	case markEvent:
		return th.Info
	case markHeap:
		return th.Usage
	case markShared:
		return th.Warn
	case markCache:
		return th.Request
	case markRest:
		return th.Info
	case markIdle:
		return th.Faint
	case markCursor:
		return th.Strong // not Accent, which themes may give the colour of the working set
	}
	return th.Axis
}
