package views

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
)

// checkSign returns the glyph and the style of a check's state.
func checkSign(t *themes.Theme, state data.CheckState) (string, lipgloss.Style) {
	switch state {
	case data.CheckPass:
		return t.Glyphs.OK, t.OK
	case data.CheckWarn:
		return t.Glyphs.Warn, t.Warn
	case data.CheckFail:
		return t.Glyphs.Bad, t.Bad
	}
	return t.Glyphs.Unknown, t.Info
}

// layChecks writes what was looked at before the change. Folded, it is what warns or fails, and a count of the rest.
func layChecks(s *sheet, f *Fix, unfold bool) {
	if f.Plan == nil || len(f.Plan.Checks) == 0 {
		return
	}
	passed, unknown := 0, 0
	for _, c := range f.Plan.Checks {
		switch {
		case unfold || c.State == data.CheckWarn || c.State == data.CheckFail:
			if !unfold && repeated(f, c) {
				continue
			}
			s.layCheck(c, unfold)
		case c.State == data.CheckPass:
			passed++
		default:
			unknown++
		}
	}
	if unfold {
		return
	}
	var parts []string
	if passed > 0 {
		parts = append(parts, counted(passed, "check")+" passed")
	}
	if unknown > 0 {
		parts = append(parts, fmt.Sprintf("%d not known", unknown))
	}
	switch {
	case unknown > 0:
		s.note(1, s.t.Info, s.t.Glyphs.Unknown, strings.Join(parts, ", ")+" (v shows all)")
	case passed > 0:
		s.note(1, s.t.OK, s.t.Glyphs.OK, parts[0]+" (v shows all)")
	}
}

// repeated reports whether a check says what the lines about managers say already.
func repeated(f *Fix, c data.Check) bool {
	for _, m := range f.Plan.ManagedBy {
		if m.Does != "" && strings.Contains(c.Says.String(), m.Does.String()) && !c.Blocks && !c.Typed {
			return true
		}
	}
	return false
}

// layCheck writes one check: its sign, its name, the reason, and what it asks for.
func (s *sheet) layCheck(c data.Check, unfold bool) {
	glyph, style := checkSign(s.t, c.State)
	text := c.Name.String() + ": " + c.Says.String()
	switch {
	case c.Blocks:
		text = strings.TrimSuffix(text, ".") + ". Nothing can be applied this way."
	case c.Typed:
		text = strings.TrimSuffix(text, ".") + ". Only with the name typed."
	}
	if c.State == data.CheckFail {
		s.alert(1, style, glyph, upperFirst(text))
	} else {
		s.note(1, style, glyph, upperFirst(text))
	}
	if unfold && c.From != "" {
		s.prose(5, s.t.Command, c.From.String())
	}
}
