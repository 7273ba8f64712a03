package main

import (
	"context"
	"math"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/cmd/score/baselines"
	"github.com/oomedic/oomedic/cmd/score/replay"
	"github.com/oomedic/oomedic/cmd/score/simulate"
	"github.com/oomedic/oomedic/data"
)

// policies are the ways to choose a limit that are compared.
var policies = []string{ours, vpaScaled, vpaTarget, krr, krrOOM, times15, times20}

const (
	ours      = "oomedic"
	vpaScaled = "VPA, limit in proportion"
	vpaTarget = "VPA, limit = target"
	krr       = "KRR"
	krrOOM    = "KRR with OOM data"
	times15   = "limit ×1.5"
	times20   = "limit ×2"
)

// outcome is what came of one policy's limit.
type outcome struct {
	limit   int64 // bytes; 0 when the policy gave none
	request int64
	killed  bool
	// over is the memory above what was needed, in bytes; 0 when killed.
	over, overShare float64
	requestShare    float64 // of the highest need; 0 when killed
}

// result is one case judged.
type result struct {
	id        string
	cond      simulate.Condition
	truth     simulate.Truth
	got       analysis.Class
	conf      float64
	detected  bool
	sigkilled bool // it ended with 137, as OOM kills do
	cures     bool
	growth    estimate // bytes an hour
	next      estimate // seconds to the next kill under the present limit
	after     estimate // and under the recommended one, in a new pod
	// through is whether the case was read through a query engine as well, and same whether that gave the same.
	through, same bool
	outcomes      map[string]outcome
	facts         string
}

// estimate is a number that was said, with the interval that the truth lies in four times in five; nil when nothing was
// said. truth is 0 when there is none to compare with.
type estimate struct {
	said, low, high *float64
	truth           float64
}

// inTime makes an estimate of durations, in seconds.
func inTime(said, low, high, truth *time.Duration) estimate {
	seconds := func(d *time.Duration) *float64 {
		if d == nil {
			return nil
		}
		s := d.Seconds()
		return &s
	}
	e := estimate{said: seconds(said), low: seconds(low), high: seconds(high)}
	if truth != nil {
		e.truth = truth.Seconds()
	}
	return e
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

// price is the list price of OpenCost's default, for a GiB and month.
var price = analysis.Price{PerGiBMonth: 3.09, From: "OpenCost default"}

func diagnose(c *simulate.Case, h *data.History, ov data.Overview) analysis.Diagnosis {
	return analysis.Diagnose(analysis.Input{Case: analysis.NewCase(c.Container, ov, c.Now), History: h, Price: price, Now: c.Now})
}

// readThrough diagnoses a case from what data/prom reads of it out of a query engine, and compares with d.
func (r *result) readThrough(ctx context.Context, c *simulate.Case, d *analysis.Diagnosis) error {
	h, ov, err := replay.Read(ctx, c)
	if err != nil {
		return err
	}
	other := diagnose(c, h, ov)
	limit, again := float64(value(d.Recommendation.Limit)), float64(value(other.Recommendation.Limit))
	r.through = true
	r.same = d.Cause.Class == other.Cause.Class && d.Confirmation.OOMKilled == other.Confirmation.OOMKilled && math.Abs(limit-again) <= 0.02*limit
	return nil
}

// judge diagnoses a case and, where a limit can cure it, tries out the limits. With through the case is also read as
// live ones are.
func judge(ctx context.Context, c candidate, through bool) (result, error) {
	d := diagnose(c.Case, c.History(), c.Overview())
	said, last := &d.Cause, c.Container.Last
	r := result{
		sigkilled: last != nil && last.ExitCode == 137,
		id:        c.ID, cond: c.Condition, truth: c.Truth, got: said.Class, conf: said.Confidence, detected: d.Confirmation.OOMKilled,
		cures: d.Recommendation.Cures, growth: estimate{said: said.GrowthPerHour, low: said.GrowthLow, high: said.GrowthHigh, truth: c.Truth.Growth},
	}
	if c.Truth.Label.Growing() {
		r.next = inTime(said.ToNextKill, said.ToNextKillLow, said.ToNextKillHigh, c.future.Forecast())
		if rec := &d.Recommendation; rec.Limit != nil {
			r.after = inTime(rec.ToKill, rec.ToKillLow, rec.ToKillHigh, c.future.ForecastUnder(*rec.Limit))
		}
	}
	if c.Truth.Label.Curable() && c.Truth.OOM {
		r.outcomes = tryLimits(c, &d)
	}
	if through {
		return r, r.readThrough(ctx, c.Case, &d)
	}
	return r, nil
}

// size is what a policy recommends, in bytes.
type size struct{ limit, request int64 }

// sizes are what each policy recommends for a case.
func sizes(c *simulate.Case, d *analysis.Diagnosis) map[string]size {
	limit, request := value(c.Container.Resources.Limit), value(c.Container.Resources.Request)
	pods := c.Pods()
	out := map[string]size{
		times15: {baselines.Times(limit, 1.5), baselines.Times(request, 1.5)}, times20: {baselines.Times(limit, 2), baselines.Times(request, 2)},
		ours: {value(d.Recommendation.Limit), value(d.Recommendation.Request)},
	}
	for name, oom := range map[string]bool{krr: false, krrOOM: true} {
		v := baselines.KRR(pods, limit, c.Now, oom)
		out[name] = size{v, v} // KRR sets both
	}
	if v, err := baselines.VPA(pods, request, limit); err == nil {
		ratio := 1.0
		if request > 0 {
			ratio = float64(limit) / float64(request)
		}
		out[vpaScaled], out[vpaTarget] = size{int64(float64(v) * ratio), v}, size{v, v}
	}
	return out
}

func value(p *int64) int64 {
	if p == nil {
		return 0
	}
	return *p
}

// tryLimits lets each policy's limit meet the next 14 days.
func tryLimits(c candidate, d *analysis.Diagnosis) map[string]outcome {
	all := sizes(c.Case, d)
	known := map[int64]simulate.Outcome{}
	out := map[string]outcome{}
	for _, name := range policies {
		use := all[name].limit
		if use == 0 {
			use = value(c.Container.Resources.Limit) // no advice leaves what is there
		}
		o, ok := known[use]
		if !ok {
			o = c.future.After(use)
			known[use] = o
		}
		one := outcome{limit: all[name].limit, request: all[name].request, killed: o.Killed}
		if !o.Killed {
			one.over = math.Max(0, float64(use)-o.Need)
			one.overShare = one.over / o.Need
			one.requestShare = float64(one.request) / o.Need
		}
		out[name] = one
	}
	return out
}
