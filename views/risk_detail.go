package views

import (
	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// detail draws what is known of the row under the cursor, below a rule.
func (p *riskPage) detail(f Frame, room int) []string {
	c := p.list.current()
	if c == nil || c.Risk == nil || room < 6 {
		return nil
	}
	t, r := f.Theme, c.Risk
	w, dot := f.Width-2, Render(t.Faint, " "+t.Glyphs.Dot+" ")
	sev := riskSeverity(f, r.Level)
	name := CutMiddle(c.Container.Key.Pod.String(), max(12, f.Width/2))
	lines := []string{"", " " + fitChips([]chip{{name, t.Strong}, {sev.glyph + " " + sev.word, sev.style}, {string(r.Kind), t.Muted}}, dot, w)}
	if room >= 14 {
		lines = append(lines, " "+fitChips(p.facts(f, c), dot, w))
	}
	style, text := t.Text, r.Why.String()
	most := 1
	if room >= 14 {
		most = 2
	}
	for i, line := range fold(text, w) {
		if i < most {
			lines = append(lines, " "+Render(style, line))
		}
	}
	if room >= 18 {
		for i, n := range r.Notes {
			if i < 2 {
				lines = append(lines, " "+Render(t.Muted, Cut(t.Glyphs.Dot+" also: "+n.String(), w)))
			}
		}
	}
	return lines
}

// facts are the numbers of a container: what it uses, of what that is made, and what it may use.
func (p *riskPage) facts(f Frame, c *analysis.Case) []chip {
	t, r := f.Theme, c.Risk
	out := []chip{{"uses " + bytesOf(r.Usage.WorkingSet), t.Text}, {"limit " + sizeOf(r, r.Usage.Limit), t.Text}, {"request " + sizeOf(r, r.Usage.Request), t.Text}}
	if kept, ok := r.Usage.Parts.Kept(); ok {
		out = append(out, chip{bytesOf(&kept) + " of it can't be reclaimed", t.Text})
	} else if parts := r.Usage.Parts; parts != nil && parts.RSS != nil {
		out = append(out, chip{"RSS " + bytesOf(parts.RSS), t.Text})
	}
	if r.Usage.Peak != nil {
		out = append(out, chip{"highest of 24h " + bytesOf(r.Usage.Peak), t.Muted})
	}
	if !r.Usage.At.IsZero() {
		out = append(out, chip{"measured " + Ago(r.Usage.At, f.Now) + " ago", t.Muted})
	}
	if n := r.Usage.Restarts; n != nil && *n > 0 {
		out = append(out, chip{counted(int(*n), "restart"), t.Muted})
	}
	return out
}

// bytesOf writes a size that was measured.
func bytesOf(v *float64) string {
	if v == nil {
		return "?"
	}
	return data.HumanBytes(*v)
}

// empty draws what stands in place of rows, and what to do next.
func (p *riskPage) empty(f Frame) []string {
	t, g := f.Theme, f.Theme.Glyphs
	sh := &sheet{t: t, width: f.Width, lines: []string{""}}
	switch {
	case p.filter.text != "" && p.board != nil && len(p.list.cases) > 0:
		sh.note(2, t.Strong, g.Unknown, "No row matches /"+p.filter.text+".")
		sh.prose(4, t.Muted, "esc clears the filter. Words match namespace, pod, workload, container and node.")
	case p.board == nil && p.look != nil && p.look.Problem != "":
		sh.alert(2, t.Bad, g.Bad, "The memory of the cluster could not be read: "+p.look.Problem.String())
		p.howTo(sh)
	case p.board == nil && p.metrics.Checked && !p.metrics.Reachable:
		sh.alert(2, t.Warn, g.Warn, "There is no source of memory, so nobody can say who is near the limit"+colon(p.metrics.Problem))
		p.howTo(sh)
	case p.board == nil:
		sh.note(2, t.Strong, g.Busy, "Reading the memory of all containers "+g.Ellipsis)
		sh.prose(4, t.Muted, "It is asked for again every half minute.")
	case p.board.Summary.Containers == 0:
		sh.note(2, t.Warn, g.Unknown, "No container has a measurement now, so nothing can be said.")
		p.howTo(sh)
	case p.board.Summary.Unknown == p.board.Summary.Containers:
		sh.note(2, t.Warn, g.Unknown, "The limits of the containers are not known, so nobody can say who is near.")
		sh.prose(4, t.Muted, "kube-state-metrics has them, and the API server where pods may be listed. p shows what Prometheus has.")
	default:
		sh.note(2, t.OK, g.OK, "No container is near its limit or on the way to it.")
		sh.prose(4, t.Text, "Looked at "+counted(p.board.Summary.Containers, "container")+" by "+p.board.Source.String()+".")
		sh.blank()
		sh.prose(4, t.Muted, "Here stand containers at 85 % of their limit or more, those whose growth meets it within days, and sizes that do not fit. A new one appears by itself.")
	}
	return sh.lines
}

// howTo says what to do without a source of memory.
func (p *riskPage) howTo(sh *sheet) {
	sh.prose(4, sh.t.Muted, "With a Prometheus: press p, or start with --prometheus-url. Without one: metrics-server tells what is used now.")
	sh.prose(4, sh.t.Muted, "\"oomedic check\" says what was looked for and what each answered.")
}
