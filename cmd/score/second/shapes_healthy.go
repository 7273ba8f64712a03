package second

import "math"

// aged lets somebody look after so many seconds at most.
func (a *author) aged(least, most float64) { a.p.long = a.mag(least, most) }

// probed makes some containers end for other reasons.
func (a *author) probed() {
	if !a.yes(0.5) {
		return
	}
	for range a.n {
		var own []float64
		for t := a.p.long * a.in(0.1, 1); t < span; t += 4 * day * (0.2 + a.ExpFloat64()) {
			own = append(own, t)
		}
		a.p.stops = append(a.p.stops, own)
	}
}

var healthyShapes = []shape{
	{"a JVM that warms up", func(a *author) {
		most := a.in(0.5, 0.7) * a.L
		a.java("-Xmx" + megas(most))
		a.collected(a.in(0.25, 0.45)*a.L, a.in(0.08, 0.14)*a.L, fixed(most))
		a.aged(8*hour, 20*day)
	}},
	{"a cache that fills to its bound", func(a *author) {
		base, free := a.caching()
		most, tau := free*a.in(0.5, 0.85), a.mag(10*minute, 20*hour)
		a.aged(math.Max(hour, 6*tau), span)
		a.probed()
		a.with(base, func(b birth) []part {
			return []part{cache(b, func(asked float64) float64 { return most * (1 - math.Exp(-asked/tau)) }, 0)}
		})
	}},
	{"days", func(a *author) {
		a.habits.swing = a.in(0.4, 0.8)
		a.aged(30*hour, span)
		a.probed()
		load := a.in(0.15, 0.3)
		a.with(a.base(a.in(0.15, 0.35)*a.L, load*a.L), nil)
	}},
	{"weeks", func(a *author) {
		a.habits.days = [7]float64{1, 1.1, 1.15, 1.2, 1.1, 0.4, 0.35}
		a.aged(8*day, span)
		load := a.in(0.15, 0.3)
		a.with(a.base(a.in(0.15, 0.35)*a.L, load*a.L), nil)
	}},
	{"releases that each need a little more or less", func(a *author) {
		a.roll(a.mag(12*hour, 4*day))
		a.aged(2*day, span)
		a.probed()
		var floors []float64
		for range 80 {
			floors = append(floors, a.in(0.35, 0.65)*a.L)
		}
		load := 0.05 * a.L
		var own []func(b birth) []part
		for _, f := range floors {
			own = append(own, a.base(f, load))
		}
		a.with(func(b birth) []part { return own[b.version%len(own)](b) }, nil)
	}},
	{"more traffic from day to day", func(a *author) {
		a.habits.growth = a.in(0.008, 0.02)
		a.aged(4*day, span)
		load := a.in(0.1, 0.25)
		a.with(a.base(a.in(0.2, 0.35)*a.L, load*a.L), nil)
	}},
	{"logs fill the page cache up to the limit", func(a *author) {
		a.aged(6*hour, span)
		a.probed()
		s, floor := newSignals(a.draw), a.in(0.25, 0.5)*a.L
		f := files{log: a.L / a.mag(20*minute, 20*hour) / 1, rotate: a.in(0.4, 1.5) * a.L, hot: a.in(0.02, 0.3) * a.L, kernel: 0.01 * a.L}
		a.with(func(b birth) []part { return []part{resident(b, floor, 40), busy(0.04*a.L, s), f.part(b)} }, nil)
	}},
	{"work at fixed hours", func(a *author) {
		a.aged(2*day, span)
		a.probed()
		base, _ := a.filing()
		every, height := pick(a.draw, hour, 6*hour, day), a.in(0.15, 0.4)*a.L
		r := reading{reads: 1, cpu: 0.5, cached: 0.3}
		for range a.n {
			var own []job
			for t := every * a.Float64(); t < span+after; t += every {
				own = append(own, job{at: t, bytes: height * a.around(1, 0.08), seconds: a.mag(2*minute, 15*minute), hold: a.mag(20, 4*minute)})
			}
			a.p.jobs = append(a.p.jobs, own)
		}
		a.with(base, func(b birth) []part { return []part{r.part(b)} })
	}},
	{"quiet", func(a *author) {
		a.aged(20*minute, span)
		a.probed()
		a.with(a.base(a.in(0.1, 0.85)*a.L, 0.03*a.L), nil)
	}},
}
