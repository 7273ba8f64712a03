package analysis

import "github.com/oomedic/oomedic/data"

// The confidence that the node ran out.
const (
	nodeScope = 0.90 // no limit was set that could have been met, or the node said so itself
	nodeCap   = 0.75 // memory stood still below a limit, as far as it was seen
)

var nodePressureCause = cause{
	id: NodePressure, title: "The node ran out of memory",
	doc:   "The container has no limit that could have been met, or stood still far below it and far above its request: the node, or the share of it that pods may use, ran out.",
	score: scoreNode,
}

var nodeAdvice = []data.Text{
	"Give every container on the node a request near what it really uses: the scheduler then stops packing too much.",
	"The kernel prefers victims that use more than they requested; a request near the real use protects this one.",
	"Look for the neighbour that grew: kubectl top pod -A --sort-by=memory",
}

func scoreNode(f *facts) finding {
	if f.conf.Scope == ScopeNode {
		out := finding{score: nodeScope, advice: nodeAdvice,
			summary: "The node's memory ran out, and the kernel chose this container; its own limit was not met.",
			against: []Evidence{{Says: "a kill by the node leaves no trace in the container's own numbers", From: "kubectl get events -A --field-selector reason=SystemOOM"}}}
		if f.limit == nil {
			out.summary = "The node's memory ran out, and the kernel chose this container; no limit of its own was met."
			out.evidence = []Evidence{{Says: "neither the container nor its pod has a memory limit", From: specCommand(f.c, "resources")}}
		}
		return out
	}
	score := min(f.burstScore(f.burst.node), nodeCap)
	if score < leastAlternative || f.hit == nil {
		return finding{}
	}
	s := f.stats()
	out := finding{score: score, advice: nodeAdvice,
		summary:  data.Textf("It was killed at its usual level of %s, far below its limit of %s: more likely the node ran out than this container.", human(s.P50), humanInt(f.hit)),
		evidence: []Evidence{{Says: data.Textf("no sample ever came near the limit; the last ones before the kills are at %.0f%% of it", 100*median(f.end.last)), From: s.From["max"]}},
		against:  []Evidence{{Says: "a rise within one scrape interval looks the same", From: s.From["max"]}}}
	if req := above(f.c.Resources.Request); req != nil && s.P50 >= overRequest*float64(*req) {
		out.evidence = append(out.evidence, Evidence{Says: data.Textf("it uses %.1f times the %s that it requests, and the kernel takes such containers first", s.P50/float64(*req), humanInt(req)), From: specCommand(f.c, "resources.requests.memory")})
	}
	if f.around > 0 {
		out.evidence = append(out.evidence, Evidence{Says: data.Textf("%s more on the node were killed within a minute", count(f.around, "container")), From: "kubectl get events -A --field-selector reason=SystemOOM"})
	}
	return out
}
