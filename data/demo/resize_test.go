package demo

import (
	"context"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// TestResizeInPlaceKeepsThePods resizes the database in place with the program's own door: its pods stay, get the memory
// and are not restarted by it.
func TestResizeInPlaceKeepsThePods(t *testing.T) {
	t.Parallel()
	s := start(t, short())
	client := kube.NewFor(s.Clientset(), s.Address(), kube.Options{Now: s.now})
	st := data.NewStore(s.now)
	if err := client.List(t.Context(), st); err != nil {
		t.Fatal(err)
	}
	c := found(t, st, "postgres")
	limit := 768 * data.Mi
	ch := data.Change{Workload: c.Workload, Container: "postgres", Kind: data.RegularContainer, Limit: &limit, Way: data.WayInPlace}
	p, err := client.Plan(t.Context(), ch)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Pods) == 0 || *p.Before.Limit != 512*data.Mi || *p.After.Limit != limit || len(p.Diff) == 0 {
		t.Fatalf("%d pods, %+v → %+v, %d lines of diff", len(p.Pods), p.Before, p.After, len(p.Diff))
	}
	ctx, stop := context.WithCancel(t.Context())
	ticked := make(chan struct{})
	go func() { // the sandbox's kubelets must go on while the first pod is watched
		defer close(ticked)
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				s.Step(time.Second)
			}
		}
	}()
	a, err := client.Apply(t.Context(), p)
	stop()
	<-ticked
	if err != nil {
		t.Fatal(err)
	}
	s.Step(time.Second)
	r, err := client.Rollout(t.Context(), ch.Workload, a)
	if err != nil || !r.Done || len(r.Resizes) != len(p.Pods) {
		t.Fatalf("%+v, %v", r, err)
	}
	for i, one := range r.Resizes {
		if one.Pod != p.Pods[i].Pod || *one.Actual.Limit != limit {
			t.Errorf("%+v, want pod %+v with 768Mi", one, p.Pods[i].Pod)
		}
	}
}
