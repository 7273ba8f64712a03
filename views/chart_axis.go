package views

import (
	"time"

	"github.com/oomedic/oomedic/data"
)

// yTicks returns round values between zero and top for a plot of rows lines, about one in three lines: powers of two
// of bytes, so that labels read 256Mi and 1Gi.
func yTicks(top float64, rows int) []float64 {
	most := max(rows/3, 1)
	step := 1.0
	for top/step > float64(most) {
		step *= 2
	}
	var out []float64
	for v := step; v <= top && len(out) <= most; v += step {
		out = append(out, v)
	}
	return out
}

// drawAxes draws both axes with labels. The limit and the request are labelled where they stand now, before any
// round value, so that they can be read even where the working set covers their lines.
func drawAxes(p *chartPlane, f *chartFrame, c *data.Chart, opt chartOptions) {
	side, tick, corner, base, down := '│', '┤', '└', '─', '┬'
	if f.dots == dotsASCII {
		side, tick, corner, base, down = '|', '+', '+', '-', '+'
	}
	x := f.left - 1
	for y := range f.h {
		p.put(x, y, side, markAxis)
	}
	taken := map[int]bool{}
	label := func(v float64, m chartMark) {
		y := f.row(v)
		if taken[y] || (m == markAxis && (taken[y-1] || taken[y+1])) {
			return
		}
		taken[y] = true
		s := data.HumanBytes(v)
		p.text(x-Width(s), y, s, m)
		p.put(x, y, tick, markAxis)
	}
	if v, ok := newestValue(c.Limit, opt.Limit); ok {
		label(v, markLimit)
	}
	if v, ok := newestValue(c.Request, opt.Request); ok {
		label(v, markRequest)
	}
	for _, v := range yTicks(f.top, f.h) {
		label(v, markAxis)
	}
	p.text(x-1, f.h, "0", markAxis)
	p.put(x, f.h, corner, markAxis)
	for i := range f.w {
		p.put(f.left+i, f.h, base, markAxis)
	}
	free := 0
	if name, _ := time.UnixMilli(f.to).In(opt.Zone).Zone(); Width(name) < f.left {
		p.text(f.left-1-Width(name), f.h+1, name, markAxis) // whose clock the times are of
		free = f.left
	}
	nowFrom, nowTo := p.w, p.w // where "now" stands when the axis goes on beyond it
	if f.now < f.to {
		nowFrom = f.left + f.col(f.now) - len("now")/2
		nowTo = nowFrom + len("now")
		p.text(nowFrom, f.h+1, "now", markCursor)
	}
	for _, t := range xTicks(f, opt.Zone) {
		s := t.Format(xLayout(time.Duration(f.to-f.from) * time.Millisecond))
		at := f.left + f.col(t.UnixMilli())
		from := min(max(at-Width(s)/2, f.left-1), p.w-Width(s))
		if from < free || (from <= nowTo && from+Width(s) >= nowFrom) {
			continue
		}
		p.put(at, f.h, down, markAxis)
		p.text(from, f.h+1, s, markAxis)
		free = from + Width(s) + 2
	}
}

// xLayout is how times of a window of length d are written under the axis.
func xLayout(d time.Duration) string {
	switch {
	case d <= 50*time.Hour: // a day, and what is expected after it
		return "15:04"
	case d <= 10*24*time.Hour:
		return "Mon 2"
	}
	return "Jan 2"
}

// xSteps are the distances that labels of the time axis may have, in minutes.
var xSteps = []int{1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 7200, 10080, 20160}

// longestTicked is the longest window that gets labels. Far beyond it a duration would overflow.
const longestTicked = 366 * 24 * time.Hour

// xTicks returns the times that get a label: round ones of the zone's own clock, and therefore also right on days
// with 23 or 25 hours. A window that is far longer than any that is offered gets none.
func xTicks(f *chartFrame, zone *time.Location) []time.Time {
	if f.to-f.from > longestTicked.Milliseconds() {
		return nil
	}
	span := time.Duration(f.to-f.from) * time.Millisecond
	layout := xLayout(span)
	most := max(f.w/(len(layout)+4), 1)
	step := 0
	for _, s := range xSteps {
		if (layout != "15:04" && s < 1440) || span > time.Duration(s*most)*time.Minute {
			continue
		}
		step = s
		break
	}
	if step == 0 {
		return nil
	}
	from, to := time.UnixMilli(f.from).In(zone), time.UnixMilli(f.to).In(zone)
	y, mo, d := from.Date()
	var out []time.Time
	last := from.Add(-1)
	for m := 0; ; m += step {
		t := time.Date(y, mo, d, 0, m, 0, 0, zone)
		if t.After(to) {
			return out
		}
		if t.After(last) && !t.Before(from) {
			out = append(out, t)
			last = t
		}
	}
}
