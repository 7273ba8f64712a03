package analysis

import (
	"strings"
	"testing"

	"github.com/oomedic/oomedic/data"
)

func TestGuideDatabase(t *testing.T) {
	t.Parallel()
	c, h := database()
	d := diagnose(c, h)
	s := d.Usage[data.ThirtyDay]
	near(t, "mean", s.Mean/mi, 450, 2)
	near(t, "p95", s.P95/mi, 505, 0.6)
	near(t, "p99", s.P99/mi, 510, 0.6)
	if d.Cause.Class != LimitTooLow || d.Cause.Confidence < 0.85 {
		t.Errorf("cause %s (%.2f), want limit-too-low; alternatives %v", d.Cause.Class, d.Cause.Confidence, d.Cause.Alternatives)
	}
	if d.Cause.Plateau == nil {
		t.Error("no plateau")
	} else {
		near(t, "plateau", float64(*d.Cause.Plateau)/mi, 505, 8)
	}
	if d.Cause.ToNextKill != nil {
		t.Errorf("a plateau has no time to the next kill: %v", *d.Cause.ToNextKill)
	}
	r := d.Recommendation
	if *r.Limit != 768*data.Mi || *r.Request != 512*data.Mi || !r.Cures {
		t.Errorf("size %s / %s cures %v, want 768Mi / 512Mi", humanInt(r.Limit), humanInt(r.Request), r.Cures)
	}
	if r.Policy != "stateful: p99 + 30%" {
		t.Errorf("policy %q", r.Policy)
	}
	for _, want := range []data.Text{"p99 over 30d = 510Mi", "510Mi × 1.30 = 663Mi", "rounded up to 768Mi", "request: mean 450Mi rounded up to 512Mi", "limit is 1.5 × request"} {
		if !hasText(r.Steps, want) {
			t.Errorf("steps lack %q: %q", want, r.Steps)
		}
	}
	if want := data.Text("kubectl set resources statefulset/database -n shop -c postgres --limits=memory=768Mi --requests=memory=512Mi"); d.Commands.Fix != want {
		t.Errorf("fix %q", d.Commands.Fix)
	}
	near(t, "cost per pod", *d.Cost.PerPodMonthly, 0.7725, 1e-9)
	if n := d.Confirmation.Kills.Month; n == nil || *n < 11 || *n > 12 {
		t.Errorf("kills in 30d: %v", n)
	}
	if d.ClippedAtLimit == nil || !*d.ClippedAtLimit {
		t.Error("samples stop at the limit and that was not seen")
	}
}

func TestGuideLeak(t *testing.T) {
	t.Parallel()
	c, h := leakingAPI()
	d := diagnose(c, h)
	if d.Cause.Class != MemoryLeak || d.Cause.Confidence < 0.90 || d.Cause.Confidence > 0.97 {
		t.Fatalf("cause %s (%.2f), want memory-leak at about 0.95", d.Cause.Class, d.Cause.Confidence)
	}
	near(t, "growth", *d.Cause.GrowthPerHour/mi, 18, 0.4)
	near(t, "baseline", float64(*d.Cause.Baseline)/mi, 280, 2)
	r := d.Recommendation
	if r.Cures {
		t.Error("no limit cures a leak")
	}
	if *r.Limit != 1024*data.Mi {
		t.Errorf("bridge %s, want 1Gi (twice the limit)", humanInt(r.Limit))
	}
	near(t, "hours the bridge buys", r.ToKill.Hours(), 41.3, 1)
	if before := untilLimit(280*mi, 18*mi, 512*mi); before.Hours() < 12 || before.Hours() > 13 {
		t.Errorf("from restart %.1f h, want 12 to 13", before.Hours())
	}
	if d.Cause.ToNextKill == nil || d.Cause.ToNextKill.Hours() > 13 || *d.Cause.ToNextKill <= 0 {
		t.Errorf("to next kill: %v", d.Cause.ToNextKill)
	}
	if !strings.Contains(strings.Join(textStrings(r.Warnings), " "), "buys 41") {
		t.Errorf("warnings do not say what it buys: %q", r.Warnings)
	}
	if d.Steps[3].State != StepWarn || d.Steps[4].State != StepWarn {
		t.Errorf("states %s, %s", d.Steps[3].State, d.Steps[4].State)
	}
}

func TestGuideStateless(t *testing.T) {
	t.Parallel()
	if got := RoundUp(650 * mi * 1.3); got != data.Gi {
		t.Errorf("650Mi × 1.3 rounded up = %s, want 1Gi", humanInt(&got))
	}
	f := &facts{c: &data.Container{Workload: data.Workload{Kind: "Deployment"}}}
	rule := f.sizingOf()
	if rule.policy() != "stateless: p95 + 20%" {
		t.Errorf("policy %q", rule.policy())
	}
	f.c.Workload.Kind, f.batch = "CronJob", true
	if got := f.sizingOf().policy(); got != "batch: max + 50%" {
		t.Errorf("policy %q", got)
	}
}

func textStrings(ts []data.Text) []string {
	out := make([]string, len(ts))
	for i, t := range ts {
		out[i] = t.String()
	}
	return out
}
