package analysis

import (
	"sort"
	"time"

	"github.com/oomedic/oomedic/data"
)

// Growth that requests cause goes with the requests, not with the clock: at night and on a weekend it pauses, and a quiet end of
// a life looks as if growth slowed down. Held against the load that was served since the start, growth without end is a line
// and a cache that fills bends, whatever the hour at which a life began. What grows by a timer keeps to the clock. Which of the
// two a life keeps to is seen by how well a parabola over each describes it.
const (
	clockBetter = 0.50          // squares that load leaves over those that time leaves, below which growth goes with load
	clockCover  = 0.80          // least share of a life at which load is known
	clockLeast  = 6             // floors that it takes
	clockSpan   = 6 * time.Hour // shorter lives see too little of a season
)

// trendByLoad judges the bend of a growing life by the load that it served, where growth goes with that.
func (f *facts) trendByLoad(l *life) {
	t := &l.trend
	if f.h == nil || f.h.Load.Step <= 0 || t.shape == unseen || t.shape == flat || l.length() < clockSpan {
		return
	}
	s, ok := f.loadOf(l)
	if !ok {
		return
	}
	x, y := lifeFloors(l)
	served := servedAt(s, l.t[0], x)
	if len(x) < clockLeast || served == nil {
		return
	}
	if byTime, byLoad := parabolaLeaves(x, y), parabolaLeaves(served, y); byTime <= 0 || byLoad >= clockBetter*byTime {
		return
	}
	t.readHalves(served, y)
	t.shape, t.byLoad = t.bend(), true
}

// byLoad reports whether most growing lives were judged by load.
func (f *facts) byLoad() bool {
	n, all := 0, 0
	for i := range f.lives {
		if t := &f.lives[i].trend; t.shape == rising || t.shape == easing {
			all++
			if t.byLoad {
				n++
			}
		}
	}
	return n > 0 && 2*n >= all
}

// loadOf returns what the pod of a life received while it ran, or the processor time that it took; false when neither is known
// over most of the life.
func (f *facts) loadOf(l *life) (data.Samples, bool) {
	step := f.h.Load.Step
	for _, in := range [][]data.Signal{f.h.Load.Received, f.h.Load.CPU} {
		for i := range in {
			if in[i].Pod != l.pod {
				continue
			}
			part := weekly(cleanSamples(in[i].Samples), l.t[0]).Between(l.first(), l.last().Add(step))
			if float64(part.Len())*step.Hours() >= clockCover*l.last().Sub(l.first()).Hours() {
				return part, true
			}
		}
	}
	return data.Samples{}, false
}

// weekly returns s with the weeks before it down to from, in Unix milliseconds, filled in by its first week, where it has one:
// load is kept for a week or so, and lives last longer.
func weekly(s data.Samples, from int64) data.Samples {
	const week = 7 * 24 * int64(time.Hour/time.Millisecond)
	n := s.Len()
	if n < 2 || s.T[0] <= from || s.T[n-1]-s.T[0] < week*95/100 {
		return s
	}
	first := sort.Search(n, func(i int) bool { return s.T[i] >= s.T[0]+week })
	weeks := (s.T[0]-from)/week + 1
	out := data.Samples{T: make([]int64, 0, n+int(weeks)*first), V: make([]float64, 0, n+int(weeks)*first)}
	for w := weeks; w > 0; w-- {
		for i := range first {
			if at := s.T[i] - w*week; at >= from {
				out.T, out.V = append(out.T, at), append(out.V, s.V[i])
			}
		}
	}
	out.T, out.V = append(out.T, s.T...), append(out.V, s.V...)
	return out
}

// servedAt returns the load that was served from origin, in Unix milliseconds, up to each of the rising times x in hours since
// then, scaled so that it has the span of x; nil when there was none. Where load is not known it is as usual.
func servedAt(s data.Samples, origin int64, x []float64) []float64 {
	if s.Len() < 2 || len(x) < 2 {
		return nil
	}
	sums := make([]float64, s.Len())
	usual := meanOf(s.V)
	for i := 1; i < s.Len(); i++ {
		rate := s.V[i]
		if i > 1 && s.T[i]-s.T[i-1] > 3*(s.T[i-1]-s.T[i-2]) {
			rate = usual
		}
		sums[i] = sums[i-1] + rate*hours(s.T[i]-s.T[i-1])
	}
	out := make([]float64, len(x))
	for k, h := range x {
		at := origin + int64(h*float64(time.Hour.Milliseconds()))
		i := sort.Search(s.Len(), func(i int) bool { return s.T[i] >= at })
		switch {
		case i == 0:
			out[k] = -usual * hours(s.T[0]-at)
		case i == s.Len():
			out[k] = sums[i-1] + usual*hours(at-s.T[i-1])
		default:
			part := float64(at-s.T[i-1]) / float64(s.T[i]-s.T[i-1])
			out[k] = sums[i-1] + part*(sums[i]-sums[i-1])
		}
	}
	span := out[len(out)-1] - out[0]
	if span <= 0 {
		return nil
	}
	scale, first := (x[len(x)-1]-x[0])/span, out[0]
	for k := range out {
		out[k] = x[0] + (out[k]-first)*scale
	}
	return out
}

// parabolaLeaves returns the sum of the squares that the best parabola over x leaves of y, by orthogonal polynomials; 0 when
// there are too few points.
func parabolaLeaves(x, y []float64) float64 {
	n := float64(len(x))
	if len(x) < 4 {
		return 0
	}
	mx, my := meanOf(x), meanOf(y)
	var s2, s3, sy float64
	for i := range x {
		d := x[i] - mx
		s2, s3, sy = s2+d*d, s3+d*d*d, sy+d*(y[i]-my)
	}
	if s2 <= 0 {
		return 0
	}
	var q2, qy, out float64
	bend := func(d float64) float64 { return d*d - s2/n - s3/s2*d }
	for i := range x {
		q := bend(x[i] - mx)
		q2, qy = q2+q*q, qy+q*(y[i]-my)
	}
	for i := range x {
		d := x[i] - mx
		e := y[i] - my - sy/s2*d
		if q2 > 0 {
			e -= qy / q2 * bend(d)
		}
		out += e * e
	}
	return out
}
