package views

import (
	"strings"

	"github.com/oomedic/oomedic/analysis"
)

// confidenceWords name a confidence, highest first.
var confidenceWords = []struct {
	from float64
	word string
}{{0.9, "very likely"}, {0.7, "likely"}, {0.4, "possible"}, {0, "a guess"}}

// confidenceText writes a confidence as a word and a percentage: "very likely, 93%".
func confidenceText(x float64) string {
	for _, c := range confidenceWords {
		if x >= c.from {
			return c.word + ", " + Percent(&x)
		}
	}
	return Percent(&x)
}

// layCause writes the cause, how sure it is, and the numbers that it rests on.
func layCause(s *sheet, d *analysis.Diagnosis) {
	c := d.Cause
	if c.Class == "" {
		return
	}
	s.blank()
	title := c.Title.String()
	if title == "" {
		title = string(c.Class)
	}
	s.hang(" "+Render(s.t.Title, title)+" ", s.t.Muted, "("+confidenceText(c.Confidence)+")")
	if c.Summary != "" {
		s.prose(3, s.t.Text, c.Summary.String())
	}
	var facts []string
	if c.GrowthPerHour != nil {
		facts = append(facts, "growth "+growthText(c.GrowthPerHour))
	}
	if c.Baseline != nil {
		facts = append(facts, "after a start "+Bytes(c.Baseline))
	}
	if c.Plateau != nil {
		facts = append(facts, "levels off at "+Bytes(c.Plateau))
	}
	if c.ToNextKill != nil {
		facts = append(facts, "next kill in about "+Span(*c.ToNextKill))
	}
	if d.Runtime != "" {
		text := "runtime " + d.Runtime.String()
		if d.RuntimeFrom != "" {
			text += " (" + d.RuntimeFrom.String() + ")"
		}
		facts = append(facts, text)
	}
	if len(facts) > 0 {
		s.prose(3, s.t.Muted, strings.Join(facts, " "+s.t.Glyphs.Dot+" "))
	}
	if len(c.Alternatives) > 0 {
		var names []string
		for _, a := range c.Alternatives {
			names = append(names, strings.ReplaceAll(string(a.Class), "-", " ")+" "+Percent(&a.Confidence))
		}
		s.prose(3, s.t.Muted, "Less likely: "+strings.Join(names, ", "))
	}
}

// layAdvice writes what to do beside or instead of raising the limit.
func layAdvice(s *sheet, d *analysis.Diagnosis) {
	if len(d.Cause.Advice) == 0 {
		return
	}
	s.heading("What to do")
	for _, a := range d.Cause.Advice {
		s.bullet(3, a.String())
	}
}
