package analysis

import "github.com/oomedic/oomedic/data"

// degradation is what a program can do in place of being killed, by cause.
type degradation struct {
	now   []data.Text // at run time, when memory is short
	build []data.Text // in the program or its configuration
}

// degradations are the ways to give way, by cause.
var degradations = map[Class]degradation{
	LimitTooLow: {
		now:   []data.Text{"Refuse new work from 90% of the limit on (503 with Retry-After), so that what runs can end."},
		build: []data.Text{"Make the large parts of what it always holds optional: caches, indexes, preloaded data.", "Let readiness fail from 90% on, so that the Service sends work elsewhere until memory has fallen."},
	},
	MemoryLeak: {
		now:   []data.Text{"Drain and exit by itself at 85% of the limit, at a quiet time and one replica after the other: an orderly end loses nothing.", "Let readiness fail at 85%, so that no new work comes before that."},
		build: []data.Text{"Give every map, list and cache that lives as long as the process an upper bound.", "End what was started: listeners, timers, goroutines and threads, connections, in the same function that starts them."},
	},
	GradualAccumulation: {
		now:   []data.Text{"Restart on a schedule that is shorter than the time to the limit: kubectl rollout restart in a CronJob.", "Drop what was not used for an hour when memory is above 80%."},
		build: []data.Text{"Let sessions, labels of metrics and interned strings expire.", "Bound the number of label values of each metric."},
	},
	LoadSpike: {
		now:   []data.Text{"Refuse the expensive request, and not all of them, from 80% of the limit on.", "Open a circuit breaker towards what makes large answers."},
		build: []data.Text{"Bound what one request may take: page sizes, result sets, uploads.", "Stream answers in place of building them whole.", "Give the expensive path workers of its own, so that it cannot take the rest with it."},
	},
	ConcurrentRequests: {
		now:   []data.Text{"Answer 503 with Retry-After when more requests run than fit: limit ÷ memory of one.", "Shed the least important traffic first."},
		build: []data.Text{"A semaphore around the handler, with a bounded queue and a time-out in front of it.", "Bound connection pools, thread pools and prefetch counts of consumers.", "Let the load balancer limit the connections of each pod."},
	},
	LargeFile: {
		now:   []data.Text{"Look at the size of the input first and refuse, or put aside, what does not fit."},
		build: []data.Text{"Read, work and write in parts; never the whole input in memory.", "Keep intermediate results in files on disk, not in tmpfs.", "Save how far the work has come, so that a killed run goes on in place of starting anew."},
	},
	UnboundedCache: {
		now:   []data.Text{"Throw away half of the cache at 80% of the limit.", "Stop filling it at 90%, and answer from the source."},
		build: []data.Text{"Bound it by bytes, not by entries, at a third of the limit, with least-recently-used eviction.", "Give entries a time to live.", "Redis and Valkey: maxmemory at 75% of the limit, and maxmemory-policy allkeys-lru."},
	},
	JVMHeap: {
		now:   []data.Text{"Let readiness fail when the heap after a full collection is above 90% of its bound."},
		build: []data.Text{"Bound what lies beside the heap too: MaxMetaspaceSize, MaxDirectMemorySize, the number of threads.", "ExitOnOutOfMemoryError ends a JVM that cannot go on, so that the kubelet makes a new one."},
	},
	SharedMemory: {
		now:   []data.Text{"Delete what is no longer needed from the memory-backed volume; restarting the container does not."},
		build: []data.Text{"Set sizeLimit on the volume below the limit: writing then fails with an error that can be handled.", "Use a volume on disk for what need not be fast."},
	},
	StartupPeak: {
		now:   []data.Text{"Start replicas one after the other (maxSurge 1), so that not all peak on one node."},
		build: []data.Text{"Load what is needed first, and the rest when it is asked for.", "Read start data in parts and free each before the next.", "Warm caches after readiness, slowly."},
	},
	NodePressure: {
		now:   []data.Text{"Move or scale down what can wait (kubectl scale), before the kernel chooses."},
		build: []data.Text{"Give what matters requests equal to limits: it is killed last.", "Give what can wait a low PriorityClass: it is evicted first.", "Spread replicas over nodes, so that one node takes one of them only."},
	},
	UnknownCause: {
		now:   []data.Text{"Refuse new work from 90% of the limit on (503 with Retry-After)."},
		build: []data.Text{"Bound queues, caches and pools, and log their sizes: the next kill then says which of them it was."},
	},
}

// measure says how a program knows how near to its limit it is.
var measure = map[data.Text]data.Text{
	"go":     "Read runtime/metrics /memory/classes/total:bytes less /memory/classes/heap/released:bytes, and hold it against GOMEMLIMIT.",
	"java":   "Read MemoryPoolMXBean.getCollectionUsage of the old generation: what is left after a collection is what is needed.",
	"node":   "Read process.memoryUsage.rss() and v8.getHeapStatistics().heap_size_limit.",
	"python": "Read resource.getrusage(RUSAGE_SELF).ru_maxrss of each worker, or /sys/fs/cgroup/memory.current for all of them.",
	"dotnet": "Read GC.GetGCMemoryInfo(): MemoryLoadBytes against HighMemoryLoadThresholdBytes.",
	"ruby":   "Read GC.stat and /proc/self/statm.",
}

// degradation is advice as Markdown.
func (m *maker) degradation() Artifact {
	a := Artifact{Kind: ArtifactDegradation, Title: "Graceful degradation", About: "How the program gives way in place of being killed, for the cause found.", File: m.file(ArtifactDegradation, ".md")}
	words, ok := degradations[m.d.Cause.Class]
	if !ok {
		words = degradations[UnknownCause]
	}
	add := func(lines ...data.Text) { a.Lines = append(a.Lines, lines...) }
	list := func(title data.Text, all []data.Text) {
		if len(all) == 0 {
			return
		}
		add("", "## "+title, "")
		for _, l := range all {
			add("- " + l)
		}
	}
	add(data.Textf("# Giving way before the kill: container %s of %s", m.c.Key.Container, m.place()), "",
		data.Textf("Cause: %s. %s", m.d.Cause.Title, m.d.Cause.Summary))
	list("When memory is short", words.now)
	list("In the program", words.build)
	how := measure[m.d.Runtime]
	if how == "" {
		how = "Read /sys/fs/cgroup/memory.current less inactive_file of memory.stat, and hold it against memory.max (cgroup v1: memory.usage_in_bytes, memory.limit_in_bytes)."
	}
	marks := []data.Text{how}
	if m.limit != nil {
		marks = append(marks, data.Textf("Of the limit of %s: 80%% is %s, 90%% is %s.", human(float64(*m.limit)), human(0.8*float64(*m.limit)), human(0.9*float64(*m.limit))))
	}
	list("How it knows", marks)
	list("For this container", m.d.Cause.Advice)
	return a
}
