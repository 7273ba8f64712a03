package demo

import (
	"testing"
	"time"
)

// TestTheHourDoesNotMatter holds that whenever somebody starts the sandbox, each cause has a kill within the default
// window of a day, and the kills that are to be watched come when they are due.
func TestTheHourDoesNotMatter(t *testing.T) {
	t.Parallel()
	const step = (23*24+1)*time.Hour + 37*time.Minute
	for at, n := epoch, 0; n < 16; at, n = at.Add(step), n+1 {
		api := newAPIServer(1, func() time.Time { return at })
		c, err := newCluster(api, 1, at, defaultSpeed)
		if err != nil {
			t.Fatal(err)
		}
		for name, age := range newestKills(c) {
			if age > 23*time.Hour+30*time.Minute {
				t.Errorf("started at %s, %s was last killed %s before", at.Format(time.DateTime), name, age)
			}
		}
		first := watchedKill(t, c, "api-server", time.Minute)
		if first < time.Second || first > 30*time.Second {
			t.Errorf("started at %s, api-server is first killed after %s", at.Format(time.DateTime), first)
		}
	}
}

// newestKills returns how long before the start each workload with a want above its limit was last killed.
func newestKills(c *cluster) map[string]time.Duration {
	out := map[string]time.Duration{}
	note := func(name string, at time.Time) {
		age := c.origin.Sub(at)
		if known, ok := out[name]; !at.IsZero() && (!ok || age < known) {
			out[name] = age
		}
	}
	for _, o := range c.owners {
		if o.w.ending == neverKilled {
			continue
		}
		out[o.w.name] = history
		for _, p := range o.pods {
			for _, l := range p.lives {
				if l.reason != reasonCompleted {
					note(o.w.name, l.end)
				}
			}
			for _, at := range p.children {
				note(o.w.name, at)
			}
		}
	}
	return out
}

// watchedKill lets the cluster run until a container of the workload is killed, and returns after how long.
func watchedKill(t *testing.T, c *cluster, name string, most time.Duration) time.Duration {
	t.Helper()
	count := func() (n int32) {
		for _, o := range c.owners {
			for _, p := range o.pods {
				if o.w.name == name && p.run.last != nil && p.run.last.FinishedAt.After(c.origin) {
					n++
				}
			}
		}
		return n
	}
	for d := time.Duration(0); d < most; d += tickEvery {
		if err := c.tick(tickEvery); err != nil {
			t.Fatal(err)
		}
		if count() > 0 {
			return c.now.Sub(c.origin)
		}
	}
	return most
}
