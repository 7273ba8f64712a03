package views

import (
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// factsOf draws the case of leakyKey after a change, on a body with room for everything.
func factsOf(t *testing.T, change func(*analysis.Case)) string {
	t.Helper()
	s, st := caseWith(t, sawtooth(leakyKey, data.Day))
	c, _ := st.Board.Case(leakyKey)
	change(c)
	s.Set(st)
	return caseText(t, s, 160, 40)
}

func TestCaseFacts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(*analysis.Case)
		want   []string
		not    []string
	}{
		{"as it is", func(*analysis.Case) {}, []string{"deployment/leaky · 3 replicas", "node node-1", "9 restarts", "QoS Burstable by memory"}, []string{"gone since"}},
		{"the owner is looked up", func(c *analysis.Case) { c.Container.Workload = data.Workload{} }, []string{"workload  being looked up"}, []string{"replica"}},
		{"the owner may not be read", func(c *analysis.Case) { c.Container.Workload = data.Workload{Problem: "replicasets.apps is forbidden"} },
			[]string{"workload  unknown: replicasets.apps is forbidden"}, []string{"being looked up"}},
		{"the owner's owner may not be read", func(c *analysis.Case) {
			c.Container.Workload = data.Workload{Kind: "ReplicaSet", Name: "leaky-7d9", Problem: "deployments.apps is forbidden"}
		}, []string{"replicaset/leaky-7d9 · its owner is unknown: deployments.apps is forbidden"}, nil},
		{"one replica", func(c *analysis.Case) { c.Container.Workload.Replicas = ptr(int32(1)) }, []string{"1 replica"}, []string{"1 replicas"}},
		{"the pod is gone", func(c *analysis.Case) {
			c.Container.State, c.Container.GoneAt = data.Gone, fixedNow.Add(-3*time.Minute)
		},
			[]string{"! The pod is gone since 03:09:00 (3m ago)"}, nil},
		{"no limit", func(c *analysis.Case) { c.Container.Resources = data.Resources{} }, []string{"limit none", "QoS BestEffort by memory"}, nil},
		{"limit and request alike", func(c *analysis.Case) { c.Container.Resources.Request = c.Container.Resources.Limit },
			[]string{"QoS Guaranteed by memory"}, []string{"Burstable"}},
		{"a limit alone is the request too", func(c *analysis.Case) { c.Container.Resources.Request = nil }, []string{"QoS Guaranteed by memory"}, nil},
		{"a sidecar", func(c *analysis.Case) { c.Container.Kind = data.SidecarContainer }, []string{"api (sidecar)"}, nil},
		{"waiting", func(c *analysis.Case) { c.Container.WaitingReason = "CrashLoopBackOff" }, []string{"crash-looping (CrashLoopBackOff)"}, nil},
		{"started on another day", func(c *analysis.Case) {
			c.Container.State, c.Container.StartedAt = data.Running, fixedNow.Add(-50*time.Hour)
		},
			[]string{"running since 21 Nov 01:12 (2d)"}, nil},
		{"nodeless", func(c *analysis.Case) { c.Container.Node, c.Container.Image = "", "" }, []string{"node unknown", "image     unknown"}, nil},
		{"children were killed", func(c *analysis.Case) { c.Container.ChildKills = ptr(4.0); c.Confirmation.Scope = analysis.ScopeChild },
			[]string{"4 killed inside it", "✗ Child process OOM killed"}, nil},
		{"only what the API server remembers", func(c *analysis.Case) { c.Confirmation.AtLeast = true }, []string{"at least 9 kills in 24h"}, nil},
		{"kills are not known", func(c *analysis.Case) { c.Confirmation.Kills.Day = nil }, nil, []string{"kills in 24h"}},
		{"the node ran out", func(c *analysis.Case) { c.Confirmation.Scope = analysis.ScopeNode }, []string{"memory of the node"}, nil},
		{"not proven", func(c *analysis.Case) {
			c.Confirmation.OOMKilled, c.Confirmation.Scope, c.Confirmation.Why = false, analysis.ScopeUnknown, "Exit code 137 alone proves nothing."
		}, []string{"? OOM kill not proven · Exit code 137 alone proves nothing."}, []string{"✗ OOMKilled"}},
		{"the time is not known", func(c *analysis.Case) { c.Confirmation.LastKillAt = time.Time{} }, []string{"OOMKilled at an unknown time"}, []string{"? ago"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out := factsOf(t, tt.change)
			for _, want := range tt.want {
				if !strings.Contains(out, want) {
					t.Errorf("no %q in\n%s", want, out)
				}
			}
			for _, not := range tt.not {
				if strings.Contains(out, not) {
					t.Errorf("%q should not be in\n%s", not, out)
				}
			}
		})
	}
}

func TestCaseThatLeavesTheList(t *testing.T) {
	t.Parallel()
	s, st := caseWith(t, sawtooth(leakyKey, data.Day))
	const left = "has left the list"
	if out := caseText(t, s, 100, 30); strings.Contains(out, left) {
		t.Errorf("a listed container is said to have left:\n%s", out)
	}
	metrics := st.Board.Metrics
	s.Set(nil)
	if out := caseText(t, s, 100, 30); !strings.Contains(out, "deployment/leaky") {
		t.Errorf("without a state, the last facts are not kept:\n%s", out)
	}
	st.Board = &Board{Metrics: metrics}
	s.Set(st)
	if out := caseText(t, s, 100, 30); !strings.Contains(out, left) || !strings.Contains(out, "deployment/leaky") {
		t.Errorf("the last facts are not kept, or not marked as old:\n%s", out)
	}
}

func TestCaseSaysWhatPrometheusLacks(t *testing.T) {
	t.Parallel()
	s, st := caseWith(t, sawtooth(leakyKey, data.Day))
	st.Board.Metrics.Reachable, st.Board.Metrics.Problem = false, "connection refused"
	s.Set(st)
	if out := caseText(t, s, 100, 30); !strings.Contains(out, "! Prometheus does not answer now: connection refused") || !strings.Contains(out, "48Mi┤") {
		t.Errorf("an old chart of a Prometheus that is down is not shown as such:\n%s", out)
	}
	delete(st.Charts, ChartKey{leakyKey, data.Day})
	s.Set(st)
	if out := caseText(t, s, 100, 30); !strings.Contains(out, "→ r reads it.") {
		t.Errorf("a chart that was never asked for says nothing:\n%s", out)
	}
}

func TestCaseFitsWideNames(t *testing.T) {
	t.Parallel()
	s, st := caseWith(t, sawtooth(leakyKey, data.Day))
	c, _ := st.Board.Case(leakyKey)
	c.Container.Image, c.Container.Node = data.Text(strings.Repeat("収集", 60)), data.Text(strings.Repeat("東京", 30))
	c.Container.Workload.Name, c.Confirmation.Why = data.Text(strings.Repeat("名", 90)), data.Text(strings.Repeat("因", 200))
	s.series.chart.Gaps = []data.Gap{{What: data.Text(strings.Repeat("記", 80)), Why: "未知"}}
	for _, verdict := range []bool{true, false} {
		c.Confirmation.OOMKilled = verdict
		s.Set(st)
		for _, sz := range fitSizes {
			f := frameOf(t, "dark", sz.width, sz.height)
			checkFits(t, f, s.View(f))
		}
	}
}
