package prom

import (
	"context"
	"time"

	"github.com/oomedic/oomedic/data"
)

// limitPromQL gives the memory limits of the pods that sel selects. The limit of the specification comes first; the
// cgroup's own is taken where kube-state-metrics has none, unless it is 0, which means unlimited. A limit has no peaks
// to be missed, so that one sample a step is read: Prometheus itself looks back five minutes for it.
func limitPromQL(sel string) string {
	return byContainer + "(" + either(data.MetricLimits, data.MetricInitLimits, `resource="memory",`+sel) + ") or " +
		byContainer + "(" + data.MetricSpecLimit + "{" + sel + "}) > 0"
}

// requestPromQL gives the memory requests of the pods that sel selects.
func requestPromQL(sel string) string {
	return byContainer + "(" + either(data.MetricRequests, data.MetricInitRequests, `resource="memory",`+sel) + ")"
}

// stepped evaluates promql from from to to and returns the highest value at each step, of all series, not after end.
func (r *Reader) stepped(ctx context.Context, n *notes, promql string, from, to time.Time, step time.Duration, end time.Time) (data.Samples, error) {
	answers, err := r.rangedSplit(ctx, n, promql, from, to, step, maxHalvings)
	if err != nil {
		return data.Samples{}, err
	}
	var parts []series
	for _, a := range answers {
		parts = append(parts, seriesOf(a)...)
	}
	return notAfter(joined(parts), end), nil
}

// notAfter moves a last sample that stands for a step which is not over yet to the present.
func notAfter(s data.Samples, end time.Time) data.Samples {
	at := end.UnixMilli()
	for i := len(s.T) - 1; i >= 0 && s.T[i] > at; i-- {
		if i > 0 && s.T[i-1] >= at {
			s.T, s.V = s.T[:i], s.V[:i]
			continue
		}
		s.T[i] = at
	}
	return s
}

// noLimit is the gap of a container whose limit no metric has.
var noLimit = data.Gap{What: "memory limit over time", Why: "neither " + data.MetricLimits + " nor " + data.MetricSpecLimit + " has a value for this container: it has no limit, or they are not scraped"}

// noMemory is the gap of a container without any working set.
func noMemory(selector string) data.Gap {
	return data.Gap{What: "memory history", Why: data.Clean("Prometheus has no samples of " + data.MetricWorkingSet + "{" + selector + "} in this window")}
}
