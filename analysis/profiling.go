package analysis

import (
	"github.com/oomedic/oomedic/data"
)

// Profiling is how to find what a container's memory is made of.
type Profiling struct {
	Runtime     data.Text // "go", "java", "node", "python", "dotnet", "ruby", or empty
	RuntimeName data.Text // as people write it; "unknown" without one
	RuntimeFrom data.Text // the evidence for Runtime
	// First is the command that gives the pod room before anything is dumped; empty without a limit.
	First data.Text
	Ways  []ProfileWay
	// Patterns are what usually leaks in programs of this runtime.
	Patterns []data.Text
	// Always are the pitfalls of every way.
	Always []data.Text
}

// ProfileWay is one way to a profile, with its commands in their order.
type ProfileWay struct {
	Title    data.Text
	Commands []data.Text
	Pitfalls []data.Text
}

// ProfilingOf returns how to profile a container, with its names filled in. It runs nothing.
func ProfilingOf(c *data.Container) Profiling {
	rt, from := RuntimeOf(c)
	p := Profiling{Runtime: rt, RuntimeName: runtimeNames[rt], RuntimeFrom: from, First: roomCommand(c), Patterns: leakPatterns[rt]}
	if rt == "" {
		p.RuntimeName, p.RuntimeFrom = "unknown", "neither command, environment nor image say which one it is"
		p.Patterns = leakPatterns[""]
	}
	w := wordsFor(c)
	if ways, ok := profileWays[rt]; ok {
		p.Ways = ways(w)
	}
	p.Ways = append(p.Ways, anyRuntime(w)...)
	p.Always = []data.Text{
		"Take it at about 80% of the limit: near 100% the profile itself is what kills.",
		"A dump stops the program for seconds per GiB: a liveness probe may kill it meanwhile.",
		"A dump holds what the program holds, passwords and customers' data too: keep it where only you can read it.",
		"A restart takes the evidence away: profile the pod that runs, before you change it.",
	}
	return p
}

// roomCommand raises the limit of the running pod to twice what it is, without a restart. A pod whose request equals its
// limit must keep it so, for its quality of service cannot change.
func roomCommand(c *data.Container) data.Text {
	limit := above(c.Resources.Limit)
	if limit == nil || *limit > largestSize/2 {
		return ""
	}
	size := data.Quantity(2 * *limit)
	res := `"limits":{"memory":"` + size + `"}`
	if r := c.Resources.Request; r != nil && *r == *limit {
		res = `"requests":{"memory":"` + size + `"},` + res
	}
	list := specList(c.Kind)
	patch := data.Clean(`{"spec":{"` + list + `":[{"name":"` + c.Key.Container.String() + `","resources":{` + res + `}}]}}`)
	return data.Clean("kubectl patch pod" + inNamespace(c.Key.Namespace) + " " + data.ShellQuote(c.Key.Pod) + " --subresource resize --type strategic -p " + data.ShellQuote(patch))
}

// podWords are the parts of commands about one container.
type podWords struct {
	exec    string // "kubectl exec … -- "
	forward string // "kubectl port-forward … POD "
	copy    string // "kubectl cp … POD:"
	debug   string // "kubectl debug … "
}

func wordsFor(c *data.Container) podWords {
	ns, pod, ctr := inNamespace(c.Key.Namespace), data.ShellQuote(c.Key.Pod), data.ShellQuote(c.Key.Container)
	return podWords{
		exec:    "kubectl exec" + ns + " " + pod + " -c " + ctr + " -- ",
		forward: "kubectl port-forward" + ns + " " + pod + " ",
		copy:    "kubectl cp" + ns + " -c " + ctr + " " + pod + ":",
		debug:   "kubectl debug" + ns + " " + pod + " -it --target=" + ctr + " --profile=general --image=",
	}
}

// way builds a way from plain lines.
func way(title data.Text, commands []string, pitfalls ...data.Text) ProfileWay {
	w := ProfileWay{Title: title, Pitfalls: pitfalls}
	for _, c := range commands {
		w.Commands = append(w.Commands, data.Clean(c))
	}
	return w
}

// anyRuntime are the ways that need nothing of the runtime.
func anyRuntime(w podWords) []ProfileWay {
	return []ProfileWay{
		way("What kind of memory it is", []string{w.exec + "cat /proc/1/smaps_rollup", w.exec + "sh -c 'cat /sys/fs/cgroup/memory.stat || cat /sys/fs/cgroup/memory/memory.stat'"},
			"anon is the program's own, shmem are files in memory, file is page cache, which is given back when it is needed."),
		way("An image without a shell", []string{w.debug + "busybox -- sh", "ls -l /proc/1/root/tmp   # the container's files, from in there"},
			"The debug container's memory counts in the pod, it stays until the pod ends, and it needs the right to create pods/ephemeralcontainers.",
			"To read the process, it must run as the same user: --custom with runAsUser where the pod is not root's."),
	}
}

// profileWays are the ways of each runtime.
var profileWays = map[data.Text]func(podWords) []ProfileWay{
	"go": func(w podWords) []ProfileWay {
		return []ProfileWay{
			way("pprof: two heap profiles, and what grew between them", []string{
				w.forward + "6060:6060",
				"curl -so heap-1.pb.gz 'http://localhost:6060/debug/pprof/heap?gc=1'",
				"curl -so heap-2.pb.gz 'http://localhost:6060/debug/pprof/heap?gc=1'   # an hour later",
				"go tool pprof -http=: -sample_index=inuse_space -base heap-1.pb.gz heap-2.pb.gz"},
				"The program must import net/http/pprof and listen; 6060 is the usual port.",
				"It shows one sample in 512Ki of what the Go heap holds: cgo, mmap and stacks of goroutines are not in it.",
				"gc=1 runs a collection first, which costs a moment of processor time and no memory."),
			way("Goroutines that never end", []string{
				w.forward + "6060:6060",
				"curl -s 'http://localhost:6060/debug/pprof/goroutine?debug=1' | head -60"},
				"Thousands that stand at one line are the leak: each holds its stack of 2Ki or more, and all that it refers to."),
		}
	},
	"java": func(w podWords) []ProfileWay {
		return []ProfileWay{
			way("Heap or beside the heap", []string{w.exec + "jcmd 1 GC.heap_info", w.exec + "jcmd 1 VM.native_memory summary"},
				"native_memory needs -XX:NativeMemoryTracking=summary since the start."),
			way("Which classes", []string{w.exec + "jcmd 1 GC.class_histogram | head -40"},
				"It runs a full collection, which stops the program for that time. Two of them an hour apart show what grows."),
			way("Heap dump, for Eclipse MAT", []string{
				w.exec + "jcmd 1 GC.heap_dump /tmp/heap.hprof", w.copy + "/tmp/heap.hprof ./heap.hprof",
				"mat/ParseHeapDump.sh heap.hprof org.eclipse.mat.api:suspects"},
				"The dump itself can kill the container: its file is as large as the heap and counts as page cache. Raise the limit in place first.",
				"/tmp must have room and be writable (readOnlyRootFilesystem, ephemeral-storage limits), and must not be a memory-backed volume.",
				"-XX:+HeapDumpOnOutOfMemoryError writes nothing when it is the kernel that kills."),
			way("A JRE image without jcmd", []string{w.debug + "IMAGE-WITH-JATTACH -- jattach 1 dumpheap /tmp/heap.hprof", w.copy + "/tmp/heap.hprof ./heap.hprof"},
				"jattach must run as the JVM's user. Take an image that you trust and that has it."),
		}
	},
	"node": func(w podWords) []ProfileWay {
		return []ProfileWay{
			way("Two heap snapshots in Chrome", []string{w.exec + "kill -USR1 1", w.forward + "9229:9229", "open chrome://inspect, Memory, Take snapshot; an hour later again, then Comparison"},
				"A snapshot needs up to twice the heap and stops the event loop: it can kill the container itself. Raise the limit in place first.",
				"SIGUSR1 opens the inspector to whoever reaches the pod's port 9229 on localhost: restart the pod afterwards.",
				"PID 1 may be npm or tini: find node by pgrep node, and signal that."),
			way("A snapshot by signal", []string{"NODE_OPTIONS=--heapsnapshot-signal=SIGUSR2   # in the template", w.exec + "kill -USR2 1", w.exec + "sh -c 'ls -t /app/*.heapsnapshot'", w.copy + "/app/FILE ./heap.heapsnapshot"},
				"It is written into the working folder, which must be writable."),
			way("clinic, on your own machine under load", []string{"npx clinic heapprofiler -- node app.js"}, "For a leak that can be made to happen outside the cluster."),
		}
	},
	"python": func(w podWords) []ProfileWay {
		return []ProfileWay{
			way("memray, attached", []string{w.exec + "memray attach --aggregate -o /tmp/mem.bin 1", w.exec + "memray detach 1   # an hour later", w.copy + "/tmp/mem.bin ./mem.bin", "memray flamegraph --leaks mem.bin"},
				"memray must be installed in the image, with gdb or lldb beside it (from Python 3.14 on neither), and SYS_PTRACE allowed.",
				"It sees what is allocated from then on, and nothing from before.",
				"Each worker is a process of its own: attach to one that is large (ps), not to the master at 1."),
			way("tracemalloc, from the start", []string{"PYTHONTRACEMALLOC=10   # in the template", "python: tracemalloc.take_snapshot().compare_to(first, 'lineno')[:20], on a signal or a debug route"},
				"It takes a quarter to half more memory and time: raise the limit with it."),
			way("memory_profiler, on your own machine", []string{"python -m memory_profiler app.py"}, "Line by line for functions marked @profile; far too slow for production."),
		}
	},
	"dotnet": func(w podWords) []ProfileWay {
		return []ProfileWay{
			way("dotnet-gcdump", []string{w.exec + "dotnet-gcdump collect -p 1 -o /tmp/heap.gcdump", w.copy + "/tmp/heap.gcdump ./heap.gcdump", "dotnet-gcdump report heap.gcdump"},
				"It forces a full collection, which stops the program for that time.",
				"The tool must be in the image, or in a debug container with the same user and the same /tmp: it talks to a socket there."),
			way("Counters while it runs", []string{w.exec + "dotnet-counters monitor -p 1 System.Runtime"}, "GC heap size against working set tells managed from native memory."),
			way("A full dump", []string{w.exec + "dotnet-dump collect -p 1 -o /tmp/core"}, "As large as the process, and it can kill the container itself. Raise the limit in place first."),
		}
	},
	"ruby": func(w podWords) []ProfileWay {
		return []ProfileWay{way("Dump of all objects", []string{
			w.exec + `rbtrace -p 1 -e 'Thread.new{require "objspace"; ObjectSpace.dump_all(output: File.open("/tmp/heap.json", "w"))}'`,
			w.copy + "/tmp/heap.json ./heap.json"},
			"rbtrace must be in the bundle. The dump is larger than the heap and stops the process.")}
	},
}

// leakPatterns are what usually leaks, by runtime.
var leakPatterns = map[data.Text][]data.Text{
	"go": {
		"Goroutines that wait for ever: a channel nobody closes, a context nobody cancels, an HTTP body nobody closes.",
		"Maps and slices of the package that only grow; a small slice of a large array keeps the array.",
		"time.Ticker that is never stopped, and defer in a loop that runs as long as the program.",
		"Metrics with unbounded label values.",
	},
	"java": {
		"Static collections and caches without a bound.",
		"ThreadLocals of pooled threads that are never removed.",
		"Listeners and class loaders that stay after a redeployment (metaspace grows).",
		"Direct buffers (Netty) that are not released: beside the heap, so the heap looks healthy.",
	},
	"node": {
		"Event listeners added for each request and never removed (MaxListenersExceededWarning).",
		"Arrays and Maps of the module that only grow; closures that keep a request alive.",
		"Promises that never settle, timers that are never cleared.",
		"Connections and streams that are not ended; Buffers lie beside the heap.",
	},
	"python": {
		"Dicts and lists of the module that only grow; lru_cache(maxsize=None), or on methods, which keeps self.",
		"Cycles with __del__, and exceptions that are kept with their tracebacks and all locals.",
		"Files, sessions and cursors that are not closed.",
		"Fragmentation: the heap shrinks, and the process does not (MALLOC_ARENA_MAX, jemalloc).",
	},
	"dotnet": {
		"Event handlers that are not unsubscribed; statics that keep them.",
		"IDisposable that is not disposed: HttpClient per request, timers, streams.",
		"The large object heap in fragments (arrays above 85,000 bytes): use ArrayPool.",
		"MemoryCache without SizeLimit.",
	},
	"ruby": {
		"Class variables and constants that only grow; symbols and strings kept for ever.",
		"Fragmentation of malloc with many threads (MALLOC_ARENA_MAX=2, jemalloc).",
	},
	"": {
		"Caches, queues and maps without a bound.",
		"Connections, files and listeners that are opened for each request and never closed.",
	},
}
