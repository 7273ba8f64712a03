package views

import (
	"strings"

	"github.com/oomedic/oomedic/data"
)

// drawLevels draws each level as a thin line with its name and value at its right end. Levels that fall into one row
// share it, so that none hides another.
func drawLevels(p *chartPlane, f *chartFrame, c *data.Chart, opt chartOptions) {
	dash := '╌'
	if f.dots == dotsASCII {
		dash = '_'
	}
	names := map[int][]string{}
	var rows []int
	for _, l := range opt.Levels {
		if !drawable(l.value) || l.value <= 0 {
			continue
		}
		y := f.row(l.value)
		if names[y] == nil {
			rows = append(rows, y)
		}
		names[y] = append(names[y], l.name+" "+data.HumanBytes(l.value))
	}
	for _, y := range rows {
		for x := range f.w {
			switch p.at(f.left+x, y) {
			case markNone, markArea, markRollout, markGap, markOther:
				p.put(f.left+x, y, dash, markLevel)
			}
		}
		text := " " + strings.Join(names[y], " ") + " "
		below := y
		if v, ok := newestValue(c.Limit, opt.Limit); ok && f.row(v) == y && y+1 < f.h {
			below++ // the limit's own row belongs to its line and to the kills
		}
		if at := f.col(f.now) + 1 - Width(text); at >= 0 {
			p.text(f.left+at, below, text, markLevel)
		}
	}
}
