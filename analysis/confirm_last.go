package analysis

import (
	"strconv"
	"time"

	"github.com/oomedic/oomedic/data"
)

// The last sample before an end speaks for the memory at the end when no more than lastScrapes scrapes, and never less than
// lastLeast, lie between: one scrape may fail, and cAdvisor itself looks at a container every 10 to 15 seconds only.
const (
	lastScrapes = 2.5
	lastLeast   = 90 * time.Second
)

// withLastSample judges a SIGKILL of unknown sender anew by the last sample before it. The highest sample of a window may
// be of another life, days away from the end that is to be explained.
func withLastSample(in *Input, v Confirmation) Confirmation {
	c := &in.Case.Container
	limit := above(c.Resources.Limit)
	if in.History == nil || limit == nil {
		return v
	}
	fresh := Confirm(c, in.Now)
	if fresh.Label != unknownSender || fresh.Scope != ScopeUnknown {
		return v // something else than memory explains the end, or nothing has to be explained
	}
	end := unexplained(c)
	if end == nil {
		return v
	}
	used, at, ok := lastSample(in.History, c.Key.Pod, end)
	if !ok {
		return v
	}
	near := used / float64(*limit)
	if near > aboveLimit {
		return v // under another limit
	}
	said := Evidence{Says: data.Textf("the last sample, %s before the end, was at %.0f%% of the limit", end.FinishedAt.Sub(at).Round(time.Second), 100*near), From: sampleQuery(c, end.FinishedAt)}
	if near < farBelowLimit && in.Case.Near != nil && *in.Case.Near >= nearLimit {
		fresh.Confidence = unsureNear
		fresh.Why = "SIGKILL by an unknown sender. Memory was near the limit at other times, but far below it shortly before this end: only a sudden rise would make it an OOM kill."
		fresh.Against = append(fresh.Against, said)
		return fresh
	}
	weighSender(c, &fresh, near, said, in.Now)
	return fresh
}

// unexplained is the newest end with exit code 137 whose time is known; nil without one.
func unexplained(c *data.Container) *data.Termination {
	terms := c.Terminations()
	for i := len(terms) - 1; i >= 0; i-- {
		if terms[i].ExitCode == 137 && !terms[i].FinishedAt.IsZero() {
			return terms[i]
		}
	}
	return nil
}

// lastSample returns the newest sample of a pod's life that ended with end, in bytes, when it is near enough to that.
func lastSample(h *data.History, pod data.Text, end *data.Termination) (used float64, at time.Time, ok bool) {
	reach := max(lastLeast, time.Duration(lastScrapes*float64(h.ScrapeInterval)))
	if h.Resolution > reach {
		return 0, time.Time{}, false // a maximum of a long step is no last sample
	}
	from := end.FinishedAt.Add(-reach)
	if end.StartedAt.After(from) {
		from = end.StartedAt
	}
	for i := range h.Lives {
		if h.Lives[i].Pod != pod {
			continue
		}
		s := h.Lives[i].Between(from, end.FinishedAt.Add(time.Millisecond))
		if n := s.Len(); n > 0 && finite(s.V[n-1]) && (!ok || s.T[n-1] > at.UnixMilli()) {
			used, at, ok = s.V[n-1], time.UnixMilli(s.T[n-1]).UTC(), true
		}
	}
	return used, at, ok
}

// sampleQuery is the PromQL of the working set at a time.
func sampleQuery(c *data.Container, at time.Time) data.Text {
	return data.Textf("max(last_over_time(container_memory_working_set_bytes{namespace=%s,pod=%s,container=%s}[5m] @ %d))",
		strconv.Quote(c.Key.Namespace.String()), strconv.Quote(c.Key.Pod.String()), strconv.Quote(c.Key.Container.String()), at.Unix())
}
