package prom

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/oomedic/oomedic/data"
)

// The stretch that a runtime's own memory is read over, and its step: what lies beside the chart, not a chart itself.
const (
	runtimeSpan = 6 * time.Hour
	runtimeStep = 5 * time.Minute
)

// runtimeMetric is one part of a runtime's memory as client libraries export it: any one of names. Series that differ
// in by alone are parts of the whole and are added up.
type runtimeMetric struct {
	part  data.Text
	names []string
	match string // further matchers
	by    string // further labels that tell parts from duplicates
	less  []string
	bound bool
	// first marks the metric that proves the runtime.
	first bool
}

// runtimeMetrics are the metrics of the usual client libraries: Micrometer and the JMX exporter, client_golang,
// prom-client, prometheus_client, prometheus-net and OpenTelemetry's runtime instrumentation.
var runtimeMetrics = []struct {
	runtime data.Text
	metrics []runtimeMetric
}{
	{"java", []runtimeMetric{
		{part: "heap used", names: []string{"jvm_memory_used_bytes", "jvm_memory_bytes_used"}, match: `area="heap"`, by: "id,jvm_memory_pool_name", first: true},
		{part: "heap bound", names: []string{"jvm_memory_max_bytes", "jvm_memory_bytes_max"}, match: `area="heap"`, by: "id,jvm_memory_pool_name", bound: true},
		{part: "beside the heap", names: []string{"jvm_memory_used_bytes", "jvm_memory_bytes_used"}, match: `area="nonheap"`, by: "id,jvm_memory_pool_name"},
		{part: "direct buffers", names: []string{"jvm_buffer_memory_used_bytes", "jvm_buffer_pool_used_bytes"}, by: "id,pool"},
	}},
	{"node", []runtimeMetric{
		{part: "heap used", names: []string{"nodejs_heap_size_used_bytes"}, first: true},
		{part: "heap held", names: []string{"nodejs_heap_size_total_bytes"}},
		{part: "beside the heap", names: []string{"nodejs_external_memory_bytes"}},
	}},
	{"dotnet", []runtimeMetric{
		{part: "heap used", names: []string{"dotnet_total_memory_bytes", "process_runtime_dotnet_gc_heap_size_bytes", "dotnet_gc_last_collection_heap_size_bytes", "dotnet_gc_heap_size_bytes"}, by: "generation,gc_heap_generation", first: true},
		{part: "heap held", names: []string{"dotnet_gc_committed_memory_bytes", "process_runtime_dotnet_gc_committed_memory_size_bytes", "dotnet_gc_last_collection_memory_committed_size_bytes"}},
	}},
	{"go", []runtimeMetric{
		{part: "heap used", names: []string{"go_memstats_heap_inuse_bytes", "go_memory_classes_heap_objects_bytes"}, first: true},
		{part: "heap kept free", names: []string{"go_memstats_heap_idle_bytes"}, less: []string{"go_memstats_heap_released_bytes"}},
		{part: "stacks", names: []string{"go_memstats_stack_inuse_bytes", "go_memory_classes_heap_stacks_bytes"}},
		{part: "soft limit", names: []string{"go_gc_gomemlimit_bytes"}, bound: true},
	}},
	{"python", []runtimeMetric{
		{part: "process", names: []string{"process_resident_memory_bytes"}, by: "pid"},
	}},
}

// pythonSign proves Python: its client exports nothing of the heap's size.
const pythonSign = "python_info"

// unbounded is the value from which on a bound is none: Go's soft limit is 2^63-1 when it is off.
const unbounded = 1 << 60

// RuntimeMemory reads what the container's own runtime says of its memory, when it exports metrics to Prometheus, over
// the last six hours. Nil without an error says that it exports none.
func (r *Reader) RuntimeMemory(ctx context.Context, c *data.Container) (*data.RuntimeMemory, error) {
	n, now := &notes{}, r.now()
	sel := runtimeSelector(c)
	var known []string
	for _, rt := range runtimeMetrics {
		for _, m := range rt.metrics {
			if m.first {
				known = append(known, m.names...)
			}
		}
	}
	names, err := r.runtimeNames(ctx, sel, append(known, pythonSign), now)
	if err != nil || len(names) == 0 {
		return nil, err
	}
	for _, rt := range runtimeMetrics {
		if rt.runtime == "python" && !names[pythonSign] || rt.runtime != "python" && !proves(rt.metrics, names) {
			continue
		}
		out := &data.RuntimeMemory{Runtime: rt.runtime, From: now.Add(-runtimeSpan), To: now, Step: runtimeStep}
		for _, m := range rt.metrics {
			if err := r.runtimePart(ctx, n, out, m, sel, now); err != nil {
				return nil, err
			}
		}
		ws := "max by (namespace)(max_over_time(" + data.MetricWorkingSet + "{" + ownSelector(c) + "}[" + data.PromDuration(runtimeStep) + "]))"
		out.WorkingSet, err = r.stepped(ctx, n, ws, out.From.Add(runtimeStep), now, runtimeStep, now)
		return out, err
	}
	return nil, nil
}

// runtimeSelector selects what the pod exports itself. The container's label is missing where a whole pod is scraped
// as one target.
func runtimeSelector(c *data.Container) string {
	return joinMatchers(equal("namespace", c.Key.Namespace.String()), equal("pod", c.Key.Pod.String()), matches("container", literal(c.Key.Container.String())+"|"))
}

// runtimeNames returns which of some metrics are there.
func (r *Reader) runtimeNames(ctx context.Context, sel string, known []string, now time.Time) (map[string]bool, error) {
	a, err := r.instant(ctx, "count by (__name__)(last_over_time({__name__=~"+quote(strings.Join(known, "|"))+","+sel+"}["+data.PromDuration(runtimeSpan)+"]))", now)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	if v, ok := a.value.(model.Vector); ok {
		for _, one := range v {
			out[string(one.Metric[model.MetricNameLabel])] = true
		}
	}
	return out, nil
}

func proves(all []runtimeMetric, names map[string]bool) bool {
	for _, m := range all {
		for _, name := range m.names {
			if m.first && names[name] {
				return true
			}
		}
	}
	return false
}

// runtimePart reads one part; one that is not exported is left out.
func (r *Reader) runtimePart(ctx context.Context, n *notes, out *data.RuntimeMemory, m runtimeMetric, sel string, now time.Time) error {
	promql := m.promQL(sel)
	s, err := r.stepped(ctx, n, promql, out.From.Add(runtimeStep), now, runtimeStep, now)
	if err != nil {
		return fmt.Errorf("%s: %w", m.part, err)
	}
	if m.bound {
		for _, v := range s.V {
			if v >= unbounded {
				return nil
			}
		}
	}
	if s.Len() > 0 {
		out.Parts = append(out.Parts, data.RuntimePart{Name: m.part, Samples: s, From: data.Clean(promql), Bound: m.bound})
	}
	return nil
}

// promQL adds up the parts of a metric, each taken once whatever copies of it there are.
func (m *runtimeMetric) promQL(sel string) string {
	if m.match != "" {
		sel = m.match + "," + sel
	}
	by := "namespace,pod"
	if m.by != "" {
		by += "," + m.by
	}
	one := func(names []string) string {
		series := names[0] + "{" + sel + "}"
		if len(names) > 1 {
			series = "{__name__=~" + quote(strings.Join(names, "|")) + "," + sel + "}"
		}
		return "sum by (namespace)(max by (" + by + ")(last_over_time(" + series + "[" + data.PromDuration(runtimeStep) + "])))"
	}
	if len(m.less) > 0 {
		return one(m.names) + " - " + one(m.less)
	}
	if m.bound { // a pool without a bound says -1
		return strings.Replace(one(m.names), "])))", "])) > 0)", 1)
	}
	return one(m.names)
}
