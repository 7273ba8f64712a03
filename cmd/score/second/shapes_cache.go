package second

import "math"

// cache keeps what was asked for: size says how many bytes are kept after so much traffic (in seconds at the ordinary
// rate), and disk a share that is read back after a restart.
func cache(b birth, size func(asked float64) float64, disk float64) part {
	asked := 0.0
	reload := 0.0
	if b.again && disk > 0 {
		reload = b.run.disk * disk
	}
	loading := b.d.in(40, 240)
	return func(m *moment, u *usage) {
		if reload > 0 && m.age < loading {
			asked = reload * m.age / loading
			u.reads += 8e6
			u.cpu += 0.5
		} else {
			asked += m.rate * m.dt
		}
		b.run.disk = asked
		u.anon += math.Max(0, size(asked))
	}
}

// caching draws the base, and what is free for the cache.
func (a *author) caching() (base func(b birth) []part, free float64) {
	floor, load := a.in(0.15, 0.4), a.in(0.01, 0.05)
	if a.yes(0.4) {
		a.bare(pick(a.draw, "redis:7.4-alpine", "bitnami/redis:7.2", "memcached:1.6", "ghcr.io/acme/"+a.p.name+":3"), pick(a.draw, [][]string{{"redis-server", "--save", ""}, nil}...)...)
	}
	return a.base((floor-load)*a.L, load*a.L), (0.98 - floor) * a.L
}

// fill draws after how many seconds a cache reaches the limit.
func (a *author) fill() float64 { return a.mag(4*hour, 6*day) }

// logarithm is the size of a cache of keys of which new ones become ever rarer: full at fill, early sets how soon it bends.
func logarithm(bytes, fill, early float64) func(asked float64) float64 {
	n0 := fill * early
	return func(asked float64) float64 { return bytes * math.Log1p(asked/n0) / math.Log1p(fill/n0) }
}

var cacheShapes = []shape{
	{"ever fewer keys are new, and none is dropped", func(a *author) {
		base, free := a.caching()
		f := logarithm(free, a.fill(), a.mag(0.02, 0.15))
		a.with(base, func(b birth) []part { return []part{cache(b, f, 0)} })
		a.p.minKills = 2
	}},
	{"its own bound lies above what the limit leaves", func(a *author) {
		base, free := a.caching()
		most, fill := free*a.in(1.015, 1.09), a.fill()
		tau := fill / math.Log(most/(most-free))
		a.with(base, func(b birth) []part {
			return []part{cache(b, func(asked float64) float64 { return most * (1 - math.Exp(-asked/tau)) }, 0)}
		})
		a.p.minKills = 2
	}},
	{"new keys by Heaps' law", func(a *author) {
		base, free := a.caching()
		power, fill := a.in(0.35, 0.55), a.fill()
		a.with(base, func(b birth) []part {
			return []part{cache(b, func(asked float64) float64 { return free * math.Pow(asked/fill, power) }, 0)}
		})
		a.p.minKills = 2
	}},
	{"it is read back from disk after a restart", func(a *author) {
		base, free := a.caching()
		a.p.kind = "StatefulSet"
		f := logarithm(free, a.fill(), a.mag(0.02, 0.12))
		back := a.in(0.2, 0.5)
		a.with(base, func(b birth) []part { return []part{cache(b, f, back)} })
		a.p.minKills = 2
	}},
	{"one that fills within minutes above one that takes days", func(a *author) {
		base, free := a.caching()
		first := a.in(0.2, 0.4)
		quick := a.mag(3*minute, 40*minute)
		f := logarithm(free*(1-first), a.fill(), a.mag(0.02, 0.12))
		a.with(base, func(b birth) []part {
			return []part{cache(b, func(asked float64) float64 { return first*free*(1-math.Exp(-asked/quick)) + f(asked) }, 0)}
		})
		a.p.minKills = 2
	}},
}
