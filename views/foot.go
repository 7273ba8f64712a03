package views

import (
	"strings"

	"charm.land/bubbles/v2/key"
)

// Foot writes keys as one line of at most f.Width cells: "enter open · d diagnose · ? help". A key that does not fit
// is left out whole, never cut, and so are those after it; the last one (help or quit) stays as long as it fits, as it
// leads to all the others.
func Foot(f Frame, keys []key.Binding) string {
	var shown []key.Binding
	for _, k := range keys {
		if k.Enabled() && k.Help().Key != "" {
			shown = append(shown, k)
		}
	}
	if len(shown) == 0 || f.Width < 2 {
		return ""
	}
	dot := " " + f.Theme.Glyphs.Dot + " "
	width := func(k key.Binding) int { return Width(k.Help().Key) + 1 + Width(k.Help().Desc) }
	last := shown[len(shown)-1]
	room := f.Width - 1 - width(last)
	if room < 0 {
		return ""
	}
	var b strings.Builder
	b.WriteByte(' ')
	for _, k := range shown[:len(shown)-1] {
		if room -= width(k) + Width(dot); room < 0 {
			break
		}
		b.WriteString(footKey(f, k) + Render(f.Theme.Faint, dot))
	}
	return b.String() + footKey(f, last)
}

func footKey(f Frame, k key.Binding) string {
	h := k.Help()
	return Render(f.Theme.Key, h.Key) + " " + Render(f.Theme.KeyDesc, h.Desc)
}
