package views

import (
	"fmt"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
)

// fresh is how young a kill is marked as new.
const fresh = time.Minute

// rowPens are the pens of a row.
type rowPens struct {
	text, strong, muted, warn, bad, mark pen
	found                                pen // what a filter found
	state                                map[data.RunState]pen
	spark                                sparkPens
}

// killPens are the pens of ordinary rows and of the one under the cursor, made once a theme.
type killPens struct {
	theme         *themes.Theme
	plain, chosen rowPens
}

// of returns the pens for a theme.
func (p *killPens) of(t *themes.Theme) *killPens {
	if p.theme != t {
		*p = killPens{t, newRowPens(t, func(s lipgloss.Style) pen { return penOf(s) }),
			newRowPens(t, func(s lipgloss.Style) pen { return penOf(onRow(s, t.Selected)) })}
	}
	return p
}

func newRowPens(t *themes.Theme, of func(lipgloss.Style) pen) rowPens {
	out := rowPens{text: of(t.Text), strong: of(t.Strong), muted: of(t.Muted), warn: of(t.Warn), bad: of(t.Bad), mark: of(t.Accent), found: of(t.Match),
		state: map[data.RunState]pen{}, spark: sparkPens{of(t.Usage), of(t.Kill), of(t.Gap)}}
	for _, s := range []data.RunState{data.Running, data.CrashLooping, data.Waiting, data.Completed, data.Gone, data.Unknown} {
		out.state[s] = of(stateSeverity(t, s).style)
	}
	return out
}

// drawRow draws one case. The row under the cursor is set off from its left edge to the end of its workload's name, which
// tells it apart; the other cells stay as they are, so that a step of the cursor writes a third of what it would for whole
// rows. Where selection is reverse video the row is one block. A marked row has a sign in the gap before its first column.
func (s *Kills) drawRow(f Frame, cols []column, c *analysis.Case, sign, ref string, chosen, marked bool) string {
	p, mark := &s.pens.plain, s.pens.plain.text.ink(" ")
	between := p.text // spaces take the pen before them: a change of colour for a space is bytes that nobody sees
	if chosen {
		p = &s.pens.chosen
		between, mark = p.mark, p.mark.ink(f.Theme.Glyphs.Cursor)
	}
	whole := f.Theme.Selected.GetReverse()
	var b strings.Builder
	b.WriteString(mark)
	used := 1
	scoped := scopeWord(c.Confirmation.Scope)
	for _, col := range cols {
		if col.id == "scope" {
			scoped = "" // it has a column of its own
		}
	}
	for i := len(cols) - 1; i >= 0 && scoped != ""; i-- {
		if cols[i].id == "memory" {
			break
		}
		if cols[i].id == "workload" {
			ref = withWord(ref, scoped, cols[i].min-Width(sign))
		}
	}
	ref = sign + ref
	for i, col := range cols {
		if i == 0 && marked && col.gap > 0 {
			b.WriteString(p.mark.ink(f.Theme.Glyphs.Rollout) + between.ink(strings.Repeat(" ", col.gap-1)))
		} else {
			b.WriteString(between.ink(strings.Repeat(" ", col.gap)))
		}
		if col.id == "memory" {
			b.WriteString(s.memoryCell(f, c, p, scoped, col.min))
			between = p.text
		} else {
			text, with := s.cell(f, col, c, ref, p)
			b.WriteString(s.filter.inkFound(text, col.id, with, p.found))
			between = with
			if col.id == "killed" {
				between = p.text // its cell is written by two pens
			}
		}
		used += col.gap + col.min
		if col.id == "workload" && !whole {
			p = &s.pens.plain // from here on the row is as any other
			between = p.text
		}
	}
	if chosen && whole && used < f.Width {
		b.WriteString(p.text.ink(strings.Repeat(" ", f.Width-used)))
	}
	return b.String()
}

// withWord puts a word at the right end of a name's room of w cells.
func withWord(name, word string, w int) string {
	room := w - Width(word) - 1
	if Width(name) > room {
		name = bareRef(name)
	}
	return CutMiddle(name, room) + strings.Repeat(" ", max(1, room-Width(name)+1)) + word
}

// cell returns a cell's text, of exactly the column's width, and its pen.
func (s *Kills) cell(f Frame, col column, c *analysis.Case, ref string, p *rowPens) (string, pen) {
	text, with := "", p.muted
	k, v := &c.Container, &c.Confirmation
	switch col.id {
	case "killed":
		return s.ageCell(f, c, p)
	case "workload":
		text, with = CutMiddle(ref, col.min), p.strong
	case "namespace":
		text, with = CutMiddle(k.Key.Namespace.String(), col.min), p.text
	case "container":
		text, with = CutMiddle(k.Key.Container.String(), col.min), p.text
	case "pod":
		text = CutMiddle(k.Key.Pod.String(), col.min)
	case "node":
		text = CutMiddle(k.Node.String(), col.min)
	case "scope":
		if text, with = scopeWord(v.Scope), p.warn; text == "" {
			text, with = "limit", p.muted
		}
	case "what":
		text, with = Cut(v.Label.String(), col.min), p.text
	case "state":
		text, with = stateSeverity(f.Theme, v.State).word, p.of(v.State)
	case "kills":
		if text, with = s.killCount(v), p.text; s.tab == tabRuled {
			text = exitText(v.ExitCode)
		}
	case "limit":
		text, with = Limit(k.Resources.Limit), p.text
	case "request":
		text = Limit(k.Resources.Request)
	case "restarts":
		text = fmt.Sprint(v.Restarts)
	case "sure":
		text = Percent(&v.Confidence)
	case "peak":
		sev := shareSeverity(f.Theme, c.Near)
		text = Percent(c.Near) + " "
		if s.unread(c) {
			text = f.Theme.Glyphs.Ellipsis + " " // it is being read
		}
		if c.Near != nil {
			text, with = Percent(c.Near)+sev.glyph, p.share(*c.Near)
		}
	}
	if col.number {
		return PadLeft(text, col.min), with
	}
	return Pad(text, col.min), with
}

// share is the pen for a share of the limit.
func (p *rowPens) share(x float64) pen {
	switch {
	case x >= fullShare:
		return p.bad
	case x >= nearShare:
		return p.warn
	}
	return p.text
}

// of is the pen for a state.
func (p *rowPens) of(s data.RunState) pen {
	if with, ok := p.state[s]; ok {
		return with
	}
	return p.muted
}

// ageCell draws how the container does now, as a sign, and how long ago it was killed.
func (s *Kills) ageCell(f Frame, c *analysis.Case, p *rowPens) (string, pen) {
	sign := p.of(c.Confirmation.State).ink(stateSeverity(f.Theme, c.Confirmation.State).glyph)
	at, with := endedAt(c), p.text
	if age := f.Now.Sub(at); !at.IsZero() && age < fresh && s.tab == tabKilled {
		with = p.bad
	}
	return sign + with.ink(PadLeft(Ago(at, f.Now), 5)), pen{}
}

// unread reports whether the memory of all containers is still being read, so that nothing is known of c yet. What is read
// has steps, be they empty; what failed is a gap.
func (s *Kills) unread(c *analysis.Case) bool {
	m := s.board.Metrics
	return c.Near == nil && s.lists[s.tab].widths.spark == 0 && len(s.board.Gaps) == 0 && (!m.Checked || m.Reachable)
}

// memoryCell draws the sparkline, after the word for another scope than the container's own limit.
func (s *Kills) memoryCell(f Frame, c *analysis.Case, p *rowPens, word string, w int) string {
	out := ""
	if word != "" {
		out, w = p.warn.ink(word)+p.text.ink(" "), w-Width(word)-1
	}
	o := &c.Overview
	cells := sparkCells(o.Spark, sparkTop(c.Container.Resources.Limit, o.Spark), w)
	markKills(cells, c.Container.Kills, f.Now, s.board.Since)
	markKills(cells, o.Kills, f.Now, s.board.Since)
	if len(cells) == 0 {
		sign := f.Theme.Glyphs.Dot
		if s.unread(c) {
			sign = f.Theme.Glyphs.Ellipsis
		}
		return out + p.muted.ink(Pad(sign, w))
	}
	return out + drawSpark(cells, &f.Theme.Glyphs, p.spark) + p.text.ink(strings.Repeat(" ", w-len(cells)))
}
