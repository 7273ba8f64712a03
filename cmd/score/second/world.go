package second

import "math"

// The kubelet's back-off: doubled from the first to the longest, and forgotten after ten minutes of peace.
const (
	backOffFirst  = 10.0
	backOffMost   = 5 * minute
	backOffForget = 10 * minute
)

// cause of an end.
type ended int

const (
	running ended = iota
	byLimit
	byNode
	byRollout
	byOther
)

// span of one container.
type lifeOf struct {
	pod        int
	start, end float64
	why        ended
	need       float64 // highest, beyond the limit at a kill
	low        float64 // lowest memory of any kind that was seen of it, to find what went wrong with a model
	leaked     float64 // what it has gathered for good
	before     float64 // the same up to the last worker that was killed
	children   int
}

type podOf struct{ start, end float64 }

type killOf struct {
	at    float64
	life  int
	child bool
}

// story is what happened to one replica.
type story struct {
	pods  []podOf
	lives []lifeOf
	kills []killOf
}

// viewer sees each step.
type viewer interface {
	see(t, dt float64, life, pod int, u *usage, set float64)
	idle(t, dt float64, pod int, tmpfs float64)
}

// machine runs one replica.
type machine struct {
	p       *plan
	replica int
	limit   func(t float64) float64
	view    viewer
	d       draw
	out     story

	t       float64
	parts   []part
	m       moment
	pod     *podState
	state   *replicaState
	up      float64 // when the container starts again; it runs while parts is not nil
	backOff float64
	calm    float64 // since when it loops
	rolled  int
	noded   int
	stopped int
	version int
}

// newMachine puts a replica to from, with the work and the disk of that time.
func newMachine(p *plan, replica int, seed uint64, from float64, limit func(float64) float64, v viewer) *machine {
	w := &machine{p: p, replica: replica, limit: limit, view: v, d: newDraw(seed, uint64(replica)+10), t: from, state: &replicaState{}, calm: -1}
	for _, j := range p.jobs[replica] {
		if j.at >= from {
			w.state.jobs = append(w.state.jobs, j)
		}
	}
	for w.rolled < len(p.rollouts) && p.rollouts[w.rolled]+w.stagger() < from {
		w.rolled++
		w.version++
	}
	for w.noded < len(p.short) && p.short[w.noded] < from {
		w.noded++
	}
	for w.stopped < len(p.stops[replica]) && p.stops[replica][w.stopped] < from {
		w.stopped++
	}
	w.freshPod()
	return w
}

// stagger is how much later than the first this replica is rolled out.
func (w *machine) stagger() float64 { return float64(w.replica) * 75 }

// to runs up to end, or until stop wants no more after a kill.
func (w *machine) to(end float64, stop func(killOf) bool) {
	for w.t < end {
		dt := w.p.step
		killed := w.tick(dt)
		w.t += dt
		if killed && stop != nil && stop(w.out.kills[len(w.out.kills)-1]) {
			break
		}
	}
	if w.parts != nil {
		w.last().end = w.t
	}
}

func (w *machine) last() *lifeOf { return &w.out.lives[len(w.out.lives)-1] }

func (w *machine) freshPod() {
	if n := len(w.out.pods); n > 0 {
		w.out.pods[n-1].end = w.t
	}
	w.out.pods = append(w.out.pods, podOf{w.t, math.Inf(1)})
	w.pod, w.backOff, w.calm = &podState{}, 0, -1
	w.launch(false)
}

func (w *machine) launch(again bool) {
	w.out.lives = append(w.out.lives, lifeOf{pod: len(w.out.pods) - 1, start: w.t, low: math.Inf(1)})
	w.parts = w.p.process(birth{t: w.t, replica: w.replica, version: w.version, again: again, d: w.d, pod: w.pod, run: w.state})
}

// tick takes one step and reports whether the kernel killed something.
func (w *machine) tick(dt float64) bool {
	if w.rolled < len(w.p.rollouts) && w.t >= w.p.rollouts[w.rolled]+w.stagger() {
		w.rolled++
		w.version++
		w.finish(w.t, byRollout)
		w.freshPod()
	}
	if w.parts == nil {
		switch {
		case w.p.drops > 0 && w.calm >= 0 && w.t-w.calm > w.p.drops:
			w.freshPod()
		case w.t >= w.up:
			w.launch(true)
		default:
			if w.view != nil {
				w.view.idle(w.t, dt, len(w.out.pods)-1, w.pod.tmpfs)
			}
			return false
		}
	}
	return w.live(dt)
}

// live lets the process take one step.
func (w *machine) live(dt float64) bool {
	l := w.last()
	limit := w.limit(w.t)
	w.m = moment{t: w.t, dt: dt, age: w.t - l.start, rate: w.p.traffic.at(w.t) * w.p.skew[w.replica], surge: w.p.events.level(w.t, w.replica), limit: limit, d: w.d}
	var u usage
	for _, one := range w.parts {
		one(&w.m, &u)
	}
	l.need, l.leaked = math.Max(l.need, u.pinned()), math.Max(l.leaked, l.before+w.m.leaked)
	l.low = math.Min(l.low, math.Min(math.Min(u.anon, u.shm), math.Min(u.kernel, math.Min(u.active, u.inactive))))
	if limit > 0 && u.pinned() > limit {
		return w.overLimit()
	}
	if w.noded < len(w.p.short) && w.t >= w.p.short[w.noded] {
		w.noded++
		if w.replica == 0 || w.d.yes(0.3) {
			return w.kill(byNode)
		}
	}
	if s := w.p.stops[w.replica]; w.stopped < len(s) && w.t >= s[w.stopped] {
		w.stopped++
		w.finish(w.t+w.d.Float64()*dt, byOther)
		return false
	}
	if limit > 0 { // the kernel takes page cache back before it kills
		room := limit - u.pinned()
		u.inactive = math.Min(u.inactive, math.Max(0, room-0.5*u.active))
		u.active = math.Min(u.active, math.Max(0, room-u.inactive))
	}
	if w.view != nil {
		w.view.see(w.t, dt, len(w.out.lives)-1, len(w.out.pods)-1, &u, u.pinned()+u.active)
	}
	return false
}

// overLimit kills the process, or one that it started.
func (w *machine) overLimit() bool {
	if !w.p.child {
		return w.kill(byLimit)
	}
	l := w.last()
	l.children++
	l.before = l.leaked
	w.out.kills = append(w.out.kills, killOf{at: w.t + w.d.Float64()*w.p.step, life: len(w.out.lives) - 1, child: true})
	w.abandon(w.t)
	w.parts = w.p.process(birth{t: w.t, replica: w.replica, version: w.version, again: true, d: w.d, pod: w.pod, run: w.state})
	return true
}

func (w *machine) kill(why ended) bool {
	at := w.t + w.d.Float64()*w.p.step
	w.out.kills = append(w.out.kills, killOf{at: at, life: len(w.out.lives) - 1})
	w.finish(at, why)
	w.abandon(w.up)
	return true
}

// abandon breaks off the job that was being done. Some are taken up again, three times at most.
func (w *machine) abandon(up float64) {
	s := w.state
	if s.doing == nil {
		return
	}
	if s.tries++; s.tries > 3 || w.d.yes(0.4) {
		s.doing, s.tries = nil, 0
		return
	}
	s.from = up + w.d.in(10, 90)
}

// finish ends the life.
func (w *machine) finish(at float64, why ended) {
	if w.parts == nil {
		return
	}
	l := w.last()
	l.end, l.why, w.parts = at, why, nil
	if at-l.start >= backOffForget {
		w.backOff, w.calm = 0, -1
	}
	if w.calm < 0 {
		w.calm = at
	}
	w.up = at + w.d.in(1, 4) + w.backOff
	w.backOff = math.Min(backOffMost, math.Max(backOffFirst, 2*w.backOff))
}
