package ui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// cell is where a text stands on the screen.
func (d *driver) cell(text string) (x, y int) {
	d.t.Helper()
	for y, row := range strings.Split(d.screen(), "\n") {
		if at := strings.Index(row, text); at >= 0 {
			return len([]rune(row[:at])), y
		}
	}
	d.t.Fatalf("%q is not on the screen:\n%s", text, d.screen())
	return 0, 0
}

// click clicks on a text some times.
func (d *driver) click(text string, times int) {
	d.t.Helper()
	x, y := d.cell(text)
	for range times {
		_ = d.screen()
		d.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
	}
}

func TestTheMouseIsOffUnlessAskedFor(t *testing.T) {
	t.Parallel()
	for _, on := range []bool{false, true} {
		d := drive(t, func(o *Options) { o.Mouse = on })
		if got := d.app.View().MouseMode != tea.MouseModeNone; got != on {
			t.Errorf("asked for %v, the mouse is %v", on, got)
		}
	}
}

func TestTheMouseGoesAround(t *testing.T) {
	t.Parallel()
	second := oomKilled("other-0", time.Hour)
	second.Workload.Name = "other"
	d := drive(t, func(o *Options) { o.Mouse = true }, oomKilled("database-0", 3*time.Minute), second)
	d.click("statefulset/other", 1)
	if k, _ := d.app.top().(selecting).Selected(); k.Pod != "other-0" {
		t.Errorf("a click took %v", k)
	}
	d.pass(time.Second)
	d.click("statefulset/other", 1)
	d.seesNot("›")
	d.click("statefulset/other", 1)
	d.sees("› other-0/postgres")
	d.click("d diagnose", 1)
	d.sees("Step 1 of 5")
	d.click("› other-0", 1)
	d.seesNot("Step 1 of 5")
	d.click("oomedic", 1)
	d.seesNot("›")
	d.click("Not OOM", 1)
	d.sees("▍Not OOM")
	d.click("OOMKilled", 1)
	d.send(tea.MouseWheelMsg{Button: tea.MouseWheelUp})
	if k, _ := d.app.top().(selecting).Selected(); k.Pod != "database-0" {
		t.Errorf("the wheel took %v", k)
	}
	d.send(tea.MouseClickMsg{X: 3, Y: 4, Button: tea.MouseRight})
	d.click("? help", 1)
	d.sees("Everywhere")
	d.click("Everywhere", 1)
	d.seesNot("Everywhere")
}

// TestClicksAnywhereAreHarmless clicks every cell of every screen.
func TestClicksAnywhereAreHarmless(t *testing.T) {
	t.Parallel()
	for _, keys := range [][]string{nil, {"enter"}, {"d"}, {":"}, {"T"}, {"M"}, {"H"}, {"p"}, {"?"}} {
		d := drive(t, func(o *Options) { o.Mouse, o.Now = true, time.Now }, oomKilled("database-0", 3*time.Minute))
		d.press(keys...)
		for y := range 40 {
			for x := 0; x < 120; x += 7 {
				if y == 39 {
					continue // the keys, of which one quits
				}
				d.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
				_ = d.screen()
			}
		}
		if len(d.cluster.applied) > 0 {
			t.Errorf("%v: clicks applied %+v", keys, d.cluster.applied)
		}
	}
}
