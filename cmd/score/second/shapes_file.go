package second

import "math"

// reading is how a job on a file shows: bytes that are read or received, and what stays in the page cache of it.
type reading struct {
	reads, rx, cached float64 // as shares of what the job needs in all
	late              float64 // share of its way before memory is needed
	cpu               float64
}

// handled makes jobs of files.
func (r reading) part(b birth) part {
	cached := 0.0
	run := work(b, func(m *moment, u *usage, j *job, way float64) {
		own := math.Max(0, (way-r.late)/(1-r.late))
		u.anon += j.bytes * own
		if way < 1 {
			u.reads += r.reads * j.bytes / j.seconds
			u.rx += r.rx * j.bytes / j.seconds
			u.cpu += r.cpu
			cached = math.Max(cached, r.cached*j.bytes*way)
		}
	})
	return func(m *moment, u *usage) {
		run(m, u)
		cached *= 1 - math.Min(1, m.dt/(2*hour))
		u.inactive += cached * 0.8
		u.active += cached * 0.2
	}
}

// filing draws the base of a workload that handles files, and a draw of their sizes.
func (a *author) filing() (base func(b birth) []part, size func() float64) {
	floor, load := a.in(0.15, 0.45), a.in(0.01, 0.05)
	// Beside a file the ordinary traffic is little, so that the file can be seen in it.
	a.quiet.rx, a.quiet.sockets, a.quiet.threads = 2e4, 100, 40
	base = a.base((floor-load)*a.L, load*a.L)
	free, middle := (0.97-floor)*a.L, a.in(0.4, 0.75)
	return base, func() float64 {
		if a.held {
			return free * math.Min(2, 0.2+a.weibull(0.5, 0.9))
		}
		return free * math.Min(2, a.around(middle, 0.45))
	}
}

// slow stretches work where samples are rare, so that some are taken of it.
func (a *author) slow() float64 {
	if a.rough {
		return 2.5
	}
	return 1
}

// jobsOf draws jobs for each replica.
func (a *author) jobsOf(apart float64, next func(at float64) job) {
	for range a.n {
		var own []job
		for t := apart * a.in(0.1, 1); t < span+after; t += apart * (0.1 + a.ExpFloat64()) {
			own = append(own, next(t))
		}
		a.p.jobs = append(a.p.jobs, own)
	}
	a.p.keep = keeps{load: true, reads: true, network: true, process: true, often: true}
}

var fileShapes = []shape{
	{"an upload that is kept in memory", func(a *author) {
		base, size := a.filing()
		a.p.step = 5
		speed := a.L / a.mag(30, 6*minute)
		a.jobsOf(a.mag(4*hour, 1.5*day), func(at float64) job {
			bytes := size()
			return job{at: at, bytes: bytes, seconds: a.slow() * math.Max(90, bytes/speed), hold: a.mag(5, 90)}
		})
		r := reading{rx: a.in(0.8, 1.05), cpu: a.in(0.02, 0.2), reads: 0.01}
		a.with(base, func(b birth) []part { return []part{r.part(b)} })
	}},
	{"a nightly export that is built in memory", func(a *author) {
		base, size := a.filing()
		a.n = min(a.n, 2)
		at := a.in(0, 6) * hour
		for range a.n {
			var own []job
			for day0 := 0.0; day0 < span+after; day0 += day {
				bytes := size()
				own = append(own, job{at: day0 + at + a.in(0, 300), bytes: bytes, seconds: bytes / a.L * a.mag(6*minute, 40*minute), hold: a.mag(30, 5*minute)})
			}
			a.p.jobs = append(a.p.jobs, own)
		}
		a.p.keep = keeps{load: true, reads: true, process: true}
		r := reading{reads: a.in(1, 4), cpu: a.in(0.3, 1), cached: a.in(0.3, 1)}
		a.with(base, func(b birth) []part { return []part{r.part(b)} })
	}},
	{"an image that is decoded", func(a *author) {
		base, size := a.filing()
		a.p.step = 2
		a.p.long = 12 * day
		a.jobsOf(a.mag(2*hour, 12*hour), func(at float64) job {
			return job{at: at, bytes: size(), seconds: a.slow() * a.mag(90, 240), hold: a.mag(30, 4*minute)}
		})
		r := reading{reads: a.in(0.1, 0.4), cpu: a.in(0.6, 2), late: a.in(0.05, 0.3), cached: a.in(0.1, 0.3)}
		a.p.image = pick(a.draw, a.p.image, "ghcr.io/acme/imgproxy:3.27", "ghcr.io/acme/pdf-render:12")
		a.with(base, func(b birth) []part { return []part{r.part(b)} })
	}},
	{"a file that is read into the page cache, then into memory", func(a *author) {
		base, size := a.filing()
		a.jobsOf(a.mag(8*hour, 2*day), func(at float64) job {
			return job{at: at, bytes: size(), seconds: a.mag(3*minute, 25*minute), hold: a.mag(30, 10*minute)}
		})
		r := reading{reads: a.in(1, 3), cpu: a.in(0.2, 1), late: a.in(0.35, 0.6), cached: a.in(0.8, 2)}
		a.with(base, func(b birth) []part { return []part{r.part(b)} })
	}},
	{"an import whose file has grown", func(a *author) {
		a.p.kind, a.n = "Job", 1
		a.p.rollouts = nil
		a.bare("ghcr.io/acme/"+a.p.name+":1.9", "python", "/srv/import.py", "--file", "/data/daily.parquet")
		base, size := a.filing()
		apart := a.mag(40*minute, 6*hour)
		var own []job
		for t, n := a.in(5, 30)*minute, 0; t < span+after; t, n = t+apart, n+1 {
			own = append(own, job{at: t, bytes: size() * math.Min(1.4, 0.7+0.04*float64(n)), seconds: a.mag(4*minute, 20*minute), hold: a.mag(10, 60)})
		}
		a.p.jobs = [][]job{own}
		a.p.keep = keeps{load: true, reads: true, process: true}
		r := reading{reads: a.in(1, 3), cpu: a.in(0.5, 1), cached: a.in(0.3, 0.8)}
		a.with(base, func(b birth) []part { return []part{r.part(b)} })
	}},
}
