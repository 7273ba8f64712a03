package themes

import (
	"fmt"
	"image/color"

	"charm.land/lipgloss/v2"
)

// Palette is all that tells one theme from another: fourteen colours, each "#rrggbb", the number of one of the
// terminal's sixteen colours ("0" to "15"), or empty for the terminal's own foreground. Where a colour is empty, build
// says the same with bold, faint or reverse.
type Palette struct {
	// Background is what the theme assumes to be behind it. It is never painted, as it is the terminal's; contrast is
	// tested against it.
	Background string
	Text       string // body
	Muted      string // labels and secondary columns: still text, still readable
	Faint      string // rules and grids, which nobody reads
	Accent     string // the one colour that leads the eye
	Selection  string // behind the selected row; empty is reverse video

	OK, Info, Warn, Bad string

	Usage, Other   string // working set; that of other replicas
	Limit, Request string
}

// paint returns the colour that s names.
func paint(s string) color.Color {
	if s == "" {
		return lipgloss.NoColor{}
	}
	return lipgloss.Color(s)
}

// base is what every style starts from: a part of a line, never a block of its own.
func base() lipgloss.Style { return lipgloss.NewStyle().Inline(true) }

// text returns a style in colour s.
func text(s string) lipgloss.Style {
	if s == "" {
		return base()
	}
	return base().Foreground(paint(s))
}

// quiet returns a style in colour s, or faint where there is no colour.
func quiet(s string) lipgloss.Style {
	if s == "" {
		return base().Faint(true)
	}
	return text(s)
}

// areaShare is how much of a line's colour the area under it keeps; the rest is the background's.
const areaShare = 0.45

// shade returns a style for an area under a line of colour s: closer to the background, or faint where either colour is
// the terminal's own.
func shade(s, background string) lipgloss.Style {
	a, okA := rgb(s)
	b, okB := rgb(background)
	if !okA || !okB {
		return text(s).Faint(true)
	}
	var out [3]int
	for i := range out {
		out[i] = int(areaShare*float64(a[i]) + (1-areaShare)*float64(b[i]))
	}
	return text(fmt.Sprintf("#%02x%02x%02x", out[0], out[1], out[2]))
}

// rgb reads "#rrggbb".
func rgb(s string) (out [3]int, ok bool) {
	n, err := fmt.Sscanf(s, "#%02x%02x%02x", &out[0], &out[1], &out[2])
	return out, err == nil && n == 3
}

// loud returns a style in colour s, or bold where there is no colour.
func loud(s string) lipgloss.Style {
	if s == "" {
		return base().Bold(true)
	}
	return text(s)
}

// selected returns the style of the row under the cursor. It is bold as well, so that it shows where colour is off.
func selected(p Palette) lipgloss.Style {
	if p.Selection == "" {
		return base().Reverse(true)
	}
	return text(p.Text).Background(paint(p.Selection)).Bold(true)
}

// build turns a palette into a theme. It is the one place where styles are made.
func build(p Palette) *Theme {
	return &Theme{
		Text: text(p.Text), Strong: text(p.Text).Bold(true), Muted: quiet(p.Muted), Faint: quiet(p.Faint),
		Title: text(p.Accent).Bold(true), Accent: loud(p.Accent), Header: quiet(p.Muted), Selected: selected(p),
		Key: loud(p.Accent), KeyDesc: quiet(p.Muted), Tab: quiet(p.Muted), TabOn: text(p.Text).Bold(true),
		Border: quiet(p.Faint), Input: text(p.Text).Underline(true),
		Match: loud(p.Accent).Bold(true).Underline(true),
		OK:    text(p.OK), Info: text(p.Info), Warn: loud(p.Warn), Bad: loud(p.Bad).Bold(true),
		Usage: text(p.Usage), Area: shade(p.Usage, p.Background), Other: quiet(p.Other), Limit: loud(p.Limit), Request: text(p.Request),
		Kill: loud(p.Bad).Bold(true), Gap: quiet(p.Faint), Axis: quiet(p.Muted),
		Add: text(p.OK), Remove: text(p.Bad), Hunk: text(p.Info),
		Command: loud(p.Accent), Glyphs: unicodeGlyphs,
	}
}
