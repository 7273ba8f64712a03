package analysis

import (
	"strings"
	"testing"
	"testing/quick"
	"time"

	"github.com/oomedic/oomedic/data"
)

func TestSizeWithoutHistory(t *testing.T) {
	t.Parallel()
	c := killed("Deployment", "app", "app", "registry.example/app:1", 512*data.Mi, 256*data.Mi, noon.Add(-time.Hour))
	d := Diagnose(Input{Case: NewCase(c, data.Overview{}, noon), MetricsProblem: "connection refused", Price: DefaultPrice, Now: noon})
	sound(t, &d)
	if d.Cause.Class != UnknownCause || d.Cause.Confidence > 0.5 {
		t.Errorf("cause %s (%.2f)", d.Cause.Class, d.Cause.Confidence)
	}
	r := d.Recommendation
	if r.Limit == nil || *r.Limit != 768*data.Mi || *r.Request != 384*data.Mi || r.Cures {
		t.Errorf("limit %s request %s cures %v, want 768Mi 384Mi false", humanInt(r.Limit), humanInt(r.Request), r.Cures)
	}
	if !hasText(r.Steps, "512Mi × 1.50 = 768Mi, a first step") {
		t.Errorf("steps %q", r.Steps)
	}
	if d.Steps[2].State != StepUnknown || d.Steps[3].State != StepUnknown || d.Steps[2].Doubt != "connection refused" {
		t.Errorf("steps 3 and 4: %s, %s, %q", d.Steps[2].State, d.Steps[3].State, d.Steps[2].Doubt)
	}
	if len(d.Gaps) != 1 || d.Gaps[0].Why != "connection refused" {
		t.Errorf("gaps %v", d.Gaps)
	}
	if d.Cause.Plateau != nil || d.Cause.GrowthPerHour != nil || d.ClippedAtLimit != nil {
		t.Error("numbers out of nothing")
	}
}

func TestSizeOfASpike(t *testing.T) {
	t.Parallel()
	// A StatefulSet at 42Mi of 64Mi that asks for 60Mi more once it has run for a minute.
	h := historyOf("database-0", 64*data.Mi, 2*time.Hour, 15*time.Second, 75*time.Second, func(_ float64, n *noise) float64 { return (42 + n.next()) * mi })
	c := killed("StatefulSet", "database", "postgres", "registry.example/memhog:1", 64*data.Mi, 32*data.Mi, lastKill(h))
	d := diagnose(c, h)
	if d.Cause.Class != LoadSpike || *d.Recommendation.Limit != 128*data.Mi {
		t.Errorf("%s, limit %s, want load-spike, 128Mi", d.Cause.Class, humanInt(d.Recommendation.Limit))
	}
	if !strings.Contains(strings.Join(textStrings(d.Recommendation.Steps), "; "), "64Mi × 2.00 = 128Mi") {
		t.Errorf("steps %q", d.Recommendation.Steps)
	}
}

func TestSizeOfBatch(t *testing.T) {
	t.Parallel()
	c, h := simple(7*24*time.Hour, 30*time.Second, 30*time.Minute, level(450), func(c *data.Container, _ *data.History) { c.Workload.Kind = "Job" })()
	d := diagnose(c, h)
	if d.Recommendation.Policy != "batch: max + 50%" || *d.Recommendation.Limit != 768*data.Mi {
		t.Errorf("%s %s", d.Recommendation.Policy, humanInt(d.Recommendation.Limit))
	}
	if d.Commands.Fix != "" || d.Cost.NetZero != "" {
		t.Errorf("a Job cannot be changed, nor have fewer replicas: %q %q", d.Commands.Fix, d.Cost.NetZero)
	}
}

func TestSizeAfterTheLimitWasRaised(t *testing.T) {
	t.Parallel()
	c, h := database()
	c.Resources.Limit = ptr(2 * data.Gi)
	d := diagnose(c, h)
	if *d.LimitAtKill != 512*data.Mi || *d.Recommendation.Limit != 2*data.Gi {
		t.Errorf("at kill %s, recommended %s: a limit is not lowered after a kill", humanInt(d.LimitAtKill), humanInt(d.Recommendation.Limit))
	}
}

func TestSizeOfWhatWasNotKilled(t *testing.T) {
	t.Parallel()
	c := *limited(ending("Error", 1))
	d := Diagnose(Input{Case: NewCase(c, data.Overview{}, noon), Now: noon})
	sound(t, &d)
	if d.Recommendation.Limit != nil || d.Recommendation.Cures || d.Commands.Fix != "" || d.Steps[4].State != StepNo {
		t.Errorf("%+v", d.Recommendation)
	}
	c.Last.ExitCode = 137
	d = Diagnose(Input{Case: NewCase(c, data.Overview{Peak: ptr(505 * mi)}, noon), Now: noon})
	if d.Recommendation.Limit == nil || d.Recommendation.Cures || !strings.Contains(strings.Join(textStrings(d.Recommendation.Warnings), " "), "not certain") {
		t.Errorf("SIGKILL near the limit: %+v", d.Recommendation)
	}
}

func TestGuaranteedIsNamed(t *testing.T) {
	t.Parallel()
	c, h := database()
	c.Resources.Request = ptr(512 * data.Mi)
	d := diagnose(c, h)
	if !strings.Contains(strings.Join(textStrings(d.Recommendation.Warnings), " "), "Guaranteed") {
		t.Errorf("%q", d.Recommendation.Warnings)
	}
	if *d.Recommendation.Request != 512*data.Mi || *d.Recommendation.Limit != 768*data.Mi {
		t.Errorf("%s %s", humanInt(d.Recommendation.Request), humanInt(d.Recommendation.Limit))
	}
}

// The limit is 1.5 to 2 times the request, and the request never falls.
func TestRequestProperties(t *testing.T) {
	t.Parallel()
	holds := func(meanMi, limitMi, oldMi uint16) bool {
		limit := int64(limitMi%8000+16) * data.Mi
		mean := min(float64(meanMi%8000+1)*mi, float64(limit))
		old := min(int64(oldMi%8000+1)*data.Mi, limit)
		f := &facts{c: &data.Container{Resources: data.Resources{Request: &old}}, use: data.Day,
			usage: map[data.Window]Stats{data.Day: {Samples: 500, Mean: mean}}}
		var r Recommendation
		sizeRequest(f, &r, RoundUp(float64(limit)))
		ratio := float64(*r.Limit) / float64(*r.Request)
		return *r.Request >= old && *r.Limit >= limit && float64(*r.Request) >= mean && ratio >= 1.5-1e-9 && ratio <= 2+1e-9
	}
	if err := quick.Check(holds, &quick.Config{MaxCount: 20000}); err != nil {
		t.Error(err)
	}
}

func TestSizeOfWhatDiesStarting(t *testing.T) {
	t.Parallel()
	h := historyOf("migrator-0", 64*data.Mi, 3*time.Hour, 15*time.Second, 20*time.Second, func(_ float64, n *noise) float64 { return (55 + 5*n.next()) * mi })
	c := killed("Deployment", "migrator", "migrate", "registry.example/migrator:1", 64*data.Mi, 64*data.Mi, lastKill(h))
	c.Kind = data.InitContainer
	d := diagnose(c, h)
	if d.Cause.Class != LimitTooLow || d.Cause.Confidence > 0.7 || *d.Recommendation.Limit != 128*data.Mi {
		t.Errorf("%s (%.2f), limit %s, want limit-too-low with little confidence, 128Mi", d.Cause.Class, d.Cause.Confidence, humanInt(d.Recommendation.Limit))
	}
	if !strings.Contains(d.Cause.Summary.String(), "within a minute") {
		t.Errorf("summary %q", d.Cause.Summary)
	}
}

func TestPerHour(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]data.Text{18 * mi: "18Mi", 1.48 * mi: "1.5Mi", 2 * mi: "2Mi", -1.25 * mi: "-1.2Mi", 9.96 * mi: "10Mi", 500: "500B", 0: "0B", 1.5 * gi: "1.5Gi"} {
		if got := perHour(v); got != want {
			t.Errorf("perHour(%v) = %s, want %s", v, got, want)
		}
	}
}
