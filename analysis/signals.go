package analysis

import (
	"math"
	"slices"
	"sort"
	"time"

	"github.com/oomedic/oomedic/data"
)

// How load is held against kills and against memory.
const (
	burstReach   = 15 * time.Minute // how long before a kill load is looked at
	burstRatio   = 2.0              // load at kills over usual load, from which it was a burst
	burstRank    = 0.90             // … if it also was higher than at this share of the time
	followsFor   = 0.50             // rank correlation of memory with load from which memory follows it
	fewPairs     = 24               // fewer common steps tell nothing
	mostPairs    = 2100             // steps of a signal that are compared, the newest: seven days of five minutes
	loadGrowth   = 0.25             // rise of load over a growing life that may be why memory grows
	inputShare   = 0.05             // input of one step over the limit, below which it fills nothing
	clockFrom    = 30 * time.Hour   // lives from this length on are compared with themselves a day or more later
	leastSockets = 8                // connections or threads
	leastCores   = 0.02
	mostRatio    = 1000.0
)

// signalFacts is how one signal of load stood at kills, and whether memory follows it.
type signalFacts struct {
	known   bool
	kills   int     // kills at which the signal is known
	ratio   float64 // median over kills: highest load shortly before, over usual load
	rank    float64 // median over kills: share of the time at which load was lower
	peak    float64 // median over kills: highest load shortly before, in the signal's unit
	follows float64 // rank correlation with memory, -1 to 1; 0 when not known
	aged    float64 // rank correlation of memory with the age of its life, at the same steps
	rise    float64 // median over growing lives: load at the end over that at the start, less 1
	risen   bool    // rise is known
	least   float64 // what is below this is idling, in the signal's unit
}

// burst reports whether load was unusually high at most kills.
func (s signalFacts) burst() bool {
	return s.known && s.kills > 0 && s.ratio >= burstRatio && s.rank >= burstRank && s.peak >= s.least
}

// met reports whether load is known at any kill.
func (s signalFacts) met() bool { return s.known && s.kills > 0 }

// quiet reports whether load is known and was as usual at most kills.
func (s signalFacts) quiet() bool { return s.met() && !s.burst() }

// loadFacts are the facts of all signals.
type loadFacts struct {
	received, cpu, reads, sockets, threads signalFacts
}

// known reports whether any signal is.
func (l *loadFacts) known() bool {
	return l.received.known || l.cpu.known || l.reads.known || l.sockets.known || l.threads.known
}

// readLoad compares load with kills and memory.
func (f *facts) readLoad() {
	if f.h == nil {
		return
	}
	step := f.h.Load.Step
	for _, s := range []struct {
		in    []data.Signal
		into  *signalFacts
		after time.Duration
	}{
		// What was received last is counted by the pod's sandbox, which outlives the container, and read at the first
		// scrape after the kill: it may stand in the second step after it. All else ends with the container.
		{f.h.Load.Received, &f.load.received, 2 * step}, {f.h.Load.CPU, &f.load.cpu, step}, {f.h.Load.Reads, &f.load.reads, step},
		{f.h.Load.Sockets, &f.load.sockets, step}, {f.h.Load.Threads, &f.load.threads, step},
	} {
		*s.into = f.readSignal(s.in, s.after)
	}
	// What comes in within one step must be a part of what memory rose by, or it cannot have been what filled it.
	input := inputShare * f.scale / max(f.h.Load.Step.Seconds(), 1)
	f.load.received.least, f.load.reads.least = input, input
	f.load.sockets.least, f.load.threads.least, f.load.cpu.least = leastSockets, leastSockets, leastCores
}

// readSignal compares one signal with kills, up to after behind each, and with memory.
func (f *facts) readSignal(in []data.Signal, after time.Duration) signalFacts {
	var out signalFacts
	var ratios, ranks, peaks, follows, aged, rises []float64
	for _, one := range sortedSignals(in) {
		s := one.Samples
		out.known = true
		sorted := slices.Clone(s.V)
		slices.Sort(sorted)
		usual := Quantile(sorted, 0.5)
		for _, k := range f.kills {
			if k.Pod != one.Pod {
				continue
			}
			if top, ok := highestWithin(s, k.At.Add(-burstReach), k.At.Add(after)); ok {
				ratios = append(ratios, ratioOf(top, usual))
				ranks = append(ranks, float64(sort.SearchFloat64s(sorted, top))/float64(len(sorted)))
				peaks = append(peaks, top)
			}
		}
		if r, a, ok := f.followsSignal(one.Pod, s); ok {
			follows, aged = append(follows, r), append(aged, a)
		}
		rises = append(rises, f.risesWith(one.Pod, s)...)
	}
	out.kills = len(ratios)
	out.ratio, out.rank, out.peak, out.follows, out.aged = median(ratios), median(ranks), median(peaks), median(follows), median(aged)
	out.rise, out.risen = median(rises), len(rises) > 0
	return out
}

// sortedSignals returns the signals that have samples, clean, in a fixed order.
func sortedSignals(in []data.Signal) []data.Signal {
	out := make([]data.Signal, 0, len(in))
	for _, s := range in {
		if s.Samples = cleanSamples(s.Samples); s.Len() > 0 {
			if n := s.Len() - mostPairs; n > 0 {
				s.T, s.V = s.T[n:], s.V[n:]
			}
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b data.Signal) int {
		if c := compareText(a.Pod, b.Pod); c != 0 {
			return c
		}
		return slices.Compare(a.V, b.V)
	})
	return out
}

// ratioOf returns how many times usual top is, at most mostRatio.
func ratioOf(top, usual float64) float64 {
	switch {
	case top <= 0:
		return 0
	case usual <= 0:
		return mostRatio
	}
	return min(top/usual, mostRatio)
}

// highestWithin returns the highest sample with from < T <= to.
func highestWithin(s data.Samples, from, to time.Time) (float64, bool) {
	lo := sort.Search(len(s.T), func(i int) bool { return s.T[i] > from.UnixMilli() })
	hi := sort.Search(len(s.T), func(i int) bool { return s.T[i] > to.UnixMilli() })
	if lo >= hi {
		return 0, false
	}
	return slices.Max(s.V[lo:hi]), true
}

// followsSignal returns the rank correlation (Spearman) of a pod's memory with its load, and with the age of its lives, step by
// step. The first
// minutes of a life are left out: starting takes processor time and reads files in every program.
func (f *facts) followsSignal(pod data.Text, s data.Samples) (follows, aged float64, ok bool) {
	var load, mem, age []float64
	step := f.h.Load.Step.Milliseconds()
	for i := range f.lives {
		l := &f.lives[i]
		if l.pod != pod {
			continue
		}
		lo := sort.Search(len(s.T), func(j int) bool { return s.T[j] > l.t[0]+warmUp.Milliseconds() })
		at := 0
		for ; lo < len(s.T) && s.T[lo] <= l.t[len(l.t)-1]; lo++ {
			at += sort.Search(len(l.t)-at, func(j int) bool { return l.t[at+j] > s.T[lo]-step })
			top, ok := 0.0, false
			for ; at < len(l.t) && l.t[at] <= s.T[lo]; at++ {
				top, ok = max(top, l.v[at]), true
			}
			if ok {
				load, mem, age = append(load, s.V[lo]), append(mem, top), append(age, float64(s.T[lo]-l.t[0]))
			}
		}
	}
	if len(load) < fewPairs {
		return 0, 0, false
	}
	ranks := ranksOf(mem)
	return correlation(ranksOf(load), ranks), correlation(ranksOf(age), ranks), true
}

// risesWith returns how much load rose over each growing life of a pod that is within the signal's reach.
func (f *facts) risesWith(pod data.Text, s data.Samples) []float64 {
	var out []float64
	for i := range f.lives {
		l := &f.lives[i]
		if l.pod != pod || (l.trend.shape != rising && l.trend.shape != easing) {
			continue
		}
		part := s.Between(l.first(), l.last().Add(time.Millisecond))
		whole := l.last().Sub(l.first())
		reach := whole / 4
		if whole >= clockFrom {
			reach = min(whole-24*time.Hour, 24*time.Hour) // the same hours of the clock, or a day's cycle looks like growth
		}
		begin, end := part.Between(l.first(), l.first().Add(reach)), part.Between(l.last().Add(-reach), l.last().Add(time.Millisecond))
		if begin.Len() < 3 || end.Len() < 3 || part.T[0]-l.t[0] > (l.t[len(l.t)-1]-l.t[0])/4 {
			continue
		}
		if before := median(begin.V); before > 0 {
			out = append(out, min(median(end.V)/before-1, mostRatio))
		}
	}
	return out
}

// ranksOf returns the rank of each value; equal values share their mean rank.
func ranksOf(v []float64) []float64 {
	idx := make([]int, len(v))
	for i := range idx {
		idx[i] = i
	}
	slices.SortFunc(idx, func(a, b int) int {
		switch {
		case v[a] < v[b]:
			return -1
		case v[a] > v[b]:
			return 1
		}
		return a - b
	})
	out := make([]float64, len(v))
	for i := 0; i < len(idx); {
		j := i
		for j < len(idx) && v[idx[j]] == v[idx[i]] {
			j++
		}
		for k := i; k < j; k++ {
			out[idx[k]] = float64(i+j-1) / 2
		}
		i = j
	}
	return out
}

// correlation returns Pearson's correlation of x and y, 0 when one does not vary.
func correlation(x, y []float64) float64 {
	n := float64(len(x))
	var mx, my float64
	for i := range x {
		mx, my = mx+x[i]/n, my+y[i]/n
	}
	var xx, yy, xy float64
	for i := range x {
		xx, yy, xy = xx+(x[i]-mx)*(x[i]-mx), yy+(y[i]-my)*(y[i]-my), xy+(x[i]-mx)*(y[i]-my)
	}
	if r := xy / math.Sqrt(xx*yy); finite(r) {
		return r
	}
	return 0
}
