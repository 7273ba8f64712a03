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

var jvmHeapCause = cause{
	id: JVMHeap, title: "JVM heap misconfigured",
	doc:   "The JVM's heap bound leaves too little of the limit for what it needs beside the heap.",
	score: scoreJVM,
}

func scoreJVM(f *facts) finding {
	if f.rt != "java" || f.hit == nil {
		return finding{}
	}
	if f.heap == nil {
		return finding{score: 0.10, summary: "It is a JVM without a heap bound of its own; the default is a quarter of the limit."}
	}
	limit := float64(*f.hit)
	need := jvmNeed(f.heap)
	out := finding{
		summary: data.Textf("The JVM may use %s of heap (%s) under a limit of %s, and needs about %s beside it.",
			human(f.heap.bytes), f.heap.setting, humanInt(f.hit), human(need-f.heap.bytes)),
		evidence: []Evidence{{Says: data.Textf("%s allows %s of heap, %.0f%% of the limit", f.heap.setting, human(f.heap.bytes), 100*f.heap.bytes/limit), From: f.heap.from}},
		advice: []data.Text{
			"Set the heap as a share of the limit, so that both follow each other: -XX:MaxRAMPercentage=75.0 (50 to 60 below 512Mi).",
			"A larger limit helps only if the heap bound stays as it is.",
			"MALLOC_ARENA_MAX=2 keeps glibc from holding memory beside the heap.",
		},
	}
	clip := f.clipped()
	switch {
	case f.heap.bytes >= jvmShareOfLimit*limit || f.heap.percent > jvmPercent:
		out.score = 0.92
	case need > limit && clip != nil && *clip:
		out.score = 0.80
	case need > limit:
		out.score = 0.55
	default:
		return finding{score: 0.08, summary: "The heap bound leaves room under the limit."}
	}
	if clip != nil && *clip {
		s := f.stats()
		out.score += 0.03
		out.evidence = append(out.evidence, Evidence{Says: "memory grows until it meets the limit, as a heap does that is allowed to", From: s.From["max"]})
	}
	if f.batch {
		out.score -= 0.05
	}
	return out
}

// jvmNeed returns the limit in bytes that a heap bound needs.
func jvmNeed(h *heapBound) float64 {
	return max(h.bytes/jvmHeapShare, h.bytes+float64(jvmOffHeap))
}
