package ui

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestActionsHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, a := range Actions() {
		group, what, ok := strings.Cut(a.ID, ".")
		if !ok || group == "" || what == "" || seen[a.ID] {
			t.Errorf("action %q of %s is not named well, or twice", a.ID, a.Group)
		}
		seen[a.ID] = true
		if len(a.Keys) == 0 {
			t.Errorf("%s has no key", a.ID)
		}
		for _, k := range a.Keys {
			if m, ok := pressOf(k); k != "type" && (!ok || m.String() != k) {
				t.Errorf("%s: key %q is pressed as %q", a.ID, k, m.String())
			}
		}
	}
	for _, id := range []string{"everywhere.quit", "list.sort", "list.filter", "case.longer-window", "fix.yes", "diagnosis.next-step"} {
		if !seen[id] {
			t.Errorf("there is no %s", id)
		}
	}
}

func TestNamedKeys(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"list.down-up-or-arrows": "j k", "list.half-a-page-down-up": "ctrl+d ctrl+u", "list.first-last": "g G", "list.sort": "s",
		"diagnosis.go-to-step": "1 2 3 4 5", "list.filter": "/", "diagnosis.scroll": "j k",
	}
	for _, a := range Actions() {
		if w, ok := want[a.ID]; ok && strings.Join(a.Keys, " ") != w {
			t.Errorf("%s has %q, want %q", a.ID, a.Keys, w)
		}
		delete(want, a.ID)
	}
	if len(want) > 0 {
		t.Errorf("there are no %v", want)
	}
}

func TestKeysThatCantBe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		keys map[string][]string
		id   string // of the error; empty for none
		why  string
	}{
		{map[string][]string{"list.sort": {"o"}}, "", ""},
		{map[string][]string{"list.sort": {"ctrl+s", "f5"}}, "", ""},
		{map[string][]string{"list.sort": {"w"}}, "list.sort", "list.by-workload-all"},
		{map[string][]string{"list.sort": {"w"}, "list.by-workload-all": {"s"}}, "", ""},
		{map[string][]string{"list.sort": {"q"}}, "list.sort", "everywhere.quit"},
		{map[string][]string{"everywhere.quit": {"s"}}, "everywhere.quit", "list.sort"},
		{map[string][]string{"case.shorter-window": {"w"}}, "", ""}, // w of the list is on another screen
		{map[string][]string{"list.sorted": {"o"}}, "list.sorted", "docs/keys.md"},
		{map[string][]string{"sort": {"o"}}, "sort", "list.sort"},
		{map[string][]string{"list.sort": {"oo"}}, "list.sort", "not a key"},
		{map[string][]string{"list.sort": {"Ctrl+S"}}, "list.sort", "not a key"},
		{map[string][]string{"list.sort": {}}, "list.sort", "no key"},
		{map[string][]string{"list.down-up-or-arrows": {"n"}}, "list.down-up-or-arrows", "2 keys"},
		{map[string][]string{"list.sort": {"ctrl+c"}}, "list.sort", "leaving at once"},
	} {
		_, err := newKeyset(c.keys)
		var ke *KeyError
		switch {
		case c.id == "" && err != nil:
			t.Errorf("%v: %v", c.keys, err)
		case c.id != "" && (!errors.As(err, &ke) || ke.ID != c.id || !strings.Contains(ke.Why, c.why)):
			t.Errorf("%v: error %v, want one of %s with %q", c.keys, err, c.id, c.why)
		}
	}
}

func TestChosenKeysWork(t *testing.T) {
	t.Parallel()
	keys := map[string][]string{"list.sort": {"o"}, "list.down-up-or-arrows": {"ctrl+j", "ctrl+k"}, "everywhere.quit": {"Q"}, "list.filter": {"ctrl+f"}}
	d := drive(t, func(o *Options) { o.Keys = keys }, oomKilled("database-0", 3*time.Minute), oomKilled("other-0", time.Hour))
	d.press("w", "s")
	d.sees("newest first")
	d.press("o")
	d.sees("most kills first")
	first, _ := d.app.top().(selecting).Selected()
	d.press("j")
	if k, _ := d.app.top().(selecting).Selected(); k != first {
		t.Error("j was given up and still moves")
	}
	d.press("ctrl+j")
	if k, _ := d.app.top().(selecting).Selected(); k == first {
		t.Error("ctrl+j does not move")
	}
	d.press("up")
	if k, _ := d.app.top().(selecting).Selected(); k != first {
		t.Error("the arrow, a second way, does not move")
	}
	d.press("q")
	if d.quit {
		t.Error("q was given up and still quits")
	}
	d.press("ctrl+f", "o", "q")
	d.sees("/oq_")
	d.press("esc", "?")
	d.sees("o            sort", "Q            quit", "ctrl+j ctrl+k")
	d.press("esc", "Q")
	if !d.quit {
		t.Error("Q does not quit")
	}
}

func TestPressOf(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a", "G", "?", ":", "é", "enter", "space", "ctrl+d", "alt+x", "shift+tab", "ctrl+alt+a", "f12", "pgdown", "esc", "+", "ctrl++"} {
		if m, ok := pressOf(name); !ok || m.String() != name {
			t.Errorf("pressOf(%q) is %q, %v", name, m.String(), ok)
		}
	}
	for _, name := range []string{"", "ab", " ", "ctrl+", "\x1b", "f13", "Enter"} {
		if m, ok := pressOf(name); ok && m.String() == name {
			t.Errorf("pressOf(%q) is a key", name)
		}
	}
	if !slices.Contains(Actions()[0].Keys, ":") {
		t.Errorf("the first action of all is %+v", Actions()[0])
	}
}

// TestProseNamesTheKeysOfThePerson opens screens whose sentences name keys, with and without keys of one's own.
func TestProseNamesTheKeysOfThePerson(t *testing.T) {
	for _, c := range []struct {
		chosen        map[string][]string
		want, without []string
	}{
		{nil, []string{"Nothing was said yet.", "here. esc goes back."}, []string{"X goes back"}},
		{map[string][]string{"everywhere.back": {"X"}}, []string{"here. X goes back."}, []string{"esc goes back"}},
		{map[string][]string{"everywhere.theme": {"X"}}, []string{"here. esc goes back."}, []string{"X goes back"}},
	} {
		d := drive(t, func(o *Options) { o.Keys = c.chosen }, oomKilled("database-0", time.Minute))
		d.press("M")
		d.sees(c.want...)
		for _, not := range c.without {
			if strings.Contains(d.screen(), not) {
				t.Errorf("keys %v: %q is on the screen", c.chosen, not)
			}
		}
	}
}

func TestTheDiagnosisNamesTheKeysOfThePerson(t *testing.T) {
	d := drive(t, func(o *Options) {
		o.Keys = map[string][]string{"diagnosis.copy-command": {"Y"}, "diagnosis.how-it-works": {"W"}}
	}, oomKilled("database-0", time.Minute))
	d.press("d")
	d.sees("Y copies", "W tells how it works")
}
