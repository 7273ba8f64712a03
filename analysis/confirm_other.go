package analysis

import (
	"time"

	"github.com/oomedic/oomedic/data"
)

// otherEnd judges an end that the runtime did not call OOMKilled.
func otherEnd(c *data.Container, t *data.Termination, v *verdict) {
	v.scope, v.confidence = ScopeNotOOM, sureOtherEnd
	ev, byNode := evicted(c)
	switch {
	case t.Reason == "ContainerStatusUnknown" && !byNode:
		v.scope, v.confidence, v.label = ScopeUnknown, unsureKilled, "status lost"
		v.why = "The node lost the container's status; exit code 137 was filled in by the kubelet and says nothing of memory."
		if t.Message != "" {
			v.evidence = append(v.evidence, Evidence{Says: data.Textf("the kubelet says: %s", clip(t.Message, 160)), From: statusCommand(c, t.Field+".message")})
		}
	case t.Reason == "RestartingAllContainers":
		v.label, v.why = "restart rule", "The kubelet restarted all containers of the pod by a restart rule; 137 is its own doing."
	case byNode:
		v.label, v.why = "evicted", "The kubelet evicted the pod because the node ran low; that is the node's pressure and not this container's limit."
		v.evidence = append(v.evidence, ev...)
	case t.ExitCode == 137 && stoppedOnPurpose(c, t, v):
	case t.ExitCode == 137:
		killedBySomebody(c, t, v)
	case t.ExitCode == 255 && t.Reason != "Completed":
		v.scope, v.confidence, v.label = ScopeUnknown, unsureKilled, "exit lost"
		v.why = "The runtime found no exit status (255), so nothing says how the container ended."
	case t.Reason == "StartError" || t.Reason == "ContainerCannotRun":
		v.label, v.why = "did not start", "The container could not be started, and not for lack of memory."
		v.evidence = append(v.evidence, Evidence{Says: data.Textf("the runtime says: %s", clip(t.Message, 160)), From: statusCommand(c, t.Field+".message")})
	default:
		v.label, v.why = exitWords(c, t)
	}
}

// deletionLag is how soon after the end of its last container a deleted pod is gone from the API.
const deletionLag = time.Minute

// podStop names what stopped the pod; empty when nothing did.
func podStop(c *data.Container) data.Text {
	switch c.PodReason {
	case "Terminated", "NodeShutdown", "Shutdown", "Preempting", "NodeLost", "DeadlineExceeded", "UnexpectedAdmissionError":
		return c.PodReason
	}
	if !c.DeletedAt.IsZero() && c.Current != nil && !deletedBefore(c, c.Current) {
		return "" // a Job's pod that has ended is deleted right after
	}
	if t := c.Current; t != nil && !c.GoneAt.IsZero() && !t.FinishedAt.IsZero() && c.GoneAt.Sub(t.FinishedAt) < deletionLag {
		return "it was deleted"
	}
	return ""
}

// killedBySomebody judges Error with exit code 137: SIGKILL, and the sender is not on record. Memory is weighed later,
// by weighNearness.
func killedBySomebody(c *data.Container, t *data.Termination, v *verdict) {
	v.scope, v.confidence, v.label = ScopeUnknown, unsureKilled, unknownSender
	v.evidence = append(v.evidence, Evidence{Says: "exit code 137 is 128 + 9 (SIGKILL)", From: statusCommand(c, t.Field+".exitCode")})
	if e, ok := nodeOOM(c, t, "SystemOOM"); ok {
		v.oom, v.scope, v.confidence, v.label = true, ScopeNode, unsureSystem, "node"
		v.why = data.Textf("Probably an OOM kill: node %s ran out of memory within the same minute, and a runtime on cgroup v1 calls such an end Error.", c.Node)
		v.evidence = append(v.evidence, eventEvidence(e))
		return
	}
	said, known := silent(c, t)
	v.why = "Something sent SIGKILL: a failed probe, a drain, the program itself, or a runtime that missed an OOM kill."
	if known {
		v.why = "Something sent SIGKILL, and no probe, deletion or eviction is on record: the program itself, or a runtime that missed an OOM kill."
	}
	v.evidence = append(v.evidence, said)
	against, ok := runtimeEvidence(c)
	if !ok {
		against = Evidence{Says: "the runtime did not call it OOMKilled, which containerd 2.3 and later, and CRI-O, do for nearly every OOM kill", From: statusCommand(c, t.Field+".reason")}
	}
	if misses, _ := missesKills(c); misses {
		v.evidence = append(v.evidence, against)
	} else {
		v.against = append(v.against, against)
	}
	if !c.LimitUnknown && above(c.Resources.Limit) == nil && above(c.PodLimit) == nil && above(c.SumLimits) == nil {
		v.scope, v.confidence = ScopeNotOOM, unsureFarBelow
		v.against = append(v.against, Evidence{Says: "there is no memory limit that could have been met", From: specCommand(c, "resources")})
		if pressed(c, t) {
			v.scope, v.confidence = ScopeUnknown, unsureNear
			v.evidence = append(v.evidence, pressureEvidence(c))
		}
	}
}

// unknownSender is the label of a SIGKILL that nobody explains.
const unknownSender data.Text = "SIGKILL"

// eventsCommand lists the events of the pod.
func eventsCommand(c *data.Container) data.Text {
	return data.Textf("kubectl events%s --for %s", inNamespace(c.Key.Namespace), data.ShellQuote("pod/"+c.Key.Pod))
}

// exitWords explains the exit codes that are not the kernel's OOM killer, in a few words and in a sentence. 134 and 3 are
// how runtimes end when their own heap bound is met: raising the limit alone changes nothing then.
func exitWords(c *data.Container, t *data.Termination) (label, why data.Text) {
	rt, _ := RuntimeOf(c)
	switch t.ExitCode {
	case 0:
		return "ended by itself", "The container ended by itself with exit code 0; nothing killed it."
	case 3:
		if rt == "java" {
			return heapExhausted, "Exit code 3 is a JVM that ended itself (ExitOnOutOfMemoryError): its own heap bound was met and not the container's limit."
		}
	case 134:
		if rt == "node" || rt == "dotnet" || rt == "" {
			return heapExhausted, "The process aborted itself (SIGABRT): Node.js and .NET do so when their own heap bound is met. The kernel did not kill it; the heap setting is the cure."
		}
		return "aborted", "The process aborted itself (SIGABRT); that is not an OOM kill."
	case 139:
		return "crashed", "The process crashed (SIGSEGV); that is not an OOM kill."
	case 143:
		return "asked to stop", "The container was asked to stop (SIGTERM) and did; that is not an OOM kill."
	}
	return "ended by itself", data.Textf("The container ended by itself with exit code %d (%s); that is not an OOM kill.", t.ExitCode, orUnknown(t.Reason))
}

// heapExhausted is the label of a program that met a bound of its own: the kernel killed nothing.
const heapExhausted data.Text = "heap exhausted"
