package views

import (
	"strings"

	"charm.land/bubbles/v2/key"
)

// KeyHistory is the app's key of the list of changes, which the dialog names.
var KeyHistory = key.NewBinding(key.WithKeys("H"), key.WithHelp("H", "changes made"))

// fixKeyed are the keys that the dialog's sentences name, by what stands for them there.
var fixKeyed = map[string]key.Binding{
	"y": fixYes, "c": fixCopy, "o": fixExportKey, "w": fixWay, "a": fixKnobs, "u": fixUndo, "e": fixEditKey, "d": fixDiagnosis, "r": fixAgain,
	"x": fixEnd, "J": fixNoRecord, "f": KeyFix, "esc": KeyBack, "H": KeyHistory, "u later": historyUndo,
}

// named puts the keys that work now into a sentence of the dialog, where they stand in braces: "Press {r}".
func (f Frame) named(text string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		if bound, known := fixKeyed[name]; known && closed {
			b.WriteString(f.Key(bound))
			text = after
			continue
		}
		b.WriteString("{")
		text = rest
	}
}
