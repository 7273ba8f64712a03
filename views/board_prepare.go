package views

import (
	"slices"
	"sort"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// Preparer prepares one board after another. What the list needs of cases that are the same as in the board before is
// taken from there, so that a board of 10,000 cases of which a few have changed is prepared in a fraction of the time and
// with a fraction of the garbage. The zero value is ready. It is not to be used by two goroutines at once; the boards
// that it has prepared may be.
type Preparer struct {
	since time.Duration
	tabs  [caseTabs]preparedTab
	born  uint64
}

// preparedTab is one tab of the newest board.
type preparedTab struct {
	ready   *readyList
	numbers map[string]int32 // of groups; it holds those of former boards too
}

// spareNumbers is how many numbers of groups that are gone may be kept for each case there is, and anyway.
const spareNumbers = 2

// tabChange is how the cases of a tab differ from those of the board before.
type tabChange struct {
	moved    []int32     // by the place of a case in the former list its place now; -1 for one that is gone
	out      []*rowFacts // of those that are gone
	in       []int32     // places of those that have come
	outCases []*analysis.Case
}

// Prepare makes all that the list needs of the board's cases.
func (p *Preparer) Prepare(b *Board) {
	if p.since != b.Since {
		p.since, p.tabs = b.Since, [caseTabs]preparedTab{}
	}
	gone := map[data.Key]bool{}
	var come []data.Key
	for i, cases := range [caseTabs][]*analysis.Case{b.Cases, b.Ruled} {
		t := &p.tabs[i]
		c := t.prepare(cases, b.Since)
		b.ready[i] = t.ready
		for _, k := range c.outCases {
			gone[k.Container.Key] = true
		}
		for _, at := range c.in {
			come = append(come, cases[at].Container.Key)
		}
	}
	if slices.ContainsFunc(come, func(k data.Key) bool { return !gone[k] }) {
		p.born++
	}
	b.Born = p.born
}

// prepare makes the list of a tab anew, or out of the former one, and returns what has changed.
func (t *preparedTab) prepare(cases []*analysis.Case, since time.Duration) tabChange {
	former := t.ready
	if former != nil && sameCases(former.cases, cases) {
		return tabChange{}
	}
	if former == nil || len(t.numbers) > spareNumbers*(len(cases)+len(former.cases)) {
		former, t.numbers = &readyList{}, map[string]int32{}
	}
	r := &readyList{cases: cases, facts: make([]*rowFacts, len(cases)), groupOf: make([]int32, len(cases))}
	c := compareCases(former, cases)
	for was, at := range c.moved {
		if at >= 0 {
			r.facts[at], r.groupOf[at] = former.facts[was], former.groupOf[was]
		}
	}
	for _, at := range c.in {
		f := factOf(cases[at], since)
		r.facts[at], r.groupOf[at] = f, numberOf(t.numbers, f.group)
	}
	r.groups = len(t.numbers)
	r.widths = widthsAfter(&former.widths, r.facts, &c)
	for by := range r.orders {
		r.orders[by] = orderAfter(former, r.facts, &c, sortOrder(by))
	}
	if t.ready != nil && len(former.cases) == 0 {
		c.outCases = t.ready.cases // it was begun anew
	}
	t.ready = r
	return c
}

// sameCases reports whether two lists are one.
func sameCases(a, b []*analysis.Case) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// compareCases finds what has changed. Both lists are sorted newest first; where they are not, a case may count as gone
// and come again.
func compareCases(former *readyList, cases []*analysis.Case) tabChange {
	c := tabChange{moved: make([]int32, len(former.cases))}
	leave := func(was int) {
		c.moved[was] = -1
		c.out, c.outCases = append(c.out, former.facts[was]), append(c.outCases, former.cases[was])
	}
	was := 0
	for at, now := range cases {
		for was < len(former.cases) && former.cases[was] != now && !listedBefore(now, former.cases[was]) {
			leave(was)
			was++
		}
		if was < len(former.cases) && former.cases[was] == now {
			c.moved[was] = int32(at) //nolint:gosec // far fewer cases than that
			was++
			continue
		}
		c.in = append(c.in, int32(at)) //nolint:gosec // as above
	}
	for ; was < len(former.cases); was++ {
		leave(was)
	}
	return c
}

// listedBefore reports whether a stands before b in the lists of a board.
func listedBefore(a, b *analysis.Case) bool {
	if c := b.LastEnd().Compare(a.LastEnd()); c != 0 {
		return c < 0
	}
	return a.Container.Key.Less(b.Container.Key)
}

// orderAfter is orderOf for a list that differs from a former one by a few cases.
func orderAfter(former *readyList, facts []*rowFacts, c *tabChange, by sortOrder) []int32 {
	if len(c.in) > len(c.moved)/2 {
		return orderOf(facts, by)
	}
	in := slices.Clone(c.in)
	slices.SortFunc(in, func(i, j int32) int { return compareFacts(&facts[i].sortFacts, &facts[j].sortFacts, by) })
	out, order := make([]int32, 0, len(facts)), former.orders[by]
	keep := func(part []int32) {
		for _, was := range part {
			if at := c.moved[was]; at >= 0 {
				out = append(out, at)
			}
		}
	}
	for _, at := range in {
		n := sort.Search(len(order), func(n int) bool {
			return compareFacts(&former.facts[order[n]].sortFacts, &facts[at].sortFacts, by) > 0
		})
		keep(order[:n])
		out, order = append(out, at), order[n:]
	}
	keep(order)
	return out
}

// widthsAfter is widthsOf for a list that differs from a former one by a few cases. Only when one is gone that was as wide
// as any, and none like it has come, all are looked at.
func widthsAfter(former *killWidths, facts []*rowFacts, c *tabChange) killWidths {
	w := *former
	var widest rowCells // of those that have come
	for _, at := range c.in {
		n := facts[at].cells
		w.add(&n)
		widest = widest.max(&n)
	}
	for _, f := range c.out {
		if f.cells.reaches(&w, &widest) {
			return widthsOf(facts)
		}
		w.refs.add(int(f.cells.ref), -1)
		w.shorts.add(int(f.cells.short), -1)
	}
	return w
}

// max is the wider one in each column.
func (n rowCells) max(o *rowCells) rowCells {
	return rowCells{
		max(n.namespace, o.namespace), max(n.ref, o.ref), max(n.short, o.short), max(n.container, o.container), max(n.pod, o.pod),
		max(n.node, o.node), max(n.spark, o.spark), max(n.label, o.label), max(n.scoped, o.scoped),
	}
}

// reaches reports whether a row that is gone was as wide as any in some column where none that has come is.
func (n *rowCells) reaches(w *killWidths, come *rowCells) bool {
	all := rowCells{int32(w.namespace), int32(w.ref), int32(w.short), int32(w.container), int32(w.pod), int32(w.node), int32(w.spark), int32(w.label), 0} //nolint:gosec // made of such
	if w.scoped {
		all.scoped = 1
	}
	for _, c := range [...][3]int32{
		{n.namespace, come.namespace, all.namespace}, {n.ref, come.ref, all.ref}, {n.short, come.short, all.short}, {n.container, come.container, all.container},
		{n.pod, come.pod, all.pod}, {n.node, come.node, all.node}, {n.spark, come.spark, all.spark}, {n.label, come.label, all.label}, {n.scoped, come.scoped, all.scoped},
	} {
		if c[2] > 0 && c[0] == c[2] && c[1] < c[2] {
			return true
		}
	}
	return false
}
