package analysis

import (
	"math"
	"time"

	"github.com/oomedic/oomedic/data"
)

// How sure the time to a kill under a limit is that was never in force. On a scale of logarithms, because such times are
// products and quotients; the parts are taken as independent of each other.
const (
	outlookLoad  = 0.11 // standard deviation that remains when many lives agree: the load of the days to come is not known
	outlookFew   = 0.20 // more for few lives: this over the root of their number
	outlookShape = 0.50 // share of what the later pace differs from the whole that is left open for the part never seen
	lateLeast    = 0.60 // the later pace counts for no less of the whole …
	lateMost     = 1.60 // … and no more
	firstLeast   = 0.75 // the length of former lives counts for no less than this share of what a line gives for them …
	firstMost    = 1.40 // … and no more: page cache that is given up for the rest makes them longer
)

// formerLives returns how many hours the growing lives took from their start to the limit that was hit, and the slopes in bytes
// an hour of their later halves.
func (f *facts) formerLives() (lengths, late []float64) {
	whole, first := f.wholeLives(), f.lowest()
	for i := range f.lives {
		l := &f.lives[i]
		if !whole[i] || (l.trend.shape != rising && l.trend.shape != easing) {
			continue
		}
		late = append(late, l.trend.second)
		if l.endedNear() && !cutOff(l, first) && f.hit != nil && l.limit == float64(*f.hit) {
			lengths = append(lengths, l.end().Sub(l.start).Hours())
		}
	}
	return lengths, late
}

// outlook is when a container that grows meets a limit of so many bytes after a start: to the limit that was hit as former lives
// took it, and from there at their later pace. says is the arithmetic. All are nil where that takes longer than a forecast
// is worth.
func (f *facts) outlook(c *Cause, limit float64) (low, likely, high *time.Duration, says data.Text) {
	base, slope := float64(*c.Baseline), *c.GrowthPerHour
	if slope <= 0 || !finite(slope) || f.hit == nil {
		return nil, nil, nil, ""
	}
	hit := float64(*f.hit)
	lengths, late := f.formerLives()
	to, pace, n := max(hit-base, 0)/slope, slope, float64(len(late))
	if len(lengths) >= leastAnalogues {
		to = min(max(median(lengths), firstLeast*to), firstMost*to)
	}
	if n > 0 {
		pace *= math.Pow(min(max(median(late)/slope, lateLeast), lateMost), n/(n+1))
	}
	hours := to + max(limit-hit, 0)/pace
	if likely = hoursPtr(hours); likely == nil {
		return nil, nil, nil, ""
	}
	s := outlookLoad*outlookLoad + outlookFew*outlookFew/max(n, 1)
	if cv, ok := spread(lengths); ok {
		s += cv * cv
	}
	part := max(limit-hit, 0) / pace / max(hours, 1e-9) * outlookShape * math.Log(pace/slope)
	wide := math.Exp(fourInFive * math.Sqrt(s+part*part))
	if c.GrowthLow != nil && c.GrowthHigh != nil && *c.GrowthLow > 0 {
		wide = max(wide, min(slope / *c.GrowthLow, 2), min(*c.GrowthHigh/slope, 2))
	}
	says = data.Textf("%s from a start to %s, + (%s − %s) / %s an hour = %s to the next kill", hoursText(to), human(hit), human(limit), human(hit), perHour(pace), durationText(*likely))
	return hoursPtr(hours / wide), likely, hoursPtr(hours * wide), says
}
