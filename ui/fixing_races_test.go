package ui

import (
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// TestNoOtherFixBeginsWhileOneIsApplied leaves the dialog of a change that is being applied for another container.
func TestNoOtherFixBeginsWhileOneIsApplied(t *testing.T) {
	all := threeKilled()
	d := drive(t, nil, all...)
	d.press("f")
	d.app.changeFix(func(f *views.Fix) { f.Phase = views.FixApplying })
	f, seq := d.app.state.Fix, d.app.fixSeq
	for _, c := range all {
		if c.Key == f.Key {
			continue
		}
		d.press("esc")
		d.run(d.app.do(views.OpenFix{Key: c.Key}))
		if d.app.state.Fix.Key != f.Key || d.app.fixSeq != seq {
			t.Fatalf("the change of %s was dropped for %s while it was being applied", f.Key.Pod, c.Key.Pod)
		}
	}
	d.sees("being applied")
	d.run(d.app.do(views.OpenFix{Key: f.Key}))
	if _, ok := d.app.top().(*views.FixScreen); !ok {
		t.Error("its own dialog does not come back")
	}
}

// TestAPlaceThatComesWhileAChangeIsAppliedIsNotTaken says yes to a change while another cluster is being reached.
func TestAPlaceThatComesWhileAChangeIsAppliedIsNotTaken(t *testing.T) {
	d := drive(t, func(o *Options) { o.Switcher = &fakeSwitcher{} }, oomKilled("database-0", time.Minute))
	d.press("f")
	d.app.switching, d.app.switchSeq = "staging", 7
	d.app.changeFix(func(f *views.Fix) { f.Phase = views.FixApplying })
	ctx, stopped, taken := d.app.ctx, false, false
	place := Place{Where: data.Cluster{Context: "staging"}, Stop: func() { stopped = true }, Taken: func() { taken = true }}
	d.run(func() tea.Msg { return placeMsg{7, "staging", place, nil} })
	if ctx.Err() != nil || taken || !stopped || d.app.opt.Where.Context == "staging" || d.app.state.Fix.Phase != views.FixApplying {
		t.Errorf("the change was cut off: %v, place taken %v, stopped %v", ctx.Err(), taken, stopped)
	}
	d.sees("Not switched to staging")
	if d.app.switching != "" {
		t.Error("it says that it is switching still")
	}
}

// TestReadOnlySurvivesASwitch holds that a program that was started to read only stays so wherever it goes.
func TestReadOnlySurvivesASwitch(t *testing.T) {
	for _, started := range []bool{true, false} {
		d := drive(t, func(o *Options) { o.Switcher, o.ReadOnly = &fakeSwitcher{}, started }, oomKilled("database-0", time.Minute))
		d.app.switching, d.app.switchSeq = "staging", 7
		place := Place{Where: data.Cluster{Context: "staging"}, Source: d.app.opt.Source, Cluster: d.app.opt.Cluster, Stop: func() {}}
		d.run(func() tea.Msg { return placeMsg{7, "staging", place, nil} })
		if d.app.opt.ReadOnly != started || d.app.state.ReadOnly != started {
			t.Errorf("started read-only %v: afterwards %v, %v", started, d.app.opt.ReadOnly, d.app.state.ReadOnly)
		}
	}
}

// TestASecondYesIsNotOneToTheNewDiff presses y twice, of which the second meets the diff that a conflict brought.
func TestASecondYesIsNotOneToTheNewDiff(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.cluster.applyErr = fmt.Errorf("%w: somebody", data.ErrConflict)
	d.press("f", "y")
	if f := d.phase(views.FixPlanned); !f.Changed {
		t.Fatal("no new diff")
	}
	d.cluster.applyErr = nil
	n := len(d.cluster.applied)
	d.press("y", "y", "y")
	if len(d.cluster.applied) != n {
		t.Fatal("a key that was held down agreed to a diff that nobody had read")
	}
	d.sees("read it")
	d.pass(2 * time.Second)
	d.press("y")
	d.phase(views.FixRolling)
}

// TestALimitBelowUseIsRefused types a limit below what the container uses now.
func TestALimitBelowUseIsRefused(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.press("f")
	d.phase(views.FixPlanned)
	const peak = 300 * data.Mi
	d.app.changeFix(func(f *views.Fix) {
		known := *f.Diagnosis
		known.Usage = map[data.Window]analysis.Stats{data.Day: {Samples: 10, Max: float64(peak)}, data.Week: {Samples: 99, Max: 2 * float64(peak)}}
		f.Diagnosis = &known
	})
	f := d.app.state.Fix
	for _, tc := range []struct {
		limit   int64
		refused bool
	}{{peak - data.Mi, true}, {peak, true}, {peak + data.Mi, false}} {
		planned := len(d.cluster.planned)
		d.run(d.app.do(views.PlanFix{Key: f.Key, Limit: &tc.limit, Request: mib(16)}))
		if got := d.app.state.Fix.Phase == views.FixRefused; got != tc.refused || (len(d.cluster.planned) == planned) != tc.refused {
			t.Errorf("a limit of %d with %d in use: %s, %s", tc.limit, peak, d.app.state.Fix.Phase, d.app.state.Fix.Problem)
		}
	}
}
