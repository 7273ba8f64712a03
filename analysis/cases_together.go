package analysis

import (
	"cmp"
	"maps"
	"slices"
	"sort"
	"time"

	"github.com/oomedic/oomedic/data"
)

// together is markTogether for the nodes on which something has changed: it completes the rows that come into the list,
// and changes those that are in it already and have other neighbours now.
func (j *Judged) together(former map[data.Text][]caseRow, killed *[]rowChange) {
	byNode := map[data.Text][]int{} // the changes on each node, as places in killed
	for i, c := range *killed {
		if node := c.row.alone.Container.Node; node != "" && !c.row.alone.Confirmation.LastKillAt.IsZero() {
			byNode[node] = append(byNode[node], i)
		}
	}
	j.onNode = maps.Clone(former)
	if j.onNode == nil {
		j.onNode = make(map[data.Text][]caseRow, len(byNode))
	}
	for node, places := range byNode {
		changes := make([]rowChange, len(places))
		for i, at := range places {
			changes[i] = (*killed)[at]
		}
		on := withChanges(former[node], slices.Clone(changes), oldestFirst)
		changed := markChanged(on, changes)
		completed := make(map[*judgement]caseRow, len(changed))
		for _, c := range changed {
			completed[c.judgement] = c
		}
		for _, at := range places {
			c := &(*killed)[at]
			if row, ok := completed[c.row.judgement]; ok && !c.out {
				c.row = row
				delete(completed, c.row.judgement)
			}
		}
		for _, c := range changed {
			if _, other := completed[c.judgement]; other { // it was in the list before
				*killed = append(*killed, rowChange{row: c, out: true}, rowChange{row: c})
			}
		}
		if j.onNode[node] = on; len(on) == 0 {
			delete(j.onNode, node)
		}
	}
}

// markChanged finds anew what was killed beside each row within a moment of a change, and returns the rows that are other
// ones now. It writes to on, which is of this judgement alone.
func markChanged(on []caseRow, changes []rowChange) (changed []caseRow) {
	at := func(n int) time.Time { return on[n].end }
	chance := func(n int) float64 { return on[n].chance }
	var places []int
	var near []*judgement
	done := 0 // rows before this were looked at
	slices.SortStableFunc(changes, func(a, b rowChange) int { return a.row.end.Compare(b.row.end) })
	for _, c := range changes {
		first := sort.Search(len(on), func(n int) bool { return !at(n).Before(c.row.end.Add(-nodeMoment)) })
		for done = max(done, first); done < len(on) && !at(done).After(c.row.end.Add(nodeMoment)); done++ {
			places, near = together(places[:0], done, len(on), at, chance), near[:0]
			for _, m := range places {
				near = append(near, on[m].judgement)
			}
			row := &on[done]
			var former []*judgement
			if row.with != nil {
				former = row.with.near
			}
			if slices.Equal(former, near) {
				continue
			}
			row.with = besides(&row.alone, near)
			changed = append(changed, *row)
		}
	}
	return changed
}

// besides returns a case with what was killed beside it; nil where nothing was.
func besides(alone *Case, near []*judgement) *company {
	if len(near) == 0 {
		return nil
	}
	cases := make([]*Case, len(near))
	for i, g := range near {
		cases[i] = &g.alone
	}
	out := &company{near: slices.Clone(near), shown: *alone}
	out.shown.Neighbours = neighboursOf(cases)
	v := &out.shown.Confirmation
	v.Evidence, v.Against = slices.Clip(v.Evidence), slices.Clip(v.Against) // what is added is not added to alone
	out.shown.weighTogether()
	return out
}

// oldestFirst is the order in which the kills of a node are looked at.
func oldestFirst(a, b *judgement) int {
	return cmp.Or(a.end.Compare(b.end), a.alone.Container.Key.Compare(b.alone.Container.Key))
}
