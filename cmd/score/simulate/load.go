package simulate

import "math"

const (
	minute = 60.0
	hour   = 3600.0
	day    = 24 * hour
	week   = 7 * day

	// loadStep is the resolution of the load in seconds.
	loadStep = minute
	// horizon is how long a workload is simulated before the fix at most, and future how long after it, in seconds.
	horizon = 30 * day
	future  = 14 * day
)

// loadTrack is the work that comes in over time, 1 on average when the workload is new.
type loadTrack []float64

// at returns the load at t.
func (l loadTrack) at(t float64) float64 {
	i := int(t / loadStep)
	if i < 0 {
		i = 0
	}
	if i >= len(l) {
		i = len(l) - 1
	}
	return l[i]
}

// loadShape says how load comes and goes.
type loadShape struct {
	season float64 // share of the mean by which days swing
	peakAt float64 // hour of the day with the most
	rest   float64 // factor of the days off
	noise  float64
	weekly float64 // growth a week, as a share of the start
	office bool    // on and off in steps with a second peak in the evening, instead of a sine
}

// newLoad draws the load of a workload. Held-out cases swing in office hours and drift, instead of following a sine.
func newLoad(d dice, held bool, s loadShape) loadTrack {
	n := int((horizon + future) / loadStep)
	out := make(loadTrack, n)
	s.office = held
	tau := 2 * hour
	keep := math.Exp(-loadStep / tau)
	jump := math.Sqrt(1 - keep*keep)
	x, drift := 0.0, 0.0
	for i := range out {
		t := float64(i) * loadStep
		x = keep*x + jump*d.NormFloat64()
		shape := s.swing(t)
		if math.Mod(t/day, 7) >= 5 {
			shape *= s.rest
		}
		if held {
			drift += d.NormFloat64() * 0.0006
			drift *= 0.9999
		}
		out[i] = math.Max(0.02, shape*(1+s.weekly*t/week)*math.Exp(s.noise*x+drift))
	}
	return out
}

// swing is the season of a day at t, 1 on average.
func (s loadShape) swing(t float64) float64 {
	h := math.Mod(t/hour-s.peakAt+48, 24)
	if !s.office {
		return 1 + s.season*math.Cos(2*math.Pi*h/24)
	}
	// Work from five hours before the peak to four after it, and a smaller evening.
	on := bump(h, 24, -5, 4) + 0.5*bump(h, 24, 7, 10)
	return 1 - s.season*0.8 + s.season*1.6*on*0.95
}

// bump is 1 from a to b and 0 elsewhere with soft edges, on a circle of the given size.
func bump(h, size, a, b float64) float64 {
	if h > size/2 {
		h -= size
	}
	edge := func(x float64) float64 { return 1 / (1 + math.Exp(-x*3)) }
	return edge(h-a) * edge(b-h)
}
