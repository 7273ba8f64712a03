package ui

import (
	"errors"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// fakeJournal is a journal in memory.
type fakeJournal struct {
	entries []data.JournalEntry
	open    []data.JournalEntry
	written []data.JournalEntry
	err     error
}

func (j *fakeJournal) Entries() ([]data.JournalEntry, int, error) {
	return append([]data.JournalEntry(nil), j.entries...), 0, j.err
}
func (j *fakeJournal) Unfinished() ([]data.JournalEntry, error) { return j.open, nil }
func (j *fakeJournal) Write(e data.JournalEntry) error {
	j.written = append(j.written, e)
	return nil
}

// changeMade is a change of the database, in the state s.
func changeMade(id string, s data.JournalState) data.JournalEntry {
	w := data.Workload{APIVersion: "apps/v1", Kind: "StatefulSet", Namespace: "data", Name: "database", UID: "w-1"}
	return data.JournalEntry{
		ID: id, At: start.Add(-time.Hour), User: "jane@laptop", Server: "https://prod", Context: "prod", Workload: w, Container: "postgres", Way: data.WayTemplate, State: s,
		Before: data.Resources{Limit: mib(512)}, After: data.Resources{Limit: mib(768), Request: mib(512)},
		Targets: []data.Target{{Kind: "StatefulSet", Namespace: "data", Name: "database", UID: "w-1", State: data.TargetStored, After: data.Resources{Limit: mib(768), Request: mib(512)}}},
	}
}

func journalled(t *testing.T, j *fakeJournal, change func(*Options)) *driver {
	return drive(t, func(o *Options) {
		o.Journal, o.Where.Server = j, "https://prod"
		if change != nil {
			change(o)
		}
	}, oomKilled("database-0", time.Minute))
}

func TestAChangeOfAnotherSessionIsUndoneThroughItsDiff(t *testing.T) {
	d := journalled(t, &fakeJournal{entries: []data.JournalEntry{changeMade("older", data.JournalUndone), changeMade("newer", data.JournalApplied)}}, nil)
	d.press("H")
	d.sees("Changes made", "statefulset/database postgres", "applied", "undone")
	d.press("u")
	f, c := d.phase(views.FixPlanned), d.lastPlanned()
	if !f.Undo || c.UndoOf != "newer" || *c.Limit != 512*data.Mi || !c.DropRequest || len(c.Expect) != 1 || c.Way != data.WayTemplate {
		t.Errorf("the undo is %+v", c)
	}
	if len(d.cluster.applied) != 0 {
		t.Fatal("undone without a yes")
	}
	d.sees("Put the former values back?")
	d.press("y")
	d.phase(views.FixRolling)
	if len(d.cluster.applied) != 1 || d.cluster.applied[0].Change.UndoOf != "newer" {
		t.Errorf("applied %+v", d.cluster.applied)
	}
	d.cluster.rollout = data.Rollout{Desired: 1, Updated: 1, Ready: 1, Done: true}
	d.pass(3 * time.Second)
	d.phase(views.FixWatching)
}

func TestAChangeOfAnotherClusterIsNotUndoneHere(t *testing.T) {
	e := changeMade("there", data.JournalApplied)
	e.Server, e.Context = "https://other", "other"
	d := journalled(t, &fakeJournal{entries: []data.JournalEntry{e}}, nil)
	d.press("H", "u")
	d.sees("another cluster")
	if len(d.cluster.planned) != 0 {
		t.Error("planned in the wrong cluster")
	}
}

func TestUnfinishedChangesAreLookedAfterAtTheStart(t *testing.T) {
	here, there := changeMade("here", data.JournalIntent), changeMade("there", data.JournalIntent)
	there.Server = "https://other"
	j := &fakeJournal{entries: []data.JournalEntry{here, there}, open: []data.JournalEntry{here, there}}
	for _, readOnly := range []bool{false, true} {
		j.written = nil
		d := drive(t, func(o *Options) { o.Journal, o.Where.Server, o.ReadOnly = j, "https://prod", readOnly })
		d.cluster.entry = func(e data.JournalEntry) data.JournalEntry { e.State = data.JournalApplied; return e }
		d.app.checkedOnce = map[string]bool{}
		d.press("H")
		if got := len(j.written); (got == 0) != readOnly && got != 1 {
			t.Errorf("read-only %v: %d lines written", readOnly, got)
		}
		d.sees("applied", "outcome not known")
		for _, w := range j.written {
			if w.ID == "there" {
				t.Error("a change of another cluster was judged here")
			}
		}
	}
}

func TestAJournalThatCannotBeReadIsSaid(t *testing.T) {
	d := journalled(t, &fakeJournal{err: errors.New("permission denied")}, nil)
	d.press("H")
	d.sees("ermission denied")
}

func TestWithoutAJournalHSaysSo(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.press("H")
	d.sees("There is no journal here")
	if len(d.app.stack) != 1 {
		t.Error("an empty screen was opened")
	}
}
