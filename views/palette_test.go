package views

import (
	"fmt"
	"strings"
	"testing"

	"github.com/oomedic/oomedic/data"
)

// entriesToFind are some of each kind.
func entriesToFind() []Entry {
	return []Entry{
		{Kind: "do", Name: "Sort", Key: "s", Want: PressKey{Key: "s"}},
		{Kind: "do", Name: "Quit", Key: "q", Want: PressKey{Key: "q"}},
		{Kind: "case", Name: "data/statefulset/database postgres", Note: "killed 3m ago", Want: OpenCase{databaseKey}},
		{Kind: "case", Name: "shop/deployment/leaky api", Note: "killed 12s ago", Want: OpenCase{leakyKey}},
		{Kind: "namespace", Name: "shop", Note: "2 killed", Want: Pick{"namespace", "shop"}},
		{Kind: "cluster", Name: "prod-eu", Want: Pick{"context", "prod-eu"}},
		{Kind: "theme", Name: "high-contrast", Want: PressKey{Key: "T"}},
	}
}

func paletteWith(keys ...string) *Palette {
	p := NewPalette(entriesToFind())
	p.Offer(entriesToFind(), false, "")
	press(p, keys...)
	return p
}

func init() {
	register("palette/open", func(*testing.T) Screen { return paletteWith() })
	register("palette/typed", func(*testing.T) Screen { return paletteWith("s", "h", "o", "p") })
	register("palette/nothing", func(*testing.T) Screen { return paletteWith("z", "z", "z", "z") })
	register("palette/loading", func(*testing.T) Screen { return NewPalette(entriesToFind()[:2]) })
	register("palette/problem", func(*testing.T) Screen {
		p := paletteWith()
		p.Offer(entriesToFind(), false, "namespaces can't be listed: forbidden")
		return p
	})
}

func TestPaletteGoldens(t *testing.T) {
	t.Parallel()
	everySize(t, "palette/open", paletteWith())
	everySize(t, "palette/typed", paletteWith("d", "a", "t"))
	everySize(t, "palette/nothing", paletteWith("z", "z", "z", "z"))
	everySize(t, "palette/loading", NewPalette(entriesToFind()[:2]))
}

func TestPaletteChooses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		keys []string
		want Intent
	}{
		{[]string{"enter"}, PressKey{Key: "s"}},
		{[]string{"down", "enter"}, PressKey{Key: "q"}},
		{[]string{"d", "b", "enter"}, OpenCase{databaseKey}},
		{[]string{"P", "R", "O", "D", "enter"}, Pick{"context", "prod-eu"}},
		{[]string{"z", "z", "z", "esc", "enter"}, PressKey{Key: "s"}},
	} {
		got, ok := press(paletteWith(), c.keys...).(Run)
		if !ok || got.Entry.Want != c.want {
			t.Errorf("%v chose %+v, want %+v", c.keys, got, c.want)
		}
	}
}

func TestPaletteLeaves(t *testing.T) {
	t.Parallel()
	for _, keys := range [][]string{{"esc"}, {"x", "esc", "esc"}, {"x", "backspace", "backspace"}} {
		if got := press(paletteWith(), keys...); got != (Back{}) {
			t.Errorf("%v gave %#v, want to leave", keys, got)
		}
	}
	if got := press(paletteWith(), "x", "esc"); got != nil {
		t.Errorf("esc with text gave %#v, want it cleared", got)
	}
	if _, ok := press(paletteWith(), "z", "z", "z", "enter").(Say); !ok {
		t.Error("enter on nothing says nothing")
	}
}

// TestPaletteClicks takes the rows that are drawn.
func TestPaletteClicks(t *testing.T) {
	t.Parallel()
	p, f := paletteWith(), frameOf(t, "mono", 80, 21)
	rows := strings.Split(p.View(f), "\n")
	for y, row := range rows {
		i, ok := p.ClickAt(f, y)
		if has := strings.Contains(row, "database"); has && (!ok || i.(Run).Entry.Want != (OpenCase{databaseKey})) {
			t.Errorf("a click on %q gave %#v", row, i)
		}
		if strings.TrimSpace(row) == "" && ok {
			t.Errorf("a click on the empty line %d gave %#v", y, i)
		}
	}
}

func BenchmarkPaletteKey(b *testing.B) {
	var es []Entry
	for i := range 10_000 {
		es = append(es, Entry{Kind: "case", Name: data.Text(fmt.Sprintf("namespace-%d/deployment/service-%d container", i%40, i))})
	}
	p := NewPalette(es)
	for b.Loop() {
		press(p, "s", "9", "backspace", "backspace")
	}
}
