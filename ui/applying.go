package ui

import (
	"context"
	"sync/atomic"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// telling is a cluster that says how far a change has come while it is applied.
type telling interface {
	ApplyTelling(ctx context.Context, p *data.Plan, tell func([]data.Target)) (data.Applied, error)
}

// applyTelling applies a plan and tells how far it has come, where the cluster does.
func applyTelling(ctx context.Context, c Cluster, p *data.Plan, tell func([]data.Target)) (data.Applied, error) {
	if t, ok := c.(telling); ok {
		return t.ApplyTelling(ctx, p, tell)
	}
	return c.Apply(ctx, p)
}

// targetsTold hands what became of targets from the command that applies them to the app.
type targetsTold struct{ newest atomic.Pointer[[]data.Target] }

func (t *targetsTold) set(all []data.Target) { t.newest.Store(&all) }

// showApplying shows how far the change that is being applied has come.
func (a *App) showApplying() {
	f := a.state.Fix
	if f == nil || f.Phase != views.FixApplying || a.applying == nil {
		return
	}
	if all := a.applying.newest.Load(); all != nil {
		a.changeFix(func(f *views.Fix) { f.Progress = *all })
	}
}

// resizeOpen reports whether a change went wrong in part and a pod that has the new values waits for its node still.
func resizeOpen(f *views.Fix) bool {
	if f.Phase != views.FixFailed || f.Applied == nil || f.Rollout != nil && (f.Rollout.Done || f.Rollout.Failed) {
		return false
	}
	for _, t := range f.Applied.Targets {
		if t.Kind == "Pod" && t.State == data.TargetStored && t.Resize != data.ResizeDone && t.Resize != data.ResizeInfeasible {
			return true
		}
	}
	return false
}

// gotOpenResize takes in how far a pod has come that was deferred. When it was all that was missing, the change is
// through, and watched like any other.
func gotOpenResize(f *views.Fix, r *data.Rollout) {
	f.Rollout = r
	if !r.Done {
		return
	}
	for _, t := range f.Applied.Targets {
		if t.State != data.TargetStored {
			return
		}
	}
	f.Phase, f.Err, f.Problem = views.FixWatching, nil, ""
}
