// Package second makes cases from another hand than package simulate: other models of processes, traffic, kernel and
// measurement, with other forms and ranges. It was written from what is published on Kubernetes and on runtimes, without
// the rules of the analysis or the shapes of package simulate. What a Prometheus answers about a case is told by package
// simulate, because that is no model but arithmetic.
//
// Times are seconds since the start of a workload, memory is in bytes. Equal seeds give equal cases.
package second

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/oomedic/oomedic/cmd/score/simulate"
)

// Dev may be looked at case by case. Held has other seeds, ranges and some other forms, and is not.
const (
	Dev  simulate.Part = "second-dev"
	Held simulate.Part = "second-held"
)

// tries is how many workloads are drawn until one shows what its label says, and manyKills how many kills of a case
// anybody waits for.
const (
	tries     = 150
	manyKills = 300
)

// Case is one container with all that could be seen of it, and the truth.
type Case struct {
	*simulate.Case

	p       *plan
	seed    uint64
	now     float64
	replica int
}

// New makes case number n of a label in one of this package's parts. Equal arguments give equal cases.
func New(part simulate.Part, cond simulate.Condition, label simulate.Label, n int) (*Case, error) {
	seed := uint64(0x51ed270b) + uint64(slices.Index(simulate.Labels, label))*10_007 + uint64(n)
	if cond == simulate.Degraded {
		seed += 1 << 33
	}
	if part == Held {
		seed += 1 << 44
	}
	for try := range tries {
		s := seed + uint64(try)<<52
		d := newDraw(s, 1)
		rough := cond == simulate.Degraded
		p := newPlan(d, label, n, part == Held, rough)
		c := &Case{p: p, seed: s}
		if !c.settle(d) {
			continue
		}
		r := c.record(newDraw(s, 2), cond)
		if r == nil {
			continue
		}
		r.ID, r.Part, r.Condition = fmt.Sprintf("%s-%s-%s-%03d", part, cond, label, n), part, cond
		c.Case = simulate.FromRecording(r)
		return c, nil
	}
	return nil, fmt.Errorf("%s: no workload of %s number %d could be drawn (%s)", part, label, n, shapes[label][n%len(shapes[label])].name)
}

// run lets all replicas live from 0 to end.
func (c *Case) run(end float64, enough int) []story {
	out := make([]story, len(c.p.skew))
	for i := range out {
		w := newMachine(c.p, i, c.seed, 0, c.p.limitAt, nil)
		w.to(end, func(killOf) bool { return len(w.out.kills) >= enough })
		out[i] = w.out
	}
	return out
}

// settle decides when and at which replica somebody looks. It reports false when the workload does not show what it
// should.
func (c *Case) settle(d draw) bool {
	p := c.p
	want := p.minKills + int(d.mag(1, 12)) - 1
	type death struct {
		at float64
		by int
	}
	var all []death
	stories := c.run(p.long, want*2+40)
	for i, s := range stories {
		for _, k := range s.kills {
			all = append(all, death{k.at, i})
		}
	}
	slices.SortFunc(all, func(a, b death) int { return int(math.Copysign(1, a.at-b.at)) })
	if p.label == simulate.Healthy {
		c.now, c.replica = d.in(0.5, 1)*p.long, d.IntN(len(stories))
		if s := p.stops[c.replica]; len(s) > 0 {
			c.now = math.Max(c.now, s[0]) + d.mag(minute, hour)
		}
		c.now = math.Floor(c.now)
		return len(all) == 0
	}
	from := p.since // the kills of the present trouble count
	if n := len(p.limits); n > 0 {
		from = p.limits[n-1].Until
	}
	all = slices.DeleteFunc(all, func(k death) bool { return k.at < from })
	if len(all) < p.minKills {
		return false
	}
	k := min(want, len(all)) - 1
	wait := 5 * hour
	if p.soon {
		wait = 45 * minute
	}
	c.now, c.replica = math.Floor(all[k].at+d.mag(70, wait)), all[k].by
	before := 0
	for _, one := range all {
		if one.at < c.now {
			before++
			c.replica = one.by
		}
	}
	return before <= manyKills && c.now > 15*minute
}

// Forecast returns when the container would be killed next if nothing changed; nil when not within 14 days. Rollouts
// that are still to come do not count.
func (c *Case) Forecast() *time.Duration {
	return c.nextKill(0, c.p.limitAt)
}

// ForecastUnder returns when the container would be killed first under another limit in bytes, in the new pod that the
// change brings; nil when not within 14 days.
func (c *Case) ForecastUnder(limit int64) *time.Duration {
	return c.nextKill(c.now, func(float64) float64 { return float64(limit) })
}

func (c *Case) nextKill(from float64, limit func(float64) float64) *time.Duration {
	p := *c.p
	if cut := slices.IndexFunc(p.rollouts, func(t float64) bool { return t > c.now }); cut >= 0 {
		p.rollouts = p.rollouts[:cut]
	}
	var next *time.Duration
	newMachine(&p, c.replica, c.seed, from, limit, nil).to(c.now+after, func(k killOf) bool {
		if k.at <= c.now {
			return false
		}
		d := time.Duration((k.at - c.now) * float64(time.Second))
		next = &d
		return true
	})
	return next
}

// After lets the workload go on from now for 14 days under another limit in bytes, with new pods.
func (c *Case) After(limit int64) simulate.Outcome {
	var out simulate.Outcome
	for i := range c.p.skew {
		w := newMachine(c.p, i, c.seed, c.now, func(float64) float64 { return float64(limit) }, nil)
		w.to(c.now+after, func(k killOf) bool { return k.child || w.out.lives[k.life].why == byLimit })
		for _, l := range w.out.lives {
			out.Need = math.Max(out.Need, l.need)
			out.Killed = out.Killed || l.why == byLimit || l.children > 0
		}
	}
	return out
}
