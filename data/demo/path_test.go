package demo

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
	"github.com/oomedic/oomedic/data/prom"
)

// found returns a workload's container with the most kills from a store.
func found(t *testing.T, st *data.Store, container string) data.Container {
	t.Helper()
	var best *data.Container
	list := st.Snapshot().Containers
	for i := range list {
		if c := list[i]; string(c.Key.Container) == container && (best == nil || len(c.Terminations()) > len(best.Terminations())) {
			best = c
		}
	}
	if best == nil {
		t.Fatalf("%s is not among %d suspects", container, len(list))
	}
	return *best
}

// wholePath lists, reads the history, plans, applies and follows the rollout with the program's own doors.
func wholePath(t *testing.T, s *Sandbox) {
	client := kube.NewFor(s.Clientset(), s.Address(), kube.Options{Now: s.now})
	st := data.NewStore(s.now)
	if err := client.List(t.Context(), st); err != nil {
		t.Fatal(err)
	}
	c := found(t, st, "postgres")
	if c.Workload.Ref() != "statefulset/database" || c.Last == nil || c.Last.Reason != "OOMKilled" || *c.Resources.Limit != 512*data.Mi {
		t.Fatalf("%+v", c)
	}
	report := found(t, st, "report")
	if report.Workload.Ref() != "cronjob/nightly-report" {
		t.Errorf("the report belongs to %s", report.Workload.Ref())
	}
	if w := found(t, st, "migrate").Workload; w.Ref() != "deployment/migrator" {
		t.Errorf("the init container belongs to %s", w.Ref())
	}
	reader, err := prom.Dial(s.Address(), prom.Options{Transport: s.Transport(), Now: s.now})
	if err != nil {
		t.Fatal(err)
	}
	h, err := reader.History(t.Context(), &c, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Lives) < 12 || len(h.Kills) != 12 || len(h.Gaps) > 1 || (len(h.Gaps) == 1 && h.Gaps[0].What != "load beside memory") || h.Limit.Len() == 0 || math.Abs(h.ScrapeInterval.Seconds()-60) > 1 {
		t.Errorf("%d lives, %d kills, gaps %v, %d limits, every %s", len(h.Lives), len(h.Kills), h.Gaps, h.Limit.Len(), h.ScrapeInterval)
	}
	nights, err := reader.History(t.Context(), &report, nil)
	if err != nil || len(nights.Lives) != 30 || len(nights.Kills) < 6 || len(nights.Kills) > 18 {
		t.Errorf("%d nights, %d of them killed, %v", len(nights.Lives), len(nights.Kills), err)
	}
	limit := 768 * data.Mi
	plan, err := client.Plan(t.Context(), data.Change{Workload: c.Workload, Container: "postgres", Kind: data.RegularContainer, Limit: &limit})
	if err != nil {
		t.Fatal(err)
	}
	done, err := client.Apply(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	if *done.After.Limit != limit {
		t.Errorf("stored %+v", done.After)
	}
	if _, err := client.Apply(t.Context(), plan); !errors.Is(err, data.ErrConflict) {
		t.Errorf("the same plan again: %v", err)
	}
	for range 30 {
		s.Step(time.Second)
		r, err := client.Rollout(t.Context(), c.Workload, done)
		if err != nil || r.Failed {
			t.Fatalf("%+v, %v", r, err)
		}
		if r.Done {
			return
		}
	}
	t.Error("the rollout did not end in 30 s")
}

func TestRefusedPlan(t *testing.T) {
	t.Parallel()
	s := readOnly(t)
	client := kube.NewFor(s.Clientset(), s.Address(), kube.Options{Now: s.now})
	st := data.NewStore(s.now)
	if err := client.List(t.Context(), st); err != nil {
		t.Fatal(err)
	}
	c := found(t, st, "ledger")
	for limit, refused := range map[int64]bool{3 * data.Gi: true, 2 * data.Gi: false} {
		_, err := client.Plan(t.Context(), data.Change{Workload: c.Workload, Container: "ledger", Kind: data.RegularContainer, Limit: &limit})
		if errors.Is(err, data.ErrRefused) != refused {
			t.Errorf("%s: %v", data.Quantity(limit), err)
		}
	}
}
