package analysis

import (
	"time"

	"github.com/oomedic/oomedic/data"
)

// The confidence of each verdict. They follow how the field is filled: containerd and CRI-O set OOMKilled from the
// cgroup's own counter of kills, so the word is nearly proof; exit code 137 alone says only that somebody sent SIGKILL.
const (
	sureKill       = 0.99 // OOMKilled with exit code 137, under a limit
	sureStartup    = 0.97 // the runtime's own words "container init was OOM-killed"
	sureChild      = 0.90 // OOMKilled with another exit code, or a counter of kills that rose while the container lived
	unsureChild    = 0.70 // the same where the runtime says so too when nobody was killed
	sureNode       = 0.90 // OOMKilled without any limit
	sureSeen       = 0.90 // a kill that was seen earlier and that the status has forgotten since
	sureOtherEnd   = 0.95 // an end with its own explanation
	sureNoSign     = 0.90 // nothing at all speaks for a kill
	unsureKilled   = 0.60 // SIGKILL by an unknown sender
	unsureFarBelow = 0.80 // SIGKILL by an unknown sender while memory was far below the limit
	unsureNear     = 0.50 // SIGKILL by an unknown sender while memory was near the limit, and the runtime tells of kills
	probableKill   = 0.65 // the same, and neither an event nor the runtime speaks against a kill
	probableRace   = 0.75 // the same, under a runtime that is known to miss kills
)

// verdict is what one observation says of the whole container; the strongest becomes the confirmation.
type verdict struct {
	oom        bool
	scope      Scope
	confidence float64
	at         time.Time
	term       *data.Termination
	why        data.Text
	label      data.Text
	evidence   []Evidence
	against    []Evidence
}

// Confirm decides from a container's status, its remembered kills and its counter of child kills whether it was killed
// for memory, and which memory ran out. It needs no metrics. The rules are those of the runtimes: the kubelet copies
// reason and exit code from the CRI as they are.
func Confirm(c *data.Container, now time.Time) Confirmation {
	v := strongest(c)
	out := Confirmation{
		OOMKilled: v.oom, Scope: v.scope, Confidence: v.confidence, LastKillAt: v.at, Why: v.why, Label: v.label,
		Restarts: c.Restarts, State: c.State, Evidence: v.evidence, Against: v.against,
	}
	if v.term != nil {
		out.ExitCode, out.Reason = ptr(v.term.ExitCode), v.term.Reason
	}
	if out.State == "" {
		out.State = data.Unknown
	}
	if c.WaitingReason != "" {
		out.Evidence = append(out.Evidence, Evidence{
			Says: data.Textf("state.waiting.reason is %s", c.WaitingReason), From: statusCommand(c, "state.waiting.reason")})
	}
	kills := knownKills(c, v)
	for _, k := range kills {
		if v.oom && k.At.After(out.LastKillAt) {
			out.LastKillAt = k.At
		}
	}
	out.count(kills, c, now)
	return out
}

// strongest returns the newest verdict that speaks for a kill, else the newest that does not.
func strongest(c *data.Container) verdict {
	if v, ok := notMade(c); ok {
		return v
	}
	terms := c.Terminations()
	var rest *verdict
	for i := len(terms) - 1; i >= 0; i-- {
		v := judge(c, terms[i])
		if v.oom {
			return v
		}
		if rest == nil {
			rest = &v
		}
	}
	children := c.ChildKills != nil && *c.ChildKills > 0
	n := len(c.Kills)
	switch {
	case n > 0 && (!children || mainKilled(&c.Kills[n-1])):
		v := seenVerdict(c, c.Kills[n-1], rest)
		if children {
			v.evidence = append(v.evidence, childEvidence(c))
		}
		return v
	case children:
		return childVerdict(c, rest)
	}
	if rest != nil {
		return *rest
	}
	return verdict{scope: ScopeNotOOM, confidence: sureNoSign, label: "no end",
		why:      "Nothing in the container's status says that it was ever killed.",
		evidence: []Evidence{{Says: "no state or lastState with terminated in it", From: statusCommand(c, "lastState")}}}
}

// judge returns the verdict on one termination.
func judge(c *data.Container, t *data.Termination) verdict {
	v := verdict{at: t.FinishedAt, term: t, evidence: fieldEvidence(c, t)}
	switch {
	case t.Reason == "OOMKilled" && t.ExitCode == 137:
		killVerdict(c, t, &v)
	case t.Reason == "OOMKilled":
		childEnd(c, t, &v)
	case startedWithoutMemory(t):
		startVerdict(c, t, &v)
	default:
		otherEnd(c, t, &v)
	}
	return v
}

// fieldEvidence quotes reason and exit code with the commands that print them.
func fieldEvidence(c *data.Container, t *data.Termination) []Evidence {
	reason := t.Reason
	if reason == "" {
		reason = "empty"
	}
	return []Evidence{
		{Says: data.Textf("%s.reason is %s", t.Field, reason), From: statusCommand(c, t.Field+".reason")},
		{Says: data.Textf("%s.exitCode is %d", t.Field, t.ExitCode), From: statusCommand(c, t.Field+".exitCode")},
	}
}

// childEnd judges OOMKilled with another exit code: the runtime keeps the word for the life of the container, so the
// kill hit a child process at some time in that life and the end itself had another cause.
func childEnd(c *data.Container, t *data.Termination, v *verdict) {
	v.oom, v.scope, v.confidence, v.label = true, ScopeChild, sureChild, "child"
	v.why = data.Textf("A process in the container was OOM-killed at some time in this life; the main process ended later with exit code %d.", t.ExitCode)
	v.against = append(v.against, Evidence{
		Says: data.Textf("exit code %d is not 137: the main process itself was not killed by SIGKILL", t.ExitCode), From: statusCommand(c, t.Field+".exitCode")})
	if c.Kind == data.InitContainer {
		v.why += " The kubelet counts an init container with this reason as failed, whatever its exit code."
	}
	if countsUnkilled(c) {
		v.confidence = unsureChild
		v.against = append(v.against, Evidence{Says: data.Textf("%s sets the word also when the limit was met and nobody was killed", c.NodeFacts.Runtime),
			From: nodeCommand(c, ".status.nodeInfo.containerRuntimeVersion")})
	}
}

// startVerdict judges a container that could not be started for lack of memory. What an earlier container of the pod
// wrote to a volume in memory outlives it and is charged to the pod, so that after one kill no start may succeed.
func startVerdict(c *data.Container, t *data.Termination, v *verdict) {
	v.oom, v.scope, v.confidence, v.label = true, ScopeStartup, sureStartup, "startup"
	v.why = inKind(c, "The container was OOM-killed while it was being started, before its own program ran.")
	v.evidence = append(v.evidence, Evidence{Says: data.Textf("the runtime says: %s", clip(t.Message, 160)), From: statusCommand(c, t.Field+".message")})
	if len(c.MemoryVolumes) > 0 && c.Restarts > 0 {
		v.why += data.Textf(" What the container before it left in the memory-backed volume %s still counts.", c.MemoryVolumes[0])
		v.evidence = append(v.evidence, Evidence{Says: data.Textf("volume %s is an emptyDir of medium Memory, which outlives a container", c.MemoryVolumes[0]), From: jsonpathCommand(c, ".spec.volumes")})
	}
}

// childVerdict judges a counter of kills that rose although no end in the status tells of one.
func childVerdict(c *data.Container, rest *verdict) verdict {
	v := verdict{oom: true, scope: ScopeChild, confidence: sureChild, label: "child",
		why: "A child process was OOM-killed while the container lives on; its status says nothing of it."}
	if rest != nil {
		v.term = rest.term
		v.against = rest.evidence
		v.why = "A process in the container was OOM-killed, and the container's own status does not say so."
	}
	v.evidence = []Evidence{childEvidence(c)}
	if n := len(c.Kills); n > 0 {
		v.at = c.Kills[n-1].At
	}
	return v
}

// childEvidence quotes the counter of kills that rose.
func childEvidence(c *data.Container) Evidence {
	return Evidence{Says: data.Textf("container_oom_events_total rose by %.0f", max(*c.ChildKills, 1)), From: c.ChildKillsFrom}
}

// mainKilled reports whether a kill that was seen ended the container itself: a counter of kills may have counted it too.
func mainKilled(k *data.Kill) bool {
	return k.Reason == "OOMKilled" && k.ExitCode != nil && *k.ExitCode == 137
}

// seenVerdict judges by a kill that was seen earlier: the API keeps one former state, and a later restart for
// another reason has taken its place.
func seenVerdict(c *data.Container, k data.Kill, rest *verdict) verdict {
	t := &data.Termination{Reason: k.Reason, Field: "lastState.terminated", StartedAt: k.StartedAt, FinishedAt: k.At}
	if k.ExitCode != nil {
		t.ExitCode = *k.ExitCode
	} else if k.Reason == "OOMKilled" {
		t.ExitCode = 137
	}
	v := judge(c, t)
	if !v.oom {
		v.oom, v.scope, v.label, v.why = true, ScopeContainer, "limit", "The container was OOM-killed before."
	}
	v.confidence = min(v.confidence, sureSeen)
	v.evidence = []Evidence{{Says: data.Textf("a kill was seen at %s (%s)", k.At.UTC().Format(time.RFC3339), orUnknown(k.Reason)), From: k.From}}
	if k.ExitCode == nil {
		v.term = nil
	}
	if rest != nil {
		v.against = append(v.against, rest.evidence...)
		v.why += " The newest end in its status is another one."
	}
	return v
}

// startedWithoutMemory reports whether the runtime could not start the container for lack of memory. The words are runc's
// or crun's, passed on by containerd with reason StartError and exit code 128.
func startedWithoutMemory(t *data.Termination) bool {
	return (t.Reason == "StartError" || t.ExitCode == 128) && data.StartRanOutOfMemory(t.Message.String())
}

// clip returns t cut to n runes, with a mark where it was cut.
func clip(t data.Text, n int) data.Text {
	r := []rune(t.String())
	if len(r) <= n {
		return t
	}
	return data.Clean(string(r[:n-1]) + "…")
}

// orUnknown returns t, or "unknown" when it is empty.
func orUnknown(t data.Text) data.Text {
	if t == "" {
		return "unknown"
	}
	return t
}
