package analysis

import (
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// leakingHistory is what Prometheus has of a container that grows 50 MiB an hour from 300 MiB for half a day, with a limit of
// 1000 MiB, and was never killed.
func leakingHistory() *data.History {
	s := ramp(12*time.Hour, time.Minute, func(h float64) float64 { return (300 + 45*h) * mib })
	return &data.History{Key: data.Key{Namespace: "shop", Pod: "a-0", Container: "app"}, From: riskNow.Add(-30 * 24 * time.Hour), To: riskNow,
		First: time.UnixMilli(s.T[0]), ScrapeInterval: time.Minute, Selector: `namespace="shop",container="app",pod="a-0"`,
		Lives: []data.Life{{Pod: "a-0", ID: "/1", Samples: *s}}}
}

// A container that was never killed gets the same five steps, of which the first says that it has not come to that.
func TestDiagnoseBeforeTheKill(t *testing.T) {
	t.Parallel()
	u := usage(ramp(6*time.Hour, time.Minute, func(h float64) float64 { return (570 + 45*h) * mib }))
	got, _ := judged(t, u)
	if len(got) != 1 {
		t.Fatalf("%+v", got)
	}
	c := got[0].Case(data.Overview{}, riskNow)
	if c.Confirmation.OOMKilled || c.Confirmation.Label != notYet || !strings.Contains(c.Confirmation.Why.String(), "not killed") || c.Near == nil {
		t.Fatalf("%+v", c.Confirmation)
	}
	d := Diagnose(Input{Case: c, History: leakingHistory(), Price: DefaultPrice, Now: riskNow})
	if s := d.Steps[0]; !strings.HasPrefix(s.Answer.String(), "Not yet") || s.State != StepWarn || len(s.Evidence) < 3 {
		t.Errorf("step 1: %+v", s)
	}
	if d.Cause.Class != MemoryLeak || d.Cause.ToNextKill == nil {
		t.Errorf("cause %+v", d.Cause)
	}
	if d.Recommendation.Limit == nil || *d.Recommendation.Limit <= 1000*data.Mi || d.Forecast.Likely == nil {
		t.Errorf("size %+v, forecast %+v", d.Recommendation, d.Forecast)
	}
	for i, s := range d.Steps {
		if s.Answer == "" || strings.Contains(s.Answer.String(), "no OOM kill to explain") {
			t.Errorf("step %d: %q", i+1, s.Answer)
		}
	}
	c.Risk = nil // the same without a risk is a container that nothing ails
	if d := Diagnose(Input{Case: c, History: leakingHistory(), Price: DefaultPrice, Now: riskNow}); d.Recommendation.Limit != nil || d.Steps[0].State != StepNo {
		t.Errorf("without a risk: %+v", d.Steps[0])
	}
}

// One that was killed before keeps its verdict.
func TestRiskOfKilledContainer(t *testing.T) {
	t.Parallel()
	u := usage(ramp(6*time.Hour, time.Minute, func(h float64) float64 { return (570 + 45*h) * mib }))
	u.Container = &data.Container{Key: u.Key, State: data.Running, Restarts: 1, Resources: u.Resources, Last: &data.Termination{
		Reason: "OOMKilled", ExitCode: 137, FinishedAt: riskNow.Add(-7 * time.Hour), StartedAt: riskNow.Add(-20 * time.Hour), Field: "lastState.terminated"}}
	got, _ := judged(t, u)
	c := got[0].Case(data.Overview{}, riskNow)
	d := Diagnose(Input{Case: c, Now: riskNow, Price: DefaultPrice})
	if !c.Confirmation.OOMKilled || c.Confirmation.Label != "killed before" || d.Steps[0].State != StepYes {
		t.Errorf("%+v, %+v", c.Confirmation, d.Steps[0])
	}
}

// What is full of page cache, and what merely has odd sizes, is given no new size for a kill that is not to come.
func TestNoSizeWithoutDanger(t *testing.T) {
	t.Parallel()
	u := usage(ramp(6*time.Hour, time.Minute, func(float64) float64 { return 900 * mib }))
	u.Parts = &data.UsageParts{RSS: ptr(300 * mib), Shared: ptr(0.0)}
	got, _ := judged(t, u)
	d := Diagnose(Input{Case: got[0].Case(data.Overview{}, riskNow), Now: riskNow, Price: DefaultPrice})
	if d.Recommendation.Limit != nil || d.Steps[0].State != StepNo || !strings.Contains(d.Steps[0].Answer.String(), "page cache") {
		t.Errorf("%+v %+v", d.Steps[0], d.Recommendation)
	}
}

func TestCrossings(t *testing.T) {
	t.Parallel()
	var c Crossings
	look := func(use float64, known bool) string {
		u := usage(ramp(time.Hour, time.Minute, func(float64) float64 { return use * mib }))
		if !known {
			u.Limit = nil
		}
		all := &data.ClusterUsage{Usages: []data.Usage{u}, GrowthWindow: time.Hour}
		if use == 0 {
			all.Usages = nil
		}
		risks, _ := Risks(all, DefaultPrice, riskNow)
		out := ""
		for _, x := range c.Look(risks, all, riskNow) {
			out += string(x.Kind) + " "
		}
		return strings.TrimSpace(out)
	}
	for i, step := range []struct {
		use   float64
		known bool
		want  string
	}{
		{840, true, ""}, {851, true, "warning"}, {849, true, ""}, {852, true, ""}, {830, true, ""}, {845, true, ""}, // swings around the threshold
		{960, true, "critical"}, {940, true, ""}, {960, true, ""}, {940, true, ""}, {940, true, ""}, {940, true, ""}, {930, true, ""},
		{890, true, "warning"},
		{790, true, ""}, {790, true, ""}, {790, false, ""}, // not known is not well
		{790, true, ""}, {790, true, ""}, {790, true, "cleared"}, {790, true, ""},
		{970, true, "critical"}, {0, true, ""}, {0, true, ""}, {0, true, "cleared"}, {0, true, ""},
	} {
		if got := look(step.use, step.known); got != step.want {
			t.Fatalf("look %d at %.0f: %q, want %q", i, step.use, got, step.want)
		}
	}
}
