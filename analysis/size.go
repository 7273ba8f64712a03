package analysis

import (
	"time"

	"github.com/oomedic/oomedic/data"
)

// Sizing is a rule that turns statistics into a limit.
type Sizing struct {
	Kind   string // "stateless", "stateful" or "batch"
	Stat   string // "p95", "p99" or "max"
	Margin float64
}

// The rules of thumb: stateless services have small spikes, databases and caches larger ones, batch runs vary the most.
var (
	statelessSizing = Sizing{"stateless", "p95", 0.20}
	statefulSizing  = Sizing{"stateful", "p99", 0.30}
	batchSizing     = Sizing{"batch", "max", 0.50}
)

// The least limit after a kill, as a multiple of the limit that was hit. Usage above a limit cannot be seen (it is
// censored), so no statistic of the past may be trusted alone. On simulated traces 1.25 to 1.5 times ended the kills of
// plateaus, while bursts needed about twice the limit.
const (
	abovePlateau = 1.25
	aboveUnknown = 1.50
	aboveBurst   = 2.00
)

// percentRoom is the least multiple of the limit that was hit where the heap is a share of the limit: what stands beside
// it had more than its share, and grows by that share alone.
const percentRoom = 1.60

// A limit for a leak only buys time: so much of it, and never more than this multiple of the limit that was hit.
const (
	bridgeTime = 48 * time.Hour
	bridgeMost = 2.0
)

// shortCoverage is the share of a window below which it is said that history is short.
const shortCoverage = 0.90

// sizingOf returns the rule for a container.
func (f *facts) sizingOf() Sizing {
	switch {
	case f.batch:
		return batchSizing
	case f.store:
		return statefulSizing
	}
	return statelessSizing
}

// policy returns the rule in words: "stateful: p99 + 30%".
func (s Sizing) policy() data.Text {
	return data.Textf("%s: %s + %.0f%%", s.Kind, s.Stat, 100*s.Margin)
}

// of returns the statistic of the rule.
func (s Sizing) of(st Stats) float64 {
	switch s.Stat {
	case "p99":
		return st.P99
	case "max":
		return st.Max
	}
	return st.P95
}

// leastFactor returns the least multiple of the limit that was hit, and why it is that.
func leastFactor(f *facts, class Class) (float64, data.Text) {
	if (class == LimitTooLow || class == StartupPeak) && f.diesStarting() {
		return aboveBurst, "it is killed while starting, so nothing shows what it needs"
	}
	switch class {
	case LoadSpike, LargeFile, ConcurrentRequests:
		return aboveBurst, "a burst shows nothing of its height above the limit"
	case UnknownCause:
		return aboveUnknown, "the cause is not known"
	}
	return abovePlateau, "what it needs above the limit could not be seen"
}

// recommend returns the size for a container after its cause was judged.
func recommend(f *facts, c *Cause) Recommendation {
	switch {
	case !f.conf.OOMKilled && !f.maybeKilled() && !f.atRisk():
		return Recommendation{Policy: "no change", Cures: false, Steps: []data.Text{"it was not OOM-killed: another size changes nothing"}}
	case c.Class == NodePressure, f.hit == nil && f.conf.Scope == ScopeNode:
		return hedgeNode(f, c, recommendRequest(f))
	case f.hit == nil && f.conf.Scope == ScopePod:
		return Recommendation{Policy: "pod limit", Steps: []data.Text{data.Textf("the pod's own limit of %s was met: raise spec.resources.limits.memory of the pod template", humanInt(f.c.PodLimit))},
			Warnings: []data.Text{"limits of a pod as a whole are not changed by kubectl set resources"}}
	case f.hit == nil:
		return Recommendation{Policy: "no change", Steps: []data.Text{"no limit is known that was met, so no honest number can be given"}}
	}
	r := Recommendation{Cures: true}
	var want float64
	switch {
	case c.Class == MemoryLeak || c.Class == GradualAccumulation:
		want = bridge(f, c, &r)
	case c.Class == JVMHeap && f.heap != nil:
		want = sizeForHeap(f, &r)
	default:
		want = sizeByRule(f, c, &r)
	}
	want = keepFloor(f, c, want, &r)
	if r.Cures && c.Class != JVMHeap {
		want = f.fitTail(c, want, &r)
	}
	limit := max(RoundUp(want), *f.hit)
	if float64(limit) > want {
		r.Steps = append(r.Steps, data.Textf("rounded up to %s", human(float64(limit))))
	}
	if f.limit != nil && limit < *f.limit {
		limit = *f.limit
		r.Steps = append(r.Steps, data.Textf("today's limit of %s is enough and stays", humanInt(f.limit)))
	}
	sizeRequest(f, &r, limit)
	f.clamp(&r)
	qualify(f, c, &r)
	r.Options = sizeOptions(f, &r)
	return r
}

// maybeKilled reports whether the end may have been an OOM kill that the runtime missed.
func (f *facts) maybeKilled() bool {
	if f.conf.Scope != ScopeUnknown || f.conf.ExitCode == nil || *f.conf.ExitCode != 137 {
		return false
	}
	return f.conf.Confidence <= unsureNear || f.endsNear() || f.burst.sudden >= 0.5 && (f.load.reads.burst() || f.load.sockets.burst())
}

// endsNear reports whether most lives of the container ended near its limit.
func (f *facts) endsNear() bool {
	return len(f.end.last) > 0 && median(f.end.last) >= nearLimit
}

// perhapsNode reports whether a SIGKILL of unknown sender looks like one of the node's: cgroup v1 reports those as Error.
func (f *facts) perhapsNode() bool {
	v := f.conf
	return !v.OOMKilled && v.ExitCode != nil && *v.ExitCode == 137 && (v.Scope == ScopeUnknown || v.Scope == ScopeNotOOM) && v.Reason == "Error" &&
		f.burst.sudden >= 0.5 && f.burst.node >= 0.5 && len(f.end.last) >= 2
}

// sizeByRule applies the rule of thumb to the statistics, or a step up from the limit without them.
func sizeByRule(f *facts, c *Cause, r *Recommendation) float64 {
	rule := f.sizingOf()
	r.Policy = rule.policy()
	s := f.stats()
	if s.Samples == 0 {
		factor, _ := leastFactor(f, c.Class)
		factor = max(factor, aboveUnknown)
		want := factor * float64(*f.hit)
		r.Policy = data.Textf("no history: limit × %.2g", factor)
		r.Steps = append(r.Steps, data.Textf("no samples: the one thing known is that %s was too little", humanInt(f.hit)),
			data.Textf("%s × %.2f = %s, a first step", humanInt(f.hit), factor, human(want)))
		return want
	}
	base := rule.of(s)
	want := base * (1 + rule.Margin)
	r.Steps = append(r.Steps, data.Textf("%s over %s = %s", rule.Stat, f.use, human(base)),
		data.Textf("%s × %.2f = %s", human(base), 1+rule.Margin, human(want)))
	return want
}

// keepFloor holds the size above what was hit.
func keepFloor(f *facts, c *Cause, want float64, r *Recommendation) float64 {
	factor, why := leastFactor(f, c.Class)
	floor := factor * float64(*f.hit)
	if want < floor {
		r.Steps = append(r.Steps, data.Textf("but %s was hit and %s: at least %s × %.2f = %s", humanInt(f.hit), why, humanInt(f.hit), factor, human(floor)))
		return floor
	}
	return want
}

// bridge returns a limit that buys time until a leak is mended.
func bridge(f *facts, c *Cause, r *Recommendation) float64 {
	r.Cures, r.Policy = false, "leak: a bridge, no cure"
	if c.GrowthPerHour == nil || *c.GrowthPerHour <= 0 {
		return sizeByRule(f, c, r)
	}
	base := 0.0
	if c.Baseline != nil {
		base = float64(*c.Baseline)
	}
	want := base + *c.GrowthPerHour*bridgeTime.Hours()
	r.Steps = append(r.Steps, data.Textf("%s after a start + %s an hour × %.0f h = %s", human(base), perHour(*c.GrowthPerHour), bridgeTime.Hours(), human(want)))
	if most := bridgeMost * float64(*f.hit); want > most {
		want = most
		r.Steps = append(r.Steps, data.Textf("but no more than twice the limit that was hit: %s", human(most)))
	}
	return want
}

// sizeForHeap returns the limit that a JVM's heap bound needs.
func sizeForHeap(f *facts, r *Recommendation) float64 {
	rule := heapRules[f.rt]
	need := heapNeed(f.heap, rule)
	r.Policy = data.Textf("%s: heap + what it needs beside it", rule.name)
	r.Steps = append(r.Steps, data.Textf("heap of %s (%s)", human(f.heap.bytes), f.heap.setting))
	if f.heap.bytes/rule.share >= f.heap.bytes+rule.beside {
		r.Steps = append(r.Steps, data.Textf("heap is to be %.0f%% of the limit: %s / %.2f = %s", 100*rule.share, human(f.heap.bytes), rule.share, human(need)))
	} else {
		r.Steps = append(r.Steps, data.Textf("%s + %s for metaspace, code, threads and buffers = %s", human(f.heap.bytes), human(rule.beside), human(need)))
	}
	if f.heap.percent > 0 {
		if least := percentRoom * float64(*f.hit); need < least {
			r.Steps = append(r.Steps, data.Textf("the heap follows the limit, and what stands beside it was at least %.0f%% of %s: at least %s × %.2f = %s",
				100-f.heap.percent, humanInt(f.hit), humanInt(f.hit), percentRoom, human(least)))
			need = least
		}
		r.Cures = false
		r.Warnings = append(r.Warnings, data.Textf("%s grows the heap with the limit: lower it too, or the kills go on. %s", f.heap.setting, rule.cure))
	} else {
		r.Warnings = append(r.Warnings, data.Textf("leave %s as it is: a larger heap would need a larger limit again", f.heap.setting))
	}
	return need
}

// recommendRequest returns a request alone: no limit of this container helps a node that ran out.
func recommendRequest(f *facts) Recommendation {
	r := Recommendation{Policy: "node pressure: raise the request, not the limit",
		Steps:    []data.Text{"no limit was met, so no limit cures it"},
		Warnings: []data.Text{"the container may be killed again while others on the node use more than they requested"}}
	s := f.stats()
	if s.Samples == 0 {
		r.Steps = append(r.Steps, "without history no request can be given")
		return r
	}
	request := RoundUp(s.P95)
	r.Steps = append(r.Steps, data.Textf("request: p95 over %s = %s, rounded up to %s", f.use, human(s.P95), human(float64(request))))
	if old := above(f.c.Resources.Request); old != nil && request <= *old {
		r.Steps = append(r.Steps, data.Textf("today's request of %s is enough: look at the other pods of the node", humanInt(old)))
		return r
	}
	r.Request = &request
	return r
}

// nodeUnsureAt is the confidence in node pressure below which a sudden rise stays possible, and the likelihood of one
// from which the limit is raised as well.
const (
	nodeUnsureAt = 0.60
	riseLikely   = 0.25
)

// hedgeNode adds a limit where the node is the likelier cause but a rise that no sample caught is nearly as likely.
func hedgeNode(f *facts, c *Cause, r Recommendation) Recommendation {
	if c.Confidence >= nodeUnsureAt || f.hit == nil || f.limit == nil {
		return r
	}
	for _, a := range c.Alternatives {
		if !isBurst(a.Class) || a.Confidence < riseLikely {
			continue
		}
		limit := max(RoundUp(aboveUnknown*float64(*f.hit)), *f.limit)
		r.Limit = &limit
		r.Steps = append(r.Steps, data.Textf("a rise that no sample caught is nearly as likely: %s × %.2f, rounded up to %s", humanInt(f.hit), aboveUnknown, human(float64(limit))))
		if r.Request == nil {
			r.Request = above(f.c.Resources.Request)
		}
		return r
	}
	return r
}
