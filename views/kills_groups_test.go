package views

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"charm.land/bubbles/v2/key"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// names returns the first words of the list's rows at 120 columns.
func names(t *testing.T, s *Kills) []string {
	t.Helper()
	var out []string
	for _, line := range strings.Split(shown(t, s, 120, 37), "\n")[2:] {
		if strings.HasPrefix(line, "─") {
			break
		}
		if words := strings.Fields(strings.TrimPrefix(line, "▍")); len(words) > 3 {
			name := words[2:5]
			if name[0] == "▸" || name[0] == "▾" {
				name = name[:2]
			} else {
				name = name[:1]
			}
			out = append(out, strings.Join(name, " "))
		}
	}
	return out
}

func TestKillsGroupByWorkload(t *testing.T) {
	t.Parallel()
	s := killsWith(t, withGroups)
	l := &s.lists[tabKilled]
	if len(l.rows) != 7 || !l.rows[0].head || len(l.rows[0].group.cases) != 4 {
		t.Fatalf("%d rows, want the group of four and six others: %v", len(l.rows), names(t, s))
	}
	if got := selected(t, s); got != leakyKey {
		t.Errorf("a group stands for %v, want its newest kill", got)
	}
	if got := press(s, "d"); got != (OpenDiagnosis{leakyKey}) {
		t.Errorf("d on a group gave %#v", got)
	}
	out := shown(t, s, 200, 47)
	for _, want := range []string{"▸ deployment/leaky", "3 of 3 pods", "several", "kills known for 9d", " 16 "} {
		if !strings.Contains(out, want) {
			t.Errorf("the group does not say %q:\n%s", want, out)
		}
	}
}

func TestKillsUnfold(t *testing.T) {
	t.Parallel()
	for _, k := range []string{"enter", "l", "right"} {
		s := killsWith(t, withGroups)
		if got := press(s, k); got != nil || len(s.lists[tabKilled].rows) != 11 {
			t.Errorf("%s gave %#v and %d rows, want 11", k, got, len(s.lists[tabKilled].rows))
		}
		if got := press(s, "enter"); got != (OpenCase{leakyKey}) {
			t.Errorf("enter on an open group gave %#v, want its newest case", got)
		}
		press(s, "j", "j", "j")
		if got := selected(t, s); got.Container != "istio-proxy" {
			t.Errorf("the third row of the group is %v", got)
		}
		for _, want := range []string{"injected: not in the template of deployment/leaky", "made by fleet/shop"} {
			if out := shown(t, s, 200, 47); !strings.Contains(out, want) {
				t.Errorf("no %q:\n%s", want, out)
			}
		}
		press(s, "left")
		if l := &s.lists[tabKilled]; len(l.rows) != 7 || l.cursor != 0 || !l.rows[0].head {
			t.Errorf("after folding from within: %d rows, cursor at %d", len(l.rows), l.cursor)
		}
		if press(s, "left"); len(s.lists[tabKilled].rows) != 7 {
			t.Error("left on a closed group did something")
		}
	}
}

func TestKillsFlat(t *testing.T) {
	t.Parallel()
	s := killsWith(t, withGroups, "w")
	if n := len(s.lists[tabKilled].rows); n != 10 {
		t.Errorf("%d rows, want one a case", n)
	}
	if out := shown(t, s, 120, 37); strings.ContainsAny(out, "▸▾") {
		t.Errorf("signs of groups in a flat list:\n%s", out)
	}
	press(s, "j", "j", "j", "w") // a case that stands under a closed head now
	if l := &s.lists[tabKilled]; !l.rows[l.cursor].head {
		t.Errorf("the cursor is on row %d, want the head of its group", l.cursor)
	}
	if plain := killsWith(t, nil); slices.ContainsFunc(plain.Keys(), func(k key.Binding) bool { return k.Help().Key == "w" }) {
		t.Error("w is offered although no workload has two cases")
	}
}

func TestKillsGroupsFollowTheirRow(t *testing.T) {
	t.Parallel()
	s := killsWith(t, withGroups, "enter", "j", "j")
	was := selected(t, s)
	newer := row{fixtureKey("shop", "new-0", "new"), "StatefulSet", "new", "node-1", 64, 64, time.Second, data.Running, analysis.ScopeContainer, 1, false, 1, flat, ""}.build()
	set(s, *s.board, func(b *Board) { b.Cases = append(casesOf(newer), b.Cases...) })
	if got := selected(t, s); got != was || s.lists[tabKilled].cursor != 3 {
		t.Errorf("%v in row %d is selected, want %v in row 3", got, s.lists[tabKilled].cursor, was)
	}
	// On the head the cursor stays on the head when another pod of the workload is killed, and then stands for that one.
	press(s, "left")
	again := row{fixtureKey("shop", "leaky-7d9f8b6c54-new11", "api"), "Deployment", "leaky", "node-1", 48, 32, 0, data.Running, analysis.ScopeContainer, 1, false, 1, flat, ""}.build()
	set(s, *s.board, func(b *Board) { b.Cases = append(casesOf(again), b.Cases...) })
	if l := &s.lists[tabKilled]; !l.rows[l.cursor].head || selected(t, s) != again.Container.Key {
		t.Errorf("row %d, %v", l.cursor, selected(t, s))
	}
	// With the others filtered out the one that is left is a row of its own.
	press(s, "/")
	for _, r := range "pod:gone1" {
		press(s, string(r))
	}
	press(s, "enter")
	if l := &s.lists[tabKilled]; len(l.rows) != 1 || l.rows[0].group != nil || l.kept != 1 {
		t.Errorf("%d rows of %d kept", len(l.rows), l.kept)
	}
}

func TestKillsGroupsSort(t *testing.T) {
	t.Parallel()
	for presses, want := range map[int]string{0: "deployment/leaky", 1: "deployment/otel", 2: "cronjob/import", 3: "deployment/leaky"} {
		s := killsWith(t, withGroups, "G", "g")
		for range presses {
			press(s, "s")
		}
		l := &s.lists[tabKilled]
		if got := l.facts[l.rows[0].at].ref; !strings.HasPrefix(got, want) {
			t.Errorf("after %d presses the first is %s, want %s", presses, got, want)
		}
	}
	s := killsWith(t, func(b *Board) { // 31 kills of one pod against 9+30 of two
		withGroups(b)
		b.Cases[1].Confirmation.Kills.Day = ptr(30)
	}, "s")
	if l := &s.lists[tabKilled]; !l.rows[0].head {
		t.Errorf("the sum of a group's kills does not count: %v", names(t, s))
	}
}

func TestMaxOfSparklines(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	got := maxOf([]float64{1, nan, 3, nan}, []float64{2, 5, nan, nan})
	if got[0] != 2 || got[1] != 5 || got[2] != 3 || !math.IsNaN(got[3]) {
		t.Errorf("%v", got)
	}
	if got := maxOf(nil, []float64{1}); len(got) != 1 {
		t.Errorf("%v", got)
	}
}
