package views

import (
	"slices"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// The room below the list in tall terminals, in lines: it is used when the list leaves it free, and is always the same
// many, so that nothing moves while the cursor does.
const (
	moreTall  = 44 // of the body: from here on
	moreLines = 9
	moreShown = 6 // pieces of evidence
)

// more tells of the case under the cursor what the diagnosis begins with, where there would be nothing otherwise: when it
// was killed, and what shows that.
func (s *Kills) more(f Frame, free int) []string {
	c := s.lists[s.tab].current()
	if c == nil || f.Height < moreTall || free < moreLines {
		return nil
	}
	t := f.Theme
	out := make([]string, 1, moreLines)
	out = append(out, " "+fitChips(s.killTimes(f, c), dotted(t), f.Width-2))
	for _, e := range c.Confirmation.Evidence[:min(moreShown, len(c.Confirmation.Evidence))] {
		sign := Render(t.OK, t.Glyphs.OK)
		if e.Unknown {
			sign = Render(t.Muted, t.Glyphs.Unknown)
		}
		out = append(out, " "+sign+" "+Render(t.Text, Cut(e.Says.String(), f.Width-4)))
	}
	if rest := len(c.Confirmation.Evidence) - moreShown; rest > 0 {
		out[len(out)-1] = Spread(out[len(out)-1], Render(t.Muted, "and "+counted(rest, "more line")+" in the diagnosis "), f.Width)
	}
	return exactly(out, moreLines)
}

// killTimes are the kills that are known, newest first.
func (s *Kills) killTimes(f Frame, c *analysis.Case) []chip {
	kills := data.MergeKills(c.Overview.Kills, c.Container.Kills)
	if len(kills) == 0 {
		return []chip{{"no kill with a time is known", f.Theme.Muted}}
	}
	out := []chip{{"kill times", f.Theme.Muted}}
	for _, k := range slices.Backward(kills) {
		out = append(out, chip{moment(k.At, f), f.Theme.Text})
	}
	return out
}
