package simulate

import (
	"math"
	"testing"
)

func TestHeldOutFormsAreOthers(t *testing.T) {
	t.Parallel()
	for n := range uint64(20) {
		for _, held := range []bool{false, true} {
			d := newPlan(newDice(n, 7), LargeFile, held, false).replicas[0].d
			for _, b := range d.bursts {
				if (b.form == straight) == held {
					t.Fatalf("held %t: a burst of form %d", held, b.form)
				}
			}
			if d.noise.heavy != held {
				t.Errorf("held %t: heavy tails %t", held, d.noise.heavy)
			}
		}
		g := newPlan(newDice(n, 7), Leak, true, false).replicas[0].d.growths[0].curve
		if ratio := g(20*hour) / g(10*hour); math.Abs(ratio-2) < 1e-6 {
			t.Errorf("a held-out leak grows in a line")
		}
	}
}

func TestGrowthEndsWhereItShould(t *testing.T) {
	t.Parallel()
	for n := range uint64(30) {
		for _, held := range []bool{false, true} {
			p := newPlan(newDice(n, 7), Leak, held, false)
			g := p.replicas[0].d.growths[0]
			if a, b := g.curve(day), g.curve(2*day); !g.leak || a <= 0 || b < 1.5*a || g.curve(100*day) < p.limit {
				t.Errorf("leak %d, held %t: %.0f after a day, %.0f after two", n, held, a, b)
			}
			c := newPlan(newDice(n, 7), Cache, held, false).replicas[0].d.growths[0]
			if a, b := c.curve(day), c.curve(2*day); c.leak || b <= a || b > 1.65*a {
				t.Errorf("cache %d, held %t: %.0f after a day, %.0f after two: it slows and never ends", n, held, a, b)
			}
		}
	}
}

func TestBurstForms(t *testing.T) {
	t.Parallel()
	for _, form := range []burstForm{straight, smooth, doubling} {
		b := burst{at: 100, rise: 50, hold: 30, fall: 20, form: form}
		last := 0.0
		for x := 100.0; x <= 150; x++ {
			v := b.shape(x)
			if v < last || v > 1 {
				t.Errorf("form %d: %.2f after %.2f at %.0f s", form, v, last, x-100)
			}
			last = v
		}
		for at, want := range map[float64]float64{99: 0, 151: 1, 179: 1, 200: 0, 250: 0} {
			if got := b.shape(at); math.Abs(got-want) > 1e-9 {
				t.Errorf("form %d: %.2f at %.0f s, want %.0f", form, got, at-100, want)
			}
		}
		if v := b.shape(190); v <= 0 || v >= 1 {
			t.Errorf("form %d: %.2f half way down", form, v)
		}
	}
}

func TestLoadHasDaysAndWeeks(t *testing.T) {
	t.Parallel()
	for _, held := range []bool{false, true} {
		l := newLoad(newDice(1, 2), held, loadShape{season: 0.6, peakAt: 14, rest: 0.5, noise: 0.01, weekly: 0.2})
		mean := func(from, to float64) float64 {
			sum, n := 0.0, 0.0
			for s := from; s < to; s += loadStep {
				sum += l.at(s)
				n++
			}
			return sum / n
		}
		if noon, night := mean(13*hour, 15*hour), mean(2*hour, 4*hour); noon < 1.8*night {
			t.Errorf("held %t: %.2f at the peak and %.2f at night", held, noon, night)
		}
		if work, rest := mean(0, 5*day), mean(5*day, 7*day); rest > 0.75*work {
			t.Errorf("held %t: %.2f on working days and %.2f on others", held, work, rest)
		}
		if first, fourth := mean(0, week), mean(3*week, 4*week); fourth < 1.25*first {
			t.Errorf("held %t: %.2f in the first week and %.2f in the fourth", held, first, fourth)
		}
		if m := mean(0, 5*day); m < 0.6 || m > 1.5 {
			t.Errorf("held %t: a mean of %.2f", held, m)
		}
	}
}
