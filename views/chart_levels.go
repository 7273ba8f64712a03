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
	limit := -1
	if v, ok := newestValue(c.Limit, opt.Limit); ok {
		limit = f.row(v)
	}
	names := map[int][]string{} // by the row that they stand in
	var rows []int
	for _, l := range opt.Levels {
		if !drawable(l.value) || l.value <= 0 {
			continue
		}
		y := f.row(l.value)
		for x := range f.w {
			switch p.at(f.left+x, y) {
			case markNone, markArea, markRollout, markGap, markOther, markOver:
				p.put(f.left+x, y, dash, markLevel)
			}
		}
		if y == limit && y+1 < f.h {
			y++ // the limit's own row belongs to its line and to the kills
		}
		if names[y] == nil {
			rows = append(rows, y)
		}
		names[y] = append(names[y], l.name+" "+data.HumanBytes(l.value))
	}
	for _, y := range rows {
		text := " " + strings.Join(names[y], " ") + " "
		if at := f.col(f.now) + 1 - Width(text); at >= 0 {
			p.text(f.left+at, y, text, markLevel)
		}
	}
}
