package second

import "math"

// span is how long a workload runs before the fix at most, and after how long it is watched after it, in seconds.
const (
	span  = 30 * day
	after = 14 * day
)

// slot is the resolution of the ordinary traffic in seconds.
const slot = 2 * minute

// traffic is the ordinary work that comes in, about 1 on average.
type traffic struct{ slots []float32 }

// at returns the traffic at t, between two slots in a line.
func (tr *traffic) at(t float64) float64 {
	x := math.Max(0, t/slot)
	i := int(x)
	if i >= len(tr.slots)-1 {
		return float64(tr.slots[len(tr.slots)-1])
	}
	f := x - float64(i)
	return float64(tr.slots[i])*(1-f) + float64(tr.slots[i+1])*f
}

// habits say how traffic comes and goes.
type habits struct {
	swing   float64     // of the hours, 0 for none: 0.5 is half above and below
	days    [7]float64  // factors of the days of the week, Monday first
	rough   float64     // deviation of what lasts some minutes to an hour
	growth  float64     // a day, as a share
	profile [24]float64 // knots of the day, -1 to 1
}

// newHabits draws habits. Held ones have other days: work in shifts, and roughness that lasts longer.
func newHabits(d draw, held bool) habits {
	h := habits{swing: d.in(0.1, 0.65), rough: d.mag(0.02, 0.12)}
	weekend := pick(d, 1, 1, 0.85, 0.5, 0.3, 1.3)
	for i := range h.days {
		h.days[i] = d.in(0.92, 1.08)
		if i > 4 {
			h.days[i] *= weekend
		}
	}
	if held {
		from, n := d.whole(5, 15), d.whole(6, 13)
		for i := range h.profile {
			h.profile[i] = -0.8 + d.in(-0.1, 0.1)
		}
		for i := range n {
			h.profile[(from+i)%24] = d.in(0.6, 1)
		}
		return h
	}
	first, second := d.in(8, 13), d.in(17, 22)
	low := d.in(0.3, 1)
	for i := range h.profile {
		x := float64(i)
		h.profile[i] = math.Max(-1, math.Min(1, -0.9+1.8*math.Exp(-math.Pow(away(x, first)/3, 2))+1.8*low*math.Exp(-math.Pow(away(x, second)/2.5, 2))+d.in(-0.08, 0.08)))
	}
	return h
}

// away is how many hours lie between two times of the day.
func away(a, b float64) float64 {
	x := math.Abs(a - b)
	return math.Min(x, 24-x)
}

// make draws the traffic.
func (h habits) make(d draw) traffic {
	n := int((span+after)/slot) + 2
	out := traffic{slots: make([]float32, n)}
	fast, slow := 0.0, 0.0
	for i := range out.slots {
		t := float64(i) * slot
		fast += -fast*0.25 + 0.66*d.NormFloat64()
		slow += -slow*0.02 + 0.2*d.NormFloat64()
		at := math.Mod(t/hour, 24)
		k, f := int(at), at-math.Floor(at)
		knot := h.profile[k]*(1-f) + h.profile[(k+1)%24]*f
		v := (1 + h.swing*knot) * h.days[int(t/day)%7] * (1 + h.growth*t/day) * math.Exp(h.rough*(0.6*fast+0.6*slow))
		out.slots[i] = float32(math.Max(0.03, v))
	}
	return out
}
