package views

import (
	"strings"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// nearBar is how many cells the bar of memory against the limit takes.
const nearBar = 12

// detail draws what is known of the row under the cursor, below a rule, in a third of the room at most: who it is and
// how it does; its memory; and why the verdict is what it is.
func (s *Kills) detail(f Frame, room int) []string {
	c := s.lists[s.tab].current()
	if c == nil || room < 6 {
		return nil
	}
	t := f.Theme
	lines := []string{""} // the rule, which View draws when it knows what is out of sight
	w, dot := f.Width-2, Render(t.Faint, " "+t.Glyphs.Dot+" ")
	lines = append(lines, " "+fitChips(s.who(f, c), dot, w))
	whyLines := 1
	if room >= 14 {
		bar := ""
		if f.Width >= shortBelow && c.Near != nil {
			bar = UsageBar(t, c.Near, nearBar) + " "
		}
		lines = append(lines, " "+bar+fitChips(s.memoryFacts(f, c), dot, w-Width(bar)))
		whyLines = 2
	}
	why := c.Confirmation.Why.String()
	if why == "" {
		why = "Press " + f.Key(killsDiagnose) + " to see how this was judged."
	}
	folded := fold(why, w)
	if len(folded) > whyLines {
		rest := strings.Join(folded[whyLines-1:], " ")
		folded = append(folded[:whyLines-1], Cut(rest, w))
	}
	for _, line := range folded {
		lines = append(lines, " "+Render(t.Text, line))
	}
	return lines
}

// who names the container, how it does now, and its last end.
func (s *Kills) who(f Frame, c *analysis.Case) []chip {
	t, v := f.Theme, &c.Confirmation
	sev := stateSeverity(t, v.State)
	k := c.Container.Key
	name := k.Pod.String()
	if room := f.Width / 2; Width(name) > room {
		name = CutMiddle(name, room)
	}
	out := []chip{{name, t.Strong}, {sev.glyph + " " + sev.word, sev.style}}
	if g := s.lists[s.tab].headed(); g != nil {
		out = []chip{{podsKilled(g.podCount(s.lists[s.tab].cases), c.Container.Workload.Replicas) + " killed", t.Strong}, {"newest: " + name, t.Text}, out[1]}
	}
	verb := "killed "
	if s.tab == tabRuled {
		verb = "ended "
	}
	at := endedAt(c)
	if at.IsZero() {
		out = append(out, chip{verb + "at an unknown time", t.Muted})
	} else {
		when := verb + Ago(at, f.Now) + " ago"
		if f.Width >= 72 {
			when += ", " + clock(f, at)
		}
		out = append(out, chip{when, t.Text})
	}
	if s.tab == tabKilled && killsWithinSpan(v, s.board.Since) == nil {
		out = append(out, chip{"how often: not known", t.Muted})
	}
	if v.ExitCode != nil || v.Scope != analysis.ScopeChild { // a container that lives on has none
		out = append(out, chip{"exit " + exitText(v.ExitCode), t.Text})
	}
	if v.Reason != "" {
		out = append(out, chip{v.Reason.String(), t.Text})
	}
	return append(out, chip{counted(int(v.Restarts), "restart"), t.Muted})
}

// origin says by what way a container is known that the API server does not tell of, what made its workload, and that it
// was injected.
func (s *Kills) origin(f Frame, c *analysis.Case) []chip {
	t, w := f.Theme, c.Container.Workload
	var out []chip
	switch c.Container.Known {
	case data.KnownFromJournal:
		out = append(out, chip{"known from an earlier run", t.Info})
	case data.KnownFromMetrics:
		out = append(out, chip{"known from Prometheus alone", t.Info})
	}
	if injected, known := c.Container.Injected(); known && injected {
		out = append(out, chip{"injected: not in the template of " + w.Ref().String(), t.Warn})
	}
	if w.Top != "" {
		out = append(out, chip{"made by " + w.Top.String(), t.Warn})
	}
	return out
}

// memoryFacts are limit, request, the nearest that memory came to the limit, and where the container runs.
func (s *Kills) memoryFacts(f Frame, c *analysis.Case) []chip {
	t, r := f.Theme, c.Container.Resources
	out := []chip{{"limit " + Limit(r.Limit), t.Text}, {"request " + Limit(r.Request), t.Text}}
	if c.Near != nil {
		sev := shareSeverity(t, c.Near)
		out = append(out, chip{sev.word + " (" + Percent(c.Near) + ")", sev.style})
	}
	if s.tab == tabKilled {
		style := t.Muted
		if scopeWord(c.Confirmation.Scope) != "" {
			style = t.Warn
		}
		out = append(out, chip{"ran out: " + scopeText(c.Confirmation.Scope), style})
	}
	if kind := c.Container.Kind; kind != data.RegularContainer && kind != "" {
		out = append(out, chip{string(kind) + " container", t.Text})
	}
	out = append(out, s.origin(f, c)...)
	out = append(out, chip{Percent(&c.Confirmation.Confidence) + " sure", t.Muted})
	if c.Near == nil && c.Overview.Peak == nil && !s.unread(c) {
		out = append(out, chip{"no samples: peak " + t.Glyphs.Unknown, t.Muted})
	}
	if c.Container.Node != "" {
		out = append(out, chip{"node " + c.Container.Node.String(), t.Muted})
	}
	if ref := c.Container.Workload.Ref(); ref != "" { // its kind, which the list has no room for in narrow terminals
		out = append(out, chip{ref.String(), t.Muted})
	}
	return out
}
