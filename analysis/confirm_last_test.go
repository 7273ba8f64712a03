package analysis

import (
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// A SIGKILL that nobody explains is judged by the memory right before it, not by the highest of the whole window.
func TestLastSampleBeforeTheEnd(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	end := now.Add(-10 * time.Minute)
	const limit = int64(512 << 20)
	peak := 0.97
	killed := func(change func(*data.Container)) data.Container {
		c := data.Container{
			Key: data.Key{Namespace: "shop", Pod: "api-1", UID: "u", Container: "api"}, Resources: data.Resources{Limit: ptr(limit)}, Restarts: 1,
			Last:       &data.Termination{Reason: "Error", ExitCode: 137, StartedAt: end.Add(-time.Hour), FinishedAt: end, Field: "lastState.terminated"},
			EventsRead: now, NodeFacts: &data.NodeFacts{Name: "n", Runtime: "containerd://1.7.2"},
		}
		if change != nil {
			change(&c)
		}
		return c
	}
	samples := func(pod data.Text, shares map[time.Duration]float64) data.Life {
		l := data.Life{Pod: pod}
		for d := -30 * time.Minute; d <= 5*time.Minute; d += time.Second {
			if v, ok := shares[d]; ok {
				l.T, l.V = append(l.T, end.Add(d).UnixMilli()), append(l.V, v*float64(limit))
			}
		}
		return l
	}
	type shares = map[time.Duration]float64
	for name, c := range map[string]struct {
		change func(*data.Container)
		lives  []data.Life
		edit   func(*data.History)
		oom    bool
		scope  Scope
		says   string // in the evidence for or against
	}{
		"near the limit": {lives: []data.Life{samples("api-1", shares{-20 * time.Second: 0.96})}, oom: true, scope: ScopeContainer, says: "20s before the end, was at 96%"},
		"far below, near it at another time": {lives: []data.Life{samples("api-1", shares{-25 * time.Minute: 0.97, -20 * time.Second: 0.31})},
			scope: ScopeUnknown, says: "20s before the end, was at 31%"},
		"between": {lives: []data.Life{samples("api-1", shares{-20 * time.Second: 0.75})}, scope: ScopeUnknown},
		"what came after the end does not count": {lives: []data.Life{samples("api-1", shares{-20 * time.Second: 0.30, 10 * time.Second: 0.99})},
			scope: ScopeUnknown, says: "was at 30%"},
		"another pod's sample does not count":   {lives: []data.Life{samples("api-2", shares{-20 * time.Second: 0.30})}, oom: true, scope: ScopeContainer},
		"an old sample leaves it to the peak":   {lives: []data.Life{samples("api-1", shares{-5 * time.Minute: 0.30})}, oom: true, scope: ScopeContainer},
		"unless it is scraped that seldom":      {lives: []data.Life{samples("api-1", shares{-2 * time.Minute: 0.30})}, edit: func(h *data.History) { h.ScrapeInterval = time.Minute }, scope: ScopeUnknown, says: "2m0s before"},
		"maxima of long steps leave it as well": {lives: []data.Life{samples("api-1", shares{-20 * time.Second: 0.30})}, edit: func(h *data.History) { h.Resolution = 5 * time.Minute }, oom: true, scope: ScopeContainer},
		"the life before does not count": {change: func(c *data.Container) { c.Last.StartedAt = end.Add(-30 * time.Second) },
			lives: []data.Life{samples("api-1", shares{-40 * time.Second: 0.30})}, oom: true, scope: ScopeContainer},
		"OOMKilled needs no sample": {change: func(c *data.Container) { c.Last.Reason = "OOMKilled" },
			lives: []data.Life{samples("api-1", shares{-20 * time.Second: 0.30})}, oom: true, scope: ScopeContainer},
		"no history": {oom: true, scope: ScopeContainer},
	} {
		kase := NewCase(killed(c.change), data.Overview{Peak: ptr(peak * float64(limit))}, now)
		in := Input{Case: kase, Now: now}
		if c.lives != nil {
			in.History = &data.History{ScrapeInterval: 15 * time.Second, Lives: c.lives}
			if c.edit != nil {
				c.edit(in.History)
			}
		}
		got := withLastSample(&in, kase.Confirmation)
		if got.OOMKilled != c.oom || got.Scope != c.scope {
			t.Errorf("%s: OOM kill %v, scope %s (%s); want %v, %s", name, got.OOMKilled, got.Scope, got.Why, c.oom, c.scope)
		}
		found := false
		for _, e := range append(got.Evidence, got.Against...) {
			found = found || strings.Contains(e.Says.String(), c.says)
			if strings.Contains(e.Says.String(), "last sample") && !strings.Contains(e.From.String(), "@ 1795") {
				t.Errorf("%s: %q does not say at what time it was asked", name, e.From)
			}
		}
		if !found {
			t.Errorf("%s: nothing says %q: %v, against %v", name, c.says, got.Evidence, got.Against)
		}
	}
}
