package analysis

import (
	"slices"
	"strings"

	"github.com/oomedic/oomedic/data"
)

// The confidence that a memory-backed volume filled the limit. Its pages are charged to the container, and they outlive
// it: a restart begins with them.
const (
	shmStart   = 0.95 // it could not even start again
	shmFalling = 0.85 // kills come at ever lower levels
	shmCache   = 0.80 // what grew is page cache and not the process
	shmMount   = 0.25 // there is such a volume, and nothing more
)

var sharedMemoryCause = cause{
	id: SharedMemory, title: "Memory-backed volume fills the limit",
	doc:   "An emptyDir of medium Memory (often /dev/shm) is charged to the container, fills up, and outlives restarts.",
	score: scoreShm,
}

func scoreShm(f *facts) finding {
	if len(f.c.MemoryVolumes) == 0 {
		return finding{}
	}
	names := make([]string, len(f.c.MemoryVolumes))
	for i, n := range f.c.MemoryVolumes {
		names[i] = n.String()
	}
	vols := strings.Join(names, ", ")
	out := finding{
		summary: data.Textf("Files in the memory-backed volume %s count against the container's limit and outlive its restarts.", vols),
		evidence: []Evidence{{Says: data.Textf("it mounts an emptyDir of medium Memory: %s", vols),
			From: jsonpathCommand(f.c, `.spec.volumes[?(@.emptyDir.medium=="Memory")]`)}},
		advice: []data.Text{
			"Give the volume a sizeLimit below the container's limit: writers then get an error instead of a kill.",
			"Delete what is no longer needed in the volume, or use an emptyDir on disk.",
			"Delete the pod to empty the volume: a restart of the container does not.",
		},
	}
	switch {
	case f.conf.Scope == ScopeStartup:
		out.score = shmStart
		out.evidence = append(out.evidence, Evidence{Says: "after the first kill it cannot even start: the files of the former life still fill the limit",
			From: statusCommand(f.c, "lastState.terminated.message")})
	case f.killLevelFalls():
		out.score = shmFalling
		out.evidence = append(out.evidence, Evidence{Says: "each life is killed at a lower level than the one before it", From: data.MaxPromQL(f.h, f.use)})
	case f.cacheGrew():
		out.score = shmCache
		out.evidence = append(out.evidence, Evidence{Says: "most of its memory is page cache or shared memory, and not the process's own",
			From: data.Text("max by (pod) (container_memory_cache{" + f.h.Selector + "})")})
	default:
		out.score = shmMount
	}
	return out
}

// killLevelFalls reports whether consecutive lives of one pod were killed at ever lower peaks.
func (f *facts) killLevelFalls() bool {
	last, pod, falls, rises := 0.0, data.Text(""), 0, 0
	for i := range f.lives {
		l := &f.lives[i]
		if l.killed.IsZero() {
			continue
		}
		peak := slices.Max(l.v)
		if l.pod == pod && last > 0 {
			if peak < 0.8*last {
				falls++
			} else if peak > 1.1*last {
				rises++
			}
		}
		last, pod = peak, l.pod
	}
	return falls >= 1 && falls > rises
}

// cacheGrew reports whether page cache (shared memory included) is most of what the container has near its limit.
func (f *facts) cacheGrew() bool {
	if f.h == nil || f.hit == nil {
		return false
	}
	cache, rss := cleanSamples(f.h.Cache), cleanSamples(f.h.RSS)
	if cache.Len() == 0 || rss.Len() == 0 {
		return false
	}
	limit := float64(*f.hit)
	return slices.Max(cache.V) >= 0.5*limit && slices.Max(rss.V) < 0.5*limit
}
