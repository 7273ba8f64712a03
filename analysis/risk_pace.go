package analysis

import (
	"slices"
	"time"

	"github.com/oomedic/oomedic/data"
)

// What growth takes to be believed, and how far it is carried on.
const (
	paceRise     = 0.03 // rise over what was seen, as a share of the limit
	paceAgree    = 0.60 // Kendall's tau of time and floor
	paceTurn     = 1.40 // the second half is this much faster than the first: its pace counts
	fewPace      = 3    // samples, fewer of which show no pace
	reachOfSpan  = 4    // growth is carried on over so many times what was seen
	leakFrom     = 2 * time.Hour
	roughReach   = 4.0  // hours that growth without samples is carried on
	roughRise    = 0.05 // rise over the window, as a share of the limit, without samples
	roughSpread  = 2.0  // … whose true pace lies between a half and twice of it
	paceNoise    = 0.90 // quantile of what stands above the line, as the peak that meets the limit
	leastLeft    = 5 * time.Second
	settledRatio = ended
)

// climbing is the growth of a life that runs.
type climbing struct {
	slope, low, high float64 // bytes an hour
	level            float64 // what meets the limit, at the last sample
	easing           bool    // it slows down, so that it may end
	steady           bool    // a line from end to end
	span             time.Duration
}

// climbOf returns the growth that samples of one life show; false when they show none, or one that has ended.
func climbOf(s data.Samples, limit float64) (climbing, bool) {
	s = cleanSamples(s)
	n := s.Len()
	if n < fewPace {
		return climbing{}, false
	}
	whole := time.Duration(s.T[n-1]-s.T[0]) * time.Millisecond
	lo := 0
	if whole >= time.Hour {
		for skip := warmUpOf(whole).Milliseconds(); lo < n && s.T[lo]-s.T[0] < skip; lo++ { //nolint:revive // the loop is the work
		}
	}
	x, y := floors(s.T[lo:], s.V[lo:], s.T[0])
	if len(x) < fewPace {
		return climbing{}, false
	}
	p := climbing{span: whole}
	var tau float64
	p.slope, p.low, p.high, tau = theilSenRange(x, y)
	length := x[len(x)-1] - x[0]
	if p.slope <= 0 || p.low <= 0 || tau < paceAgree || p.slope*length < paceRise*limit {
		return climbing{}, false
	}
	if len(x) >= 2*fewPace {
		half := len(x) / 2
		first, _ := theilSen(x[:half+1], y[:half+1])
		second, low, high, _ := theilSenRange(x[half:], y[half:])
		switch {
		case second <= settledRatio*max(first, p.slope):
			return climbing{}, false
		case second < slowing*first:
			p.easing, p.slope, p.low, p.high = true, second, min(low, second/2), max(high, p.slope)
		case second > paceTurn*first:
			p.slope, p.low, p.high = second, min(low, p.slope), high
		default:
			p.steady = true
		}
	}
	least := growthLeast * p.slope
	p.low, p.high = min(p.low, p.slope-least), max(p.high, p.slope+least)
	p.level = topAt(s, lo, p.slope)
	return p, p.slope > 0
}

// topAt returns where the upper edge of the samples stands at the last one, on a line of a slope in bytes an hour: what
// meets the limit are the peaks. Only the newest half counts, so that an old bend does not lift it.
func topAt(s data.Samples, lo int, slope float64) float64 {
	n := s.Len()
	lo = max(lo, n/2)
	above := make([]float64, 0, n-lo)
	for i := lo; i < n; i++ {
		above = append(above, s.V[i]+slope*hours(s.T[n-1]-s.T[i]))
	}
	slices.Sort(above)
	return max(Quantile(above, paceNoise), s.V[n-1])
}

// forecast sets growth and the time that is left, as far as they can be known: from the samples of the life that runs,
// else from the rough growth of the whole cluster's question.
func (r *Risk) forecast(u *data.ClusterUsage, now time.Time) {
	limit := float64(*r.Usage.Limit)
	if s := r.Usage.Recent; s != nil {
		p, ok := climbOf(*s, limit)
		if ramp, begun := rampOf(*s, limit); begun {
			p, ok = ramp, true
		}
		if !ok {
			return
		}
		r.Growth, r.GrowthLow, r.GrowthHigh, r.span = &p.slope, &p.low, &p.high, p.span
		since := now.Sub(time.UnixMilli(s.T[len(s.T)-1]))
		left := func(slope float64) *time.Duration {
			h := hoursPtr(max(limit-p.level, 0) / slope)
			if h == nil {
				return nil
			}
			return ptr(max(*h-since, 0))
		}
		likely := left(p.slope)
		if likely == nil || *likely > min(reachOfSpan*p.span, noticeLeft) {
			return
		}
		r.Left, r.LeftLow = likely, left(p.high)
		if !p.easing && p.low > 0 {
			r.LeftHigh = left(p.low)
		}
		r.Leak = p.steady && p.span >= leakFrom
		return
	}
	if g := r.Usage.Growth; g != nil && *g > 0 && u.GrowthWindow > 0 {
		r.Growth, r.GrowthLow, r.GrowthHigh = g, ptr(*g/roughSpread), ptr(*g*roughSpread)
		h := max(limit-*r.Usage.WorkingSet, 0) / *g
		if h <= roughReach && *g*u.GrowthWindow.Hours() >= roughRise*limit {
			r.Left, r.LeftLow, r.LeftHigh = hoursPtr(h), hoursPtr(h/roughSpread), hoursPtr(h*roughSpread)
		}
	}
}
