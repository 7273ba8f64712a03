package analysis

import (
	"fmt"
	"strings"
	"testing"

	"github.com/oomedic/oomedic/data"
)

// profiled is a container whose name and pod need quoting by a shell.
func profiled(image data.Text) *data.Container {
	limit := 512 * data.Mi
	return &data.Container{Key: data.Key{Namespace: "shop", Pod: "api-0", Container: "ma'in"}, Kind: data.RegularContainer, Image: image, Resources: data.Resources{Limit: &limit}}
}

func TestProfilingIsFilledIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		image, runtime, has string
	}{
		{"golang:1.26", "go", "go tool pprof -http=: -sample_index=inuse_space -base heap-1.pb.gz heap-2.pb.gz"},
		{"eclipse-temurin:21", "java", "jcmd 1 GC.heap_dump"},
		{"eclipse-temurin:21", "java", "jattach"},
		{"node:24", "node", "kill -USR1 1"},
		{"python:3.14", "python", "memray attach"},
		{"python:3.14", "python", "PYTHONTRACEMALLOC"},
		{"mcr.microsoft.com/dotnet/aspnet:9.0", "dotnet", "dotnet-gcdump collect"},
		{"ruby:3.4", "ruby", "rbtrace"},
		{"registry.example/unknown:1", "", "smaps_rollup"},
		{"registry.example/unknown:1", "", "kubectl debug"},
	} {
		p := ProfilingOf(profiled(data.Text(c.image)))
		if p.Runtime.String() != c.runtime || p.RuntimeFrom == "" || p.RuntimeName == "" {
			t.Errorf("%s: runtime %q (%q), want %q", c.image, p.Runtime, p.RuntimeFrom, c.runtime)
		}
		text := ""
		for _, w := range p.Ways {
			if w.Title == "" || len(w.Commands) == 0 || len(w.Pitfalls) == 0 {
				t.Errorf("%s: %q lacks commands or pitfalls", c.image, w.Title)
			}
			text += data.JoinLines(w.Commands).String()
		}
		if !strings.Contains(text, c.has) {
			t.Errorf("%s: %q is not in\n%s", c.image, c.has, text)
		}
		for _, line := range strings.Split(text, "\n") {
			if strings.HasPrefix(line, "kubectl exec") && !strings.Contains(line, `-n shop api-0 -c 'ma'\''in' -- `) {
				t.Errorf("not filled in or not quoted: %s", line)
			}
		}
		if len(p.Patterns) == 0 || len(p.Always) == 0 {
			t.Errorf("%s: no patterns or no pitfalls", c.image)
		}
	}
}

func TestRoomComesFirst(t *testing.T) {
	t.Parallel()
	c := profiled("golang:1.26")
	c.Key.Container = "main"
	const want = `kubectl patch pod -n shop api-0 --subresource resize --type strategic -p '{"spec":{"containers":[{"name":"main","resources":{"limits":{"memory":"1Gi"}}}]}}'`
	if got := ProfilingOf(c).First; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	c.Resources.Request = c.Resources.Limit
	if got := ProfilingOf(c).First.String(); !strings.Contains(got, `"requests":{"memory":"1Gi"},"limits":{"memory":"1Gi"}`) {
		t.Errorf("the quality of service would change: %s", got)
	}
	c.Resources = data.Resources{}
	if got := ProfilingOf(c).First; got != "" {
		t.Errorf("without a limit: %s", got)
	}
}

func tail(lines ...string) *data.LogTail {
	out := &data.LogTail{}
	for _, l := range lines {
		out.Lines = append(out.Lines, data.LogLine{Text: data.Clean(l)})
	}
	return out
}

func TestLogHints(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line, says string // says is empty when the line is no sign
	}{
		{"Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space", "the JVM's heap was full"},
		{"java.lang.OutOfMemoryError: Metaspace", "the JVM's metaspace was full"},
		{"java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory", "no thread could be made"},
		{"java.lang.OutOfMemoryError: Cannot reserve 1048576 bytes of direct buffer memory", "the JVM's direct buffers were full"},
		{"FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory", "the program ran out of memory by its own account"},
		{"MemoryError", "the program ran out of memory by its own account"},
		{"InMemoryErrorStore is ready", ""},
		{"fatal error: runtime: out of memory", "the system gave no more memory"},
		{"[ERROR] Worker (pid:17) was sent SIGKILL! Perhaps out of memory?", "a worker process was killed"},
		{"(node:1) MaxListenersExceededWarning: Possible EventEmitter memory leak detected.", "event listeners pile up"},
		{"FATAL: sorry, too many connections already", "connections run short or are not closed"},
		{"write /dev/shm/ring: no space left on device", "a volume was full"},
		{"[123.4s][info][gc] GC(88) Pause Full (Allocation Failure) 500M->499M(512M) 812ms", "the collector ran at its end"},
		{`{"msg":"received SIGTERM, closing"}`, "it was asked to stop before it was killed"},
		{"trap -- SIGTERM is handled", ""},
		{`{"msg":"heap is 87% of --max-old-space-size=384"}`, "its heap was nearly full by its own account"},
		{"heap usage: 97.5 %", "its heap was nearly full by its own account"},
		{"heap is 42% of its bound", ""},
		{"[123.4s][info][gc] GC(87) Pause Young (Normal) 300M->120M(512M) 8ms", ""},
		{"GET /export?all=true 200", ""},
	} {
		all := LogHints(tail("started", c.line))
		last := all[len(all)-1]
		if last.Says != "the last lines" || fmt.Sprint(last.Lines) != "[0 1]" {
			t.Errorf("%q: the last hint is %q %v", c.line, last.Says, last.Lines)
		}
		got := data.Text("")
		if len(all) > 1 {
			got = all[0].Says
		}
		if got.String() != c.says {
			t.Errorf("%q says %q, want %q", c.line, got, c.says)
		}
	}
	if got := LogHints(&data.LogTail{}); len(got) != 0 {
		t.Errorf("an empty log: %v", got)
	}
}

func TestConnectionsThatRise(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		lines []string
		says  string
	}{
		{"rising", []string{"pool: connections=10", "work", "pool: connections=25", "pool: connections=60"}, "connections rose from 10 to 60"},
		{"in words", []string{"12 active connections", "30 active connections", "90 active connections"}, "connections rose from 12 to 90"},
		{"in JSON", []string{`{"goroutines": 100}`, `{"goroutines": 400}`, `{"goroutines": 900}`}, "goroutines rose from 100 to 900"},
		{"after a count that is steady", []string{"connections=9 goroutines=100", "connections=9 goroutines=400", "connections=9 goroutines=900"}, "goroutines rose from 100 to 900"},
		{"two counts of the same lines", []string{"streams=10 goroutines=20", "streams=40 goroutines=50", "streams=90 goroutines=99"}, "streams rose from 10 to 90; goroutines rose from 20 to 99"},
		{"streams", []string{"streams=10", "streams=40", "streams=90"}, "streams rose from 10 to 90"},
		{"buffers", []string{`{"open_buffers":10}`, `{"open_buffers":40}`, `{"open_buffers":90}`}, "open_buffers rose from 10 to 90"},
		{"steady", []string{"connections=10", "connections=11", "connections=10"}, ""},
		{"up and down", []string{"connections=10", "connections=90", "connections=12", "connections=80", "connections=20"}, ""},
		{"too few", []string{"connections=10", "connections=90"}, ""},
	} {
		all, got := LogHints(tail(c.lines...)), ""
		if len(all) > 1 {
			got = all[0].Says.String()
		}
		if got != c.says {
			t.Errorf("%s: %q, want %q", c.name, got, c.says)
		}
	}
}

func TestRuntimeMemoryWords(t *testing.T) {
	t.Parallel()
	at := func(name data.Text, mi float64, bound bool) data.RuntimePart {
		return data.RuntimePart{Name: name, Samples: data.Samples{T: []int64{0}, V: []float64{mi * float64(data.Mi)}}, Bound: bound}
	}
	for _, c := range []struct {
		name    string
		runtime data.Text
		parts   []data.RuntimePart
		has     string
		hasNot  string
	}{
		{"a heap that fills it", "java", []data.RuntimePart{at("heap used", 380, false), at("heap bound", 1024, true)}, "The heap is 74% of the working set", "bound"},
		{"a JVM at its bound", "java", []data.RuntimePart{at("heap used", 380, false), at("heap bound", 400, true)}, "it will fail by itself", "GOMEMLIMIT"},
		{"Go at its soft limit, which fails nothing", "go", []data.RuntimePart{at("heap used", 380, false), at("soft limit", 400, true)}, "soft limit of 400Mi (GOMEMLIMIT)", "fail by itself"},
		{"Go below it", "go", []data.RuntimePart{at("heap used", 350, false), at("soft limit", 400, true)}, "68%", "GOMEMLIMIT"},
		{"beside the heap", "node", []data.RuntimePart{at("heap used", 100, false)}, "only 20%", "a heap profile will show"},
		{"Python", "python", []data.RuntimePart{at("process", 500, false)}, "exports nothing of its heap", "look beside"},
		{"nothing known", "java", nil, "", "heap"},
	} {
		m := &data.RuntimeMemory{Runtime: c.runtime, Parts: c.parts, WorkingSet: at("", 512, false).Samples}
		got := fmt.Sprint(RuntimeMemoryWords(m))
		if !strings.Contains(got, c.has) || strings.Contains(got, c.hasNot) {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}
