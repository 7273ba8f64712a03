//go:build e2e

package conformance

import (
	"fmt"
	"math"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"github.com/oomedic/oomedic/data"
)

// The size of the measured Prometheus: series of others, killed containers, and a workload.
const (
	otherSeries  = 100_000
	otherSamples = 20 // ten minutes at 30 s

	killed       = 500
	killedLong   = 200 // of them with 30 days of history; the others have 10, which operators ship as retention
	killedEvery  = time.Minute
	killsOfEach  = 5
	workloadPods = 4
	workEvery    = 30 * time.Second
	partsDays    = 7 // how long RSS and page cache are there
)

// flow is a series whose samples are made while they are read, so that a hundred million of them need no memory.
type flow struct {
	labels   labels.Labels
	from, to time.Time
	every    time.Duration
	value    func(i int, at time.Time) float64
}

// Labels implements storage.Series.
func (f flow) Labels() labels.Labels { return f.labels }

// Iterator implements storage.Series.
func (f flow) Iterator(chunkenc.Iterator) chunkenc.Iterator {
	return &flowing{Iterator: chunkenc.NewNopIterator(), flow: f, n: int(f.to.Sub(f.from) / f.every), i: -1}
}

// flowing goes through a flow from front to back; what else iterators can do is not asked of it.
type flowing struct {
	chunkenc.Iterator
	flow
	n, i int
}

// Next implements chunkenc.Iterator.
func (f *flowing) Next() chunkenc.ValueType {
	if f.i++; f.i >= f.n {
		return chunkenc.ValNone
	}
	return chunkenc.ValFloat
}

// At implements chunkenc.Iterator.
func (f *flowing) At() (int64, float64) {
	at := f.to.Add(-time.Duration(f.n-1-f.i) * f.every)
	return at.UnixMilli(), f.value(f.i, at)
}

// Err implements chunkenc.Iterator.
func (f *flowing) Err() error { return nil }

// pod makes all series of one killed container: a memory series a life, which ends with a kill, and what
// kube-state-metrics says of it.
type pod struct {
	namespace, name string
	days            int
	every           time.Duration
	kills           []time.Time
}

func (p pod) flow(metric string, from, to time.Time, value func(int, time.Time) float64, more ...string) storage.Series {
	pairs := append([]string{model.MetricNameLabel, metric, "namespace", p.namespace, "pod", p.name, "container", "app"}, more...)
	return flow{labels.FromStrings(pairs...), from, to, p.every, value}
}

func (p pod) series() []storage.Series {
	from := present.Add(-time.Duration(p.days) * 24 * time.Hour)
	fixed := func(v float64) func(int, time.Time) float64 { return func(int, time.Time) float64 { return v } }
	var out []storage.Series
	begin := from
	for i, end := range append(append([]time.Time{}, p.kills...), present) {
		start := begin
		rise := func(_ int, at time.Time) float64 { // ever faster to the limit of 512Mi, with noise of some Mi
			x := at.Sub(start).Seconds() / end.Sub(start).Seconds()
			return 4096 * math.Floor((100*mi+400*mi*x*x)/4096+float64(at.Unix()*7919%1031)) // whole pages
		}
		id := fmt.Sprintf("/kubepods/%s/%d", p.name, i)
		out = append(out, p.flow(data.MetricWorkingSet, start, end, rise, "id", id, "job", "kubelet"))
		for _, part := range []struct {
			metric string
			share  float64
		}{{data.MetricRSS, 0.8}, {data.MetricCache, 0.1}} {
			if since := present.Add(-partsDays * 24 * time.Hour); end.After(since) {
				out = append(out, p.flow(part.metric, latest(start, since), end, func(i int, at time.Time) float64 { return 4096 * math.Floor(part.share*rise(i, at)/4096) }, "id", id, "job", "kubelet"))
			}
		}
		begin = end.Add(p.every)
	}
	restarts := func(_ int, at time.Time) (n float64) {
		for _, k := range p.kills {
			if !at.Before(k) {
				n++
			}
		}
		return n
	}
	ended := func(i int, at time.Time) float64 { return float64(p.kills[int(restarts(i, at))-1].Unix()) }
	out = append(out,
		p.flow(data.MetricLimits, from, present, fixed(512*mi), "resource", "memory", "unit", "byte", "job", "kube-state-metrics"),
		p.flow(data.MetricRequests, from, present, fixed(256*mi), "resource", "memory", "unit", "byte", "job", "kube-state-metrics"),
		p.flow(data.MetricRestarts, from, present, restarts, "job", "kube-state-metrics"),
		p.flow(data.MetricLastEnd, p.kills[0].Add(p.every), present, ended, "job", "kube-state-metrics"),
		p.flow(data.MetricLastReason, p.kills[0].Add(p.every), present, fixed(1), "reason", "OOMKilled", "job", "kube-state-metrics"))
	return out
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// crowdPod is one of the killed containers.
func crowdPod(i int) pod {
	p := pod{namespace: "crowd", name: fmt.Sprintf("c%d", i), days: 30, every: killedEvery}
	if i >= killedLong {
		p.days = 10
	}
	for k := range killsOfEach {
		back := time.Duration(killsOfEach-k) * time.Duration(p.days) * 24 * time.Hour / (killsOfEach + 1)
		p.kills = append(p.kills, present.Add(-back+time.Duration(i%killedLong)*7*time.Minute).Truncate(time.Second))
	}
	return p
}

// workPod is one pod of the workload.
func workPod(i int) pod {
	p := pod{namespace: "work", name: fmt.Sprintf("p-%d", i), days: 30, every: workEvery}
	for k := range 3 {
		p.kills = append(p.kills, present.Add(-time.Duration(k*9+3+i)*24*time.Hour))
	}
	for a, b := 0, len(p.kills)-1; a < b; a, b = a+1, b-1 {
		p.kills[a], p.kills[b] = p.kills[b], p.kills[a]
	}
	return p
}

// crowd are the series of the measured Prometheus.
func crowd() []storage.Series {
	var out []storage.Series
	metrics := []string{data.MetricWorkingSet, data.MetricRSS, data.MetricCache, data.MetricSpecLimit, data.MetricOOMEvents}
	for i := range otherSeries / len(metrics) {
		other := fmt.Sprintf("other-%d", i)
		for _, m := range metrics {
			l := series(m, 0, otherSamples, rising, "namespace", fmt.Sprintf("ns%d", i%50), "pod", other, "container", "app", "id", "/"+other, "job", "kubelet")
			out = append(out, storage.NewListSeries(l.labels, l.chunk()))
		}
	}
	for i := range killed {
		out = append(out, crowdPod(i).series()...)
	}
	for i := range workloadPods {
		out = append(out, workPod(i).series()...)
	}
	return out
}
