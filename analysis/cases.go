package analysis

import (
	"slices"
	"time"

	"github.com/oomedic/oomedic/data"
)

// Cases judges every container of a snapshot and splits them into those that were OOM-killed and those that looked
// like it but were not. Both come newest kill first. What ended longer than since before now is left out; a container
// that was killed at an unknown time stays.
func Cases(cs []*data.Container, overviews map[data.Key]data.Overview, since time.Duration, now time.Time) (killed, ruled []Case) {
	from := now.Add(-since)
	for i := range cs {
		c := NewCase(*cs[i], overviews[cs[i].Key], now)
		if at := c.LastEnd(); !at.IsZero() && at.Before(from) {
			continue
		}
		if c.Confirmation.OOMKilled {
			killed = append(killed, c)
		} else {
			ruled = append(ruled, c)
		}
	}
	markTogether(killed)
	for _, list := range [][]Case{killed, ruled} {
		slices.SortStableFunc(list, func(a, b Case) int { return b.LastEnd().Compare(a.LastEnd()) })
	}
	return killed, ruled
}

// LastEnd is when the container was last killed or, when it was not, last ended; zero when unknown.
func (c *Case) LastEnd() time.Time {
	if at := c.Confirmation.LastKillAt; !at.IsZero() {
		return at
	}
	var at time.Time
	if c.Container.ChildKills != nil {
		return at // the process died at a time that no status tells
	}
	for _, t := range c.Container.Terminations() {
		if t.FinishedAt.After(at) {
			at = t.FinishedAt
		}
	}
	return at
}

// UsualLife is the median time between kills that a diagnosis knows of, in the pod it is about; nil with fewer than
// two kills, or when starts are unknown too.
func UsualLife(d *Diagnosis) *time.Duration {
	if d == nil {
		return nil
	}
	kills := d.Container.Kills
	if d.History != nil {
		var seen []data.Kill
		for _, k := range d.History.Kills {
			if k.Pod == d.Container.Key.Pod {
				seen = append(seen, k.Kill)
			}
		}
		kills = data.MergeKills(kills, seen)
	}
	var lives []time.Duration
	for i, k := range kills {
		switch {
		case !k.StartedAt.IsZero() && k.At.After(k.StartedAt):
			lives = append(lives, k.At.Sub(k.StartedAt))
		case i > 0 && k.At.After(kills[i-1].At):
			lives = append(lives, k.At.Sub(kills[i-1].At))
		}
	}
	if len(lives) == 0 {
		return nil
	}
	slices.Sort(lives)
	m := lives[len(lives)/2]
	return &m
}
