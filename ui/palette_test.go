package ui

import (
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// typeIn types letters one by one.
func (d *driver) typeIn(text string) {
	for _, r := range text {
		d.press(string(r))
	}
}

func TestThePaletteLeadsToACase(t *testing.T) {
	t.Parallel()
	d := drive(t, nil, oomKilled("database-0", 3*time.Minute), oomKilled("database-1", time.Hour))
	d.press(":")
	d.sees("Go to", "Diagnose", "data/statefulset/database postgres", "high-contrast")
	d.typeIn("datapost")
	d.press("enter")
	d.sees("› database-0/postgres")
	d.seesNot("Go to")
}

// TestThePaletteHasEveryAction compares what it offers with the bindings, on each kind of screen.
func TestThePaletteHasEveryAction(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]string{"list": nil, "case": {"enter"}, "diagnosis": {"d"}, "fix": {"f"}, "changes": {"H"}, "messages": {"M"}} {
		d := drive(t, nil, oomKilled("database-0", 3*time.Minute))
		d.press(keys...)
		offered := map[string]bool{}
		for _, e := range d.app.actionEntries() {
			offered[strings.ToLower(e.Name.String())] = true
		}
		n := 0
		for _, b := range append(d.app.top().Keys(), d.app.appBindings()...) {
			if len(namedKeys(b)) == 1 && b.Enabled() {
				n++
				if !offered[strings.ToLower(b.Help().Desc)] {
					t.Errorf("%s: the palette lacks %q", name, b.Help().Desc)
				}
			}
		}
		if n < 10 {
			t.Errorf("%s: %d actions were looked at", name, n)
		}
	}
}

// TestThePaletteDoes chooses actions by their names and looks at what came of it.
func TestThePaletteDoes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ typed, sees string }{
		{"sort", "most kills first"}, {"help", "Everywhere"}, {"messages", "Nothing was said yet"}, {"diagnose", "Step 1 of 5"},
		{"filter", "/_"}, {"mono", "Theme: mono"}, {"changes made", "There is no journal here"},
	} {
		d := drive(t, nil, oomKilled("database-0", 3*time.Minute))
		d.press(":")
		d.typeIn(c.typed)
		d.press("enter")
		d.sees(c.sees)
	}
	d := drive(t, nil, oomKilled("database-0", 3*time.Minute))
	d.press(":")
	d.typeIn("quit")
	d.press("enter")
	if !d.quit {
		t.Error("quit does not quit")
	}
}

func TestThePaletteLeadsElsewhere(t *testing.T) {
	t.Parallel()
	sw := &fakeSwitcher{names: []data.Text{"data", "shop"}}
	d := drive(t, func(o *Options) { o.Switcher = sw }, oomKilled("database-0", 3*time.Minute))
	d.press("enter", ":")
	d.typeIn("shop")
	d.sees("namespace  shop")
	d.press("esc")
	d.typeIn("staging")
	d.sees("cluster    staging")
	d.press("enter")
	if len(sw.asked) != 1 || sw.asked[0] != [2]data.Text{"staging", ""} {
		t.Errorf("switched to %q", sw.asked)
	}
}

func TestEscLeavesThePalette(t *testing.T) {
	t.Parallel()
	d := drive(t, nil, oomKilled("database-0", 3*time.Minute))
	d.press(":", "x", "esc", "esc")
	d.seesNot("Go to")
	if len(d.app.stack) != 1 {
		t.Errorf("%d screens", len(d.app.stack))
	}
}

func TestMessagesAreKept(t *testing.T) {
	t.Parallel()
	d := drive(t, nil, oomKilled("database-0", 3*time.Minute))
	d.press("y")
	d.pass(10 * time.Second)
	d.seesNot("clipboard")
	d.press("M")
	d.sees("03:12:00 Sent to the terminal's clipboard: the command that confirms it")
	d.press("y", "y")
	d.sees("Sent to the terminal's clipboard: the message (2 times)")
	for range maxSaid + 50 {
		d.app.now = d.app.now.Add(time.Second)
		d.app.say(data.Textf("at %s", d.app.now))
	}
	if len(d.app.said) != maxSaid {
		t.Errorf("%d messages are kept, want %d", len(d.app.said), maxSaid)
	}
	d.press("esc")
	d.seesNot("newest first\n")
}

func TestTheThemeIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	d := drive(t, nil, oomKilled("database-0", 3*time.Minute))
	d.press("T", "j")
	if d.app.theme.Name == "mono" {
		t.Error("the theme under the cursor is not worn")
	}
	d.press("esc")
	if d.app.theme.Name != "mono" || len(d.app.stack) != 1 {
		t.Errorf("esc leaves %s and %d screens", d.app.theme.Name, len(d.app.stack))
	}
	d.press("T", "g", "enter")
	if d.app.theme.Name != "dark" || len(d.app.stack) != 1 {
		t.Errorf("enter leaves %s and %d screens", d.app.theme.Name, len(d.app.stack))
	}
}

// TestEveryScreenHasAWayBack opens each screen of the app and leaves it by esc.
func TestEveryScreenHasAWayBack(t *testing.T) {
	t.Parallel()
	d := drive(t, func(o *Options) { o.Switcher = &fakeSwitcher{} }, oomKilled("database-0", 3*time.Minute))
	for _, k := range []string{"enter", "d", "f", "H", "M", "T", ":", "p", "n", "c", "?"} {
		d.press(k)
		for range 4 {
			d.press("esc")
		}
		if _, first := d.app.top().(*views.Kills); !first || d.app.help || len(d.app.stack) != 1 {
			t.Errorf("after %s and esc there are still %d screens", k, len(d.app.stack))
		}
	}
}

// TestTheOpenPaletteKeepsUp finds a workload and sees a kill after the palette was opened; the cursor stays on its entry.
func TestTheOpenPaletteKeepsUp(t *testing.T) {
	t.Parallel()
	young := oomKilled("database-0", 3*time.Minute)
	young.Workload = data.Workload{}
	d := drive(t, nil, young)
	d.press(":")
	d.typeIn("data")
	d.sees("data/pod/database-0 postgres", "1 of ")
	d.put(oomKilled("database-0", 3*time.Minute))
	d.changed()
	d.sees("data/statefulset/database postgres")
	d.seesNot("pod/database-0")
	d.press("esc")
	d.typeIn("theme")
	d.press("down", "down")
	at := d.app.top().(*views.Palette)
	before := at.Selected()
	again := oomKilled("cache-0", time.Second)
	again.Workload.Name = "cache-themed"
	d.put(again)
	d.changed()
	if after := at.Selected(); before.Name == "" || after.Name != before.Name {
		t.Errorf("the cursor was on %q and is on %q", before.Name, after.Name)
	}
	d.sees("data/statefulset/cache-themed postgres")
}
