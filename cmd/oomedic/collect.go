package main

import (
	"context"
	"sync"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
	"github.com/oomedic/oomedic/ui"
	"github.com/oomedic/oomedic/views"
)

// readers is how many histories are read side by side: Prometheus is shared with everybody who is on call.
const readers = 2

// findings are what a report is made of.
type findings struct {
	cluster   data.Cluster
	metrics   views.Metrics
	gaps      []data.Gap
	diagnoses []analysis.Diagnosis
}

// collect lists the pods once and diagnoses every case, with the same functions as the screens.
func (o *options) collect(ctx context.Context, c *kube.Client, cluster data.Cluster, m ui.Metrics) (findings, error) {
	f := findings{cluster: cluster}
	store := data.NewStore(time.Now)
	if o.kills != nil {
		o.kills.Recall(store, cluster.Namespaces, maxSince)
	}
	if err := c.List(ctx, store); err != nil {
		return f, err
	}
	f.metrics = m.Probe(ctx)
	o.price = priceOr(f.metrics, o.price)
	if f.metrics.Reachable {
		f.gaps = append(f.gaps, o.childKills(ctx, c, store, cluster, m)...)
		if p, ok := m.(ui.Past); ok {
			past, gaps := p.Past(ctx, cluster.Namespaces)
			f.gaps = append(append(f.gaps, gaps...), ui.KeepPast(ctx, c, store, past)...)
		}
	} else {
		f.gaps = append(f.gaps, data.Gap{What: "memory history", Why: f.metrics.Problem})
	}
	if o.kills != nil {
		o.kills.Keep(store)
	}
	s := store.Snapshot()
	f.gaps = append(f.gaps, s.Gaps...)
	now := time.Now()
	killed, ruled := analysis.Cases(s.Containers, o.overviews(ctx, m, &f, s.Containers), o.since, now)
	cases := append(killed, ruled...)
	f.diagnoses = o.diagnoseAll(ctx, m, f.metrics, cases, bounds(ctx, c, cases), now)
	return f, ctx.Err()
}

// childKills puts containers with killed child processes into the store and returns what could not be read.
func (o *options) childKills(ctx context.Context, c *kube.Client, s *data.Store, where data.Cluster, m ui.Metrics) []data.Gap {
	kills, err := m.ChildKills(ctx, o.since)
	if err != nil {
		return []data.Gap{{What: "kills of child processes", Why: data.Clean(err.Error())}}
	}
	if why := ui.KeepChildKills(ctx, c, s, where, kills); why != "" {
		return []data.Gap{{What: "kills of child processes", Why: why}}
	}
	return nil
}

// overviews reads what the list shows of memory; nil without metrics.
func (o *options) overviews(ctx context.Context, m ui.Metrics, f *findings, cs []*data.Container) map[data.Key]data.Overview {
	if !f.metrics.Reachable {
		return nil
	}
	ov, gaps := m.Overview(ctx, cs, o.since, 24)
	f.gaps = append(f.gaps, gaps...)
	return ov
}

// together are metrics that read the histories of many containers in fewer questions than one by one.
type together interface {
	Histories(ctx context.Context, cs []*data.Container, each func(i int, h *data.History, err error))
}

// diagnoseAll diagnoses the cases in their order, a few side by side. bounds are what each namespace allows; nil when not
// read.
func (o *options) diagnoseAll(ctx context.Context, m ui.Metrics, state views.Metrics, cases []analysis.Case, bounds map[data.Text]*data.Bounds, now time.Time) []analysis.Diagnosis {
	out := make([]analysis.Diagnosis, len(cases))
	diagnose := func(i int, h *data.History, err error) {
		in := analysis.Input{Case: cases[i], History: h, MetricsProblem: state.Problem, Price: o.price, Now: now, Bounds: bounds[cases[i].Container.Key.Namespace]}
		if err != nil {
			in.MetricsProblem, in.History = data.Clean(err.Error()), nil
		}
		out[i] = analysis.Diagnose(in)
	}
	if all, ok := m.(together); ok && state.Reachable {
		cs := make([]*data.Container, len(cases))
		for i := range cases {
			cs[i] = &cases[i].Container
		}
		all.Histories(ctx, cs, diagnose)
		return out
	}
	next := make(chan int)
	var wg sync.WaitGroup
	for range readers {
		wg.Go(func() {
			for i := range next {
				var h *data.History
				var err error
				if state.Reachable {
					h, err = m.History(ctx, &cases[i].Container, func(int, int) {})
				}
				diagnose(i, h, err)
			}
		})
	}
	for i := range cases {
		next <- i
	}
	close(next)
	wg.Wait()
	return out
}
