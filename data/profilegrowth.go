package data

import (
	"cmp"
	"slices"
	"strings"
)

// ProfileGrown returns what each line holds more in later than in earlier, the most grown first, lines without a change left
// out. Both are profiles of one kind and of one process: after a restart everything is new, and the growth means
// nothing.
func ProfileGrown(earlier, later *MemoryProfile) []ProfileGrowth {
	if earlier == nil || later == nil {
		return nil
	}
	before := make(map[ProfilePlace]*ProfileLine, len(earlier.Lines))
	for i := range earlier.Lines {
		before[earlier.Lines[i].Key()] = &earlier.Lines[i]
	}
	hours := later.At.Sub(earlier.At).Hours()
	var out []ProfileGrowth
	add := func(l ProfileLine, grown int64) {
		if grown == 0 {
			return
		}
		g := ProfileGrowth{ProfileLine: l, Grown: grown}
		if hours > 0 {
			perHour := float64(grown) / hours
			g.PerHour = &perHour
		}
		out = append(out, g)
	}
	for _, l := range later.Lines {
		grown := l.Flat
		if b := before[l.Key()]; b != nil {
			grown -= b.Flat
			delete(before, l.Key())
		}
		add(l, grown)
	}
	for _, b := range before {
		l := *b
		l.Flat, l.Objects = 0, 0
		add(l, -b.Flat)
	}
	slices.SortFunc(out, func(a, b ProfileGrowth) int {
		if a.Grown != b.Grown {
			return cmp.Compare(b.Grown, a.Grown)
		}
		return cmp.Or(strings.Compare(a.Function.String(), b.Function.String()), cmp.Compare(a.Line, b.Line))
	})
	return out
}
