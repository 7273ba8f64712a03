package views

import (
	"slices"
	"time"

	"github.com/oomedic/oomedic/analysis"
)

// readyList is what a tab needs of all its cases before a filter and an order are chosen. It is made once a board, where
// time may be taken, and never changed afterwards.
type readyList struct {
	cases   []*analysis.Case
	facts   []*rowFacts // one a case; that of a case that has not changed is the same as before
	widths  killWidths
	orders  [len(sortNames)][]int32 // all cases, by each order
	groupOf []int32                 // the number of each case's group
	groups  int
}

// Prepare makes all that the list needs of the board's cases. With 10,000 cases that takes some 30 ms, which a key press
// is not to wait for: call it where the board is made, or let a Preparer do it where one board follows another.
func (b *Board) Prepare() { new(Preparer).Prepare(b) }

// takeReady takes cases whose facts were made with their board.
func (l *killList) takeReady(cases []*analysis.Case, r *readyList) {
	l.cases, l.facts, l.widths, l.groupOf, l.groupCount, l.ready = cases, r.facts, r.widths, r.groupOf, r.groups, r
}

// rowFactsOf makes the facts of cases, and how wide what they say is.
func rowFactsOf(cases []*analysis.Case, since time.Duration) ([]*rowFacts, killWidths) {
	facts := make([]*rowFacts, len(cases))
	for i, c := range cases {
		facts[i] = factOf(c, since)
	}
	return facts, widthsOf(facts)
}

// widthsOf is how wide what rows say is.
func widthsOf(facts []*rowFacts) (w killWidths) {
	for _, f := range facts {
		w.add(&f.cells)
	}
	return w
}

// groupsOf numbers the groups of cases.
func groupsOf(facts []*rowFacts) (of []int32, n int) {
	numbers := make(map[string]int32, len(facts))
	of = make([]int32, len(facts))
	for i, f := range facts {
		of[i] = numberOf(numbers, f.group)
	}
	return of, len(numbers)
}

// numberOf returns the number of a group, a new one where it has none.
func numberOf(numbers map[string]int32, group string) int32 {
	n, known := numbers[group]
	if !known {
		n = int32(len(numbers)) //nolint:gosec // far fewer containers than that
		numbers[group] = n
	}
	return n
}

// orderOf sorts all cases.
func orderOf(facts []*rowFacts, by sortOrder) []int32 {
	out := make([]int32, len(facts))
	for i := range out {
		out[i] = int32(i) //nolint:gosec // as above
	}
	slices.SortFunc(out, func(i, j int32) int { return compareFacts(&facts[i].sortFacts, &facts[j].sortFacts, by) })
	return out
}
