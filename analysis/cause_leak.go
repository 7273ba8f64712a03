package analysis

import "github.com/oomedic/oomedic/data"

// The confidence of growth that does not end. Each life that repeats it is a test passed; memory alone cannot tell a
// leak from load that grows, so it is never certain.
const (
	leakOne      = 0.60 // one life that rises to its end
	leakEach     = 0.08 // each further life …
	leakMost     = 3    // … up to this many
	leakRegular  = 0.06 // kills come at a steady pace
	leakResets   = 0.05 // a restart takes it back, and it grows again
	leakCap      = 0.95
	regularKills = 0.30 // standard deviation over mean of the times between kills
	leakShort    = 0.55 // a climb that only many short lives together show
	leakUneven   = 0.50 // factor when those lives climb at different paces
	leakLoaded   = 0.50 // factor when load grew as much as memory did
	leakLoadPart = 0.88 // … or memory follows the load, which grew, but by far less
	leakMany     = 0.10 // added when there are very many
	slowHours    = 72   // from base to limit: longer than this is accumulation over days
)

var memoryLeakCause = cause{
	id: MemoryLeak, title: "Memory leak",
	doc: "The floor of memory rises through most lives at a pace that does not slow down, a restart takes it back, and it rises again.",
	score: func(f *facts) finding {
		found := growthFinding(f)
		if found.score == 0 {
			return leakWithoutCourse(f)
		}
		if f.hoursToLimit() > slowHours {
			found.score *= 0.1
		}
		return found
	},
}

var gradualCause = cause{
	id: GradualAccumulation, title: "Gradual accumulation over days",
	doc: "As a leak, but so slow that the limit is met after more than three days.",
	score: func(f *facts) finding {
		found := growthFinding(f)
		if found.score > 0 && f.hoursToLimit() <= slowHours {
			found.score *= 0.06
		}
		return found
	},
}

// hoursToLimit returns how long growth takes from the level after a start to the limit that was hit, in hours.
func (f *facts) hoursToLimit() float64 {
	slope := median(f.growth)
	if slope <= 0 || f.scale <= 0 {
		return 0
	}
	return max(f.scale-median(f.bases), 0) / slope
}

// growthFinding is what leak and slow accumulation share.
func growthFinding(f *facts) finding {
	if !f.growing() || f.slows() {
		return finding{}
	}
	slope, base := median(f.growth), median(f.bases)
	out := finding{
		score: leakOne + leakEach*float64(min(max(f.shapes[rising]-1, 0), leakMost)),
		summary: data.Textf("Memory grows by %s an hour from %s after each start and never levels off, until it meets the limit of %s.",
			perHour(slope), human(base), human(f.scale)),
		evidence: []Evidence{
			{Says: data.Textf("%d of %s rise to their end without slowing down", f.shapes[rising]+f.shapes[easing], count(f.eligible, "life")), From: data.GrowthPromQL(f.h)},
			{Says: data.Textf("growth %s an hour, starting from %s", perHour(slope), human(base)), From: data.GrowthPromQL(f.h)},
		},
		advice: []data.Text{
			"A larger limit only delays the next kill: find what is kept alive and release it.",
			"Compare two heap profiles taken hours apart; what grew between them is the leak.",
			"Until then, restart before the limit is met, at a quiet time.",
		},
	}
	if _, ok := f.loadRise(); !ok {
		out.against = append(out.against, Evidence{Says: "load that grows looks the same, and no metric of load was read over whole lives", From: data.MaxPromQL(f.h, f.use)})
	}
	if resets := f.killedGrowing(); resets >= 2 {
		out.score += leakResets
		out.evidence = append(out.evidence, Evidence{Says: data.Textf("after each of %s memory starts low and grows again", count(resets, "kill")), From: data.MaxPromQL(f.h, f.use)})
	}
	if f.regular != nil && *f.regular < regularKills {
		out.score += leakRegular
		out.evidence = append(out.evidence, Evidence{Says: data.Textf("kills are regular: every %s, give or take %.0f%%", hoursText(median(f.lengths)), 100**f.regular), From: data.KillsPromQL(f.h)})
	}
	if f.shapes[easing] > 0 {
		out.score -= 0.05 + 0.15*float64(f.shapes[easing])/float64(f.eligible)
		out.against = append(out.against, Evidence{Says: data.Textf("in %s growth slows down", count(f.shapes[easing], "life")), From: data.GrowthPromQL(f.h)})
	}
	lowerByKind(f, &out)
	out.score = min(out.score, leakCap)
	return out
}

// lowerByKind takes off what the container's kind, or its other numbers, explain without a leak.
func lowerByKind(f *facts, out *finding) {
	if files, known := f.filesInMemory(); known && files >= shmShare {
		out.score *= 0.15
		out.against = append(out.against, Evidence{Says: data.Textf("files in memory take up to %.0f%% of the limit", 100*files), From: sharedQuery(f.h)})
	}
	if _, known := f.filesInMemory(); !known && len(f.c.MemoryVolumes) > 0 && !smallVolumes(f.c.MemoryVolumes) {
		out.score *= 0.6
		out.against = append(out.against, Evidence{Says: "it mounts a memory-backed volume, and no metric tells its files from the process", From: specCommand(f.c, "volumeMounts")})
	}
	if f.warmsUp() {
		out.score *= 0.2
		out.against = append(out.against, Evidence{Says: "it grows for minutes only and then stays near the limit, as a warm-up does", From: data.MaxPromQL(f.h, f.use)})
	}
	if rise, ok := f.loadRise(); ok && rise >= loadGrowth && f.load.received.follows >= followsFor {
		if f.loadExplains(rise) {
			out.score *= leakLoaded
		} else {
			out.score *= leakLoadPart
		}
		out.against = append(out.against, Evidence{Says: data.Textf("load rose by %.0f%% over the same lives", 100*rise), From: loadQuery(f.h, data.MetricReceived)})
	} else if ok {
		out.evidence = append(out.evidence, Evidence{Says: data.Textf("load did not grow over the same lives (%+.0f%%)", 100*rise), From: loadQuery(f.h, data.MetricReceived)})
	}
	if f.batch {
		out.score *= 0.4
		out.against = append(out.against, Evidence{Says: "a run of a Job has an end: growth within it may be its work", From: specCommand(f.c, "command")})
	}
	if f.cache && cacheServer(f.c) {
		out.score *= 0.85
		out.against = append(out.against, Evidence{Says: "it is named like a cache, and a cache without a bound grows the same way", From: specCommand(f.c, "image")})
	}
	if f.heapTight() || (f.heap != nil && f.hit != nil && f.heap.bytes >= jvmShareOfLimit*float64(*f.hit)) {
		out.score *= 0.6
		out.against = append(out.against, Evidence{Says: data.Textf("the JVM may grow to %s by its own setting", human(f.heap.bytes)), From: f.heap.from})
	}
}

// killedGrowing counts the growing lives that ended in a kill.
func (f *facts) killedGrowing() int {
	n := 0
	for i := range f.lives {
		if l := &f.lives[i]; !l.killed.IsZero() && (l.trend.shape == rising || l.trend.shape == easing) {
			n++
		}
	}
	return n
}

// leakWithoutCourse judges lives that are too short, or history that is missing: kills at a steady pace hint at growth.
func leakWithoutCourse(f *facts) finding {
	switch {
	case f.climb != nil && f.eligible == 0 && !f.batch:
		out := finding{score: leakShort,
			summary:  data.Textf("Memory climbs by %s a minute from each start to each kill, in lives too short to show more.", perHour(f.climb.slope/60)),
			evidence: []Evidence{{Says: data.Textf("in %s memory rises by %s a minute, at the same pace from sample to sample and on to the kill", count(f.climb.lives, "short life"), perHour(f.climb.slope/60)), From: data.MaxPromQL(f.h, f.use)}},
			against:  []Evidence{{Says: "loading at the start looks the same in so short a life", From: data.MaxPromQL(f.h, f.use)}},
			advice:   []data.Text{"Raise the limit once to see whether memory levels off: that tells start-up load from a leak."}}
		if f.climb.lives >= 2*climbLives {
			out.score += leakMany
		}
		if !f.climb.steady() {
			out.score *= leakUneven
			out.against = append(out.against, Evidence{Says: "the pace differs from life to life, as that of loading does", From: data.MaxPromQL(f.h, f.use)})
		}
		if f.start.survived > 0 {
			out.score *= 0.25
			out.against = append(out.against, Evidence{Says: "other lives got past their start and stayed below the limit", From: data.MaxPromQL(f.h, f.use)})
		}
		return out
	case f.climbs > 0 && 2*f.climbs >= f.judged && !f.batch:
		score := 0.5 + 0.05*float64(min(f.climbs, 3))
		if f.start.survived > 0 {
			score *= 0.4 // others got past their start and stayed below the limit
		}
		return finding{score: score,
			summary:  "Memory climbs without a pause from each start to each kill.",
			evidence: []Evidence{{Says: data.Textf("%d of %s climb from start to kill", f.climbs, count(f.judged, "short life")), From: data.MaxPromQL(f.h, f.use)}},
			against:  []Evidence{{Says: "loading at the start looks the same in so short a life", From: data.MaxPromQL(f.h, f.use)}},
			advice:   []data.Text{"Raise the limit once to see whether memory levels off: that tells start-up load from a leak."}}
	case f.eligible == 0 && f.regular != nil && *f.regular < regularKills && len(f.lengths) >= 4:
		return finding{score: 0.35, summary: "Kills come at a steady pace, as with a leak."}
	}
	return finding{}
}

// loadRise returns how much load rose over growing lives, by what was received and by processor time; false when
// neither is known over whole lives.
func (f *facts) loadRise() (float64, bool) {
	r, c := f.load.received, f.load.cpu
	switch {
	case r.risen && c.risen:
		return min(r.rise, c.rise), true
	case r.risen:
		return r.rise, true
	}
	return c.rise, c.risen
}
