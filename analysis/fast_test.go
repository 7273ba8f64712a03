package analysis

import (
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// A container that climbs from 10Mi to its limit of 48Mi within 19 seconds is sampled once or twice a life.
func TestVeryFastLeak(t *testing.T) {
	t.Parallel()
	h := historyOf("leaky-0", 48*data.Mi, 2*time.Hour, 8*time.Second, 0, func(age float64, n *noise) float64 { return (10 + 2*age*3600 + n.next()) * mi })
	for i := range h.Kills {
		h.Kills[i].StartedAt = time.Time{} // kube-state-metrics does not tell
	}
	c := killed("Deployment", "leaky", "api", "registry.example/memhog:1", 48*data.Mi, 24*data.Mi, lastKill(h))
	c.Last.StartedAt = c.Last.FinishedAt.Add(-19 * time.Second)
	d := diagnose(c, h)
	sound(t, &d)
	if d.Cause.Class != MemoryLeak || d.Cause.Confidence > 0.7 || d.Recommendation.Cures {
		t.Errorf("%s (%.2f), cures %v: %s", d.Cause.Class, d.Cause.Confidence, d.Recommendation.Cures, d.Cause.Summary)
	}
	for i := range h.Lives { // one sample a life shows no climb
		h.Lives[i].Samples = data.Samples{T: h.Lives[i].T[:1], V: h.Lives[i].V[:1]}
	}
	if d := diagnose(c, h); d.Cause.Class != StartupPeak || d.Recommendation.Cures {
		t.Errorf("with a sample a life: %s (%.2f)", d.Cause.Class, d.Cause.Confidence)
	}
}

// A Job that asks for more than its limit near its end, without metrics: each try is a pod of its own.
func TestJobWithoutMetrics(t *testing.T) {
	t.Parallel()
	c := killed("Job", "nightly-export", "export", "registry.example/memhog:1", 64*data.Mi, 24*data.Mi, noon.Add(-time.Minute))
	c.Current, c.Last, c.Restarts, c.State = c.Last, nil, 0, data.Completed
	c.Current.Field = "state.terminated"
	d := Diagnose(Input{Case: NewCase(c, data.Overview{}, noon), MetricsProblem: "none", Price: DefaultPrice, Now: noon})
	sound(t, &d)
	if !d.Confirmation.OOMKilled || d.Commands.Fix != "" || d.Recommendation.Limit == nil {
		t.Errorf("%+v", d.Recommendation)
	}
	if got := d.Commands.Confirm[0]; got != `kubectl get pod -n shop nightly-export-0 -o jsonpath='{.status.containerStatuses[?(@.name=="export")].state.terminated.reason}'` {
		t.Errorf("a Job's pod has no lastState: %s", got)
	}
}
