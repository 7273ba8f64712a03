package simulate

import (
	"fmt"
	"time"

	"github.com/oomedic/oomedic/data"
)

// eventLife is how long the API server keeps events (--event-ttl).
const eventLife = hour

// evidence fills in the events and the node that stand beside the container.
func (c *Case) evidence(d dice) {
	out := &c.Container
	capacity := int64(one(d, 8, 16, 32, 64)) << 30
	allocatable := capacity - capacity/16
	pressure := false
	n := &data.NodeFacts{
		Name: out.Node, Runtime: data.Clean(one(d, "containerd://2.2.1", "containerd://1.7.27", "cri-o://1.34.2")),
		Kubelet: data.Clean(one(d, "v1.33.4", "v1.34.2", "v1.36.1")), Kernel: "6.8.0", MemoryPressure: &pressure, Capacity: &capacity, Allocatable: &allocatable,
	}
	out.NodeFacts = n
	// Rights to read events are missing now and then, and a rough case is looked at by someone with few of them.
	if read := 0.95; d.chance(read) && (c.Condition == Clean || d.chance(0.6)) {
		out.EventsRead, n.EventsRead = c.Now, c.Now
		c.podEvents()
	}
	c.nodeEvidence(d, n)
}

// nodeEvidence tells of the node's own trouble, as far as it lies within the hour or the pressure has not passed.
func (c *Case) nodeEvidence(d dice, n *data.NodeFacts) {
	global := d.chance(0.65) // else the cgroup of all pods ran out, of which the kubelet makes no event
	for _, t := range c.plan.nodeShort {
		if t > c.now {
			break
		}
		if c.now-t < 6*minute && d.chance(0.5) {
			*n.MemoryPressure, n.PressureSince = true, c.whole(t-minute)
		}
		if n.EventsRead.IsZero() || !global || c.now-t > eventLife {
			continue
		}
		n.Events = append(n.Events, data.Event{Reason: "SystemOOM", Message: data.Clean(fmt.Sprintf("System OOM encountered, victim process: %s, pid: %d",
			one(d, "java", "app", "node", "python"), 1000+d.IntN(90000))), First: c.whole(t), Last: c.whole(t), Count: 1,
			From: data.Textf("kubectl get events -A --field-selector involvedObject.kind=Node,involvedObject.name=%s", n.Name)})
	}
}

// podEvents tells of the pod's restarts and of failed probes within the last hour.
func (c *Case) podEvents() {
	tr, out := c.traces[c.replica], &c.Container
	from := data.Textf("kubectl get events -n %s --field-selector involvedObject.name=%s", namespace, out.Key.Pod)
	back := data.Event{Reason: "BackOff", Container: container, From: from,
		Message: data.Textf("Back-off restarting failed container %s in pod %s", container, out.Key.Pod)}
	for _, l := range tr.lives {
		if l.pod != len(tr.pods)-1 || l.why == alive || l.end < c.now-eventLife {
			continue
		}
		at := c.whole(l.end)
		if l.why == unrelated && out.Last != nil && out.Last.ExitCode == exitKilled && at.Sub(out.Last.FinishedAt).Abs() < 5*time.Second {
			out.Events = append(out.Events,
				data.Event{Reason: "Unhealthy", Message: "Liveness probe failed: HTTP probe failed with statuscode: 503", Container: container, First: at.Add(-20 * time.Second), Last: at, Count: 3, From: from},
				data.Event{Reason: "Killing", Message: data.Textf("Container %s failed liveness probe, will be restarted", container), Container: container, First: at, Last: at, Count: 1, From: from})
			continue
		}
		if l.end-l.start < 2*maxBackOff {
			if back.Count == 0 {
				back.First = at
			}
			back.Last = at.Add(time.Second)
			back.Count++
		}
	}
	if back.Count > 0 {
		out.Events = append(out.Events, back)
	}
	out.Events = out.Events[max(0, len(out.Events)-data.MaxEvents):]
}
