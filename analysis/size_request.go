package analysis

import (
	"math"
	"time"

	"github.com/oomedic/oomedic/data"
)

// sizeRequest sets limit and request: the request is the usual level, and the limit 1.5 to 2 times the request.
func sizeRequest(f *facts, r *Recommendation, limit int64) {
	request := usualRequest(f, r, limit)
	if float64(limit) > mostLimitPerRequest*float64(request) {
		request = RoundUp(float64(limit) / mostLimitPerRequest)
		r.Steps = append(r.Steps, data.Textf("request raised to %s, so that the limit is at most twice the request", human(float64(request))))
	}
	if float64(limit) < leastLimitPerRequest*float64(request) {
		if raised := RoundUp(leastLimitPerRequest * float64(request)); raised > limit {
			limit = raised
			r.Steps = append(r.Steps, data.Textf("limit raised to %s, so that it is at least 1.5 times the request", human(float64(limit))))
		}
		if float64(limit) > mostLimitPerRequest*float64(request) {
			request = RoundUp(float64(limit) / mostLimitPerRequest)
			r.Steps = append(r.Steps, data.Textf("request raised to %s, so that the limit is at most twice the request", human(float64(request))))
		}
	}
	request = min(request, limit)
	r.Limit, r.Request = &limit, &request
	r.Steps = append(r.Steps, data.Textf("limit is %.3g × request", float64(limit)/math.Max(float64(request), 1)))
}

// usualRequest returns the request for the usual level: the mean, and never less than today's.
func usualRequest(f *facts, r *Recommendation, limit int64) int64 {
	old := above(f.c.Resources.Request)
	s := f.stats()
	var request int64
	switch {
	case s.Samples > 0 && s.Mean > 0:
		request = RoundUp(s.Mean)
		if leastLimitPerRequest*float64(request) > float64(limit) {
			request = min(request, roundUpFine(s.Mean))
		}
		r.Steps = append(r.Steps, data.Textf("request: mean %s rounded up to %s", human(s.Mean), human(float64(request))))
	case old != nil:
		r.Steps = append(r.Steps, data.Textf("request: today's %s, for want of history", humanInt(old)))
		return *old
	default:
		request = RoundUp(float64(limit) / mostLimitPerRequest)
		r.Steps = append(r.Steps, data.Textf("request: half of the limit, %s, for want of history", human(float64(request))))
	}
	if old != nil && request < *old {
		r.Steps = append(r.Steps, data.Textf("request stays at today's %s: just after a kill is no time to lower it", humanInt(old)))
		return *old
	}
	return request
}

// growsInPart is the share of growing lives from which a larger limit is not called a cure.
const growsInPart = 0.30

// heapFills is how many hours a heap may take to fill; steady growth for longer may be a leak beside it.
const heapFills = 24.0

// warnOfGrowth calls no limit a cure while memory may grow on: where lives grow to their end, and where none was seen for long
// enough to show that it levels off.
func warnOfGrowth(f *facts, c *Cause, r *Recommendation) {
	if f.share(rising, easing) >= growsInPart {
		r.Cures = false
		r.Warnings = append(r.Warnings, "some lives grow to their end: if that goes on, this limit only buys time")
	}
	if f.eligible == 0 && (f.diesStarting() || (c.Class == LimitTooLow && f.conf.Scope != ScopeStartup)) {
		r.Cures = false
		r.Warnings = append(r.Warnings, "it never lived long enough to show what it needs: take this as a first step and look again")
	}
}

// qualify adds what a person must know before taking the size.
func qualify(f *facts, c *Cause, r *Recommendation) {
	s := f.stats()
	switch c.Class {
	case MemoryLeak, GradualAccumulation:
		leakOutlook(f, c, r)
	case UnboundedCache:
		r.Cures = false
		r.Warnings = append(r.Warnings, "no limit cures a cache without a bound: give it one, and keep this limit above it")
	case SharedMemory:
		r.Cures = false
		r.Warnings = append(r.Warnings, data.Textf("no limit cures a volume that fills without end: set emptyDir.sizeLimit to %s or less as well", human(float64(*r.Limit)/2)))
	case LoadSpike, LargeFile, ConcurrentRequests:
		r.Warnings = append(r.Warnings, "how high a burst would have gone cannot be seen: look again after the next one")
		if !f.batch { // a run of a Job has an end: growth within it is its work
			warnOfGrowth(f, c, r)
		}
	case LimitTooLow, StartupPeak:
		warnOfGrowth(f, c, r)
	case JVMHeap:
		if f.growing() && !f.slows() && f.hoursToLimit() > heapFills {
			r.Cures = false
			r.Warnings = append(r.Warnings, data.Textf("memory grows for %s without slowing down, and a heap fills sooner: it may leak as well", hoursText(f.hoursToLimit())))
		}
	case UnknownCause:
		r.Cures = false
		r.Warnings = append(r.Warnings, "the cause is not known: take this as a first step and look again after a day")
	}
	if clip := f.clipped(); clip != nil && *clip && (c.Class == LimitTooLow || c.Class == JVMHeap) {
		r.Warnings = append(r.Warnings, data.Textf("samples stop at the limit of %s, so the true need may be higher", humanInt(f.hit)))
	}
	if s.Samples > 0 && s.Samples < enoughSamples {
		r.Warnings = append(r.Warnings, data.Textf("only %s: the size rests on little", count(s.Samples, "sample")))
	} else if s.Samples > 0 && s.Coverage < shortCoverage && !f.batch {
		r.Warnings = append(r.Warnings, data.Textf("samples cover %s of the %s", percent(s.Coverage), f.use))
	}
	if f.maybeKilled() {
		r.Cures = false
		r.Warnings = append(r.Warnings, "it is not certain that this was an OOM kill: look for failed probes first")
	}
	if wasGuaranteed(f.c.Resources) && *r.Limit != *r.Request {
		r.Warnings = append(r.Warnings, data.Textf("request and limit are equal today (Guaranteed QoS): to keep that, set both to %s", human(float64(*r.Limit))))
	}
	if f.c.PodLimit != nil {
		r.Warnings = append(r.Warnings, data.Textf("the pod has a limit of its own, %s: it must hold this container's too", humanInt(f.c.PodLimit)))
	}
}

// leakOutlook says until when a bridge holds.
func leakOutlook(f *facts, c *Cause, r *Recommendation) {
	if c.GrowthPerHour == nil || c.Baseline == nil {
		r.Warnings = append(r.Warnings, "no limit cures a leak: this one only buys time")
		return
	}
	low, likely, high, says := f.outlook(c, float64(*r.Limit))
	r.ToKillLow, r.ToKill, r.ToKillHigh = low, likely, high
	if r.ToKill == nil {
		r.Warnings = append(r.Warnings, "no limit cures a leak: this one only buys time")
		return
	}
	line := data.Textf("no limit cures a leak: this one buys %s from each start", durationText(*r.ToKill))
	if before := untilLimit(float64(*c.Baseline), *c.GrowthPerHour, float64(*f.hit)); before != nil {
		line += data.Textf(" instead of %s", durationText(*before))
	}
	r.Warnings = append(r.Warnings, line+data.Textf(" (until %s after a restart now)", f.now.Add(*r.ToKill).UTC().Format(time.RFC3339)))
	r.Steps = append(r.Steps, says)
}
