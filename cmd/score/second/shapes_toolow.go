package second

import "github.com/oomedic/oomedic/cmd/score/simulate"

// tooLowShapes need in ordinary times about what the limit is.
var tooLowShapes = []shape{
	{"tight: the plateau lies at the limit", func(a *author) {
		share := a.in(0.9, 0.975)
		load := a.in(0.01, 0.05)
		a.habits.swing = a.in(0.1, 0.4)
		a.with(a.base((share-load)*a.L, load*a.L), nil)
		a.p.minKills = 2
	}},
	{"a release needs more", func(a *author) {
		old, fresh, load := a.in(0.5, 0.72), a.in(0.925, 0.985), a.in(0.01, 0.03)
		at := a.mag(6*hour, 14*day)
		a.p.rollouts = []float64{at}
		before, now := a.base((old-load)*a.L, load*a.L), a.base((fresh-load)*a.L, load*a.L)
		a.habits.swing = a.in(0.1, 0.35)
		a.with(func(b birth) []part {
			if b.version == 0 {
				return before(b)
			}
			return now(b)
		}, nil)
		a.p.minKills = 2
	}},
	{"one shard has more data than the others", func(a *author) {
		a.database()
		a.n = max(a.n, 2+a.IntN(4))
		top := a.in(0.93, 0.98)
		load := a.in(0.01, 0.04)
		big := a.IntN(a.n)
		a.habits.swing = a.in(0.1, 0.3)
		var own []func(b birth) []part
		for i := range a.n {
			share := a.in(0.45, 0.8)
			if i == big {
				share = top
			}
			own = append(own, a.base((share-load)*a.L, load*a.L))
		}
		a.with(func(b birth) []part { return own[b.replica](b) }, nil)
		a.p.minKills = 2
	}},
	{"the top of an ordinary day reaches the limit", func(a *author) {
		load := a.in(0.12, 0.22)
		a.habits.swing, a.habits.rough = a.in(0.35, 0.55), a.in(0.015, 0.04)
		floor := a.in(0.97, 1.0) - load*(1+0.9*a.habits.swing)
		a.with(a.base(floor*a.L, load*a.L), nil)
		a.p.minKills = 2
	}},
	{"more users from week to week", func(a *author) {
		a.habits.growth = a.in(0.02, 0.06)
		a.habits.swing, a.habits.rough = a.in(0.1, 0.3), a.in(0.015, 0.04)
		load := a.in(0.15, 0.35)
		floor := a.in(0.86, 0.93) - load*(1+a.habits.swing)
		a.with(a.base(floor*a.L, load*a.L), nil)
		a.p.minKills = 3
	}},
	{"somebody lowered the limit", func(a *author) {
		share, load := a.in(0.92, 0.975), a.in(0.01, 0.04)
		at := a.mag(8*hour, 15*day)
		a.p.limits = []simulate.LimitUntil{{Until: at, Bytes: a.L * a.in(1.2, 2)}}
		a.p.rollouts = []float64{at}
		a.habits.swing = a.in(0.1, 0.4)
		a.with(a.base((share-load)*a.L, load*a.L), nil)
		a.p.minKills = 2
	}},
}
