package views

import (
	"fmt"

	"charm.land/lipgloss/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
)

// Shares of the limit at which a number is shown as a warning and as bad: at 85 % an ordinary peak is close, at 95 %
// a container runs within the noise of its limit.
const (
	nearLimit = 0.85
	atLimit   = 0.95
)

// statRow is one line of the table of statistics.
type statRow struct {
	name string
	of   func(analysis.Stats) float64
}

var statRows = []statRow{
	{"mean", func(s analysis.Stats) float64 { return s.Mean }},
	{"p50", func(s analysis.Stats) float64 { return s.P50 }},
	{"p95", func(s analysis.Stats) float64 { return s.P95 }},
	{"p99", func(s analysis.Stats) float64 { return s.P99 }},
	{"max", func(s analysis.Stats) float64 { return s.Max }},
}

// statLimit returns the limit that statistics are compared with: the one at the kill, else the present one.
func statLimit(d *analysis.Diagnosis) *int64 {
	if d.LimitAtKill != nil {
		return d.LimitAtKill
	}
	return d.Container.Resources.Limit
}

// layHistory writes the table of statistics: a column a window, a row a statistic, each with its share of the limit.
func layHistory(s *sheet, f Frame, d *analysis.Diagnosis, loading bool) {
	s.blank()
	samples := 0
	for _, w := range data.StatWindows {
		samples += d.Usage[w].Samples
	}
	if samples == 0 && loading {
		s.prose(3, s.t.Muted, "The table of numbers comes with the history.")
		return
	}
	if samples == 0 {
		s.note(1, s.t.Info, s.t.Glyphs.Unknown, "There are no samples of this container's memory, so there is no table.")
		return
	}
	limit := statLimit(d)
	cell, shares := statCells(s.width, limit != nil)
	head, of := Pad("", statLabel), "   of the limit "+Limit(limit)
	if shares && statLabel+cell*len(data.StatWindows)+Width(of) > s.width {
		head, of = Pad(" % of "+Limit(limit), statLabel), ""
	}
	for _, w := range data.StatWindows {
		head += PadLeft(string(w), cell)
	}
	if shares {
		head += of
	}
	s.add(Render(s.t.Header, head))
	for _, r := range statRows {
		line := Render(s.t.Muted, Pad("   "+r.name, statLabel))
		for _, w := range data.StatWindows {
			st := d.Usage[w]
			line += statCell(s.t, st.Samples > 0, r.of(st), limit, cell, shares)
		}
		s.add(line)
	}
	growth, covered := Render(s.t.Muted, Pad("   growth", statLabel)), Render(s.t.Muted, Pad("   covered", statLabel))
	for _, w := range data.StatWindows {
		st := d.Usage[w]
		growth += Render(s.t.Text, PadLeft(growthText(st.GrowthPerHour), cell))
		share := "none"
		if st.Samples > 0 {
			share = Percent(&st.Coverage)
		}
		covered += Render(s.t.Text, PadLeft(share, cell))
	}
	s.add(growth)
	s.add(covered)
	layHistoryNotes(s, f, d)
}

// statLabel is the width of the table's first column in cells.
const statLabel = 11

// statCells returns how wide a column of the table is, and whether shares of the limit have room in it.
func statCells(width int, limit bool) (cell int, shares bool) {
	room := (width - statLabel) / len(data.StatWindows)
	if limit && room >= 14 {
		return min(room, 16), true
	}
	return max(8, min(room, 10)), false
}

func statCell(t *themes.Theme, known bool, v float64, limit *int64, cell int, shares bool) string {
	if !known {
		return Render(t.Muted, PadLeft("?", cell))
	}
	style, share := t.Text, ""
	if limit != nil && *limit > 0 {
		x := v / float64(*limit)
		style = shareStyle(t, x)
		share = Percent(&x)
	}
	if !shares {
		return Render(style, PadLeft(data.HumanBytes(v), cell))
	}
	return Render(style, PadLeft(data.HumanBytes(v), cell-6)+PadLeft(share, 6))
}

func shareStyle(t *themes.Theme, x float64) lipgloss.Style {
	switch {
	case x >= atLimit:
		return t.Bad
	case x >= nearLimit:
		return t.Warn
	}
	return t.Text
}

// growthText writes a slope: "+18Mi/h", "-2Mi/h", or a question mark.
func growthText(g *float64) string {
	if g == nil {
		return "?"
	}
	text := data.HumanBytes(*g) + "/h"
	if *g > 0 {
		text = "+" + text
	}
	return text
}

// layHistoryNotes says what the numbers rest on.
func layHistoryNotes(s *sheet, f Frame, d *analysis.Diagnosis) {
	if d.ClippedAtLimit != nil && *d.ClippedAtLimit {
		s.note(1, s.t.Warn, s.t.Glyphs.Warn, "Samples stop at the limit, so the true need is not known: it is at least this much.")
	}
	h := d.History
	if h == nil || len(d.Steps[historyStep].Detail) > 0 {
		return // the step's own lines say it
	}
	text := "History"
	if !h.First.IsZero() {
		text += " since " + h.First.In(f.Zone).Format("2006-01-02 15:04")
	}
	if h.ScrapeInterval > 0 {
		text += ", a sample every " + Span(h.ScrapeInterval)
	}
	if n := len(h.Lives); n > 0 {
		lives := " lives"
		if n == 1 {
			lives = " life"
		}
		text += fmt.Sprintf(", %d container%s", n, lives)
	}
	if h.Source != "" {
		text += ", from " + h.Source.String()
	}
	s.prose(1, s.t.Muted, text+".")
}

// notInTable returns the evidence that is no number of the table.
func notInTable(d *analysis.Diagnosis, list []analysis.Evidence) []analysis.Evidence {
	var out []analysis.Evidence
	for _, e := range list {
		if !tabled(d, e.From) {
			out = append(out, e)
		}
	}
	return out
}

// tabled reports whether query gives a number of the table.
func tabled(d *analysis.Diagnosis, query data.Text) bool {
	for _, st := range d.Usage {
		for _, q := range st.From {
			if q == query && q != "" {
				return true
			}
		}
	}
	return false
}

// statQueries returns the PromQL of the longest window that has samples, in the order of the table.
func statQueries(d *analysis.Diagnosis) []data.Text {
	for i := len(data.StatWindows) - 1; i >= 0; i-- {
		st := d.Usage[data.StatWindows[i]]
		if st.Samples == 0 || len(st.From) == 0 {
			continue
		}
		var out []data.Text
		for _, name := range []string{"p99", "p95", "p50", "max", "mean"} {
			if q := st.From[name]; q != "" {
				out = append(out, q)
			}
		}
		return out
	}
	return nil
}
