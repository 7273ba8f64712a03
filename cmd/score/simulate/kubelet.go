package simulate

import (
	"math"
	"slices"
)

// step is the simulator's step in seconds: the fastest that a kubelet looks at a container.
const step = 10.0

// The kubelet's back-off between restarts (k8s.io/kubernetes/pkg/kubelet): doubling from the first to the longest, and
// forgotten once a container has run for twice the longest.
const (
	firstBackOff = 10.0
	maxBackOff   = 300.0
	// restartTime is how long a container takes from its end to its next start without a back-off.
	restartTime = 2.0
	// maxRetries is how often work that was killed is taken up again.
	maxRetries = 3
)

// ending says why a life ended.
type ending int

const (
	alive     ending = iota
	killed           // by the kernel, at the container's limit
	nodeKill         // by the kernel, because the node had no memory left
	replaced         // the pod was deleted: a rollout or a person
	unrelated        // some other end, such as a failed probe
)

// life is one instance of a container.
type life struct {
	pod        int
	start, end float64
	why        ending
	peak       float64 // highest need in bytes, beyond the limit at a kill
	leaked     float64 // bytes gathered that are never given back
	first      bool    // of its pod
	children   int     // processes that were killed while it lived on
}

// pod is one pod of a slot.
type pod struct {
	start, end float64 // end is +Inf while it exists
}

// trace is what happened to one replica.
type trace struct {
	pods  []pod
	lives []life
	kills []kill
	// waiting is when the container starts again, 0 when it runs at the end of the trace.
	waiting float64
}

// kill is one death by the kernel's hand.
type kill struct {
	at    float64
	life  int
	child bool // a process died, the container lived on
}

// watcher sees each step of a container that runs.
type watcher interface {
	// see is told what the container of life l holds at t: its working set, and what earlier lives left in the memory
	// of the pod.
	see(t float64, l int, u *use, set, left float64)
	// idle is told that pod p has no container at t, and what earlier lives left in its memory.
	idle(t float64, p int, left float64)
	// over is told that life l ended at t.
	over(t float64, l int)
}

// replica is one pod's place in a workload, through rollouts and restarts.
type replica struct {
	seed      uint64
	d         *demand
	nodeKills []float64
	stops     []float64 // unrelated ends
	rollouts  []float64 // when the pod is replaced
	giveUp    float64   // seconds of crash looping after which a person deletes the pod; 0 for never
	childOnly bool      // processes are killed, PID 1 lives on
}

// run lets the replica live from from to to under a limit in bytes (0 for none) and returns what happened. It stops
// early when stop says so after a kill.
func (r *replica) run(from, to float64, limit func(t float64) float64, w watcher, stop func(kill) bool) *trace {
	s := r.prepare(from, limit, w)
	s.newPod()
	s.until(to, stop)
	return s.trace
}

// prepare returns the replica at from, before it has a pod.
func (r *replica) prepare(from float64, limit func(t float64) float64, w watcher) *running {
	s := &running{replica: r, t: from, limit: limit, watch: w, trace: &trace{}, noise: newDice(r.seed, 1), chance: newDice(r.seed, 2)}
	s.keep = math.Exp(-step / r.d.noise.tau)
	first := func(times []float64) int {
		n, _ := slices.BinarySearch(times, from)
		return n
	}
	s.rolled, s.noded, s.stopped = first(r.rollouts), first(r.nodeKills), first(r.stops)
	s.next = slices.IndexFunc(r.d.bursts, func(b burst) bool { return b.at >= from-hour })
	if s.next < 0 {
		s.next = len(r.d.bursts)
	}
	return s
}

// until simulates up to to, or until stop says so after a kill.
func (s *running) until(to float64, stop func(kill) bool) {
	for ; s.t < to; s.t += step {
		if s.tick() && stop != nil && stop(s.trace.kills[len(s.trace.kills)-1]) {
			break
		}
	}
	if s.p == nil {
		s.trace.waiting = s.up
	} else {
		s.last().end = math.Min(s.t, to)
	}
}

// running is the state of a replica while it is simulated.
type running struct {
	*replica
	t      float64
	limit  func(float64) float64
	watch  watcher
	trace  *trace
	noise  dice
	chance dice
	keep   float64 // of the noise from step to step
	wave   float64

	p       *process
	now     use
	up      float64 // when the container starts again
	backOff float64
	rolled  int // rollouts done
	stopped int // unrelated ends done
	noded   int // node kills done
	looping float64

	cur     []burst
	tries   []int
	next    int
	tmpWork float64 // work that filled the tmpfs of this pod
	tmpLeft float64 // bytes that earlier lives left in it
	tmpOwn  float64
}

func (s *running) last() *life { return &s.trace.lives[len(s.trace.lives)-1] }

// newPod starts a pod and its container.
func (s *running) newPod() {
	if n := len(s.trace.pods); n > 0 {
		s.trace.pods[n-1].end = s.t
	}
	s.trace.pods = append(s.trace.pods, pod{start: s.t, end: math.Inf(1)})
	s.backOff, s.looping, s.tmpWork, s.tmpLeft, s.tmpOwn = 0, 0, 0, 0, 0
	s.start(true)
}

// start starts the container.
func (s *running) start(first bool) {
	s.p = &process{d: s.d, started: s.t, v: s.d.version(s.trace.pods[len(s.trace.pods)-1].start)}
	if o := s.d.opening; o != nil {
		s.p.peak = s.chance.logNormal(o.height, o.sigma)
	}
	s.tmpLeft += s.tmpOwn
	s.tmpOwn = 0
	if !s.d.tmpfsKept {
		s.tmpLeft, s.tmpWork = 0, 0
	}
	s.trace.lives = append(s.trace.lives, life{pod: len(s.trace.pods) - 1, start: s.t, first: first})
}

// tick takes one step and reports whether something was killed in it.
func (s *running) tick() bool {
	s.waver()
	s.takeBursts()
	if s.rolled < len(s.rollouts) && s.t >= s.rollouts[s.rolled] {
		s.rolled++
		s.end(s.t, replaced)
		s.newPod()
	}
	if s.p == nil {
		if s.giveUp > 0 && s.looping > 0 && s.t-s.looping > s.giveUp {
			s.newPod()
		} else if s.t >= s.up {
			s.start(false)
		} else {
			if s.watch != nil {
				s.watch.idle(s.t, len(s.trace.pods)-1, s.tmpLeft+s.tmpOwn)
			}
			return false
		}
	}
	return s.live()
}

// live lets the running container take one step.
func (s *running) live() bool {
	limit := s.limit(s.t)
	s.p.work += step * s.d.load.at(s.t) * s.d.share
	s.now = s.p.need(s.t, limit, s.wave, s.cur)
	u := &s.now
	if g := s.d.tmpfs; g != nil {
		s.tmpWork += step * s.d.load.at(s.t) * s.d.share
		s.tmpOwn = math.Max(0, g.curve(s.tmpWork)-s.tmpLeft)
		u.shm += s.tmpOwn
	}
	l := s.last()
	fixed := u.fixed()
	l.peak, l.leaked = math.Max(l.peak, fixed+s.tmpLeft), u.leaked
	if limit > 0 && fixed+s.tmpLeft > limit {
		return s.outOfMemory()
	}
	if s.noded < len(s.nodeKills) && s.t >= s.nodeKills[s.noded] {
		for s.noded < len(s.nodeKills) && s.t >= s.nodeKills[s.noded] {
			s.noded++
		}
		return s.die(nodeKill)
	}
	if s.stopped < len(s.stops) && s.t >= s.stops[s.stopped] {
		s.stopped++
		s.end(s.t+s.chance.Float64()*step, unrelated)
		return false
	}
	if limit > 0 {
		room := math.Max(0, limit-fixed-s.tmpLeft)
		u.active = math.Min(u.active, room)
		u.inactive = math.Min(u.inactive, room-u.active)
	}
	if s.watch != nil {
		s.watch.see(s.t, len(s.trace.lives)-1, u, fixed+u.active, s.tmpLeft)
	}
	return false
}

// outOfMemory kills what the kernel picks at the limit.
func (s *running) outOfMemory() bool {
	if s.childOnly && len(s.cur) > 0 {
		s.last().children++
		s.trace.kills = append(s.trace.kills, kill{at: s.t + s.chance.Float64()*step, life: len(s.trace.lives) - 1, child: true})
		s.cur, s.tries = s.cur[:0], s.tries[:0]
		return true
	}
	return s.die(killed)
}

// die ends the life by the kernel's hand.
func (s *running) die(why ending) bool {
	at := s.t + s.chance.Float64()*step
	s.trace.kills = append(s.trace.kills, kill{at: at, life: len(s.trace.lives) - 1})
	s.end(at, why)
	s.afterKill()
	return true
}

// end ends the life, and plans the next one.
func (s *running) end(at float64, why ending) {
	if s.p == nil {
		return
	}
	l := s.last()
	l.end, l.why = at, why
	if s.watch != nil {
		s.watch.over(at, len(s.trace.lives)-1)
	}
	ran := at - s.p.started
	s.p = nil
	if ran >= 2*maxBackOff {
		s.backOff, s.looping = 0, 0
	}
	if s.looping == 0 {
		s.looping = at
	}
	s.up = at + restartTime + s.backOff
	s.backOff = math.Min(maxBackOff, math.Max(firstBackOff, 2*s.backOff))
}

// waver moves the noise on by one step.
func (s *running) waver() {
	n := s.noise.NormFloat64()
	if s.d.noise.heavy {
		// Student's t with four degrees: a normal over the root of a chi-square, scaled to a deviation of one.
		e := s.noise.ExpFloat64() + s.noise.ExpFloat64()
		n /= math.Sqrt(e/2) * math.Sqrt2
	}
	s.wave = s.keep*s.wave + math.Sqrt(1-s.keep*s.keep)*n*s.d.noise.sigma
}

// takeBursts takes up the bursts that begin and lets go of those that are over.
func (s *running) takeBursts() {
	for s.next < len(s.d.bursts) && s.d.bursts[s.next].at <= s.t {
		s.cur, s.tries = append(s.cur, s.d.bursts[s.next]), append(s.tries, 0)
		s.next++
	}
	for i := 0; i < len(s.cur); {
		if s.cur[i].end() <= s.t {
			s.drop(i)
			continue
		}
		i++
	}
}

func (s *running) drop(i int) {
	s.cur, s.tries = slices.Delete(s.cur, i, i+1), slices.Delete(s.tries, i, i+1)
}

// afterKill decides what becomes of the work that a kill broke off. Short bursts are gone, longer ones go on by the
// clock, and work that is taken up again starts anew, a few times.
func (s *running) afterKill() {
	for i := 0; i < len(s.cur); {
		b := &s.cur[i]
		switch {
		case b.again && s.tries[i] < maxRetries && s.chance.chance(0.5):
			b.at = s.up + 20
			s.tries[i]++
		case b.again || b.hold < 3*minute && s.chance.chance(0.7):
			s.drop(i)
			continue
		}
		i++
	}
}
