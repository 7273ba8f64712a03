package simulate

import (
	"math"
	"testing"
)

// measured runs a demand for so long and returns what was measured of it.
func measured(d *demand, s *scraping, from, to float64) *meter {
	m := newMeter(s, newDice(3, 2), 1_700_000_000_000, from)
	r := &replica{seed: 1, d: d}
	run := r.prepare(0, under(gib), m)
	m.podOf = func(l int) int { return run.trace.lives[l].pod }
	run.newPod()
	run.until(to, nil)
	return m
}

func count(m *meter) (n int) {
	for i := range m.lives {
		n += len(m.lives[i].T)
	}
	return n
}

func TestSamplesComeAsScraped(t *testing.T) {
	t.Parallel()
	for _, every := range []float64{15, 30, 60} {
		m := measured(steady(0.5*gib), &scraping{every: every, pairs: 1}, 0, day)
		s := &m.lives[0]
		if n, want := float64(len(s.T)), day/every; n < 0.9*want || n > want+1 {
			t.Errorf("every %.0f s: %.0f samples, want about %.0f", every, n, want)
		}
		for i := 1; i < len(s.T); i++ {
			if apart := float64(s.T[i]-s.T[i-1]) / 1000; apart <= 0 || apart > every+16 {
				t.Fatalf("samples %.1f s apart with a scrape each %.0f s", apart, every)
			}
		}
		if math.Mod(s.set[0], pageSize) != 0 || math.Abs(s.set[0]-0.5*gib) > 2*pageSize {
			t.Errorf("a working set of %.0f bytes", s.set[0])
		}
		if last := s.T[len(s.T)-1] - m.epoch; last >= day*1000 {
			t.Errorf("a sample from the future: %d ms", last)
		}
	}
}

func TestLostScrapesGapsAndRetention(t *testing.T) {
	t.Parallel()
	all := count(measured(steady(0.5*gib), &scraping{every: 30, pairs: 1}, 0, day))
	half := count(measured(steady(0.5*gib), &scraping{every: 30, pairs: 1, loss: 0.5}, 0, day))
	if share := float64(half) / float64(all); share < 0.45 || share > 0.55 {
		t.Errorf("%.2f of the samples are left when half of the scrapes fail", share)
	}
	m := measured(steady(0.5*gib), &scraping{every: 30, pairs: 1, gaps: [][2]float64{{6 * hour, 9 * hour}}}, 3*hour, day)
	for _, at := range m.lives[0].T {
		if h := float64(at-m.epoch) / 1000 / hour; h < 3 || h > 6.01 && h < 8.99 {
			t.Fatalf("a sample at %.2f h", h)
		}
	}
	if n := len(m.lives[0].T); math.Abs(float64(n)-18.0/24*float64(all)) > 0.02*float64(all) {
		t.Errorf("%d samples of %d are left of 18 hours", n, all)
	}
}

func TestPairsOfPrometheusSeeMore(t *testing.T) {
	t.Parallel()
	one := measured(steady(0.5*gib), &scraping{every: 60, pairs: 1}, 0, day)
	two := measured(steady(0.5*gib), &scraping{every: 60, pairs: 2}, 0, day)
	if a, b := count(one), count(two); float64(b) < 1.5*float64(a) {
		t.Errorf("%d samples of one, %d of two", a, b)
	}
	s := &two.lives[0]
	a, b := s.of(0, s.set), s.of(1, s.set)
	if n := a.Len() + b.Len(); n < len(s.T) || a.Len() < 1300 || b.Len() < 1300 {
		t.Errorf("%d and %d samples of %d", a.Len(), b.Len(), len(s.T))
	}
}

func TestCountersStartAnewWithTheContainer(t *testing.T) {
	t.Parallel()
	d := steady(0.5 * gib)
	d.cpu, d.receive = 0.5, 1000
	d.growths = []growth{{curve: func(w float64) float64 { return gib * w / hour }}}
	m := measured(d, &scraping{every: 30, pairs: 1}, 0, 2*hour)
	if len(m.lives) < 3 || len(m.pods) != 1 {
		t.Fatalf("%d lives in %d pods", len(m.lives), len(m.pods))
	}
	end := m.lives[0].cpu[len(m.lives[0].cpu)-1]
	if math.Abs(end-0.5*30*minute) > 60 || m.lives[1].cpu[0] > 60 {
		t.Errorf("CPU seconds end at %.0f and start at %.0f", end, m.lives[1].cpu[0])
	}
	net := m.pods[0].receive
	for i := 1; i < len(net); i++ {
		if net[i] < net[i-1] {
			t.Fatal("the pod's network counter fell at a restart of its container")
		}
	}
}

// Of two ends between two scrapes of kube-state-metrics only the later is ever seen.
func TestKillsHideEachOther(t *testing.T) {
	t.Parallel()
	tr := &trace{pods: []pod{{end: math.Inf(1)}}, lives: []life{{end: 100, why: killed}, {start: 112, end: 130, why: killed}, {start: 150, end: 300, why: killed}, {start: 320}},
		kills: []kill{{at: 100, life: 0}, {at: 130, life: 1}, {at: 300, life: 2}}}
	if got := seenKills([]float64{60, 140, 220, 400}, tr, 500); len(got) != 2 || got[0] != 1 || got[1] != 2 {
		t.Errorf("saw %v", got)
	}
	if got := seenKills([]float64{60, 105, 140, 220, 400}, tr, 500); len(got) != 3 {
		t.Errorf("with a scrape between them: saw %v", got)
	}
	if got := seenKills(nil, tr, 500); len(got) != 0 {
		t.Errorf("without kube-state-metrics: saw %v", got)
	}
}

func TestRateIsPrometheus(t *testing.T) {
	t.Parallel()
	// Samples each minute from 0 to 240 s of a counter that rises by 2 a second from 1000, seen over (−30 s, 270 s].
	var at []int64
	var v []float64
	for s := int64(0); s <= 240; s += 60 {
		at, v = append(at, s*1000), append(v, 1000+2*float64(s))
	}
	if got := extrapolated(at, v, -30_000, 270_000); math.Abs(got-2) > 1e-9 {
		t.Errorf("rate %.3f, want 2", got)
	}
	// Far from the edges it is carried on by half a distance alone.
	if got, want := extrapolated(at, v, -200_000, 400_000), 480.0*(240+60)/240/600; math.Abs(got-want) > 1e-9 {
		t.Errorf("rate %.3f, want %.3f", got, want)
	}
}
