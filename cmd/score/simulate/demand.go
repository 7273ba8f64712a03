package simulate

import "math"

// use is what a container needs or holds at one time, in bytes, and what it does meanwhile.
type use struct {
	rss, shm, kernel float64
	active, inactive float64 // page cache, reclaimable
	leaked           float64 // part of rss that only grows
	cpu              float64 // cores
	receive, read    float64 // bytes a second from the network and from disks
	sockets          float64
}

// fixed is the memory that the kernel can't take back.
func (u *use) fixed() float64 { return u.rss + u.shm + u.kernel }

// growth is memory that a process gathers while it lives.
type growth struct {
	curve  func(work float64) float64 // bytes after so many seconds of work
	byLoad bool                       // work is seconds times load, instead of seconds
	leak   bool                       // never given back and never ending
	from   float64                    // only in lives that start at or after this time
}

// heap is a managed heap that is committed step by step up to its ceiling.
type heap struct {
	max     float64 // bytes
	percent float64 // of the limit, when the ceiling follows it; it never grows beyond max
	first   float64 // share of the ceiling at the start
	tau     float64 // seconds of work
	steps   float64 // stairs on the way up; 0 for a smooth climb
	saw     float64 // share of the ceiling that each collection gives back
	sawTime float64 // seconds of work between collections
	byLoad  bool
}

// at returns the committed bytes after so much work under a limit.
func (h *heap) at(work, limit float64) float64 {
	top := h.max
	if h.percent > 0 {
		top = math.Min(top, h.percent*limit)
	}
	done := risen(work, h.tau)
	if h.steps > 0 {
		done = math.Ceil(done*h.steps) / h.steps
	}
	v := top * (h.first + (1-h.first)*done)
	if h.saw > 0 {
		v -= top * h.saw * (1 - math.Mod(work/h.sawTime, 1)) * done
	}
	return v
}

// burst is memory for a while: a spike, a rush of requests, a file.
type burst struct {
	at, rise, hold, fall float64
	height               float64
	shm                  bool
	cpu, receive, read   float64 // at full height, read and receive also while rising
	sockets              float64
	readRising           bool // data comes in only while rising
	again                bool // taken up again after a kill
	form                 burstForm
}

// burstForm is how a burst rises and falls.
type burstForm int

const (
	straight burstForm = iota
	smooth             // slow at both ends, with a tail as it falls
	doubling           // a buffer that is doubled whenever it is full
)

// shape returns how high the burst stands at t, 0 to 1.
func (b *burst) shape(t float64) float64 {
	x := t - b.at
	switch {
	case x < 0 || x >= b.rise+b.hold+b.fall:
		return 0
	case x < b.rise:
		return b.form.climb(x / b.rise)
	case x < b.rise+b.hold:
		return 1
	}
	left := 1 - (x-b.rise-b.hold)/b.fall
	if b.form == smooth {
		return left * left
	}
	return left
}

// climb is the share of the height at a share of the rise.
func (f burstForm) climb(x float64) float64 {
	switch f {
	case smooth:
		return x * x * (3 - 2*x)
	case doubling:
		return math.Exp2(math.Ceil(math.Log2(math.Max(x, 1.0/32))))
	}
	return x
}

func (b *burst) end() float64 { return b.at + b.rise + b.hold + b.fall }

// opening is a peak of memory while a process starts.
type opening struct {
	height     float64 // median
	sigma      float64
	rise, hold float64 // seconds
	fall       float64
}

// version is what a rollout brings.
type version struct {
	at     float64 // 0 for the first
	base   float64 // factor of the base
	growth float64 // factor of what grows
}

// demand is what one pod's container would use if memory had no end. Everything random in it is drawn beforehand or by
// the clock, so that the same demand can be met by different limits.
type demand struct {
	load      loadTrack
	share     float64 // of the load that this pod takes
	base      float64
	warmFrom  float64 // share of the base at the start
	warmTau   float64
	warmSteps float64 // stairs of the warm-up; 0 for a smooth one
	perLoad   float64 // bytes of requests in flight at load 1
	noise     noiseShape
	growths   []growth
	heap      *heap
	bursts    []burst
	opening   *opening
	tmpfs     *growth // survives restarts of the container
	tmpfsKept bool
	fileMax   float64 // page cache
	fileTau   float64
	fileAlive float64 // share of it that is active
	kernel    float64 // bytes
	versions  []version
	cpu       float64 // cores at load 1
	receive   float64 // bytes a second at load 1
	read      float64
	sockets   float64
}

// noiseShape is how memory wavers.
type noiseShape struct {
	sigma float64 // share of the base
	tau   float64 // seconds
	heavy bool    // tails of Student's t with four degrees, instead of normal
}

// risen is how much of a slowing rise is done after x.
func risen(x, tau float64) float64 {
	if x > 40*tau {
		return 1
	}
	return 1 - math.Exp(-x/tau)
}

// version returns the version that a life started at s runs.
func (d *demand) version(s float64) version {
	v := version{base: 1, growth: 1}
	for _, w := range d.versions {
		if s >= w.at {
			v = w
		}
	}
	return v
}

// process is one life of a container.
type process struct {
	d       *demand
	started float64
	v       version
	work    float64 // seconds of work done
	peak    float64 // of this start
}

// need returns what the process would use at t under a limit; wave is the noise of the moment.
func (p *process) need(t, limit, wave float64, bursts []burst) use {
	d, age := p.d, t-p.started
	load := d.load.at(t) * d.share
	warm := risen(age, d.warmTau)
	if d.warmSteps > 0 {
		warm = math.Min(1, math.Ceil(warm*d.warmSteps)/d.warmSteps)
	}
	on := math.Min(1, age/minute)
	base := d.base * p.v.base
	u := use{
		rss:     base*(d.warmFrom+(1-d.warmFrom)*warm) + d.perLoad*load*on,
		kernel:  d.kernel,
		cpu:     d.cpu*load*on + 0.01,
		receive: d.receive * load * on,
		read:    d.read,
		sockets: 3 + d.sockets*load*on,
	}
	u.rss *= 1 + wave
	for i := range d.growths {
		g := &d.growths[i]
		if p.started < g.from {
			continue
		}
		w := age
		if g.byLoad {
			w = p.work
		}
		v := g.curve(w) * p.v.growth
		u.rss += v
		if g.leak {
			u.leaked += v
		}
	}
	if d.heap != nil {
		w := age
		if d.heap.byLoad {
			w = p.work
		}
		u.rss += d.heap.at(w, limit)
	}
	if o := d.opening; o != nil && age < o.rise+o.hold+o.fall {
		b := burst{at: p.started, rise: o.rise, hold: o.hold, fall: o.fall}
		u.rss += p.peak * b.shape(t)
		u.cpu += b.shape(t)
	}
	p.addBursts(&u, t, math.Min(1, age/20), bursts)
	file := d.fileMax * risen(age, d.fileTau)
	u.active, u.inactive = file*d.fileAlive, file*(1-d.fileAlive)
	return u
}

// addBursts adds what the bursts that stand at t need; on is how far the process is up.
func (p *process) addBursts(u *use, t, on float64, bursts []burst) {
	for i := range bursts {
		b := &bursts[i]
		s := b.shape(t) * on
		if s <= 0 {
			continue
		}
		if b.shm {
			u.shm += b.height * s
		} else {
			u.rss += b.height * s
		}
		u.cpu += b.cpu * math.Min(1, s+0.3)
		u.sockets += b.sockets * s
		if !b.readRising {
			u.receive += b.receive * s
			u.read += b.read * s
		} else if t < b.at+b.rise {
			u.receive += b.receive
			u.read += b.read
		}
	}
}
