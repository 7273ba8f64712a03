package analysis

import (
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// An end that nobody explains is probably another OOM kill where the workload had some, and stays unknown where it had
// none, where something else ordered it, and where the runtime would have said so.
func TestFormerKills(t *testing.T) {
	t.Parallel()
	end := noon.Add(-10 * time.Minute)
	past := func(reasons ...data.Text) []data.PodKill {
		var out []data.PodKill
		for i, r := range reasons {
			out = append(out, data.PodKill{Pod: "api-7", Kill: data.Kill{At: end.Add(-time.Duration(i+1) * 9 * time.Hour), Reason: r}})
		}
		return out
	}
	for name, tc := range map[string]struct {
		kills  []data.PodKill
		change func(*data.Container)
		oom    bool
		why    string
	}{
		"two before":             {kills: past("OOMKilled", "OOMKilled"), oom: true, why: "was OOM-killed before"},
		"near miss: one before":  {kills: past("OOMKilled"), why: "SIGKILL"},
		"ends of another kind":   {kills: past("Error", "Error", "Error"), why: "SIGKILL"},
		"events were not read":   {kills: past("OOMKilled", "OOMKilled"), change: func(c *data.Container) { c.EventsRead = time.Time{} }, why: "SIGKILL"},
		"a runtime that tells":   {kills: past("OOMKilled", "OOMKilled"), change: func(c *data.Container) { c.NodeFacts.Runtime = "containerd://2.3.1" }, why: "did not say so"},
		"it was no SIGKILL":      {kills: past("OOMKilled", "OOMKilled"), change: func(c *data.Container) { c.Last.ExitCode = 1 }},
		"the pod was evicted":    {kills: past("OOMKilled", "OOMKilled"), change: func(c *data.Container) { c.PodReason, c.PodPhase = "Evicted", "Failed" }},
		"memory was far below":   {kills: past("OOMKilled", "OOMKilled"), change: func(c *data.Container) { c.Key.Pod = "api-low" }},
		"no kills are on record": {why: "SIGKILL"},
	} {
		c := limited(&data.Termination{Reason: "Error", ExitCode: 137, StartedAt: end.Add(-time.Hour), FinishedAt: end, Field: "lastState.terminated"}, func(c *data.Container) {
			c.EventsRead, c.NodeFacts = noon, &data.NodeFacts{Name: "n", Runtime: "containerd://1.7.2"}
		})
		if tc.change != nil {
			tc.change(c)
		}
		h := &data.History{ScrapeInterval: 15 * time.Second, Kills: tc.kills, Selector: `namespace="shop"`, Lives: []data.Life{
			{Pod: "api-low", Samples: data.Samples{T: []int64{end.Add(-20 * time.Second).UnixMilli()}, V: []float64{100 * mi}}}}}
		in := Input{Case: NewCase(*c, data.Overview{}, noon), History: h, Now: noon}
		got := withFormerKills(&in, withLastSample(&in, in.Case.Confirmation))
		if got.OOMKilled != tc.oom || !strings.Contains(got.Why.String(), tc.why) {
			t.Errorf("%s: OOM kill %v (%.2f): %s", name, got.OOMKilled, got.Confidence, got.Why)
		}
	}
}
