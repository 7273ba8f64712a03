package views

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// pen writes many short texts in one style: the style is turned into its escape sequences once, which makes a list of
// rows ten times cheaper than rendering each cell. It is for text of one line without underline.
type pen struct{ open, shut string }

// penOf returns the pen of a style.
func penOf(s lipgloss.Style) pen {
	const mark = "x"
	open, shut, _ := strings.Cut(Render(s, mark), mark)
	return pen{open, shut}
}

// ink writes s.
func (p pen) ink(s string) string {
	if s == "" || p.open == "" {
		return s
	}
	return p.open + s + p.shut
}

// onRow returns style as it looks on the selected row. Where selection is reverse video the row is one block: a
// reversed colour would be a patch of that colour.
func onRow(style, selected lipgloss.Style) lipgloss.Style {
	if selected.GetReverse() {
		return selected.Underline(style.GetUnderline())
	}
	return style.Background(selected.GetBackground()).Bold(selected.GetBold() || style.GetBold())
}
