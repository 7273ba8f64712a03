package views

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
)

// killRow is one line of the list: a case, or the head of a group of cases.
type killRow struct {
	at    int        // the case; of a head the group's newest
	group *killGroup // nil for a case that is alone in its workload, and for all of them when nothing is grouped
	head  bool
}

// killGroup are the cases of one workload that pass the filter.
type killGroup struct {
	key   string // namespace and workload
	cases []int  // in the order of the list
	facts sortFacts
	whole *analysis.Case // the group as one row, made when it is drawn
}

// gather makes the groups of the cases that pass the filter, each where the list's order has it, and the rows.
func (l *killList) gather(by sortOrder, flat bool) {
	if flat {
		l.rows, l.groups = l.rows[:0], nil
		for _, i := range l.order {
			if l.passes(int(i)) {
				l.rows = append(l.rows, killRow{at: int(i)})
			}
		}
		return
	}
	l.group()
	if by == byKills { // in every other order the first case of a group has its group's place
		slices.SortStableFunc(l.groups, func(a, b *killGroup) int { return compareFacts(&a.facts, &b.facts, by) })
	}
	l.rows = l.rows[:0]
	for _, g := range l.groups {
		if len(g.cases) == 1 {
			l.rows = append(l.rows, killRow{at: g.cases[0]})
			continue
		}
		l.rows = append(l.rows, killRow{at: l.newest(g), group: g, head: true})
		if l.open[g.key] {
			for _, i := range g.cases {
				l.rows = append(l.rows, killRow{at: i, group: g})
			}
		}
	}
}

// groupScratch is the memory of the groups. With thousands of cases they are made anew at each change, so that it is used
// again: nothing refers to the groups of before.
type groupScratch struct {
	counts []int32      // by the number of a group
	of     []*killGroup // the same
	pool   []killGroup
	cases  []int
}

// take returns cleared memory for so many numbers, groups and cases.
func (s *groupScratch) take(numbers, cases int) (counts []int32, of []*killGroup) {
	s.counts, s.of = slices.Grow(s.counts[:0], numbers)[:numbers], slices.Grow(s.of[:0], numbers)[:numbers]
	clear(s.counts)
	clear(s.of)
	s.cases = slices.Grow(s.cases[:0], cases)
	return s.counts, s.of
}

// group makes the groups of the cases that pass, in the order of their first case.
func (l *killList) group() {
	counts, of := l.scratch.take(l.groupCount, l.kept)
	n := 0
	for i, pass := range l.passed {
		if pass {
			if counts[l.groupOf[i]]++; counts[l.groupOf[i]] == 1 {
				n++
			}
		}
	}
	pool, cases := slices.Grow(l.scratch.pool[:0], n), l.scratch.cases
	l.groups = slices.Grow(l.groups[:0], n)
	for _, at := range l.order {
		i := int(at)
		if !l.passes(i) {
			continue
		}
		f := l.facts[i]
		g := of[l.groupOf[i]]
		if g == nil {
			from := len(cases)
			cases = cases[:from+int(counts[l.groupOf[i]])]
			pool = append(pool, killGroup{key: f.group, facts: f.sortFacts, cases: cases[from:from:len(cases)]})
			g = &pool[len(pool)-1]
			g.facts.kills, g.facts.near = 0, -1
			of[l.groupOf[i]] = g
			l.groups = append(l.groups, g)
		}
		g.add(i, f)
	}
	clear(pool[len(pool):cap(pool)]) // what former groups were drawn as
	l.scratch.pool = pool
}

// add takes a case into the group.
func (g *killGroup) add(i int, f *rowFacts) {
	g.cases = append(g.cases, i)
	g.facts.kills += f.kills
	g.facts.near = max(g.facts.near, f.near)
	if f.at.After(g.facts.at) {
		g.facts.at = f.at
	}
}

// newest returns the case of a group that was killed last.
func (l *killList) newest(g *killGroup) int {
	return slices.MaxFunc(g.cases, func(a, b int) int {
		return cmp.Or(l.facts[a].at.Compare(l.facts[b].at), cmp.Compare(b, a))
	})
}

// compareFacts orders cases, or groups by what they add up to.
func compareFacts(a, b *sortFacts, by sortOrder) int {
	c := 0
	switch by {
	case byKills:
		c = cmp.Compare(b.kills, a.kills)
	case byNearest:
		c = cmp.Compare(b.near, a.near)
	case byName:
		c = strings.Compare(a.sort, b.sort)
	}
	return cmp.Or(c, b.at.Compare(a.at), strings.Compare(a.sort, b.sort))
}

// fold opens or closes the group of the row under the cursor; a key that means nothing there is left alone. It reports
// whether it did something.
func (l *killList) fold(open bool, by sortOrder, flat bool) bool {
	if l.cursor >= len(l.rows) || flat {
		return false
	}
	r := l.rows[l.cursor]
	if r.group == nil || (open && (!r.head || l.open[r.group.key])) || (!open && !l.open[r.group.key]) {
		return false
	}
	if l.open == nil {
		l.open = map[string]bool{}
	}
	l.open[r.group.key] = open
	if !open {
		l.chosenHead = r.group.key
	}
	l.gather(by, flat)
	l.follow(l.cursor)
	return true
}

// folded reports whether the cursor is on a group whose rows are not shown.
func (l *killList) folded() bool {
	return l.cursor < len(l.rows) && l.rows[l.cursor].head && !l.open[l.rows[l.cursor].group.key]
}

// unfolded reports whether the cursor is in a group whose rows are shown.
func (l *killList) unfolded() bool {
	return l.cursor < len(l.rows) && l.rows[l.cursor].group != nil && l.open[l.rows[l.cursor].group.key]
}

// headed returns the group whose head the cursor is on, or nil.
func (l *killList) headed() *killGroup {
	if l.cursor < len(l.rows) && l.rows[l.cursor].head {
		return l.rows[l.cursor].group
	}
	return nil
}

// podCount is how many pods the cases of the group are of.
func (g *killGroup) podCount(cases []*analysis.Case) int {
	pods := map[data.PodKey]bool{}
	for _, i := range g.cases {
		pods[cases[i].Container.PodKey()] = true
	}
	return len(pods)
}

// grouped reports whether some workload has several cases.
func (l *killList) grouped() bool {
	return len(l.groups) < l.kept && len(l.groups) > 0
}

// shownAs returns the case that a row is drawn from, the sign before its name and the name. In a list with groups every
// name begins in the same column.
func (l *killList) shownAs(r killRow, g *themes.Glyphs) (c *analysis.Case, sign, name string) {
	switch {
	case r.group == nil && !l.grouped():
		return l.cases[r.at], "", l.facts[r.at].ref
	case r.group == nil:
		return l.cases[r.at], "  ", l.facts[r.at].ref
	case !r.head:
		c := l.cases[r.at]
		return c, "    ", c.Container.Key.Pod.String()
	}
	if r.group.whole == nil {
		r.group.whole = l.sum(r.group)
	}
	sign = g.Folded + " "
	if l.open[r.group.key] {
		sign = g.Open + " "
	}
	return r.group.whole, sign, l.facts[r.at].ref
}

// sum makes one case of a group: that of the newest kill, with the counts of all, the worst of what they say, and the
// highest memory at each step.
func (l *killList) sum(g *killGroup) *analysis.Case {
	out := *l.cases[l.newest(g)]
	v := &out.Confirmation
	v.Kills, v.AtLeast, v.Restarts = analysis.KillCounts{}, false, 0
	out.Container.Kills, out.Overview.Kills, out.Overview.Spark, out.Overview.Peak = nil, nil, nil, nil
	containers, nodes := map[data.Text]bool{}, map[data.Text]bool{}
	for _, i := range g.cases {
		c := l.cases[i]
		addCount(&v.Kills.Day, c.Confirmation.Kills.Day)
		addCount(&v.Kills.Week, c.Confirmation.Kills.Week)
		addCount(&v.Kills.Month, c.Confirmation.Kills.Month)
		known := c.Confirmation.Kills.Day != nil || c.Confirmation.Kills.Week != nil || c.Confirmation.Kills.Month != nil
		v.AtLeast = v.AtLeast || c.Confirmation.AtLeast || !known
		v.Restarts += c.Confirmation.Restarts
		if stateRank(c.Confirmation.State) > stateRank(v.State) {
			v.State = c.Confirmation.State
		}
		if c.Near != nil && (out.Near == nil || *c.Near > *out.Near) {
			out.Near = c.Near
		}
		if l := c.Container.Resources.Limit; l != nil && (out.Container.Resources.Limit == nil || *l > *out.Container.Resources.Limit) {
			out.Container.Resources.Limit = l
		}
		out.Container.Kills = append(out.Container.Kills, c.Container.Kills...)
		out.Overview.Spark = maxOf(out.Overview.Spark, c.Overview.Spark)
		containers[c.Container.Key.Container], nodes[c.Container.Node] = true, true
	}
	if len(containers) > 1 {
		out.Container.Key.Container = "several"
	}
	if len(nodes) > 1 {
		out.Container.Node = data.Textf("%d nodes", len(nodes))
	}
	out.Container.Key.Pod = data.Clean(podsKilled(g.podCount(l.cases), out.Container.Workload.Replicas))
	return &out
}

// podsKilled says how many pods of a workload were killed, and of how many where that is known.
func podsKilled(n int, of *int32) string {
	if of != nil && int(*of) >= n {
		return fmt.Sprintf("%d of %d pods", n, *of)
	}
	return counted(n, "pod")
}

// addCount adds a count that may be unknown; the sum of none is unknown.
func addCount(sum **int, n *int) {
	if n == nil {
		return
	}
	if *sum == nil {
		*sum = new(int)
	}
	**sum += *n
}

// maxOf returns the higher of two sparklines at each step. Where only one has a sample it counts.
func maxOf(a, b []float64) []float64 {
	if len(a) == 0 {
		return slices.Clone(b)
	}
	for i := range min(len(a), len(b)) {
		if math.IsNaN(a[i]) || b[i] > a[i] {
			a[i] = b[i]
		}
	}
	return a
}

// stateRank orders states by how much they need somebody.
func stateRank(s data.RunState) int {
	return slices.Index([]data.RunState{data.Gone, data.Completed, data.Unknown, data.Running, data.Waiting, data.CrashLooping}, s)
}
