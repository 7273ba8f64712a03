package analysis

import (
	"math"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// weekLoad is the load of a week that ends in quiet days, a sample each five minutes for so long before noon.
func weekLoad(span time.Duration) data.Samples {
	var s data.Samples
	for at := noon.Add(-span); !at.After(noon); at = at.Add(5 * time.Minute) {
		v := 1e5
		if noon.Sub(at)%(7*24*time.Hour) < 2*24*time.Hour {
			v = 2e4
		}
		s.T, s.V = append(s.T, at.UnixMilli()), append(s.V, v)
	}
	return s
}

// Growth is a line over the load that it goes with, however that load swings; what fills bends over it as well.
func TestGrowthByLoad(t *testing.T) {
	t.Parallel()
	const week = 7 * 24 * time.Hour
	leak := func(_, served float64) float64 { return 150 + 250*served }
	for name, x := range map[string]struct {
		span, known time.Duration
		mem         func(time, served float64) float64 // MiB at a share of the life and of its load
		byTime      shape
		want        shape
		byLoad      bool
	}{
		"a leak of each request, quiet at the end":      {week, week, leak, easing, rising, true},
		"two weeks of it, load known for the last":      {2 * week, week, leak, rising, rising, true},
		"near miss: load known for two days of seven":   {week, 2 * 24 * time.Hour, leak, easing, easing, false},
		"near miss: a cache that fills with requests":   {week, week, func(_, s float64) float64 { return 150 + 250*math.Log1p(6*s)/math.Log(7) }, easing, easing, false},
		"near miss: a leak by the clock":                {week, week, func(at, _ float64) float64 { return 150 + 250*at }, rising, rising, false},
		"near miss: what fills by the clock is no leak": {week, week, func(at, _ float64) float64 { return 150 + 250*math.Sqrt(at) }, easing, easing, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			load := weekLoad(x.span)
			l := life{pod: "app-0", start: noon.Add(-x.span), limit: 512 * mi}
			sum, all := 0.0, 0.0
			for _, v := range load.V {
				all += v
			}
			for i, v := range load.V {
				sum += v
				l.t, l.v = append(l.t, load.T[i]), append(l.v, x.mem(float64(i)/float64(load.Len()-1), sum/all)*mi)
			}
			known := load.Between(noon.Add(-x.known), noon.Add(time.Millisecond))
			f := &facts{h: &data.History{Load: data.Load{Step: 5 * time.Minute, Received: []data.Signal{{Pod: "app-0", Samples: known}}}}}
			l.trend = trendOf(&l, l.limit)
			if l.trend.shape != x.byTime {
				t.Errorf("by time its shape is %d, want %d (%.3g then %.3g)", l.trend.shape, x.byTime, l.trend.first, l.trend.second)
			}
			f.trendByLoad(&l)
			if l.trend.shape != x.want || l.trend.byLoad != x.byLoad {
				t.Errorf("shape %d by load %t, want %d %t (%.3g then %.3g)", l.trend.shape, l.trend.byLoad, x.want, x.byLoad, l.trend.first, l.trend.second)
			}
		})
	}
}

func TestParabolaLeaves(t *testing.T) {
	t.Parallel()
	x := []float64{0, 1, 2, 4, 7, 8}
	y, bent := make([]float64, len(x)), make([]float64, len(x))
	for i, v := range x {
		y[i], bent[i] = 3-2*v+0.5*v*v, math.Abs(v-4)
	}
	near(t, "squares left of a parabola", parabolaLeaves(x, y), 0, 1e-9)
	if got := parabolaLeaves(x, bent); got < 0.1 {
		t.Errorf("a corner leaves %g", got)
	}
	if got := parabolaLeaves(x[:3], y[:3]); got != 0 {
		t.Errorf("three points leave %g", got)
	}
}
