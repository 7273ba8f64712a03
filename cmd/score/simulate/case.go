// Package simulate makes containers whose trouble is known. A demand for memory meets a model of kernel and kubelet, and
// a model of cAdvisor, Prometheus and kube-state-metrics measures what comes of it. The outcome is given as the facts
// that the diagnosis reads, or as the time series that they are read from.
//
// Times within the package are seconds from the start of the simulation, memory is in bytes. Nothing here depends on
// the clock: equal seeds give equal cases.
package simulate

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/oomedic/oomedic/data"
)

// maxTries is how many workloads are drawn until one meets what its label says.
const maxTries = 200

// maxKills is how many kills a case may have: nobody waits for more.
const maxKills = 400

// Truth is what really is the matter with a case.
type Truth struct {
	Label Label
	Shape string
	// OOM is whether the kernel killed something in the container at any time that the API still tells of.
	OOM bool
	// Growth is what the leak really gathers in bytes an hour of life, 0 for cases without one.
	Growth float64
	// Limit is the limit in bytes, 0 for none.
	Limit int64
	// Kills is how many kills there were up to now, in all replicas.
	Kills int
}

// Case is one container with everything that a tool could have seen of it, and the truth.
type Case struct {
	ID        string
	Part      Part
	Condition Condition
	Truth     Truth
	Container data.Container
	// Now is the present.
	Now time.Time

	plan     *plan
	scraping scraping
	now      float64
	replica  int // of the case's pod
	epoch    time.Time
	traces   []*trace
	meters   []*meter
	states   [][]float64   // scrapes of kube-state-metrics, by replica
	seen     [][]int       // kills that they saw
	names    [][]data.Text // of pods, by replica
	uids     [][]data.Text
	seed     uint64
	// recorded is whether another generator made it.
	recorded bool
}

// seeds of the parts: far apart, so that they never meet.
var partSeeds = map[Part]uint64{Dev: 1_000_000, Held: 7_000_000_000}

// New makes case number n of a label. Equal arguments give equal cases.
func New(part Part, cond Condition, label Label, n int) (*Case, error) {
	seed := partSeeds[part] + uint64(slices.Index(Labels, label))*1_000_003 + uint64(n)*7919
	if cond == Degraded {
		seed += 500_000_000
	}
	for try := range maxTries {
		d := newDice(seed, uint64(try)+100)
		p := newPlan(d, label, part == Held, cond == Degraded)
		c := &Case{
			ID: fmt.Sprintf("%s-%s-%s-%03d", part, cond, label, n), Part: part, Condition: cond, plan: p, seed: seed,
			epoch: time.Date(2026, 1, 5+7*d.IntN(4), 0, 0, 0, 0, time.UTC),
		}
		if c.settle(d) {
			c.scraping = newScraping(d, cond, c.now)
			c.measure(d)
			if c.describe(d) {
				return c, nil
			}
		}
	}
	return nil, fmt.Errorf("no workload of %s could be drawn", label)
}

// settle runs the workload and decides when and at which pod it is looked at. It reports false when the workload does
// not show what its label says.
func (c *Case) settle(d dice) bool {
	p := c.plan
	c.Truth = Truth{Label: p.label, Shape: p.shape, Limit: int64(p.limit)}
	type death struct {
		at      float64
		replica int
	}
	var deaths []death
	for i, r := range p.replicas {
		tr := r.run(0, horizon, p.limitAt, nil, nil)
		for _, k := range tr.kills {
			deaths = append(deaths, death{k.at, i})
		}
	}
	slices.SortFunc(deaths, func(a, b death) int {
		if a.at < b.at {
			return -1
		}
		return 1
	})
	if p.label == Healthy {
		c.now, c.replica = d.between(4*day, horizon), d.IntN(len(p.replicas))
		// A container that ended for another reason is looked at because of that.
		if stops := p.replicas[c.replica].stops; len(stops) > 0 {
			c.now = math.Min(horizon, math.Max(day, stops[d.IntN(len(stops))])+d.scale(2*minute, 5*hour))
		}
		return len(deaths) == 0
	}
	all := deaths
	if n := len(p.limits); n > 0 {
		deaths = slices.DeleteFunc(slices.Clone(deaths), func(k death) bool { return k.at < p.limits[n-1].until+hour })
	}
	if len(deaths) == 0 {
		return false
	}
	// People look after a few kills, seldom after hundreds.
	k := d.IntN(min(len(deaths), 60))
	if !p.loops {
		k = max(k, min(len(deaths)-1, d.IntN(8)))
	}
	c.now = math.Min(horizon, deaths[k].at+d.scale(2*minute, 5*hour))
	for k+1 < len(deaths) && deaths[k+1].at < c.now {
		k++
	}
	c.replica = deaths[k].replica
	seen := 0
	for seen < len(all) && all[seen].at < c.now {
		seen++
	}
	return c.now > 10*minute && seen <= maxKills
}

// measure runs the workload again up to now, watched.
func (c *Case) measure(d dice) {
	c.now = math.Floor(c.now/step) * step // nothing of the present step has been seen
	c.Now = c.at(c.now)
	from := math.Max(0, c.now-c.scraping.retention)
	for i, r := range c.plan.replicas {
		m := newMeter(&c.scraping, newDice(c.seed, 900+uint64(i)), c.epoch.UnixMilli(), from)
		tr := &trace{}
		m.podOf = func(l int) int { return tr.lives[l].pod }
		s := r.prepare(0, c.plan.limitAt, m)
		s.trace = tr
		s.newPod()
		s.until(c.now, nil)
		c.traces, c.meters = append(c.traces, tr), append(c.meters, m)
		times := c.scraping.stateTimes(newDice(c.seed, 950+uint64(i)), from, c.now)
		c.states, c.seen = append(c.states, times), append(c.seen, seenKills(times, tr, c.now))
		c.Truth.Kills += len(tr.kills)
	}
	c.name(d)
	if c.plan.label.Growing() {
		c.Truth.Growth = c.growth()
	}
}

// growth is what the case's workload gathered in bytes an hour, over the lives that lasted ten minutes and more.
func (c *Case) growth() float64 {
	gathered, lived := 0.0, 0.0
	for _, tr := range c.traces {
		for _, l := range tr.lives {
			if l.end-l.start >= 10*minute && l.end > c.now-c.scraping.retention && l.leaked > 0 {
				gathered += l.leaked
				lived += l.end - l.start
			}
		}
	}
	if lived == 0 {
		return 0
	}
	return gathered / lived * hour
}

// Forecast returns when the container would be killed next if nothing changed; nil when not within 14 days. Rollouts
// that are still to come do not count: nobody could know of them.
func (c *Case) Forecast() *time.Duration { return c.nextKill(0, c.plan.limitAt) }

// ForecastUnder returns when the container would be killed first under another limit in bytes, in the new pod that the
// change brings; nil when not within 14 days.
func (c *Case) ForecastUnder(limit int64) *time.Duration {
	return c.nextKill(c.now, func(float64) float64 { return float64(limit) })
}

// nextKill runs the case's replica from from on and returns how long after now the first kill comes.
func (c *Case) nextKill(from float64, limit func(float64) float64) *time.Duration {
	r := *c.plan.replicas[c.replica]
	if cut := slices.IndexFunc(r.rollouts, func(t float64) bool { return t > c.now }); cut >= 0 {
		r.rollouts = r.rollouts[:cut]
	}
	var next *time.Duration
	r.run(from, c.now+future, limit, nil, func(k kill) bool {
		if k.at <= c.now {
			return false
		}
		after := time.Duration((k.at - c.now) * float64(time.Second))
		next = &after
		return true
	})
	return next
}

// Outcome is what came of a limit within 14 days.
type Outcome struct {
	Killed bool
	// Need is the highest need of any replica in bytes as far as it was seen: beyond the limit when Killed.
	Need float64
}

// After lets the workload go on from now for 14 days under another limit in bytes, with the new pods that the change
// brings, and returns what came of it.
func (c *Case) After(limit int64) Outcome {
	var out Outcome
	for _, r := range c.plan.replicas {
		tr := r.run(c.now, c.now+future, func(float64) float64 { return float64(limit) }, nil, func(k kill) bool {
			return true
		})
		for _, l := range tr.lives {
			out.Need = math.Max(out.Need, l.peak)
		}
		for _, k := range tr.kills {
			out.Killed = out.Killed || k.child || tr.lives[k.life].why == killed
		}
	}
	return out
}
