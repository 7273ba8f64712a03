package demo

import (
	"time"

	corev1 "k8s.io/api/core/v1"
)

// life is one container instance, from a start to an end.
type life struct {
	n          int
	start, end time.Time // end is zero while it runs
	shm        float64   // bytes in memory volumes at the start
	reason     string
	exitCode   int32
	message    string
}

// How a kubelet restarts containers: at once after ten good minutes, else after a pause that doubles from ten seconds
// to five minutes (pkg/kubelet/kubelet.go: backOffPeriod, MaxContainerBackOff). Workloads that are made to die while
// somebody watches pause for seconds only, so that there is something to see.
const (
	backoffFirst     = 10 * time.Second
	backoffMost      = 5 * time.Minute
	backoffReset     = 10 * time.Minute
	liveBackoffFirst = 4 * time.Second
	liveBackoffMost  = 8 * time.Second
	startTakes       = 2 * time.Second
)

// The steps at which history looks whether a container wants too much: finely while it starts, then once a minute.
const (
	scanFine   = 2 * time.Second
	scanFineTo = 5 * time.Minute
	scanCoarse = time.Minute
)

// startNeeds is the memory in bytes that a runtime needs to set up a container before the program runs.
const startNeeds = 8 * mi

// startMessage is what runc says when the kernel kills it within the container's cgroup.
const startMessage = "failed to create containerd task: failed to create shim task: OCI runtime create failed: " +
	"runc create failed: unable to start container process: container init was OOM-killed (memory limit too low?)"

// The reasons of a termination, as runtimes write them.
const (
	reasonOOM        = "OOMKilled"
	reasonError      = "Error"
	reasonStartError = "StartError"
	reasonBackoff    = "CrashLoopBackOff"
	reasonCompleted  = "Completed"
)

// backoff counts a container's pauses between restarts.
type backoff struct{ next time.Duration }

// pause returns how long to wait after an instance that ran for so long, and doubles the next pause.
func (b *backoff) pause(ran, first, most time.Duration) time.Duration {
	if ran > backoffReset || b.next == 0 {
		b.next = first
	}
	d := b.next
	b.next = min(2*d, most)
	return d
}

// livesOf runs the container of p from its creation to the present and returns its instances, oldest first, with the
// times at which a child of it was killed, and the pause that the kubelet would make next.
func (p *pod) livesOf(origin time.Time) (lives []life, childKills []time.Time, b backoff) {
	until := origin
	if !p.gone.IsZero() {
		until = p.gone
	}
	at, shm := p.created.Add(startTakes), 0.0
	for n := 0; at.Before(until); n++ {
		l := life{n: n, start: at, shm: shm}
		if p.w.shm != "" && shm+startNeeds > float64(p.limit()) {
			l.end, l.reason, l.exitCode, l.message = at, reasonStartError, 128, startMessage
		} else {
			childKills = append(childKills, p.endOf(&l, until, origin, &shm)...)
		}
		if !l.end.IsZero() && l.end.After(until) {
			l.end, l.reason, l.exitCode, l.message = time.Time{}, "", 0, ""
		}
		lives = append(lives, l)
		if l.end.IsZero() {
			return lives, childKills, b
		}
		at = l.end.Add(b.pause(l.end.Sub(l.start), backoffFirst, backoffMost))
	}
	return lives, childKills, b
}

// endOf finds when and how l ends before until and writes it into l; shm becomes what l leaves in memory volumes.
func (p *pod) endOf(l *life, until, origin time.Time, shm *float64) (childKills []time.Time) {
	switch p.w.ending {
	case neverKilled:
		return nil
	case probeKills:
		p.probeEnd(l, origin)
		return nil
	}
	limit, breached := float64(p.limit()), false
	for at := l.start; at.Before(until); {
		u := p.w.demand(p.moment(l, at, origin, limit))
		switch {
		case p.w.ending == childDies:
			if u.breach && !breached {
				childKills = append(childKills, at)
			}
			breached = u.breach
		case u.set > limit:
			l.end, l.reason, l.exitCode = at, reasonOOM, 137
			*shm = u.shm
			return nil
		}
		if at.Sub(l.start) < scanFineTo {
			at = at.Add(scanFine)
		} else {
			at = at.Truncate(scanCoarse).Add(scanCoarse + p.offset())
		}
	}
	return childKills
}

// probeEnd ends l when the liveness probe of its pod last failed three times in a row. Replica 0 was killed a short
// while before origin, so that the events of it are still there.
func (p *pod) probeEnd(l *life, origin time.Time) {
	l.reason, l.exitCode = reasonError, 137
	newest := origin.Add(-25*time.Minute - time.Duration(p.replica)*31*time.Hour)
	for k := int64(64); k >= 0; k-- {
		at := newest.Add(-time.Duration(float64(k) * float64(p.w.doubt) * around(p.key, k, 0.05)))
		if at.After(l.start.Add(time.Hour)) && !at.After(newest) {
			l.end = at
			return
		}
	}
	l.reason, l.exitCode = "", 0
}

// moment returns where instance l of p stands in the history at a time.
func (p *pod) moment(l *life, at, origin time.Time, limit float64) moment {
	return moment{
		age: at.Sub(l.start).Hours(), clock: hours(at), origin: hours(origin), watched: -1,
		key: p.key, group: p.w.group, life: l.n, shm: l.shm, limit: limit,
	}
}

// hours returns t in hours since the Unix epoch.
func hours(t time.Time) float64 { return float64(t.UnixMilli()) / 3.6e6 }

// offset is where within a minute the samples of p lie: a Prometheus spreads its targets over the scrape interval.
func (p *pod) offset() time.Duration {
	return time.Duration(unit(p.key, 99) * float64(scrapeEvery)).Truncate(time.Millisecond)
}

// terminated returns the end of l as the kubelet reports it.
func (l *life) terminated(id string) *corev1.ContainerStateTerminated {
	return terminatedState(l.reason, l.exitCode, l.message, l.start, l.end, id)
}
