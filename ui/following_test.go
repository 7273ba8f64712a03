package ui

import (
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// TestEveryChangeOfASeriesIsWatched applies two changes one after the other and reads in one list how both go on.
func TestEveryChangeOfASeriesIsWatched(t *testing.T) {
	j := &fakeJournal{}
	all := threeKilled()
	d := drive(t, func(o *Options) { o.Journal = j }, all...)
	d.cluster.rollout = data.Rollout{Desired: 3, Updated: 2, Ready: 1, Waits: "2 of 3 updated"}
	d.press("space", "space", "space", "F")
	for _, id := range []string{"first", "second"} {
		j.entries = append(j.entries, changeMade(id, data.JournalApplied))
		d.cluster.done.JournalID = id
		d.press("y")
		d.phase(views.FixRolling)
		d.press("esc")
	}
	d.press("n") // the third is skipped, and so never watched
	d.sees("2 applied, 1 skipped")
	d.pass(3 * time.Second)
	d.press("H")
	live := d.app.state.Journal.Live
	if len(live) != 2 || live["first"] != "1 of 3 ready" || live["second"] != "1 of 3 ready" {
		t.Fatalf("the list of changes has %v", live)
	}
	d.sees("1 of 3 ready")
	d.cluster.rollout = data.Rollout{Desired: 3, Updated: 3, Ready: 3, Done: true}
	d.pass(3 * time.Second)
	d.pass(6 * time.Second)
	for _, id := range []string{"first", "second"} {
		if got := d.app.state.Journal.Live[id].String(); len(got) < 8 || got[:7] != "no kill" {
			t.Errorf("%s: %q", id, got)
		}
	}
	d.sees("no kill")
}

// TestAChangeIsWatchedOnWhenAnotherIsBegun leaves a rollout for the fix of another container, without a series.
func TestAChangeIsWatchedOnWhenAnotherIsBegun(t *testing.T) {
	all := threeKilled()
	d := drive(t, nil, all...)
	d.cluster.rollout = data.Rollout{Desired: 3, Failed: true, Waits: "quota"}
	d.cluster.done.JournalID = "one"
	d.run(d.app.do(views.OpenFix{Key: all[0].Key}))
	_ = d.screen()
	d.press("y")
	d.phase(views.FixRolling)
	d.run(d.app.do(views.OpenFix{Key: all[0].Key}))
	if len(d.app.followed) != 0 {
		t.Error("what is on the screen is watched twice")
	}
	d.run(d.app.do(views.OpenFix{Key: all[1].Key}))
	d.pass(3 * time.Second)
	if got := d.app.state.Journal.Live["one"]; got != "stuck" {
		t.Errorf("%q", got)
	}
	calls := d.cluster.rollCalls
	d.pass(6 * time.Second)
	if d.cluster.rollCalls != calls {
		t.Error("what cannot go on is asked for on and on")
	}
}
