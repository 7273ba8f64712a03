package analysis

import (
	"slices"
	"sort"
	"time"

	"github.com/oomedic/oomedic/data"
)

// How rises above the usual level are read, those that ended in a kill and those that did not: what bursts now and then and
// kills, bursts more often and does not.
const (
	riseFrom     = 0.25             // highest sample over the usual level, as a share of the limit, from which it is a rise
	riseLow      = 0.15             // a sample so far up between the usual level and the top …
	riseHigh     = 0.85             // … but not farther is on the way
	riseApart    = 30 * time.Minute // rises of a pod that are no further apart are one
	mostRises    = 24               // of a life, the newest
	usualSamples = 500              // of a life tell its usual level
	togetherFor  = 10 * time.Minute // how far the rise of another pod may lie from a kill
	togetherUp   = 0.12             // rise of another pod over its usual level, as a share of the limit
)

// riseFacts are how memory rose to kills and to the peaks that did not kill.
type riseFacts struct {
	slow, fast int // rises of which a sample was taken on the way up, and those without one
	kills      int // kills at which other pods were seen
	others     float64
}

// readRises looks at all rises of the pods that were killed, and at what the other pods did at the kills.
func (f *facts) readRises() {
	pods := f.killedPods()
	for i := range f.lives {
		l := &f.lives[i]
		if pods[l.pod] && l.limit > 0 && len(l.v) >= leastSamples && l.trend.shape != rising && l.trend.shape != easing {
			f.countRises(l)
		}
	}
	f.readOthers()
}

// countRises adds the rises of one life. Its first minutes are left out: they are its start.
func (f *facts) countRises(l *life) {
	usual, n := usualOf(l), 0
	floor := usual + riseFrom*l.limit
	for i := len(l.v) - 1; i > 0 && n < mostRises; i-- {
		if l.v[i] < floor || time.UnixMilli(l.t[i]).Sub(l.start) < warmUp {
			continue
		}
		top, at := l.v[i], i
		for j := i - 1; j > 0 && l.t[i]-l.t[j] <= riseApart.Milliseconds(); j-- {
			if l.v[j] >= floor {
				i = j
			}
			if l.v[j] > top {
				top, at = l.v[j], j
			}
		}
		if l.ended() && at == len(l.v)-1 {
			top = max(top, l.limit)
		}
		n++
		if onTheWay(l, at, usual, top) {
			f.rise.slow++
		} else {
			f.rise.fast++
		}
	}
}

// usualOf returns the usual level of a life in bytes: the median of samples spread over it, which is as good as that of all.
func usualOf(l *life) float64 {
	every := max(len(l.v)/usualSamples, 1)
	v := make([]float64, 0, usualSamples+1)
	for i := 0; i < len(l.v); i += every {
		v = append(v, l.v[i])
	}
	slices.Sort(v)
	return middleOf(v)
}

// onTheWay reports whether a sample was taken between the usual level and the top that was reached at or after index at.
func onTheWay(l *life, at int, usual, top float64) bool {
	for j := at; j > 0 && l.v[j] > usual+riseLow*(top-usual); j-- {
		if l.v[j] < usual+riseHigh*(top-usual) && l.t[j]-l.t[j-1] <= l.t[at]-l.t[0] {
			return l.v[j-1] <= l.v[j]
		}
	}
	return false
}

// readOthers sees how many of the other pods rose at a kill as well.
func (f *facts) readOthers() {
	byPod := map[data.Text][]*life{}
	for i := range f.lives {
		byPod[f.lives[i].pod] = append(byPod[f.lives[i].pod], &f.lives[i])
	}
	if len(byPod) < 2 {
		return
	}
	usual := map[*life]float64{}
	var shares []float64
	for _, k := range f.kills[max(0, len(f.kills)-mostRises):] {
		up, n := 0, 0
		for pod, lives := range byPod {
			if pod == k.Pod {
				continue
			}
			if rose, ok := roseAt(lives, k.At, usual); ok {
				n++
				if rose {
					up++
				}
			}
		}
		if n > 0 {
			shares = append(shares, float64(up)/float64(n))
		}
	}
	f.rise.kills, f.rise.others = len(shares), meanOf(shares)
}

// meanOf returns the mean of v, 0 of none. The order of v does not matter for the few values there are.
func meanOf(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(max(len(v), 1))
}

// roseAt reports whether a pod rose above its usual level around a time, or was killed then; ok is whether it was seen.
func roseAt(lives []*life, at time.Time, usual map[*life]float64) (rose, ok bool) {
	from, to := at.Add(-togetherFor).UnixMilli(), at.Add(togetherFor).UnixMilli()
	for _, l := range lives {
		if l.limit <= 0 || l.t[0] > to || l.t[len(l.t)-1] < from || len(l.v) < leastSamples {
			continue
		}
		ok = true
		if d := l.killed.Sub(at); !l.killed.IsZero() && d.Abs() <= togetherFor {
			return true, true
		}
		u, known := usual[l]
		if !known {
			u = usualOf(l)
			usual[l] = u
		}
		for j := sort.Search(len(l.t), func(j int) bool { return l.t[j] >= from }); j < len(l.t) && l.t[j] <= to; j++ {
			if l.v[j] >= u+togetherUp*l.limit {
				return true, true
			}
		}
	}
	return false, ok
}
