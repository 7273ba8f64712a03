package views

// dotGrid is a bit for each dot of a plot. It says where a line runs, and from there where the area under it is.
type dotGrid struct {
	w, h int // dots
	on   []bool
}

func newDotGrid(w, h int) *dotGrid { return &dotGrid{w: w, h: h, on: make([]bool, max(w*h, 0))} }

// set sets one dot. What lies outside of the grid is left out.
func (g *dotGrid) set(x, y int) {
	if x >= 0 && y >= 0 && x < g.w && y < g.h {
		g.on[y*g.w+x] = true
	}
}

// top returns the highest dot that is set in a column, or h.
func (g *dotGrid) top(x int) int {
	for y := range g.h {
		if g.on[y*g.w+x] {
			return y
		}
	}
	return g.h
}

// brailleBits are the bits of a braille cell by dot row and column (Unicode block 2800, dots 1 to 8).
var brailleBits = [4][2]rune{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

// blankBraille is the braille cell without a dot.
const blankBraille = '\u2800'

// braille returns the pattern of a cell, and whether one of its dots is of the line. With tops, the dots under the line
// are set too: tops holds the highest dot of each column.
func (g *dotGrid) braille(cx, cy int, tops []int) (r rune, line bool) {
	r = blankBraille
	for dy, bits := range brailleBits {
		for dx, bit := range bits {
			x, y := cx*2+dx, cy*4+dy
			switch {
			case g.on[y*g.w+x]:
				r, line = r|bit, true
			case tops != nil && y > tops[x]:
				r |= bit
			}
		}
	}
	return r, line
}

// tops returns the highest dot of each column.
func (g *dotGrid) tops() []int {
	out := make([]int, g.w)
	for x := range out {
		out[x] = g.top(x)
	}
	return out
}

// putArea writes a line with the area under it to the plane.
func (l *lineLayer) putArea(p *chartPlane, blocks [8]string) {
	tops := l.grid.tops()
	for y := range l.f.h {
		for x := range l.f.w {
			var r rune
			var m chartMark
			switch l.f.dots {
			case dotsBraille:
				r, m = l.brailleArea(x, y, tops)
			case dotsBlocks:
				r, m = blockArea(tops[x], y, blocks)
			default:
				r, m = l.asciiArea(x, y, tops)
			}
			if m != markNone {
				p.put(l.f.left+x, y, r, m)
			}
		}
	}
}

func (l *lineLayer) brailleArea(x, y int, tops []int) (rune, chartMark) {
	r, line := l.grid.braille(x, y, tops)
	switch {
	case line:
		return r, markUsage
	case r != blankBraille:
		return r, markArea
	}
	return ' ', markNone
}

// blockArea returns what stands in row y of a column whose highest dot is top: a dot is an eighth of a row.
func blockArea(top, y int, blocks [8]string) (rune, chartMark) {
	n := len(blocks)
	switch high := (y+1)*n - top; {
	case high <= 0:
		return ' ', markNone
	case high <= n:
		return []rune(blocks[high-1])[0], markUsage
	}
	return []rune(blocks[n-1])[0], markArea
}

func (l *lineLayer) asciiArea(x, y int, tops []int) (rune, chartMark) {
	switch {
	case l.grid.on[y*l.grid.w+x]:
		return '*', markUsage
	case y > tops[x]:
		return ':', markArea
	}
	return ' ', markNone
}
