package demo

import (
	"errors"
	"math"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
)

// exportedFor is how far back the series go that programs export themselves: they are read over hours.
const exportedFor = 26 * time.Hour

// exported is one metric of a program's own client library.
type exported struct {
	name  string
	more  []string // further labels
	value func(heap, program) float64
}

// exporters are what the usual client libraries of the runtimes export.
var exporters = map[string][]exported{
	"java": {
		{"jvm_memory_used_bytes", []string{"area", "heap", "id", "G1 Old Gen"}, func(h heap, _ program) float64 { return 0.86 * h.used }},
		{"jvm_memory_used_bytes", []string{"area", "heap", "id", "G1 Eden Space"}, func(h heap, _ program) float64 { return 0.14 * h.used }},
		{"jvm_memory_max_bytes", []string{"area", "heap", "id", "G1 Old Gen"}, func(_ heap, p program) float64 { return p.bound }},
		{"jvm_memory_max_bytes", []string{"area", "heap", "id", "G1 Eden Space"}, func(heap, program) float64 { return -1 }},
		{"jvm_memory_used_bytes", []string{"area", "nonheap", "id", "Metaspace"}, func(h heap, _ program) float64 { return 0.7 * h.beside }},
		{"jvm_memory_used_bytes", []string{"area", "nonheap", "id", "CodeCache"}, func(h heap, _ program) float64 { return 0.3 * h.beside }},
		{"jvm_buffer_memory_used_bytes", []string{"id", "direct"}, func(h heap, _ program) float64 { return h.direct }},
	},
	"node": {
		{"nodejs_heap_size_used_bytes", nil, func(h heap, _ program) float64 { return h.used }},
		{"nodejs_heap_size_total_bytes", nil, func(h heap, _ program) float64 { return h.held }},
		{"nodejs_external_memory_bytes", nil, func(h heap, _ program) float64 { return h.beside }},
	},
	"go": {
		{"go_memstats_heap_inuse_bytes", nil, func(h heap, _ program) float64 { return h.used }},
		{"go_memstats_heap_idle_bytes", nil, func(h heap, _ program) float64 { return h.held - h.used + 24*mi }},
		{"go_memstats_heap_released_bytes", nil, func(heap, program) float64 { return 24 * mi }},
		{"go_memstats_stack_inuse_bytes", nil, func(h heap, _ program) float64 { return h.stacks }},
		{"go_gc_gomemlimit_bytes", nil, func(_ heap, p program) float64 {
			if p.bound == 0 {
				return math.MaxInt64
			}
			return p.bound
		}},
		{"go_goroutines", nil, func(h heap, _ program) float64 { return h.goroutines }},
	},
	"python": {
		{"python_info", []string{"implementation", "CPython", "major", "3", "minor", "13"}, func(heap, program) float64 { return 1 }},
		{"process_resident_memory_bytes", nil, func(h heap, _ program) float64 { return h.process }},
	},
	"dotnet": {
		{"dotnet_total_memory_bytes", nil, func(h heap, _ program) float64 { return h.used }},
		{"dotnet_gc_committed_memory_bytes", nil, func(h heap, _ program) float64 { return h.held }},
	},
}

// newExported makes the series that the program of t's pod exports; none when it exports nothing.
func (t *tracks) newExported() []*track {
	p := t.pod
	var out []*track
	for _, e := range exporters[p.w.program().runtime] {
		out = append(out, &track{labels: labels.FromStrings(append([]string{
			model.MetricNameLabel, e.name, "job", p.w.namespace + "/" + p.w.name, "instance", p.ip() + ":9102",
			"namespace", p.w.namespace, "pod", p.name, "container", t.container,
		}, e.more...)...)})
	}
	return out
}

// writeExported appends what the program itself exports of a moment.
func (t *tracks) writeExported(app storage.Appender, r reading) error {
	if t.exported == nil {
		t.exported = t.newExported()
	}
	w := t.pod.w
	prog := w.program()
	h := w.heapOf(r.use, hours(r.at), float64(r.limit))
	var errs []error
	for i, e := range exporters[prog.runtime] {
		errs = append(errs, t.exported[i].add(app, r.at, math.Floor(e.value(h, prog))))
	}
	return errors.Join(errs...)
}
