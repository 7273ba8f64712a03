package second

import (
	"fmt"
	"strings"
	"time"

	"github.com/oomedic/oomedic/cmd/score/simulate"
	"github.com/oomedic/oomedic/data"
)

// sigkilled is 128 and the number of SIGKILL.
const sigkilled = 137

// clock turns seconds into the API server's whole seconds.
func clock(r *simulate.Recording, t float64) time.Time {
	return r.Epoch.Add(time.Duration(t * float64(time.Second))).Truncate(time.Second)
}

// describe fills in what the API server says of the replica's newest pod. It reports false when that does not tell of
// the kill.
func (c *Case) describe(d draw, r *simulate.Recording, s *story) bool {
	out := &r.Container
	pod := len(s.pods) - 1
	own := r.Replicas[c.replica].Pods[pod]
	n := int32(len(c.p.skew))
	api := "apps/v1"
	if c.p.kind == "Job" {
		api = "batch/v1"
	}
	ns, name := data.Clean(pick(d, "prod", "payments", "team-a", "default", "platform", "ml")), data.Clean(containerName(d, c.p.name))
	*out = data.Container{
		Key: data.Key{Namespace: ns, Pod: own.Name, UID: own.UID, Container: name}, Kind: data.RegularContainer, Node: data.Clean("ip-10-0-" + d.tail(2) + "-" + d.tail(3)),
		Image: data.Clean(c.p.image), PodCreated: clock(r, own.Start), PodPhase: "Running", RestartPolicy: "Always",
		Workload: data.Workload{APIVersion: data.Clean(api), Kind: data.Clean(c.p.kind), Namespace: ns, Name: data.Clean(c.p.name), UID: data.Clean(uid(d)), Replicas: &n},
	}
	if c.p.kind == "Job" || c.p.kind == "DaemonSet" {
		out.Workload.Replicas = nil
	}
	if c.p.kind == "Job" {
		out.RestartPolicy = "OnFailure"
	}
	out.Resources = data.Resources{Limit: amount(c.p.limitAt(c.now)), Request: amount(c.p.request)}
	out.SumLimits = out.Resources.Limit
	for _, w := range c.p.command {
		out.Command = append(out.Command, data.Clean(w))
	}
	for _, kv := range c.p.env {
		out.Env = append(out.Env, data.Knob{Name: data.Clean(kv[0]), Value: data.Clean(kv[1])})
	}
	for _, v := range c.p.volumes {
		out.MemoryVolumes = append(out.MemoryVolumes, data.Clean(v))
	}
	c.lives(d, r, s, pod)
	c.surroundings(d, r, s, pod)
	return r.Truth.OOM != (c.p.label == simulate.Healthy)
}

// containerName is the application's, as most charts have it.
func containerName(d draw, name string) string {
	return pick(d, "app", "main", "server", strings.TrimRight(name, "-0123456789"))
}

func amount(v float64) *int64 {
	if v <= 0 {
		return nil
	}
	n := int64(v)
	return &n
}

// lives fills in the state, the end before it and the restarts.
func (c *Case) lives(d draw, r *simulate.Recording, s *story, pod int) {
	out := &r.Container
	out.State, out.WaitingReason = data.CrashLooping, "CrashLoopBackOff"
	var last *lifeOf
	ends, children := 0, 0
	for i := range s.lives {
		l := &s.lives[i]
		if l.pod != pod {
			continue
		}
		children += l.children
		if l.why == running {
			out.State, out.WaitingReason, out.StartedAt = data.Running, "", clock(r, l.start+1)
			continue
		}
		ends++
		last = l
	}
	out.Restarts = int32(ends)
	if out.State != data.Running && ends > 0 {
		out.Restarts--
	}
	if children > 0 {
		n := float64(children)
		out.ChildKills, out.ChildKillsFrom, r.Truth.OOM = &n, "sum(increase(container_oom_events_total[30d]))", true
	}
	if last == nil {
		return
	}
	t := &data.Termination{Reason: "OOMKilled", ExitCode: sigkilled, StartedAt: clock(r, last.start+1), FinishedAt: clock(r, last.end+0.5),
		ContainerID: data.Clean("containerd://" + d.tail(32)), Field: "lastState.terminated"}
	out.Last = t
	switch {
	case last.why == byOther && last.children == 0:
		t.Reason, t.ExitCode = "Error", pick(d, int32(sigkilled), 143, 1, 2)
		return
	case d.yes(0.03): // the runtime told of the exit before it knew of the kernel's event
		t.Reason, r.Truth.OOM = "Error", true
		r.Truth.Shape += ", reported as Error"
		return
	}
	r.Truth.OOM = true
	code := t.ExitCode
	out.Kills = []data.Kill{{At: t.FinishedAt, StartedAt: t.StartedAt, Reason: t.Reason, ExitCode: &code,
		From: data.Textf("kubectl get pod -n %s %s -o jsonpath='{.status.containerStatuses[0].lastState.terminated}'", out.Key.Namespace, out.Key.Pod)}}
}

// around fills in the node and the events of the last hour.
func (c *Case) surroundings(d draw, r *simulate.Recording, s *story, pod int) {
	out := &r.Container
	size := int64(max(pick(d, 4, 8, 16, 32, 64, 128), int(3*c.p.limit/gib)))
	capacity, usable, pressed := size<<30, size<<30-size<<26, false
	now := clock(r, c.now)
	n := &data.NodeFacts{Name: out.Node, Runtime: data.Clean(pick(d, "containerd://1.7.24", "containerd://2.1.4", "cri-o://1.33.1")), Kubelet: data.Clean(pick(d, "v1.31.9", "v1.32.6", "v1.35.0")),
		Kernel: data.Clean(pick(d, "5.15.0-1077-aws", "6.1.141", "6.12.30")), MemoryPressure: &pressed, Capacity: &capacity, Allocatable: &usable}
	out.NodeFacts = n
	if c.p.label == simulate.Node || d.yes(0.9) {
		out.EventsRead, n.EventsRead = now, now
	}
	for i := range s.lives { // the kubelet tells of it when it happens
		at := s.lives[i].end - 1 + 2*d.Float64()
		if s.lives[i].why != byNode || c.now-at > hour || d.yes(0.15) {
			continue
		}
		if c.now-at < 5*minute {
			pressed, n.PressureSince = true, clock(r, at-minute)
		}
		n.Events = append(n.Events, data.Event{Reason: "SystemOOM", First: clock(r, at), Last: clock(r, at), Count: 1,
			Message: data.Clean(fmt.Sprintf("System OOM encountered, victim process: %s, pid: %d", pick(d, "java", "main", "python3", "server"), d.whole(2000, 99999))),
			From:    data.Textf("kubectl get events -A --field-selector involvedObject.kind=Node,involvedObject.name=%s", n.Name)})
	}
	if out.EventsRead.IsZero() {
		return
	}
	from := data.Textf("kubectl get events -n %s --field-selector involvedObject.name=%s", out.Key.Namespace, out.Key.Pod)
	var back data.Event
	for i := range s.lives {
		l := &s.lives[i]
		if l.pod != pod || l.why == running || c.now-l.end > hour {
			continue
		}
		at := clock(r, l.end)
		if l.why == byOther && out.Last != nil && out.Last.ExitCode == sigkilled {
			out.Events = append(out.Events, data.Event{Reason: "Unhealthy", Message: "Liveness probe failed: Get \"http://10.2.3.4:8080/healthz\": context deadline exceeded", Container: out.Key.Container,
				First: at.Add(-30 * time.Second), Last: at.Add(-time.Second), Count: 3, From: from},
				data.Event{Reason: "Killing", Message: data.Textf("Container %s failed liveness probe, will be restarted", out.Key.Container), Container: out.Key.Container, First: at, Last: at, Count: 1, From: from})
			continue
		}
		if back.Count++; back.Count == 1 {
			back = data.Event{Reason: "BackOff", Message: data.Textf("Back-off restarting failed container %s in pod %s", out.Key.Container, out.Key.Pod), Container: out.Key.Container, First: at, Count: 1, From: from}
		}
		back.Last = at.Add(2 * time.Second)
	}
	if back.Count > 1 {
		out.Events = append(out.Events, back)
	}
}
