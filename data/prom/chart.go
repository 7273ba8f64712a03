package prom

import (
	"context"
	"slices"
	"time"

	"github.com/oomedic/oomedic/data"
)

// The steps of charts, so that a window has at most 720 of them: more than any terminal has columns, and each sample
// is still read once.
var chartSteps = map[data.Window]time.Duration{
	data.Hour:      15 * time.Second,
	data.SixHours:  30 * time.Second,
	data.Day:       2 * time.Minute,
	data.Week:      15 * time.Minute,
	data.ThirtyDay: time.Hour,
}

const (
	// setEvery is how often a limit or a request is looked at in a chart of a day.
	setEvery = 5 * time.Minute
	// maxOthers is how many other pods of the workload a chart shows.
	maxOthers = 20
	// unknownScrape is assumed where the scrape interval cannot be measured: Prometheus operators ship 30 s.
	unknownScrape = 30 * time.Second
)

// chartStep returns the step of a window: never below the scrape interval, or every other step would be empty.
func chartStep(w data.Window, scrape time.Duration) time.Duration {
	step := chartSteps[w]
	if step == 0 {
		step = chartSteps[data.Day]
	}
	if scrape <= 0 {
		scrape = unknownScrape
	}
	return max(step, (scrape + time.Second - 1).Truncate(time.Second))
}

// Chart returns the memory of one container over a window that ends now, with its limit, its request, its kills and
// other pods of its workload. What fails alone becomes a gap; the error is not nil only when nothing was answered.
func (r *Reader) Chart(ctx context.Context, c *data.Container, w data.Window) (*data.Chart, error) {
	now := r.now()
	step := chartStep(w, r.scrapeInterval(ctx, c.Key.Namespace.String()))
	to := now.Truncate(step)
	if to.Before(now) {
		to = to.Add(step)
	}
	from := to.Add(-w.Duration())
	b := &chartBuilder{r: r, n: &notes{}, c: c, step: step, from: from.Add(step), to: to, now: now, own: ownSelector(c)}
	b.chart = &data.Chart{Key: c.Key, Window: w, From: from, To: now, Step: step}
	r.runAll(ctx, b.n, b.tasks(), nil)
	if err := b.n.nothing(); err != nil {
		return nil, err
	}
	b.finish(ctx)
	b.chart.Gaps, b.chart.Queries = b.n.take()
	return b.chart, nil
}

// chartBuilder holds the parts of one chart. Each task writes fields of its own.
type chartBuilder struct {
	r              *Reader
	n              *notes
	c              *data.Container
	chart          *data.Chart
	own            string // selector of the own pod
	step           time.Duration
	from, to, now  time.Time // first and last step, and the present
	mine, others   []series
	kills          []death
	memory, limits bool // answered
}

func (b *chartBuilder) tasks() []task {
	out := []task{
		{"memory of this pod", func(ctx context.Context) (err error) {
			b.mine, err = b.memoryOf(ctx, b.own, func(pod string) bool { return pod == b.c.Key.Pod.String() })
			b.memory = err == nil
			return err
		}},
		{"kills that Prometheus remembers", func(ctx context.Context) (err error) {
			b.kills, err = b.r.allDeaths(ctx, b.n, b.c, b.own, b.chart.From, b.now)
			return err
		}},
		{"memory limit over time", func(ctx context.Context) (err error) {
			b.chart.Limit, err = b.r.stepped(ctx, b.n, limitPromQL(b.own), b.setFrom(), b.to, setStep(b.step), b.now)
			b.limits = err == nil
			return err
		}},
		{"memory request over time", func(ctx context.Context) (err error) {
			b.chart.Request, err = b.r.stepped(ctx, b.n, requestPromQL(b.own), b.setFrom(), b.to, setStep(b.step), b.now)
			return err
		}},
	}
	if p := PodPattern(b.c); p != podPatternOf(b.c.Key.Pod) {
		out = append(out, task{"memory of the workload's other pods", func(ctx context.Context) (err error) {
			b.others, err = b.memoryOf(ctx, othersSelector(b.c), func(pod string) bool { return pod != b.c.Key.Pod.String() })
			return err
		}})
	}
	return out
}

// setStep is the step of what people set, a limit or a request, in a chart of some step. In charts of a day one every five
// minutes is enough: two of three samples less, and less than a column of most terminals.
func setStep(chart time.Duration) time.Duration {
	if chart >= chartSteps[data.Day] {
		return max(chart, setEvery)
	}
	return chart
}

// setFrom is the first step of what people set, so that the last one is the present and the first not after the chart begins.
func (b *chartBuilder) setFrom() time.Time {
	step := setStep(b.step)
	return b.to.Add(-(b.to.Sub(b.from) + step - 1) / step * step)
}

// othersSelector is Selector without the case's own pod.
func othersSelector(c *data.Container) string {
	return Selector(c) + `,pod!=` + quote(c.Key.Pod.String())
}

// workingSetSteps gives the highest working set of each instance in each step, read through a range as long as the
// step: an instant selector would show a dead container for five minutes more.
func workingSetSteps(sel string, step time.Duration) string {
	return "max by (namespace,pod,container,id)(max_over_time(" + data.MetricWorkingSet + "{" + sel + "}[" + data.PromDuration(step) + "]))"
}

// memoryOf reads the memory of what sel selects, which are the wanted pods of the workload. What a diagnosis has read of
// it is not read again.
func (b *chartBuilder) memoryOf(ctx context.Context, sel string, want func(pod string) bool) ([]series, error) {
	var out []series
	promql, from := workingSetSteps(sel, b.step), b.from
	if h, ok := b.r.keptFor(Selector(b.c), b.from.Add(-b.step)); ok && !h.to.Before(b.from) {
		out = h.maxima(b.from, b.step, want)
		from = b.from.Add(h.to.Sub(b.from)/b.step*b.step + b.step)
		points := 0
		for _, s := range out {
			points += s.Len()
		}
		b.n.took(answer{query: data.Query{PromQL: promql, Start: b.from, End: from.Add(-b.step), Step: b.step, Points: points, Took: h.took, Shared: true}})
	}
	if !from.After(b.to) {
		answers, err := b.r.rangedSplit(ctx, b.n, promql, from, b.to, b.step, maxHalvings)
		if err != nil {
			return nil, err
		}
		for _, a := range answers {
			out = append(out, seriesOf(a)...)
		}
	}
	return merged(out), nil
}

// finish makes lives of the series and says what is missing.
func (b *chartBuilder) finish(ctx context.Context) {
	all := slices.Concat(b.mine, b.others)
	cutsOf := b.r.cutsFor(ctx, b.n, all, b.kills, b.from, b.to)
	b.chart.Lives = b.clip(livesOf(b.mine, b.step.Milliseconds(), cutsOf))
	b.chart.Others = newestFirst(b.clip(livesOf(b.others, b.step.Milliseconds(), cutsOf)), maxOthers)
	for _, d := range b.kills {
		b.chart.Kills = append(b.chart.Kills, d.kill())
	}
	for _, g := range b.r.clock.gaps() {
		b.n.gap(g.What, g.Why)
	}
	if b.memory && len(b.chart.Lives) == 0 {
		g := noMemory(b.own)
		b.n.gap(g.What, g.Why)
	}
	if b.limits && b.chart.Limit.Len() == 0 {
		b.n.gap(noLimit.What, noLimit.Why)
	}
}

// clip ends the last, unfinished step at the present.
func (b *chartBuilder) clip(lives []data.Life) []data.Life {
	for i := range lives {
		lives[i].Samples = notAfter(lives[i].Samples, b.now)
	}
	return lives
}

func podPatternOf(pod data.Text) string {
	return PodPattern(&data.Container{Key: data.Key{Pod: pod}})
}
