package views

import (
	"fmt"
	"testing"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// sent is a plan of a way with a yes to it.
func sent(t testing.TB, way data.Way, phase FixPhase, change func(*Fix)) *Fix {
	return wayed(t, way, func(f *Fix) {
		f.Phase = phase
		applied(f)
		f.Applied.Way, f.Applied.JournalID = way, "20261123-023000-4f2a11aa"
		if way.InPlace() {
			for i := range 3 {
				f.Applied.Targets = append(f.Applied.Targets, data.Target{Kind: "Pod", Namespace: "data", Name: data.Textf("database-%d", i), State: data.TargetStored, Resize: data.ResizePending})
			}
		}
		if way.Template() {
			f.Applied.Targets = append(f.Applied.Targets, data.Target{Kind: "StatefulSet", Namespace: "data", Name: "database", State: data.TargetStored})
		}
		if change != nil {
			change(f)
		}
	})
}

// resizing is a rollout of three resizes.
func resizing(states ...data.ResizeState) *data.Rollout {
	r := &data.Rollout{}
	for i, s := range states {
		one := data.PodResize{Pod: data.PodKey{Namespace: "data", Name: data.Textf("database-%d", i)}, State: s}
		switch s {
		case data.ResizeDone:
			one.Actual.Limit = ptr(768 * data.Mi)
		case data.ResizeDeferred, data.ResizeInfeasible:
			one.Says = "Node didn't have enough resource: memory, requested: 805306368, capacity: 603979776"
		}
		r.Resizes = append(r.Resizes, one)
	}
	return r
}

var blockingPod = data.PodKey{Namespace: "data", Name: "database-2", UID: "u-2"}

// blocked is a rollout that a pod with the former template keeps from going on.
func blocked(f *Fix) {
	f.Rollout = &data.Rollout{Desired: 3, Updated: 0, Ready: 2, Old: 3, Failed: true, Blocking: &blockingPod,
		Waits: "the controller waits for pod database-2 (CrashLoopBackOff) to become ready and will not replace it: delete the pod, or resize it in place"}
}

// partlyFailed is an in-place resize of which the second pod was refused.
func partlyFailed(f *Fix) {
	f.Err, f.Problem = fmt.Errorf("no: %w", data.ErrPartly), "changed: pod/database-0; not changed: pod/database-1, pod/database-2: quota exceeded"
	f.Applied.Targets[1].State, f.Applied.Targets[1].Error = data.TargetFailed, "quota exceeded"
	f.Applied.Targets[2].State = data.TargetWaiting
}

// sentStates are the dialog's states behind a yes that ways, targets and the journal bring.
var sentStates = []fixState{
	{"applying-told", func(t testing.TB) *Fix {
		return wayed(t, data.WayBoth, func(f *Fix) {
			f.Phase = FixApplying
			f.Progress = []data.Target{
				{Kind: "Pod", Namespace: "data", Name: "database-0", State: data.TargetStored, Resize: data.ResizeDone, After: f.Plan.After},
				{Kind: "Pod", Namespace: "data", Name: "database-1", State: data.TargetWaiting, After: f.Plan.After},
				{Kind: "StatefulSet", Namespace: "data", Name: "database", State: data.TargetWaiting, After: f.Plan.After},
			}
		})
	}, nil},
	{"applying-both", func(t testing.TB) *Fix { return wayed(t, data.WayBoth, func(f *Fix) { f.Phase = FixApplying }) }, nil},
	{"rolling-resize", func(t testing.TB) *Fix {
		return sent(t, data.WayInPlace, FixRolling, func(f *Fix) {
			f.Rollout = resizing(data.ResizeDone, data.ResizeInProgress, data.ResizeDeferred)
		})
	}, nil},
	{"rolling-infeasible", func(t testing.TB) *Fix {
		return sent(t, data.WayInPlace, FixRolling, func(f *Fix) {
			f.Rollout = resizing(data.ResizeInfeasible, data.ResizePending, data.ResizePending)
			f.Rollout.Failed, f.Rollout.Waits = true, "pod database-0 cannot be resized on its node (infeasible)"
		})
	}, nil},
	{"rolling-blocked", func(t testing.TB) *Fix { return sent(t, data.WayTemplate, FixRolling, blocked) }, nil},
	{"rolling-ask-pod", func(t testing.TB) *Fix { return sent(t, data.WayTemplate, FixRolling, blocked) }, []string{"x"}},
	{"rolling-ending", func(t testing.TB) *Fix {
		return sent(t, data.WayTemplate, FixRolling, func(f *Fix) { blocked(f); f.Ending = &blockingPod })
	}, nil},
	{"failed-partly", func(t testing.TB) *Fix { return sent(t, data.WayInPlace, FixFailed, partlyFailed) }, nil},
	{"failed-journal", func(t testing.TB) *Fix {
		return wayed(t, data.WayTemplate, func(f *Fix) {
			f.Phase, f.Err, f.Problem = FixFailed, fmt.Errorf("nothing was sent: %w", data.ErrNoJournal), "nothing was sent: the journal cannot be written: read-only file system"
		})
	}, nil},
	{"verifying-memory", func(t testing.TB) *Fix {
		return sent(t, data.WayTemplate, FixWatching, func(f *Fix) {
			f.Rollout = &data.Rollout{Desired: 1, Updated: 1, Ready: 1, Done: true}
			f.Healing = &analysis.Healing{Watched: 42 * time.Minute, Usual: ptr(11 * time.Minute), Enough: true, Says: "no kill for 42m, usual life was 11m"}
			f.Memory = &NewMemory{Pods: 1, Peak: ptr(540 * data.Mi)}
			for i := range 24 {
				f.Memory.Spark = append(f.Memory.Spark, float64(540*data.Mi)*float64(i)/24)
			}
		})
	}, nil},
	{"verifying-unknown-memory", func(t testing.TB) *Fix {
		return sent(t, data.WayInPlace, FixWatching, func(f *Fix) {
			f.Rollout = resizing(data.ResizeDone, data.ResizeDone, data.ResizeDone)
			f.Memory = &NewMemory{Why: "no samples yet"}
		})
	}, nil},
}
