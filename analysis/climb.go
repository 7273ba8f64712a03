package analysis

import (
	"math"
	"slices"
	"time"
)

// What a climb over many short lives takes. A life that is sampled once or twice shows no course, but many together
// do: the pace from sample to sample, and the pace from the first sample to the kill, at which memory is the limit. A
// leak has the same pace in both; a jump after a quiet start has not.
const (
	climbLives  = 4    // killed lives with two samples or more
	climbShare  = 0.80 // … of which so many rise from sample to sample
	climbAgree  = 1.30 // the two paces differ by no more than this factor
	climbReach  = 0.25 // the climb that is measured is at least this share of the limit
	backOffMost = 300 * time.Second
)

// climbFacts is the growth that many short lives show together, in bytes an hour, and the level they start from.
type climbFacts struct {
	slope, low, high, base float64
	lives                  int
	hours                  float64 // median length of those lives
	even                   bool    // all of them climb at the same pace
}

// readClimb joins killed lives that are too short for a course of their own.
func (f *facts) readClimb() {
	var inner, outer, bases, lengths []float64
	rises, lives := 0, 0
	for i := range f.lives {
		l := &f.lives[i]
		n := len(l.v)
		if l.killed.IsZero() || l.limit <= 0 || l.trend.shape != unseen || n >= leastSamples {
			continue
		}
		if h := l.killed.Sub(l.first()).Hours(); h > 0 {
			outer = append(outer, (l.limit-l.v[0])/h)
		}
		if n < 2 {
			continue
		}
		lives++
		slope := (l.v[n-1] - l.v[0]) / hours(l.t[n-1]-l.t[0])
		if slope > 0 && l.limit-l.v[0] >= climbReach*l.limit {
			rises++
		}
		inner = append(inner, slope)
		lengths = append(lengths, l.killed.Sub(l.start).Hours())
		bases = append(bases, max(l.v[0]-slope*l.first().Sub(l.start).Hours(), 0))
	}
	if lives < climbLives || float64(rises) < climbShare*float64(lives) {
		return
	}
	in, out := median(inner), median(outer)
	if in <= 0 || out <= 0 || max(in/out, out/in) > climbAgree {
		return
	}
	slope := in/2 + out/2
	slices.Sort(inner)
	slices.Sort(outer)
	f.climb = &climbFacts{slope: slope, base: median(bases), lives: lives, hours: median(lengths),
		low: min(Quantile(inner, 0.1), Quantile(outer, 0.1), slope*(1-growthLeast)), high: max(Quantile(inner, 0.9), Quantile(outer, 0.9), slope*(1+growthLeast))}
	f.climb.even = Quantile(inner, 0.1) >= (1-climbSteady)*in && Quantile(inner, 0.9) <= (1+climbSteady)*in
	if !finite(f.climb.slope) || !finite(f.climb.low) || !finite(f.climb.high) {
		f.climb = nil
	}
}

// climbSteady is how far the pace of single lives may lie from the usual one, as a share of it, where a leak is behind
// it: what loads at a start takes longer one time than another.
const climbSteady = 0.14

// steady reports whether all lives climb at the same pace.
func (c *climbFacts) steady() bool { return c != nil && c.even }

// untilClimbed returns the time until short lives meet the limit again, the kubelet's back-off between two starts
// included.
func (f *facts) untilClimbed() (likely, low, high *time.Duration) {
	if f.climb == nil || f.limit == nil || f.climb.slope <= 0 {
		return nil, nil, nil
	}
	length := max(float64(*f.limit)-f.climb.base, 0) / f.climb.slope
	at := 0.0
	if start := f.nextStart(); !start.IsZero() {
		at = start.Sub(f.now).Hours() // below zero when it has run for a while
	}
	spread := math.Max(0.15*length, 5.0/3600) // a start and a scrape are not on time to the second
	return hoursPtr(max(at+length, 0)), hoursPtr(max(at+length-spread, 0)), hoursPtr(max(at+length+spread, 0))
}

// nextStart returns when the life began that runs now, or when the next is to begin: the kubelet waits 10 seconds after
// the first kill and twice as long after each further one, at most five minutes. It is zero when nothing says.
func (f *facts) nextStart() time.Time {
	if !f.c.StartedAt.IsZero() {
		return f.c.StartedAt
	}
	own := f.ownKills()
	if len(own) == 0 {
		return time.Time{}
	}
	last := own[len(own)-1].At
	wait := backOffMost
	if n := f.c.Restarts; n < 5 {
		wait = 10 * time.Second << max(n-1, 0)
	}
	if next := last.Add(wait); next.After(f.now) {
		return next
	}
	return f.now
}
