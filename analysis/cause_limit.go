package analysis

import "github.com/oomedic/oomedic/data"

// The confidence that a limit is simply too low: what normal work needs is at or above it.
const (
	lowBase    = 0.50 // no growth, and the limit was met
	lowLevel   = 0.25 // the usual level is near the limit
	lowTime    = 0.15 // so is a good part of all time
	lowClipped = 0.10 // samples stop at the limit
	lowCap     = 0.95
	lowUnseen  = 0.25 // taken off when no life shows a course
	lowBlind   = 0.35 // only the kill and the limit are known
	lowQuick   = 0.50 // it never lives for longer than a minute
	lowStart   = 0.90 // the limit is below what starting takes
	lowInit    = 0.60 // an init container fails again and again
	lowStepped = 0.75 // it lived well until a day from which on no life lasts
	lowLoaded  = 0.60 // it grows with its load
	loadMuch   = 0.30 // rise of load over a life from which growth may be nothing but load
	agedMore   = 0.05 // rank correlation with age above that with load, from which memory gathers and does not follow
	loadPart   = 0.60 // … when it is so large a part of memory's own rise
	lowHeap    = 0.70 // factor, and most, when a heap bound leaves no room: the limit is as much too low as the bound too high
	lowWarm    = 0.85 // growth that is a warm-up: minutes from start to limit, and it stays there
	warmHours  = 0.60 // hours from start to limit that a warm-up may take
	warmLong   = 2.00 // … when it slows down all the way
	warmNear   = 0.22 // share of the time of killed lives near the limit, from which memory stays there
	highLevel  = 0.75 // median over limit from which the usual level is near
	highTime   = 0.20 // share of time near the limit
)

var limitTooLowCause = cause{
	id: LimitTooLow, title: "Memory limit too low",
	doc:   "Memory stays on a plateau near the limit, with no growth through a life, and normal work meets the limit.",
	score: scoreLimitTooLow,
}

func scoreLimitTooLow(f *facts) finding {
	if f.hit == nil {
		return finding{}
	}
	if out, ok := lowFromStart(f); ok {
		return out
	}
	if !f.seen() {
		return finding{score: lowBlind, summary: data.Textf("The limit of %s was met; without history it may be too low for normal work.", humanInt(f.hit))}
	}
	if f.growing() {
		return lowGrowing(f)
	}
	return lowLevelled(f)
}

// lowFromStart judges what is killed at or soon after each start, before any history of a life could be read.
func lowFromStart(f *facts) (finding, bool) {
	if f.conf.Scope == ScopeStartup && len(f.c.MemoryVolumes) == 0 {
		return finding{score: lowStart,
			summary:  data.Textf("The limit of %s is below what starting a container takes.", humanInt(f.hit)),
			evidence: []Evidence{{Says: "the container was OOM-killed before its own program ran", From: statusCommand(f.c, "lastState.terminated.message")}}}, true
	}
	if f.diesStarting() && !f.batch && f.eligible == 0 {
		return finding{score: lowQuick,
			summary:  data.Textf("Most lives end within a minute of their start: starting seems to take more than the limit of %s.", humanInt(f.hit)),
			evidence: []Evidence{{Says: "it is killed within a minute of its start, again and again", From: statusCommand(f.c, "lastState.terminated")}},
			against:  []Evidence{{Says: "a program that leaks that fast looks the same", From: statusCommand(f.c, "lastState.terminated")}},
			advice:   []data.Text{"Raise the limit once to see whether memory levels off after the start."}}, true
	}
	if f.c.Kind == data.InitContainer && f.eligible == 0 && max(int(f.c.Restarts), len(f.kills)) >= startingLives {
		return finding{score: lowInit,
			summary:  data.Textf("Its work does not fit under the limit of %s: each try is killed, and an init container does the same again each time.", humanInt(f.hit)),
			evidence: []Evidence{{Says: data.Textf("killed in each of %s", count(max(int(f.c.Restarts), len(f.kills)), "try")), From: statusCommand(f.c, "restartCount")}},
			against:  []Evidence{{Says: "its tries are too short to show how memory went", From: statusCommand(f.c, "lastState.terminated")}},
			advice:   []data.Text{"Raise the limit once to see what the work needs; nothing else of the pod starts before it is through."}}, true
	}
	if f.start.stepped && f.start.peaks == 0 && !f.load.sockets.burst() && !f.batch {
		return finding{score: lowStepped,
			summary:  data.Textf("Since %s no life lasts: what it needs has gone up to more than the limit of %s.", f.kills[0].At.UTC().Format("2006-01-02 15:04"), humanInt(f.hit)),
			evidence: []Evidence{{Says: data.Textf("%s got past the start before, and all of %s since came soon after one", count(f.start.survived, "life"), count(f.start.killed, "kill")), From: data.KillsPromQL(f.h)}},
			against:  []Evidence{{Says: "a start that has become heavier looks the same", From: data.MaxPromQL(f.h, f.use)}},
			advice:   []data.Text{"Look at what changed then: a release, a setting, an amount of data."}}, true
	}
	return finding{}, false
}

// lowGrowing judges memory that grows within lives: normal work that fills the limit soon after a start, or load that grew.
func lowGrowing(f *facts) finding {
	if f.warmsUp() {
		return finding{score: lowWarm,
			summary: data.Textf("Within minutes of a start normal work fills the limit of %s, and memory stays there until a kill.", humanInt(f.hit)),
			evidence: []Evidence{
				{Says: data.Textf("from start to limit it takes %s, and growth slows down before it", hoursText(f.hoursToLimit())), From: data.GrowthPromQL(f.h)},
				{Says: data.Textf("%.0f%% of the time of killed lives is above 90%% of the limit", 100*f.nearKilled), From: data.MaxPromQL(f.h, f.use)}},
			against: []Evidence{{Says: "a cache that fills within minutes looks the same", From: data.GrowthPromQL(f.h)}},
			advice:  []data.Text{"Raise the limit to the recommended size, and look whether memory levels off."}}
	}
	if rise, ok := f.loadRise(); ok && rise >= loadMuch && f.loadExplains(rise) {
		return finding{score: lowLoaded,
			summary:  data.Textf("Memory follows the load, which grew by %.0f%% over a life, and meets the limit of %s.", 100*rise, humanInt(f.hit)),
			evidence: []Evidence{{Says: data.Textf("memory follows what is received (rank correlation %.2f)", f.load.received.follows), From: loadQuery(f.h, data.MetricReceived)}},
			advice:   []data.Text{"Raise the limit or spread the load over more replicas."}}
	}
	return finding{score: 0.10, summary: "Memory grows to the limit."}
}

// lowLevelled judges memory that has levelled off, by how near to the limit it stands.
func lowLevelled(f *facts) finding {
	s := f.stats()
	if s.Samples == 0 {
		return finding{score: lowBlind, summary: data.Textf("The limit of %s was met.", humanInt(f.hit))}
	}
	limit := float64(*f.hit)
	level := s.P50 / limit
	out := finding{advice: []data.Text{"Raise the limit to the recommended size; nothing in the history asks for a change of the program."}}
	high := level >= highLevel || max(f.nearTime, f.nearKilled) >= highTime
	clip := f.clipped()
	if !high && (clip == nil || !*clip) {
		return finding{score: 0.15, summary: "Memory met the limit."}
	}
	out.score = lowBase
	if level >= highLevel {
		out.score += lowLevel
		out.evidence = append(out.evidence, Evidence{Says: data.Textf("half of the time it uses %s or more, %.0f%% of the limit", human(s.P50), 100*level), From: s.From["p50"]})
	} else {
		out.score -= 0.20
		out.against = append(out.against, Evidence{Says: data.Textf("the usual level is %s, only %.0f%% of the limit", human(s.P50), 100*level), From: s.From["p50"]})
	}
	if f.nearTime >= highTime {
		out.score += lowTime
		out.evidence = append(out.evidence, Evidence{Says: data.Textf("%.0f%% of all samples are above 90%% of the limit", 100*f.nearTime), From: s.From["p95"]})
	}
	if clip != nil && *clip {
		out.score += lowClipped
		out.evidence = append(out.evidence, Evidence{Says: data.Textf("the highest sample is %s, %.1f%% of the limit", human(s.Max), 100*s.Max/limit), From: s.From["max"]})
	}
	if f.eligible > 0 {
		out.evidence = append(out.evidence, Evidence{Says: data.Textf("%d of %s level off or stay flat", f.shapes[flat]+f.shapes[settled], count(f.eligible, "life")), From: data.GrowthPromQL(f.h)})
	} else {
		out.score -= lowUnseen
		out.against = append(out.against, Evidence{Says: "no life is long enough to show whether memory levels off", From: data.MaxPromQL(f.h, f.use)})
	}
	if 2*f.sudden > f.judged {
		out.score -= 0.20
	}
	if f.heapTight() {
		out.score *= lowHeap
		out.against = append(out.against, Evidence{Says: data.Textf("%s lets the heap alone take %.0f%% of the limit", f.heap.setting, 100*f.heap.bytes/limit), From: f.heap.from})
	}
	plateau := s.P95
	if len(f.levels) > 0 {
		plateau = median(f.levels)
	}
	out.summary = data.Textf("Normal work takes %s of a limit of %s: memory levels off there and does not grow.", human(plateau), humanInt(f.hit))
	out.score = min(out.score, lowCap)
	if f.heapTight() {
		out.score = min(out.score, lowHeap)
	}
	return out
}

// warmsUp reports whether growth is that of a program that warms up and then stays near its limit: it takes minutes, it
// slows down, and a good part of each life is near the limit.
func (f *facts) warmsUp() bool {
	h := f.hoursToLimit()
	switch {
	case h <= 0 || h > warmLong || f.nearKilled < warmNear:
		return false
	case h <= warmHours:
		return f.decel < slowing || f.nearKilled >= 2*warmNear
	}
	return f.slows() && !f.cache
}

// loadExplains reports whether memory that rises with a load that rose by so much may do so for its load alone: it follows the
// load as closely as it follows the age of the life, and did not grow by far more than the load did.
func (f *facts) loadExplains(rise float64) bool {
	if r := f.load.received; r.follows < followsFor || r.follows < r.aged-agedMore {
		return false
	}
	base := median(f.bases)
	return base <= 0 || f.scale <= base || rise >= loadPart*(f.scale/base-1)
}
