package simulate

import (
	"reflect"
	"regexp"
	"testing"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/prom"
)

func newCase(t *testing.T, p Part, cond Condition, l Label, n int) *Case {
	t.Helper()
	c, err := New(p, cond, l, n)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEqualSeedsGiveEqualCases(t *testing.T) {
	t.Parallel()
	for _, l := range []Label{Leak, Concurrency, SharedMem} {
		a, b := newCase(t, Dev, Degraded, l, 5), newCase(t, Dev, Degraded, l, 5)
		if !reflect.DeepEqual(a.History(), b.History()) || !reflect.DeepEqual(a.Container, b.Container) || a.Truth != b.Truth || a.After(3*gib) != b.After(3*gib) {
			t.Errorf("%s: the same case twice is not the same", l)
		}
		for _, other := range []*Case{newCase(t, Dev, Degraded, l, 6), newCase(t, Held, Degraded, l, 5), newCase(t, Dev, Clean, l, 5)} {
			if reflect.DeepEqual(a.History().Lives, other.History().Lives) {
				t.Errorf("%s: %s is the same as %s", l, other.ID, a.ID)
			}
		}
	}
}

// Every label shows in what really happens, and what the API tells fits together.
func TestCasesAreWhatTheyAreCalled(t *testing.T) {
	t.Parallel()
	for _, part := range []Part{Dev, Held} {
		for _, l := range Labels {
			t.Run(string(part)+" "+string(l), func(t *testing.T) {
				t.Parallel()
				for n := range 2 {
					check(t, newCase(t, part, []Condition{Clean, Degraded}[n], l, n))
				}
			})
		}
	}
}

func check(t *testing.T, c *Case) {
	t.Helper()
	l := c.Truth.Label
	if healthy := l == Healthy; healthy != (c.Truth.Kills == 0) || healthy == c.Truth.OOM {
		t.Errorf("%s: %d kills, told of an OOM kill: %t", c.ID, c.Truth.Kills, c.Truth.OOM)
	}
	if l.Growing() != (c.Truth.Growth > 0) {
		t.Errorf("%s grows by %.0f bytes an hour", c.ID, c.Truth.Growth)
	}
	for _, tr := range c.traces {
		for _, k := range tr.kills {
			one := tr.lives[k.life]
			if want := l == Node; !k.child && want != (one.why == nodeKill) {
				t.Errorf("%s: a life ended %v", c.ID, one.why)
			}
		}
	}
	own := &c.Container
	if own.Last != nil && (own.Last.FinishedAt.After(c.Now) || own.Last.FinishedAt.Before(own.Last.StartedAt)) || len(own.Kills) > 1 {
		t.Errorf("%s: from %s to %s, now %s, %d kills", c.ID, own.Last.StartedAt, own.Last.FinishedAt, c.Now, len(own.Kills))
	}
	if (own.State == data.Running) == own.StartedAt.IsZero() {
		t.Errorf("%s is %s since %s", c.ID, own.State, own.StartedAt)
	}
	pods := regexp.MustCompile("^(?:" + prom.PodPattern(own) + ")$")
	h := c.History()
	for _, life := range h.Lives {
		if !pods.MatchString(life.Pod.String()) {
			t.Errorf("%s: the pod %s is not one of %s", c.ID, life.Pod, own.Workload.Ref())
		}
		if life.T[life.Len()-1] > c.Now.UnixMilli() || life.T[0] < h.From.UnixMilli() {
			t.Errorf("%s: samples beyond the window", c.ID)
		}
	}
	for _, k := range h.Kills {
		if k.At.After(c.Now) {
			t.Errorf("%s: a kill in the future", c.ID)
		}
	}
}

func TestMoreMemoryIsNeverWorse(t *testing.T) {
	t.Parallel()
	for _, l := range []Label{TooLow, Spike, LargeFile, Concurrency} {
		c := newCase(t, Dev, Clean, l, 1)
		before := true
		for _, factor := range []float64{1, 1.2, 1.5, 2, 4, 30} {
			o := c.After(int64(factor * float64(c.Truth.Limit)))
			if o.Killed && !before {
				t.Errorf("%s: killed at ×%.1f and not with less", c.ID, factor)
			}
			before = o.Killed
		}
		if before {
			t.Errorf("%s: killed at 30 times the limit", c.ID)
		}
	}
	if o := newCase(t, Dev, Clean, Leak, 1); !o.After(o.Truth.Limit * 2).Killed {
		t.Errorf("%s: twice the limit ends a leak", o.ID)
	}
}

func TestForecastIsTheNextKill(t *testing.T) {
	t.Parallel()
	c := newCase(t, Dev, Clean, Leak, 2)
	now, more := c.Forecast(), c.ForecastUnder(c.Truth.Limit*2)
	if now == nil || *now <= 0 || more == nil || *more <= *now {
		t.Errorf("next kill in %v, with twice the limit in %v", now, more)
	}
	if next := newCase(t, Dev, Clean, Healthy, 2).Forecast(); next != nil {
		t.Errorf("a healthy workload dies in %s", next)
	}
}

func TestDegradedCasesMissMetrics(t *testing.T) {
	t.Parallel()
	var noLoad, noParts, noLimit, noState, slow int
	const n = 40
	for i := range n {
		s := newScraping(newDice(uint64(i), 3), Degraded, 20*day)
		clean := newScraping(newDice(uint64(i), 3), Clean, 20*day)
		if clean.noLoad || clean.noParts || clean.noLimit || clean.state == 0 || len(clean.gaps) > 1 {
			t.Errorf("a clean case misses something: %+v", clean)
		}
		for _, one := range []struct {
			is bool
			n  *int
		}{{s.noLoad, &noLoad}, {s.noParts, &noParts}, {s.noLimit, &noLimit}, {s.state == 0, &noState}, {s.every >= 60 && len(s.gaps) > 0, &slow}} {
			if one.is {
				*one.n++
			}
		}
	}
	if noLoad < n/2 || noParts < n/5 || noLimit == 0 || noState == 0 || slow != n {
		t.Errorf("of %d: load %d, parts %d, limit %d, state %d, slow with gaps %d", n, noLoad, noParts, noLimit, noState, slow)
	}
}
