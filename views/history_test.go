package views

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// fixtureEntry is the i-th change of the fixture's journal, newest first.
func fixtureEntry(i int) data.JournalEntry {
	states := []data.JournalState{data.JournalApplied, data.JournalIntent, data.JournalUndone, data.JournalFailed, data.JournalPartly, data.JournalUnknown}
	e := data.JournalEntry{
		ID: "20261123-02300" + string(rune('0'+i)) + "-4f2a11aa", At: fixedNow.Add(-time.Duration(i*i*i+1) * 40 * time.Minute), User: "jane@laptop", Host: "laptop",
		Context: "prod-eu", Server: "https://prod-eu.example.com:6443", Container: "postgres", Way: data.WayTemplate, State: states[i%len(states)],
		Workload: data.Workload{APIVersion: "apps/v1", Kind: "StatefulSet", Namespace: "data", Name: "database"},
		Before:   data.Resources{Limit: ptr(512 * data.Mi), Request: ptr(256 * data.Mi)}, After: data.Resources{Limit: ptr(768 * data.Mi), Request: ptr(512 * data.Mi)},
		Targets: []data.Target{{Kind: "StatefulSet", Namespace: "data", Name: "database", State: data.TargetStored}},
	}
	switch e.State {
	case data.JournalIntent:
		e.Targets[0].State = data.TargetWaiting
	case data.JournalFailed:
		e.Targets[0].State, e.Error = data.TargetFailed, "refused by the API server: quota exceeded"
		e.Before.Limit = nil
	case data.JournalUndone:
		e.UndoneBy = "20261123-023009-00000000"
	}
	return e
}

// evicted is a pod that was deleted because it blocked a rollout.
func evicted() data.JournalEntry {
	e := fixtureEntry(0)
	e.ID, e.Way, e.Before, e.After, e.Container = "20261123-023100-00000001", data.WayEvict, data.Resources{}, data.Resources{}, ""
	e.Workload = data.Workload{APIVersion: "v1", Kind: "Pod", Namespace: "data", Name: "database-2"}
	e.Targets = []data.Target{{APIVersion: "v1", Kind: "Pod", Namespace: "data", Name: "database-2", State: data.TargetStored}}
	return e
}

func TestADeletedPodIsNotUndone(t *testing.T) {
	t.Parallel()
	s := history(t, 0)
	s.state.Journal.Entries = []data.JournalEntry{evicted()}
	s.Set(s.state)
	if text := drawnAs(t, s, 100, 21); !strings.Contains(text, "pod deleted") || !strings.Contains(text, "pod/database-2") {
		t.Errorf("the list says\n%s", text)
	}
	for _, k := range []string{"u", "c"} {
		switch got := press(s, k).(type) {
		case UndoEntry, Copy:
			t.Errorf("%s: %#v", k, got)
		}
	}
}

// history is the screen over n changes, the second one being checked.
func history(t testing.TB, n int, keys ...string) *HistoryScreen {
	st := fixtureState(t)
	st.Journal = &Journal{Checking: map[string]bool{fixtureEntry(1).ID: true}}
	for i := range n {
		st.Journal.Entries = append(st.Journal.Entries, fixtureEntry(i))
	}
	s := NewHistory()
	s.Set(st)
	s.View(frameOf(t, "dark", 80, 21))
	press(s, keys...)
	return s
}

// historyStates are the screen's states.
var historyStates = []struct {
	name string
	make func(t testing.TB) *HistoryScreen
}{
	{"list", func(t testing.TB) *HistoryScreen { return history(t, 6) }},
	{"many", func(t testing.TB) *HistoryScreen { return history(t, 60, "pgdown", "pgdown") }},
	{"open", func(t testing.TB) *HistoryScreen { return history(t, 6, "enter") }},
	{"open-checking", func(t testing.TB) *HistoryScreen { return history(t, 6, "j", "enter") }},
	{"open-failed", func(t testing.TB) *HistoryScreen { return history(t, 6, "j", "j", "j", "enter") }},
	{"empty", func(t testing.TB) *HistoryScreen { return history(t, 0) }},
	{"open-evicted", func(t testing.TB) *HistoryScreen {
		s := history(t, 2)
		e := evicted()
		s.state.Journal.Entries = append([]data.JournalEntry{e}, s.state.Journal.Entries...)
		s.Set(s.state)
		press(s, "g", "enter")
		return s
	}},
	{"unreadable", func(t testing.TB) *HistoryScreen {
		s := history(t, 2)
		s.state.Journal.Problem, s.state.Journal.Skipped = "read the journal: permission denied", 3
		return s
	}},
	{"loading", func(t testing.TB) *HistoryScreen {
		s := history(t, 0)
		s.state.Journal.Loading = true
		return s
	}},
}

func init() {
	for _, hs := range historyStates {
		register("history/"+hs.name, func(t *testing.T) Screen { return hs.make(t) })
	}
}

func TestHistoryGoldens(t *testing.T) {
	t.Parallel()
	for _, hs := range historyStates {
		t.Run(hs.name, func(t *testing.T) { everySize(t, "history/"+hs.name, hs.make(t)) })
	}
}

func TestHistoryUndoesWhatCanBeUndone(t *testing.T) {
	t.Parallel()
	for i, want := range []bool{true, false, false, false, true, true} {
		s := history(t, 6, strings.Split(strings.Repeat("j", i), "")...)
		got := press(s, "u")
		if !want {
			if _, said := got.(Say); !said {
				t.Errorf("entry %d (%s): %#v", i, fixtureEntry(i).State, got)
			}
			continue
		}
		if !reflect.DeepEqual(got, UndoEntry{fixtureEntry(i)}) {
			t.Errorf("entry %d (%s): %#v", i, fixtureEntry(i).State, got)
		}
	}
}

func TestHistoryKeepsItsCursorWhenNewerChangesCome(t *testing.T) {
	t.Parallel()
	s := history(t, 6, "j", "j")
	st := fixtureState(t)
	st.Journal = &Journal{Entries: append([]data.JournalEntry{{ID: "newer"}}, s.entries()...)}
	s.Set(st)
	if e := s.entry(); e.ID != fixtureEntry(2).ID {
		t.Errorf("the cursor is on %s", e.ID)
	}
}

func TestHistorySays(t *testing.T) {
	t.Parallel()
	for name, wants := range map[string][]string{
		"list":          {"outcome not known: checking…", "not applied", "undone", "none → 768Mi", "statefulset/database postgres"},
		"open":          {"Applied.", "jane@laptop", "- limits.memory: 512Mi", "+ limits.memory: 768Mi", "oomedic undo 20261123-023000-4f2a11aa", "statefulset/database: stored"},
		"open-checking": {"Outcome not known: checking the cluster", "statefulset/database: not sent"},
		"open-failed":   {"quota exceeded", "- limits.memory: none", "was not changed"},
		"empty":         {"Nothing was changed by oomedic"},
		"unreadable":    {"permission denied", "3 lines of the journal can't be read"},
	} {
		for _, hs := range historyStates {
			if hs.name != name {
				continue
			}
			text := drawnAs(t, hs.make(t), 120, 37)
			for _, want := range wants {
				if !strings.Contains(text, want) {
					t.Errorf("%s does not say %q:\n%s", name, want, text)
				}
			}
		}
	}
}
