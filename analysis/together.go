package analysis

import (
	"math"
	"slices"
	"time"

	"github.com/oomedic/oomedic/data"
)

// Kills of several workloads on one node in one moment point at the node: limits are met at times of their own.
const (
	nodeMoment     = time.Minute // kills no further apart are one moment
	nodeVictims    = 2           // other containers that were killed in it …
	nodeChance     = 0.20        // … each so rarely that its kill falls into the moment by chance with no more than this probability
	nodeUnsure     = 0.70        // confidence that it was the node when memory was far from the limit
	mostNeighbours = 16          // so many are remembered
	containerLess  = 0.75        // confidence in the container's limit that is left when memory was near it, or is not known
)

// Neighbour is another container that was killed on the same node at the same moment.
type Neighbour struct {
	Key      data.Key
	Workload data.Workload
	At       time.Time
}

// markTogether finds, for each case, what else was killed on its node in the same moment, and lets that speak for
// pressure of the node against the container's own limit.
func markTogether(cases []Case) {
	byNode := map[data.Text][]int{}
	for i := range cases {
		if c := &cases[i]; c.Container.Node != "" && !c.Confirmation.LastKillAt.IsZero() {
			byNode[c.Container.Node] = append(byNode[c.Container.Node], i)
		}
	}
	for _, on := range byNode {
		slices.SortStableFunc(on, func(a, b int) int {
			return cases[a].Confirmation.LastKillAt.Compare(cases[b].Confirmation.LastKillAt)
		})
		at := func(n int) time.Time { return cases[on[n]].Confirmation.LastKillAt }
		for n, i := range on {
			var near []*Case
			for _, m := range together(nil, n, len(on), at, func(m int) float64 { return cases[on[m]].byChance() }) {
				near = append(near, &cases[on[m]])
			}
			cases[i].Neighbours = neighboursOf(near)
		}
	}
	for i := range cases {
		cases[i].weighTogether()
	}
}

// together appends the places of what was killed with the n-th of so many kills of one node, which are sorted by time:
// what came within a moment, unless it is killed so often that this may be chance.
func together(out []int, n, of int, at func(int) time.Time, chance func(int) float64) []int {
	from := at(n)
	for _, side := range [...]int{-1, 1} {
		for m := n + side; m >= 0 && m < of && len(out) < mostNeighbours; m += side {
			if d := at(m).Sub(from); d > nodeMoment || d < -nodeMoment {
				break
			}
			if chance(m) <= nodeChance {
				out = append(out, m)
			}
		}
	}
	return out
}

// neighboursOf names what was killed together, in the order of keys.
func neighboursOf(near []*Case) []Neighbour {
	out := slices.Grow([]Neighbour(nil), len(near)) // nil where there are none
	for _, c := range near {
		out = append(out, Neighbour{c.Container.Key, c.Container.Workload, c.Confirmation.LastKillAt})
	}
	slices.SortStableFunc(out, func(a, b Neighbour) int { return a.Key.Compare(b.Key) })
	return out
}

// byChance returns how likely one of the case's kills of the last day falls into any given moment.
func (c *Case) byChance() float64 {
	kills := float64(c.Container.Restarts)
	if n := c.Confirmation.Kills.Day; n != nil {
		kills = max(kills, float64(*n))
	}
	since := c.Confirmation.LastKillAt.Sub(c.Container.PodCreated)
	if c.Container.PodCreated.IsZero() || since > 24*time.Hour || since <= 0 {
		since = 24 * time.Hour
	}
	return 1 - math.Exp(-max(kills-1, 0)*2*nodeMoment.Hours()/since.Hours())
}

// elsewhere counts the neighbours, and those of other workloads.
func (c *Case) elsewhere() (all, other int) {
	for _, n := range c.Neighbours {
		if !n.Workload.Same(c.Container.Workload) {
			other++
		}
	}
	return len(c.Neighbours), other
}

// weighTogether lowers the confidence in the container's limit when others were killed with it.
func (c *Case) weighTogether() {
	v := &c.Confirmation
	all, other := c.elsewhere()
	if v.Scope != ScopeContainer || all < nodeVictims || other == 0 || c.byChance() > nodeChance {
		return
	}
	said := Evidence{Says: data.Textf("%s more on node %s were killed within a minute, of other workloads too", count(all, "container"), c.Container.Node),
		From: "kubectl get events -A --field-selector reason=SystemOOM"}
	if c.Near != nil && *c.Near < nearLimit {
		v.Scope, v.Confidence = ScopeNode, nodeUnsure
		v.Why = data.Textf("Several containers on node %s were killed at the same moment while this one was below its limit: the node ran out of memory.", c.Container.Node)
		v.Evidence = append(v.Evidence, said)
		return
	}
	v.Confidence = min(v.Confidence, containerLess)
	v.Against = append(v.Against, said)
}
