package views

import (
	"strings"

	"charm.land/bubbles/v2/key"
)

// Foot writes keys as one line of at most f.Width cells: "enter open · d diagnose · ? help". A key that does not fit
// is left out whole, never cut, and so are those after it; the last one (help or quit) stays as long as it fits, as it
// leads to all the others.
func Foot(f Frame, keys []key.Binding) string {
	shown := footShown(f, keys)
	parts := make([]string, len(shown))
	for i, k := range shown {
		parts[i] = footKey(f, k)
	}
	if len(parts) == 0 {
		return ""
	}
	return " " + strings.Join(parts, Render(f.Theme.Faint, " "+f.Theme.Glyphs.Dot+" "))
}

// footGap is how many cells stand between two keys.
const footGap = 3

// footShown are the keys that fit.
func footShown(f Frame, keys []key.Binding) []key.Binding {
	var all []key.Binding
	for _, k := range keys {
		if k.Enabled() && k.Help().Key != "" {
			all = append(all, k)
		}
	}
	if len(all) == 0 || f.Width < 2 {
		return nil
	}
	last := all[len(all)-1]
	room := f.Width - 1 - footWidth(last)
	if room < 0 {
		return nil
	}
	var out []key.Binding
	for _, k := range all[:len(all)-1] {
		if room -= footWidth(k) + footGap; room < 0 {
			break
		}
		out = append(out, k)
	}
	return append(out, last)
}

// footWidth is how many cells a key takes.
func footWidth(k key.Binding) int { return Width(k.Help().Key) + 1 + Width(k.Help().Desc) }

// FootAt returns the key that Foot writes at cell x.
func FootAt(f Frame, keys []key.Binding, x int) (key.Binding, bool) {
	at := 1
	for _, k := range footShown(f, keys) {
		w := footWidth(k)
		if x >= at && x < at+w {
			return k, true
		}
		at += w + footGap
	}
	return key.Binding{}, false
}

func footKey(f Frame, k key.Binding) string {
	h := k.Help()
	return Render(f.Theme.Key, h.Key) + " " + Render(f.Theme.KeyDesc, h.Desc)
}
