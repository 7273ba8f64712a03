package prom

import (
	"context"
	"time"

	"github.com/oomedic/oomedic/data"
)

// partsBuilder holds the metrics that the parts of memory are reckoned from. Each task writes a field of its own.
type partsBuilder struct {
	r                              *Reader
	n                              *notes
	sel                            string
	step                           time.Duration
	from, to, now                  time.Time
	set, rss, cache, active, quiet data.Samples
}

// Parts returns what the memory of one container is made of, over a window that ends now. It puts five questions beside
// those of Chart, so it is for a view that is asked for. What fails alone becomes a gap; the error is not nil only when
// nothing was answered.
func (r *Reader) Parts(ctx context.Context, c *data.Container, w data.Window) (*data.Parts, error) {
	now := r.now()
	step := chartStep(w, r.scrapeInterval(ctx, c.Key.Namespace.String()))
	to := now.Truncate(step)
	if to.Before(now) {
		to = to.Add(step)
	}
	from := to.Add(-w.Duration())
	b := &partsBuilder{r: r, n: &notes{}, sel: ownSelector(c), step: step, from: from.Add(step), to: to, now: now}
	r.runAll(ctx, b.n, []task{
		b.read(data.MetricWorkingSet, &b.set), b.read(data.MetricRSS, &b.rss), b.read(data.MetricCache, &b.cache),
		b.read(data.MetricActiveFile, &b.active), b.read(data.MetricInactiveFile, &b.quiet),
	}, nil)
	if err := b.n.nothing(); err != nil {
		return nil, err
	}
	out := &data.Parts{Key: c.Key, Window: w, From: from, To: now, Step: step}
	b.split(out)
	out.Gaps, out.Queries = b.n.take()
	return out, nil
}

// read is the task of one metric. The newest sample of each step is taken and not its highest: the parts of one scrape
// add up, and the peaks of several don't.
func (b *partsBuilder) read(metric string, into *data.Samples) task {
	return task{data.Clean(metric), func(ctx context.Context) (err error) {
		promql := "max by (namespace,pod,container)(last_over_time(" + metric + "{" + b.sel + "}[" + data.PromDuration(b.step) + "]))"
		*into, err = b.r.stepped(ctx, b.n, promql, b.from, b.to, b.step, b.now)
		return err
	}}
}

// split makes parts of the metrics. cAdvisor: working set = usage − inactive files; cache holds files and tmpfs.
func (b *partsBuilder) split(out *data.Parts) {
	if b.rss.Len() == 0 {
		b.n.gap("how memory is made up", data.Textf("no samples of %s in this window", data.MetricRSS))
		return
	}
	files := b.active.Len() > 0 && b.quiet.Len() > 0 && b.cache.Len() > 0
	if !files {
		b.n.gap("page cache, tmpfs and kernel memory one by one", data.Textf("%s, %s or %s has no samples: they are shown together", data.MetricCache, data.MetricActiveFile, data.MetricInactiveFile))
	}
	for i, at := range b.set.T {
		rss, ok := valueAt(b.rss, at)
		if !ok {
			continue
		}
		put(&out.RSS, at, rss)
		rest := b.set.V[i] - rss
		cache, okC := valueAt(b.cache, at)
		active, okA := valueAt(b.active, at)
		idle, okI := valueAt(b.quiet, at)
		if files && okC && okA && okI {
			shared := max(cache-active-idle, 0)
			put(&out.Shared, at, shared)
			put(&out.Cache, at, active)
			put(&out.Idle, at, idle)
			rest -= shared + active
		}
		put(&out.Rest, at, max(rest, 0))
	}
}

// put appends a sample.
func put(s *data.Samples, at int64, v float64) { s.T, s.V = append(s.T, at), append(s.V, v) }

// valueAt returns the sample of exactly the time at.
func valueAt(s data.Samples, at int64) (float64, bool) {
	if i := search(s.T, at); i < len(s.T) && s.T[i] == at {
		return s.V[i], true
	}
	return 0, false
}
