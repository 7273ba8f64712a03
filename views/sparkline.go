package views

import (
	"math"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
)

// sparkCell is what one cell of a sparkline shows.
type sparkCell int8

// A cell shows a height from 0 to 7, or one of these.
const (
	sparkGap  sparkCell = -1
	sparkKill sparkCell = -2
)

// sparkCells makes at most w cells of equal time from steps. A cell has the highest of its steps; the tallest block is
// top bytes.
func sparkCells(steps []float64, top float64, w int) []sparkCell {
	n := max(0, min(w, len(steps)))
	out := make([]sparkCell, n)
	for i := range out {
		high := math.NaN()
		for _, v := range steps[i*len(steps)/n : (i+1)*len(steps)/n] {
			if !math.IsNaN(v) && !math.IsInf(v, 0) && (math.IsNaN(high) || v > high) {
				high = v
			}
		}
		out[i] = sparkLevel(high, top)
	}
	return out
}

// markKills puts the kill into each cell that one lies in, in place of its height. The cells end at end and span the
// given time.
func markKills(cells []sparkCell, kills []data.Kill, end time.Time, span time.Duration) {
	n := len(cells)
	for _, k := range kills {
		back := end.Sub(k.At)
		if n > 0 && back >= 0 && back < span {
			cells[n-1-int(float64(n)*back.Seconds()/span.Seconds())] = sparkKill
		}
	}
}

// sparkLevel returns the height of v where top is the tallest block. Anything above zero shows at least the lowest.
func sparkLevel(v, top float64) sparkCell {
	if math.IsNaN(v) || top <= 0 {
		return sparkGap
	}
	return sparkCell(max(0, min(7, int(math.Ceil(v/top*8))-1)))
}

// sparkTop returns what the tallest block stands for: the limit, or the highest step where there is no limit.
func sparkTop(limit *int64, steps []float64) float64 {
	if limit != nil && *limit > 0 {
		return float64(*limit)
	}
	top := 0.0
	for _, v := range steps {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			top = max(top, v)
		}
	}
	return top
}

// sparkPens are the pens of a sparkline's parts.
type sparkPens struct{ usage, kill, gap pen }

// drawSpark draws cells, a run of one kind in one stroke.
func drawSpark(cells []sparkCell, g *themes.Glyphs, p sparkPens) string {
	out, run := "", ""
	var with pen
	for _, c := range cells {
		var sign string
		next := p.gap
		switch {
		case c == sparkKill:
			sign, next = g.Kill, p.kill
		case c == sparkGap:
			sign = " "
		default:
			sign, next = g.Blocks[c], p.usage
		}
		if next != with {
			out += with.ink(run)
			run, with = "", next
		}
		run += sign
	}
	return out + with.ink(run)
}
