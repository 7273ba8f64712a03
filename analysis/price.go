package analysis

import "github.com/oomedic/oomedic/data"

// PricePreset is a named price of memory.
type PricePreset struct {
	Name  string
	Price Price
}

// Presets returns the list prices that can be chosen by name, in dollars for a GiB of memory and a month of 730 hours.
// They are the public prices a GiB-hour of OpenCost's configs/default.json ($0.004237, and $0.000892 for spot), of GKE
// Autopilot's general-purpose pods in us-central1 ($0.0049225) and of AWS Fargate on Linux in us-east-1 ($0.004445 x86,
// $0.00356 ARM), times 730. The first is the default.
func Presets() []PricePreset {
	return []PricePreset{
		{"opencost", DefaultPrice},
		{"opencost-spot", Price{PerGiBMonth: 0.65, From: "opencost default for spot"}},
		{"gke-autopilot", Price{PerGiBMonth: 3.59, From: "GKE Autopilot list price, us-central1"}},
		{"fargate", Price{PerGiBMonth: 3.24, From: "AWS Fargate list price, Linux/x86, us-east-1"}},
		{"fargate-arm", Price{PerGiBMonth: 2.60, From: "AWS Fargate list price, Linux/ARM, us-east-1"}},
	}
}

// PriceByName returns the preset of that name; false when there is none.
func PriceByName(name string) (Price, bool) {
	for _, p := range Presets() {
		if p.Name == name {
			return p.Price, true
		}
	}
	return Price{}, false
}

// What doing nothing costs is counted over this much of the newest history.
const nothingDays = 7

// weighCost completes the cost of a diagnosis: what autoscaling makes of it, whether fewer replicas carry the load, what
// a bridge costs and buys, and what it costs to do nothing.
func (f *facts) weighCost(d *Diagnosis) {
	c := &d.Cost
	if n := f.c.Workload.MaxReplicas; n != nil && c.PerPodMonthly != nil && (c.Replicas == nil || *n > *c.Replicas) {
		total := *c.PerPodMonthly * float64(*n)
		c.MaxReplicas, c.MaxMonthly = n, &total
		c.Steps = append(c.Steps, data.Textf("%s × %s at the autoscaler's most = %s a month", dollars(*c.PerPodMonthly), replicasText(*n), dollars(total)))
	}
	f.checkNetZero(d)
	f.costOfNothing(c)
	if r := &d.Recommendation; !r.Cures && r.Limit != nil && c.PerPodMonthly != nil && d.Cause.ToNextKill != nil && r.ToKill != nil {
		c.BandAid = data.Textf("the larger limit costs %s a pod a month and puts the kill off to %s after a start", dollars(*c.PerPodMonthly), durationText(*r.ToKill))
		c.Steps = append(c.Steps, c.BandAid)
	}
}

// checkNetZero takes the offer of fewer replicas back when those that are left would not hold the load under the new
// limit. Memory is taken to follow the load in full, which is the careful way.
func (f *facts) checkNetZero(d *Diagnosis) {
	c, limit, s := &d.Cost, d.Recommendation.Limit, f.stats()
	if c.NetZero == "" || limit == nil || s.Samples == 0 || c.Replicas == nil {
		return
	}
	from, to := above(f.c.Resources.Request), above(d.Recommendation.Request)
	if from == nil || to == nil {
		return
	}
	fewer := float64(int64(float64(*c.Replicas) * float64(*from) / float64(*to)))
	if fewer < 1 {
		return
	}
	share := float64(*c.Replicas) / fewer
	carry := s.P95 * share
	if carry > nearTop*float64(*limit) {
		c.Steps = append(c.Steps, data.Textf("fewer replicas would each carry %.2f times the load: p95 %s × %.2f = %s, too near the limit of %s", share, human(s.P95), share, human(carry), humanInt(limit)))
		c.NetZero = ""
		return
	}
	c.Steps = append(c.Steps, data.Textf("%s: each carries %.2f times the load, p95 %s × %.2f = %s under %s", c.NetZero, share, human(s.P95), share, human(carry), humanInt(limit)))
}

// costOfNothing counts what the kills cost as they are.
func (f *facts) costOfNothing(c *Cost) {
	from, n := f.now.AddDate(0, 0, -nothingDays), 0
	for _, k := range f.kills {
		if k.At.After(from) && !k.At.After(f.now.Add(clockSkew)) {
			n++
		}
	}
	if n == 0 || f.h == nil {
		return
	}
	c.RestartsPerWeek = ptr(float64(n))
	line := data.Textf("doing nothing: %s a week", count(n, "restart"))
	if s := f.restartSeconds(); s != nil {
		c.MinutesLost = ptr(float64(n) * *s / 60)
		line += data.Textf(", each %.0f s until the next start is seen: %.0f minutes lost", *s, *c.MinutesLost)
	}
	c.Steps = append(c.Steps, line)
}

// restartSeconds returns the median time from a kill to the first sample of the next life, in seconds; nil when no such
// pair was seen.
func (f *facts) restartSeconds() *float64 {
	var gaps []float64
	for i := 0; i+1 < len(f.lives); i++ {
		l, next := &f.lives[i], &f.lives[i+1]
		if l.killed.IsZero() || next.pod != l.pod {
			continue
		}
		if d := next.first().Sub(l.killed); d >= 0 && d <= restartLag+3*f.step {
			gaps = append(gaps, d.Seconds())
		}
	}
	if len(gaps) == 0 {
		return nil
	}
	return ptr(median(gaps))
}
