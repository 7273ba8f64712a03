package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/cmd/score/simulate"
)

// conditions are the conditions in the order of their tables.
var conditions = []simulate.Condition{simulate.Clean, simulate.Degraded}

// writeTables prints all tables as Markdown.
func writeTables(w io.Writer, o options, all []result) {
	by := map[simulate.Condition][]result{}
	for _, r := range all {
		by[r.cond] = append(by[r.cond], r)
	}
	fmt.Fprintf(w, "\n## In short (part %s)\n\n", o.part)
	writeSummary(w, by)
	for _, cond := range conditions {
		fmt.Fprintf(w, "\n## %s\n", strings.ToUpper(string(cond[:1]))+string(cond[1:]))
		writeOutcomes(w, by[cond])
		writeConfusion(w, by[cond])
		writeCalibration(w, by[cond])
	}
}

// table writes rows of cells, the first being the head.
func table(w io.Writer, rows [][]string) {
	for i, r := range rows {
		fmt.Fprintf(w, "| %s |\n", strings.Join(r, " | "))
		if i == 0 {
			fmt.Fprintf(w, "|%s\n", strings.Repeat("---|", len(r)))
		}
	}
}

func (r ratio) String() string {
	if r.of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.3f (%d of %d)", r.value(), r.a, r.of)
}

func (e errs) String() string {
	if len(e.off) == 0 {
		return fmt.Sprintf("– (said for 0 of %d)", e.of)
	}
	v := slices.Sorted(slices.Values(e.off))
	within, _ := slices.BinarySearch(v, 0.2)
	out := fmt.Sprintf("%.1f %% (said for %d of %d, %d within 20 %%", 100*quantile(v, 0.5), len(v), e.of, within)
	if e.inside.of > 0 {
		out += fmt.Sprintf("; %d of %d in the stated interval", e.inside.a, e.inside.of)
	}
	return out + ")"
}

// writeSummary writes the numbers that are aimed at, a column a condition.
func writeSummary(w io.Writer, by map[simulate.Condition][]result) {
	rows := [][]string{{"", "aim"}, {"macro-F1 of the causes", "0.85, degraded 0.75"}, {"leaks, precision (healthy cases included)", "0.95"}, {"leaks, recall", "0.90"},
		{"leaks, growth an hour, median error", "10 %"}, {"leaks, next kill, median error", ""}, {"leaks, next kill under the new limit, median error", ""},
		{"leaks of which a limit is said to cure them", "0"}, {"calibration error of the confidence", "0.10"},
		{"OOM kills recognised, precision", ""}, {"OOM kills recognised, recall", ""},
		{"ends with 137 that were no OOM kill, called one", "0"},
		{"killed again within 14 days", "half of VPA's"}, {"the same under VPA, limit in proportion", ""}, {"memory above the need, mean", "VPA's"},
		{"the same under VPA, limit in proportion", ""}, {"the same answer through PromQL", "all"}}
	for _, cond := range conditions {
		m := measure(by[cond])
		own, vpa := outcomesOf(by[cond], ours), outcomesOf(by[cond], vpaScaled)
		for i, cell := range []string{string(cond), number(m.macroF1), m.leakPrecision.String(), m.leakRecall.String(), m.growth.String(), m.next.String(), m.after.String(),
			fmt.Sprintf("%d of %d", m.cured.a, m.cured.of), number(m.expected), m.detectPrecision.String(), m.detectRecall.String(),
			m.mistaken.String(), own.again.String(), vpa.again.String(), percent(own.overMean), percent(vpa.overMean), m.same.String()} {
			rows[i] = append(rows[i], cell)
		}
	}
	table(w, rows)
}

func number(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return fmt.Sprintf("%.3f", v)
}

func percent(share float64) string {
	if math.IsNaN(share) {
		return "–"
	}
	return fmt.Sprintf("%.0f %%", 100*share)
}

// writeConfusion writes what each cause was taken for.
func writeConfusion(w io.Writer, rs []result) {
	count := map[simulate.Label]map[analysis.Class]int{}
	var said []analysis.Class
	for i := range rs {
		r := &rs[i]
		if count[r.truth.Label] == nil {
			count[r.truth.Label] = map[analysis.Class]int{}
		}
		count[r.truth.Label][r.got]++
		if !slices.Contains(said, r.got) {
			said = append(said, r.got)
		}
	}
	slices.Sort(said)
	_, of := f1s(rs)
	head := []string{"true cause"}
	for _, c := range said {
		head = append(head, string(c))
	}
	rows := [][]string{append(head, "precision", "recall", "F1")}
	for _, l := range simulate.Labels {
		if count[l] == nil {
			continue
		}
		row := []string{string(l)}
		for _, c := range said {
			cell := "·"
			if n := count[l][c]; n > 0 {
				cell = fmt.Sprint(n)
			}
			row = append(row, cell)
		}
		one, known := of[classOf(l)]
		if !known || l == simulate.Healthy {
			row = append(row, "", "", "")
		} else {
			row = append(row, fmt.Sprintf("%.2f", one.precision), fmt.Sprintf("%.2f", one.recall), fmt.Sprintf("%.2f", one.f))
		}
		rows = append(rows, row)
	}
	fmt.Fprintf(w, "\nTrue causes in rows, what was said in columns. The healthy were not killed; there a leak is the mistake.\n\n")
	table(w, rows)
}

// writeCalibration writes how often each confidence was right.
func writeCalibration(w io.Writer, rs []result) {
	all, expected := calibrate(rs)
	rows := [][]string{{"confidence", "cases", "mean", "right"}}
	for k, b := range all {
		if b.n > 0 {
			rows = append(rows, []string{fmt.Sprintf("%.1f–%.1f", float64(k)/bins, float64(k+1)/bins), fmt.Sprint(b.n),
				fmt.Sprintf("%.2f", b.sum/float64(b.n)), fmt.Sprintf("%.2f", float64(b.right)/float64(b.n))})
		}
	}
	fmt.Fprintf(w, "\nCalibration of the stated confidence; the expected error is %s.\n\n", number(expected))
	table(w, rows)
}

// writeOutcomes writes what came of the limits.
func writeOutcomes(w io.Writer, rs []result) {
	head := []string{"limit from", "none given", "killed again"}
	for _, l := range simulate.Causes {
		if l.Curable() {
			head = append(head, string(l))
		}
	}
	rows := [][]string{append(head, "above the need, median", "mean", "GiB a pod", "request, mean share of the need")}
	for _, name := range policies {
		h := outcomesOf(rs, name)
		if h.again.of == 0 {
			continue
		}
		row := []string{name, fmt.Sprint(h.none.a), h.again.String()}
		for _, l := range simulate.Causes {
			if l.Curable() {
				row = append(row, fmt.Sprintf("%d/%d", h.per[l].a, h.per[l].of))
			}
		}
		rows = append(rows, append(row, percent(quantile(h.over, 0.5)), percent(h.overMean), fmt.Sprintf("%.2f", h.gib), percent(h.requestMean)))
	}
	if len(rows) == 1 {
		return
	}
	fmt.Fprintf(w, "\nKilled again within 14 days of true need, of the causes that a higher limit cures; and, where the limit held, how far it lies above the highest need.\n\n")
	table(w, rows)
}
