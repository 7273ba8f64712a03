package simulate

import (
	"math"
	"slices"

	"github.com/oomedic/oomedic/data"
)

// pageSize is what memory is counted in.
const pageSize = 4096

// Condition says how well a case is measured.
type Condition string

// Clean has short losses only. Degraded has gaps, noise, long scrape intervals and metrics that are not scraped.
const (
	Clean    Condition = "clean"
	Degraded Condition = "degraded"
)

// scraping is how Prometheus sees a workload.
type scraping struct {
	every     float64 // seconds between scrapes
	pairs     int     // replicas of Prometheus
	loss      float64 // share of scrapes that fail
	gaps      [][2]float64
	retention float64
	state     float64 // seconds between scrapes of kube-state-metrics; 0 when there is none
	noParts   bool    // neither RSS nor page cache
	noLoad    bool    // neither CPU, network nor disk
	noLimit   bool    // no metric has the limit
	// noNetwork, noReads and noProcess (sockets and threads) can be missing alone.
	noNetwork, noReads, noProcess bool
}

// newScraping draws it, for a case that is looked at now.
func newScraping(d dice, c Condition, now float64) scraping {
	s := scraping{every: one(d, 15.0, 30, 30, 60), pairs: one(d, 1, 1, 2), loss: d.between(0, 0.01), retention: one(d, 30.0, 30, 15, 10) * day, state: one(d, 15.0, 30, 30, 60)}
	gaps, longest := d.IntN(2), 30*minute
	if c == Degraded {
		s.every, s.pairs, s.loss = one(d, 60.0, 60, 120), 1, d.between(0.02, 0.12)
		s.retention = one(d, 30.0, 15, 10, 10) * day
		gaps, longest = 1+d.IntN(3), 6*hour
		s.noLoad, s.noParts, s.noLimit = d.chance(0.75), d.chance(0.4), d.chance(0.25)
		if s.state = 60; d.chance(0.2) {
			s.state = 0
		}
	}
	from := math.Max(0, now-s.retention)
	for range gaps {
		at := d.between(from, now)
		s.gaps = append(s.gaps, [2]float64{at, at + d.scale(10*minute, longest)})
	}
	return s
}

// down reports whether Prometheus took no samples at t.
func (s *scraping) down(t float64) bool {
	for _, g := range s.gaps {
		if t >= g[0] && t < g[1] {
			return true
		}
	}
	return false
}

// series are the samples of one container life or, with the network alone, of one pod, at the times that cAdvisor gives
// them. What is not measured of it is empty.
type series struct {
	T                                    []int64 // Unix milliseconds
	set, rss, cache, active, inactive    []float64
	cpu, read, receive, sockets, threads []float64 // cpu, read and receive are counters
	by                                   []uint8   // which of a pair of Prometheus took the sample, a bit each
}

// of returns the samples of v that Prometheus number n has, with their times.
func (s *series) of(n int, v []float64) data.Samples {
	var out data.Samples
	for i, b := range s.by {
		if b&(1<<n) != 0 {
			out.T, out.V = append(out.T, s.T[i]), append(out.V, v[i])
		}
	}
	return out
}

// reading is what cAdvisor knows at one time.
type reading struct {
	at                                int64
	set, rss, cache, active, inactive float64
	cpu, read, receive                float64
	sockets, threads                  float64
	podCache                          float64
}

// meter watches one replica as cAdvisor and Prometheus do.
type meter struct {
	s      *scraping
	dice   dice
	epoch  int64   // Unix milliseconds of time 0
	from   float64 // nothing before is kept
	look   float64 // next housekeeping
	next   []float64
	latest reading
	have   bool
	taken  []int64 // time of the newest sample that each Prometheus stored
	newest int64   // of all
	life   int     // -1 while none runs
	lives  []series
	pods   []series
	podOf  func(life int) int
	pod    int
	sum    reading // the counters so far
}

func newMeter(s *scraping, d dice, epoch int64, from float64) *meter {
	m := &meter{s: s, dice: d, epoch: epoch, from: from, life: -1, pod: -1}
	for range s.pairs {
		m.next, m.taken = append(m.next, from+d.between(0, s.every)), append(m.taken, 0)
	}
	return m
}

// see takes what a container holds in the step from t on.
func (m *meter) see(t float64, l int, u *use, set, left float64) {
	if l != m.life {
		m.life, m.have, m.look = l, false, t+m.dice.between(0, step)
		m.sum.cpu, m.sum.read = 0, 0
		for len(m.lives) <= l {
			m.lives = append(m.lives, series{})
		}
		m.inPod(m.podOf(l))
	}
	m.sum.cpu += u.cpu * step
	m.sum.read += u.read * step
	m.sum.receive += u.receive * step
	if t < m.from {
		return
	}
	at := m.scrapeUntilLook(t)
	if at < t+step {
		m.latest = reading{set: pages(set), rss: pages(u.rss), cache: pages(u.shm + u.active + u.inactive), active: pages(u.active), inactive: pages(u.inactive),
			cpu: m.sum.cpu, read: math.Floor(m.sum.read), sockets: math.Round(u.sockets), threads: math.Round(8 + 0.4*u.sockets),
			podCache: pages(u.shm + u.active + u.inactive + left)}
		m.keep(at)
	}
	m.scrape(at, t+step)
}

// idle takes what a pod without a container holds.
func (m *meter) idle(t float64, p int, left float64) {
	if m.life >= 0 {
		m.life, m.have, m.look = -1, false, t
	}
	m.inPod(p)
	if t < m.from {
		return
	}
	at := m.scrapeUntilLook(t)
	if at < t+step {
		m.latest = reading{podCache: pages(left)}
		m.keep(at)
	}
	m.scrape(at, t+step)
}

// scrapeUntilLook scrapes what falls into the step from t on before cAdvisor looks again, and returns when it does: the
// end of the step when it does not.
func (m *meter) scrapeUntilLook(t float64) float64 {
	at := math.Min(t+step, math.Max(t, m.look))
	m.scrape(t, at)
	return at
}

// inPod goes over to pod p, whose network starts at nothing.
func (m *meter) inPod(p int) {
	if p != m.pod {
		m.pod, m.sum.receive = p, 0
	}
}

// keep makes the reading the newest one, taken at t.
func (m *meter) keep(t float64) {
	m.latest.at, m.latest.receive = m.epoch+int64(t*1000), math.Floor(m.sum.receive)
	m.have = true
	m.look = t + m.dice.between(10, 15)
}

// scrape stores the newest reading where a scrape falls between from and to.
func (m *meter) scrape(from, to float64) {
	for i := range m.next {
		for m.next[i] < from {
			m.next[i] += m.s.every
		}
		if m.next[i] >= to {
			continue
		}
		m.next[i] += m.s.every
		lost := m.dice.Float64() < m.s.loss
		if !m.have || lost || m.latest.at <= m.taken[i] || m.s.down(from) {
			continue
		}
		m.taken[i] = m.latest.at
		m.store(1 << i)
	}
}

// store keeps the newest reading, or notes that another Prometheus has it too.
func (m *meter) store(by uint8) {
	r := &m.latest
	for len(m.pods) <= m.pod {
		m.pods = append(m.pods, series{})
	}
	p := &m.pods[m.pod]
	if r.at == m.newest {
		p.by[len(p.by)-1] |= by
		if m.life >= 0 {
			s := &m.lives[m.life]
			s.by[len(s.by)-1] |= by
		}
		return
	}
	m.newest = r.at
	if m.life >= 0 {
		s := &m.lives[m.life]
		s.T, s.by = append(s.T, r.at), append(s.by, by)
		s.set, s.rss, s.cache = append(s.set, r.set), append(s.rss, r.rss), append(s.cache, r.cache)
		s.active, s.inactive = append(s.active, r.active), append(s.inactive, r.inactive)
		s.cpu, s.read = append(s.cpu, r.cpu), append(s.read, r.read)
		s.sockets, s.threads = append(s.sockets, r.sockets), append(s.threads, r.threads)
	}
	p.T, p.by, p.receive, p.cache = append(p.T, r.at), append(p.by, by), append(p.receive, r.receive), append(p.cache, r.podCache)
	p.active, p.inactive = append(p.active, r.active), append(p.inactive, r.inactive)
}

// over forgets the container that ended.
func (m *meter) over(float64, int) { m.have = false }

func pages(v float64) float64 { return math.Floor(v/pageSize) * pageSize }

// stateTimes returns when kube-state-metrics was scraped from from to now.
func (s *scraping) stateTimes(d dice, from, now float64) []float64 {
	if s.state == 0 {
		return nil
	}
	var out []float64
	for t := from + d.between(0, s.state); t < now; t += s.state {
		if lost := d.Float64() < s.loss; !lost && !s.down(t) {
			out = append(out, t)
		}
	}
	return out
}

// stateDelay is how long kube-state-metrics takes to learn of an end, in seconds.
const stateDelay = 1

// seenKills returns which kills a scrape of kube-state-metrics saw before the next end hid them. times are the scrapes.
func seenKills(times []float64, tr *trace, now float64) []int {
	var out []int
	for k, one := range tr.kills {
		if one.child || one.at > now {
			continue
		}
		until := math.Min(now, tr.pods[tr.lives[one.life].pod].end)
		if next := one.life + 1; next < len(tr.lives) && tr.lives[next].why != alive && tr.lives[next].pod == tr.lives[one.life].pod {
			until = math.Min(until, tr.lives[next].end+stateDelay)
		}
		if i, _ := slices.BinarySearch(times, one.at+stateDelay); i < len(times) && times[i] < until {
			out = append(out, k)
		}
	}
	return out
}
