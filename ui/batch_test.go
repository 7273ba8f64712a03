package ui

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// three containers of three workloads, killed one after another.
func threeKilled() []data.Container {
	var out []data.Container
	for i, name := range []data.Text{"api", "database", "web"} {
		c := oomKilled(name+"-0", time.Duration(i+1)*time.Minute)
		c.Workload.Name, c.Workload.UID = name, "uid-of-"+name
		out = append(out, c)
	}
	return out
}

func TestMarkedOnesAreFixedOneAfterAnother(t *testing.T) {
	d := drive(t, nil, threeKilled()...)
	d.press("space", "space", "space")
	d.sees("3 marked")
	d.press("F")
	d.sees("Fix 1 of 3", "api")
	d.press("y")
	d.sees("Fix 1 of 3")
	if n := len(d.cluster.applied); n != 1 {
		t.Fatalf("%d applied", n)
	}
	d.press("y", "y") // no yes is taken over to what comes next
	d.press("esc")
	d.sees("Fix 2 of 3", "database")
	d.press("n")
	d.sees("Fix 3 of 3", "web")
	if n := len(d.cluster.applied); n != 1 {
		t.Fatalf("%d applied", n)
	}
	d.press("y", "esc")
	d.sees("2 applied, 1 skipped", "1 marked")
	for i, want := range []data.Text{"api", "web"} {
		if got := d.cluster.applied[i].Change.Workload.Name; got != want {
			t.Errorf("change %d is of %s, want %s", i, got, want)
		}
	}
	d.press("f")
	d.seesNot("of 3")
}

func TestASeriesIsLeftAndGoesOnLater(t *testing.T) {
	d := drive(t, nil, threeKilled()...)
	d.press("space", "space", "space", "F", "y", "E")
	d.sees("1 applied, 2 left", "2 marked")
	d.cluster.planErr = fmt.Errorf("%w: quota", data.ErrRefused)
	d.press("F")
	d.sees("Fix 1 of 2", "database", "quota", "esc next")
	d.press("n", "y")
	d.sees("Fix 1 of 2")
	d.press("esc")
	d.sees("Fix 2 of 2", "esc end")
	d.press("esc")
	d.sees("2 refused", "2 marked")
	if len(d.cluster.applied) != 1 {
		t.Error("a refused change was applied")
	}
}

func TestPodsOfOneWorkloadAreOneChange(t *testing.T) {
	a, b := oomKilled("database-0", time.Minute), oomKilled("database-1", 2*time.Minute)
	d := drive(t, nil, a, b, threeKilled()[2])
	d.run(d.app.do(views.FixMarked{Keys: []data.Key{a.Key, b.Key, threeKilled()[2].Key}}))
	d.sees("Fix 1 of 2")
	d.run(d.app.do(views.FixMarked{Keys: []data.Key{{Pod: "never-seen"}}}))
	d.sees("None of the marked")
}

// TestASeriesWaitsForWhatIsBeingApplied presses esc while the API server has not answered.
func TestASeriesWaitsForWhatIsBeingApplied(t *testing.T) {
	d := drive(t, nil, threeKilled()...)
	d.press("space", "space", "F")
	d.app.changeFix(func(f *views.Fix) { f.Phase = views.FixApplying })
	d.press("esc")
	d.sees("Fix 1 of 2", "wait for its end")
	d.press("E")
	d.sees("Fix 1 of 2")
	d.app.changeFix(func(f *views.Fix) { f.Phase = views.FixPlanned })
	d.press("esc")
	d.sees("Fix 2 of 2")
}

// TestWhatLeavesTheListIsPassedOver empties the list between two changes of a series.
func TestWhatLeavesTheListIsPassedOver(t *testing.T) {
	all := threeKilled()
	d := drive(t, nil, all...)
	d.press("space", "space", "space", "F")
	board, next := *d.app.state.Board, *d.app.state
	board.Cases = slices.DeleteFunc(slices.Clone(board.Cases), func(c *analysis.Case) bool { return c.Container.Key == all[1].Key })
	board.Prepare()
	next.Board = &board
	d.app.state = &next
	d.press("n")
	d.sees("Fix 3 of 3", "web")
	d.press("n")
	d.sees("1 gone, 2 skipped")
}
