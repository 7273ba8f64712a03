package analysis

import "github.com/oomedic/oomedic/data"

var nodePressureCause = cause{
	id: NodePressure, title: "The node ran out of memory",
	doc: "The container has no limit that could have been met; the node, or the share of it that pods may use, ran out.",
	score: func(f *facts) finding {
		if f.conf.Scope != ScopeNode {
			return finding{}
		}
		return finding{score: 0.90,
			summary:  "The node's memory ran out, and the kernel chose this container; no limit of its own was met.",
			evidence: []Evidence{{Says: "neither the container nor its pod has a memory limit", From: specCommand(f.c, "resources")}},
			against:  []Evidence{{Says: "the node's own events were not read", From: "kubectl get events -A --field-selector reason=SystemOOM"}},
			advice: []data.Text{
				"Give every container on the node a request near what it really uses: the scheduler then stops packing too much.",
				"The kernel prefers victims that use more than they requested; a request near the real use protects this one.",
				"Look for the neighbour that grew: kubectl top pod -A --sort-by=memory",
			}}
	},
}
