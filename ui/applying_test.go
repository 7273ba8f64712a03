package ui

import (
	"context"
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// deferred is a change of which the first pod waits for its node and the rest was left alone, as the last says.
func deferred(last data.TargetState) data.Applied {
	return data.Applied{Way: data.WayInPlace, Targets: []data.Target{
		{Kind: "Pod", Namespace: "data", Name: "database-0", UID: "u0", State: data.TargetStored, Resize: data.ResizeDeferred, Error: "deferred: no room"},
		{Kind: "Pod", Namespace: "data", Name: "database-1", UID: "u1", State: last},
	}}
}

func TestADeferredResizeIsFollowed(t *testing.T) {
	for _, tc := range []struct {
		name  string
		last  data.TargetState
		then  data.ResizeState
		phase views.FixPhase
		sees  string
	}{
		{"all that was missing", data.TargetStored, data.ResizeDone, views.FixWatching, "Stored at"},
		{"others were left alone", data.TargetWaiting, data.ResizeDone, views.FixFailed, "database-0: resized"},
		{"never", data.TargetStored, data.ResizeInfeasible, views.FixFailed, "the node can never do it"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := drive(t, nil, oomKilled("database-0", time.Minute))
			d.cluster.done = deferred(tc.last)
			d.cluster.applyErr = fmt.Errorf("the resize of pod database-0 is deferred: %w", data.ErrPartly)
			one := data.PodResize{Pod: data.PodKey{Namespace: "data", Name: "database-0", UID: "u0"}, State: data.ResizeDeferred, Says: "no room"}
			d.cluster.rollout = data.Rollout{Desired: 1, Old: 1, Resizes: []data.PodResize{one}, Waits: "pod database-0: deferred"}
			d.press("f", "y")
			d.phase(views.FixFailed)
			d.sees("Not everything was applied", "the node has no room now")
			d.pass(2 * time.Second)
			d.phase(views.FixFailed)
			one.State, one.Says = tc.then, "it runs with limit 768Mi"
			done := tc.then == data.ResizeDone
			d.cluster.rollout = data.Rollout{Desired: 1, Updated: 1, Done: done, Failed: !done, Resizes: []data.PodResize{one}}
			d.pass(2 * time.Second)
			d.phase(tc.phase)
			d.sees(tc.sees)
			calls := d.cluster.rollCalls
			d.pass(5 * time.Second)
			if tc.phase == views.FixFailed && d.cluster.rollCalls != calls {
				t.Errorf("it is asked for on and on: %d more", d.cluster.rollCalls-calls)
			}
		})
	}
}

// slowly tells how far it is and ends when it is told to.
type slowly struct {
	*fakeCluster
	tell chan []data.Target
	end  chan struct{}
}

func (s slowly) ApplyTelling(ctx context.Context, p *data.Plan, tell func([]data.Target)) (data.Applied, error) {
	for all := range s.tell {
		tell(all)
	}
	<-s.end
	return s.Apply(ctx, p)
}

func TestProgressOfAnApplyIsShownAndNothingIsSwitchedMeanwhile(t *testing.T) {
	f := &fakeSwitcher{}
	d := drive(t, func(o *Options) { o.Switcher = f }, oomKilled("database-0", time.Minute))
	s := slowly{d.cluster, make(chan []data.Target, 1), make(chan struct{})}
	d.app.opt.Cluster = s
	d.press("f")
	_ = d.screen()
	cmd := d.app.apply(views.ApplyFix{Plan: d.app.state.Fix.Plan})
	done := make(chan tea.Msg, 1)
	go func() { done <- cmd() }()
	s.tell <- []data.Target{
		{Kind: "Pod", Namespace: "data", Name: "database-0", State: data.TargetStored, Resize: data.ResizeDone},
		{Kind: "StatefulSet", Namespace: "data", Name: "database", State: data.TargetWaiting},
	}
	close(s.tell) // the one before was taken
	s.end <- struct{}{}
	<-done
	d.app.spin()
	d.app.show()
	d.sees("pod/database-0: resized", "statefulset/database: being sent")
	d.run(d.app.do(views.Pick{Of: pickContext, Name: "staging"}))
	if len(f.asked) != 0 {
		t.Error("the cluster was switched while a change was being applied")
	}
	d.sees("being applied")
}
