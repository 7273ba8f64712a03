package analysis

import (
	"slices"
	"strings"
	"time"

	"github.com/oomedic/oomedic/data"
)

// The confidence that a memory-backed volume filled the limit. Its pages are charged to the container, and they outlive
// it: a restart begins with them.
const (
	shmStart    = 0.95            // it could not even start again
	shmFiles    = 0.93            // files in memory are a large part of the limit at the highest
	shmMost     = 0.70            // no such volume, and files in memory are most of the limit
	shmSegments = 0.50            // … or a large part
	shmFalling  = 0.85            // kills come at ever lower levels
	shmCache    = 0.80            // what grew is page cache and not the process
	shmAgain    = 0.72            // nothing shows what grew, but kills follow each other as the files outlive them
	shmGrows    = 0.60            // nothing shows what grew, and there is such a volume
	shmMount    = 0.45            // there is such a volume, and nothing more
	shmSmall    = 0.35            // factor when nothing shows what grew and such volumes are small by their purpose
	shmNoFiles  = 0.10            // factor when files in memory are known and small
	shmShare    = 0.30            // files in memory over the limit, from which they are what filled it
	shmRest     = 0.12            // … and below which they are not
	shmSoon     = 6 * time.Minute // a kill this soon after another is one of its series
)

var sharedMemoryCause = cause{
	id: SharedMemory, title: "Memory-backed volume fills the limit",
	doc:   "An emptyDir of medium Memory (often /dev/shm) is charged to the container, fills up, and outlives restarts.",
	score: scoreShm,
}

func scoreShm(f *facts) finding {
	files, known := f.filesInMemory()
	if len(f.c.MemoryVolumes) == 0 {
		return f.shmWithoutVolume(files, known)
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
	case known && files >= shmShare:
		out.score = shmFiles
		out.evidence = append(out.evidence, Evidence{Says: data.Textf("files in memory take up to %.0f%% of the limit: page cache that is no file on disk", 100*files), From: sharedQuery(f.h)})
	case known && files < shmRest:
		out.score = shmMount * shmNoFiles
		out.against = append(out.against, Evidence{Says: data.Textf("files in memory take %.0f%% of the limit at most", 100*files), From: sharedQuery(f.h)})
	case f.killLevelFalls():
		out.score = shmFalling
		out.evidence = append(out.evidence, Evidence{Says: "each life is killed at a lower level than the one before it", From: data.MaxPromQL(f.h, f.use)})
	case f.cacheGrew():
		out.score = shmCache
		out.evidence = append(out.evidence, Evidence{Says: "most of its memory is page cache or shared memory, and not the process's own",
			From: data.Clean("max by (pod) (container_memory_cache{" + f.h.Selector + "})")})
	case f.seriesOfKills():
		out.score = shmAgain
		out.evidence = append(out.evidence, Evidence{Says: "after a kill others follow within minutes, as when the files of the former life still fill the limit", From: data.KillsPromQL(f.h)})
	case f.growing():
		out.score = shmGrows
		out.against = append(out.against, Evidence{Says: "no metric tells files in memory from the process: a leak looks the same", From: data.GrowthPromQL(f.h)})
	default:
		out.score = shmMount
	}
	if !known && f.conf.Scope != ScopeStartup && smallVolumes(f.c.MemoryVolumes) {
		out.score *= shmSmall
		out.against = append(out.against, Evidence{Says: "by its name the volume holds secrets, sockets or the like, which are small", From: specCommand(f.c, "volumeMounts")})
	}
	return out
}

// smallWords are words of names of volumes that are small by their purpose.
var smallWords = []string{"run", "secret", "secrets", "cert", "certs", "tls", "token", "tokens", "socket", "sockets", "config", "credentials", "keys"}

// smallVolumes reports whether all names say that the volumes are small.
func smallVolumes(names []data.Text) bool {
	for _, n := range names {
		words := strings.FieldsFunc(strings.ToLower(n.String()), func(r rune) bool { return r == '-' || r == '.' || r == '_' })
		if !slices.ContainsFunc(words, func(w string) bool { return slices.Contains(smallWords, w) }) {
			return false
		}
	}
	return true
}

// filesInMemory returns how much of the limit files in memory took at the highest, 0 to 1, and whether that is known.
func (f *facts) filesInMemory() (float64, bool) {
	if f.h == nil || f.scale <= 0 {
		return 0, false
	}
	if s := cleanSamples(f.h.Shared); s.Len() > 0 {
		return slices.Max(s.V) / f.scale, true
	}
	return 0, f.h.ActiveFile.Len() > 0 && f.h.InactiveFile.Len() > 0 && f.h.Cache.Len() > 0
}

// shmWithoutVolume judges files in memory where the pod mounts no volume for them: shared memory segments of the
// program, or files in a /dev/shm that the runtime made.
func (f *facts) shmWithoutVolume(files float64, known bool) finding {
	if !known || files < shmShare {
		return finding{}
	}
	score := shmSegments
	if files >= 2*shmShare {
		score = shmMost
	}
	return finding{score: score,
		summary:  data.Textf("Shared memory takes up to %.0f%% of the limit of %s, though the pod mounts no memory-backed volume.", 100*files, human(f.scale)),
		evidence: []Evidence{{Says: data.Textf("page cache that is no file on disk takes up to %.0f%% of the limit", 100*files), From: sharedQuery(f.h)}},
		advice:   []data.Text{"Look at what the program maps as shared memory (shared_buffers and the like), and at /dev/shm in the container."}}
}

// sharedQuery is the PromQL of what files in memory take.
func sharedQuery(h *data.History) data.Text {
	one := func(m string) string { return m + "{" + h.Selector + "}" }
	return data.Clean("max by (pod) (" + one(data.MetricCache) + " - " + one(data.MetricActiveFile) + " - " + one(data.MetricInactiveFile) + ")")
}

// seriesOfKills reports whether kills come in series: others within minutes, without a life in between that could have
// filled anything.
func (f *facts) seriesOfKills() bool {
	soon, last := 0, map[data.Text]time.Time{}
	for _, k := range f.kills {
		if at, ok := last[k.Pod]; ok && k.At.Sub(at) <= shmSoon {
			soon++
		}
		last[k.Pod] = k.At
	}
	return soon >= 1 && soon < len(f.kills)-1
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
