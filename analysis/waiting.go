package analysis

import (
	"math"
	"slices"
	"sort"
	"time"

	"github.com/oomedic/oomedic/data"
)

// How the wait for the next kill is read off former lives and former kills.
const (
	leastAnalogues = 2
	mostAnalogues  = 24               // the newest former lives are enough
	levelSamples   = 5                // samples whose median is the level now
	youngLife      = 10 * time.Minute // a life this young has no level of its own yet
	seriesShort    = 0.20             // gaps below this share of the usual one, and below seriesGap, are of a series
	analogueLeast  = 0.08             // least half-width of an interval, as a share of the wait
	analogueFew    = 0.55             // and more for few lives: this share over their number
)

// analogues returns how many hours former lives took from where the present one stands to their kill: from its level,
// or from its age where lives last equally long and climb differently. It is empty without former lives.
func (f *facts) analogues() []float64 {
	now := f.newest()
	running := f.c.State == data.Running && now != nil && now.killed.IsZero() && f.now.Sub(now.last()) <= killSlack+3*f.step
	var byLevel, byAge, lengths []float64
	level, age := 0.0, 0.0
	if running {
		level = median(now.v[max(0, len(now.v)-levelSamples):])
		age = f.now.Sub(now.start).Hours()
	}
	whole := f.wholeLives()
	first := f.lowest()
	for i := len(f.lives) - 1; i >= 0 && len(lengths) < mostAnalogues; i-- {
		l := &f.lives[i]
		if !whole[i] || !l.ended() || cutOff(l, first) || (f.limit != nil && l.limit != float64(*f.limit)) {
			continue
		}
		n := l.end().Sub(l.start).Hours()
		lengths = append(lengths, n)
		if n > age {
			byAge = append(byAge, n-age)
		}
		if t, ok := reaches(l, level); ok && running {
			byLevel = append(byLevel, l.end().Sub(time.UnixMilli(t)).Hours())
		}
	}
	if !running {
		wait := 0.0
		if at := f.nextStart(); at.After(f.now) {
			wait = at.Sub(f.now).Hours()
		}
		for i := range lengths {
			lengths[i] += wait
		}
		return lengths
	}
	if age < youngLife.Hours() || len(byLevel) < leastAnalogues {
		return byAge
	}
	if cv, ok := spread(lengths); ok && len(byAge) == len(lengths) {
		if a, ok := spread(byLevel); ok && cv*median(lengths) < a*median(byLevel) {
			return byAge
		}
	}
	return byLevel
}

// reaches returns when a life came to a level, in Unix milliseconds: the middle between the first sample above it and
// the last one below it.
func reaches(l *life, level float64) (int64, bool) {
	up, down := -1, -1
	for i, v := range l.v {
		if v >= level && up < 0 {
			up = i
		}
		if v < level {
			down = i
		}
	}
	if up < 0 {
		return 0, false
	}
	if down < up {
		return l.t[up], true
	}
	return l.t[up]/2 + l.t[down]/2, true
}

// untilAnalogue returns the time to the next kill of a container that grows, as former lives took it.
func (f *facts) untilAnalogue() (low, likely, high *time.Duration, n int) {
	v := f.analogues()
	if len(v) < leastAnalogues {
		return nil, nil, nil, len(v)
	}
	slices.Sort(v)
	m := middleOf(v)
	wide := max(analogueLeast, analogueFew/float64(len(v))) * m
	edge := min(0.1, 0.5/float64(len(v)))
	return hoursPtr(max(min(Quantile(v, edge), m-wide), 0)), hoursPtr(m), hoursPtr(max(Quantile(v, 1-edge), m+wide)), len(v)
}

// waitFacts are the kills of pods as events in time: single ones, or series that count once.
type waitFacts struct {
	short  []float64 // hours between kills within a series, sorted
	long   []float64 // hours between series, sorted
	series int       // how many there were
	seen   float64   // hours that pods were watched
}

// waits reads the kills as series.
func (f *facts) waits() waitFacts {
	var w waitFacts
	last := map[data.Text]time.Time{}
	var gaps []float64
	for _, k := range f.kills {
		if at, ok := last[k.Pod]; ok && k.At.After(at) {
			gaps = append(gaps, k.At.Sub(at).Hours())
		}
		last[k.Pod] = k.At
	}
	gaps = gaps[max(0, len(gaps)-4*recentGaps):]
	slices.Sort(gaps)
	cut := 0.0
	if n := len(gaps); n > 0 && gaps[n-1] > 0 && gaps[0] < seriesShort*gaps[n-1] && gaps[n-1] > seriesGap.Hours() {
		cut = min(seriesGap.Hours(), seriesShort*gaps[n-1])
	} else if n > 0 && f.now.Sub(f.lastKill()) > max(seriesGap, time.Duration(10*gaps[n-1]*float64(time.Hour))) {
		cut = gaps[n-1] // one series, and it is over
	}
	at := sort.SearchFloat64s(gaps, cut+1e-12)
	w.short, w.long = gaps[:at], gaps[at:]
	w.series = len(w.long) + len(last)
	pods := map[data.Text]float64{}
	for i := range f.lives {
		l := &f.lives[i]
		pods[l.pod] += l.last().Sub(l.first()).Hours()
	}
	for _, h := range pods {
		w.seen += h
	}
	return w
}

// after returns the chance that the wait, gone hours after a kill, is longer than t hours more. Within a series the gaps
// of former ones decide; beyond it series come at random at the rate at which they were seen. The rate is itself
// uncertain (a Gamma posterior), which makes the wait a Lomax variable: (1 + t/seen)^-series.
func (w *waitFacts) after(t, gone float64) float64 {
	left := w.short[sort.SearchFloat64s(w.short, gone):]
	in := 0.0
	if len(left) > 0 {
		in = float64(len(left)) / float64(len(left)+w.series)
	}
	alive := 0
	for _, g := range left {
		if g-gone > t {
			alive++
		}
	}
	still := 0.0
	if len(left) > 0 {
		still = float64(alive) / float64(len(left))
	}
	return in*still + (1-in)*math.Pow(1+t/max(w.seen, 1e-6), -float64(max(w.series, 1)))
}

// quantile returns the wait in hours that is exceeded with chance p.
func (w *waitFacts) quantile(p, gone float64) float64 {
	lo, hi := 0.0, 1.0/3600
	for w.after(hi, gone) > p && hi < 1e5 {
		hi *= 2
	}
	for range 40 {
		mid := (lo + hi) / 2
		if w.after(mid, gone) > p {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi
}
