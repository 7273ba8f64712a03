package analysis

import (
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

func ending(reason data.Text, code int32) *data.Termination {
	return &data.Termination{Reason: reason, ExitCode: code, FinishedAt: noon.Add(-time.Minute), StartedAt: noon.Add(-time.Hour), Field: "lastState.terminated"}
}

func limited(t *data.Termination, change ...func(*data.Container)) *data.Container {
	c := &data.Container{Key: data.Key{Namespace: "shop", Pod: "api-0", Container: "api"}, Kind: data.RegularContainer, State: data.Running,
		Resources: data.Resources{Limit: ptr(512 * data.Mi), Request: ptr(256 * data.Mi)}, Last: t, Restarts: 1}
	for _, f := range change {
		f(c)
	}
	return c
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	startError := func(msg data.Text) *data.Termination {
		e := ending("StartError", 128)
		e.Message, e.StartedAt = msg, time.Time{}
		return e
	}
	unlimited := func(c *data.Container) { c.Resources = data.Resources{} }
	waits := func(message data.Text) func(*data.Container) {
		return func(c *data.Container) {
			c.State, c.WaitingReason, c.WaitingMessage = data.Waiting, "CreateContainerError", message
			c.Events = []data.Event{{Reason: "Failed", Message: message, First: noon.Add(-time.Hour), Last: noon.Add(-time.Minute)}}
		}
	}
	gone := func(after time.Duration) func(*data.Container) {
		return func(c *data.Container) {
			c.Current = ending("Error", 137)
			c.State, c.GoneAt = data.Gone, c.Current.FinishedAt.Add(after+10*time.Second)
			if after > 0 {
				c.DeletedAt = c.Current.FinishedAt.Add(after)
			}
		}
	}
	unread := func(c *data.Container) { c.LimitUnknown = true }
	children := func(c *data.Container) {
		c.ChildKills, c.ChildKillsFrom = ptr(2.0), "increase(container_oom_events_total[1h])"
	}
	cases := []struct {
		name  string
		c     *data.Container
		oom   bool
		scope Scope
		why   string // part of the reason given
	}{
		{"main process at its limit", limited(ending("OOMKilled", 137)), true, ScopeContainer, "limit of 512Mi"},
		{"no limit at all", limited(ending("OOMKilled", 137), unlimited), true, ScopeNode, "node"},
		{"nobody knows of a limit", limited(ending("OOMKilled", 137), unlimited, unread), true, ScopeUnknown, "unknown"},
		{"nobody knows of a limit, and the node ran out", limited(ending("OOMKilled", 137), unlimited, unread, func(c *data.Container) {
			c.NodeFacts = &data.NodeFacts{Name: "n", Events: []data.Event{{Reason: "SystemOOM", First: noon.Add(-time.Minute), Last: noon.Add(-time.Minute), From: "kubectl"}}}
		}), true, ScopeNode, "ran out of memory"},
		{"a limit is known, another is not", limited(ending("OOMKilled", 137), unread), true, ScopeContainer, "limit of 512Mi"},
		{"SIGKILL, and nobody knows of a limit", limited(ending("Error", 137), unlimited, unread), false, ScopeUnknown, "SIGKILL"},
		{"only the pod has a limit", limited(ending("OOMKilled", 137), unlimited, func(c *data.Container) { c.PodLimit = ptr(data.Gi) }), true, ScopePod, "pod's limit of 1Gi"},
		{"a limit of zero is none", limited(ending("OOMKilled", 137), func(c *data.Container) { c.Resources.Limit = ptr(int64(0)) }), true, ScopeNode, "node"},
		{"a child died earlier, then exit 0", limited(ending("OOMKilled", 0)), true, ScopeChild, "exit code 0"},
		{"a child died earlier, then exit 1", limited(ending("OOMKilled", 1)), true, ScopeChild, "exit code 1"},
		{"a child died earlier, then SIGTERM", limited(ending("OOMKilled", 143)), true, ScopeChild, "exit code 143"},
		{"init container with exit 0", limited(ending("OOMKilled", 0), func(c *data.Container) { c.Kind = data.InitContainer }), true, ScopeChild, "counts an init container"},
		{"a child died and nothing ended", limited(nil, children), true, ScopeChild, "status says nothing"},
		{"a kill was seen, and the counter rose too", limited(ending("Error", 1), children, func(c *data.Container) {
			c.Kills = []data.Kill{{At: noon.Add(-time.Hour), Reason: "OOMKilled", ExitCode: ptr(int32(137)), From: "seen"}}
		}), true, ScopeContainer, "another one"},
		{"a child's kill was seen, and the counter rose too", limited(ending("Error", 1), children, func(c *data.Container) {
			c.Kills = []data.Kill{{At: noon.Add(-time.Hour), Reason: "OOMKilled", ExitCode: ptr(int32(1)), From: "seen"}}
		}), true, ScopeChild, "OOM-killed"},
		{"a counter that did not rise", limited(nil, func(c *data.Container) { c.ChildKills = ptr(0.0) }), false, ScopeNotOOM, "Nothing"},
		{"killed while starting", limited(startError("failed to create task: container init was OOM-killed (memory limit too low?)")), true, ScopeStartup, "being started"},
		{"killed while starting, in crun's words", limited(startError("OCI runtime create failed: OOM: the memory limit could be too low: read from the init process")), true, ScopeStartup, "being started"},
		{"killed while it was made", limited(nil, waits("container create failed: container init was OOM-killed (memory limit too low?)")), true, ScopeStartup, "made it"},
		{"killed while it was made, in a pod that is gone", limited(nil, waits("container init was OOM-killed"), func(c *data.Container) { c.State, c.WaitingReason = data.Gone, "" }), true, ScopeStartup, "made it"},
		{"could not be made for another reason", limited(nil, waits("container create failed: no such file")), false, ScopeNotOOM, "Nothing"},
		{"could not start for another reason", limited(startError(`exec: "serve": not found`)), false, ScopeNotOOM, "not for lack of memory"},
		{"SIGKILL by somebody", limited(ending("Error", 137)), false, ScopeUnknown, "SIGKILL"},
		{"SIGKILL without any limit", limited(ending("Error", 137), unlimited), false, ScopeNotOOM, "SIGKILL"},
		{"evicted", limited(ending("Error", 137), func(c *data.Container) { c.PodReason, c.PodPhase = "Evicted", "Failed" }), false, ScopeNotOOM, "evicted"},
		{"went with its pod", limited(nil, gone(0)), false, ScopeNotOOM, "it was deleted"},
		{"ended, and its Job was cleared away after", limited(nil, gone(20*time.Second)), false, ScopeUnknown, "SIGKILL"},
		{"node shutdown", limited(ending("Error", 137), func(c *data.Container) { c.PodReason = "Terminated" }), false, ScopeNotOOM, "grace period"},
		{"status lost", limited(ending("ContainerStatusUnknown", 137)), false, ScopeUnknown, "lost"},
		{"all containers restarted by a rule", limited(ending("RestartingAllContainers", 137)), false, ScopeNotOOM, "restart rule"},
		{"V8's own bound", limited(ending("Error", 134)), false, ScopeNotOOM, "aborted itself"},
		{"the JVM's own bound", limited(ending("Error", 3), func(c *data.Container) { c.Image = "eclipse-temurin:21" }), false, ScopeNotOOM, "JVM"},
		{"exit 3 of another program", limited(ending("Error", 3)), false, ScopeNotOOM, "exit code 3"},
		{"crash", limited(ending("Error", 139)), false, ScopeNotOOM, "SIGSEGV"},
		{"asked to stop", limited(ending("Error", 143)), false, ScopeNotOOM, "SIGTERM"},
		{"no exit file", limited(ending("Error", 255)), false, ScopeUnknown, "255"},
		{"went well", limited(ending("Completed", 0)), false, ScopeNotOOM, "by itself"},
		{"nothing ever ended", limited(nil), false, ScopeNotOOM, "Nothing"},
		{"a later end hides the kill", limited(ending("OOMKilled", 137), func(c *data.Container) {
			c.Current = &data.Termination{Reason: "Error", ExitCode: 1, FinishedAt: noon, Field: "state.terminated"}
		}), true, ScopeContainer, "limit"},
		{"a kill that the status has forgotten", limited(ending("Error", 1), func(c *data.Container) {
			c.Kills = []data.Kill{{At: noon.Add(-time.Hour), Reason: "OOMKilled", ExitCode: ptr(int32(137)), From: "seen"}}
		}), true, ScopeContainer, "another one"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v := Confirm(tc.c, noon)
			if v.OOMKilled != tc.oom || v.Scope != tc.scope {
				t.Errorf("oom %v scope %s, want %v %s (%s)", v.OOMKilled, v.Scope, tc.oom, tc.scope, v.Why)
			}
			if !strings.Contains(v.Why.String(), tc.why) {
				t.Errorf("why %q lacks %q", v.Why, tc.why)
			}
			if v.Confidence < 0.4 || v.Confidence > 0.99 {
				t.Errorf("confidence %v", v.Confidence)
			}
			for _, e := range append(append([]Evidence(nil), v.Evidence...), v.Against...) {
				if e.Says == "" || e.From == "" {
					t.Errorf("evidence without source: %+v", e)
				}
			}
		})
	}
}

func TestConfirmCommands(t *testing.T) {
	t.Parallel()
	for kind, want := range map[data.ContainerKind]string{
		data.RegularContainer:   `'{.status.containerStatuses[?(@.name=="api")].lastState.terminated.reason}'`,
		data.InitContainer:      `'{.status.initContainerStatuses[?(@.name=="api")].lastState.terminated.reason}'`,
		data.SidecarContainer:   `'{.status.initContainerStatuses[?(@.name=="api")].lastState.terminated.reason}'`,
		data.EphemeralContainer: `'{.status.ephemeralContainerStatuses[?(@.name=="api")].lastState.terminated.reason}'`,
	} {
		c := limited(ending("OOMKilled", 137), func(c *data.Container) { c.Kind = kind })
		if got := Confirm(c, noon).Evidence[0].From; got != data.Text("kubectl get pod -n shop api-0 -o jsonpath="+want) {
			t.Errorf("%s: %s", kind, got)
		}
	}
	c := limited(ending("OOMKilled", 137), func(c *data.Container) { c.Key.Pod, c.Key.Container = "a;rm -rf ~", `x'"y` })
	got := Confirm(c, noon).Evidence[0].From.String()
	if !strings.Contains(got, "'a;rm -rf ~'") || !strings.Contains(got, `'\''`) {
		t.Errorf("hostile names are not quoted: %s", got)
	}
}

func TestKillCounts(t *testing.T) {
	t.Parallel()
	c := limited(ending("OOMKilled", 137), func(c *data.Container) {
		c.Restarts = 3
		c.Kills = []data.Kill{{At: noon.Add(-50 * time.Hour)}, {At: noon.Add(-2 * time.Hour)}, {At: noon.Add(-time.Minute)}}
	})
	v := Confirm(c, noon)
	if *v.Kills.Day != 2 || *v.Kills.Week != 3 || *v.Kills.Month != 3 || v.AtLeast {
		t.Errorf("%d %d %d at least %v", *v.Kills.Day, *v.Kills.Week, *v.Kills.Month, v.AtLeast)
	}
	c.Restarts = 9
	if v := Confirm(c, noon); !v.AtLeast {
		t.Error("nine restarts and three kills: the counts are a lower bound")
	}
	c = limited(ending("Error", 1), func(c *data.Container) { c.Restarts = 9 })
	if v := Confirm(c, noon); v.Kills.Day != nil {
		t.Errorf("with ends forgotten, none is not known: %d", *v.Kills.Day)
	}
	if !Confirm(limited(ending("OOMKilled", 137)), noon).LastKillAt.Equal(noon.Add(-time.Minute)) {
		t.Error("last kill")
	}
}

func TestNearness(t *testing.T) {
	t.Parallel()
	c := *limited(ending("Error", 137))
	peak := func(mib float64) data.Overview { return data.Overview{Peak: ptr(mib * mi)} }
	if v := NewCase(c, peak(500), noon).Confirmation; v.OOMKilled || v.Scope != ScopeUnknown || v.Confidence != unsureNear {
		t.Errorf("near the limit: %+v", v)
	}
	if v := NewCase(c, peak(60), noon).Confirmation; v.Scope != ScopeNotOOM {
		t.Errorf("far below the limit: %s", v.Scope)
	}
	if v := NewCase(c, peak(400), noon).Confirmation; v.Scope != ScopeUnknown || v.Confidence != unsureKilled {
		t.Errorf("in between: %+v", v)
	}
	k := NewCase(*limited(ending("OOMKilled", 137)), peak(256), noon)
	if k.Near == nil || *k.Near != 0.5 || k.NearFrom == "" || !k.Confirmation.OOMKilled {
		t.Errorf("near %v", k.Near)
	}
	if k := NewCase(c, data.Overview{}, noon); k.Near != nil {
		t.Error("without samples nearness is not known")
	}
}
