package views

import (
	"fmt"
	"strings"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// layNext writes what is to be expected if nothing is done, and with the new size.
func layNext(s *sheet, d *analysis.Diagnosis) {
	today, then := nextToday(d), nextThen(d)
	if today == "" && then == "" {
		return
	}
	s.heading("What comes next")
	if today != "" {
		s.hang(Render(s.t.Muted, Pad("   as it is", nextLabel)), s.t.Text, today)
	}
	if then != "" {
		style := s.t.Text
		if d.Recommendation.Cures {
			style = s.t.OK
		}
		s.hang(Render(s.t.Muted, Pad("   with "+Limit(d.Recommendation.Limit), nextLabel)), style, then)
	}
}

// nextLabel is the width of the labels in front of what comes next, in cells.
const nextLabel = 16

// nextToday says when the next kill comes and what the kills cost when nothing is done.
func nextToday(d *analysis.Diagnosis) string {
	var parts []string
	if f := d.Forecast; f.Likely != nil {
		text := "next kill in about " + Span(*f.Likely)
		if f.Low != nil && f.High != nil && Span(*f.Low) != Span(*f.High) {
			text += fmt.Sprintf(" (%s to %s)", Span(*f.Low), Span(*f.High))
		}
		parts = append(parts, text)
	}
	if n := d.Cost.RestartsPerWeek; n != nil {
		text := fmt.Sprintf("%.0f kills a week", *n)
		if *n == 1 {
			text = "1 kill a week"
		}
		if m := d.Cost.MinutesLost; m != nil {
			text += fmt.Sprintf(", %.0f minutes down", *m)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// nextThen says what the new size leads to.
func nextThen(d *analysis.Diagnosis) string {
	r := d.Recommendation
	switch {
	case r.Limit == nil:
		return ""
	case r.Cures:
		text := "no kill is expected from what was seen"
		if u := d.Usage[data.ThirtyDay]; u.Samples > 0 {
			text += fmt.Sprintf(": p99 would be %.0f%% of the limit", u.P99/float64(*r.Limit)*100)
		}
		return text
	case r.ToKill != nil:
		text := "killed again about " + Span(*r.ToKill) + " after each start"
		if r.ToKillLow != nil && r.ToKillHigh != nil {
			text += fmt.Sprintf(" (%s to %s)", Span(*r.ToKillLow), Span(*r.ToKillHigh))
		}
		return text
	}
	return "killed again, only later: the cause stays"
}

// costSteps are the lines of the arithmetic of the cost, without those that stand elsewhere on the page.
func costSteps(c analysis.Cost) []data.Text {
	var out []data.Text
	for _, line := range c.Steps {
		if line == c.BandAid || strings.HasPrefix(line.String(), "doing nothing:") {
			continue
		}
		out = append(out, line)
	}
	return out
}
