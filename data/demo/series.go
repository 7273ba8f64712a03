package demo

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
)

// How often the history has a sample of a container's memory and of the state that kube-state-metrics tells, and how
// often the present has one of both. State stays under the five minutes that an instant query looks back.
const (
	scrapeEvery = time.Minute
	stateEvery  = 4 // in scrapes
	liveEvery   = 5 * time.Second
)

// headRange keeps all of the history and all that can be watched in the head of the database, so that nothing is ever
// compacted to blocks. The head takes samples that are up to half of it old, in any order of series.
const headRange = 100 * day

// outages are when Prometheus itself was down: so long before the start, for so long.
var outages = []struct{ ago, took time.Duration }{
	{17*day + 5*time.Hour, 40 * time.Minute},
	{6*day + 3*time.Hour, time.Hour},
}

// openSeries opens an empty database in a new temporary folder.
func openSeries() (db *tsdb.DB, dir string, err error) {
	if dir, err = os.MkdirTemp("", "oomedic-demo-"); err != nil {
		return nil, "", fmt.Errorf("make a folder for the sandbox's series: %w", err)
	}
	o := tsdb.DefaultOptions()
	o.WALSegmentSize = -1 // no write-ahead log: the sandbox forgets
	o.MinBlockDuration, o.MaxBlockDuration = headRange.Milliseconds(), headRange.Milliseconds()
	o.RetentionDuration = headRange.Milliseconds()
	o.StripeSize = 1 << 10
	o.NoLockfile = true
	o.IsolationDisabled = true // a query may see half of a sample's scrape; that costs nothing here and saves a tenth of the load
	if db, err = tsdb.Open(dir, nil, nil, o, nil); err != nil {
		return nil, "", errors.Join(fmt.Errorf("open the sandbox's series: %w", err), os.RemoveAll(dir))
	}
	return db, dir, nil
}

// track is one series that is being written.
type track struct {
	labels labels.Labels
	ref    storage.SeriesRef
}

// add appends one sample.
func (t *track) add(app storage.Appender, at time.Time, v float64) error {
	ref, err := app.Append(t.ref, t.labels, at.UnixMilli(), v)
	t.ref = ref
	return err
}

// reading is the state of a pod at one scrape.
type reading struct {
	at       time.Time
	life     int
	started  time.Time
	running  bool
	use      usage
	limit    int64
	restarts int32
	children float64
	lastAt   time.Time // the end of the instance before; zero without one
	lastWhy  string
	lastCode int32
	current  string    // the reason of an end after which nothing starts again
	ended    time.Time // its time
	done     work
	exports  bool // the program's own metrics are scraped with this one
}

// write appends what the kubelet's cAdvisor tells of a reading, with fine also the parts of memory and what the program
// did, and with state also what kube-state-metrics tells.
func (t *tracks) write(app storage.Appender, r reading, fine, state bool) error {
	if t.life == nil || t.number != r.life {
		t.number, t.life = r.life, t.newLife(r.life)
	}
	if r.running {
		set, file, idle := r.held()
		rss := math.Max(0, set-file-r.use.shm-kernelShare*set)
		if err := errors.Join(
			t.life[setMetric].add(app, r.at, set),
			t.life[rssMetric].add(app, r.at, math.Floor(rss/4096)*4096),
			t.life[cacheMetric].add(app, r.at, math.Floor((file+idle+r.use.shm)/4096)*4096),
		); err != nil {
			return err
		}
		if t.receive != nil {
			if err := t.receive.add(app, r.at, math.Floor(r.done.received)); err != nil {
				return err
			}
		}
	}
	if r.running && r.exports {
		if err := t.writeExported(app, r); err != nil {
			return err
		}
	}
	if r.running && fine {
		if err := t.writeWork(app, r); err != nil {
			return err
		}
	}
	if !state {
		return nil
	}
	return t.writeState(app, r)
}

// held returns what the kernel counts: the working set, the active and the inactive file pages, in bytes.
func (r *reading) held() (set, file, idle float64) {
	set = math.Min(r.use.set, float64(r.limit))
	set, file, idle = math.Floor(set/4096)*4096, math.Min(r.use.file, 0.5*set), r.use.idle
	if room := float64(r.limit) - set; idle > room {
		idle = math.Max(0, room)
	}
	return set, file, idle
}

// kernelShare is the part of a working set that is the kernel's own: slab, page tables and stacks.
const kernelShare = 0.012

// writeState appends the slow metrics of a reading.
func (t *tracks) writeState(app storage.Appender, r reading) error {
	var errs []error
	if r.running {
		errs = append(errs, t.life[startMetric].add(app, r.at, float64(r.started.Unix())), t.life[eventsMetric].add(app, r.at, r.children))
	}
	if r.current == "" {
		errs = append(errs, t.limit.add(app, r.at, float64(r.limit)), t.request.add(app, r.at, t.requestBytes))
	} else {
		errs = append(errs, t.state("terminated_reason", "reason", r.current).add(app, r.at, 1), t.completed.add(app, r.at, float64(r.ended.Unix())))
	}
	errs = append(errs, t.described.add(app, r.at, 1), t.restarts.add(app, r.at, float64(r.restarts)), t.owner.add(app, r.at, 1), t.info.add(app, r.at, 1))
	if !r.lastAt.IsZero() {
		errs = append(errs,
			t.state("last_terminated_reason", "reason", r.lastWhy).add(app, r.at, 1),
			t.state("last_terminated_timestamp").add(app, r.at, float64(r.lastAt.Unix())),
			t.state("last_terminated_exitcode").add(app, r.at, float64(r.lastCode)),
		)
	}
	return errors.Join(errs...)
}

// loader writes the history.
type loader struct {
	db     *tsdb.DB
	origin time.Time
	oldest time.Time // nothing before it is written
	pods   []*pod
	sets   []setSpan
}

// setSpan is an owner between a pod and its workload, and the time that it existed for.
type setSpan struct {
	track    track
	from, to time.Time
}

// load writes all series up to the start, pod by pod. It stops when ctx ends.
func (l *loader) load(ctx context.Context) error {
	for _, p := range l.pods {
		if err := ctx.Err(); err != nil {
			return err
		}
		app := l.db.Appender(ctx)
		if err := l.loadPod(app, p); err != nil {
			return errors.Join(fmt.Errorf("write the series of %s/%s: %w", p.w.namespace, p.name, err), app.Rollback())
		}
		if err := app.Commit(); err != nil {
			return fmt.Errorf("write the series of %s/%s: %w", p.w.namespace, p.name, err)
		}
	}
	app := l.db.Appender(ctx)
	for _, s := range l.sets {
		for at := l.first(s.from); at.Before(s.to); at = at.Add(stateEvery * scrapeEvery) {
			if l.down(at) {
				continue
			}
			if err := s.track.add(app, at, 1); err != nil {
				return errors.Join(fmt.Errorf("write the owners: %w", err), app.Rollback())
			}
		}
	}
	return app.Commit()
}

// first returns the first scrape of something that exists since from.
func (l *loader) first(from time.Time) time.Time {
	if from.Before(l.oldest) {
		from = l.oldest
	}
	return from.Truncate(scrapeEvery).Add(scrapeEvery)
}

// down reports whether Prometheus was down at a time.
func (l *loader) down(at time.Time) bool {
	for _, o := range outages {
		if since := at.Sub(l.origin.Add(-o.ago)); since >= 0 && since < o.took {
			return true
		}
	}
	return false
}

// loadPod writes the history of one pod.
func (l *loader) loadPod(app storage.Appender, p *pod) error {
	until := l.origin
	if !p.gone.IsZero() {
		until = p.gone
	}
	t, i, child, n := newTracks(p), 0, 0, 0
	var children float64
	var done work
	limit := p.limit()
	for at := l.first(p.created).Add(p.offset()); at.Before(until); at = at.Add(scrapeEvery) {
		for i+1 < len(p.lives) && !p.lives[i+1].start.After(at) {
			done.add(p.lastWant(&p.lives[i], l.origin, float64(limit)), scrapeEvery)
			i, children = i+1, 0
			done.restart()
		}
		for child < len(p.children) && !p.children[child].After(at) {
			child, children = child+1, children+1
		}
		n++
		one := &p.lives[i]
		r := reading{at: at, life: one.n, started: one.start, limit: limit, restarts: int32(one.n), children: children}
		r.running = !at.Before(one.start) && (one.end.IsZero() || at.Before(one.end)) && one.reason != reasonStartError
		if r.running {
			r.use = p.w.demand(p.moment(one, at, l.origin, float64(limit)))
			done.add(r.use, scrapeEvery)
			r.done = done
		}
		previous := i - 1
		if !one.end.IsZero() && !at.Before(one.end) {
			previous = i
		}
		switch {
		case previous == i && p.job:
			r.current, r.ended = one.reason, one.end
		case previous >= 0:
			r.lastAt, r.lastWhy, r.lastCode = p.lives[previous].end, p.lives[previous].reason, p.lives[previous].exitCode
		}
		if l.down(at) {
			continue
		}
		slow := n%stateEvery == 0 || until.Sub(at) <= stateEvery*scrapeEvery
		r.exports = slow && l.origin.Sub(at) < exportedFor
		if err := t.write(app, r, slow || l.origin.Sub(at) < fineFor, slow); err != nil {
			return err
		}
	}
	p.work, p.live = done, t
	return nil
}

// sample writes the present of every pod.
func (c *cluster) sample(ctx context.Context, db *tsdb.DB, since time.Duration) error {
	app := db.Appender(ctx)
	clock := c.clock()
	for _, o := range c.owners {
		for _, p := range o.pods {
			if err := p.sample(app, c.now, clock, since); err != nil {
				return errors.Join(fmt.Errorf("write the series of %s/%s: %w", p.w.namespace, p.name, err), app.Rollback())
			}
		}
		if err := o.sampleOwners(app, c.now); err != nil {
			return errors.Join(fmt.Errorf("write the owners of %s/%s: %w", o.w.namespace, o.w.name, err), app.Rollback())
		}
	}
	if err := app.Commit(); err != nil {
		return fmt.Errorf("write the series: %w", err)
	}
	return nil
}

// sample writes the present of p.
func (p *pod) sample(app storage.Appender, now time.Time, clock demandClock, since time.Duration) error {
	if p.live == nil {
		p.live = newTracks(p)
	}
	c := &p.run
	r := reading{at: now, life: c.life.n, started: c.life.start, running: c.running, limit: p.limit(), restarts: c.restarts, children: c.children}
	if c.running {
		r.use = p.demandNow(clock, float64(r.limit))
		if p.work.life != c.life.n {
			p.work.restart()
			p.work.life = c.life.n
		}
		p.work.add(r.use, since)
		r.done = p.work
	}
	if c.last != nil {
		r.lastAt, r.lastWhy, r.lastCode = c.last.FinishedAt.Time, c.last.Reason, c.last.ExitCode
	}
	if c.current != nil {
		r.current, r.ended = c.current.Reason, c.current.FinishedAt.Time
	}
	r.exports = true
	return p.live.write(app, r, true, true)
}
