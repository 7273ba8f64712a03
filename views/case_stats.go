package views

import (
	"fmt"
	"slices"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// goodCoverage is the share of a window from which statistics stand without a remark: one hour of a day may be
// missing, as after a restart of Prometheus.
const goodCoverage = 0.95

// foot is the line of statistics, and under it the read-out of the cursor when there is one.
func (s *CaseScreen) foot(f Frame) []string {
	if s.series.chart == nil || s.series.count == 0 {
		return nil
	}
	sep := dotted(f.Theme)
	if f.Width < 100 {
		sep = "  " // so that all of them stand in 80 cells
	}
	var out []string
	if !s.cursor.IsZero() {
		out = s.readout(f)
	}
	out = append(out, " "+fitChips(s.statChips(f), sep, f.Width-1))
	out = slices.Concat(out, s.aheadText(f), s.levelsText(f), s.partsText(f))
	if f.Height >= legendTall {
		out = append(out, s.beforeAfter(f)...)
	}
	return out
}

// usage returns the statistics of the diagnosis for the window shown, when it has been made.
func (s *CaseScreen) usage() (analysis.Stats, bool) {
	d := s.state.Diagnoses[s.key]
	if d == nil || d.Value == nil {
		return analysis.Stats{}, false
	}
	u, ok := d.Value.Usage[s.window]
	return u, ok && u.Samples > 0
}

// statChips are the window's statistics, the most telling first. Percentiles are given only where all samples were
// read for them: a chart keeps the highest value of each step, which is too coarse for a p99, and its mean is above the
// mean of raw samples.
func (s *CaseScreen) statChips(f Frame) []chip {
	th, c := f.Theme, &s.series
	now := chip{"now " + data.HumanBytes(c.last), th.Usage}
	if c.chart.To != c.src.To {
		now.text = "last shown " + data.HumanBytes(c.last)
	}
	if gap := c.chart.To.Sub(time.UnixMilli(c.lastAt)); float64(gap) > silentSteps*float64(c.chart.Step) {
		now.text = fmt.Sprintf("last %s, %s ago", data.HumanBytes(c.last), Ago(time.UnixMilli(c.lastAt), f.Now))
	}
	u, whole := s.usage()
	whole = whole && s.zoom.whole()
	high, share := c.highest, c.coverage
	if whole {
		high, share = u.Max, u.Coverage
	}
	top := "max " + data.HumanBytes(high)
	if limit, ok := inForce(c.chart.Limit, s.chartOptions(f).Limit, c.highestAt); ok {
		top += fmt.Sprintf(" (%.0f%% of limit)", high/limit*100)
	}
	cover := chip{fmt.Sprintf("coverage %.0f%%", share*100), th.Muted}
	out := []chip{now, {top, th.Strong}}
	if share < goodCoverage {
		cover.style = th.Warn
		out = append(out, cover)
	}
	if whole {
		for _, v := range []struct {
			name  string
			value float64
		}{{"p99", u.P99}, {"p95", u.P95}, {"mean", u.Mean}, {"p50", u.P50}} {
			out = append(out, chip{v.name + " " + data.HumanBytes(v.value), th.Text})
		}
	} else {
		out = append(out, chip{"mean of points " + data.HumanBytes(c.mean), th.Text})
		if s.zoom.whole() && (s.window == data.Day || s.window == data.Week || s.window == data.ThirtyDay) {
			out = append(out, chip{f.Key(keyCaseLevels) + " for p95, p99", th.Muted})
		}
		out = append(out, chip{"lowest point " + data.HumanBytes(c.lowest), th.Text},
			chip{fmt.Sprintf("%s, each the max of %s", counted(c.count, "point"), data.PromDuration(c.chart.Step)), th.Muted})
	}
	if share >= goodCoverage {
		out = append(out, cover)
	}
	return out
}
