package demo

import "time"

// instant is the clocks of a cluster: when it started, what time it is, and how much faster demand runs since.
type instant struct {
	origin, now time.Time
	speed       float64
}

// instant returns the clocks now.
func (c *cluster) instant() instant { return instant{c.origin, c.now, c.speed} }

// usageAt returns what the container of p wanted at a time within instance l, in the history or since the start: the
// same that the series have of that moment.
func (p *pod) usageAt(l *life, at time.Time, in instant) usage {
	limit := float64(p.limit())
	if p.initDone && l.reason != reasonCompleted {
		return steady(40, 6)(p.moment(l, at, in.origin, limit))
	}
	if !at.After(in.origin) {
		return p.w.demand(p.moment(l, at, in.origin, limit))
	}
	speed := 1.0
	if p.w.live {
		speed = in.speed
	}
	var before, since time.Duration // of the instance: until the start of the sandbox, and from there on
	if l.start.Before(in.origin) {
		before, since = in.origin.Sub(l.start), at.Sub(in.origin)
	} else {
		since = at.Sub(l.start)
	}
	watched := at.Sub(in.origin)
	return p.w.demand(moment{
		age: before.Hours() + since.Hours()*speed, clock: hours(in.origin) + watched.Hours()*speed, origin: hours(in.origin), watched: watched.Seconds(),
		key: p.key, group: p.w.group, life: l.n, shm: l.shm, limit: limit,
	})
}

// pace returns how long a step of a program's own clock takes on the clock of objects: less than the step while somebody
// watches a workload whose demand runs faster.
func (p *pod) pace(step time.Duration, at time.Time, in instant) time.Duration {
	if !p.w.live || at.Before(in.origin) {
		return step
	}
	return max(time.Second, time.Duration(float64(step)/in.speed))
}

// podNamed returns a pod of the cluster, nil without one of that name.
func (c *cluster) podNamed(namespace, name string) *pod {
	for _, o := range c.owners {
		for _, p := range o.pods {
			if p.name == name && p.w.namespace == namespace {
				return p
			}
		}
	}
	return nil
}
