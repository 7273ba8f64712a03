package second

import (
	"math"
	"reflect"
	"testing"

	"github.com/oomedic/oomedic/cmd/score/simulate"
)

func newCase(t *testing.T, part simulate.Part, cond simulate.Condition, l simulate.Label, n int) *Case {
	t.Helper()
	c, err := New(part, cond, l, n)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEqualSeedsGiveEqualCases(t *testing.T) {
	t.Parallel()
	for _, l := range []simulate.Label{simulate.Spike, simulate.Startup} {
		a, b := newCase(t, Dev, simulate.Clean, l, 0), newCase(t, Dev, simulate.Clean, l, 0)
		if !reflect.DeepEqual(a.History(), b.History()) || !reflect.DeepEqual(a.Container, b.Container) || a.Truth != b.Truth || a.After(20<<30) != b.After(20<<30) {
			t.Errorf("%s: the same case twice is not the same", l)
		}
		for _, other := range []*Case{newCase(t, Held, simulate.Clean, l, 0), newCase(t, Dev, simulate.Degraded, l, 0), newCase(t, Dev, simulate.Clean, l, 1)} {
			if reflect.DeepEqual(a.History().Lives, other.History().Lives) {
				t.Errorf("%s: %s is the same as %s", l, other.ID, a.ID)
			}
		}
	}
}

// Every shape of every label can be drawn in both parts, and what it is called is what happened and what the API tells.
func TestCasesAreWhatTheyAreCalled(t *testing.T) {
	t.Parallel()
	for i, part := range []simulate.Part{Dev, Held} {
		for _, l := range simulate.Labels {
			for n, s := range shapes[l] {
				if testing.Short() && n > 0 {
					continue
				}
				t.Run(string(part)+" "+string(l)+" "+s.name, func(t *testing.T) {
					t.Parallel()
					check(t, newCase(t, part, []simulate.Condition{simulate.Clean, simulate.Degraded}[(i+n)%2], l, n))
				})
			}
		}
	}
}

// check holds what is told of a case against what happened in it.
func check(t *testing.T, c *Case) {
	t.Helper()
	l := c.Truth.Label
	if healthy := l == simulate.Healthy; healthy != (c.Truth.Kills == 0) || healthy == c.Truth.OOM {
		t.Errorf("%d kills, told of an OOM kill: %t", c.Truth.Kills, c.Truth.OOM)
	}
	if l.Growing() != (c.Truth.Growth > 0) {
		t.Errorf("grows by %.0f bytes an hour", c.Truth.Growth)
	}
	h := c.History()
	samples := 0
	for _, one := range h.Lives {
		for i, v := range one.V {
			if v < 0 || math.IsNaN(v) || i > 0 && one.T[i] <= one.T[i-1] {
				t.Fatalf("sample %d of %s is %g at %d", i, one.Pod, v, one.T[i])
			}
			if limit := c.p.limitAt(float64(one.T[i])/1000 - float64(c.epochUnix())); limit > 0 && v > limit {
				t.Fatalf("%.0f bytes were measured under a limit of %.0f", v, limit)
			}
		}
		samples += one.Len()
	}
	if samples == 0 {
		t.Error("nothing was measured")
	}
	for _, k := range h.Kills {
		if k.At.After(c.Now) {
			t.Errorf("a kill at %s is known at %s", k.At, c.Now)
		}
	}
	next := c.Forecast()
	if l == simulate.Healthy {
		if next != nil {
			t.Errorf("a healthy container is to be killed in %s", *next)
		}
		return
	}
	if next != nil && *next <= 0 {
		t.Errorf("the next kill is in %s", *next)
	}
}

// epochUnix is when the case's time began, in seconds.
func (c *Case) epochUnix() int64 { return c.Now.Unix() - int64(c.now) }

// A limit far above a curable need holds, and none holds a leak for ever.
func TestAfter(t *testing.T) {
	t.Parallel()
	for _, l := range []simulate.Label{simulate.TooLow, simulate.Spike, simulate.Startup} {
		c := newCase(t, Dev, simulate.Clean, l, 0)
		if o := c.After(20 * c.Truth.Limit); o.Killed || o.Need <= 0 {
			t.Errorf("%s under twenty times its limit: %+v", l, o)
		}
		if o := c.After(c.Truth.Limit / 3); !o.Killed || o.Need <= float64(c.Truth.Limit)/3 {
			t.Errorf("%s under a third of its limit: %+v", l, o)
		}
	}
	c := newCase(t, Dev, simulate.Clean, simulate.Leak, 0)
	if o := c.After(2 * c.Truth.Limit); !o.Killed {
		t.Errorf("twice the limit holds a leak: %+v", o)
	}
	if near, far := c.ForecastUnder(c.Truth.Limit), c.ForecastUnder(2*c.Truth.Limit); near == nil || far == nil || *near >= *far {
		t.Errorf("a leak is killed in %v under its limit, in %v under twice that", near, far)
	}
}
