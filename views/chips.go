package views

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// chip is one piece of a line with its own style.
type chip struct {
	text  string
	style lipgloss.Style
}

// fitChips joins as many chips as fit into w cells, with sep between them, in order: the most important come first.
// The first one is cut when even it does not fit; what does not fit after it is left out whole.
func fitChips(chips []chip, sep string, w int) string {
	var b strings.Builder
	used := 0
	for i, c := range chips {
		n := Width(c.text)
		if i == 0 {
			text := Cut(c.text, w)
			b.WriteString(Render(c.style, text))
			used = Width(text)
			continue
		}
		if used+Width(sep)+n > w {
			continue
		}
		b.WriteString(sep + Render(c.style, c.text))
		used += Width(sep) + n
	}
	return b.String()
}
