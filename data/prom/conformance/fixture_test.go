//go:build e2e

package conformance

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"

	"github.com/oomedic/oomedic/data"
)

// present is the time of all questions: not aligned to any step.
var present = time.Date(2026, 3, 15, 12, 34, 56, 0, time.UTC)

const (
	mi     = float64(1 << 20)
	scrape = 30 * time.Second
)

// sample is a value at a time in Unix milliseconds.
type sample struct {
	t int64
	v float64
}

// ST, T, F, H, FH, Type and Copy implement chunks.Sample.
func (s sample) ST() int64                     { return 0 }
func (s sample) T() int64                      { return s.t }
func (s sample) F() float64                    { return s.v }
func (s sample) H() *histogram.Histogram       { return nil }
func (s sample) FH() *histogram.FloatHistogram { return nil }
func (s sample) Type() chunkenc.ValueType      { return chunkenc.ValFloat }
func (s sample) Copy() chunks.Sample           { return s }

// line is one series.
type line struct {
	labels  labels.Labels
	samples []sample
}

func (l line) chunk() []chunks.Sample {
	out := make([]chunks.Sample, len(l.samples))
	for i, s := range l.samples {
		out[i] = s
	}
	return out
}

// pairs writes the labels as text exposition does.
func pairs(l line) string {
	var out []string
	l.labels.Range(func(one labels.Label) {
		if one.Name != model.MetricNameLabel {
			out = append(out, one.Name+"="+strconv.Quote(one.Value))
		}
	})
	return "{" + strings.Join(out, ",") + "}"
}

// series makes a series of n samples, the last one back before the present; f gives the value of each.
func series(metric string, back time.Duration, n int, f func(i int) float64, pairs ...string) line {
	l := line{labels: labels.FromStrings(append([]string{model.MetricNameLabel, metric}, pairs...)...)}
	last := present.Add(-back).UnixMilli()
	for i := range n {
		l.samples = append(l.samples, sample{last - int64(n-1-i)*scrape.Milliseconds(), f(i)})
	}
	return l
}

// memory is a series of the working set of container app in pod p of a namespace.
func memory(ns string, back time.Duration, n int, f func(i int) float64, more ...string) line {
	return series(data.MetricWorkingSet, back, n, f, append([]string{"namespace", ns, "pod", "p", "container", "app"}, more...)...)
}

// caseOf is the container that a namespace of the fixture has.
func caseOf(ns string) *data.Container {
	return &data.Container{Key: data.Key{Namespace: data.Text(ns), Pod: "p", UID: "u", Container: "app"}, PodCreated: present.Add(-40 * 24 * time.Hour)}
}

func rising(i int) float64 { return 100*mi + float64(i)*mi/4 }

// without leaves samples out.
func (l line) without(drop func(i int) bool) line {
	kept := l.samples[:0:0]
	for i, s := range l.samples {
		if !drop(i) {
			kept = append(kept, s)
		}
	}
	l.samples = kept
	return l
}

// bigSamples is a long series: 34.7 days at 30 s, of which 30 days are asked for.
const bigSamples = 100_000

// fixture are the series of all cases, a namespace each; "empty" has none.
func fixture() []line {
	shifted := memory("replicas", 7*time.Second, 200, rising, "id", "/a", "prometheus_replica", "b")
	counter := func(i int) float64 { return []float64{0, 1, 1, 2, 0, 0, 1, 1}[i*8/200] }
	all := []line{
		memory("one", time.Minute, 1, rising, "id", "/a"),
		memory("nan", 0, 200, func(i int) float64 {
			if i%10 == 5 {
				return math.NaN()
			}
			return rising(i)
		}, "id", "/a"),
		memory("inf", 0, 200, func(i int) float64 {
			if i == 100 {
				return math.Inf(1)
			}
			return rising(i)
		}, "id", "/a"),
		memory("gaps", 0, 400, rising, "id", "/a").without(func(i int) bool { return i >= 100 && i < 300 }),
		memory("twice", 0, 200, rising, "id", "/a", "job", "kubelet"),
		memory("twice", 0, 200, func(i int) float64 { return rising(i) - mi }, "id", "/a", "job", "cadvisor"),
		memory("ghosts", 50*time.Minute, 100, rising, "id", "/dead"),
		memory("ghosts", 0, 100, rising, "id", "/new"),
		memory("replicas", 0, 200, rising, "id", "/a", "prometheus_replica", "a"), shifted,
		memory("reset", 0, 200, rising, "id", "/a"),
		series(data.MetricOOMEvents, 0, 200, counter, "namespace", "reset", "pod", "p", "container", "app", "id", "/a"),
		memory("big", 0, bigSamples, func(i int) float64 { return 200*mi + float64(i*7919%10007)*1024 }, "id", "/a"),
		series("up", 0, 20*2880, func(int) float64 { return 1 }, "job", "kubelet"),
	}
	return append(append(all, limits()...), pair()...)
}

// limits are what kube-state-metrics says beside the memory.
func limits() []line {
	fixed := func(v float64) func(int) float64 { return func(int) float64 { return v } }
	own := []string{"namespace", "ghosts", "pod", "p", "container", "app"}
	return []line{
		series(data.MetricLimits, 0, 200, fixed(512*mi), append(own, "resource", "memory", "job", "kube-state-metrics")...),
		series(data.MetricRestarts, 0, 200, fixed(1), own...),
		series(data.MetricLastEnd, 0, 100, fixed(float64(present.Add(-50*time.Minute).Unix())), own...),
		series(data.MetricLastReason, 0, 100, fixed(1), append(own, "reason", "OOMKilled")...),
	}
}

// pair are two containers of one namespace, which are asked about together: their memory, kills, limits, network and what
// the kernel counted.
func pair() []line {
	var out []line
	for i, pod := range []string{"p", "q"} {
		own := []string{"namespace", "pair", "pod", pod, "container", "app"}
		with := func(more ...string) []string { return append(append([]string{}, own...), more...) }
		shift := float64(i) * 7 * mi
		out = append(out,
			series(data.MetricWorkingSet, 0, 300, func(k int) float64 { return rising(k) + shift }, with("id", "/"+pod)...),
			series(data.MetricRSS, 0, 300, func(k int) float64 { return rising(k)/2 + shift }, with("id", "/"+pod)...),
			series(data.MetricCPU, 0, 300, func(k int) float64 { return float64(k * (i + 1)) }, with("id", "/"+pod, "cpu", "total")...),
			series(data.MetricReceived, 0, 300, func(k int) float64 { return float64(k * (i + 3)) }, "namespace", "pair", "pod", pod, "interface", "eth0", "id", "/"+pod),
			series(data.MetricOOMEvents, 0, 300, func(k int) float64 { return float64(k / 200) }, with("id", "/"+pod)...),
			series(data.MetricLimits, 0, 300, func(int) float64 { return 512*mi + shift }, with("resource", "memory", "job", "kube-state-metrics")...),
			series(data.MetricRestarts, 0, 300, func(int) float64 { return 1 }, own...),
			series(data.MetricLastEnd, 0, 300, func(int) float64 { return float64(present.Add(-50 * time.Minute).Unix()) }, own...),
			series(data.MetricLastReason, 0, 300, func(int) float64 { return 1 }, with("reason", "OOMKilled")...))
	}
	return out
}
