package views

import (
	"strings"

	"github.com/oomedic/oomedic/data"
)

// wayNames are the ways as they are called on the screen.
var wayNames = map[data.Way]string{
	data.WayTemplate: "template", data.WayInPlace: "in place", data.WayBoth: "both", data.WayExport: "export only",
	data.WayEvict: "delete the pod",
}

// wayName returns a way's name.
func wayName(w data.Way) string {
	if n := wayNames[w]; n != "" {
		return n
	}
	return wayNames[data.WayTemplate]
}

// layWays writes the ways with what each does, the chosen one marked; when it is tight the chosen one alone and what
// happens to the pods.
func layWays(s *sheet, f *Fix, tight bool) {
	if f.Plan == nil {
		return
	}
	effect := f.Plan.Effect.String()
	if len(f.Ways) == 0 || f.Undo { // what is taken back goes the way that it came
		if effect != "" {
			s.hang(Render(s.t.Muted, Pad("  effect", statLabel)), s.t.Text, effect)
		}
		return
	}
	label := Render(s.t.Muted, Pad("  way", statLabel))
	if tight {
		s.hang(label, s.t.Text, wayName(f.Plan.Change.Way)+": "+firstOf(effect, chosenWhy(f))+bestMark(f))
		return
	}
	for _, o := range f.Ways {
		s.layWay(label, o, o.Way == f.Plan.Change.Way)
		label = Pad("", statLabel)
	}
	if effect != "" {
		s.hang(Render(s.t.Muted, Pad("  effect", statLabel)), s.t.Text, effect)
	}
}

// wayColumn is the room of a way's name in cells.
const wayColumn = 13

// layWay writes one way: its mark, its name and what speaks for or against it.
func (s *sheet) layWay(label string, o data.WayOffer, chosen bool) {
	mark, name, style := "  ", s.t.Text, s.t.Muted
	switch {
	case chosen:
		mark, name, style = Render(s.t.Accent, s.t.Glyphs.Cursor)+" ", s.t.Strong, s.t.Text
	case !o.Offered:
		name = s.t.Faint
	}
	why := o.Why.String()
	switch {
	case !o.Offered:
		why = "not possible: " + why
	case o.Preferred:
		why = "best: " + why
	}
	s.hang(label+mark+Render(name, Pad(wayName(o.Way), wayColumn)), style, why)
}

// chosenWhy is what is said about the chosen way.
func chosenWhy(f *Fix) string {
	o, _ := wayAt(f.Ways, f.Plan.Change.Way)
	return o.Why.String()
}

// bestMark says in short that another way is the best one, or why this one is.
func bestMark(f *Fix) string {
	if f.Undo {
		return ""
	}
	for _, o := range f.Ways {
		switch {
		case !o.Preferred:
		case o.Way != f.Plan.Change.Way:
			return " (best: " + wayName(o.Way) + ")"
		case o.Way != data.WayTemplate && o.Why != "":
			return " (best: " + o.Why.String() + ")"
		}
	}
	return ""
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// layKnobs writes the runtime settings beside the limit that would not follow it.
func layKnobs(s *sheet, f *Fix) {
	if f.Plan == nil || f.Undo || !f.Plan.Change.Way.Template() {
		return
	}
	knobs, too := f.Plan.Knobs, len(f.Plan.Change.Knobs) > 0
	if too {
		knobs = f.Plan.Change.Knobs
	}
	for i, k := range knobs {
		label := ""
		if i == 0 {
			label = "  runtime"
		}
		where := string(k.Place)
		if k.Name != "" {
			where += " " + k.Name.String()
		}
		hint := s.fr.named(" (stays; {a} changes it too)")
		if too {
			hint = s.fr.named(" (changed too; {a} leaves it)")
		}
		s.hang(Render(s.t.Muted, Pad(label, statLabel)), s.t.Text, where+": "+k.Before.String()+" "+s.t.Glyphs.Arrow+" "+k.After.String()+hint)
	}
}

// layManagers says who else decides these numbers, and what becomes of the change then.
func layManagers(s *sheet, f *Fix) {
	if f.Plan == nil {
		return
	}
	for _, m := range f.Plan.ManagedBy {
		who := m.Tool.String()
		if m.Name != "" {
			who += " " + m.Name.String()
		}
		text := "Managed by " + who
		if m.Does != "" {
			text += ": " + m.Does.String()
		}
		text = strings.TrimSuffix(text, ".") + "."
		if m.Reverts && f.Plan.Change.Way != data.WayExport {
			s.alert(1, s.t.Warn, s.t.Glyphs.Warn, text+s.fr.named(" Export it instead: {w}, then {o}."))
			continue
		}
		s.note(1, s.t.Warn, s.t.Glyphs.Warn, text)
	}
}
