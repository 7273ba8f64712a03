package views

import (
	"regexp"
	"strings"
	"testing"

	"charm.land/bubbles/v2/key"
)

// TestFixNamesTheKeysThatWork draws every state of the dialog with other keys than the program's own: neither its
// sentences nor its line of keys may name a key that was given up.
func TestFixNamesTheKeysThatWork(t *testing.T) {
	t.Parallel()
	const mark = "\u2020" // stands before each key that was asked for
	bare := regexp.MustCompile(`(?:[Pp]ress|[Tt]hen|[Oo]r|with|do:) (?:[b-zJHE]|esc)(?: |,|\.|:|$)`)
	seen := false
	for _, fs := range fixStates {
		s := fs.screen(t)
		fr := frameOf(t, "dark", 200, 60)
		fr.KeyName = func(b key.Binding) string { return mark + b.Help().Key }
		text := strings.Join(strings.Fields(stripped(s.View(fr))), " ")
		if found := bare.FindString(text); found != "" {
			t.Errorf("%s names the program's own key: %q", fs.name, found)
		}
		if strings.ContainsAny(text, "{}") && strings.Contains(text, "{"+mark) {
			t.Errorf("%s has a brace left: %s", fs.name, text)
		}
		seen = seen || strings.Contains(text, mark)
	}
	if !seen {
		t.Error("no key was asked for")
	}
	if got := (Frame{}).named("a {r} b {nothing} {"); got != "a r b {nothing} {" {
		t.Errorf("%q", got)
	}
}
