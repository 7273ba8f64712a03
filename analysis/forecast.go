package analysis

import (
	"math"
	"slices"
	"time"

	"github.com/oomedic/oomedic/data"
)

// Forecast says when the next kill is to be expected. Four times in five it comes between Low and High. Nil is unknown.
type Forecast struct {
	Low, Likely, High *time.Duration
	// From says what it rests on, in one line.
	From data.Text
}

const (
	recentGaps = 12               // so many of the newest times between kills are looked at
	leastWait  = 10 * time.Second // a start is not on time to the second
	steadyGaps = 4                // … and the newest of them alone when kills come at a steady pace
)

// killGaps returns the hours between neighbouring kills of each pod, newest last.
func (f *facts) killGaps() []float64 {
	type gap struct {
		at    time.Time
		hours float64
	}
	var all []gap
	last := map[data.Text]time.Time{}
	for _, k := range f.kills {
		if at, ok := last[k.Pod]; ok && k.At.After(at) {
			all = append(all, gap{k.At, k.At.Sub(at).Hours()})
		}
		last[k.Pod] = k.At
	}
	out := make([]float64, 0, len(all))
	for _, g := range all {
		out = append(out, g.hours)
	}
	return out[max(0, len(out)-recentGaps):]
}

// forecast says when the next kill is to be expected under the present limit.
func (f *facts) forecast(c *Cause) Forecast {
	switch {
	case !f.conf.OOMKilled && !f.atRisk():
		return Forecast{}
	case c.ToNextKill != nil && c.Class != SharedMemory: // files outlive a restart: what was filled once is filled at once
		return Forecast{c.ToNextKillLow, c.ToNextKill, c.ToNextKillHigh, "the growth of memory and what is left to the limit"}
	}
	gaps := f.killGaps()
	if cv, ok := spread(gaps); ok && cv < regularKills {
		out := Forecast{From: data.Textf("%s times between kills, %s on average, at a steady pace", countOnly(len(gaps)), hoursText(median(gaps)))}
		if out.Low, out.Likely, out.High = f.untilRegular(gaps); out.Likely != nil {
			return out
		}
	}
	w := f.waits()
	if w.series+len(w.short) < 2 || w.seen <= 0 {
		return Forecast{}
	}
	gone := max(f.now.Sub(f.lastKill()).Hours(), 0)
	out := Forecast{From: data.Textf("%s in %s of the pods' time", count(w.series, "kill"), hoursText(w.seen))}
	if len(w.short) > 0 {
		out.From = data.Textf("%s of kills in %s of the pods' time, and the times between kills within one", count(w.series, "rush"), hoursText(w.seen))
	}
	out.Low, out.Likely, out.High = hoursPtr(w.quantile(0.9, gone)), hoursPtr(w.quantile(0.5, gone)), hoursPtr(w.quantile(0.1, gone))
	return out
}

// untilRegular returns the time to the next kill when kills come at a steady pace.
func (f *facts) untilRegular(gaps []float64) (low, likely, high *time.Duration) {
	newest := slices.Clone(gaps[max(0, len(gaps)-steadyGaps):])
	slices.Sort(newest)
	gone := f.now.Sub(f.lastKill()).Hours()
	m := Quantile(newest, 0.5)
	if gone < 0 || gone > 3*m {
		return nil, nil, nil // it has stopped, or the clock is wrong
	}
	left := func(h float64) *time.Duration { return hoursPtr(max(h-gone, 0)) }
	wide := (leastWait + f.step/2).Hours()
	return left(min(newest[0]*0.9, m-wide)), left(m), hoursPtr(max(newest[len(newest)-1]*1.1-gone, 0) + wide)
}

// hoursPtr returns hours as a duration, nil when it is longer than a forecast is worth.
func hoursPtr(h float64) *time.Duration {
	if !finite(h) || h < 0 || h > longestForecast.Hours() {
		return nil
	}
	return ptr(time.Duration(h * float64(time.Hour)))
}

// countOnly writes a number.
func countOnly(n int) data.Text { return data.Textf("%d", n) }

// boundGrowth adds the intervals of growth and of the time to the next kill.
func (f *facts) boundGrowth(c *Cause) {
	if c.GrowthPerHour == nil || len(f.growth) == 0 {
		return
	}
	low, high := f.growthRange()
	c.GrowthLow, c.GrowthHigh = &low, &high
	if c.ToNextKill == nil {
		return
	}
	if lo, likely, hi, n := f.untilAnalogue(); likely != nil && n >= leastAnalogues {
		c.ToNextKillLow, c.ToNextKill, c.ToNextKillHigh = lo, likely, hi
		return
	}
	h, slope := c.ToNextKill.Hours(), *c.GrowthPerHour
	wide := math.Exp(fourInFive * math.Hypot(outlookLoad, outlookFew/math.Sqrt(float64(len(f.growth)))))
	if low > 0 {
		c.ToNextKillHigh = hoursPtr(h * max(slope/low, wide))
	}
	if high > 0 {
		c.ToNextKillLow = hoursPtr(h * min(slope/high, 1/wide))
	}
}

// growthRange returns the bounds of the growth: the spread of the lives' own slopes, and never less than what a single
// life leaves open.
func (f *facts) growthRange() (low, high float64) {
	m := median(f.growth)
	low, high = m, m
	var lows, highs []float64
	for i := range f.lives {
		if t := f.lives[i].trend; t.shape == rising || t.shape == easing {
			lows, highs = append(lows, t.low), append(highs, t.high)
		}
	}
	if len(lows) > 0 {
		low, high = min(low, median(lows)), max(high, median(highs))
	}
	if n := len(f.growth); n >= 4 {
		s := slices.Clone(f.growth)
		slices.Sort(s)
		low, high = min(low, Quantile(s, 0.1)), max(high, Quantile(s, 0.9))
	}
	least := growthLeast * math.Abs(m)
	return min(low, m-least), max(high, m+least)
}

// growthLeast is the least half-width of a stated growth, as a share of it: load is never the same twice.
const growthLeast = 0.08
