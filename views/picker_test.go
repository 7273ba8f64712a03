package views

import (
	"fmt"
	"strings"
	"testing"

	"github.com/oomedic/oomedic/data"
)

// namespacesToPick are the choices of the tests.
func namespacesToPick() []Choice {
	out := []Choice{{Name: "all namespaces", Current: true}}
	for _, n := range []data.Text{"shop", "shop-staging", "data", "platform-observability", "kube-system", "workshop"} {
		out = append(out, Choice{Name: n, Note: "2 killed"})
	}
	return out
}

func picker(keys ...string) *Picker {
	p := NewPicker("namespace", "Namespace", "The list starts anew with what is picked.", namespacesToPick())
	press(p, keys...)
	return p
}

// pickerStates are the states that are drawn for comparison.
var pickerStates = []struct {
	name string
	make func() *Picker
}{
	{"all", func() *Picker { return picker("down") }},
	{"typed", func() *Picker { return picker("s", "h", "o") }},
	{"nothing", func() *Picker { return picker("z") }},
	{"loading", func() *Picker {
		p := picker()
		p.Offer(namespacesToPick()[:2], true, "cannot list namespaces: user \"eve\" lacks the right to list namespaces in the whole cluster")
		return p
	}},
	{"many", func() *Picker {
		var cs []Choice
		for i := range 500 {
			cs = append(cs, Choice{Name: data.Textf("team-%d-%s", i, strings.Repeat("x", i%90))})
		}
		p := NewPicker("context", "Context", "", cs)
		press(p, "pgdown", "pgdown")
		return p
	}},
}

func init() {
	for _, st := range pickerStates {
		register("picker/"+st.name, func(*testing.T) Screen { return st.make() })
	}
}

func TestPickerGoldens(t *testing.T) {
	t.Parallel()
	for _, st := range pickerStates {
		t.Run(st.name, func(t *testing.T) {
			t.Parallel()
			everySize(t, "picker/"+st.name, st.make())
		})
	}
}

func TestPickerPicks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		keys []string
		want Intent
	}{
		{[]string{"enter"}, Pick{"namespace", "all namespaces"}},
		{[]string{"down", "down", "up", "enter"}, Pick{"namespace", "shop"}},
		{[]string{"d", "a", "t", "enter"}, Pick{"namespace", "data"}},
		{[]string{"S", "H", "O", "P", "down", "enter"}, Pick{"namespace", "shop-staging"}},
		{[]string{"w", "s", "p", "enter"}, Pick{"namespace", "workshop"}},
		{[]string{"z", "enter"}, Say{"Nothing matches /z"}},
		{[]string{"z", "esc", "enter"}, Pick{"namespace", "all namespaces"}},
		{[]string{"esc"}, Back{}},
		{[]string{"backspace"}, Back{}},
		{[]string{"q"}, nil},
		{[]string{"x", "backspace"}, nil},
	} {
		if got := press(picker(), c.keys...); got != c.want {
			t.Errorf("%v gave %#v, want %#v", c.keys, got, c.want)
		}
	}
}

func TestPickerStaysOnItsChoice(t *testing.T) {
	t.Parallel()
	p := picker("down", "down", "down") // data
	p.Offer(append([]Choice{{Name: "a-new-one"}}, namespacesToPick()...), false, "")
	if got := press(p, "enter"); got != (Pick{"namespace", "data"}) {
		t.Errorf("after a new choice above: %#v", got)
	}
	p.Offer(nil, false, "")
	if got := press(p, "enter"); got == (Pick{"namespace", "data"}) {
		t.Errorf("a choice that is gone was picked")
	}
}

func BenchmarkPicker(b *testing.B) {
	var cs []Choice
	for i := range 5000 {
		cs = append(cs, Choice{Name: data.Text(fmt.Sprint("namespace-", i))})
	}
	p := NewPicker("namespace", "Namespace", "", cs)
	for b.Loop() {
		press(p, "9", "backspace")
	}
}
