package data

import (
	"cmp"
	"slices"
	"time"
)

// sameKill is how near two reports of one kill may lie: the API has whole seconds, metrics may round.
const sameKill = 2 * time.Second

// MergeKills returns the kills of both lists, oldest first, each once: two that lie within two seconds are one, unless the
// later ended a life that began after the earlier, as where a container is killed as soon as it starts. Of one kill that
// was told of twice, what either knows is kept.
func MergeKills(a, b []Kill) []Kill {
	all := append(append(make([]Kill, 0, len(a)+len(b)), a...), b...)
	slices.SortStableFunc(all, func(x, y Kill) int { return x.At.Compare(y.At) })
	out := all[:0]
	for _, k := range all {
		if n := len(out); n > 0 && k.At.Sub(out[n-1].At) <= sameKill && !nextLife(&out[n-1], &k) {
			complete(&out[n-1], &k)
			continue
		}
		out = append(out, k)
	}
	return out
}

// nextLife reports whether b is known to have ended a life that began after a.
func nextLife(a, b *Kill) bool {
	return b.At.After(a.At) && !b.StartedAt.IsZero() && !b.StartedAt.Before(a.At)
}

// complete adds to a kill what another report of it knows: metrics tell neither its exit code nor its start.
func complete(k, other *Kill) {
	if k.ExitCode == nil && other.ExitCode != nil {
		k.ExitCode, k.From = other.ExitCode, cmp.Or(other.From, k.From)
		k.Reason = cmp.Or(other.Reason, k.Reason)
	}
	k.Reason = cmp.Or(k.Reason, other.Reason)
	if k.StartedAt.IsZero() {
		k.StartedAt = other.StartedAt
	}
}
