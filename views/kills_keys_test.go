package views

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

func TestKillsIntents(t *testing.T) {
	t.Parallel()
	from := fixtureState(t).Board.Cases[1].Confirmation.Evidence[0].From
	for _, c := range []struct {
		name string
		keys []string
		want Intent
	}{
		{"open", []string{"j", "enter"}, OpenCase{databaseKey}},
		{"open the first", []string{"enter"}, OpenCase{leakyKey}},
		{"diagnose", []string{"down", "d"}, OpenDiagnosis{databaseKey}},
		{"copy", []string{"j", "y"}, Copy{Text: from, What: "the command that confirms it"}},
		{"open on the other tab", []string{"tab", "enter"}, OpenCase{probeKey}},
		{"keys of the app are left alone", []string{"f"}, nil},
		{"help is the app's", []string{"?"}, nil},
		{"moving asks for nothing", []string{"G"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := press(killsWith(t, nil), c.keys...); got != c.want {
				t.Errorf("%v gave %#v, want %#v", c.keys, got, c.want)
			}
		})
	}
}

func TestKillsWithoutRowsWantsNothing(t *testing.T) {
	t.Parallel()
	for _, s := range []*Kills{NewKills(), killsWith(t, func(b *Board) { b.Cases = nil }), killsWith(t, nil, "/", "q", "q", "enter")} {
		if k, ok := s.Selected(); ok {
			t.Errorf("%v is selected, want nothing", k)
		}
		for _, k := range []string{"enter", "d", "y", "j", "k", "G", "g", "pgdown", "ctrl+d", "s", "esc", "tab", "1", "2"} {
			if got := s.Press(keyPress(k)); got != nil {
				if _, open := got.(OpenCase); !open { // the other tab may have rows
					t.Errorf("%s gave %#v, want nothing", k, got)
				}
			}
		}
	}
}

func TestKillsCopyWithoutCommand(t *testing.T) {
	t.Parallel()
	s := killsWith(t, func(b *Board) { b.Cases[0].Confirmation.Evidence = []analysis.Evidence{{Says: "seen"}} })
	if _, ok := press(s, "y").(Say); !ok {
		t.Error("y on a case without a command must say so")
	}
}

func TestKillsMoves(t *testing.T) {
	t.Parallel()
	s := killsWith(t, func(b *Board) { b.Cases = manyCases(100) })
	s.View(frameOf(t, "dark", 80, 21))
	page := s.lists[tabKilled].page
	for _, c := range []struct {
		key  string
		want int
	}{
		{"k", 0}, {"j", 1}, {"down", 2}, {"up", 1}, {"G", 99}, {"j", 99}, {"home", 0}, {"end", 99}, {"g", 0},
		{"pgdown", page}, {"pgup", 0}, {"ctrl+d", page / 2}, {"ctrl+u", 0}, {"pgup", 0},
	} {
		press(s, c.key)
		if got := s.lists[tabKilled].cursor; got != c.want {
			t.Fatalf("after %s the cursor is on row %d, want %d", c.key, got, c.want)
		}
		if out := shown(t, s, 80, 21); !strings.Contains(out, "\n▍ ") {
			t.Fatalf("after %s the cursor is out of sight:\n%s", c.key, out)
		}
	}
}

// set hands over a state whose board is a copy that change has altered, as the app does.
func set(s *Kills, b Board, change func(*Board)) {
	b.Cases = slices.Clone(b.Cases)
	change(&b)
	s.Set(&State{Board: &b})
}

func TestKillsCursorFollowsContainer(t *testing.T) {
	t.Parallel()
	s := killsWith(t, nil, "j")
	board := *s.board
	if got := selected(t, s); got != databaseKey {
		t.Fatalf("selected %v, want the database", got)
	}
	newer := row{fixtureKey("shop", "new-0", "new"), "StatefulSet", "new", "node-1", 64, 64, time.Second, data.Running, analysis.ScopeContainer, 1, false, 1, flat, ""}.build()
	set(s, board, func(b *Board) { b.Cases = append(casesOf(newer), b.Cases...) })
	if got := selected(t, s); got != databaseKey || s.lists[tabKilled].cursor != 2 {
		t.Errorf("after a new kill above, %v is selected in row %d, want the database in row 2", got, s.lists[tabKilled].cursor)
	}
	press(s, "s", "s")
	if got := selected(t, s); got != databaseKey {
		t.Errorf("after sorting %v is selected, want the database", got)
	}
	set(s, board, func(b *Board) { b.Cases = append(b.Cases[:1:1], b.Cases[2:]...) })
	if got := selected(t, s); got == databaseKey {
		t.Error("a container that is not in the list any more is still selected")
	}
	set(s, board, func(b *Board) { b.Cases = b.Cases[:1] })
	if got := selected(t, s); got != leakyKey {
		t.Errorf("with one row left %v is selected, want it", got)
	}
}

// TestKillsRowsStayOnScreen adds a row above a scrolled list: the cursor's line must not move.
func TestKillsRowsStayOnScreen(t *testing.T) {
	t.Parallel()
	s := killsWith(t, func(b *Board) { b.Cases = manyCases(100)[3:] }, "G", "k", "k", "k")
	line := func() int {
		for i, l := range strings.Split(shown(t, s, 80, 21), "\n") {
			if i > 0 && strings.HasPrefix(l, "▍ ") {
				return i
			}
		}
		return -1
	}
	was, key := line(), selected(t, s)
	set(s, *s.board, func(b *Board) { b.Cases = manyCases(100) })
	if got := line(); got != was || selected(t, s) != key {
		t.Errorf("the cursor's line moved from %d to %d (%v to %v)", was, got, key, selected(t, s))
	}
}

func TestKillsSorts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		presses int
		head    string
		want    []data.Key
	}{
		{0, "newest first", []data.Key{leakyKey, databaseKey, workerKey}},
		{1, "most kills first", []data.Key{ingestKey, databaseKey, leakyKey}},
		{2, "by namespace and workload", []data.Key{importKey, databaseKey, trainerKey}},
		{3, "nearest to the limit first", []data.Key{leakyKey, databaseKey, workerKey}},
		{4, "newest first", []data.Key{leakyKey, databaseKey, workerKey}},
	} {
		s := killsWith(t, nil)
		for range c.presses {
			press(s, "s")
		}
		if out := shown(t, s, 120, 37); !strings.Contains(strings.Split(out, "\n")[0], c.head) {
			t.Errorf("after %d presses the head does not say %q:\n%s", c.presses, c.head, strings.Split(out, "\n")[0])
		}
		var got []data.Key
		for _, r := range s.lists[tabKilled].rows[:3] {
			got = append(got, s.lists[tabKilled].cases[r.at].Container.Key)
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("after %d presses the rows start with %v, want %v", c.presses, got, c.want)
		}
	}
}

func TestKillsTabs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		keys []string
		want data.Key
	}{
		{nil, leakyKey}, {[]string{"tab"}, probeKey}, {[]string{"shift+tab", "shift+tab"}, probeKey}, {[]string{"tab", "tab", "tab"}, leakyKey},
		{[]string{"2"}, probeKey}, {[]string{"2", "2"}, probeKey}, {[]string{"2", "1"}, leakyKey}, {[]string{"j", "2", "1"}, databaseKey},
	} {
		if got := selected(t, killsWith(t, nil, c.keys...)); got != c.want {
			t.Errorf("after %v %v is selected, want %v", c.keys, got, c.want)
		}
	}
}

func TestKillsKeysFitTheMoment(t *testing.T) {
	t.Parallel()
	has := func(s *Kills, desc string) bool {
		for _, k := range s.Keys() {
			if k.Help().Desc == desc {
				return true
			}
		}
		return false
	}
	live, none, kept := killsWith(t, nil), killsWith(t, func(b *Board) { b.Cases = nil }), killsWith(t, nil, "/", "a", "enter")
	if !has(live, "open") || has(live, "clear filter") {
		t.Error("with rows and no filter: open, and nothing to clear")
	}
	if has(none, "open") || !has(none, "filter") {
		t.Error("without rows nothing can be opened")
	}
	if !has(kept, "clear filter") || !has(kept, "open") {
		t.Error("with a kept filter: open and clear")
	}
	if typing := killsWith(t, nil, "/"); !typing.Typing() || len(typing.Keys()) != 2 {
		t.Error("while typing: keep and clear alone")
	}
}
