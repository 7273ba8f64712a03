package views

import (
	"slices"
	"strings"
	"testing"

	"github.com/oomedic/oomedic/data"
)

func TestFilterChooses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want []data.Key
	}{
		{"leaky", []data.Key{leakyKey}},
		{"LEAKY", []data.Key{leakyKey}},
		{"x2x4q", []data.Key{leakyKey}},
		{"postgres", []data.Key{databaseKey}},
		{"ns:shop", []data.Key{leakyKey, workerKey}},
		{"namespace:data", []data.Key{databaseKey}},
		{"ns:shop worker", []data.Key{workerKey}},
		{"shop node-1", []data.Key{leakyKey, workerKey}},
		{"node:node-2", []data.Key{databaseKey, trainerKey}},
		{"node:leaky", nil},
		{"pod:database", []data.Key{databaseKey}},
		{"workload:statefulset", []data.Key{databaseKey}},
		{"wl:job/", []data.Key{importKey, trainerKey}},
		{"container:api", []data.Key{leakyKey}},
		{"container:leaky", nil},
		{"ns: leaky", []data.Key{leakyKey}},
		{"color:red", nil},
		{"nothing-like-it", nil},
	} {
		t.Run(c.text, func(t *testing.T) {
			t.Parallel()
			s := killsWith(t, nil, "/")
			for _, r := range c.text {
				press(s, map[bool]string{true: "space", false: string(r)}[r == ' '])
			}
			var got []data.Key
			for _, r := range s.lists[tabKilled].rows {
				got = append(got, s.lists[tabKilled].cases[r.at].Container.Key)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%q chose %v, want %v", c.text, got, c.want)
			}
		})
	}
}

func TestFilterIsLive(t *testing.T) {
	t.Parallel()
	s := killsWith(t, nil, "/")
	typeText(s, "shop")
	if out := shown(t, s, 80, 21); !strings.Contains(out, "/shop_") || !strings.Contains(out, "2 of 7") {
		t.Errorf("the head shows neither the text nor the count:\n%s", out)
	}
	typeText(s, "q") // a letter, not the app's key
	if len(s.lists[tabKilled].rows) != 0 {
		t.Error("q was not taken as text")
	}
	press(s, "backspace")
	if got := len(s.lists[tabKilled].rows); got != 2 {
		t.Errorf("after backspace %d rows, want 2", got)
	}
}

func TestFilterEdits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		keys   []string
		want   string
		typing bool
	}{
		{"enter keeps", []string{"/", "a", "b", "enter"}, "ab", false},
		{"esc clears", []string{"/", "a", "b", "esc"}, "", false},
		{"esc clears a kept one", []string{"/", "a", "enter", "esc"}, "", false},
		{"backspace on nothing leaves", []string{"/", "a", "backspace", "backspace"}, "", false},
		{"backspace takes a whole rune", []string{"/", "a", "ü", "backspace"}, "a", true},
		{"ctrl+u empties", []string{"/", "a", "b", "ctrl+u"}, "", true},
		{"ctrl+w takes a word", []string{"/", "a", "b", "space", "c", "d", "ctrl+w"}, "ab ", true},
		{"ctrl+w takes the only word", []string{"/", "a", "b", "ctrl+w"}, "", true},
		{"enter on blanks clears", []string{"/", "space", "enter"}, "", false},
		{"arrows move meanwhile", []string{"/", "a", "down"}, "a", true},
		{"slash again goes on", []string{"/", "a", "enter", "/", "b"}, "ab", true},
		{"unknown keys are nothing", []string{"/", "a", "ctrl+x", "left"}, "a", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := killsWith(t, nil, c.keys...)
			if s.filter.text != c.want || s.Typing() != c.typing {
				t.Errorf("text %q typing %v, want %q %v", s.filter.text, s.Typing(), c.want, c.typing)
			}
		})
	}
}

func TestFilterIsBounded(t *testing.T) {
	t.Parallel()
	s := killsWith(t, nil, "/")
	typeText(s, strings.Repeat("long", 200))
	if got := len(s.filter.text); got != maxFilter {
		t.Errorf("the filter has %d bytes, want %d", got, maxFilter)
	}
	f := frameOf(t, "dark", 60, 12)
	checkFits(t, f, s.View(f))
	if !strings.Contains(shown(t, s, 60, 12), "long_") {
		t.Error("the end of a long filter, where it is typed, is out of sight")
	}
}

func TestFilterOutlivesNewBoards(t *testing.T) {
	t.Parallel()
	s := killsWith(t, nil, "/", "d", "a", "t", "a", "enter")
	set(s, *s.board, func(b *Board) { b.Cases = b.Cases[:2] })
	if got := len(s.lists[tabKilled].rows); got != 1 {
		t.Errorf("%d rows after a new board, want 1", got)
	}
	press(s, "esc")
	if got := len(s.lists[tabKilled].rows); got != 2 {
		t.Errorf("%d rows after esc, want 2", got)
	}
}
