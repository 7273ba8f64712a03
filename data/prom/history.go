package prom

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/oomedic/oomedic/data"
)

const (
	historyDays = 30
	day         = 24 * time.Hour
	// maxRawSamples is the most that one history reads raw: about 1.5 million samples are 17 pods of 30 days at 30 s,
	// under a second of decoding and 24 MB held. Beyond it maxima of steps are read.
	maxRawSamples = 1_500_000
	// partsDays is how far back RSS and page cache are read, at partsStep.
	partsDays = 7
	partsStep = 5 * time.Minute
	// limitStep is the step of the limit's history.
	limitStep = time.Hour
	// coarseShard is how much time one query of step maxima covers.
	coarseShard = 5 * day
	// estimateStep is how far apart the looks are by which the samples of a history are estimated.
	estimateStep = 6 * time.Hour
	// shardSamples is how many raw samples one query is to hold, as estimated, and longestShard how long it may be.
	shardSamples = 12_000
	longestShard = 5 * day
	// shardHalvings cut the longest shard to less than estimateStep, should the estimate be wrong or the server's limit
	// low.
	shardHalvings = 5
)

// coarseSteps are the resolutions of a history that is too large to be read raw; the first that fits is taken.
var coarseSteps = []time.Duration{5 * time.Minute, 15 * time.Minute, time.Hour}

// History returns what Prometheus knows of a container's memory in the last 30 days, of all pods of its workload: raw
// samples day by day, newest first, or maxima of steps when those are too many. progress, when not nil, is called
// after each part with how many are done; calls do not overlap. What fails alone becomes a gap; the error is not nil
// only when nothing was answered, or when ctx ended.
func (r *Reader) History(ctx context.Context, c *data.Container, progress func(done, total int)) (*data.History, error) {
	return r.historyAt(ctx, c, r.now().Truncate(time.Second), progress)
}

// historyAt is History as of the time to, in whole seconds.
func (r *Reader) historyAt(ctx context.Context, c *data.Container, to time.Time, progress func(done, total int)) (*data.History, error) {
	b := &historyBuilder{r: r, n: &notes{}, c: c, sel: Selector(c), spacing: spacing{}}
	b.h = &data.History{Key: c.Key, From: to.Add(-historyDays * day), To: to, Selector: b.sel, Source: r.source}
	parts, err := b.estimate(ctx)
	if err != nil && hopeless(err) {
		return nil, err
	}
	tasks := b.memoryTasks(ctx, parts, err)
	tasks = append(tasks, b.otherTasks()...)
	tasks = append(tasks, b.pressureTask()...)
	load, loads := b.loadTasks()
	tasks = append(tasks, loads...)
	r.runAll(ctx, b.n, tasks, counter(progress, len(tasks)))
	if b.tooMuch && len(b.pieces) == 0 {
		b.n.gap("statistics from every sample", data.Text("Prometheus gives out too few samples at a time: they come from maxima of "+data.PromDuration(coarseSteps[0])))
		b.memory = true
		r.runAll(ctx, b.n, b.coarseTasks(coarseSteps[0]), nil)
	}
	load.sayMissing()
	if ctx.Err() != nil {
		return nil, r.explain(ctx, ctx.Err())
	}
	if err := b.n.nothing(); err != nil {
		return nil, err
	}
	b.finish(ctx)
	b.h.Gaps, b.h.Queries = b.n.take()
	return b.h, nil
}

// counter returns what calls progress after each part.
func counter(progress func(done, total int), total int) func() {
	if progress == nil {
		return nil
	}
	var mu sync.Mutex
	done := 0
	return func() {
		mu.Lock()
		defer mu.Unlock()
		done++
		progress(done, total)
	}
}

// historyBuilder holds the parts of one history.
type historyBuilder struct {
	r       *Reader
	n       *notes
	c       *data.Container
	h       *data.History
	sel     string
	kills   []death
	limits  bool // answered
	mu      sync.Mutex
	pieces  []series
	spacing spacing
	memory  bool // every part of the memory was answered
	tooMuch bool // a part was more than the server gives out
}

// estimate returns how many samples each part of estimateStep has, newest first. It counts the instances at each step
// and takes them to be sampled at the scrape interval: a sample a step, where counting the samples would read them all.
func (b *historyBuilder) estimate(ctx context.Context) ([]float64, error) {
	a, err := b.r.ranged(ctx, countPromQL(b.sel), b.h.From.Add(estimateStep), b.h.To, estimateStep)
	if err != nil {
		return nil, err
	}
	b.n.took(a)
	interval := b.r.scrapeInterval(ctx, b.c.Key.Namespace.String())
	if interval <= 0 {
		interval = unknownScrape
	}
	out := make([]float64, historyDays*day/estimateStep)
	for _, s := range seriesOf(a.value) {
		for i, t := range s.T {
			if at := int(b.h.To.Sub(time.UnixMilli(t)) / estimateStep); at >= 0 && at < len(out) {
				out[at] += s.V[i] * estimateStep.Seconds() / interval.Seconds()
			}
		}
	}
	return out, nil
}

// memoryTasks decides how the memory is read. Where nothing could be estimated, maxima are the careful way.
func (b *historyBuilder) memoryTasks(ctx context.Context, parts []float64, err error) []task {
	b.memory = true
	if err != nil {
		b.n.gap("statistics from every sample", data.Clean("the samples could not be counted ("+err.Error()+"): they come from maxima of 5 minutes"))
		return b.coarseTasks(coarseSteps[0])
	}
	total := 0.0
	for _, n := range parts {
		total += n
	}
	if total <= b.r.budget {
		return b.rawTasks(parts)
	}
	interval := b.busiestInterval(ctx)
	b.h.ScrapeInterval = interval
	step := coarseSteps[len(coarseSteps)-1]
	for _, s := range coarseSteps {
		if total*interval.Seconds()/s.Seconds() <= b.r.budget {
			step = s
			break
		}
	}
	b.n.gap("statistics from every sample", data.Textf("about %.1f million samples are more than is fair to read: they come from maxima of %s", total/1e6, data.PromDuration(step)))
	return b.coarseTasks(step)
}

// rawTasks reads every sample, newest first, in parts of about shardSamples. What seems to be empty is read as well: it
// costs nothing if it is, and a pod that lived for a short time between two looks is not lost.
func (b *historyBuilder) rawTasks(parts []float64) []task {
	var out []task
	to, from, n := b.h.To, b.h.To, 0.0
	oldest := b.fromKept()
	flush := func() {
		begin, end := later(oldest, from), to
		out = append(out, task{data.Textf("memory from %s to %s", stamp(begin), stamp(end)), func(ctx context.Context) error {
			s, err := b.r.raw(ctx, b.n, data.MetricWorkingSet+"{"+b.sel+"}", begin, end, shardHalvings)
			b.add(s, err)
			return err
		}})
		to, n = from, 0
	}
	for _, estimated := range parts {
		if !from.After(oldest) {
			break
		}
		if from.Before(to) && (n+estimated > shardSamples || to.Sub(from) >= longestShard) {
			flush()
		}
		from = from.Add(-estimateStep)
		n += estimated
	}
	flush()
	return out
}

// fromKept takes over the samples of another history of the same workload, be it of a neighbour or of this container before
// its last kill, and returns from when on the rest is to be read.
func (b *historyBuilder) fromKept() time.Time {
	h, ok := b.r.keptFor(b.sel, b.h.From)
	if _, known := b.r.api.(*shared); known {
		ok = false // they were read for all, unless that failed
	}
	if !ok || !h.to.After(b.h.From) || h.to.After(b.h.To) {
		return b.h.From
	}
	some := h.between(b.h.From, h.to)
	points := 0
	for _, s := range some {
		points += s.Len()
	}
	b.add(some, nil)
	promql := data.MetricWorkingSet + "{" + b.sel + "}[" + data.PromDuration(h.to.Sub(b.h.From)) + "]"
	b.n.took(answer{query: data.Query{PromQL: promql, End: h.to, Points: points, Took: h.took, Shared: true}})
	return h.to
}

// coarseTasks reads maxima of steps, newest first.
func (b *historyBuilder) coarseTasks(step time.Duration) []task {
	b.h.Resolution = step
	var out []task
	for to := b.h.To; to.After(b.h.From); to = to.Add(-coarseShard) {
		from := to.Add(-coarseShard)
		out = append(out, task{data.Textf("memory from %s to %s", stamp(from), stamp(to)), func(ctx context.Context) error {
			answers, err := b.r.rangedSplit(ctx, b.n, workingSetSteps(b.sel, step), from.Add(step), to, step, maxHalvings)
			for _, a := range answers {
				b.add(seriesOf(a), nil)
			}
			b.add(nil, err)
			return err
		}})
	}
	return out
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }

// add takes over what one part gave.
func (b *historyBuilder) add(s []series, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.memory = b.memory && err == nil
	b.tooMuch = b.tooMuch || troubleOf(err) == TooMuch
	b.pieces = append(b.pieces, s...)
	for _, one := range s {
		b.spacing.add(one.Samples)
	}
}

// busiestInterval returns the scrape interval from the hour that has the most samples in one series.
func (b *historyBuilder) busiestInterval(ctx context.Context) time.Duration {
	promql := "max(count_over_time(" + data.MetricWorkingSet + "{" + b.sel + "}[1h]))"
	a, err := b.r.ranged(ctx, promql, b.h.From.Add(time.Hour), b.h.To, time.Hour)
	if err != nil {
		return unknownScrape
	}
	b.n.took(a)
	most := 0.0
	for _, v := range joined(seriesOf(a.value)).V {
		most = max(most, v)
	}
	if most < 2 {
		return unknownScrape
	}
	return usualInterval(time.Duration(float64(time.Hour) / most))
}

// countPromQL counts the instances.
func countPromQL(sel string) string { return "count(" + data.MetricWorkingSet + "{" + sel + "})" }

// rssPromQL gives the highest anonymous memory of each step, of all pods.
func rssPromQL(sel string) string {
	return "max by (namespace,container)(max_over_time(" + data.MetricRSS + "{" + sel + "}[" + data.PromDuration(partsStep) + "]))"
}

// partPromQL gives a part of the page cache, the highest of all pods. It tells shares and no peaks, so that one sample a
// step is read: a fifth to a tenth of them all.
func partPromQL(metric, sel string) string {
	return "max by (namespace,container)(" + metric + "{" + sel + "})"
}

// otherTasks read what stands beside the memory.
func (b *historyBuilder) otherTasks() []task {
	part := func(metric, promql string, into *data.Samples) task {
		return task{data.Clean(metric), func(ctx context.Context) (err error) {
			*into, err = b.r.stepped(ctx, b.n, promql, b.h.To.Add(-partsDays*day+partsStep), b.h.To, partsStep, b.h.To)
			if err == nil && into.Len() == 0 {
				b.n.gap("how memory splits into heap and page cache", data.Textf("no samples of %s for this container in the last %d days", metric, partsDays))
			}
			return err
		}}
	}
	return []task{
		{"kills that Prometheus remembers", func(ctx context.Context) (err error) {
			b.kills, err = b.r.allDeaths(ctx, b.n, b.c, b.sel, b.h.From, b.h.To)
			return err
		}},
		{"memory limit over time", func(ctx context.Context) (err error) {
			promql := "max by (namespace,container)(" + limitPromQL(b.sel) + ")"
			b.h.Limit, err = b.r.stepped(ctx, b.n, promql, b.h.From.Add(limitStep), b.h.To, limitStep, b.h.To)
			b.limits = err == nil
			return err
		}},
		part(data.MetricRSS, rssPromQL(b.sel), &b.h.RSS),
		part(data.MetricCache, partPromQL(data.MetricCache, b.sel), &b.h.Cache),
	}
}

// finish makes lives of the pieces and says what is missing.
func (b *historyBuilder) finish(ctx context.Context) {
	all := merged(b.pieces)
	if b.memory && b.h.Resolution == 0 {
		b.r.keep(keptHistory{sel: b.sel, from: b.h.From, to: b.h.To.Add(-settled), all: all, took: b.memoryTook()})
	}
	cutsOf := b.r.cutsFor(ctx, b.n, all, b.kills, b.h.From, b.h.To)
	b.h.Lives = livesOf(all, b.h.Resolution.Milliseconds(), cutsOf)
	for _, l := range b.h.Lives {
		if first := time.UnixMilli(l.T[0]).UTC(); b.h.First.IsZero() || first.Before(b.h.First) {
			b.h.First = first
		}
	}
	if b.h.Resolution == 0 {
		interval := time.Duration(b.spacing.median()) * time.Millisecond
		b.h.ScrapeInterval = interval.Round(time.Second)
	}
	for _, d := range b.kills {
		b.h.Kills = append(b.h.Kills, data.PodKill{Pod: data.Clean(d.pod), Kill: d.kill()})
	}
	for _, g := range b.r.clock.gaps() {
		b.n.gap(g.What, g.Why)
	}
	if b.memory && len(b.h.Lives) == 0 {
		g := noMemory(b.sel)
		b.n.gap(g.What, g.Why)
	}
	if b.limits && b.h.Limit.Len() == 0 {
		b.n.gap(noLimit.What, noLimit.Why)
	}
	b.sayShort()
}

// memoryTook is how long the questions for samples took, one after the other.
func (b *historyBuilder) memoryTook() (all time.Duration) {
	for _, q := range b.n.queries {
		if q.Step == 0 && strings.HasPrefix(q.PromQL, data.MetricWorkingSet+"{") {
			all += q.Took
		}
	}
	return all
}

// sayShort says when the history reaches back less than asked for, since a window of 30 days would promise more.
func (b *historyBuilder) sayShort() {
	if b.h.First.IsZero() || b.h.First.Sub(b.h.From) < day {
		return
	}
	reach := b.h.To.Sub(b.h.First)
	text := fmt.Sprintf("%.0f hours", reach.Hours())
	if reach >= 2*day {
		text = fmt.Sprintf("%.1f days", reach.Hours()/24)
	}
	b.n.gap("memory before "+data.Clean(stamp(b.h.First))+" UTC", data.Clean("the first sample is "+text+" old: the workload is younger or Prometheus kept no more"))
}
