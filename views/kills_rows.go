package views

import (
	"slices"
	"strings"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// sortOrder is the order of rows.
type sortOrder int

// The orders, in the order in which the sort key goes through them.
const (
	byNewest sortOrder = iota
	byKills
	byName
	byNearest
)

func (o sortOrder) next() sortOrder { return (o + 1) % (byNearest + 1) }

func (o sortOrder) String() string {
	return [...]string{"newest first", "most kills first", "by namespace and workload", "nearest to the limit first"}[o]
}

// rowFacts is what sorting, filtering and layout need of a case, made once when the case comes.
type rowFacts struct {
	sortFacts
	cells rowCells
	ref   string // kind/name of the workload, or pod/name without one
	group string // namespace and workload
	hay   [5]string
	all   string // the parts of hay, one a line
}

// sortFacts is what rows and groups of them are sorted by.
type sortFacts struct {
	at    time.Time
	kills int
	near  float64
	sort  string // namespace, workload, pod and container
}

// The fields that a filter can name, as indexes of rowFacts.hay.
const (
	hayNamespace = iota
	hayPod
	hayWorkload
	hayContainer
	hayNode
)

// take makes the facts of new cases.
func (l *killList) take(cases []*analysis.Case, since time.Duration) {
	if len(cases) == len(l.cases) && (len(cases) == 0 || &cases[0] == &l.cases[0]) {
		return // the board changed in something else
	}
	l.cases, l.ready = cases, nil
	l.facts, l.widths = rowFactsOf(cases, since)
	l.groupOf, l.groupCount = groupsOf(l.facts)
}

// factOf makes the facts of a case.
func factOf(c *analysis.Case, since time.Duration) *rowFacts {
	k := c.Container.Key
	f := &rowFacts{sortFacts: sortFacts{at: endedAt(c), near: -1}, ref: workloadRef(c)}
	if n := killsWithinSpan(&c.Confirmation, since); n != nil {
		f.kills = *n
	}
	if c.Near != nil {
		f.near = *c.Near
	}
	f.hay = [5]string{k.Namespace.String(), k.Pod.String(), f.ref, k.Container.String(), c.Container.Node.String()}
	f.group = k.Namespace.String() + "\x00" + f.ref
	f.sort = f.group + "\x00" + k.Pod.String() + "\x00" + k.Container.String() + "\x00" + k.UID.String()
	f.cells = cellsOf(c, f.ref)
	f.all = strings.ToLower(strings.Join(f.hay[:], "\n"))
	for j := range f.hay {
		f.hay[j] = strings.ToLower(f.hay[j])
	}
	return f
}

// workloadRef names what a case belongs to: its workload, or its pod where it has none.
func workloadRef(c *analysis.Case) string {
	if ref := c.Container.Workload.Ref(); ref != "" {
		return ref.String()
	}
	return "pod/" + c.Container.Key.Pod.String()
}

// endedAt is when the container was last killed; of one that was not, when it last ended.
func endedAt(c *analysis.Case) time.Time {
	if at := c.Confirmation.LastKillAt; !at.IsZero() {
		return at
	}
	if ends := c.Container.Terminations(); len(ends) > 0 {
		return ends[len(ends)-1].FinishedAt
	}
	return time.Time{}
}

// arrange sorts all cases and sifts them.
func (l *killList) arrange(by sortOrder, f *filter, flat bool) {
	if l.ready != nil {
		l.order = l.ready.orders[by]
	} else {
		l.order = orderOf(l.facts, by)
	}
	l.sift(by, f, flat)
}

// sift keeps the rows that the filter lets through.
func (l *killList) sift(by sortOrder, f *filter, flat bool) {
	l.kept, l.passed = 0, slices.Grow(l.passed[:0], len(l.facts))[:len(l.facts)]
	for i := range l.facts {
		l.passed[i] = f.passes(l.facts[i])
		if l.passed[i] {
			l.kept++
		}
	}
	l.gather(by, flat)
}

// passes reports whether the filter lets a case through.
func (l *killList) passes(i int) bool { return l.passed[i] }

// follow puts the cursor back onto its row: the head of its group, or its container, which may have come to stand under
// a head that is closed. Rows on screen move as little as may be: when the list is scrolled, it scrolls along. When the
// container is not in the list any more, the cursor goes to the row at other.
func (l *killList) follow(other int) {
	under := -1
	for at, r := range l.rows {
		mine := l.cases[r.at].Container.Key == l.chosen
		switch {
		case r.head && l.chosenHead == r.group.key, !r.head && l.chosenHead == "" && mine:
			l.scrollTo(at)
			return
		case r.head && under < 0 && l.has(r.group, l.chosen), !r.head && under < 0 && mine:
			under = at
		}
	}
	if under >= 0 {
		l.scrollTo(under)
		l.put(under)
		return
	}
	l.put(other)
}

// has reports whether a container is in a group.
func (l *killList) has(g *killGroup, k data.Key) bool {
	return slices.ContainsFunc(g.cases, func(i int) bool { return l.cases[i].Container.Key == k })
}

// scrollTo moves the cursor to a row and scrolls along.
func (l *killList) scrollTo(at int) {
	if l.top > 0 {
		l.top = max(0, l.top+at-l.cursor)
	}
	l.cursor = at
}

// put moves the cursor to a row, or to the nearest there is, and remembers what it is.
func (l *killList) put(at int) {
	l.cursor = max(0, min(at, len(l.rows)-1))
	c := l.current()
	if c == nil {
		return
	}
	l.chosen, l.chosenHead = c.Container.Key, ""
	if r := l.rows[l.cursor]; r.head {
		l.chosenHead = r.group.key
	}
}

// current returns the case under the cursor, of a group its newest; nil when there are no rows.
func (l *killList) current() *analysis.Case {
	if l.cursor >= len(l.rows) {
		return nil
	}
	return l.cases[l.rows[l.cursor].at]
}

// move moves the cursor by a key and reports whether it was a key that moves.
func (l *killList) move(k string) bool {
	if l.arrow(k) {
		return true
	}
	switch k {
	case "j":
		l.put(l.cursor + 1)
	case "k":
		l.put(l.cursor - 1)
	case "g", "home":
		l.put(0)
	case "G", "end":
		l.put(len(l.rows) - 1)
	case "ctrl+d":
		l.put(l.cursor + max(1, l.page/2))
	case "ctrl+u":
		l.put(l.cursor - max(1, l.page/2))
	default:
		return false
	}
	return true
}

// arrow is move for the keys that mean the same while text is typed.
func (l *killList) arrow(k string) bool {
	switch k {
	case "down":
		l.put(l.cursor + 1)
	case "up":
		l.put(l.cursor - 1)
	case "pgdown":
		l.put(l.cursor + max(1, l.page))
	case "pgup":
		l.put(l.cursor - max(1, l.page))
	default:
		return false
	}
	return true
}

// show scrolls so that the cursor is within height rows and returns the first and the one after the last row shown.
func (l *killList) show(height int) (from, to int) {
	l.page = max(0, height)
	l.top = min(l.top, l.cursor)
	l.top = max(l.top, l.cursor-l.page+1, 0)
	l.top = max(0, min(l.top, len(l.rows)-l.page))
	return l.top, min(len(l.rows), l.top+l.page)
}
