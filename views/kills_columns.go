package views

import (
	"fmt"
	"strings"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// killWidths are the widest contents of the columns that hold names, in cells, and how many steps sparklines have.
type killWidths struct {
	namespace, ref, short, container, pod, node, spark, label int
	refs, shorts                                              widthCounts // of workloads with their kind, and with its short name
	scoped                                                    bool        // some row has a scope that is worth a word
}

// rowCells are the widths that one row asks for, in cells: of its names, sparkline and label, and 1 for a scope that is
// worth a word.
type rowCells struct{ namespace, ref, short, container, pod, node, spark, label, scoped int32 }

// cellsOf measures a case.
func cellsOf(c *analysis.Case, ref string) rowCells {
	cells := func(s string) int32 { return int32(Width(s)) } //nolint:gosec // names are far shorter than that
	k := c.Container.Key
	n := rowCells{
		namespace: cells(k.Namespace.String()), pod: cells(k.Pod.String()), container: cells(k.Container.String()), node: cells(c.Container.Node.String()),
		ref: cells(ref), short: cells(shortRef(ref)), label: cells(c.Confirmation.Label.String()), spark: int32(len(c.Overview.Spark)), //nolint:gosec // a few steps
	}
	if scopeWord(c.Confirmation.Scope) != "" {
		n.scoped = 1
	}
	return n
}

// see makes room for a case.
func (w *killWidths) see(c *analysis.Case, ref string) {
	n := cellsOf(c, ref)
	w.add(&n)
}

// add makes room for a row.
func (w *killWidths) add(n *rowCells) {
	w.namespace, w.pod, w.container = max(w.namespace, int(n.namespace)), max(w.pod, int(n.pod)), max(w.container, int(n.container))
	w.node, w.label, w.spark = max(w.node, int(n.node)), max(w.label, int(n.label)), max(w.spark, int(n.spark))
	w.ref, w.short = max(w.ref, int(n.ref)), max(w.short, int(n.short))
	w.refs.add(int(n.ref), 1)
	w.shorts.add(int(n.short), 1)
	w.scoped = w.scoped || n.scoped > 0
}

// shortKinds are kubectl's short names of workloads.
var shortKinds = map[string]string{
	"deployment": "deploy", "statefulset": "sts", "daemonset": "ds", "replicaset": "rs", "cronjob": "cj", "replicationcontroller": "rc",
}

// shortRef writes kind/name with kubectl's short name of the kind.
func shortRef(ref string) string {
	kind, name, ok := strings.Cut(ref, "/")
	if short := shortKinds[kind]; ok && short != "" {
		return short + "/" + name
	}
	return ref
}

// bareRef is the name of kind/name alone.
func bareRef(ref string) string {
	if _, name, ok := strings.Cut(ref, "/"); ok {
		return name
	}
	return ref
}

// widthCounts says how many names have each width in cells; the last counts those that are wider than any column.
type widthCounts [maxName + 2]int32

func (c *widthCounts) add(w int, n int32) { c[min(w, maxName+1)] += n }

// fit reports whether names fit into some cells, but for a few that are longer than the others.
func (c *widthCounts) fit(cells int) bool {
	var wider, all int32
	for w, n := range c {
		if all += n; w > cells {
			wider += n
		}
	}
	return wider*fewLong <= all
}

// fewLong: where no more than one name in so many is too long for its column, the others keep their kinds.
const fewLong = 5

// refForm returns how workloads are written in some cells: with their kind, with kubectl's short name of it, or by name
// alone. The kind gives way first, as a name that is cut in the middle may be that of another workload.
func (w *killWidths) refForm(cells int) func(string) string {
	form := bareRef
	switch {
	case w.refs.fit(cells):
		form = func(ref string) string { return ref }
	case w.shorts.fit(cells):
		form = shortRef
	default:
		return bareRef
	}
	return func(ref string) string {
		if text := form(ref); Width(text) <= cells {
			return text
		}
		return bareRef(ref)
	}
}

// refForm is how the workloads of the list are written in the columns that are shown.
func (l *killList) refForm(cols []column) func(string) string {
	for _, c := range cols {
		if c.id == "workload" && l.grouped() {
			return l.widths.refForm(c.min - signCells)
		} else if c.id == "workload" {
			return l.widths.refForm(c.min)
		}
	}
	return bareRef
}

// signCells is how many cells the sign of an unfolded or folded workload takes, with its space.
const signCells = 2

// The width in cells below which there is room for short kinds only, and the most that names and sparklines may take.
const (
	shortBelow = 100
	maxName    = 48
	maxSpark   = 60
)

// killCore is how many columns of killColumns are shown before any other gets more than its least width.
const killCore = 8

// killColumns are the columns that fit into width cells.
func (s *Kills) killColumns(l *killList, width int) []column {
	w := l.widths
	ref := w.ref
	if width < shortBelow {
		ref = w.short
	}
	name := func(n int) int { return min(maxName, n) }
	scope := 0
	if w.scoped && s.tab == tabKilled {
		scope = 7
	}
	count, ended, what := "KILLS", "KILLED", 0
	if s.tab == tabRuled {
		count, ended, what = "EXIT", "ENDED", 14
	}
	workload := "WORKLOAD"
	if l.grouped() {
		ref += signCells
		workload = strings.Repeat(" ", signCells) + workload
	}
	all := []column{
		{id: "killed", head: ended, min: 6, gap: 1, order: 0},
		{id: "workload", head: workload, min: 16, want: name(ref), gap: 2, order: 2},
		{id: "kills", head: count, min: 5, gap: 1, order: 8, number: true},
		{id: "what", head: "WHAT IT WAS", min: what, want: min(27, w.label), gap: 2, order: 8},
		{id: "limit", head: "LIMIT", min: 6, gap: 1, order: 11, number: true},
		{id: "namespace", head: "NAMESPACE", min: 9, want: min(24, w.namespace), gap: 2, order: 1},
		{id: "peak", head: "PEAK", min: 5, gap: 1, order: 12, number: true},
		{id: "container", head: "CONTAINER", min: 9, want: min(24, w.container), gap: 2, order: 4},
		{id: "memory", head: "MEMORY, " + s.window(), min: 11, want: max(14, min(maxSpark, w.spark)), gap: 2, order: 14},
		{id: "scope", head: "RAN OUT", min: scope, gap: 2, order: 6},
		{id: "state", head: "STATE", min: 13, gap: 2, order: 7},
		{id: "pod", head: "POD", min: 14, want: name(w.pod), gap: 2, order: 3},
		{id: "node", head: "NODE", min: 6, want: min(30, w.node), gap: 2, order: 5},
		{id: "request", head: "REQUEST", min: 7, gap: 1, order: 10, number: true},
		{id: "restarts", head: "RESTARTS", min: 8, gap: 1, order: 9, number: true},
		{id: "sure", head: "SURE", min: 4, gap: 1, order: 13, number: true},
	}
	kept := all[:0]
	for _, c := range all {
		if c.min > 0 {
			kept = append(kept, c)
		}
	}
	return fitColumns(kept, killCore, width-1)
}

// window writes the look-back window, such as 24h or 7d.
func (s *Kills) window() string {
	if s.board == nil || s.board.Since <= 0 {
		return Span(data.Day.Duration())
	}
	return Span(s.board.Since)
}

// killCount writes how often a container was killed within the look-back window, "1+" when older kills may be
// forgotten.
func (s *Kills) killCount(c *analysis.Confirmation) string {
	n := killsWithinSpan(c, s.board.Since)
	switch {
	case n == nil:
		return "?"
	case c.AtLeast:
		return fmt.Sprintf("%d+", *n)
	}
	return fmt.Sprint(*n)
}

// killsWithinSpan returns the kills of the least window that holds since; nil is unknown.
func killsWithinSpan(c *analysis.Confirmation, since time.Duration) *int {
	switch {
	case since > data.Week.Duration():
		return c.Kills.Month
	case since > data.Day.Duration():
		return c.Kills.Week
	}
	return c.Kills.Day
}

// exitText writes an exit code.
func exitText(code *int32) string {
	if code == nil {
		return "?"
	}
	return fmt.Sprint(*code)
}
