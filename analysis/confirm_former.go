package analysis

import "github.com/oomedic/oomedic/data"

// formerKills is how many OOM kills of the workload have to be on record before an end that nobody explains is taken for
// another one of them, and formerKill is the confidence in that.
const (
	formerKills = 2
	formerKill  = 0.60
)

// withFormerKills judges a SIGKILL of unknown sender by the ends before it: where metrics remember that the same workload
// was OOM-killed more than once, memory was not far below the limit, and neither an event nor the pod explains this end,
// it probably was one of the kind that the runtime reported as Error. A sample far below the limit has settled it before.
func withFormerKills(in *Input, v Confirmation) Confirmation {
	c := &in.Case.Container
	if v.OOMKilled || v.Label != unknownSender || v.Scope != ScopeUnknown || in.History == nil || !noOrder(c) {
		return v
	}
	n := 0
	for _, k := range in.History.Kills {
		if k.Reason == "OOMKilled" {
			n++
		}
	}
	if n < formerKills || unexplained(c) == nil {
		return v
	}
	probable(c, &v, Evidence{Says: data.Textf("metrics remember %s of this workload", count(n, "OOM kill")), From: data.KillsPromQL(in.History)}, in.Now)
	if !v.OOMKilled {
		v.Confidence = unsureNear
		v.Why = "SIGKILL by an unknown sender. The workload was OOM-killed before; this time the runtime, which tells of nearly every OOM kill, did not say so."
		return v
	}
	v.Confidence = formerKill
	v.Why = "Probably an OOM kill that the runtime missed: the workload was OOM-killed before, and no probe, deletion or eviction is on record for this end."
	return v
}
