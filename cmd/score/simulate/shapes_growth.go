package simulate

import "math"

// shapes draw what is special to each label.
var shapes = map[Label]func(*builder){}

func init() {
	shapes[TooLow], shapes[Leak], shapes[Gradual] = (*builder).tooLow, (*builder).leak, (*builder).gradual
	shapes[Cache], shapes[JVM], shapes[SharedMem] = (*builder).cache, (*builder).jvm, (*builder).sharedMemory
	shapes[Spike], shapes[Concurrency], shapes[LargeFile] = (*builder).spike, (*builder).concurrency, (*builder).largeFile
	shapes[Node], shapes[Startup], shapes[Healthy] = (*builder).node, (*builder).startup, (*builder).healthy
}

// someday returns a time for a change, leaving days before and after it.
func (b *builder) someday() float64 { return b.between(3*day, horizon-6*day) }

// tooLow is a steady need that is a little more than the limit.
func (b *builder) tooLow() {
	L, d := b.p.limit, b.d
	switch b.p.shape = one(b.dice, "season", "flat", "grazing", "step", "outgrown"); b.p.shape {
	case "season": // the daily peak is too much
		top, low := b.between(1.01, 1.2), b.between(0.4, 0.65)
		d.base, d.perLoad = low*L, (top-low)*L/(1+b.load.season)
		d.noise.sigma = b.between(0.003, 0.01)
		b.grown(0.6, 0.7)
	case "flat": // above the limit as soon as it is warm
		b.p.loops = true
		d.base, d.perLoad = b.between(1.03, 1.25)*L, 0.02*L
		d.warmFrom, d.warmTau = b.between(0.3, 0.7), b.scale(3*minute, 45*minute)
		d.warmSteps = 0
	case "grazing": // a plateau whose noise touches the limit
		d.base, d.perLoad = b.between(0.9, 0.96)*L, 0.01*L
		d.noise.sigma, d.noise.tau = b.between(0.02, 0.035), b.scale(20*minute, 4*hour)
		b.grown(0.5, 0.8)
	case "step": // a new version needs more
		at, low := b.someday(), b.between(0.55, 0.8)
		top := b.between(1.0, 1.2)
		d.base, d.perLoad = low*L, 0.03*L
		d.warmTau = b.scale(2*minute, hour)
		d.noise.sigma = b.between(0.005, 0.015)
		d.versions = []version{{base: 1, growth: 1}, {at: at, base: top / low, growth: 1}}
		b.newAt = at
	case "outgrown": // more traffic each week, memory follows it
		b.load.weekly = b.between(0.05, 0.15)
		low := b.between(0.25, 0.45)
		// The peak of the day reaches the limit some time in the month.
		cross := b.between(12*day, 26*day)
		peak := (1 + b.load.season) * (1 + b.load.weekly*cross/week)
		d.base, d.perLoad = low*L, (1-low)*L/peak
		d.noise.sigma = b.between(0.003, 0.01)
	}
	if b.held && b.p.shape == "flat" {
		d.warmSteps = float64(3 + b.IntN(6))
	}
}

// grown makes a workload, with probability p, one that needed only a share of its base before a new version came.
func (b *builder) grown(p, share float64) {
	if b.chance(p) {
		b.newAt = b.someday()
		b.d.versions = []version{{base: share, growth: 1}, {at: b.newAt, base: 1, growth: 1}}
	}
}

// endless returns a growth that reaches room after tto seconds of work.
func (b *builder) endless(room, tto float64, byLoad bool) growth {
	g := growth{byLoad: byLoad, leak: true}
	switch {
	case b.held: // a Weibull law instead of a line
		k := b.between(0.88, 1.35)
		g.curve = func(w float64) float64 { return room * math.Pow(w/tto, k) }
	case b.chance(0.25): // in chunks, as of a job that runs now and then
		chunk := tto / b.scale(12, 120)
		g.curve = func(w float64) float64 { return room * math.Floor(w/chunk) * chunk / tto }
	default:
		g.curve = func(w float64) float64 { return room * w / tto }
	}
	return g
}

// leak loses memory within hours, by the clock or with each request.
func (b *builder) leak() { b.leaking(b.scale(1.5*hour, 36*hour)) }

// gradual loses memory over days.
func (b *builder) gradual() { b.leaking(b.scale(3.5*day, 11*day)) }

func (b *builder) leaking(tto float64) {
	L, d := b.p.limit, b.d
	d.base = b.between(0.25, 0.6) * L
	byLoad := false
	switch b.p.shape = one(b.dice, "timer", "requests", "season", "native"); b.p.shape {
	case "requests":
		byLoad = true
	case "season": // memory of requests in flight swings beside the leak
		byLoad = b.chance(0.5)
		d.perLoad = b.between(0.06, 0.15) * L
		b.load.season = b.between(0.4, 0.7)
	case "native": // beside a managed heap that is well bounded
		d.base = b.between(0.1, 0.2) * L
		top := b.between(0.3, 0.45) * L
		d.heap = &heap{max: top, first: 0.3, tau: b.scale(10*minute, 2*hour), steps: 8}
		b.javaFacts(top)
	}
	used := d.base + d.perLoad*(1+b.load.season*0.5)
	if d.heap != nil {
		used += d.heap.max
	}
	d.growths = append(d.growths, b.endless(L-used, tto, byLoad))
	if b.chance(0.35) {
		b.newAt = b.between(2*day, horizon-math.Min(horizon-3*day, 6*tto+3*day))
	}
	b.maybeVolume()
}

// cache grows without bound, slower and slower, since what is asked for often is cached already.
func (b *builder) cache() {
	L, d := b.p.limit, b.d
	d.base, d.perLoad = b.between(0.2, 0.45)*L, b.between(0.01, 0.06)*L
	tto := b.scale(4*hour, 6*day)
	room := L - d.base - d.perLoad
	g := growth{byLoad: b.chance(0.7)}
	if b.p.shape = one(b.dice, "log", "heaps"); b.p.shape == "log" {
		tau := tto / b.scale(5, 60)
		if b.held {
			tau = tto / b.scale(3, 150)
		}
		c := room / math.Log1p(tto/tau)
		g.curve = func(w float64) float64 { return c * math.Log1p(w/tau) }
	} else { // Heaps' law: how many different things were asked for
		k := b.between(0.35, 0.6)
		if b.held {
			k = b.between(0.3, 0.65)
		}
		g.curve = func(w float64) float64 { return room * math.Pow(w/tto, k) }
	}
	d.growths = append(d.growths, g)
	if b.chance(0.3) {
		b.newAt = b.between(2*day, horizon-math.Min(horizon-3*day, 5*tto+2*day))
	}
}

// sharedMemory fills a tmpfs.
func (b *builder) sharedMemory() {
	L, d := b.p.limit, b.d
	d.base, d.perLoad = b.between(0.15, 0.4)*L, b.between(0.01, 0.04)*L
	room := L - d.base - d.perLoad
	b.p.facts.volumes = []string{one(b.dice, "dshm", "shm", "scratch", "tmp", "cache-volume")}
	tto := b.scale(5*hour, 4*day)
	fill := &growth{curve: func(w float64) float64 { return room * w / tto }}
	if b.held {
		k := b.between(0.7, 1.3)
		fill.curve = func(w float64) float64 { return room * math.Pow(w/tto, k) }
	}
	switch b.p.shape = one(b.dice, "kept", "cleared", "bursts"); b.p.shape {
	case "kept": // files stay over a restart and are charged to the pod
		d.tmpfs, d.tmpfsKept = fill, true
	case "cleared": // the program empties its folder when it starts
		d.tmpfs = fill
	case "bursts": // sorts and parallel queries
		b.mine = true
		b.scatter(b.scale(2*hour, 20*hour), func(at float64) burst {
			return burst{at: at, rise: b.scale(10, 150), hold: b.scale(20, 300), fall: b.scale(1, 20), height: b.tall(room*b.between(0.5, 0.75), 0.3), shm: true, cpu: 0.7}
		})
	}
}

// maybeVolume gives some workloads a small memory volume that has nothing to do with their trouble.
func (b *builder) maybeVolume() {
	if b.chance(0.07) {
		b.p.facts.volumes = []string{one(b.dice, "run", "tmp", "secrets-cache")}
	}
}
