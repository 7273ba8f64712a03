package second

import "math"

var nodeShapes = []shape{
	{"a neighbour takes the node's memory", func(a *author) { a.shortNode(a.mag(6*hour, 4*day), a.in(0.3, 0.62)) }},
	{"without a limit", func(a *author) {
		a.shortNode(a.mag(6*hour, 4*day), a.in(0.3, 0.6))
		a.p.limit = 0
		a.p.request = pick(a.draw, 0, 0.2*a.L)
	}},
	{"requests that add up to more than there is", func(a *author) {
		a.shortNode(a.mag(hour, day), a.in(0.35, 0.6))
		a.p.request = 0.1 * a.L
		a.habits.swing = a.in(0.3, 0.5)
	}},
}

// shortNode lets the node run out of memory, while the container needs a share of its limit.
func (a *author) shortNode(apart, share float64) {
	a.p.kind = pick(a.draw, "Deployment", "DaemonSet")
	load := a.in(0.02, 0.08)
	a.p.soon = true
	for t := apart * a.in(0.2, 1); t < span; t += apart * (0.2 + a.ExpFloat64()) {
		a.p.short = append(a.p.short, t)
		if a.yes(0.25) { // and once more, before it is over
			a.p.short = append(a.p.short, t+a.in(40, 400))
		}
	}
	a.with(a.base((share-load)*a.L, load*a.L), nil)
}

// opening is a peak at the start that passes: height at its top.
func opening(b birth, height, sigma, rise, hold, fall float64) part {
	h := height * math.Exp(sigma*b.d.NormFloat64())
	return func(m *moment, u *usage) {
		switch s := m.age; {
		case s < rise:
			u.anon += h * s / rise
			u.reads += 0.6 * h / rise
			u.cpu++
		case s < rise+hold:
			u.anon += h
			u.cpu++
		case s < rise+hold+fall:
			u.anon += h * (1 - (s-rise-hold)/fall)
		}
	}
}

// starting draws a workload whose start needs about the limit, at times more and at times less.
func (a *author) starting(rise, hold, fall float64) {
	floor, load := a.in(0.25, 0.5), a.in(0.01, 0.05)
	a.p.step = 5
	a.p.minKills = 2
	height, sigma := (a.in(0.96, 1.02)-floor+load)*a.L, a.in(0.05, 0.12)
	base := a.base((floor-load)*a.L, load*a.L)
	a.roll(a.mag(10*hour, 4*day))
	a.p.keep.often = true
	a.with(base, func(b birth) []part {
		if b.version == 0 { // what was there before is smaller, so that a start that succeeds can be seen
			return []part{opening(b, 0.82*height, 0.02, rise, hold, fall)}
		}
		return []part{opening(b, height, sigma, rise, hold, fall)}
	})
}

var startupShapes = []shape{
	{"a model is loaded and unpacked", func(a *author) {
		a.bare(pick(a.draw, "ghcr.io/acme/ranker:12", "tensorflow/serving:2.18.0", "ghcr.io/acme/"+a.p.name+":5"))
		a.starting(a.mag(20, 90), a.mag(10, 60), a.mag(5, 30))
	}},
	{"an index is built", func(a *author) { a.starting(a.mag(90, 5*minute), a.mag(20, 2*minute), a.mag(10, 60)) }},
	{"everything is compiled and warmed at once", func(a *author) { a.starting(a.mag(15, 60), a.mag(60, 3*minute), a.mag(60, 4*minute)) }},
	{"migrations that a release brings", func(a *author) {
		floor, load := a.in(0.25, 0.5), a.in(0.01, 0.05)
		a.p.step = 5
		height := (a.in(0.97, 1.03) - floor + load) * a.L
		rise, hold := a.mag(30, 3*minute), a.mag(20, 2*minute)
		base := a.base((floor-load)*a.L, load*a.L)
		a.roll(a.mag(8*hour, 3*day))
		a.p.minKills = 2
		a.with(base, func(b birth) []part {
			if b.version == 0 {
				return []part{opening(b, 0.6*height, 0.1, rise, hold, 20)}
			}
			return []part{opening(b, height, 0.1, rise, hold, 20)}
		})
	}},
}
