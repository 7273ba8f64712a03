package analysis

import "github.com/oomedic/oomedic/data"

// Bounds of what the minutes before an end say. heavyStall is the share of time that all processes of the container waited
// for memory from which it hardly did anything else; lightWait the share of some of them below which nothing was short.
// The kernel's documentation of PSI has the terms; the bounds are ours.
const (
	heavyStall = 0.10
	lightWait  = 0.01
	countedOOM = 0.85 // the kernel counted an OOM kill in the container, right around a SIGKILL that nobody explains
	moreSure   = 0.10 // what heavy stalls add to a probable kill
)

// withPressure adds what the kernel counted around the end: how long processes waited for memory (PSI), and OOM kills in
// the cgroup (memory.events, which cAdvisor tells as container_oom_events_total). What a source does not have is named.
func withPressure(in *Input, v Confirmation) Confirmation {
	if in.History == nil || in.History.Pressure == nil {
		return v
	}
	p := in.History.Pressure
	unexplained := v.Label == unknownSender
	if !v.OOMKilled && !unexplained {
		return v // another end, with its own explanation
	}
	v.Evidence, v.Against = append([]Evidence(nil), v.Evidence...), append([]Evidence(nil), v.Against...)
	stalls(p, &v)
	switch {
	case p.OOMEvents == nil:
		v.Evidence = append(v.Evidence, Evidence{Says: "whether the kernel counted a kill around this end is unknown: no container_oom_events_total", From: p.OOMEventsFrom, Unknown: true})
	case *p.OOMEvents >= 0.5:
		said := Evidence{Says: data.Textf("container_oom_events_total rose by %.0f around this end", *p.OOMEvents), From: p.OOMEventsFrom}
		v.Evidence = append(v.Evidence, said)
		if unexplained && above(in.Case.Container.Resources.Limit) != nil {
			counted(in, &v)
		}
	case unexplained:
		v.Against = append(v.Against, Evidence{Says: "container_oom_events_total did not rise around this end; a counter that dies with its container may miss the kill", From: p.OOMEventsFrom})
	}
	return v
}

// stalls says how long processes waited for memory.
func stalls(p *data.Pressure, v *Confirmation) {
	if p.Waiting == nil {
		v.Evidence = append(v.Evidence, Evidence{Says: "how long processes waited for memory is unknown: no pressure stall information, as on cgroup v1 and before Kubernetes 1.34", From: p.WaitingFrom, Unknown: true})
		return
	}
	said := Evidence{Says: data.Textf("processes waited for memory %.0f%% of the %s before the end", 100**p.Waiting, data.PromDuration(data.PressureSpan)), From: p.WaitingFrom}
	if *p.Waiting < lightWait {
		if !v.OOMKilled {
			v.Against = append(v.Against, said)
		} else {
			v.Evidence = append(v.Evidence, said) // a sudden rise leaves no time to wait
		}
		return
	}
	v.Evidence = append(v.Evidence, said)
	if p.Stalled == nil || *p.Stalled < heavyStall {
		return
	}
	v.Evidence = append(v.Evidence, Evidence{Says: data.Textf("all of them at once %.0f%% of it", 100**p.Stalled), From: p.StalledFrom})
	if v.Label == "limit, probably" {
		v.Confidence = min(countedOOM, v.Confidence+moreSure)
	}
}

// counted makes an OOM kill of a SIGKILL around which the kernel counted one.
func counted(in *Input, v *Confirmation) {
	c := &in.Case.Container
	v.OOMKilled, v.Scope, v.Label, v.Confidence = true, ScopeContainer, "limit, probably", countedOOM
	v.Why = "An OOM kill that the runtime missed: SIGKILL by an unknown sender, and the kernel counted an OOM kill in the container at the same time."
	kills := c.Kills
	if t := unexplained(c); t != nil {
		kills = data.MergeKills(kills, []data.Kill{{At: t.FinishedAt, StartedAt: t.StartedAt, Reason: t.Reason, ExitCode: ptr(t.ExitCode)}})
		v.LastKillAt = t.FinishedAt
	}
	v.count(kills, c, in.Now)
}
