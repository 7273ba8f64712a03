package prom

import (
	"slices"
	"strings"
	"time"

	"github.com/oomedic/oomedic/data"
)

// restartDrop is the share of memory whose loss between two samples counts as a restart, when nothing else tells one
// life from the next.
const restartDrop = 0.5

// cuts are the times in Unix milliseconds at which one pod's container began or, where no start is known, ended. They separate the
// lives in series that have no id label, as those of the kubelet's /metrics/resource.
type cuts struct {
	at []int64
	// starts is true when start times are known, so that a drop in memory alone is no restart.
	starts bool
}

// livesOf turns merged series into lives, by pod and start, that do not overlap within a pod. step is 0 for raw
// samples and else the step in milliseconds whose maxima the samples are. cutsOf is asked for pods without ids only.
func livesOf(all []series, step int64, cutsOf func(pod string) cuts) []data.Life {
	pods := map[string][]series{}
	for _, s := range all {
		pods[s.pod] = append(pods[s.pod], s)
	}
	names := make([]string, 0, len(pods))
	for p := range pods {
		names = append(names, p)
	}
	slices.Sort(names)
	var out []data.Life
	for _, p := range names {
		out = append(out, podLives(pods[p], step, cutsOf)...)
	}
	return out
}

// podLives orders the lives of one pod and takes away their overlaps.
func podLives(all []series, step int64, cutsOf func(string) cuts) []data.Life {
	var named, nameless []series
	for _, s := range all {
		if s.id != "" {
			named = append(named, s)
		} else {
			nameless = append(nameless, s)
		}
	}
	for _, s := range nameless {
		named = append(named, split(before(s, named), step, cutsOf)...)
	}
	slices.SortStableFunc(named, func(a, b series) int {
		if c := cmpInt(a.T[0], b.T[0]); c != 0 {
			return c
		}
		return cmpInt(a.T[len(a.T)-1], b.T[len(b.T)-1])
	})
	var out []data.Life
	for _, s := range named {
		out = follow(out, data.Life{Pod: data.Clean(s.pod), ID: data.Clean(s.id), Samples: s.Samples}, step)
	}
	return out
}

// before cuts a series without id where the first series with ids begins: both tell of the same containers.
func before(s series, named []series) series {
	for _, o := range named {
		s.Samples = s.Between(time.UnixMilli(s.firstOr(0)), time.UnixMilli(o.T[0]))
	}
	return s
}

func (s *series) firstOr(none int64) int64 {
	if len(s.T) == 0 {
		return none
	}
	return s.T[0]
}

// split parts a series without id at the cuts of its pod or, without known starts, where its memory collapses.
func split(s series, step int64, cutsOf func(string) cuts) []series {
	if s.Len() == 0 {
		return nil
	}
	c := cutsOf(s.pod)
	begins := map[int]bool{}
	for _, at := range c.at {
		if i := search(s.T, at); i < s.Len() {
			// A step that also holds the end of the life before shows that life's peak: the next begins after it.
			if step > 0 && i > 0 && s.T[i-1] == s.T[i]-step {
				i++
			}
			begins[i] = true
		}
	}
	var out []series
	begin := 0
	for i := 1; i < s.Len(); i++ {
		if begins[i] || !c.starts && s.V[i] < s.V[i-1]*(1-restartDrop) {
			out = append(out, s.part(begin, i))
			begin = i
		}
	}
	return append(out, s.part(begin, s.Len()))
}

// search returns the first index whose time is not before at.
func search(t []int64, at int64) int {
	i, _ := slices.BinarySearch(t, at)
	return i
}

func (s *series) part(from, to int) series {
	p := *s
	p.T, p.V = s.T[from:to:to], s.V[from:to:to]
	return p
}

// follow appends a life to the earlier ones of its pod. cAdvisor's samples carry times of their own and get no stale
// marker, so an ended life may still show beside the next one: it ends where the next begins.
func follow(out []data.Life, next data.Life, step int64) []data.Life {
	if len(out) == 0 {
		return append(out, next)
	}
	last := &out[len(out)-1]
	start := next.T[0]
	keep := last.Len()
	for keep > 0 && last.T[keep-1] >= start {
		keep--
	}
	peak, cutAtStart := 0.0, keep < last.Len() && last.T[keep] == start
	if cutAtStart {
		peak = last.V[keep]
	}
	last.Samples = data.Samples{T: last.T[:keep:keep], V: last.V[:keep:keep]}
	if step == 0 || !cutAtStart {
		if keep == 0 {
			out = out[:len(out)-1]
		}
		return append(out, next)
	}
	return foldStep(out, next, step, peak)
}

// foldStep keeps the peak of a life whose last step is also the first of the next life: it moves into the step
// before. A life that has no room there is told of by the peak of the step alone.
func foldStep(out []data.Life, next data.Life, step int64, peak float64) []data.Life {
	n := len(out) - 1
	last, earlier := &out[n], next.T[0]-step
	switch {
	case last.Len() > 0 && last.T[last.Len()-1] == earlier:
		last.V = slices.Clone(last.V)
		last.V[last.Len()-1] = max(last.V[last.Len()-1], peak)
	case last.Len() > 0 || n == 0 || out[n-1].T[out[n-1].Len()-1] < earlier:
		last.T, last.V = append(last.T, earlier), append(last.V, peak)
	default:
		out = out[:n]
		next.V = slices.Clone(next.V)
		next.V[0] = max(next.V[0], peak)
	}
	return append(out, next)
}

// newestFirst orders the lives of other pods for a chart, whole pods by their latest sample, at most limit pods.
func newestFirst(lives []data.Life, limit int) []data.Life {
	latest := map[data.Text]int64{}
	for _, l := range lives {
		latest[l.Pod] = max(latest[l.Pod], l.T[l.Len()-1])
	}
	slices.SortStableFunc(lives, func(a, b data.Life) int {
		if c := cmpInt(latest[b.Pod], latest[a.Pod]); c != 0 {
			return c
		}
		if c := strings.Compare(a.Pod.String(), b.Pod.String()); c != 0 {
			return c
		}
		return cmpInt(a.T[0], b.T[0])
	})
	pods := 0
	for i := range lives {
		if i == 0 || lives[i].Pod != lives[i-1].Pod {
			if pods++; pods > limit {
				return lives[:i]
			}
		}
	}
	return lives
}
