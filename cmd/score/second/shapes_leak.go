package second

import "math"

// leak gathers what is never given back: amount says how much in one step.
func leak(amount func(m *moment) float64, grain float64) part {
	held := 0.0
	return func(m *moment, u *usage) {
		held += amount(m)
		m.leaked += held
		if grain > 0 { // a runtime takes memory in larger pieces
			u.anon += math.Ceil(held/grain) * grain
			return
		}
		u.anon += held
	}
}

// perRequest leaks with the traffic.
func perRequest(bytes float64) func(m *moment) float64 {
	return func(m *moment) float64 { return bytes * m.rate * m.dt }
}

// stairs leak at each run of a schedule, every so many seconds.
func stairs(b birth, bytes, every float64) func(m *moment) float64 {
	return func(m *moment) float64 {
		if math.Floor(m.t/every) == math.Floor((m.t-m.dt)/every) || m.age < m.dt {
			return 0
		}
		return bytes * b.d.in(0.7, 1.3)
	}
}

// room draws where a leak starts, and returns the base and the bytes a second that reach the limit in about life seconds.
func (a *author) room(life float64) (base func(b birth) []part, rate float64) {
	floor, load := a.in(0.25, 0.6), a.mag(0.01, 0.08)
	return a.base((floor-load)*a.L, load*a.L), (1 - floor - 0.02) * a.L / life
}

// leakLife is how long a leaking container lives, and gradualLife one that gathers over days.
func (a *author) leakLife() float64    { return a.mag(45*minute, 16*hour) }
func (a *author) gradualLife() float64 { return a.mag(3*day, 13*day) }

var leakShapes = []shape{
	{"per request, with the day's traffic", func(a *author) {
		a.p.keep.load = true
		base, rate := a.room(a.leakLife())
		a.with(base, func(birth) []part { return []part{leak(perRequest(rate), 0)} })
	}},
	{"stairs: a schedule leaves something each time", func(a *author) {
		life := a.mag(2*hour, 18*hour)
		every := pick(a.draw, 5*minute, 10*minute, 15*minute, 30*minute)
		for every*8 > life {
			every /= 2
		}
		base, rate := a.room(life)
		a.with(base, func(b birth) []part { return []part{leak(stairs(b, rate*every, every), 0)} })
	}},
	{"the heap grows by a piece after each full collection", func(a *author) {
		a.p.keep.load = true
		base, rate := a.room(a.leakLife())
		grain := a.in(0.025, 0.06) * a.L
		a.with(base, func(birth) []part { return []part{leak(perRequest(rate), grain)} })
	}},
	{"within minutes", func(a *author) {
		a.p.step, a.p.long = 2, 2*day
		life := a.mag(4*minute, 40*minute)
		base, rate := a.room(life)
		a.p.minKills = 2
		a.with(base, func(birth) []part { return []part{leak(func(m *moment) float64 { return rate * m.dt }, 0)} })
	}},
	{"a worker process leaks and is killed alone", func(a *author) {
		a.p.keep.load = true
		a.p.child = true
		a.bare("ghcr.io/acme/"+a.p.name+":4.2", "gunicorn", "--workers", "1", "app.wsgi")
		base, rate := a.room(a.leakLife())
		a.with(base, func(birth) []part { return []part{leak(perRequest(rate), 0)} })
	}},
	{"outside of a Java heap that has its place", func(a *author) {
		a.p.keep.load = true
		a.java("-Xms"+megas(0.2*a.L), "-Xmx"+megas(a.in(0.3, 0.45)*a.L))
		base, rate := a.room(a.leakLife())
		a.with(base, func(birth) []part { return []part{leak(perRequest(rate), 0)} })
	}},
	{"in one replica alone, which serves another kind of client", func(a *author) {
		a.p.keep.load = true
		a.n = max(a.n, 2+a.IntN(3))
		bad := a.IntN(a.n)
		base, rate := a.room(a.leakLife())
		a.with(base, func(b birth) []part {
			if b.replica != bad {
				return nil
			}
			return []part{leak(perRequest(rate), 0)}
		})
	}},
	{"since a release, at another rate", func(a *author) {
		a.p.keep.load = true
		life := a.mag(90*minute, 16*hour)
		base, rate := a.room(life)
		early := pick(a.draw, 0, 0, 0.04, 0.2)
		at := a.in(1, 6) * math.Max(life, 8*hour)
		a.p.since = math.Min(at, 12*day)
		a.p.rollouts = []float64{a.p.since}
		a.p.minKills = 1
		a.with(base, func(b birth) []part {
			r := rate
			if b.version == 0 {
				r *= early
			}
			return []part{leak(perRequest(r), 0)}
		})
	}},
	{"below strong traffic", func(a *author) {
		life := a.mag(9*hour, 20*hour)
		floor, load := a.in(0.2, 0.4), a.in(0.08, 0.16)
		rate := (1 - floor - load) * a.L / life
		a.with(a.base(floor*a.L, load*a.L), func(birth) []part { return []part{leak(func(m *moment) float64 { return rate * m.dt }, 0)} })
	}},
}

var gradualShapes = []shape{
	{"a little all the time", func(a *author) {
		base, rate := a.room(a.gradualLife())
		a.with(base, func(birth) []part { return []part{leak(func(m *moment) float64 { return rate * m.dt }, 0)} })
	}},
	{"with the traffic of the week", func(a *author) {
		a.p.keep.load = true
		base, rate := a.room(a.gradualLife())
		a.habits.days[5], a.habits.days[6] = a.in(0.2, 0.5), a.in(0.2, 0.5)
		a.with(base, func(birth) []part { return []part{leak(perRequest(rate), 0)} })
	}},
	{"each night's run leaves something", func(a *author) {
		life := a.mag(5*day, 16*day)
		base, rate := a.room(life)
		a.with(base, func(b birth) []part { return []part{leak(stairs(b, rate*day, day), 0)} })
	}},
	{"pieces that cannot be given back", func(a *author) {
		life := a.gradualLife()
		base, rate := a.room(life)
		power := a.in(0.85, 0.97)
		a.with(base, func(birth) []part {
			return []part{func(m *moment, u *usage) {
				held := rate * life * math.Pow(m.age/life, power)
				m.leaked += held
				u.anon += held
			}}
		})
	}},
	{"in one replica alone", func(a *author) {
		a.p.keep.load = true
		a.n = max(a.n, 2+a.IntN(3))
		bad := a.IntN(a.n)
		base, rate := a.room(a.gradualLife())
		a.with(base, func(b birth) []part {
			if b.replica != bad {
				return nil
			}
			return []part{leak(perRequest(rate), 0)}
		})
	}},
	{"in larger pieces", func(a *author) {
		a.p.keep.load = true
		base, rate := a.room(a.gradualLife())
		grain := a.in(0.015, 0.04) * a.L
		a.with(base, func(birth) []part { return []part{leak(perRequest(rate), grain)} })
	}},
	{"over three weeks", func(a *author) {
		a.p.keep.load = true
		base, rate := a.room(a.in(17*day, 23*day))
		a.with(base, func(birth) []part { return []part{leak(perRequest(rate), 0)} })
	}},
}
