package analysis

import (
	"strconv"
	"time"

	"github.com/oomedic/oomedic/data"
)

// aboveLimit is how far above its limit a container's memory may be measured: the kernel charges in batches of pages, a
// few MiB at most.
const aboveLimit = 1.10

// NewCase returns the row of the list for a container: the verdict, with the kills that metrics know of, and how near
// to its limit the container came. ov may be empty.
func NewCase(c data.Container, ov data.Overview, now time.Time) Case {
	out := Case{Container: c, Overview: ov}
	if len(ov.Kills) > 0 {
		c.Kills = data.MergeKills(c.Kills, ov.Kills)
		out.Container.Kills = c.Kills
	}
	out.Confirmation = Confirm(&c, now)
	limit := above(c.Resources.Limit)
	if limit == nil || ov.Peak == nil || !finite(*ov.Peak) || *ov.Peak < 0 {
		return out
	}
	near := *ov.Peak / float64(*limit)
	if near > aboveLimit {
		return out // no container uses more than its limit: the peak is another pod's of this name, or under another limit
	}
	out.Near, out.NearFrom = &near, "highest sample of the look-back window"
	weighNearness(&c, &out.Confirmation, near, peakQuery(&c), now)
	return out
}

// peakQuery is the PromQL of the highest working set of the container within a day.
func peakQuery(c *data.Container) data.Text {
	return data.Textf("max(max_over_time(container_memory_working_set_bytes{namespace=%s,pod=%s,container=%s}[24h]))",
		strconv.Quote(c.Key.Namespace.String()), strconv.Quote(c.Key.Pod.String()), strconv.Quote(c.Key.Container.String()))
}

// knownKills returns the kills of c together with the one that the verdict rests on, oldest first.
func knownKills(c *data.Container, v verdict) []data.Kill {
	kills := data.MergeKills(c.Kills, nil)
	if v.oom && v.term != nil && !v.term.FinishedAt.IsZero() {
		kills = data.MergeKills(kills, []data.Kill{{At: v.term.FinishedAt, StartedAt: v.term.StartedAt, Reason: v.term.Reason, ExitCode: ptr(v.term.ExitCode)}})
	}
	return kills
}

// count fills the counts of kills from what the API remembers. It keeps one former end a container, so the counts
// are a lower bound as soon as there were more restarts than kills that are known.
func (v *Confirmation) count(kills []data.Kill, c *data.Container, now time.Time) {
	if v.Scope == ScopeChild && len(kills) == 0 {
		v.AtLeast = true // what happened to children is not in the status
		return
	}
	since := c.KillsSince
	v.AtLeast = int(c.Restarts) > len(kills) && (since.IsZero() || since.After(now.Add(-data.Day.Duration())))
	v.Kills = countKills(kills, now, func(from time.Time) bool {
		return int(c.Restarts) <= len(kills) || (!since.IsZero() && !since.After(from))
	})
}

// countKills counts the kills of each window that ends now. A window without any is zero when known(its start), else
// nil.
func countKills(kills []data.Kill, now time.Time, known func(from time.Time) bool) KillCounts {
	one := func(w data.Window) *int {
		from, n := now.Add(-w.Duration()), 0
		for _, k := range kills {
			if k.At.After(from) && !k.At.After(now.Add(clockSkew)) {
				n++
			}
		}
		if n == 0 && !known(from) {
			return nil
		}
		return &n
	}
	return KillCounts{Day: one(data.Day), Week: one(data.Week), Month: one(data.ThirtyDay)}
}

// clockSkew is how far a node's clock may run ahead of this machine's. Laptops whose clock is a quarter of an hour off are
// seen; credentials fail soon beyond that.
const clockSkew = 15 * time.Minute
