package ui

import (
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// codes are the keys that have a name.
var codes = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "space": tea.KeySpace, "backspace": tea.KeyBackspace,
	"delete": tea.KeyDelete, "insert": tea.KeyInsert, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
	"home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
	"f1": tea.KeyF1, "f2": tea.KeyF2, "f3": tea.KeyF3, "f4": tea.KeyF4, "f5": tea.KeyF5, "f6": tea.KeyF6,
	"f7": tea.KeyF7, "f8": tea.KeyF8, "f9": tea.KeyF9, "f10": tea.KeyF10, "f11": tea.KeyF11, "f12": tea.KeyF12,
}

// modifiers stand before a key's name, in this order.
var modifiers = []struct {
	name string
	mod  tea.KeyMod
}{{"ctrl+", tea.ModCtrl}, {"alt+", tea.ModAlt}, {"shift+", tea.ModShift}}

// pressOf returns the message of a key by its name, such as "s", "G", "ctrl+d" or "pgdown"; false when there is none.
func pressOf(name string) (tea.KeyPressMsg, bool) {
	m := tea.KeyPressMsg{}
	for _, x := range modifiers {
		if rest, ok := strings.CutPrefix(name, x.name); ok && rest != "" {
			m.Mod |= x.mod
			name = rest
		}
	}
	if code, ok := codes[name]; ok {
		m.Code = code
		if name == "space" && m.Mod == 0 {
			m.Text = " "
		}
		return m, true
	}
	r, n := utf8.DecodeRuneInString(name)
	if n != len(name) || r == utf8.RuneError || r <= ' ' || r == 0x7f {
		return m, false
	}
	m.Code = r
	if m.Mod == 0 {
		m.Text = name
	}
	return m, true
}
