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

// writeTables prints all tables as Markdown.
func writeTables(w io.Writer, o options, all []result) {
	for _, cond := range []simulate.Condition{simulate.Clean, simulate.Degraded} {
		var rs []result
		for _, r := range all {
			if r.cond == cond {
				rs = append(rs, r)
			}
		}
		fmt.Fprintf(w, "\n## %s, %s\n", o.part, cond)
		writeSummary(w, rs)
		writeConfusion(w, rs)
		writeCalibration(w, rs)
		writeOutcomes(w, rs)
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

func share(a, b int) string {
	if b == 0 {
		return "–"
	}
	return fmt.Sprintf("%.3f (%d of %d)", float64(a)/float64(b), a, b)
}

// f1s returns precision, recall and F1 of every class that a case should have had.
func f1s(rs []result) (classes []analysis.Class, p, r, f map[analysis.Class]float64) {
	tp, said, is := map[analysis.Class]int{}, map[analysis.Class]int{}, map[analysis.Class]int{}
	for _, one := range rs {
		if one.truth.Label == simulate.Healthy {
			continue
		}
		want := classOf(one.truth.Label)
		is[want]++
		said[one.got]++
		if one.right() {
			tp[want]++
		}
	}
	p, r, f = map[analysis.Class]float64{}, map[analysis.Class]float64{}, map[analysis.Class]float64{}
	for _, l := range simulate.Causes {
		c := classOf(l)
		if is[c] == 0 || slices.Contains(classes, c) {
			continue
		}
		classes = append(classes, c)
		if said[c] > 0 {
			p[c] = float64(tp[c]) / float64(said[c])
		}
		r[c] = float64(tp[c]) / float64(is[c])
		if p[c]+r[c] > 0 {
			f[c] = 2 * p[c] * r[c] / (p[c] + r[c])
		}
	}
	return classes, p, r, f
}

// macroF1 is the mean F1 of the classes.
func macroF1(rs []result) float64 {
	classes, _, _, f := f1s(rs)
	sum := 0.0
	for _, c := range classes {
		sum += f[c]
	}
	return sum / float64(max(1, len(classes)))
}

// writeSummary writes the numbers that are aimed at.
func writeSummary(w io.Writer, rs []result) {
	var oom, oomSeen, said, saidRight, leaks, leakSaid, leakRight, cured int
	var growth, next []float64
	growing, nexts := 0, 0
	for i := range rs {
		r := &rs[i]
		if r.truth.OOM {
			oom++
			if r.detected {
				oomSeen++
			}
		}
		if r.detected {
			said++
			if r.truth.OOM {
				saidRight++
			}
		}
		if r.truth.Label.Growing() {
			leaks++
			if r.cures {
				cured++
			}
			growing++
			if r.growth != nil && r.truth.Growth > 0 {
				growth = append(growth, math.Abs(*r.growth-r.truth.Growth)/r.truth.Growth)
			}
			if r.trueNext != nil {
				nexts++
				if r.next != nil {
					next = append(next, math.Abs(r.next.Seconds()-r.trueNext.Seconds())/r.trueNext.Seconds())
				}
			}
		}
		if leakClass(r.got) {
			leakSaid++
			if r.truth.Label.Growing() {
				leakRight++
			}
		}
	}
	rows := [][]string{{"what", "value"},
		{"OOM kills recognised, precision", share(saidRight, said)}, {"OOM kills recognised, recall", share(oomSeen, oom)},
		{"macro-F1 of the causes", fmt.Sprintf("%.3f", macroF1(rs))},
		{"leak, precision (healthy cases included)", share(leakRight, leakSaid)}, {"leak, recall", share(leakRight, leaks)},
		{"leak called cured", fmt.Sprint(cured)},
		{"growth of leaks, median error", errorText(growth, growing)},
		{"next kill of leaks, median error", errorText(next, nexts)},
	}
	fmt.Fprintln(w)
	table(w, rows)
}

func errorText(v []float64, of int) string {
	if len(v) == 0 {
		return fmt.Sprintf("– (given for 0 of %d)", of)
	}
	slices.Sort(v)
	within := 0
	for _, x := range v {
		if x <= 0.2 {
			within++
		}
	}
	return fmt.Sprintf("%.1f %% (given for %d of %d; within 20 %%: %d)", 100*quantile(v, 0.5), len(v), of, within)
}

// quantile of sorted values.
func quantile(v []float64, q float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	at := q * float64(len(v)-1)
	lo := int(at)
	hi := min(lo+1, len(v)-1)
	return v[lo] + (v[hi]-v[lo])*(at-float64(lo))
}

// writeConfusion writes what each cause was taken for.
func writeConfusion(w io.Writer, rs []result) {
	count := map[simulate.Label]map[analysis.Class]int{}
	var said []analysis.Class
	for _, r := range rs {
		if count[r.truth.Label] == nil {
			count[r.truth.Label] = map[analysis.Class]int{}
		}
		count[r.truth.Label][r.got]++
		if !slices.Contains(said, r.got) {
			said = append(said, r.got)
		}
	}
	slices.Sort(said)
	_, p, r, f := f1s(rs)
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
		if c := classOf(l); l != simulate.Healthy {
			row = append(row, fmt.Sprintf("%.2f", p[c]), fmt.Sprintf("%.2f", r[c]), fmt.Sprintf("%.2f", f[c]))
		} else {
			row = append(row, "", "", "")
		}
		rows = append(rows, row)
	}
	fmt.Fprintf(w, "\nTrue causes in rows, what was said in columns:\n\n")
	table(w, rows)
}

// bins of the reliability table.
const bins = 5

// writeCalibration writes how often each confidence was right.
func writeCalibration(w io.Writer, rs []result) {
	n, right, sum := [bins]int{}, [bins]int{}, [bins]float64{}
	total := 0
	for i := range rs {
		r := &rs[i]
		if r.truth.Label == simulate.Healthy {
			continue
		}
		k := min(bins-1, max(0, int(r.conf*bins)))
		n[k]++
		total++
		sum[k] += r.conf
		if r.right() {
			right[k]++
		}
	}
	rows := [][]string{{"confidence", "cases", "mean", "right"}}
	ece := 0.0
	for k := range bins {
		if n[k] == 0 {
			continue
		}
		mean, hit := sum[k]/float64(n[k]), float64(right[k])/float64(n[k])
		ece += math.Abs(mean-hit) * float64(n[k]) / float64(total)
		rows = append(rows, []string{fmt.Sprintf("%.1f–%.1f", float64(k)/bins, float64(k+1)/bins), fmt.Sprint(n[k]), fmt.Sprintf("%.2f", mean), fmt.Sprintf("%.2f", hit)})
	}
	fmt.Fprintf(w, "\nCalibration of the stated confidence, expected error %.3f:\n\n", ece)
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
	rows := [][]string{append(head, "over, median", "over, mean", "over, GiB a pod")}
	for _, name := range policies {
		n, again, none := 0, 0, 0
		per, perAgain := map[simulate.Label]int{}, map[simulate.Label]int{}
		var over []float64
		gib, mean := 0.0, 0.0
		for i := range rs {
			o, ok := rs[i].outcomes[name]
			if !ok {
				continue
			}
			n++
			per[rs[i].truth.Label]++
			if o.limit == 0 {
				none++
			}
			if o.killed {
				again++
				perAgain[rs[i].truth.Label]++
				continue
			}
			over = append(over, o.overShare)
			mean += o.overShare
			gib += o.over / (1 << 30)
		}
		if n == 0 {
			return
		}
		row := []string{name, fmt.Sprint(none), share(again, n)}
		for _, l := range simulate.Causes {
			if l.Curable() {
				row = append(row, fmt.Sprintf("%d/%d", perAgain[l], per[l]))
			}
		}
		slices.Sort(over)
		k := float64(max(1, len(over)))
		rows = append(rows, append(row, fmt.Sprintf("%.0f %%", 100*quantile(over, 0.5)), fmt.Sprintf("%.0f %%", 100*mean/k), fmt.Sprintf("%.2f", gib/k)))
	}
	fmt.Fprintf(w, "\nKilled again within 14 days of true need, causes that a limit cures; over is the limit above the highest need where it held:\n\n")
	table(w, rows)
}
