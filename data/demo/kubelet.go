package demo

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// How long steps of a pod's start take.
const (
	readyAfter = 2 * time.Second  // from a container's start to ready, without a failure
	initWork   = 15 * time.Second // an init container that is not killed
)

// tick runs the container of p for d up to now, at speed times the clock for live workloads, and reports whether the
// pod's status changed.
func (p *pod) tick(now time.Time, d time.Duration, speed float64, clock demandClock) bool {
	c := &p.run
	if p.done {
		return false
	}
	changed := p.changed
	p.changed = false
	if !c.running {
		if now.Before(c.until) {
			return changed
		}
		p.start(now)
		return true
	}
	wasReady := p.ready(now.Add(-d))
	if p.w.live {
		c.age += time.Duration(float64(d) * speed)
	} else {
		c.age += d
	}
	limit := float64(p.limit())
	u := p.demandNow(clock, limit)
	switch {
	case p.initializing() && u.set <= limit && c.age >= initWork:
		p.finishInit(now)
		return true
	case p.w.ending == childDies:
		if u.breach && !c.breached {
			c.children++
			p.children = append(p.children, now)
		}
		c.breached = u.breach
	case u.set > limit:
		c.left = u.shm
		p.end(now, reasonOOM, 137, "")
		return true
	case p.job && c.age >= batchTakes:
		p.end(now, reasonCompleted, 0, "")
		return true
	}
	return changed || p.ready(now) != wasReady
}

// demandNow returns what the container of p wants now.
func (p *pod) demandNow(clock demandClock, limit float64) usage {
	c := &p.run
	m := moment{age: c.age.Hours(), clock: clock.plain, origin: clock.origin, watched: clock.watched, key: p.key, group: p.w.group, life: c.life.n, shm: c.life.shm, limit: limit}
	if p.w.live {
		m.clock = clock.fast
	}
	if p.initDone {
		return steady(40, 6)(m)
	}
	return p.w.demand(m)
}

// end writes the end of the running instance into the status and decides when the next one starts.
func (p *pod) end(now time.Time, reason string, code int32, message string) {
	c := &p.run
	t := terminatedState(reason, code, message, c.life.start, now, p.containerID(c.life.n))
	c.running, p.readyAt = false, time.Time{}
	c.life.end, c.life.reason, c.life.exitCode = now, reason, code
	if p.job {
		c.current, p.done = t, true
		return
	}
	first, most := backoffFirst, backoffMost
	if p.w.live {
		first, most = liveBackoffFirst, liveBackoffMost
	}
	pause := c.pauses.pause(c.age, first, most)
	former := c.life
	c.former = &former
	c.last, c.until, c.waiting = t, now.Add(pause), reasonBackoff
	c.message = p.backoffMessage(pause)
}

// backoffMessage is what a kubelet says while it waits before a restart.
func (p *pod) backoffMessage(pause time.Duration) string {
	return fmt.Sprintf("back-off %s restarting failed container=%s pod=%s_%s(%s)", pause, p.target().Name, p.name, p.w.namespace, p.uid)
}

// start begins the next instance. When earlier ones left so much in memory volumes that the runtime itself has no
// room, the start fails.
func (p *pod) start(now time.Time) {
	c := &p.run
	n, shm := c.life.n, c.left
	if c.last != nil {
		n++
		c.restarts++
	}
	c.life = life{n: n, start: now, shm: shm}
	c.age, c.children, c.breached, c.waiting, c.message = 0, 0, false, "", ""
	if p.w.shm != "" && shm+startNeeds > float64(p.limit()) {
		p.end(now, reasonStartError, 128, startMessage)
		return
	}
	c.running = true
	if !p.initializing() {
		p.readyAt = now.Add(readyAfter)
	}
}

// finishInit ends an init container that did its work and starts the container behind it.
func (p *pod) finishInit(now time.Time) {
	c := &p.run
	done := terminatedState(reasonCompleted, 0, "", c.life.start, now, p.containerID(c.life.n))
	n, first := c.life.n+1, c.life
	first.end, first.reason = now, reasonCompleted
	*c = container{running: true, last: done, former: &first, life: life{n: n, start: now}}
	p.initDone, p.readyAt, p.live = true, now.Add(readyAfter), nil
}

// inherit makes the present of p from the end of its history.
func (p *pod) inherit(origin time.Time, pauses backoff) {
	c := &p.run
	l := p.lives[len(p.lives)-1]
	c.life, c.restarts, c.pauses = l, int32(l.n), pauses
	if l.n > 0 {
		before := p.lives[len(p.lives)-2]
		c.last, c.former = before.terminated(p.containerID(before.n)), &before
	}
	if l.end.IsZero() {
		c.running, c.age = true, origin.Sub(l.start)
		p.readyAt = l.start.Add(readyAfter)
		for _, at := range p.children {
			if at.After(l.start) {
				c.children++
			}
		}
		return
	}
	c.last, c.former, c.left = l.terminated(p.containerID(l.n)), &l, l.shm
	if l.reason == reasonOOM {
		c.left = p.w.demand(p.moment(&l, l.end, origin, float64(p.limit()))).shm
	}
	pause := min(max(pauses.next/2, backoffFirst), backoffMost)
	if pauses.next >= backoffMost {
		pause = backoffMost
	}
	c.waiting, c.until, c.message = reasonBackoff, l.end.Add(pause), p.backoffMessage(pause)
}

// demandClock is the clocks of demand, in hours since the Unix epoch, and the seconds watched.
type demandClock struct {
	plain, fast, origin, watched float64
}

// labelsFor returns the labels of the pods of w.
func labelsFor(w *workload, hashLabel, hash string) map[string]string {
	out := map[string]string{"app.kubernetes.io/name": w.name}
	if hashLabel != "" {
		out[hashLabel] = hash
	}
	return out
}

// hashLabel returns the label by which the controller of a kind tells revisions apart.
func hashLabel(kind string) string {
	switch kind {
	case kindDeployment:
		return "pod-template-hash"
	case kindStatefulSet, kindDaemonSet:
		return "controller-revision-hash"
	}
	return ""
}

// restartPolicy returns the policy of the pods of a kind.
func restartPolicy(kind string) corev1.RestartPolicy {
	if kind == kindCronJob {
		return corev1.RestartPolicyNever
	}
	return corev1.RestartPolicyAlways
}
