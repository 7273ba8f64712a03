package views

import (
	"time"

	"github.com/oomedic/oomedic/data"
)

// stretches cuts the samples of one life into runs without a gap: at each silence of more than 2.5 steps, at each
// value that is not a number of bytes, and at the edges of the window. The runs share memory with s.
func stretches(s data.Samples, f *chartFrame) []data.Samples {
	var out []data.Samples
	start, n := -1, min(len(s.T), len(s.V))
	flush := func(end int) {
		if start >= 0 {
			out = append(out, data.Samples{T: s.T[start:end], V: s.V[start:end]})
		}
		start = -1
	}
	for i := range n {
		if !f.holds(s.T[i]) || !drawable(s.V[i]) {
			flush(i)
			continue
		}
		if start >= 0 && (s.T[i] <= s.T[i-1] || s.T[i]-s.T[i-1] > f.maxSilence()) {
			flush(i)
		}
		if start < 0 {
			start = i
		}
	}
	flush(n)
	return out
}

// silence is a stretch of time without samples, in milliseconds.
type silence struct{ from, to int64 }

// silences returns the stretches of the window in which none of the container's lives has samples, oldest first.
func silences(c *data.Chart, f *chartFrame) []silence {
	var out []silence
	last := f.from
	note := func(to int64) {
		if to-last > f.maxSilence() {
			out = append(out, silence{last, to})
		}
	}
	for _, l := range c.Lives {
		for _, part := range stretches(l.Samples, f) {
			if part.T[0] > last {
				note(part.T[0])
			}
			last = max(last, part.T[part.Len()-1])
		}
	}
	note(f.now)
	return out
}

// drawGapMarks puts a dot at the base of each column that has no samples.
func drawGapMarks(p *chartPlane, f *chartFrame, c *data.Chart, opt chartOptions) {
	for _, s := range silences(c, f) {
		for x := f.col(s.from); x <= f.col(s.to); x++ {
			if m := f.middle(x); m >= s.from && m <= s.to {
				p.text(f.left+x, f.h-1, opt.Theme.Glyphs.Dot, markGap)
			}
		}
	}
}

// drawSteps draws a value that holds until the next one: a limit or a request. Where the chart has none, the value
// of now is drawn all along, and the legend says so.
func drawSteps(p *chartPlane, f *chartFrame, over data.Samples, now *int64, m chartMark, glyph string) {
	for x := range f.w {
		if m == markRequest && f.dots == dotsASCII && x%2 == 1 {
			continue // dashed also where the glyph is a plain hyphen
		}
		v, ok := inForce(over, now, f.middle(x))
		if !ok {
			continue
		}
		switch at := p.at(f.left+x, f.row(v)); {
		case at == markUsage && m == markLimit && f.dots != dotsASCII: // the edge of the area stays, in the limit's colour: the line goes on through it
			p.restyle(f.left+x, f.row(v), markLimit)
		case at != markUsage && at != markLimit, m == markLimit: // one sign a row is all that ASCII has: the line matters more
			p.text(f.left+x, f.row(v), glyph, m)
		}
	}
}

// inForce returns the value of over that held at ms: the last one before it. When over is empty it is now.
func inForce(over data.Samples, now *int64, ms int64) (float64, bool) {
	n := min(len(over.T), len(over.V))
	if n == 0 {
		return newestValue(data.Samples{}, now)
	}
	lo, hi := 0, n
	for lo < hi {
		if mid := (lo + hi) / 2; over.T[mid] <= ms {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == 0 || !drawable(over.V[lo-1]) || over.V[lo-1] == 0 {
		return 0, false // zero stands for "none" and is no line
	}
	return over.V[lo-1], true
}

// drawKillMarks puts a mark for each kill on the limit line, or at the top where no limit is known.
func drawKillMarks(p *chartPlane, f *chartFrame, c *data.Chart, opt chartOptions) {
	for _, k := range c.Kills {
		ms := k.At.UnixMilli()
		if !f.holds(ms) {
			continue
		}
		y := 0
		if v, ok := inForce(c.Limit, opt.Limit, ms); ok {
			y = f.row(v)
		} else if v, ok := newestValue(c.Limit, opt.Limit); ok {
			y = f.row(v)
		}
		p.text(f.left+f.col(ms), y, opt.Theme.Glyphs.Kill, markKill)
	}
}

// drawCursor marks the cursor's column without covering what is drawn there.
func drawCursor(p *chartPlane, f *chartFrame, opt chartOptions) {
	ms := opt.Cursor.UnixMilli()
	if opt.Cursor.IsZero() || !f.holds(ms) {
		return
	}
	bar := '│'
	if f.dots == dotsASCII {
		bar = '|'
	}
	x := f.left + f.col(ms)
	for y := range f.h {
		if m := p.at(x, y); m == markNone || m == markArea || m == markOther || m == markOver || m == markGap || m == markRollout || (m >= markHeap && m <= markIdle) {
			p.put(x, y, bar, markCursor)
		}
	}
	p.text(x, f.h, opt.Theme.Glyphs.Up, markCursor)
}

// killsWithin counts the kills with from <= At <= to.
func killsWithin(kills []data.Kill, from, to time.Time) int {
	n := 0
	for _, k := range kills {
		if !k.At.Before(from) && !k.At.After(to) {
			n++
		}
	}
	return n
}
