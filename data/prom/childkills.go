package prom

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/oomedic/oomedic/data"
)

// ChildKills returns, for every container of the source, the rise of container_oom_events_total over the window that
// ends now, above zero alone, ordered by namespace, pod and container. Instances of a container add up. The first
// query finds the few containers whose counter is above zero at all, the others look at those.
func (r *Reader) ChildKills(ctx context.Context, window time.Duration) ([]data.ChildKill, error) {
	now := r.now()
	a, err := r.instant(ctx, byContainer+"(max_over_time("+data.MetricOOMEvents+"{"+realContainers+"}["+data.PromDuration(window)+"])) > 0", now)
	if err != nil {
		return nil, err
	}
	var suspects []*data.Container
	for _, s := range seriesOf(a.value) {
		suspects = append(suspects, &data.Container{Key: data.Key{Namespace: data.Clean(s.namespace), Pod: data.Clean(s.pod)}})
	}
	var out []data.ChildKill
	for _, b := range podBatches(suspects, batchPods) {
		a, err := r.instant(ctx, oomRisePromQL(podsSelector(b.namespace, b.pods), window), now)
		if err != nil {
			return nil, err
		}
		for _, s := range seriesOf(a.value) {
			out = append(out, data.ChildKill{
				Namespace: data.Clean(s.namespace), Pod: data.Clean(s.pod), Container: data.Clean(s.container),
				Count: s.V[len(s.V)-1],
				From:  data.Clean(oomRisePromQL(podSelector(s.namespace, s.pod, s.container), window)),
			})
		}
	}
	slices.SortFunc(out, func(a, b data.ChildKill) int {
		key := func(k data.ChildKill) string {
			return k.Namespace.String() + "/" + k.Pod.String() + "/" + k.Container.String()
		}
		return strings.Compare(key(a), key(b))
	})
	return out, nil
}

// oomRisePromQL gives the rise of the counter over the window. increase() starts at the first sample and so misses
// what a counter was born with: a series that was not there when the window began counts from zero.
func oomRisePromQL(sel string, window time.Duration) string {
	x, w := data.MetricOOMEvents+"{"+sel+"}", data.PromDuration(window)
	born := "(max_over_time(" + x + "[" + w + "]) unless " + x + " offset " + w + ")"
	return "sum by (namespace,pod,container)(max by (namespace,pod,container,id)(" + born + " or round(increase(" + x + "[" + w + "])))) > 0"
}
