package analysis

import (
	"math"
	"slices"
	"sort"
	"time"

	"github.com/oomedic/oomedic/data"
)

// What a life is cut by and matched with. Sources without a cgroup id give one series for all instances of a container.
const (
	gapFactor    = 2.5              // a silence longer than this many intervals is a gap
	killSlack    = 5 * time.Minute  // how long after its last sample a life may have been killed
	startSlack   = 2 * time.Minute  // how far a reported start may lie from the first sample
	restartFrom  = 0.85             // a fall from this share of the limit …
	childTo      = 0.70             // … or of one process of several
	restartTo    = 0.60             // … to below this share of it is a restart, where no id tells
	fallbackStep = 30 * time.Second // the interval assumed when there are too few samples to tell
)

// life is one instance of the container: its samples, clean and in order, and how it ended.
type life struct {
	pod    data.Text
	id     data.Text
	t      []int64   // Unix milliseconds, strictly rising
	v      []float64 // bytes, finite, not negative
	start  time.Time // reported start of a life that was killed; else the first sample
	killed time.Time // zero when it was not killed, or that is not known
	limit  float64   // bytes in force at its end; 0 when unknown
	peak   float64   // highest sample
	gone   time.Time // of an end without a record, after which the same pod started the container again; else zero
	trend  trend
}

func (l *life) first() time.Time { return time.UnixMilli(l.t[0]) }
func (l *life) last() time.Time  { return time.UnixMilli(l.t[len(l.t)-1]) }

// ended reports whether the life was killed, or ended like one that was where nothing records the end.
func (l *life) ended() bool { return !l.killed.IsZero() || !l.gone.IsZero() }

// endedNear is ended without the ends that nothing records and that came far below the limit: those are rollouts and
// restarts by hand rather than kills.
func (l *life) endedNear() bool {
	return !l.killed.IsZero() || (!l.gone.IsZero() && (l.limit <= 0 || l.v[len(l.v)-1] >= suddenLast*l.limit))
}

// end is when the life was killed or is taken to have been.
func (l *life) end() time.Time {
	if !l.killed.IsZero() {
		return l.killed
	}
	return l.gone
}

// length is how long the life was seen.
func (l *life) length() time.Duration {
	if !l.killed.IsZero() && l.killed.After(l.start) {
		return l.killed.Sub(l.start)
	}
	return l.last().Sub(l.start)
}

// cleanSamples returns s with finite, non-negative values at strictly rising times. What is in order already is shared
// and not copied; of two values at one time the higher stays.
func cleanSamples(s data.Samples) data.Samples {
	n := min(len(s.T), len(s.V))
	ok := true
	for i := 0; i < n && ok; i++ {
		ok = isMemory(s.V[i]) && (i == 0 || s.T[i] > s.T[i-1])
	}
	if ok {
		return data.Samples{T: s.T[:n], V: s.V[:n]}
	}
	idx := make([]int, 0, n)
	for i := 0; i < n; i++ {
		if isMemory(s.V[i]) {
			idx = append(idx, i)
		}
	}
	sort.Slice(idx, func(a, b int) bool {
		if s.T[idx[a]] != s.T[idx[b]] {
			return s.T[idx[a]] < s.T[idx[b]]
		}
		return s.V[idx[a]] > s.V[idx[b]]
	})
	out := data.Samples{T: make([]int64, 0, len(idx)), V: make([]float64, 0, len(idx))}
	for _, i := range idx {
		if k := len(out.T); k > 0 && out.T[k-1] == s.T[i] {
			continue
		}
		out.T, out.V = append(out.T, s.T[i]), append(out.V, s.V[i])
	}
	return out
}

// isMemory reports whether v can be a size in bytes: a number from zero to what an int64 holds.
func isMemory(v float64) bool { return v >= 0 && v <= math.MaxInt64 }

// readLives returns the lives of a history, ordered by pod and start, whatever order they came in: cleaned, cut where
// a source without ids joined several or children were killed, and matched with the kills that ended them.
func readLives(h *data.History, kills []data.PodKill, limitAt func(time.Time) float64, step time.Duration, children bool) []life {
	var out []life
	for _, in := range h.Lives {
		s := cleanSamples(in.Samples)
		if s.Len() == 0 {
			continue
		}
		out = append(out, cutLife(in, s, kills, limitAt, children)...)
	}
	slices.SortStableFunc(out, func(a, b life) int {
		switch {
		case a.pod != b.pod:
			return compareText(a.pod, b.pod)
		case a.t[0] != b.t[0]:
			return int(min(max(a.t[0]-b.t[0], -1), 1))
		case len(a.t) != len(b.t):
			return len(a.t) - len(b.t)
		case a.id != b.id:
			return compareText(a.id, b.id)
		}
		return slices.Compare(a.v, b.v)
	})
	matchKills(out, kills, step)
	markGone(out, step)
	for i := range out {
		end := out[i].killed
		if end.IsZero() {
			end = out[i].last()
		}
		out[i].limit = limitAt(end)
		out[i].peak = slices.Max(out[i].v)
	}
	return out
}

func compareText(a, b data.Text) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// cutLife splits a series that has no id, or in which children are killed while the container goes on, at the kills of its pod
// and where memory falls from near the limit.
func cutLife(in data.Life, s data.Samples, kills []data.PodKill, limitAt func(time.Time) float64, children bool) []life {
	one := func(lo, hi int) life {
		l := life{pod: in.Pod, id: in.ID, t: s.T[lo:hi], v: s.V[lo:hi]}
		l.start = l.first()
		return l
	}
	if in.ID != "" && !children {
		return []life{one(0, s.Len())}
	}
	var cuts []int
	for _, k := range kills {
		if k.Pod == in.Pod {
			ms := k.At.UnixMilli()
			cuts = append(cuts, sort.Search(s.Len(), func(i int) bool { return s.T[i] > ms }))
		}
	}
	limit, to := limitAt(time.UnixMilli(s.T[s.Len()-1])), restartTo
	if children {
		to = childTo // the others keep what they have
	}
	for i := 1; i < s.Len() && limit > 0; i++ {
		if s.V[i-1] >= restartFrom*limit && s.V[i] < to*limit {
			if at := limitAt(time.UnixMilli(s.T[i-1])); at > 0 && s.V[i-1] >= restartFrom*at && s.V[i] < to*at {
				cuts = append(cuts, i)
			}
		}
	}
	slices.Sort(cuts)
	var out []life
	lo := 0
	for _, c := range cuts {
		if c > lo && c < s.Len() {
			out = append(out, one(lo, c))
			lo = c
		}
	}
	return append(out, one(lo, s.Len()))
}

// matchKills marks the lives, ordered by pod and start, that kills ended: the newest life of the pod that began before the kill and whose samples
// reach up to it.
func matchKills(lives []life, kills []data.PodKill, step time.Duration) {
	slack := max(killSlack, 3*step)
	for _, k := range kills {
		ms := k.At.UnixMilli()
		i := sort.Search(len(lives), func(i int) bool {
			return lives[i].pod > k.Pod || (lives[i].pod == k.Pod && lives[i].t[0] > ms)
		})
		if i == 0 || lives[i-1].pod != k.Pod {
			continue
		}
		best := &lives[i-1]
		if k.At.Sub(best.last()) > slack || !best.killed.IsZero() || k.At.Before(best.last().Add(-slack)) {
			continue
		}
		if !k.StartedAt.IsZero() && k.StartedAt.After(best.last().Add(startSlack)) {
			continue // another life, too short to have a sample
		}
		best.killed = k.At
		if !k.StartedAt.IsZero() && k.StartedAt.Before(k.At) && k.StartedAt.Before(best.first().Add(startSlack)) {
			best.start = k.StartedAt
		}
	}
}

// restartLag is how soon after an end the kubelet starts a container again, its longest back-off included.
const restartLag = 10 * time.Minute

// markGone marks the lives that ended without a record and were followed by another of the same pod: kube-state-metrics
// forgets a kill that the next one overtakes, and may not be scraped at all. lives are ordered by pod and start.
func markGone(lives []life, step time.Duration) {
	for i := 0; i+1 < len(lives); i++ {
		l, next := &lives[i], &lives[i+1]
		if l.killed.IsZero() && next.pod == l.pod && next.first().After(l.last()) && next.first().Sub(l.last()) <= restartLag+3*step {
			l.gone = l.last().Add(step / 2)
		}
	}
}

// stepOf returns the distance of neighbouring samples: the resolution of the history, its scrape interval, or the
// median distance that is seen.
func stepOf(h *data.History) time.Duration {
	if h.Resolution > 0 {
		return h.Resolution
	}
	if h.ScrapeInterval > 0 {
		return h.ScrapeInterval
	}
	var d []int64
	for _, l := range h.Lives {
		s := cleanSamples(l.Samples)
		for i := 1; i < min(s.Len(), 200); i++ {
			d = append(d, s.T[i]-s.T[i-1])
		}
	}
	if len(d) == 0 {
		return fallbackStep
	}
	slices.Sort(d)
	return time.Duration(max(min(d[len(d)/2], math.MaxInt32), 1)) * time.Millisecond
}

// limitsOver returns the limit in force at a time: the newest sample of the limit's series before it, else now, the
// limit of the spec. It gives 0 when neither says.
func limitsOver(h *data.History, now *int64) func(time.Time) float64 {
	spec := 0.0
	if l := above(now); l != nil {
		spec = float64(*l)
	}
	if h == nil {
		return func(time.Time) float64 { return spec }
	}
	s := cleanSamples(h.Limit)
	return func(at time.Time) float64 {
		ms := at.UnixMilli()
		i := sort.Search(s.Len(), func(i int) bool { return s.T[i] > ms })
		if i > 0 && s.V[i-1] > 0 {
			return s.V[i-1]
		}
		return spec
	}
}
