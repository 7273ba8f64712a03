package prom

import (
	"math"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// exported starts a line of what the api case's own program exports; container is left out when empty.
func exported(metric, container string, more ...string) line {
	pairs := append([]string{"namespace", "shop", "pod", apiCase().Key.Pod.String()}, more...)
	if container != "" {
		pairs = append(pairs, "container", container)
	}
	return newLine(metric, pairs...)
}

// flat fills a line with one value over the last hours.
func (l line) flat(v float64) line { return l.with(ago(5*time.Hour), testNow, scrape, always(v)) }

func TestRuntimeMemory(t *testing.T) {
	t.Parallel()
	pool := func(metric, area, id string, v float64, more ...string) line {
		return exported(metric, "api", append([]string{"area", area, "id", id}, more...)...).flat(v)
	}
	for _, c := range []struct {
		name    string
		lines   []line
		runtime data.Text
		parts   map[data.Text]float64 // Mi
	}{
		{"a JVM, scraped twice", []line{
			pool("jvm_memory_used_bytes", "heap", "G1 Eden Space", 100*mi), pool("jvm_memory_used_bytes", "heap", "G1 Old Gen", 200*mi),
			pool("jvm_memory_used_bytes", "heap", "G1 Old Gen", 200*mi, "job", "again"),
			pool("jvm_memory_used_bytes", "nonheap", "Metaspace", 80*mi), pool("jvm_memory_max_bytes", "heap", "G1 Old Gen", 384*mi),
			pool("jvm_memory_max_bytes", "heap", "G1 Eden Space", -1),
			exported("jvm_buffer_memory_used_bytes", "api", "id", "direct").flat(16 * mi),
		}, "java", map[data.Text]float64{"heap used": 300, "beside the heap": 80, "heap bound": 384, "direct buffers": 16}},
		{"an older JVM", []line{exported("jvm_memory_bytes_used", "api", "area", "heap").flat(50 * mi)}, "java", map[data.Text]float64{"heap used": 50}},
		{"Go without a soft limit", []line{
			exported("go_memstats_heap_inuse_bytes", "").flat(40 * mi), exported("go_memstats_heap_idle_bytes", "").flat(30 * mi),
			exported("go_memstats_heap_released_bytes", "").flat(10 * mi), exported("go_memstats_stack_inuse_bytes", "").flat(2 * mi),
			exported("go_gc_gomemlimit_bytes", "").flat(math.MaxInt64),
		}, "go", map[data.Text]float64{"heap used": 40, "heap kept free": 20, "stacks": 2}},
		{"Go with one", []line{exported("go_memstats_heap_inuse_bytes", "api").flat(40 * mi), exported("go_gc_gomemlimit_bytes", "api").flat(460 * mi)},
			"go", map[data.Text]float64{"heap used": 40, "soft limit": 460}},
		{"Node.js", []line{exported("nodejs_heap_size_used_bytes", "api").flat(60 * mi), exported("nodejs_external_memory_bytes", "api").flat(90 * mi)},
			"node", map[data.Text]float64{"heap used": 60, "beside the heap": 90}},
		{".NET", []line{exported("dotnet_total_memory_bytes", "api").flat(70 * mi)}, "dotnet", map[data.Text]float64{"heap used": 70}},
		{"Python with two workers", []line{
			exported("python_info", "api").flat(1), exported("process_resident_memory_bytes", "api", "pid", "7").flat(60 * mi),
			exported("process_resident_memory_bytes", "api", "pid", "8").flat(65 * mi),
		}, "python", map[data.Text]float64{"process": 125}},
		{"a process of no known runtime", []line{exported("process_resident_memory_bytes", "api").flat(60 * mi)}, "", nil},
		{"a sidecar's Go", []line{exported("go_memstats_heap_inuse_bytes", "proxy").flat(40 * mi)}, "", nil},
		{"nothing", nil, "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := newEngine(t, 50_000_000)
			e.load(t, append(c.lines, memory(apiCase().Key.Pod.String(), "/a").flat(400*mi))...)
			got, err := e.reader(t, Options{}).RuntimeMemory(t.Context(), apiCase())
			if err != nil {
				t.Fatal(err)
			}
			if got == nil {
				if c.runtime != "" {
					t.Fatalf("nothing, want %s", c.runtime)
				}
				return
			}
			if got.Runtime != c.runtime || len(got.Parts) != len(c.parts) {
				t.Fatalf("%s with %d parts, want %s with %d", got.Runtime, len(got.Parts), c.runtime, len(c.parts))
			}
			for _, p := range got.Parts {
				if want := c.parts[p.Name] * mi; p.Samples.Len() < 50 || p.Samples.V[10] != want {
					t.Errorf("%s: %d samples, %.0f, want %.0f", p.Name, p.Samples.Len(), p.Samples.V[10], want)
				}
				if v := e.single(t, p.From.String()); v != c.parts[p.Name]*mi {
					t.Errorf("%s gives %.0f", p.From, v)
				}
			}
			if ws := got.WorkingSet; ws.Len() < 50 || ws.V[10] != 400*mi {
				t.Errorf("working set: %d samples", ws.Len())
			}
		})
	}
}
