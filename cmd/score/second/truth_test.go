package second

import (
	"math"
	"testing"

	"github.com/oomedic/oomedic/cmd/score/simulate"
)

// watcher keeps what the container used in the step before it ended.
type watcher struct {
	last map[int]usage
	low  float64
	bad  bool
	sum  map[int][]float64 // anonymous memory of each life, by step
}

func (w *watcher) see(_, _ float64, life, _ int, u *usage, set float64) {
	w.last[life] = *u
	w.sum[life] = append(w.sum[life], u.anon)
	for _, v := range []float64{u.anon, u.shm, u.kernel, u.active, u.inactive, u.cpu, u.rx, u.reads, u.sockets, u.threads, set} {
		w.low = math.Min(w.low, v)
		w.bad = w.bad || math.IsNaN(v) || math.IsInf(v, 0)
	}
}

func (w *watcher) idle(_, _ float64, _ int, tmpfs float64) { w.low = math.Min(w.low, tmpfs) }

// In the true course of every shape nothing is ever negative, and each kill has the cause that the label names.
func TestKillsHaveTheCauseThatIsNamed(t *testing.T) {
	t.Parallel()
	for _, l := range simulate.Labels {
		for n, s := range shapes[l] {
			if testing.Short() && n > 0 {
				continue
			}
			t.Run(string(l)+" "+s.name, func(t *testing.T) {
				t.Parallel()
				c := newCase(t, Dev, simulate.Degraded, l, n)
				kills := 0
				for i := range c.p.skew {
					v := &watcher{last: map[int]usage{}, sum: map[int][]float64{}}
					w := newMachine(c.p, i, c.seed, 0, c.p.limitAt, v)
					w.to(c.now, nil)
					if v.low < 0 || v.bad {
						t.Fatalf("something is %g, not a number: %t", v.low, v.bad)
					}
					for _, k := range w.out.kills {
						kills++
						cause(t, c, w, v, k)
					}
				}
				if (kills == 0) != (l == simulate.Healthy) {
					t.Errorf("%d kills", kills)
				}
			})
		}
	}
}

// cause checks one kill.
func cause(t *testing.T, c *Case, w *machine, v *watcher, k killOf) {
	t.Helper()
	life, u := &w.out.lives[k.life], v.last[k.life]
	limit := c.p.limitAt(k.at - c.p.step)
	lived := life.end - life.start
	if c.p.label == simulate.Node {
		if life.why != byNode || limit > 0 && life.need > 0.85*limit {
			t.Errorf("killed for %d at %.2f of the limit", life.why, life.need/limit)
		}
		return
	}
	if !k.child && life.why != byLimit || life.need <= limit {
		t.Errorf("killed for %d with a need of %.2f of the limit", life.why, life.need/limit)
	}
	switch c.p.label {
	case simulate.Leak, simulate.Gradual:
		least, most := minute, 30*hour
		if c.p.label == simulate.Gradual {
			least, most = 36*hour, 30*day
		}
		if k.child {
			lived = most
		}
		if life.leaked < 0.2*limit || lived < least || lived > most {
			t.Errorf("killed after %.1f h with a leak of %.2f of the limit", lived/hour, life.leaked/limit)
		}
	case simulate.Spike, simulate.Concurrency:
		if c.p.events.level(k.at, w.replica) < 0.15*limit {
			t.Errorf("killed in a burst of %.2f of the limit", c.p.events.level(k.at, w.replica)/limit)
		}
	case simulate.SharedMem:
		if lived > 5*minute && u.shm < 0.15*limit {
			t.Errorf("killed with %.2f of the limit in shared memory", u.shm/limit)
		}
	case simulate.Startup:
		if lived > 12*minute {
			t.Errorf("killed %.1f minutes after the start", lived/minute)
		}
	case simulate.Cache:
		// The last third of a long life brought less than the first did, of which the start itself is not counted.
		if s := v.sum[k.life]; lived > 4*hour {
			n := len(s)
			if early, late := s[n/3]-s[n/100], s[n-1]-s[n-n/3]; late > 0.75*early {
				t.Errorf("the cache gained %.2f of the limit in the first third, %.2f in the last", early/limit, late/limit)
			}
		}
	}
}
