package views

import (
	"fmt"
	"slices"

	"charm.land/bubbles/v2/key"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// The keys of marking.
var (
	killsMarkKey   = key.NewBinding(key.WithKeys("space"), key.WithHelp("space", "mark for a fix"))
	killsFixMarked = key.NewBinding(key.WithKeys("F"), key.WithHelp("F", "fix the marked ones"))
)

// mark marks the case under the cursor, or takes its mark away, and goes on to the next row. The head of a group stands
// for its newest case, since one change is for all pods of a workload.
func (s *Kills) mark() Intent {
	l := &s.lists[s.tab]
	c := l.current()
	switch {
	case c == nil:
		return nil
	case s.tab != tabKilled:
		return Say{"Only what was OOMKilled can be marked for a fix."}
	}
	row := l.rows[l.cursor]
	if keys := l.markedOf(row, s.marks); len(keys) > 0 {
		for _, k := range keys {
			delete(s.marks, k)
		}
	} else {
		if s.marks == nil {
			s.marks = map[data.Key]bool{}
		}
		s.marks[c.Container.Key] = true
	}
	l.put(l.cursor + 1)
	return Say{data.Clean(marksText(len(s.marks)))}
}

// markedOf are the marked cases that a row stands for.
func (l *killList) markedOf(r killRow, marks map[data.Key]bool) (out []data.Key) {
	if len(marks) == 0 {
		return nil
	}
	cases := []int{r.at}
	if r.head {
		cases = r.group.cases
	}
	for _, i := range cases {
		if k := l.cases[i].Container.Key; marks[k] {
			out = append(out, k)
		}
	}
	return out
}

// fixMarked asks for the fixes of what is marked, in the order of the list.
func (s *Kills) fixMarked() Intent {
	l := &s.lists[tabKilled]
	var keys []data.Key
	for _, i := range l.order {
		if k := l.cases[i].Container.Key; s.marks[k] {
			keys = append(keys, k)
		}
	}
	for i := range l.cases { // what a filter hides was marked all the same
		if k := l.cases[i].Container.Key; s.marks[k] && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return Say{"Nothing is marked: space marks a row, F then fixes the marked ones one after another."}
	}
	return FixMarked{keys}
}

// unmark drops the marks of what has left the list or was fixed in a series.
func (s *Kills) unmark(st *State) {
	var b *Batch
	if st != nil && st.Fix != nil {
		b = st.Fix.Batch
	}
	for k := range s.marks {
		gone := !slices.ContainsFunc(s.lists[tabKilled].cases, func(c *analysis.Case) bool { return c.Container.Key == k })
		if gone || b != nil && b.Done(k) {
			delete(s.marks, k)
		}
	}
}

func marksText(n int) string {
	if n == 0 {
		return "Nothing is marked now."
	}
	return fmt.Sprintf("%d marked for a fix, one after another, each with its own diff and yes", n)
}
