package views

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestTheListIsAsItWasLeft(t *testing.T) {
	t.Parallel()
	left := killsAfter(t, "tab", "s", "s", "w")
	next := NewKills()
	next.Resume(left.Place())
	next.Set(fixtureState(t))
	f := frameOf(t, "mono", 120, 37)
	if next.Place() != left.Place() || ansi.Strip(next.View(f)) != ansi.Strip(left.View(f)) {
		t.Errorf("left as %+v, found as %+v", left.Place(), next.Place())
	}
	for _, p := range []ListPlace{{Tab: 99}, {Tab: -1}, {Sort: "colour"}} {
		s := NewKills()
		s.Resume(p)
		if s.Place() != NewKills().Place() {
			t.Errorf("%+v is taken as %+v", p, s.Place())
		}
	}
}

// killsAfter is the list of the fixture after some keys.
func killsAfter(t *testing.T, keys ...string) *Kills {
	t.Helper()
	s := NewKills()
	s.Set(fixtureState(t))
	s.View(frameOf(t, "mono", 120, 37))
	press(s, keys...)
	return s
}

// TestClicksMeetRows clicks every cell's row and looks whether the cursor goes to what is drawn there.
func TestClicksMeetRows(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"quiet", "noted"} {
		s := NewKills()
		st := fixtureState(t)
		if state == "noted" {
			st.Board.Metrics.Reachable, st.Board.Metrics.Problem = false, "connection refused"
		}
		s.Set(st)
		f := frameOf(t, "mono", 120, 37)
		rows := strings.Split(ansi.Strip(s.View(f)), "\n")
		n := 0
		for y, row := range rows {
			for _, r := range fixtureRows {
				ref := strings.ToLower(r.kind.String()) + "/" + r.workload.String()
				if y > 30 || !strings.Contains(row, ref) {
					continue
				}
				n++
				if s.ClickAt(f, 5, y, false); s.lists[0].current().Container.Key != r.key {
					t.Errorf("%s: a click on line %d took %v, want %v", state, y, s.lists[0].current().Container.Key, r.key)
				}
				if got := s.ClickAt(f, 5, y, true); got != (OpenCase{r.key}) {
					t.Errorf("%s: a double click gave %#v", state, got)
				}
			}
		}
		if n < 6 {
			t.Errorf("%s: %d rows were clicked", state, n)
		}
		before := s.lists[0].cursor
		for _, y := range []int{-1, 30, 500} {
			if got := s.ClickAt(f, 5, y, true); got != nil || s.lists[0].cursor != before {
				t.Errorf("%s: a click on line %d, where no row is, gave %#v", state, y, got)
			}
		}
	}
}

func TestClicksTurnTabs(t *testing.T) {
	t.Parallel()
	s, f := killsAfter(t), frameOf(t, "mono", 120, 37)
	bar := strings.Split(ansi.Strip(s.View(f)), "\n")[0]
	s.ClickAt(f, len([]rune(bar[:strings.Index(bar, "Not OOM")]))+2, 0, false)
	if s.tab != tabRuled {
		t.Error("a click on Not OOM does not turn to it")
	}
	s.ClickAt(f, 3, 0, false)
	if s.tab != tabKilled {
		t.Error("a click on OOMKilled does not turn to it")
	}
}
