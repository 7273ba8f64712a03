package views

import (
	"fmt"

	"github.com/oomedic/oomedic/data"
)

// layEntry writes one change in full: what, who, where, the values before and after, and what became of each object.
func layEntry(s *sheet, fr Frame, e *data.JournalEntry, checking bool) {
	t := s.t
	dot := " " + t.Glyphs.Dot + " "
	container := dot + "container " + e.Container.String()
	if e.Way == data.WayEvict {
		container = ""
	}
	s.add(Render(t.Title, " Change  ") + Render(t.Strong, e.Workload.Ref().String()) +
		Render(t.Muted, container+dot+"namespace "+e.Workload.Namespace.String()))
	s.blank()
	glyph, style := outcomeSign(t, e)
	text := upperFirst(Outcome(e).String())
	switch {
	case checking:
		text += ": checking the cluster"
	case e.State == data.JournalIntent:
		text += ": the program wrote down what it was about to send, and then nothing more"
	}
	s.alert(1, style, glyph, text+".")
	if e.Error != "" {
		s.prose(3, t.Text, upperFirst(e.Error.String()))
	}
	s.blank()
	s.fact("when", e.At.In(fr.Zone).Format("2006-01-02 15:04:05")+", "+Ago(e.At, fr.Now)+" ago")
	who := e.User.String()
	if e.As != "" {
		who += " as " + e.As.String()
	}
	s.fact("who", who)
	s.fact("where", firstOf(e.Context.String(), "no context")+dot+e.Server.String())
	s.fact("way", wayName(e.Way))
	s.fact("id", e.ID)
	if e.UndoOf != "" {
		s.fact("undoes", e.UndoOf)
	}
	if e.UndoneBy != "" {
		s.fact("undone by", e.UndoneBy)
	}
	s.rule("what it changed")
	if e.Way == data.WayEvict {
		s.prose(1, t.Text, "The pod blocked a rollout and was deleted by eviction, which honours disruption budgets; its controller makes a new one.")
	} else {
		s.pair("limits.memory", e.Before.Limit, e.After.Limit)
		s.pair("requests.memory", e.Before.Request, e.After.Request)
	}
	if e.SizeBefore != nil && e.SizeAfter != nil {
		s.pair("emptyDir "+e.SizeAfter.Volume.String()+" sizeLimit", above(e.SizeBefore.Bytes), above(e.SizeAfter.Bytes))
	}
	for _, k := range e.Knobs {
		where := fmt.Sprintf("%s %s", k.Place, k.Name)
		s.add(" " + Render(t.Remove, Cut("- "+where+": "+k.Before.String(), s.width-1)))
		s.add(" " + Render(t.Add, Cut("+ "+where+": "+k.After.String(), s.width-1)))
	}
	layOutcomes(s, e)
	s.blank()
	if e.Undoable() {
		s.command(0, data.Clean("oomedic undo "+e.ID), false)
		s.prose(1, t.Muted, "u shows the diff that puts the former values back.")
	}
}

// layOutcomes writes what became of each object.
func layOutcomes(s *sheet, e *data.JournalEntry) {
	if len(e.Targets) == 0 {
		return
	}
	s.rule("what became of each object")
	for _, target := range e.Targets {
		l := lineOf(s, target, nil)
		if e.Way == data.WayEvict && target.State == data.TargetStored {
			l = targetLine{s.t.Glyphs.OK, target.Workload().Ref().String() + ": deleted", s.t.OK, true}
		}
		s.note(1, l.style, l.glyph, l.text)
	}
}

// above is n, or nil for none.
func above(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}

// fact writes one labelled line; one that has no text is left out.
func (s *sheet) fact(label, text string) {
	if text != "" {
		s.hang(Render(s.t.Muted, Pad("  "+label, statLabel+2)), s.t.Text, text)
	}
}

// pair writes one value before and after as a diff.
func (s *sheet) pair(name string, before, after *int64) {
	value := func(n *int64) string {
		if n == nil {
			return "none"
		}
		return data.Quantity(*n)
	}
	if same(before, after) {
		s.add(" " + Render(s.t.Muted, Cut("  "+name+": "+value(after), s.width-1)))
		return
	}
	s.add(" " + Render(s.t.Remove, Cut("- "+name+": "+value(before), s.width-1)))
	s.add(" " + Render(s.t.Add, Cut("+ "+name+": "+value(after), s.width-1)))
}
