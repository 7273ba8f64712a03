package second

import (
	"math"

	"github.com/oomedic/oomedic/cmd/score/simulate"
)

// page is what memory is counted in.
const page = 4096

// scrapes are how Prometheus takes samples.
type scrapes struct {
	every     float64 // seconds
	pairs     int
	fails     float64 // share of the time in which scrapes fail, in runs of some
	outages   [][2]float64
	retention float64
	state     float64 // seconds between scrapes of kube-state-metrics, 0 without
	missing   simulate.Missing
}

// newScrapes draws them for a workload that is looked at now.
func newScrapes(d draw, p *plan, rough bool, now float64) scrapes {
	s := scrapes{every: pick(d, 15.0, 20, 30, 30, 45, 60), pairs: pick(d, 1, 1, 1, 2), fails: d.in(0, 0.004), retention: pick(d, 30.0, 30, 30, 15, 15, 10, 7) * day,
		state: pick(d, 15.0, 30, 30, 45, 60)}
	longest, n := 20*minute, d.IntN(2)
	if rough {
		s.every, s.pairs, s.fails = pick(d, 30.0, 60, 60, 90, 120), 1, d.in(0.01, 0.1)
		s.retention = pick(d, 30.0, 15, 10, 10) * day
		longest, n = 8*hour, 1+d.IntN(3)
		if s.state = pick(d, 30.0, 60, 60); d.yes(0.15) {
			s.state = 0
		}
	}
	if p.keep.often {
		s.every = math.Min(s.every, 30)
		if rough {
			s.every = 60
		}
	}
	s.missing = s.lack(d, p.keep, rough)
	from := math.Max(0, now-s.retention)
	for range n { // Prometheus was down, or the node was out of its reach
		at := d.in(from, now)
		s.outages = append(s.outages, [2]float64{at, at + math.Min((now-from)/6, d.mag(4*minute, longest))})
	}
	return s
}

// lack draws what nobody scrapes. Reads are often missing alone (cAdvisor has none on many hosts with cgroup v2), and
// so is the network of pods that use the host's.
func (s *scrapes) lack(d draw, k keeps, rough bool) simulate.Missing {
	var m simulate.Missing
	few := 1.0
	if rough {
		few = 3
	}
	m.Load = d.yes(0.2*few) && rough && !k.load
	m.Parts = d.yes(0.1*few) && rough && !k.parts
	m.Limit = d.yes(0.06 * few)
	m.Reads = d.yes(0.1*few) && !k.reads
	m.Process = d.yes(0.07*few) && !k.process
	m.Network = d.yes(0.05*few) && !k.network
	return m
}

// down reports whether nothing was scraped at t.
func (s *scrapes) down(t float64) bool {
	for _, o := range s.outages {
		if t >= o[0] && t < o[1] {
			return true
		}
	}
	return false
}

// times are when kube-state-metrics was scraped.
func (s *scrapes) times(d draw, from, to float64) []float64 {
	if s.state == 0 {
		return nil
	}
	var out []float64
	for t := from + d.in(0, s.state); t < to; t += s.state {
		if !s.down(t) && !d.yes(s.fails) {
			out = append(out, t)
		}
	}
	return out
}

// observer watches one replica as cAdvisor does, and stores what each Prometheus fetches of it.
type observer struct {
	s     *scrapes
	d     draw
	epoch int64
	from  float64

	lives, pods [][]simulate.Sample
	life        int
	pod         int
	now         simulate.Sample // newest look
	looked      bool
	next        float64 // look
	scrape      []float64
	taken       []int64
	failing     []float64 // until when scrapes fail
	sum         simulate.Sample
}

func newObserver(s *scrapes, d draw, epoch int64, from float64) *observer {
	o := &observer{s: s, d: d, epoch: epoch, from: from, life: -1, pod: -1}
	for range s.pairs {
		o.scrape, o.taken, o.failing = append(o.scrape, from+d.in(0, s.every)), append(o.taken, 0), append(o.failing, 0)
	}
	return o
}

// see takes what a container uses from t on.
func (o *observer) see(t, dt float64, life, pod int, u *usage, set float64) {
	if life != o.life {
		// The first look comes when the kubelet finds the new cgroup.
		o.life, o.looked, o.next = life, false, t+o.d.in(0.2, 9)
		o.sum.CPU, o.sum.Read = 0, 0
		for len(o.lives) <= life {
			o.lives = append(o.lives, nil)
		}
	}
	o.enter(pod)
	o.sum.CPU += u.cpu * dt
	o.sum.Read += u.reads * dt
	o.sum.Receive += u.rx * dt
	o.pass(t, dt, func() simulate.Sample {
		return simulate.Sample{Set: pages(set), RSS: pages(u.anon), Cache: pages(u.shm + u.active + u.inactive), Active: pages(u.active), Inactive: pages(u.inactive),
			CPU: o.sum.CPU, Read: math.Floor(o.sum.Read), Sockets: math.Round(u.sockets), Threads: math.Round(u.threads)}
	})
}

// idle takes what a pod without a container holds.
func (o *observer) idle(t, dt float64, pod int, tmpfs float64) {
	if o.life >= 0 {
		o.life, o.looked, o.next = -1, false, t
	}
	o.enter(pod)
	o.pass(t, dt, func() simulate.Sample { return simulate.Sample{Cache: pages(tmpfs)} })
}

func (o *observer) enter(pod int) {
	if pod == o.pod {
		return
	}
	o.pod, o.sum.Receive = pod, 0
	for len(o.pods) <= pod {
		o.pods = append(o.pods, nil)
	}
}

// pass looks and scrapes what falls between t and t+dt, in order.
func (o *observer) pass(t, dt float64, look func() simulate.Sample) {
	if t < o.from {
		return
	}
	end := t + dt
	for {
		at, who := end, -1
		if o.next < at {
			at, who = math.Max(t, o.next), 99
		}
		for i := range o.scrape {
			for o.scrape[i] < t {
				o.scrape[i] += o.s.every
			}
			if o.scrape[i] < at {
				at, who = o.scrape[i], i
			}
		}
		switch who {
		case -1:
			return
		case 99:
			o.now, o.looked = look(), true
			o.now.At, o.now.Receive = o.epoch+int64(at*1000), math.Floor(o.sum.Receive)
			// cAdvisor adds up to its interval at random to its interval of ten seconds.
			o.next = at + 10*(1+o.d.Float64())
		default:
			// A scrape takes some time, which shifts no other.
			o.scrape[who] += o.s.every
			o.take(who, at)
		}
	}
}

// take lets Prometheus number who store the newest look.
func (o *observer) take(who int, at float64) {
	if at >= o.failing[who] && o.d.yes(o.s.fails/3) {
		o.failing[who] = at + 3*o.s.every*o.d.ExpFloat64()
	}
	if !o.looked || at < o.failing[who] || o.s.down(at) || o.now.At <= o.taken[who] {
		return
	}
	o.taken[who] = o.now.At
	one := o.now
	one.By = 1 << who
	if o.life >= 0 {
		o.lives[o.life] = put(o.lives[o.life], one)
	}
	o.pods[o.pod] = put(o.pods[o.pod], one)
}

// put adds a sample, or notes that another Prometheus has it too.
func put(all []simulate.Sample, one simulate.Sample) []simulate.Sample {
	if n := len(all); n > 0 && all[n-1].At == one.At {
		all[n-1].By |= one.By
		return all
	}
	return append(all, one)
}

func pages(v float64) float64 { return math.Floor(v/page) * page }
