package views

import (
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// riskCore is how many columns of riskColumns are shown before any other gets more than its least width.
const riskCore = 6

// riskBar is how many cells the bar of use over limit takes at least, and at most.
const (
	riskBar     = 5
	riskBarMost = 8
	riskPercent = 4  // cells of the number before it
	riskWide    = 52 // cells from which on there is room for the bar
)

// View draws the tab: what is wrong with the look, the summary, the rows, and what is known of the one under the cursor.
func (p *riskPage) View(f Frame) string {
	p.pens.of(f.Theme)
	lines := p.notes(f)
	if p.board == nil || len(p.list.rows) == 0 {
		said := p.empty(f)
		if len(said) > f.Height-len(lines) {
			said = slices.DeleteFunc(said, func(line string) bool { return line == "" })
		}
		return Fill(f, append(lines, markCut(said, f.Height-len(lines), f.Width)...))
	}
	lines = append(lines, p.summary(f))
	detail := p.detail(f, f.Height-len(lines))
	cols := p.columns(f.Width)
	lines = append(lines, tableHead(f, cols))
	from, to := p.list.show(max(1, f.Height-len(lines)-len(detail)))
	for at := from; at < to; at++ {
		c, sign, name := p.list.shownAs(p.list.rows[at], &f.Theme.Glyphs)
		lines = append(lines, p.row(f, cols, c, sign, name, at == p.list.cursor))
	}
	for len(lines) < f.Height-len(detail) {
		lines = append(lines, "")
	}
	if len(detail) > 0 {
		detail[0] = scrollRule(f, from, len(p.list.rows)-to)
	}
	return Fill(f, append(lines, detail...))
}

// notes are the lines that say what is wrong with the look.
func (p *riskPage) notes(f Frame) []string {
	t := f.Theme
	var out []string
	add := func(style lipgloss.Style, text string) {
		out = append(out, Render(style, Cut(t.Glyphs.Warn+" "+text, f.Width)))
	}
	if p.look != nil && p.look.Problem != "" && p.board != nil {
		add(t.Bad, "The last look failed, this is as of "+clock(f, p.board.At)+": "+p.look.Problem.String())
	}
	if p.board != nil && len(p.board.Gaps) > 0 {
		g := p.board.Gaps[0]
		text := g.What.String() + colon(g.Why)
		if n := len(p.board.Gaps); n > 1 {
			text = counted(n, "thing") + " not known: " + text
		}
		add(t.Warn, text)
	}
	if f.Height < 14 && len(out) > 1 {
		out = out[:1]
	}
	return out
}

// summary is the line above the table: counts or the filter on the left, source and order on the right.
func (p *riskPage) summary(f Frame) string {
	t := f.Theme
	left := " " + Render(t.Muted, p.countsText(f))
	if p.filter.typing || p.filter.text != "" {
		text, style := p.filter.text, t.Accent
		if p.filter.typing {
			text, style = text+"_", t.Input
		}
		left = " " + Render(t.Key, "/") + Render(style, text) + Render(t.Muted, "  "+thousands(p.list.kept)+" of "+thousands(len(p.list.cases)))
	}
	right := p.orderText() + " "
	if Width(left)+Width(right)+1 > f.Width {
		return Cut(left, f.Width)
	}
	return Spread(left, Render(t.Muted, right), f.Width)
}

// columns are those that fit into width cells, the most important first.
func (p *riskPage) columns(width int) []column {
	w := p.list.widths
	ref := w.ref
	if width < shortBelow {
		ref = w.short
	}
	if p.list.grouped() {
		ref += 2
	}
	workload := column{id: "workload", head: "WORKLOAD", min: 14, want: min(maxName, ref), gap: 1, order: 2}
	left := column{id: "left", head: "OOM IN", min: 10, want: 14, gap: 2, order: 9}
	share := column{id: "share", head: "USE/LIMIT", min: 5 + riskBar, want: 5 + riskBarMost, gap: 2, order: 6}
	if width < riskWide { // the number without its bar
		workload.min, left.min, left.gap = 12, 9, 1
		share = column{id: "share", head: "USE", min: riskPercent, gap: 1, order: 6, number: true}
	}
	return fitColumns([]column{
		{id: "level", head: "LEVEL", min: 10, gap: 1, order: 0}, workload, left, share,
		{id: "namespace", head: "NAMESPACE", min: 9, want: min(24, w.namespace), gap: 2, order: 1},
		{id: "limit", head: "LIMIT", min: 6, gap: 1, order: 7, number: true},
		{id: "container", head: "CONTAINER", min: 9, want: min(24, w.container), gap: 2, order: 3},
		{id: "trend", head: "TREND", min: 8, want: 12, gap: 2, order: 10},
		{id: "growth", head: "GROWTH", min: 8, gap: 1, order: 8, number: true},
		{id: "why", head: "WHY", min: 24, want: 60, gap: 2, order: 11},
		{id: "request", head: "REQUEST", min: 7, gap: 1, order: 7, number: true},
		{id: "pod", head: "POD", min: 14, want: min(maxName, w.pod), gap: 2, order: 4},
		{id: "node", head: "NODE", min: 6, want: min(30, w.node), gap: 2, order: 5},
	}, riskCore, width-1)
}

// row draws one container. The row under the cursor is set off as in the list of kills.
func (p *riskPage) row(f Frame, cols []column, c *analysis.Case, sign, ref string, chosen bool) string {
	pens, mark := &p.pens.plain, " "
	if chosen {
		pens, mark = &p.pens.chosen, f.Theme.Glyphs.Cursor
	}
	if f.Width < shortBelow {
		ref = shortRef(ref)
	}
	var b strings.Builder
	b.WriteString(pens.mark.ink(mark))
	used, whole := 1, f.Theme.Selected.GetReverse()
	for _, col := range cols {
		b.WriteString(pens.text.ink(strings.Repeat(" ", col.gap)))
		b.WriteString(p.cell(f, col, c, sign+ref, pens))
		used += col.gap + col.min
		if col.id == "workload" && !whole {
			pens = &p.pens.plain
		}
	}
	if chosen && whole && used < f.Width {
		b.WriteString(pens.text.ink(strings.Repeat(" ", f.Width-used)))
	}
	return b.String()
}

// levelPen is the pen of a level.
func levelPen(p *rowPens, l analysis.RiskLevel) pen {
	switch l {
	case analysis.RiskCritical:
		return p.bad
	case analysis.RiskWarning:
		return p.warn
	case analysis.RiskNotice:
		return p.text
	}
	return p.muted
}

// cell draws one cell of exactly the column's width.
func (p *riskPage) cell(f Frame, col column, c *analysis.Case, ref string, pens *rowPens) string {
	r, k := c.Risk, c.Container.Key
	text, with := "", pens.muted
	switch col.id {
	case "level":
		sev := riskSeverity(f, r.Level)
		text, with = sev.glyph+" "+sev.word, levelPen(pens, r.Level)
	case "workload":
		text, with = CutMiddle(ref, col.min), pens.strong
	case "namespace":
		text, with = CutMiddle(k.Namespace.String(), col.min), pens.text
	case "container":
		text, with = CutMiddle(k.Container.String(), col.min), pens.text
	case "pod":
		text = CutMiddle(k.Pod.String(), col.min)
	case "node":
		text = CutMiddle(c.Container.Node.String(), col.min)
	case "limit":
		text, with = sizeOf(r, c.Container.Resources.Limit), pens.text
	case "request":
		text = sizeOf(r, c.Container.Resources.Request)
	case "left":
		if text = leftText(f, r); r.Left != nil {
			with = levelPen(pens, r.Level)
		}
	case "growth":
		if text = f.Theme.Glyphs.Dot; r.Growth != nil {
			text, with = data.HumanBytes(*r.Growth)+"/h", pens.text
		}
	case "why":
		text, with = Cut(r.Why.String(), col.min), pens.text
	case "share":
		return p.shareCell(f, col.min, c.Near, r.Usage.Specified, pens)
	case "trend":
		return p.trendCell(f, col.min, c, pens)
	}
	if col.number {
		return with.ink(PadLeft(text, col.min))
	}
	return with.ink(Pad(text, col.min))
}

// sharePercent writes a share of a limit, or a question mark when it is unknown.
func sharePercent(share *float64) string {
	if share == nil {
		return "?"
	}
	return analysis.SharePercent(share).String()
}

// sizeOf writes a limit or request; one that nobody told is not called none.
func sizeOf(r *analysis.Risk, n *int64) string {
	if n == nil && r != nil && !r.Usage.Specified {
		return "?"
	}
	return Limit(n)
}

// shareCell draws use over limit as a percentage and a bar.
func (p *riskPage) shareCell(f Frame, w int, share *float64, known bool, pens *rowPens) string {
	with := pens.muted
	if w <= riskPercent {
		if share != nil {
			with = pens.share(*share)
		}
		return with.ink(PadLeft(sharePercent(share), w))
	}
	if share == nil && known {
		return with.ink(Pad("   "+f.Theme.Glyphs.Dot, w)) // without a limit there is no share
	}
	if share != nil {
		with = pens.share(*share)
	}
	return with.ink(PadLeft(sharePercent(share), 4)) + pens.text.ink(" ") + UsageBar(f.Theme, share, w-5)
}

// trendCell draws how the memory of the life that runs went.
func (p *riskPage) trendCell(f Frame, w int, c *analysis.Case, pens *rowPens) string {
	spark := condensed(c.Overview.Spark, w)
	if len(spark) < 2 {
		return pens.muted.ink(Pad(f.Theme.Glyphs.Dot, w))
	}
	cells := sparkCells(spark, sparkTop(c.Container.Resources.Limit, spark), w)
	return drawSpark(cells, &f.Theme.Glyphs, pens.spark) + pens.text.ink(strings.Repeat(" ", max(0, w-len(cells))))
}

// condensed makes at most n steps of many samples, the highest of each.
func condensed(v []float64, n int) []float64 {
	if len(v) <= n || n < 1 {
		return v
	}
	out := make([]float64, n)
	for i := range out {
		part := v[i*len(v)/n : (i+1)*len(v)/n]
		out[i] = part[0]
		for _, x := range part {
			out[i] = max(out[i], x)
		}
	}
	return out
}
