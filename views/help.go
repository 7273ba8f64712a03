package views

import (
	"strings"

	"charm.land/bubbles/v2/key"
)

// HelpGroup is a heading and the keys under it.
type HelpGroup struct {
	Title string
	Keys  []key.Binding
}

// HelpView draws all keys, one a line, in two columns where there is room, scrolled down by from lines. It is exactly
// f.Height lines; what does not fit is counted in the last one. A from beyond the end shows the end.
func HelpView(f Frame, title string, groups []HelpGroup, from int) string {
	t := f.Theme
	lines := []string{"", " " + Render(t.Title, Cut(title, f.Width-2)), ""}
	blocks := helpBlocks(f, groups)
	if f.Width >= 2*helpColumn && len(blocks) > 1 {
		lines = append(lines, besides(f, blocks)...)
	} else {
		for _, b := range blocks {
			lines = append(lines, append(b, "")...)
		}
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	if len(lines) <= f.Height || f.Height < 1 {
		return Fill(f, lines)
	}
	room := f.Height - 1
	from = max(0, min(from, len(lines)-room))
	mark := " " + t.Glyphs.Up + " the end; k goes up"
	if below := len(lines) - room - from; below > 0 {
		mark = " " + t.Glyphs.Down + " " + counted(below, "more line") + "; j goes down"
	}
	shown := append(make([]string, 0, f.Height), lines[from:from+room]...)
	return Fill(f, append(shown, Render(t.Muted, mark)))
}

// HelpMax returns the largest from that still moves HelpView.
func HelpMax(f Frame, groups []HelpGroup) int {
	for from := 0; ; from++ {
		if HelpView(f, "", groups, from) == HelpView(f, "", groups, from+1) {
			return from
		}
	}
}

// helpColumn is the width of one column of keys in cells.
const helpColumn = 38

// helpKey is the room for a key's name in cells.
const helpKey = 13

// word is a word of a screen with its meaning, which help shows beside the keys. It is a binding of no key.
func word(name, means string) key.Binding {
	return key.NewBinding(key.WithKeys(""), key.WithHelp(name, means))
}

func isWord(k key.Binding) bool { return len(k.Keys()) == 1 && k.Keys()[0] == "" }

// meaning draws a word with its meaning below it.
func meaning(f Frame, h key.Help, w int) []string {
	out := []string{"   " + Render(f.Theme.Key, Cut(h.Key, w-4))}
	for _, line := range fold(h.Desc, w-7) {
		out = append(out, "     "+Render(f.Theme.KeyDesc, line))
	}
	return out
}

// keyLines draws a key with what it does, folded where it is long.
func keyLines(f Frame, h key.Help, w int) []string {
	head := Render(f.Theme.Key, Pad(h.Key, helpKey))
	var out []string
	for _, line := range fold(h.Desc, max(w-helpKey-4, 8)) {
		out = append(out, "   "+head+Render(f.Theme.KeyDesc, line))
		head = strings.Repeat(" ", helpKey)
	}
	return out
}

// helpBlocks draws each group by itself.
func helpBlocks(f Frame, groups []HelpGroup) [][]string {
	w := min(f.Width, 2*helpColumn)
	if f.Width >= 2*helpColumn && len(groups) > 1 {
		w = helpColumn
	}
	var out [][]string
	for _, g := range groups {
		block := []string{" " + Render(f.Theme.Strong, Cut(g.Title, w-2))}
		for _, k := range g.Keys {
			h := k.Help()
			if !k.Enabled() || h.Key == "" {
				continue
			}
			if isWord(k) {
				block = append(block, meaning(f, h, w)...)
				continue
			}
			block = append(block, keyLines(f, h, w)...)
		}
		if len(block) > 1 {
			out = append(out, block)
		}
	}
	return out
}

// besides puts blocks into two columns, each block whole into the shorter one.
func besides(f Frame, blocks [][]string) []string {
	var cols [2][]string
	for _, b := range blocks {
		i := 0
		if len(cols[1]) < len(cols[0]) {
			i = 1
		}
		cols[i] = append(append(cols[i], b...), "")
	}
	out := make([]string, max(len(cols[0]), len(cols[1])))
	for i := range out {
		left, right := "", ""
		if i < len(cols[0]) {
			left = cols[0][i]
		}
		if i < len(cols[1]) {
			right = cols[1][i]
		}
		out[i] = strings.TrimRight(Pad(left, helpColumn)+Cut(right, f.Width-helpColumn), " ")
	}
	return out
}
