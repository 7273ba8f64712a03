package prom

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/oomedic/oomedic/data"
)

// loadSteps are the resolutions that load is read at; the first at which one signal has no more than loadPoints is
// taken. rates are taken over loadWindow at least, so that every scrape interval up to two minutes gives some.
var loadSteps = []time.Duration{5 * time.Minute, 15 * time.Minute, time.Hour}

const (
	loadPoints = 20_000
	loadWindow = 5 * time.Minute
)

// loadReader reads the signals of load of one history.
type loadReader struct {
	b    *historyBuilder
	step time.Duration
	mu   sync.Mutex
	none []string // metrics without a sample
}

// loadStepFor returns the step at which the load of a container's workload is read.
func loadStepFor(c *data.Container) time.Duration {
	pods := 1.0
	if n := c.Workload.Replicas; n != nil {
		pods = max(float64(*n), 1)
	}
	for _, s := range loadSteps {
		if pods*(partsDays*day).Seconds()/s.Seconds() <= loadPoints {
			return s
		}
	}
	return loadSteps[len(loadSteps)-1]
}

// loadTasks read what the pods did beside using memory, in the last days and in steps that depend on how many pods
// there are.
func (b *historyBuilder) loadTasks() (*loadReader, []task) {
	l := &loadReader{b: b, step: loadStepFor(b.c)}
	b.h.Load.Step = l.step
	podSel := joinMatchers(equal("namespace", b.c.Key.Namespace.String()), matches("pod", PodPattern(b.c)))
	into := &b.h.Load
	return l, []task{
		l.signal(data.MetricReceived, l.rate(data.MetricReceived, podSel, "interface"), &into.Received),
		l.signal(data.MetricCPU, l.rate(data.MetricCPU, b.sel, "id,cpu"), &into.CPU),
		l.signal(data.MetricReads, l.rate(data.MetricReads, b.sel, "id,device"), &into.Reads),
		l.signal(data.MetricSockets, l.gauge(data.MetricSockets), &into.Sockets),
		l.signal(data.MetricThreads, l.gauge(data.MetricThreads), &into.Threads),
		l.fileTask(data.MetricActiveFile, &b.h.ActiveFile),
		l.fileTask(data.MetricInactiveFile, &b.h.InactiveFile),
		l.sharedTask(podSel),
	}
}

// rate is the rise a second of a counter in each pod. Duplicates from several sources are grouped away before the
// parts that stand in by are added up.
func (l *loadReader) rate(metric, sel, by string) string {
	w := "[" + data.PromDuration(max(l.step, loadWindow)) + "]"
	return "sum by (namespace,pod)(max by (namespace,pod," + by + ")(rate(" + metric + "{" + sel + "}" + w + ")))"
}

// gauge is the highest value of each step in each pod.
func (l *loadReader) gauge(metric string) string {
	return "max by (namespace,pod)(max_over_time(" + metric + "{" + l.b.sel + "}[" + data.PromDuration(l.step) + "]))"
}

// signal reads one signal of each pod.
func (l *loadReader) signal(metric, promql string, into *[]data.Signal) task {
	return task{data.Clean("load: " + metric), func(ctx context.Context) error {
		answers, err := l.b.r.rangedSplit(ctx, l.b.n, promql, l.b.h.To.Add(-partsDays*day+l.step), l.b.h.To, l.step, maxHalvings)
		if err != nil {
			return err
		}
		var parts []series
		for _, a := range answers {
			parts = append(parts, seriesOf(a)...)
		}
		for _, s := range merged(parts) {
			*into = append(*into, data.Signal{Pod: data.Clean(s.pod), Samples: s.Samples})
		}
		l.note(metric, len(*into) == 0)
		return nil
	}}
}

// note remembers a metric that has no sample.
func (l *loadReader) note(metric string, none bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if none {
		l.none = append(l.none, metric)
	}
}

// fileTask reads a part of the page cache.
func (l *loadReader) fileTask(metric string, into *data.Samples) task {
	return task{data.Clean(metric), func(ctx context.Context) (err error) {
		*into, err = l.b.r.stepped(ctx, l.b.n, partPromQL(metric, l.b.sel), l.b.h.To.Add(-partsDays*day+partsStep), l.b.h.To, partsStep, l.b.h.To)
		l.note(metric, err == nil && into.Len() == 0)
		return err
	}}
}

// sharedPromQL gives what is left of the page cache without its active and inactive files, the highest of all pods.
func sharedPromQL(podSel string) string {
	one := func(metric string) string { return "max by (namespace,pod,id)(" + metric + "{" + podSel + "})" }
	return "max by (namespace)(" + one(data.MetricCache) + " - " + one(data.MetricActiveFile) + " - " + one(data.MetricInactiveFile) + " > 0)"
}

// sharedTask reads what memory-backed files take. The pod's own cgroup is read with its containers: the files outlive
// a container, and are charged to the pod while none runs.
func (l *loadReader) sharedTask(podSel string) task {
	promql := sharedPromQL(podSel)
	return task{"how much memory files in memory take", func(ctx context.Context) (err error) {
		l.b.h.Shared, err = l.b.r.stepped(ctx, l.b.n, promql, l.b.h.To.Add(-partsDays*day+partsStep), l.b.h.To, partsStep, l.b.h.To)
		return err
	}}
}

// sayMissing makes one gap of all signals that are missing.
func (l *loadReader) sayMissing() {
	if len(l.none) == 0 {
		return
	}
	l.b.n.gap("load beside memory", data.Textf("no samples of %s in the last %d days: bursts, work on files, growing load and memory-backed files are harder to tell apart",
		strings.Join(slices.Sorted(slices.Values(l.none)), ", "), partsDays))
}
