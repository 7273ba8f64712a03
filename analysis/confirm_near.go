package analysis

import (
	"time"

	"github.com/oomedic/oomedic/data"
)

// nearLimit is the share of the limit from which a SIGKILL of unknown sender may have been an OOM kill: containerd
// before 2.3 could report an OOM kill as Error, and then the last sample is near the limit.
const nearLimit = 0.90

// farBelowLimit is the share below which a SIGKILL of unknown sender was hardly one.
const farBelowLimit = 0.60

// thrashing is the share of the limit from which a probe may have failed because of memory: reclaim and garbage
// collection leave no time to answer.
const thrashing = 0.95

// weighNearness lets the memory speak where the status is silent: a SIGKILL whose sender is not on record, a probe that
// failed while memory was full, and a kill far below the container's own limit where the pod could have run out.
func weighNearness(c *data.Container, v *Confirmation, near float64, from data.Text, now time.Time) {
	said := Evidence{Says: data.Textf("memory reached %.0f%% of the limit at most, as far as samples show", 100*near), From: from}
	switch {
	case v.OOMKilled && v.Scope == ScopeContainer:
		weighPod(c, v, near, said)
	case !v.OOMKilled && (v.Label == "liveness probe" || v.Label == "startup probe") && near >= thrashing:
		v.Label += ", memory full"
		v.Why += data.Textf(" Memory was at %.0f%% of the limit, which may be why it did not answer.", 100*near)
		v.Evidence = append(v.Evidence, said)
	case !v.OOMKilled && v.Label == unknownSender && v.Scope == ScopeUnknown:
		weighSender(c, v, near, said, now)
		if v.OOMKilled {
			v.Confidence -= unsurePeak
			v.Why += " The last sample before the end was not read here, only the highest of the window; the diagnosis reads it."
		}
	}
}

// unsurePeak is how much less sure a probable kill is that only the highest sample of a window speaks for: the end may have
// come in another life, far from it. The diagnosis judges anew by the last sample before the end.
const unsurePeak = 0.10

// weighSender judges a SIGKILL that nobody explains by the memory at the time.
func weighSender(c *data.Container, v *Confirmation, near float64, said Evidence, now time.Time) {
	switch {
	case near >= nearLimit:
		probable(c, v, said, now)
	case near < farBelowLimit:
		v.Scope, v.Confidence = ScopeNotOOM, unsureFarBelow
		v.Why = "SIGKILL by an unknown sender while memory was far below the limit: a probe, a drain, or the program itself."
		if noOrder(c) {
			v.Why = "SIGKILL while memory was far below the limit, and no probe, deletion or eviction is on record: the program itself, or somebody on the node."
		}
		v.Against = append(v.Against, said)
	}
}

// probable judges a SIGKILL near the limit. With events read and none that explains it, an OOM kill is what is left;
// how likely depends on whether the runtime is known to miss kills.
func probable(c *data.Container, v *Confirmation, said Evidence, now time.Time) {
	v.Evidence = append(v.Evidence, said)
	misses, known := missesKills(c)
	if !noOrder(c) || (known && !misses) {
		v.Confidence = unsureNear
		v.Why = "SIGKILL by an unknown sender while memory was near the limit: a probe, or an OOM kill that the runtime missed."
		if noOrder(c) {
			v.Why = "SIGKILL while memory was near the limit, and no probe or deletion is on record; but the runtime tells of nearly every OOM kill and did not here."
		}
		return
	}
	v.OOMKilled, v.Scope, v.Label, v.Confidence = true, ScopeContainer, "limit, probably", probableKill
	if misses {
		v.Confidence = probableRace
	}
	if above(c.Resources.Limit) == nil {
		v.Scope = ScopePod
	}
	v.Why = "Probably an OOM kill that the runtime missed: SIGKILL with memory at the limit, and no probe, deletion or eviction on record."
	kills := c.Kills
	for _, t := range c.Terminations() {
		if t.ExitCode == 137 && !t.FinishedAt.IsZero() {
			kills = data.MergeKills(kills, []data.Kill{{At: t.FinishedAt, StartedAt: t.StartedAt, Reason: t.Reason, ExitCode: ptr(t.ExitCode)}})
			v.LastKillAt = t.FinishedAt
		}
	}
	v.count(kills, c, now)
}

// noOrder reports whether events were read in time and none of them explains the newest SIGKILL.
func noOrder(c *data.Container) bool {
	terms := c.Terminations()
	for i := len(terms) - 1; i >= 0; i-- {
		if terms[i].ExitCode == 137 {
			_, known := silent(c, terms[i])
			return known
		}
	}
	return false
}

// weighPod lets the pod be what ran out when the container was far below its own limit and the pod is known to hold
// more than its containers, or to be held to less.
func weighPod(c *data.Container, v *Confirmation, near float64, said Evidence) {
	limit, podLimit, sum := above(c.Resources.Limit), above(c.PodLimit), above(c.SumLimits)
	if near >= farFromLimit || limit == nil {
		return
	}
	switch {
	case podLimit != nil && (sum == nil || *podLimit < *sum):
		v.Scope, v.Confidence, v.Label = ScopePod, unsurePod, "pod limit"
		v.Why = data.Textf("The container was far below its own limit of %s; the pod's limit of %s, which all its containers share, was met.", humanInt(limit), humanInt(podLimit))
		v.Evidence = append(v.Evidence, said)
	case len(c.MemoryVolumes) > 0 && c.Restarts > 0:
		v.Scope, v.Confidence, v.Label = ScopePod, unsurePod, "pod limit"
		v.Why = data.Textf("The container was far below its own limit of %s; with what an earlier one left in the memory-backed volume %s the pod met what it may use.", humanInt(limit), c.MemoryVolumes[0])
		v.Evidence = append(v.Evidence, said, Evidence{Says: data.Textf("volume %s is an emptyDir of medium Memory, which outlives a container", c.MemoryVolumes[0]), From: jsonpathCommand(c, ".spec.volumes")})
	}
}
