package analysis

import "github.com/oomedic/oomedic/data"

// notMade judges a container that the runtime cannot make for lack of memory. CRI-O makes and readies it in one step, so
// that no container ends: only what it waits for tells, and the event Failed when.
func notMade(c *data.Container) (verdict, bool) {
	if !data.StartRanOutOfMemory(c.WaitingMessage.String()) { // it stays after the pod is gone, and the reason does not
		return verdict{}, false
	}
	v := verdict{oom: true, scope: ScopeStartup, confidence: sureStartup, label: "startup"}
	v.why = inKind(c, "The container was OOM-killed while the runtime made it, before its own program ran.")
	v.evidence = []Evidence{{Says: data.Textf("the runtime says: %s", clip(c.WaitingMessage, 160)), From: statusCommand(c, "state.waiting.message")}}
	for _, e := range c.EventsOf("Failed") {
		if data.StartRanOutOfMemory(e.Message.String()) && e.Last.After(v.at) {
			v.at = e.Last
		}
	}
	return v, true
}
