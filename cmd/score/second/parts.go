package second

import "math"

// resident is what the program needs when it does nothing. It comes in steps as modules load, over warm seconds.
func resident(b birth, bytes, warm float64) part {
	n := float64(b.d.whole(2, 6))
	return func(m *moment, u *usage) {
		f := 1.0
		if m.age < warm {
			f = 0.35 + 0.65*(math.Floor(n*m.age/warm)+0.5)/n*0.98
		}
		u.anon += bytes * f
	}
}

// busy is what ordinary requests hold, and what the program tells of its work.
func busy(bytes float64, s signals) part {
	return func(m *moment, u *usage) {
		u.anon += bytes * m.rate
		s.tell(m, u, m.rate)
	}
}

// signals are what a unit of traffic shows beside memory.
type signals struct{ cpu, rx, reads, sockets, threads float64 }

// newSignals draws them.
func newSignals(d draw) signals {
	return signals{cpu: d.mag(0.03, 1.5), rx: d.mag(4e3, 5e6), reads: d.mag(0.5, 2e4), sockets: float64(d.whole(8, 220)), threads: float64(d.whole(6, 60))}
}

// tell adds the signals of rate times the usual traffic. Connections come from pools, so that they follow it little.
func (s signals) tell(m *moment, u *usage, rate float64) {
	wobble := 1 + 0.06*(m.d.Float64()-0.5)
	u.cpu += s.cpu * (0.08 + 0.92*rate) * wobble
	u.rx += s.rx * rate * wobble
	u.reads += s.reads * (0.5 + m.d.Float64())
	u.sockets += s.sockets * (0.75 + 0.25*math.Min(rate, 3))
	u.threads += s.threads
}

// wander moves all anonymous memory a little to and fro: sigma is its deviation as a share, tau how long it lasts.
func wander(sigma, tau float64, tails bool) part {
	x := 0.0
	return func(m *moment, u *usage) {
		n := m.d.NormFloat64()
		if tails {
			n = (m.d.ExpFloat64() - m.d.ExpFloat64()) / math.Sqrt2 // Laplace
		}
		k := math.Min(1, m.dt/tau)
		x += -k*x + math.Sqrt(2*k-k*k)*sigma*n
		u.anon *= 1 + math.Max(-0.5, x)
	}
}

// files are what the kernel keeps of files: logs that are rotated, and data that is read again and again.
type files struct {
	log, rotate float64 // bytes a second, bytes at which a log is deleted
	hot         float64 // bytes that stay active
	kernel      float64
}

// newFiles draws them for a limit.
func newFiles(d draw, limit float64) files {
	return files{log: d.mag(0.5, 400) * kib, rotate: d.in(0.02, 0.3) * limit, hot: d.in(0, 0.04) * limit, kernel: d.mag(0.004, 0.025) * limit}
}

func (f files) part(b birth) part {
	written := b.d.Float64() * f.rotate * 0.2
	warmed := 0.0
	return func(m *moment, u *usage) {
		if written += f.log * m.rate * m.dt; written > f.rotate {
			written *= 0.1
		}
		warmed += (f.hot - warmed) * math.Min(1, m.dt/(40*minute))
		u.inactive += written
		u.active += warmed
		u.kernel += f.kernel
	}
}

// heap is the memory of a runtime that collects garbage: what is live, what was allocated since the last collection,
// and what it has taken from the kernel, which it seldom gives back.
type heap struct {
	live    func(m *moment) float64
	most    func(m *moment) float64 // of the heap
	garbage float64                 // bytes a second at ordinary traffic
	grain   float64                 // in which it grows
	lazy    float64                 // share of most that it uses before it collects everything
}

func (h heap) part() part {
	waste, taken := 0.0, 0.0
	return func(m *moment, u *usage) {
		live, most := h.live(m), h.most(m)
		waste += h.garbage * (0.2 + 0.8*m.rate) * m.dt
		if room := h.lazy*most - live; waste > room {
			waste = math.Max(0, room) * (0.05 + 0.1*m.d.Float64())
		}
		// Between two steps it may have gone through many collections: what counts is the highest.
		if used := math.Min(most, live+waste); used > taken {
			taken = math.Min(most, math.Ceil(used/h.grain)*h.grain)
		}
		u.anon += taken
	}
}

// work does the replica's jobs, one after the other. file tells what a job shows at a share of its way.
func work(b birth, does func(m *moment, u *usage, j *job, way float64)) part {
	s := b.run
	return func(m *moment, u *usage) {
		if s.doing == nil {
			if len(s.jobs) == 0 || s.jobs[0].at > m.t {
				return
			}
			j := s.jobs[0]
			s.jobs, s.doing, s.from, s.tries = s.jobs[1:], &j, math.Max(j.at, m.t), 0
		}
		since := m.t - s.from
		if since < 0 {
			return
		}
		if since > s.doing.seconds+s.doing.hold {
			s.doing = nil
			return
		}
		does(m, u, s.doing, math.Min(1, since/s.doing.seconds))
	}
}
