package analysis

import (
	"time"

	"github.com/oomedic/oomedic/data"
)

// otherEnd judges an end that the runtime did not call OOMKilled.
func otherEnd(c *data.Container, t *data.Termination, v *verdict) {
	v.scope, v.confidence = ScopeNotOOM, sureOtherEnd
	switch {
	case t.Reason == "ContainerStatusUnknown":
		v.scope, v.confidence = ScopeUnknown, unsureKilled
		v.why = "The node lost the container's status; exit code 137 was filled in by the kubelet and says nothing of memory."
	case t.Reason == "RestartingAllContainers":
		v.why = "The kubelet restarted all containers of the pod by a restart rule; 137 is its own doing."
	case c.PodReason == "Evicted":
		v.why = "The kubelet evicted the pod because the node ran low; that is the node's pressure and not this container's limit."
		v.evidence = append(v.evidence, Evidence{Says: "status.reason of the pod is Evicted", From: jsonpathCommand(c, ".status.reason")})
	case t.ExitCode == 137 && stoppedWithPod(c):
		v.why = data.Textf("The pod was stopped (%s), and a container that outlives its grace period is killed with exit code 137.", podStop(c))
	case t.ExitCode == 137:
		killedBySomebody(c, t, v)
	case t.ExitCode == 255 && t.Reason != "Completed":
		v.scope, v.confidence = ScopeUnknown, unsureKilled
		v.why = "The runtime found no exit status (255), so nothing says how the container ended."
	case t.Reason == "StartError" || t.Reason == "ContainerCannotRun":
		v.why = "The container could not be started, and not for lack of memory."
		v.evidence = append(v.evidence, Evidence{Says: data.Textf("the runtime says: %s", clip(t.Message, 160)), From: statusCommand(c, t.Field+".message")})
	default:
		v.why = exitWords(c, t)
	}
}

// deletionLag is how soon after the end of its last container a deleted pod is gone from the API.
const deletionLag = time.Minute

// stoppedWithPod reports whether the whole pod was stopped, so that a SIGKILL has an ordinary explanation.
func stoppedWithPod(c *data.Container) bool {
	return podStop(c) != ""
}

// podStop names what stopped the pod; empty when nothing did.
func podStop(c *data.Container) data.Text {
	switch c.PodReason {
	case "Terminated", "NodeShutdown", "Shutdown", "Preempting", "NodeLost", "DeadlineExceeded", "UnexpectedAdmissionError":
		return c.PodReason
	}
	if t := c.Current; t != nil && !c.GoneAt.IsZero() && !t.FinishedAt.IsZero() && c.GoneAt.Sub(t.FinishedAt) < deletionLag {
		return "it was deleted"
	}
	return ""
}

// killedBySomebody judges Error with exit code 137: SIGKILL, and the sender is not on record.
func killedBySomebody(c *data.Container, t *data.Termination, v *verdict) {
	v.scope, v.confidence = ScopeUnknown, unsureKilled
	v.why = "Something sent SIGKILL: a failed probe, a drain, the program itself, or a runtime that missed an OOM kill."
	v.against = append(v.against, Evidence{
		Says: "the runtime did not call it OOMKilled, which containerd 2.3 and later, and CRI-O, do for nearly every OOM kill", From: statusCommand(c, t.Field+".reason")})
	if above(c.Resources.Limit) == nil && above(c.PodLimit) == nil {
		v.scope, v.confidence = ScopeNotOOM, unsureFarBelow
		v.against = append(v.against, Evidence{Says: "there is no memory limit that could have been met", From: specCommand(c, "resources")})
	}
	v.evidence = append(v.evidence, Evidence{
		Says: "exit code 137 is 128 + 9 (SIGKILL); look for Killing and Unhealthy among the events", From: eventsCommand(c)})
}

// eventsCommand lists the events of the pod.
func eventsCommand(c *data.Container) data.Text {
	return data.Textf("kubectl events%s --for %s", inNamespace(c.Key.Namespace), data.ShellQuote("pod/"+c.Key.Pod))
}

// exitWords explains the exit codes that are not the kernel's OOM killer. 134 and 3 are how runtimes end when their
// own heap bound is met: raising the limit alone changes nothing then.
func exitWords(c *data.Container, t *data.Termination) data.Text {
	switch t.ExitCode {
	case 0:
		return "The container ended by itself with exit code 0; nothing killed it."
	case 3:
		if rt, _ := RuntimeOf(c); rt == "java" {
			return "Exit code 3 is a JVM that ended itself (ExitOnOutOfMemoryError): its own heap bound was met and not the container's limit."
		}
	case 134:
		return "The process aborted itself (SIGABRT): Node.js and .NET do so when their own heap bound is met. The kernel did not kill it; the heap setting is the cure."
	case 139:
		return "The process crashed (SIGSEGV); that is not an OOM kill."
	case 143:
		return "The container was asked to stop (SIGTERM) and did; that is not an OOM kill."
	}
	return data.Textf("The container ended by itself with exit code %d (%s); that is not an OOM kill.", t.ExitCode, orUnknown(t.Reason))
}
