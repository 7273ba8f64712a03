package main

import (
	"math"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/cmd/score/baselines"
	"github.com/oomedic/oomedic/cmd/score/simulate"
)

// policies are the ways to choose a limit that are compared.
var policies = []string{"oomedic", "VPA", "KRR", "KRR with OOM data", "limit ×1.5", "limit ×2"}

// outcome is what came of one policy's limit.
type outcome struct {
	limit  int64 // bytes; 0 when the policy gave none
	killed bool
	// over is the memory above what was needed, in bytes; 0 when killed.
	over, overShare float64
}

// result is one case judged.
type result struct {
	id       string
	cond     simulate.Condition
	truth    simulate.Truth
	got      analysis.Class
	conf     float64
	detected bool
	cures    bool
	growth   *float64
	next     *time.Duration
	trueNext *time.Duration
	outcomes map[string]outcome
	facts    string
}

// classOf is the class that a label should get.
func classOf(l simulate.Label) analysis.Class {
	if l == simulate.Healthy {
		return analysis.UnknownCause
	}
	return analysis.Class(l)
}

// right reports whether the class is the true one.
func (r *result) right() bool { return r.got == classOf(r.truth.Label) }

func leakClass(c analysis.Class) bool {
	return c == analysis.MemoryLeak || c == analysis.GradualAccumulation
}

// judge diagnoses a case and, where a limit can cure it, tries out the limits.
func judge(c *simulate.Case) result {
	h := c.History()
	in := analysis.Input{Case: analysis.NewCase(c.Container, c.Overview(), c.Now), History: h, Price: analysis.Price{PerGiBMonth: 3.09, From: "OpenCost default"}, Now: c.Now}
	d := analysis.Diagnose(in)
	r := result{
		id: c.ID, cond: c.Condition, truth: c.Truth, got: d.Cause.Class, conf: d.Cause.Confidence, detected: d.Confirmation.OOMKilled,
		cures: d.Recommendation.Cures, growth: d.Cause.GrowthPerHour, next: d.Cause.ToNextKill,
	}
	if c.Truth.Label.Growing() || c.Truth.Label == simulate.Cache {
		r.trueNext = c.Forecast()
	}
	if c.Truth.Label.Curable() && c.Truth.OOM {
		r.outcomes = tryLimits(c, &d)
	}
	return r
}

// tryLimits lets each policy's limit meet the next 14 days.
func tryLimits(c *simulate.Case, d *analysis.Diagnosis) map[string]outcome {
	limit, request := int64(0), int64(0)
	if p := c.Container.Resources.Limit; p != nil {
		limit = *p
	}
	if p := c.Container.Resources.Request; p != nil {
		request = *p
	}
	pods := c.Pods()
	limits := map[string]int64{
		"KRR": baselines.KRR(pods, limit, c.Now, false), "KRR with OOM data": baselines.KRR(pods, limit, c.Now, true),
		"limit ×1.5": baselines.Times(limit, 1.5), "limit ×2": baselines.Times(limit, 2),
	}
	if v, err := baselines.VPA(pods, request, limit); err == nil {
		limits["VPA"] = v
	}
	if p := d.Recommendation.Limit; p != nil {
		limits["oomedic"] = *p
	}
	known := map[int64]simulate.Outcome{}
	out := map[string]outcome{}
	for _, name := range policies {
		given := limits[name]
		use := given
		if use == 0 {
			use = limit // no advice leaves what is there
		}
		o, ok := known[use]
		if !ok {
			o = c.After(use)
			known[use] = o
		}
		one := outcome{limit: given, killed: o.Killed}
		if !o.Killed {
			one.over = math.Max(0, float64(use)-o.Need)
			one.overShare = one.over / o.Need
		}
		out[name] = one
	}
	return out
}
