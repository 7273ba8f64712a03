package analysis

import (
	"strings"
	"time"

	"github.com/oomedic/oomedic/data"
)

// Times by which an event belongs to an end.
const (
	// beforeEnd is how long before the end the kubelet may have announced it: the longest usual grace period.
	beforeEnd = 10 * time.Minute
	// afterEnd is how long after the end an event about it may be stamped: clocks and queues.
	afterEnd = 30 * time.Second
	// eventsReach is how old an end may be for missing events to mean something: servers keep events for an hour.
	eventsReach = data.EventsKept
)

// killer is one way in which the kubelet stops a container, by the words of its event Killing (kubelet,
// kuberuntime_manager.go and kuberuntime_container.go).
type killer struct {
	words string // in lower case
	label data.Text
	why   data.Text
}

var killers = []killer{
	{"failed liveness probe", "liveness probe", "The kubelet killed the container because its liveness probe failed."},
	{"failed startup probe", "startup probe", "The kubelet killed the container because its startup probe failed."},
	{"resize requires restart", "resize", "The kubelet restarted the container to resize it."},
	{"definition changed", "changed", "The kubelet restarted the container because its definition changed."},
	{"poststart", "hook", "The kubelet killed the container because its postStart hook failed."},
	{"preempting", "preempted", "The kubelet stopped the pod to make room for a critical one."},
	{"stopping container", "pod stopped", "The kubelet stopped the container because its pod was deleted, drained or replaced; what outlives the grace period gets SIGKILL."},
	{"need to kill pod", "pod stopped", "The kubelet stopped the whole pod; what outlives the grace period gets SIGKILL."},
}

// announced returns the event with which the kubelet announced the end t of c, and what it means; ok is false when
// there is none.
func announced(c *data.Container, t *data.Termination) (data.Event, killer, bool) {
	events := c.EventsOf("Killing", "ExceededGracePeriod", "Preempting", "Preempted")
	for i := len(events) - 1; i >= 0; i-- {
		e := events[i]
		if !belongs(e, t) {
			continue
		}
		said := strings.ToLower(e.Message.String())
		for _, k := range killers {
			if strings.Contains(said, k.words) {
				return e, k, true
			}
		}
		return e, killer{label: "killed by the kubelet", why: "The kubelet killed the container and said so in an event."}, true
	}
	return data.Event{}, killer{}, false
}

// belongs reports whether an event falls into the time in which the end t was announced. An event that came several
// times covers the stretch from its first to its last time.
func belongs(e data.Event, t *data.Termination) bool {
	if t.FinishedAt.IsZero() || e.Last.IsZero() {
		return false
	}
	from := t.FinishedAt.Add(-beforeEnd)
	if t.StartedAt.After(from) {
		from = t.StartedAt
	}
	return !e.Last.Before(from) && !e.First.After(t.FinishedAt.Add(afterEnd))
}

// eventEvidence quotes an event.
func eventEvidence(e data.Event) Evidence {
	return Evidence{Says: data.Textf("event %s at %s: %s", e.Reason, e.Last.UTC().Format(time.RFC3339), clip(e.Message, 160)), From: e.From}
}

// silent says how much the absence of events about the end t says: known is true when they were read while the server
// still had them.
func silent(c *data.Container, t *data.Termination) (says Evidence, known bool) {
	from := eventsCommand(c)
	switch {
	case c.EventsRead.IsZero():
		return Evidence{Says: "events were not read, so a probe or a deletion may have sent it", From: from}, false
	case t.FinishedAt.IsZero(), c.EventsRead.Sub(t.FinishedAt) > eventsReach:
		return Evidence{Says: "events of that time have expired, so a probe or a deletion may have sent it", From: from}, false
	}
	return Evidence{Says: "no event Killing is on record, which the kubelet writes when a probe fails or a pod is stopped", From: from}, true
}

// stoppedOnPurpose judges an end with exit code 137 that somebody ordered: the kubelet by a probe, or somebody by
// stopping the pod. It reports whether it was that.
func stoppedOnPurpose(c *data.Container, t *data.Termination, v *verdict) bool {
	if e, k, ok := announced(c, t); ok {
		v.scope, v.confidence, v.label, v.why = ScopeNotOOM, sureOtherEnd, k.label, k.why
		v.evidence = append(v.evidence, eventEvidence(e))
		for _, u := range c.EventsOf("Unhealthy") {
			if belongs(u, t) && strings.Contains(k.label.String(), "probe") {
				v.evidence = append(v.evidence, eventEvidence(u))
				break
			}
		}
		return true
	}
	if deletedBefore(c, t) {
		v.scope, v.confidence, v.label = ScopeNotOOM, sureOtherEnd, "pod deleted"
		v.why = "The pod was being deleted, and a container that outlives its grace period is killed with exit code 137."
		v.evidence = append(v.evidence, Evidence{Says: data.Textf("metadata.deletionTimestamp is set, the deletion was asked for at %s", c.DeletedAt.UTC().Format(time.RFC3339)),
			From: jsonpathCommand(c, ".metadata.deletionTimestamp")})
		return true
	}
	stop := podStop(c)
	if stop == "" {
		return false
	}
	v.scope, v.confidence, v.label = ScopeNotOOM, sureOtherEnd, "pod stopped"
	v.why = data.Textf("The pod was stopped (%s), and a container that outlives its grace period is killed with exit code 137.", stop)
	for _, k := range c.PodConditions {
		v.evidence = append(v.evidence, Evidence{Says: data.Textf("condition %s is True: %s", k.Type, k.Reason), From: jsonpathCommand(c, ".status.conditions")})
	}
	return true
}

// deletedBefore reports whether the deletion of the pod was asked for before the end t.
func deletedBefore(c *data.Container, t *data.Termination) bool {
	return !c.DeletedAt.IsZero() && !t.FinishedAt.IsZero() && !t.FinishedAt.Before(c.DeletedAt.Add(-5*time.Second))
}

// evicted reports whether the kubelet evicted the pod for a shortage of the node, and quotes what says so.
func evicted(c *data.Container) (ev []Evidence, ok bool) {
	if c.PodReason == "Evicted" {
		ev = append(ev, Evidence{Says: "status.reason of the pod is Evicted", From: jsonpathCommand(c, ".status.reason")})
		if c.PodMessage != "" {
			ev = append(ev, Evidence{Says: data.Textf("the kubelet says: %s", clip(c.PodMessage, 200)), From: jsonpathCommand(c, ".status.message")})
		}
	}
	for _, e := range c.EventsOf("Evicted") {
		if t := c.Current; c.PodReason == "Evicted" || (t != nil && belongs(e, t)) {
			ev = append(ev, eventEvidence(e))
		}
	}
	for _, k := range c.PodConditions {
		if k.Reason == "TerminationByKubelet" && c.PodReason != "Terminated" {
			ev = append(ev, Evidence{Says: data.Textf("condition %s is True: %s %s", k.Type, k.Reason, clip(k.Message, 120)), From: jsonpathCommand(c, ".status.conditions")})
		}
	}
	return ev, len(ev) > 0
}
