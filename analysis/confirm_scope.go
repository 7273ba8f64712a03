package analysis

import "github.com/oomedic/oomedic/data"

// farFromLimit is the share of its own limit below which a kill for memory hardly was its own limit's doing, where
// something else could have run out. Alone it proves nothing: memory may have jumped between two samples.
const farFromLimit = 0.75

// unsurePod is the confidence in a pod's limit that was found by its container being far from its own.
const unsurePod = 0.65

// killVerdict judges OOMKilled with exit code 137: only the scope is left to find, and whether the word is about the end.
func killVerdict(c *data.Container, t *data.Termination, v *verdict) {
	v.oom = true
	limit, podLimit := above(c.Resources.Limit), above(c.PodLimit)
	switch {
	case limit != nil && podLimit != nil && *podLimit <= *limit:
		podVerdict(c, v, podLimit, data.Textf("The pod's limit of %s is no more than the container's own; it was met first.", humanInt(podLimit)))
	case limit != nil:
		ownLimitVerdict(c, t, v, limit, podLimit)
	case podLimit != nil:
		podVerdict(c, v, podLimit, data.Textf("The container has no limit of its own; the pod's limit of %s, shared by all its containers, was met.", humanInt(podLimit)))
	default:
		nodeVerdict(c, t, v)
	}
	v.why = inKind(c, v.why)
	if e, k, ok := announced(c, t); ok {
		orderedToo(c, v, e, k)
	}
}

// ownLimitVerdict judges a kill under a limit of the container's own.
func ownLimitVerdict(c *data.Container, t *data.Termination, v *verdict, limit, podLimit *int64) {
	v.scope, v.confidence, v.label = ScopeContainer, sureKill, "limit"
	v.why = data.Textf("The kernel killed the main process because the container's memory met its limit of %s.", humanInt(limit))
	v.evidence = append(v.evidence, Evidence{Says: data.Textf("the container's memory limit is %s", humanInt(limit)), From: specCommand(c, "resources.limits.memory")})
	if podLimit != nil {
		v.against = append(v.against, Evidence{Says: data.Textf("the pod has a limit of its own, %s, that all its containers share", humanInt(podLimit)), From: jsonpathCommand(c, ".spec.resources")})
	}
	if e, ok := nodeOOM(c, t, "SystemOOM"); ok {
		v.against = append(v.against, eventEvidence(e))
		v.confidence = unsureSystem
		if namesProgram(c, e.Message) {
			v.scope, v.confidence, v.label = ScopeNode, sureSystemOOM, "node"
			v.why = data.Textf("Node %s itself ran out of memory and the kernel chose this container.", c.Node)
			v.evidence, v.against = append(v.evidence, eventEvidence(e)), nil
		}
	}
}

// podVerdict judges a kill by the limit of the pod.
func podVerdict(c *data.Container, v *verdict, podLimit *int64, why data.Text) {
	v.scope, v.confidence, v.label, v.why = ScopePod, sureNode, "pod limit", why
	v.evidence = append(v.evidence, Evidence{Says: data.Textf("spec.resources.limits.memory is %s", humanInt(podLimit)), From: jsonpathCommand(c, ".spec.resources.limits.memory")})
}

// nodeVerdict judges a kill without any limit: what ran out is the node, or what it gives to pods. The kubelet tells of
// the first with SystemOOM and of the second not at all.
func nodeVerdict(c *data.Container, t *data.Termination, v *verdict) {
	v.scope, v.confidence, v.label = ScopeNode, sureNode, "node"
	v.why = "Neither the container nor its pod has a memory limit, so it was the node, or what the node gives to pods, that ran out."
	limits := Evidence{Says: "the container has no memory limit", From: specCommand(c, "resources")}
	if c.LimitUnknown {
		v.scope = ScopeUnknown
		v.label = "limit unknown"
		v.why = "The kernel killed the main process for memory; whether its own limit, the pod's or the node's memory ran out is unknown, because no limit is on record."
		limits.Says, limits.Unknown = "whether the container had a memory limit is unknown", true
	}
	v.evidence = append(v.evidence, limits)
	if sum := above(c.SumLimits); sum != nil && c.Kind == data.EphemeralContainer {
		v.scope, v.confidence, v.label = ScopePod, unsurePod, "pod limit"
		v.why = data.Textf("An ephemeral container has no limit of its own; together with the others it met what the pod may use, %s.", humanInt(sum))
		v.evidence = append(v.evidence, Evidence{Says: data.Textf("the limits of the pod's containers add up to %s", humanInt(sum)), From: jsonpathCommand(c, ".spec.containers[*].resources.limits.memory")})
		return
	}
	if e, ok := nodeOOM(c, t, "SystemOOM"); ok {
		v.scope, v.label, v.confidence = ScopeNode, "node", sureSystemOOM
		v.why = data.Textf("The container has no memory limit and node %s itself ran out of memory.", c.Node)
		if c.LimitUnknown {
			v.confidence = unsureSystem
			v.why = data.Textf("Node %s itself ran out of memory within the same minute; whether the container had a limit is unknown.", c.Node)
		}
		v.evidence = append(v.evidence, eventEvidence(e))
	}
	if pressed(c, t) {
		if !c.LimitUnknown {
			v.confidence = max(v.confidence, surePressure)
		}
		v.evidence = append(v.evidence, pressureEvidence(c))
	}
}

// orderedToo weighs that the kubelet was stopping the container as well: the runtime keeps the word OOMKilled for the
// life of a container, so a child that died earlier gives it to an end by SIGKILL of another sender.
func orderedToo(c *data.Container, v *verdict, e data.Event, k killer) {
	v.against = append(v.against, eventEvidence(e))
	v.scope, v.confidence, v.label = ScopeChild, unsureSystem, "child"
	v.why = inKind(c, "A process in the container was OOM-killed at some time in this life. The end itself may be another one: "+lowerFirst(k.why))
}

// inKind begins a sentence with the kind of the container where that is no ordinary one.
func inKind(c *data.Container, why data.Text) data.Text {
	if words := kindWords(c); words != "" {
		return words + lowerFirst(why)
	}
	return why
}

// kindWords names a container that is no ordinary one, as the start of a sentence.
func kindWords(c *data.Container) data.Text {
	switch c.Kind {
	case data.InitContainer:
		return "In an init container: "
	case data.SidecarContainer:
		return "In a sidecar: "
	case data.EphemeralContainer:
		return "In an ephemeral container: "
	}
	return ""
}

// lowerFirst writes the first letter of t small.
func lowerFirst(t data.Text) data.Text {
	if t == "" || t[0] < 'A' || t[0] > 'Z' {
		return t
	}
	return data.Clean(string(rune(t[0])+32)) + t[1:]
}
