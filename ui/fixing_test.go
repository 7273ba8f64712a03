package ui

import (
	"fmt"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// phase fails the test unless the fix is in phase p.
func (d *driver) phase(p views.FixPhase) *views.Fix {
	d.t.Helper()
	f := d.app.state.Fix
	if f == nil || f.Phase != p {
		d.t.Fatalf("the fix is %+v, want phase %s", f, p)
	}
	return f
}

func TestFixFromTheListToAWatchedRollout(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.press("f")
	f := d.phase(views.FixPlanned)
	if len(d.cluster.planned) != 1 || *d.cluster.planned[0].Limit <= 512*data.Mi {
		t.Fatalf("planned %+v", d.cluster.planned)
	}
	d.sees("512Mi", "kubectl set resources statefulset/database")
	d.press("y")
	if len(d.cluster.applied) != 1 || d.cluster.applied[0] != f.Plan {
		t.Fatalf("applied %v", d.cluster.applied)
	}
	d.phase(views.FixRolling)
	d.cluster.rollout = data.Rollout{Desired: 1, Updated: 1, Ready: 1, Done: true, At: start.Add(2 * time.Second)}
	d.pass(2 * time.Second)
	d.phase(views.FixWatching)
	asked := d.cluster.rollCalls
	d.pass(10 * time.Minute)
	f = d.phase(views.FixWatching)
	if f.Healing == nil || len(f.Healing.Killed) != 0 || f.Healing.Watched < 9*time.Minute {
		t.Errorf("healing %+v", f.Healing)
	}
	if d.cluster.rollCalls != asked {
		t.Error("the rollout is asked for after it ended")
	}
}

func TestAKillAtTheNewLimitIsSeen(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.press("f", "y")
	d.cluster.rollout = data.Rollout{Desired: 1, Updated: 1, Ready: 1, Done: true, At: start.Add(time.Second)}
	d.pass(2 * time.Second)
	c := oomKilled("database-0", -5*time.Second) // killed five seconds after the start
	c.Key.UID = "uid-new"
	c.Resources = d.app.state.Fix.Plan.After
	d.put(c)
	d.changed()
	d.pass(10 * time.Second)
	if f := d.phase(views.FixWatching); len(f.Healing.Killed) != 1 {
		t.Errorf("healing %+v, want one kill", f.Healing)
	}
	d.sees("illed again")
}

func TestNoKeyButYesApplies(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.press("f", "enter", "space", "j", "n")
	if len(d.cluster.applied) != 0 {
		t.Fatal("something was applied without a yes")
	}
	if len(d.app.stack) != 1 {
		t.Error("n did not leave the dialog")
	}
	d.press("y")
	if len(d.cluster.applied) != 0 {
		t.Fatal("y outside the dialog applied a plan")
	}
}

func TestReadOnlyAppliesNothing(t *testing.T) {
	d := drive(t, func(o *Options) { o.ReadOnly = true }, oomKilled("database-0", time.Minute))
	d.press("f")
	d.phase(views.FixPlanned)
	d.sees("ead-only")
	d.press("y")
	d.run(d.app.do(views.ApplyFix{Plan: d.app.state.Fix.Plan}))
	if len(d.cluster.applied) != 0 {
		t.Error("--read-only applied a plan")
	}
}

func TestAChangedWorkloadShowsTheNewDiff(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.press("f")
	d.cluster.applyErr = fmt.Errorf("%w: version 7 is now 9", data.ErrConflict)
	d.press("y")
	f := d.phase(views.FixPlanned)
	if !f.Changed || len(d.cluster.planned) != 2 {
		t.Fatalf("changed %v, %d plans", f.Changed, len(d.cluster.planned))
	}
	d.sees("changed")
	d.pass(2 * time.Second)
	d.press("y")
	d.phase(views.FixRolling)
}

func TestARefusalShowsTheServersWords(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.cluster.planErr = fmt.Errorf("%w: maximum memory usage per Container is 2Gi", data.ErrRefused)
	d.press("f")
	d.phase(views.FixRefused)
	d.sees("maximum memory usage per Container is 2Gi")
	d.press("y")
	if len(d.cluster.applied) != 0 {
		t.Error("a refused plan was applied")
	}
}

func TestAFailedApplyIsSaid(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.press("f")
	d.cluster.applyErr = fmt.Errorf("%w: the connection was lost", data.ErrUnknownOutcome)
	d.press("y")
	d.phase(views.FixFailed)
	d.sees("outcome is unknown")
}

func TestLateAnswersAreDropped(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.press("f")
	old := d.app.fixSeq
	plan := d.app.state.Fix.Plan
	d.run(d.app.plan(views.PlanFix{Key: d.key(), Limit: mib(1024), Request: mib(512)}, false))
	d.send(planMsg{seq: old, plan: plan})
	if f := d.phase(views.FixPlanned); *f.Plan.After.Limit != 1024*data.Mi {
		t.Errorf("an old plan replaced the newer one: %d", *f.Plan.After.Limit)
	}
	d.run(d.app.apply(views.ApplyFix{Plan: plan}))
	if len(d.cluster.applied) != 0 {
		t.Error("a plan that is not on the screen was applied")
	}
}

func TestSizesThatMakeNoSenseAreNotSent(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.press("f")
	sent := len(d.cluster.planned)
	d.run(d.app.do(views.PlanFix{Key: d.key(), Limit: mib(256), Request: mib(512)}))
	d.phase(views.FixRefused)
	if len(d.cluster.planned) != sent {
		t.Error("a request above the limit was sent to the API server")
	}
}

func TestWhatWasRuledOutIsNotFixed(t *testing.T) {
	c := oomKilled("frontend-1", time.Minute)
	c.Kills = nil
	c.Last.Reason = "Error"
	d := drive(t, nil, c)
	d.press("tab", "f")
	d.phase(views.FixRefused)
	d.sees("no OOM kill")
	if len(d.cluster.planned) != 0 {
		t.Error("a plan was made for what was no OOM kill")
	}
}
