package simulate

import (
	"fmt"
	"math"
	"time"

	"github.com/oomedic/oomedic/data"
)

const (
	namespace = "shop"
	container = "app"
	// exitKilled is 128 and SIGKILL.
	exitKilled = 137
)

// at returns the wall clock at t.
func (c *Case) at(t float64) time.Time { return c.epoch.Add(time.Duration(t * float64(time.Second))) }

// whole returns the wall clock at t in whole seconds, as the API writes times.
func (c *Case) whole(t float64) time.Time { return c.at(t).Truncate(time.Second) }

// name draws the names of all pods.
func (c *Case) name(d dice) {
	work := fmt.Sprintf("%s-%d", one(d, "api", "worker", "orders", "search", "feed", "billing"), d.IntN(90)+10)
	hashes := map[int]string{}
	for i, tr := range c.traces {
		var names, uids []data.Text
		for k, p := range tr.pods {
			name := fmt.Sprintf("%s-%d", work, i)
			if c.plan.facts.kind == "Deployment" {
				// Pods of one rollout share a hash; a pod that was deleted by hand comes back with the same.
				at := int(math.Round(p.start / hour))
				if k == 0 {
					at = 0
				}
				if hashes[at] == "" {
					hashes[at] = d.suffix(9)
				}
				name = work + "-" + hashes[at] + "-" + d.suffix(5)
			}
			names = append(names, data.Clean(name))
			uids = append(uids, data.Clean(fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", d.Uint32(), d.IntN(1<<16), d.IntN(1<<12), d.IntN(1<<12), d.Int64N(1<<48))))
		}
		c.names, c.uids = append(c.names, names), append(c.uids, uids)
	}
	n := int32(len(c.traces))
	f := c.plan.facts
	c.Container = data.Container{
		Kind: data.RegularContainer, Node: data.Clean("node-" + d.suffix(4)), Image: data.Clean(f.image),
		Workload: data.Workload{APIVersion: "apps/v1", Kind: data.Clean(f.kind), Namespace: namespace, Name: data.Clean(work), UID: data.Clean(d.suffix(12)), Replicas: &n},
	}
	for _, w := range f.command {
		c.Container.Command = append(c.Container.Command, data.Clean(w))
	}
	for _, kv := range f.env {
		c.Container.Env = append(c.Container.Env, data.Knob{Name: data.Clean(kv[0]), Value: data.Clean(kv[1])})
	}
	for _, v := range f.volumes {
		c.Container.MemoryVolumes = append(c.Container.MemoryVolumes, data.Clean(v))
	}
	c.Container.Resources.Limit, c.Container.Resources.Request = bytesOrNil(c.plan.limitAt(c.now)), bytesOrNil(c.plan.request)
}

func bytesOrNil(v float64) *int64 {
	if v <= 0 {
		return nil
	}
	n := int64(v)
	return &n
}

// describe fills in what the API server tells of the case's container now. It reports false when that is not what the
// case is about, as when the pod with the kill is gone.
func (c *Case) describe(d dice) bool {
	tr := c.traces[c.replica]
	pod := len(tr.pods) - 1
	out := &c.Container
	out.Key = data.Key{Namespace: namespace, Pod: c.names[c.replica][pod], UID: c.uids[c.replica][pod], Container: container}
	out.PodCreated, out.PodPhase, out.RestartPolicy = c.whole(tr.pods[pod].start), "Running", "Always"
	out.SumLimits = out.Resources.Limit
	var ended []life
	children := 0
	for _, l := range tr.lives {
		if l.pod != pod {
			continue
		}
		children += l.children
		if l.why == alive {
			out.State, out.StartedAt = data.Running, c.whole(l.start+1)
			continue
		}
		ended = append(ended, l)
	}
	out.Restarts = int32(len(ended))
	if out.State == data.Running && len(ended) > 0 {
		out.Restarts = int32(len(ended))
	}
	if out.State != data.Running {
		out.State, out.WaitingReason = data.CrashLooping, "CrashLoopBackOff"
		out.Restarts = int32(max(0, len(ended)-1))
	}
	if children > 0 {
		n := float64(children)
		out.ChildKills, out.ChildKillsFrom = &n, "sum(increase(container_oom_events_total[30d]))"
	}
	if len(ended) > 0 {
		c.terminated(d, ended[len(ended)-1])
	}
	c.evidence(d)
	if c.plan.label == Healthy {
		return true
	}
	return c.Truth.OOM || children > 0 && c.childCounts()
}

// childCounts records that processes were killed while the container lived on.
func (c *Case) childCounts() bool {
	c.Truth.OOM = true
	return true
}

// terminated fills in lastState for the life that ended last.
func (c *Case) terminated(d dice, l life) {
	out := &c.Container
	t := &data.Termination{
		Reason: "OOMKilled", ExitCode: exitKilled, StartedAt: c.whole(l.start + 1), FinishedAt: c.whole(l.end + 0.5),
		ContainerID: data.Clean("containerd://" + d.suffix(24)), Field: "lastState.terminated",
	}
	if l.why == unrelated {
		t.Reason, t.ExitCode = "Error", one(d, int32(exitKilled), exitKilled, exitKilled, 143, 1)
		if l.children > 0 {
			t.Reason, c.Truth.OOM = "OOMKilled", true
		}
	} else {
		c.Truth.OOM = true
		// containerd before 2.3 may publish the exit before it has read the kernel's event.
		if d.chance(0.04) {
			t.Reason = "Error"
			c.Truth.Shape += ", reported as Error"
		}
	}
	out.Last = t
	if t.Reason == "OOMKilled" {
		code := t.ExitCode
		out.Kills = []data.Kill{{At: t.FinishedAt, StartedAt: t.StartedAt, Reason: t.Reason, ExitCode: &code,
			From: data.Textf("kubectl get pod -n %s %s -o jsonpath='{.status.containerStatuses[0].lastState.terminated}'", namespace, out.Key.Pod)}}
	}
}
