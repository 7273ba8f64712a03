package analysis

import (
	"math"
	"time"

	"github.com/oomedic/oomedic/data"
)

// What a climb of the last minutes takes to be told from the ups and downs of before.
const (
	rampSamples = 8    // the newest samples that are looked at
	rampAgree   = 0.80 // Kendall's tau
	rampRise    = 0.05 // rise, as a share of the limit
	rampNoise   = 4.0  // … and as a multiple of the median deviation before
	rampFaster  = 2.0  // … and so many times as fast as the life on the whole
)

// rampOf returns the growth of the newest samples where memory has begun to climb; false where they show no more than
// what it always did.
func rampOf(s data.Samples, limit float64) (climbing, bool) {
	s = cleanSamples(s)
	n := s.Len()
	if n < 2*rampSamples {
		return climbing{}, false
	}
	lo := n - rampSamples
	x, y := make([]float64, rampSamples), s.V[lo:]
	for i := range x {
		x[i] = hours(s.T[lo+i] - s.T[lo])
	}
	p := climbing{level: s.V[n-1], span: time.Duration(s.T[n-1]-s.T[lo]) * time.Millisecond}
	var tau float64
	p.slope, p.low, p.high, tau = theilSenRange(x, y)
	if p.slope <= 0 || p.low <= 0 || tau < rampAgree {
		return climbing{}, false
	}
	hx, hy := floors(s.T[:lo], s.V[:lo], s.T[0])
	before, _ := theilSen(hx, hy)
	rise := y[rampSamples-1] - y[0]
	if rise < rampRise*limit || rise < rampNoise*deviation(s.T[:lo], s.V[:lo], before) || p.slope < rampFaster*before {
		return climbing{}, false
	}
	least := growthLeast * p.slope
	p.low, p.high = min(p.low, p.slope-least), max(p.high, p.slope+least)
	return p, true
}

// deviation returns the median distance of values from their line of a slope in bytes an hour.
func deviation(t []int64, v []float64, slope float64) float64 {
	rest := make([]float64, len(v))
	for i := range v {
		rest[i] = v[i] - slope*hours(t[i]-t[0])
	}
	m := median(rest)
	for i := range rest {
		rest[i] = math.Abs(rest[i] - m)
	}
	return median(rest)
}
