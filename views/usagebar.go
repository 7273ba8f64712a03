package views

import (
	"math"
	"strings"

	"github.com/oomedic/oomedic/themes"
)

// UsageBar draws a share of a limit as a bar of w cells: 0 is empty, 1 and more is full. An unknown share is a line of
// dots. What is not quite full never looks full, and what is not quite empty never looks empty.
func UsageBar(t *themes.Theme, share *float64, w int) string {
	if w <= 0 {
		return ""
	}
	if share == nil || math.IsNaN(*share) {
		return Render(t.Faint, strings.Repeat(t.Glyphs.Dot, w))
	}
	x := max(0, min(1, *share))
	n := int(math.Round(x * float64(w)))
	if x > 0 {
		n = max(1, n)
	}
	if x < 1 {
		n = min(n, max(1, w-1))
	}
	style := shareSeverity(t, share).style
	if *share < nearShare {
		style = t.Usage
	}
	return Render(style, strings.Repeat(t.Glyphs.Bar, n)) + Render(t.Faint, strings.Repeat(t.Glyphs.BarEmpty, w-n))
}
