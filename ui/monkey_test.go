package ui

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// monkeyKeys are the keys that a monkey presses. The letters that act come often; ctrl+c and q end the program.
var monkeyKeys = func() []string {
	keys := []string{"enter", "esc", "tab", "up", "down", "left", "right", "backspace", "ctrl+d", "ctrl+u", "ctrl+z"}
	for range 6 {
		keys = append(keys, "y", "f", "u", "w", "e", "x", "o", "s", "H", "J", "enter", "esc", "r", "a", "b", "v", "n", "d", "G")
	}
	for r := ' '; r <= '~'; r++ {
		keys = append(keys, string(r))
	}
	return keys
}()

// monkeyPress presses n random keys, draws before each, lets time pass now and then and changes what the cluster says.
func monkeyPress(d *driver, seed uint64, n int, each func()) {
	r := rand.New(rand.NewPCG(seed, 6)) //nolint:gosec // a test wants the same keys again
	pod := data.PodKey{Namespace: "data", Name: "database-2"}
	for range n {
		switch r.IntN(60) {
		case 0:
			d.cluster.ways = waysWith(data.AllWays[r.IntN(len(data.AllWays))])
		case 1:
			d.cluster.planErr = []error{nil, nil, nil, data.ErrRefused, data.ErrUnsupported}[r.IntN(5)]
		case 2:
			d.cluster.applyErr = []error{nil, data.ErrConflict, data.ErrUnknownOutcome, data.ErrPartly, data.ErrNoJournal}[r.IntN(5)]
		case 3:
			d.cluster.rollout = data.Rollout{Desired: 1, Failed: r.IntN(2) == 0, Blocking: &pod, Waits: "waits"}
		case 4:
			d.cluster.rollout = data.Rollout{Desired: 1, Updated: 1, Ready: 1, Done: true}
		case 5:
			d.pass(2 * time.Second)
		case 6:
			d.send(tea.WindowSizeMsg{Width: 40 + r.IntN(120), Height: 12 + r.IntN(40)})
		}
		d.press(monkeyKeys[r.IntN(len(monkeyKeys))])
		each()
	}
}

// TestAHundredThousandKeysChangeNothingReadOnly presses random keys under --read-only and counts what was written.
func TestAHundredThousandKeysChangeNothingReadOnly(t *testing.T) {
	const total, monkeys = 100_000, 8
	n := total / monkeys
	if testing.Short() {
		n = 500
	}
	for seed := range uint64(monkeys) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			j := &fakeJournal{entries: []data.JournalEntry{changeMade("one", data.JournalApplied), changeMade("two", data.JournalUnknown)}, open: []data.JournalEntry{changeMade("two", data.JournalUnknown)}}
			d := journalled(t, j, func(o *Options) { o.ReadOnly, o.Folder = true, t.TempDir() })
			opened := 0
			monkeyPress(d, seed, n, func() {
				if f := d.app.state.Fix; f != nil && f.Phase == views.FixPlanned {
					opened++
				}
			})
			if len(d.cluster.applied)+len(d.cluster.ended)+len(j.written) != 0 {
				t.Errorf("%d applied, %d pods deleted, %d lines of the journal written", len(d.cluster.applied), len(d.cluster.ended), len(j.written))
			}
			if opened < n/100 {
				t.Errorf("a plan was on the screen at %d of %d keys: this shows little", opened, n)
			}
		})
	}
}

// TestAMonkeyAppliesOnlyWhatItWasShown presses random keys where writing is allowed: each plan that is applied is the
// one that was on the screen, once, and no plan that a check forbids or whose name was not typed.
func TestAMonkeyAppliesOnlyWhatItWasShown(t *testing.T) {
	n := 12_000
	if testing.Short() {
		n = 3000
	}
	j := &fakeJournal{entries: []data.JournalEntry{changeMade("one", data.JournalApplied)}}
	d := journalled(t, j, func(o *Options) { o.Folder = t.TempDir() })
	kinds := 0
	d.cluster.change = func(p *data.Plan) {
		kinds++
		switch kinds % 3 {
		case 1:
			p.Checks = []data.Check{{Name: "quota", Says: "full", State: data.CheckFail, Blocks: true}}
		case 2:
			p.Checks = []data.Check{{Name: "managed", Says: "other", State: data.CheckFail, Typed: true}}
		}
	}
	shown := map[*data.Plan]bool{}
	applied := map[*data.Plan]bool{}
	count := 0
	monkeyPress(d, 4711, n, func() {
		for ; count < len(d.cluster.applied); count++ {
			p := d.cluster.applied[count]
			if !shown[p] || applied[p] || p.Blocked() != nil || len(p.NeedsTyping()) > 0 || p.Change.Way == data.WayExport {
				t.Errorf("applied %+v: shown %v, before %v", p.Change, shown[p], applied[p])
			}
			applied[p] = true
		}
		if f := d.app.state.Fix; f != nil && f.Phase == views.FixPlanned {
			shown[f.Plan] = true
		}
	})
	if count == 0 || errors.Is(d.cluster.planErr, data.ErrReadOnly) {
		t.Error("nothing was ever applied: this shows nothing")
	}
}
