package analysis

import (
	"slices"
	"sort"
	"time"

	"github.com/oomedic/oomedic/data"
)

// What makes a kill sudden, and what counts as near the limit. Simulated kills by spikes have their last sample below
// 0.8 of the limit at any scrape interval, kills by leaks and low limits never do.
const (
	suddenLast  = 0.80 // last sample before the kill, as a share of the limit
	suddenLevel = 0.75 // usual level before the kill, as a share of the limit
	nearTop     = 0.90 // samples from this share of the limit on are near it
	clippedTop  = 0.98 // a highest sample from this share on means that samples stop at the limit
	climbRise   = 0.30 // rise within minutes, as a share of the limit, that is a climb
	climbTau    = 0.80 // agreement of a climb
	fewSamples  = 4    // a life with fewer samples shows no course
	sameMoment  = 5 * time.Minute
)

// facts is everything that causes are judged by, read once.
type facts struct {
	c     *data.Container
	conf  *Confirmation
	now   time.Time
	h     *data.History
	lives []life
	kills []data.PodKill // of all pods, oldest first
	limit *int64         // today, nil when none is set
	hit   *int64         // at the last kill
	scale float64        // what sizes are measured against: hit, or the highest sample
	step  time.Duration
	usage map[data.Window]Stats
	use   data.Window // the window that sizes are taken from
	heap  *heapBound
	rt    data.Text
	batch bool
	cache bool // named like a cache
	store bool // keeps state: a StatefulSet, or an image of a database or queue

	shapes              map[shape]int
	weights             map[shape]float64 // hours of the lives of each shape
	eligible            int               // lives that show a trend
	growth              []float64         // slopes of the lives that grow, bytes an hour
	bases               []float64         // levels after start of the lives that grow
	levels              []float64         // levels at which other lives stand
	scored              int               // lives of pods that were killed
	nearKilled          float64           // share of the samples of killed lives near the limit
	paces               []float64
	pace                float64 // median over growing lives: trend.pace
	decels              []float64
	decel               float64      // median over growing lives: slope of the second half over the first
	judged              int          // killed lives whose end can be judged
	sudden              int          // … of these, ended far above their usual level within an interval or a few
	climbs              int          // … of these, short lives that only climb
	nearTime            float64      // share of all samples near the limit
	lengths             []float64    // hours that killed lives lasted
	regular             *float64     // standard deviation over mean of lengths
	together            int          // moments at which several pods were killed
	moments             int          // moments at which any pod was killed
	climb               *climbFacts  // growth over many lives too short to show it alone
	bounds              *data.Bounds // nil when not read
	course              commonCourse // what growing lives have in common
	maxLength           time.Duration
	load                loadFacts
	start               startFacts
	end                 endFacts
	rise                riseFacts
	odd                 data.Text // the one pod that is killed while others are not
	risk                *Risk     // of a container that is listed for what may happen to it; else nil
	around, aroundOther int       // other containers killed on the node at the same moment, and those of other workloads
	burst               burstOdds
}

// readFacts gathers what in says.
func readFacts(in Input, conf *Confirmation) *facts {
	c := &in.Case.Container
	f := &facts{c: c, conf: conf, bounds: boundsOf(in), now: in.Now, h: in.History, limit: above(c.Resources.Limit), risk: in.Case.Risk, usage: map[data.Window]Stats{}, shapes: map[shape]int{}, weights: map[shape]float64{}}
	f.rt, _ = RuntimeOf(c)
	f.batch = c.Workload.Kind == "Job" || c.Workload.Kind == "CronJob"
	f.cache = namedLike(c, cacheWords)
	f.store = c.Workload.Kind == "StatefulSet" || namedLike(c, storeWords)
	f.kills = allKills(c, in.History)
	limitAt := limitsOver(in.History, c.Resources.Limit)
	if at := f.lastKill(); !at.IsZero() {
		if l := limitAt(at); l > 0 {
			f.hit = ptr(toInt(l))
		}
	}
	if f.hit == nil && (conf.OOMKilled || f.atRisk()) {
		f.hit = f.limit
	}
	if f.hit != nil {
		f.scale = float64(*f.hit)
	}
	if in.History != nil {
		f.step = stepOf(in.History)
		f.lives = readLives(in.History, f.kills, limitAt, f.step, conf.Scope == ScopeChild)
		f.readTrends()
		total := 0
		for i := range f.lives {
			total += len(f.lives[i].v)
		}
		buf := make([]float64, 0, total)
		for _, w := range data.StatWindows {
			f.usage[w] = statsOf(in.History, f.lives, w, in.Now, f.step, &buf)
		}
	}
	f.use = f.window()
	if f.heap = heapOf(c, f.rt, f.hit); f.heap == nil && f.hit == nil {
		f.heap = heapOf(c, f.rt, f.limit)
	}
	f.around, f.aroundOther = in.Case.elsewhere()
	f.readKills()
	f.readLoad()
	f.readStarts()
	f.readEnds()
	f.readRises()
	f.odd = f.onlyPod()
	f.burst = f.bursts()
	return f
}

// lastKill returns when the container was last killed, zero when unknown.
func (f *facts) lastKill() time.Time {
	if !f.conf.LastKillAt.IsZero() {
		return f.conf.LastKillAt
	}
	for i := len(f.kills) - 1; i >= 0; i-- {
		if f.kills[i].Pod == f.c.Key.Pod {
			return f.kills[i].At
		}
	}
	return time.Time{}
}

// allKills returns the kills that metrics and the API know of, of every pod of the workload, oldest first, each once.
func allKills(c *data.Container, h *data.History) []data.PodKill {
	byPod := map[data.Text][]data.Kill{c.Key.Pod: slices.Clone(c.Kills)}
	if h != nil {
		for _, k := range h.Kills {
			byPod[k.Pod] = append(byPod[k.Pod], k.Kill)
		}
	}
	var out []data.PodKill
	for pod, ks := range byPod {
		for _, k := range data.MergeKills(ks, nil) {
			out = append(out, data.PodKill{Pod: pod, Kill: k})
		}
	}
	sort.Slice(out, func(i, j int) bool {
		if !out[i].At.Equal(out[j].At) {
			return out[i].At.Before(out[j].At)
		}
		return out[i].Pod < out[j].Pod
	})
	return out
}

// readTrends judges each life on its own and counts what they show.
func (f *facts) readTrends() {
	near, total, nearKilled, totalKilled := 0, 0, 0, 0
	pods := f.killedPods()
	for i := range f.lives {
		l := &f.lives[i]
		if pods[l.pod] {
			f.scored++
		}
	}
	for i := range f.lives {
		l := &f.lives[i]
		scale := f.scale
		if l.limit > 0 {
			scale = l.limit
		}
		if scale <= 0 {
			scale = l.peak
		}
		l.trend = trendOf(l, scale)
		f.trendByLoad(l)
		f.maxLength = max(f.maxLength, l.length())
		if l.limit > 0 {
			n := 0
			for _, v := range l.v {
				if v >= nearTop*l.limit {
					n++
				}
			}
			near, total = near+n, total+len(l.v)
			if l.ended() {
				nearKilled, totalKilled = nearKilled+n, totalKilled+len(l.v)
			}
		}
		f.judgeEnd(l)
	}
	whole := f.wholeLives() // of the pods that were killed: what a healthy replica does is not the pattern of a sick one
	most := f.mostWeight(whole)
	for i := range f.lives {
		if whole[i] {
			f.countTrend(&f.lives[i], most)
		}
	}
	f.readCourse(whole)
	if total > 0 {
		f.nearTime = float64(near) / float64(total)
	}
	if totalKilled > 0 {
		f.nearKilled = float64(nearKilled) / float64(totalKilled)
	}
	f.decel, f.pace = median(f.decels), median(f.paces)
	if f.scale <= 0 {
		for i := range f.lives {
			f.scale = max(f.scale, f.lives[i].peak)
		}
	}
	f.readClimb()
}

// longLife is how many times the usual length a life counts for at most: one quiet month of before a release must not
// outweigh all the kills since.
const longLife = 2.0

// mostWeight returns the hours that a life counts for at most.
func (f *facts) mostWeight(whole []bool) float64 {
	var v []float64
	for i := range f.lives {
		if whole[i] {
			v = append(v, f.lives[i].length().Hours())
		}
	}
	return longLife * median(v)
}

// countTrend adds a life's trend to the tally. most is the weight in hours that it has at most.
func (f *facts) countTrend(l *life, most float64) {
	t := l.trend
	f.eligible++
	f.shapes[t.shape]++
	f.weights[t.shape] += max(min(l.length().Hours(), most), 0.01)
	switch t.shape {
	case rising, easing:
		f.growth, f.bases = append(f.growth, t.slope), append(f.bases, t.base)
		if t.first > 0 {
			f.decels = append(f.decels, t.second/t.first)
		}
		if t.pace > 0 {
			f.paces = append(f.paces, t.pace)
		}
	default:
		f.levels = append(f.levels, topLevel(l))
	}
}

// topLevel returns the level that a steady life stands at in bytes: the 95th percentile, so that a plateau with
// valleys counts as high as it reaches.
func topLevel(l *life) float64 {
	return quantileOf(slices.Clone(l.v[len(l.v)/2:]), 0.95)
}

// judgeEnd looks at the course of a killed life before its end.
func (f *facts) judgeEnd(l *life) {
	if !l.ended() || l.limit <= 0 || len(l.v) < fewSamples {
		return
	}
	last := l.v[len(l.v)-1]
	if l.killed.IsZero() && last < suddenLast*l.limit {
		return // an end without a record, far from the limit, says nothing
	}
	f.judged++
	lo := max(0, len(l.v)-60)
	usual := median(l.v[lo : len(l.v)-1])
	if l.trend.shape == rising || l.trend.shape == easing {
		return
	}
	if l.trend.shape == unseen {
		x := make([]float64, len(l.t)-lo)
		for i := range x {
			x[i] = hours(l.t[lo+i] - l.t[lo])
		}
		slope, tau := theilSen(x, l.v[lo:])
		if tau >= climbTau && slope*x[len(x)-1] >= climbRise*l.limit {
			f.climbs++
			return
		}
	}
	if last < suddenLast*l.limit || usual < suddenLevel*l.limit {
		f.sudden++
	}
}

// readKills judges when kills came.
func (f *facts) readKills() {
	last := map[data.Text]time.Time{}
	for _, k := range f.kills {
		from := k.StartedAt
		if from.IsZero() {
			from = last[k.Pod]
		}
		if !from.IsZero() && k.At.After(from) {
			f.lengths = append(f.lengths, k.At.Sub(from).Hours())
		}
		last[k.Pod] = k.At
	}
	if cv, ok := spread(f.lengths); ok {
		f.regular = &cv
	}
	for i := 0; i < len(f.kills); {
		j, pods := i, map[data.Text]bool{}
		for j < len(f.kills) && f.kills[j].At.Sub(f.kills[i].At) <= sameMoment {
			pods[f.kills[j].Pod] = true
			j++
		}
		f.moments++
		if len(pods) > 1 {
			f.together++
		}
		i = j
	}
}

// share returns how many of the lives that show a trend have one of the shapes, 0 to 1: by their number or by their
// length, whichever is more for growth. A life that was cut short by the window, or is young, shows less than a long one.
func (f *facts) share(shapes ...shape) float64 {
	if f.eligible == 0 {
		return 0
	}
	n, long, all := 0, 0.0, 0.0
	for _, w := range f.weights {
		all += w
	}
	for _, s := range shapes {
		n += f.shapes[s]
		long += f.weights[s]
	}
	if all <= 0 {
		return 0
	}
	return float64(n)/float64(f.eligible)/2 + long/all/2
}

// stats returns the statistics that sizes are taken from.
func (f *facts) stats() Stats { return f.usage[f.use] }

// seen reports whether there are samples at all.
func (f *facts) seen() bool { return len(f.lives) > 0 }

// clipped reports whether samples stop at the limit; nil when there are no samples or no limit.
func (f *facts) clipped() *bool {
	known, clip := false, false
	for i := range f.lives {
		l := &f.lives[i]
		if l.limit <= 0 {
			continue
		}
		known = true
		if l.peak >= clippedTop*l.limit {
			clip = true
		}
	}
	if !known {
		return nil
	}
	return &clip
}

// toInt returns v as a whole number of bytes within what an int64 holds.
func toInt(v float64) int64 {
	switch {
	case !finite(v) || v <= 0:
		return 0
	case v >= float64(largestSize):
		return largestSize
	}
	return int64(v)
}
