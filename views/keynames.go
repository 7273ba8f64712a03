package views

import "charm.land/bubbles/v2/key"

// Keys of the app that prose on screens names. The app's own bindings are these.
var (
	KeyBack       = key.NewBinding(key.WithKeys("esc", "backspace"), key.WithHelp("esc", "back"))
	KeyQuit       = key.NewBinding(key.WithKeys("q"), key.WithHelp("q", "quit"))
	KeyFix        = key.NewBinding(key.WithKeys("f"), key.WithHelp("f", "fix"))
	KeyPrometheus = key.NewBinding(key.WithKeys("p"), key.WithHelp("p", "Prometheus"))
)

// Key names the key that does what b does: the one that the person chose in the configuration file, or the program's
// own. Prose says it in place of a letter, which may have become another one's.
func (f Frame) Key(b key.Binding) string {
	if f.KeyName != nil {
		return f.KeyName(b)
	}
	return b.Help().Key
}

// keyed are the bindings that prose names; each returns its name in f, for texts with many of them.
func (f Frame) keyed(all ...key.Binding) []any {
	out := make([]any, len(all))
	for i, b := range all {
		out[i] = f.Key(b)
	}
	return out
}
