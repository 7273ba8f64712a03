package ui

import (
	"fmt"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// waitingEntry is a change in the journal of which a node has deferred the resize.
func waitingEntry() data.JournalEntry {
	e := changeMade("waits", data.JournalPartly)
	e.Way = data.WayInPlace
	e.Targets = []data.Target{{Kind: "Pod", Namespace: "data", Name: "database-0", UID: "u0", State: data.TargetStored, Resize: data.ResizeDeferred, Error: "deferred: no room"}}
	return e
}

func TestAResizeThatEndsLaterIsWrittenDown(t *testing.T) {
	for _, ended := range []bool{true, false} {
		e := waitingEntry()
		j := &fakeJournal{entries: []data.JournalEntry{e}, open: []data.JournalEntry{e}}
		d := journalled(t, j, nil)
		if len(j.written) > 0 {
			t.Error("a resize that waits still was written down anew")
		}
		d.cluster.entry = func(e data.JournalEntry) data.JournalEntry {
			if ended {
				e.Targets = []data.Target{{Kind: "Pod", Namespace: "data", Name: "database-0", UID: "u0", State: data.TargetStored, Resize: data.ResizeDone}}
				e.State = data.JournalApplied
			}
			return e
		}
		d.press("H")
		if n := len(j.written); (n == 1) != ended || ended && j.written[0].State != data.JournalApplied {
			t.Errorf("ended %v: written %+v", ended, j.written)
		}
	}
}

// TestTheDialogTellsTheJournalHowAResizeEnded holds that what the dialog saw is not lost with it.
func TestTheDialogTellsTheJournalHowAResizeEnded(t *testing.T) {
	e := waitingEntry()
	j := &fakeJournal{}
	d := journalled(t, j, nil)
	d.cluster.done = deferred(data.TargetStored)
	d.cluster.done.JournalID = e.ID
	d.cluster.applyErr = fmt.Errorf("deferred: %w", data.ErrPartly)
	one := data.PodResize{Pod: data.PodKey{Namespace: "data", Name: "database-0", UID: "u0"}, State: data.ResizeDeferred}
	d.cluster.rollout = data.Rollout{Desired: 1, Old: 1, Resizes: []data.PodResize{one}, Waits: "deferred"}
	d.press("f", "y")
	d.phase(views.FixFailed)
	j.entries, j.open = []data.JournalEntry{e}, []data.JournalEntry{e}
	d.pass(2 * time.Second)
	d.cluster.entry = func(e data.JournalEntry) data.JournalEntry { e.State = data.JournalApplied; return e }
	one.State = data.ResizeDone
	d.cluster.rollout = data.Rollout{Desired: 1, Updated: 1, Done: true, Resizes: []data.PodResize{one}}
	d.pass(6 * time.Second)
	if len(j.written) != 1 || j.written[0].State != data.JournalApplied {
		t.Errorf("written %+v", j.written)
	}
}
