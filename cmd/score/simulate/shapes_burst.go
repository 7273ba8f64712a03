package simulate

import "math"

// scatter adds bursts that come at random, mean seconds apart.
func (b *builder) scatter(mean float64, make func(at float64) burst) {
	for t := b.wait(mean); t < horizon+future; t += b.wait(mean) {
		b.d.bursts = append(b.d.bursts, make(t))
	}
}

// tall draws a height around median: log-normal, or with the heavier tail of Pareto's law in held-out cases.
func (b *builder) tall(median, sigma float64) float64 {
	if !b.held {
		return b.logNormal(median, sigma)
	}
	alpha := 1.1 / sigma // about the same spread
	return math.Min(3*median, b.pareto(median*math.Pow(0.5, 1/alpha), alpha))
}

// spike is a sudden need, now and then: a rush of traffic or one expensive query.
func (b *builder) spike() {
	L, d := b.p.limit, b.d
	d.base = b.between(0.25, 0.55) * L
	room := L - d.base - d.perLoad
	mean := b.scale(0.7*day, 6*day)
	median := room * b.between(0.65, 1)
	b.p.shape = one(b.dice, "traffic", "query")
	traffic := b.p.shape == "traffic"
	b.scatter(mean, func(at float64) burst {
		h := b.tall(median, 0.35)
		s := burst{at: at, rise: b.scale(1, 15), hold: b.scale(10, 90), fall: b.scale(3, 40), height: h, cpu: b.between(0.5, 2)}
		if traffic {
			s.receive, s.sockets, s.cpu = d.receive*b.between(3, 10), d.sockets*b.between(2, 8), d.cpu*b.between(2, 6)
			s.hold, s.fall = b.scale(20, 150), b.scale(10, 120)
		}
		return s
	})
	b.mine = !traffic
	b.mayKillChildren()
}

// concurrency is many requests at a time: memory follows them up and down.
func (b *builder) concurrency() {
	L, d := b.p.limit, b.d
	d.base, d.perLoad = b.between(0.2, 0.45)*L, b.between(0.06, 0.18)*L
	b.load.season = b.between(0.3, 0.7)
	room := L - d.base - d.perLoad*(1+b.load.season)
	median := room * b.between(0.45, 0.75)
	perDay := b.scale(1, 6)
	b.p.shape = one(b.dice, "rush", "waves")
	rise, hold := [2]float64{minute, 8 * minute}, [2]float64{2 * minute, 25 * minute}
	if b.p.shape == "waves" { // shorter and more of them
		rise, hold, perDay = [2]float64{25, 2 * minute}, [2]float64{40, 5 * minute}, perDay*3
		median *= 0.85
	}
	for t := b.wait(day / perDay / 3); t < horizon+future; t += b.wait(day / perDay / 3) {
		// Rushes come when the day is busy.
		if w := b.load; b.Float64() > math.Pow((1+w.season*math.Cos(2*math.Pi*(math.Mod(t/hour-w.peakAt, 24))/24))/(1+w.season), 3) {
			continue
		}
		h := b.tall(median, 0.3)
		k := h / median
		d.bursts = append(d.bursts, burst{at: t, rise: b.scale(rise[0], rise[1]), hold: b.scale(hold[0], hold[1]), fall: b.scale(minute, 8*minute), height: h,
			receive: d.receive * k * b.between(2, 5), sockets: d.sockets * k * b.between(2.5, 6), cpu: d.cpu * k * b.between(1.5, 4)})
	}
	b.mayKillChildren()
}

// largeFile reads files into memory.
func (b *builder) largeFile() {
	L, d := b.p.limit, b.d
	d.base = b.between(0.2, 0.45) * L
	room := L - d.base - d.perLoad
	median := room * b.between(0.4, 0.75)
	times := b.between(1, 2.2) // bytes held for each byte of the file
	upload := b.chance(0.4)
	again := b.chance(0.5)
	b.mine = true
	file := func(at float64) burst {
		h := b.tall(median, 0.4)
		s := burst{at: at, rise: b.scale(50, 10*minute), hold: b.scale(5, 90), fall: b.scale(1, 12), height: h, cpu: b.between(0.4, 1), readRising: true, again: again}
		if rate := h / times / s.rise; upload {
			s.receive = rate
		} else {
			s.read = rate
		}
		return s
	}
	if b.p.shape = one(b.dice, "any time", "every night"); b.p.shape == "any time" {
		b.scatter(day/b.scale(1, 12), file)
	} else {
		at := b.between(0, 24) * hour
		n := 1 + b.IntN(3)
		for k := range int((horizon+future)/day) + 1 {
			for i := range n {
				d.bursts = append(d.bursts, file(float64(k)*day+at+float64(i)*b.between(13*minute, 40*minute)))
			}
		}
	}
	if upload {
		b.p.shape += ", uploaded"
	}
	b.mayKillChildren()
}

// mayKillChildren makes some programs lose a process where others die.
func (b *builder) mayKillChildren() {
	if b.chance(0.06) {
		b.children = true
		b.p.shape += ", child"
	}
}
