package analysis

import "github.com/oomedic/oomedic/data"

// The JVM takes more than its heap: metaspace and code cache (150 to 300 MB), a megabyte a thread, direct buffers and
// the collector's own tables. A heap of at most three quarters of the limit leaves room for them.
const (
	jvmShareOfLimit = 0.90 // a heap bound from this share of the limit on leaves no room
	jvmPercent      = 80.0 // the same for MaxRAMPercentage
	jvmHeapShare    = 0.75 // heap over limit that leaves room
	jvmOffHeap      = 250 * data.Mi
)

// The confidence that heap bound and limit do not fit together.
const (
	heapNoRoom   = 0.92 // the bound alone leaves nothing
	heapAlone    = 0.88 // the heap alone may take nearly all of it, and the limit was met
	heapMuch     = 0.78 // share of the limit from which that is so, whether or not it was filled at the start
	heapClipped  = 0.80 // the bound and what stands beside it are more than the limit, which was met
	heapTight    = 0.55 // … and it is not known to have been met
	heapSoft     = 0.85 // factor for Go, whose limit is soft: it cannot hold what is alive
	heapNotClose = 0.55 // factor when memory jumped to the limit from far below
	heapBeside   = 0.25 // factor when more gathered at a steady pace than the heap may hold: it is not the heap that grows
)

var jvmHeapCause = cause{
	id: JVMHeap, title: "JVM heap misconfigured",
	doc:   "The runtime's heap bound (-Xmx, MaxRAMPercentage, --max-old-space-size, GOMEMLIMIT, DOTNET_GCHeapHardLimit) leaves too little of the limit for what it needs beside the heap.",
	score: scoreJVM,
}

func scoreJVM(f *facts) finding {
	rule, ok := heapRules[f.rt]
	if !ok || f.hit == nil {
		return finding{}
	}
	if f.heap == nil {
		if f.rt == "java" {
			return finding{score: 0.10, summary: "It is a JVM without a heap bound of its own; the default is a quarter of the limit."}
		}
		return finding{}
	}
	limit, need := float64(*f.hit), heapNeed(f.heap, rule)
	out := finding{
		summary: data.Textf("%s may use %s of heap (%s) under a limit of %s, and needs about %s beside it.",
			rule.name, human(f.heap.bytes), f.heap.setting, humanInt(f.hit), human(need-f.heap.bytes)),
		evidence: []Evidence{{Says: data.Textf("%s allows %s of heap, %.0f%% of the limit", f.heap.setting, human(f.heap.bytes), 100*f.heap.bytes/limit), From: f.heap.from}},
		advice:   []data.Text{rule.cure, "A larger limit helps only if the heap bound stays as it is."},
	}
	if f.rt == "java" {
		out.advice = append(out.advice, "MALLOC_ARENA_MAX=2 keeps glibc from holding memory beside the heap.")
	}
	clip := f.clipped()
	switch {
	case f.heap.bytes >= rule.most*limit || (rule.percent > 0 && f.heap.percent >= rule.percent):
		out.score = heapNoRoom
	case f.heapTight() && clip != nil && *clip:
		out.score = heapAlone
	case need > limit && clip != nil && *clip:
		out.score = heapClipped
	case need > limit:
		out.score = heapTight
	default:
		return finding{score: 0.08, summary: "The heap bound leaves room under the limit."}
	}
	if clip != nil && *clip {
		s := f.stats()
		out.score += 0.03
		out.evidence = append(out.evidence, Evidence{Says: "memory grows until it meets the limit, as a heap does that is allowed to", From: s.From["max"]})
	}
	if f.judged > 0 && 2*f.sudden > f.judged {
		out.score *= heapNotClose
		out.against = append(out.against, Evidence{Says: "memory jumped to the limit from far below, and a heap grows step by step", From: data.MaxPromQL(f.h, f.use)})
	}
	if f.growsBeside() {
		out.score *= heapBeside
		out.against = append(out.against, Evidence{Says: data.Textf("%s gathered after each start at a steady pace over %s, more than the heap of %s may hold",
			human(limit-median(f.bases)), hoursText(f.hoursToLimit()), human(f.heap.bytes)), From: data.GrowthPromQL(f.h)})
	}
	if f.rt == "go" {
		out.score *= heapSoft
	}
	if f.batch {
		out.score -= 0.05
	}
	return out
}

// heapQuick is how many hours classes, code and threads may take to gather beside a heap; growth that goes on is neither.
const heapQuick = 1.0

// heapTight reports whether the heap may take so much of the limit that what ordinarily stands beside it has no place.
func (f *facts) heapTight() bool {
	rule, ok := heapRules[f.rt]
	return ok && f.rt != "go" && f.heap != nil && f.hit != nil && f.heap.bytes >= heapMuch*float64(*f.hit) && heapNeed(f.heap, rule) > float64(*f.hit)
}

// growsBeside reports whether memory grows at a steady pace by more than the heap may hold, for longer than starting takes:
// then it is not the heap that grows, whatever its bound.
func (f *facts) growsBeside() bool {
	if f.heap == nil || !f.growing() || f.slows() || f.heapTight() || f.hoursToLimit() <= heapQuick {
		return false
	}
	return f.scale-median(f.bases) > f.heap.bytes
}
