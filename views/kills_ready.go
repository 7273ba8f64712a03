package views

import (
	"slices"
	"time"

	"github.com/oomedic/oomedic/analysis"
)

// readyList is what a tab needs of all its cases before a filter and an order are chosen. It is made once a board, where
// time may be taken, and never changed afterwards.
type readyList struct {
	facts   []rowFacts
	widths  killWidths
	orders  [len(sortNames)][]int // all cases, by each order
	groupOf []int32               // the number of each case's group
	groups  int
}

// Prepare makes all that the list needs of the board's cases. With 10,000 cases that takes some 30 ms, which a key press
// is not to wait for: call it where the board is made.
func (b *Board) Prepare() {
	for i, cases := range [caseTabs][]analysis.Case{b.Cases, b.Ruled} {
		r := &readyList{}
		r.facts, r.widths = rowFactsOf(cases, b.Since)
		r.groupOf, r.groups = groupsOf(r.facts)
		for by := range r.orders {
			r.orders[by] = orderOf(r.facts, sortOrder(by))
		}
		b.ready[i] = r
	}
}

// takeReady takes cases whose facts were made with their board.
func (l *killList) takeReady(cases []analysis.Case, r *readyList) {
	l.cases, l.facts, l.widths, l.groupOf, l.groupCount, l.ready = cases, r.facts, r.widths, r.groupOf, r.groups, r
}

// rowFactsOf makes the facts of cases, and how wide what they say is.
func rowFactsOf(cases []analysis.Case, since time.Duration) ([]rowFacts, killWidths) {
	facts, widths := make([]rowFacts, len(cases)), killWidths{}
	for i := range cases {
		facts[i] = factOf(&cases[i], since)
		widths.see(&cases[i], facts[i].ref)
	}
	return facts, widths
}

// groupsOf numbers the groups of cases.
func groupsOf(facts []rowFacts) (of []int32, n int) {
	numbers := make(map[string]int32, len(facts))
	of = make([]int32, len(facts))
	for i := range facts {
		number, known := numbers[facts[i].group]
		if !known {
			number = int32(len(numbers)) //nolint:gosec // far fewer containers than that
			numbers[facts[i].group] = number
		}
		of[i] = number
	}
	return of, len(numbers)
}

// orderOf sorts all cases.
func orderOf(facts []rowFacts, by sortOrder) []int {
	out := make([]int, len(facts))
	for i := range out {
		out[i] = i
	}
	slices.SortFunc(out, func(i, j int) int { return compareFacts(&facts[i].sortFacts, &facts[j].sortFacts, by) })
	return out
}
