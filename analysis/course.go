package analysis

import (
	"slices"
	"time"
)

// The common course of lives. One life alone shows the season and the noise of its day as much as its own shape; many
// lives laid over each other, each stretched to its own length, show the shape. Lives that the window cut off at their
// start, or that are too young, are left out: they show only a part of it.
const (
	courseBins  = 20
	leastBins   = 14   // bins with values that it takes
	youngShare  = 0.35 // a life that goes on and is shorter than this share of the usual one is young
	cutShare    = 0.75 // … and one that the window cut off is shorter than this share of it
	courseEarly = 0.20 // the warm-up before this share of a life tells nothing
	courseMid   = 0.60 // slope after this share of a life over the slope before it
	cutWithin   = 10 * time.Minute
)

// commonCourse is what the growing lives have in common.
type commonCourse struct {
	lives  int
	x, y   []float64 // share of a life, 0 to 1; median floor in bytes
	steady float64   // slope of its last two fifths over that of the two before: 1 is steady growth; 0 when not known
}

// wholeLives marks the lives of the pods that were killed which show their whole course: not the beginning alone, not a
// piece that the window cut off. Without any that does, all count.
func (f *facts) wholeLives() []bool {
	out := make([]bool, len(f.lives))
	first := f.lowest()
	pods := f.killedPods()
	var lengths []float64
	for i := range f.lives {
		if l := &f.lives[i]; l.endedNear() && !cutOff(l, first) && l.trend.shape != unseen {
			lengths = append(lengths, l.length().Hours())
		}
	}
	usual, any := median(lengths), false
	for i := range f.lives {
		l := &f.lives[i]
		if l.trend.shape == unseen || (f.scored > 0 && !pods[l.pod]) {
			continue
		}
		h := l.length().Hours()
		out[i] = (l.endedNear() || h >= youngShare*usual) && (!cutOff(l, first) || h >= cutShare*usual)
		any = any || out[i]
	}
	if !any {
		for i := range f.lives {
			out[i] = f.lives[i].trend.shape != unseen && (f.scored == 0 || pods[f.lives[i].pod])
		}
	}
	return out
}

// cutOff reports whether a life was under way when history began at first, in Unix milliseconds.
func cutOff(l *life, first int64) bool {
	return l.t[0]-first < cutWithin.Milliseconds() && time.UnixMilli(first).Sub(l.start) > -cutWithin
}

// readCourse lays the growing lives over each other.
func (f *facts) readCourse(whole []bool) {
	var bins [courseBins][]float64
	n := 0
	for i := range f.lives {
		l := &f.lives[i]
		if !whole[i] || (l.trend.shape != rising && l.trend.shape != easing) {
			continue
		}
		n++
		low := [courseBins]float64{}
		m := len(l.t)
		if l.ended() {
			m-- // the last sample may be the spike that killed it
		}
		if cut := unpinned(l, 0, m); cut > 0 {
			m = cut
		}
		from, to := l.t[0], l.t[m-1]
		for j := range m {
			k := min(int(int64(courseBins)*(l.t[j]-from)/max(to-from, 1)), courseBins-1)
			if v := l.v[j]; low[k] == 0 || v < low[k] {
				low[k] = v
			}
		}
		for k, v := range low {
			if v > 0 {
				bins[k] = append(bins[k], v)
			}
		}
	}
	c := commonCourse{lives: n}
	for k, v := range bins {
		if len(v) > 0 {
			slices.Sort(v)
			c.x, c.y = append(c.x, (float64(k)+0.5)/courseBins), append(c.y, middleOf(v))
		}
	}
	if len(c.x) >= leastBins {
		if mid := c.slope(courseEarly, courseMid); mid > 0 {
			c.steady = max(c.slope(courseMid, 1), 0) / mid
		}
	}
	f.course = c
}

// slope returns the slope of the course between two shares of a life, in bytes a life.
func (c *commonCourse) slope(from, to float64) float64 {
	lo, hi := 0, len(c.x)
	for lo < hi && c.x[lo] < from {
		lo++
	}
	for hi > lo && c.x[hi-1] > to {
		hi--
	}
	s, _ := theilSen(c.x[lo:hi], c.y[lo:hi])
	return s
}
