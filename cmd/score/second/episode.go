package second

import (
	"math"
	"slices"
)

// form is how an episode rises and falls.
type form int

const (
	crowd   form = iota // up within a minute, then away as an exponential
	plateau             // up, held, down
	storm               // grows on itself to a ceiling, with waves, and breaks off
	bell                // swells and falls
)

// episode is a time at which more happens than is usual. Its height counts in what the workload makes of it.
type episode struct {
	at, long float64 // seconds
	height   float64
	form     form
	replica  int // -1 for all
}

// level returns how high the episode stands at t.
func (e *episode) level(t float64) float64 {
	s := t - e.at
	if s < 0 || s > e.long {
		return 0
	}
	x := s / e.long
	switch e.form {
	case crowd:
		rise := math.Min(4*minute, e.long/6)
		if s < rise {
			return e.height * s / rise
		}
		return e.height * math.Exp(-4*(s-rise)/(e.long-rise))
	case storm:
		if x > 0.97 {
			return e.height * (1 - x) / 0.03
		}
		up := 1 / (1 + 60*math.Exp(-x*22))
		return e.height * up * (0.82 + 0.18*math.Sin(2*math.Pi*s/95))
	case bell:
		return e.height * math.Pow(math.Sin(math.Pi*x), 2)
	}
	edge := math.Min(3*minute, e.long/5)
	return e.height * math.Min(1, math.Min(s, e.long-s)/edge)
}

// calendar finds the episodes of a time.
type calendar struct {
	all []episode
	by  map[int][]int // number of the hour to episodes that touch it
}

func newCalendar(all []episode) *calendar {
	slices.SortStableFunc(all, func(a, b episode) int {
		if a.at < b.at {
			return -1
		}
		return 1
	})
	c := &calendar{all: all, by: map[int][]int{}}
	for i, e := range all {
		for h := int(e.at / hour); h <= int((e.at+e.long)/hour); h++ {
			c.by[h] = append(c.by[h], i)
		}
	}
	return c
}

// level is the sum of the episodes of a replica at t.
func (c *calendar) level(t float64, replica int) float64 {
	sum := 0.0
	for _, i := range c.by[int(t/hour)] {
		if e := &c.all[i]; e.replica < 0 || e.replica == replica {
			sum += e.level(t)
		}
	}
	return sum
}

// job is a piece of work with an end, such as a file. It takes in seconds and holds what it took for hold seconds.
type job struct {
	at      float64
	bytes   float64 // what it needs at its end
	seconds float64 // until then
	hold    float64
}
