package analysis

import (
	"math"

	"github.com/oomedic/oomedic/data"
)

// The confidence in a cache without a bound: growth that slows down and still meets the limit.
const (
	cacheBase = 0.66
	cacheEach = 0.07 // each further life, up to three
	cacheName = 0.20 // it is named like a cache
	cacheCap  = 0.90
	cacheLike = 0.55 // named like a cache, growing at a steady pace
)

var unboundedCacheCause = cause{
	id: UnboundedCache, title: "Cache without a bound",
	doc:   "Memory grows ever slower through each life, as a cache that fills does, and still meets the limit.",
	score: scoreCache,
}

func scoreCache(f *facts) finding {
	if !f.growing() {
		return finding{}
	}
	slowing := f.slows()
	if !slowing && !(f.cache && cacheServer(f.c)) {
		return finding{score: 0.08, summary: "Memory grows, as a cache without a bound does."}
	}
	out := finding{
		summary: data.Textf("Memory fills from %s, ever slower, and meets the limit of %s before it levels off.", human(median(f.bases)), human(f.scale)),
		advice: []data.Text{
			"Give the cache a bound (entries or bytes) and a rule of eviction that fits under the limit.",
			"For Redis and Valkey: set maxmemory to about 75% of the limit, and maxmemory-policy.",
		},
	}
	if slowing {
		out.score = cacheBase + cacheEach*float64(min(f.shapes[easing]-1, 3))
		out.evidence = append(out.evidence, Evidence{Says: data.Textf("in %d of %s growth slows down but does not end", f.shapes[easing], count(f.eligible, "life")), From: data.GrowthPromQL(f.h)})
		if f.cache {
			out.score += cacheName
		}
	} else {
		out.score = cacheLike
		out.summary = data.Textf("It is named like a cache and grows by %s an hour until it meets the limit of %s.", perHour(median(f.growth)), human(f.scale))
		out.against = append(out.against, Evidence{Says: "growth does not slow down, as that of most caches does", From: data.GrowthPromQL(f.h)})
	}
	if f.cache {
		out.evidence = append(out.evidence, Evidence{Says: data.Textf("it is named like a cache: %s", orUnknown(f.c.Image)), From: specCommand(f.c, "image")})
	}
	if f.heap != nil && f.hit != nil && f.heap.bytes >= jvmShareOfLimit*float64(*f.hit) {
		out.score *= 0.6
		out.against = append(out.against, Evidence{Says: "a JVM that grows into its heap looks the same", From: f.heap.from})
	}
	if f.warmsUp() {
		out.score *= 0.3
		out.against = append(out.against, Evidence{Says: "it fills within minutes and then stays near the limit, as a warm-up does", From: data.MaxPromQL(f.h, f.use)})
	}
	if files, known := f.filesInMemory(); known && files >= shmShare {
		out.score *= 0.15
	}
	if rise, ok := f.loadRise(); ok && rise >= loadMuch && f.loadExplains(rise) {
		out.score *= 0.6
		out.against = append(out.against, Evidence{Says: data.Textf("load rose by %.0f%% over the same lives", 100*rise), From: loadQuery(f.h, data.MetricReceived)})
	}
	out.score = min(out.score, cacheCap)
	return out
}

// slows reports whether growth slows down through lives: by the halves of each life, and by the later parts of the course
// that they have in common, which a warm-up does not touch.
func (f *facts) slows() bool {
	if f.decel <= 0 || f.outsideHeap() {
		return false
	}
	sum := math.Log(clampRatio(f.decel))
	if f.byLoad() {
		if f.pace > 0 { // the course of lives laid over each other has the seasons of load in it
			sum += courseWeight * math.Log(clampRatio(f.pace))
		}
	} else if f.course.steady > 0 {
		sum += courseWeight * math.Log(clampRatio(f.course.steady))
	}
	return sum < slowsFrom
}

// outsideHeap reports whether what gathers cannot be in the heap of a JVM: it comes to far more than the heap's own bound. A
// cache in a heap with a bound throws before it meets the limit, and the heap's filling is why growth looks slower later.
func (f *facts) outsideHeap() bool {
	return f.rt == "java" && f.heap != nil && f.heap.percent == 0 && f.heap.bytes <= heapSmall*f.scale
}

// heapSmall is the share of the limit up to which a heap cannot be what fills it.
const heapSmall = 0.60

// clampRatio keeps a ratio of slopes from saying more than it can.
func clampRatio(v float64) float64 { return min(max(v, 0.2), 2) }

// Growth counts as slowing down below this sum of logarithms of the two ratios of slopes, the second with this weight.
// Steady growth has about 0, a cache that fills with the logarithm of time about -1. On simulated lives with load, season
// and noise 19 in 20 of both lie on their side.
const (
	slowsFrom    = -0.50
	courseWeight = 0.30
)
