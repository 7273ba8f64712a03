package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// waysWith are all ways, offered, one of them preferred.
func waysWith(best data.Way) []data.WayOffer {
	var out []data.WayOffer
	for _, w := range data.AllWays {
		out = append(out, data.WayOffer{Way: w, Offered: true, Why: "a reason", Preferred: w == best})
	}
	return out
}

// lastPlanned is the newest wish that the cluster was asked for.
func (d *driver) lastPlanned() data.Change {
	d.t.Helper()
	if len(d.cluster.planned) == 0 {
		d.t.Fatal("nothing was planned")
	}
	return d.cluster.planned[len(d.cluster.planned)-1]
}

func TestTheBestWayIsTakenFirst(t *testing.T) {
	for _, best := range data.AllWays {
		d := drive(t, nil, oomKilled("database-0", time.Minute))
		d.cluster.ways = waysWith(best)
		d.press("f")
		d.phase(views.FixPlanned)
		if got := d.cluster.planned; len(got) != 1 || got[0].Way != best {
			t.Errorf("planned %+v, want %s", got, best)
		}
		d.press("w")
		if f := d.phase(views.FixPlanned); f.Plan.Change.Way == best || d.lastPlanned().Way == best {
			t.Errorf("w stays at %s", best)
		}
	}
}

func TestWithoutWordOfTheWaysTheTemplateIsTried(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.cluster.wayErr = data.ErrForbidden
	d.press("f")
	if got := d.cluster.planned; len(got) != 1 || got[0].Way != data.WayTemplate {
		t.Errorf("planned %+v", got)
	}
}

func TestTheWayStaysWhenNumbersAreEdited(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.cluster.ways = waysWith(data.WayTemplate)
	d.press("f", "w", "e", "ctrl+u", "2", "G", "i", "enter")
	if last := d.lastPlanned(); last.Way != data.WayInPlace || *last.Limit != 2*data.Gi {
		t.Errorf("planned %+v", last)
	}
}

func TestExportAppliesNothing(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.cluster.ways = waysWith(data.WayExport)
	d.press("f", "y")
	d.run(d.app.do(views.ApplyFix{Plan: d.app.state.Fix.Plan}))
	if len(d.cluster.applied) != 0 {
		t.Error("an export was applied")
	}
}

func TestABlockingCheckTakesYesAway(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.cluster.change = func(p *data.Plan) {
		p.Checks = []data.Check{{Name: "quota", State: data.CheckFail, Says: "nothing is left", Blocks: true}}
	}
	d.press("f")
	d.sees("This can't be applied: nothing is left")
	d.press("y")
	d.run(d.app.do(views.ApplyFix{Plan: d.app.state.Fix.Plan}))
	if len(d.cluster.applied) != 0 {
		t.Error("applied in spite of a check that forbids it")
	}
}

func TestAProtectedContextWantsTheNameTyped(t *testing.T) {
	d := drive(t, func(o *Options) { o.Protected = true }, oomKilled("database-0", time.Minute))
	d.press("f", "y")
	if len(d.cluster.applied) != 0 {
		t.Fatal("y alone applied")
	}
	d.sees("type the workload's name: database")
	d.run(d.app.do(views.ApplyFix{Plan: d.app.state.Fix.Plan, Typed: "other"}))
	d.press("q", "enter")
	if len(d.cluster.applied) != 0 || d.quit {
		t.Fatal("a wrong name applied, or a letter was a key")
	}
	d.press("backspace", "d", "a", "t", "a", "b", "a", "s", "e", "enter")
	if len(d.cluster.applied) != 1 {
		t.Fatalf("applied %d", len(d.cluster.applied))
	}
	d.phase(views.FixRolling)
}

func TestACheckMayWantTheNameTyped(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.cluster.change = func(p *data.Plan) {
		p.Checks = []data.Check{{Name: "managed by", State: data.CheckFail, Says: "an operator owns it", Typed: true}}
	}
	d.press("f", "y")
	d.sees("An operator owns it")
	d.run(d.app.do(views.ApplyFix{Plan: d.app.state.Fix.Plan}))
	if len(d.cluster.applied) != 0 {
		t.Error("applied without the name")
	}
}

func TestADeferredResizeIsNotApplied(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.cluster.ways = waysWith(data.WayInPlace)
	d.cluster.done.Targets = []data.Target{{Kind: "Pod", Namespace: "data", Name: "database-0", State: data.TargetStored, Resize: data.ResizePending}}
	pod := data.PodKey{Namespace: "data", Name: "database-0"}
	d.cluster.rollout = data.Rollout{Resizes: []data.PodResize{{Pod: pod, State: data.ResizeDeferred, Says: "no room"}}}
	d.press("f", "y")
	d.sees("not applied, the node has no room now")
	d.phase(views.FixRolling)
	d.cluster.rollout = data.Rollout{Done: true, Resizes: []data.PodResize{{Pod: pod, State: data.ResizeDone, Actual: data.Resources{Limit: mib(768)}}}}
	d.pass(2 * time.Second)
	d.phase(views.FixWatching)
	d.sees("resized, runs with a limit of 768Mi")
}

func TestWhatWasDoneInPartIsSaidAndUndone(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.cluster.ways = waysWith(data.WayInPlace)
	d.press("f")
	d.cluster.applyErr = fmt.Errorf("%w: pod/database-1: quota", data.ErrPartly)
	d.cluster.done = data.Applied{JournalID: "j-1", After: data.Resources{Limit: mib(768), Request: mib(512)}, Targets: []data.Target{
		{Kind: "Pod", Namespace: "data", Name: "database-0", UID: "u", State: data.TargetStored, After: data.Resources{Limit: mib(768)}},
		{Kind: "Pod", Namespace: "data", Name: "database-1", State: data.TargetFailed, Error: "quota"},
	}}
	d.press("y")
	d.phase(views.FixFailed)
	d.sees("Not everything was applied", "database-1 was not changed: quota")
	d.press("u")
	f, c := d.phase(views.FixPlanned), d.lastPlanned()
	if !f.Undo || c.Way != data.WayInPlace || len(c.Expect) != 1 || c.Expect[0].Name != "database-0" || c.UndoOf != "j-1" || *c.Limit != 512*data.Mi {
		t.Errorf("the undo is %+v", c)
	}
}

// TestAConflictBehindAChangeIsNoNewDiff holds that what was stored is not forgotten when the next object conflicts.
func TestAConflictBehindAChangeIsNoNewDiff(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.press("f")
	d.cluster.applyErr = fmt.Errorf("%w and %w", data.ErrPartly, data.ErrConflict)
	d.cluster.done.Targets = []data.Target{{Kind: "Pod", Name: "database-0", State: data.TargetStored}, {Kind: "StatefulSet", Name: "database", State: data.TargetFailed}}
	d.press("y")
	d.phase(views.FixFailed)
	if len(d.cluster.planned) != 1 {
		t.Error("a new plan hides what was changed")
	}
}

func TestUndoOfWhatWasAbsentMakesItAbsent(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.cluster.change = func(p *data.Plan) { p.Before = data.Resources{} }
	d.press("f", "y", "u")
	c := d.lastPlanned()
	if c.Limit != nil || c.Request != nil || !c.DropLimit || !c.DropRequest {
		t.Errorf("the undo is %+v", c)
	}
	d.cluster.applyErr = fmt.Errorf("%w: moved", data.ErrConflict)
	d.press("y")
	d.phase(views.FixPlanned)
	if again := d.lastPlanned(); !again.DropLimit || again.UndoOf != c.UndoOf {
		t.Errorf("after a conflict the undo is %+v", again)
	}
}

func TestTheBlockingPodIsDeletedAfterItsOwnYes(t *testing.T) {
	pod := data.PodKey{Namespace: "data", Name: "database-2", UID: "u2"}
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.cluster.rollout = data.Rollout{Desired: 3, Old: 3, Failed: true, Blocking: &pod, Waits: "it waits"}
	d.press("f", "y", "x")
	if len(d.cluster.ended) != 0 {
		t.Fatal("x alone deleted a pod")
	}
	d.cluster.endErr = fmt.Errorf("%w: a disruption budget", data.ErrRefused)
	d.press("y")
	d.sees("was not deleted")
	d.cluster.endErr = nil
	d.press("x", "n", "x", "y")
	if len(d.cluster.ended) != 2 || d.cluster.ended[1] != pod {
		t.Errorf("deleted %v", d.cluster.ended)
	}
	other := pod
	other.Name = "database-1"
	d.run(d.app.do(views.EndPod{Pod: other}))
	if len(d.cluster.ended) != 2 {
		t.Error("a pod that does not block was deleted")
	}
}

func TestProtectedContextsWantTheNameTyped(t *testing.T) {
	pod := data.PodKey{Namespace: "data", Name: "database-2", UID: "u2"}
	d := drive(t, func(o *Options) { o.Protected = true }, oomKilled("database-0", time.Minute))
	d.cluster.rollout = data.Rollout{Desired: 3, Old: 3, Failed: true, Blocking: &pod, Waits: "it waits"}
	name := strings.Split("database", "")
	d.sees("protected")
	d.press("f", "y", "enter", "x", "enter")
	d.sees("not the name")
	if len(d.cluster.applied) != 0 {
		t.Fatal("applied without the name")
	}
	d.press("esc", "y")
	d.press(append(name, "enter")...)
	if len(d.cluster.applied) != 1 {
		t.Fatalf("%d applied with the name", len(d.cluster.applied))
	}
	d.press("x", "y")
	d.sees("To delete pod database-2, type the workload's name")
	d.press("enter", "y", "enter")
	d.run(d.app.do(views.EndPod{Pod: pod}))
	d.run(d.app.do(views.EndPod{Pod: pod, Typed: "web"}))
	if len(d.cluster.ended) != 0 {
		t.Fatal("deleted without the name")
	}
	d.press("backspace")
	d.press(append(name, "enter")...)
	if len(d.cluster.ended) != 1 || d.cluster.ended[0] != pod {
		t.Errorf("deleted %v", d.cluster.ended)
	}
}

func TestAChangeWithoutJournalIsAskedForTwice(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.press("f")
	d.cluster.applyErr = fmt.Errorf("nothing was sent: %w", data.ErrNoJournal)
	d.press("y")
	d.phase(views.FixFailed)
	d.press("J")
	d.sees("will not be written into the journal")
	d.press("y")
	if n := len(d.cluster.applied); n != 2 || !d.cluster.applied[1].Unrecorded || d.cluster.applied[0].Unrecorded {
		t.Errorf("%d applied", n)
	}
}

func TestExportIsSavedAndNeverOverwrites(t *testing.T) {
	folder := t.TempDir()
	d := drive(t, func(o *Options) { o.Folder = folder }, oomKilled("database-0", time.Minute))
	d.cluster.change = func(p *data.Plan) {
		p.Export = map[data.ExportFormat][]data.Text{data.ExportStrategic: {"spec:", "  a: 1"}}
	}
	d.press("f", "o", "s")
	d.sees("Saved as")
	d.press("s")
	for _, name := range []string{"oomedic-statefulset-database-patch.yaml", "oomedic-statefulset-database-patch-2.yaml"} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || string(text) != "spec:\n  a: 1\n" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	d.app.opt.Folder = filepath.Join(folder, "missing")
	d.press("s")
	d.sees("Not saved")
	if len(d.cluster.applied) != 0 {
		t.Error("saving applied something")
	}
}

func TestTheMemoryUnderTheNewLimitIsShown(t *testing.T) {
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.press("f")
	c := oomKilled("database-0", 0)
	c.Resources = data.Resources{Limit: d.app.state.Fix.Limit}
	c.Key.UID = "uid-new"
	d.cluster.pod = data.Pod{Key: c.PodKey(), Containers: []data.Container{c}}
	peak := float64(300 * data.Mi)
	d.metrics.overviews = map[data.Key]data.Overview{c.Key: {Peak: &peak, Spark: []float64{1, peak}}}
	d.cluster.rollout = data.Rollout{Desired: 1, Updated: 1, Ready: 1, Done: true, Pods: []data.PodKey{c.PodKey()}}
	d.press("y")
	d.pass(2 * time.Second)
	d.phase(views.FixWatching)
	d.sees("peak 300Mi of the new limit")
	if !strings.Contains(d.screen(), "1 pod") {
		t.Error("how many pods is not said")
	}
}
