package analysis

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/oomedic/oomedic/data"
)

// A risk that was told is taken back only when it is clearly over, so that a container that swings around a threshold is
// told once: below these shares of the limit, and after so many looks in a row.
const (
	clearWarning  = 0.80
	clearCritical = 0.90
	clearLooks    = 3
)

// CrossingKind says what changed.
type CrossingKind string

// The kinds of crossing.
const (
	CrossedWarning  CrossingKind = "warning"
	CrossedCritical CrossingKind = "critical"
	CrossingCleared CrossingKind = "cleared"
)

// Crossing is one container that came to be at risk, came to a worse level, or got well.
type Crossing struct {
	At   time.Time
	Kind CrossingKind
	Risk Risk // of a cleared one the newest that is known
}

// Crossings follows the risks of a cluster from look to look. The zero value has seen nothing.
type Crossings struct {
	known map[data.Key]*crossed
}

// crossed is what was told of one container.
type crossed struct {
	kind CrossingKind
	risk Risk
	calm int // looks in a row at which it was clearly below what was told
}

// Look takes the risks of one look, and the usage that they were judged from, and returns what has to be told, the
// gravest first. A container without a measurement is neither worse nor well: one that is not in the usage any more is
// cleared after clearLooks looks.
func (c *Crossings) Look(risks []Risk, u *data.ClusterUsage, now time.Time) []Crossing {
	if c.known == nil {
		c.known = map[data.Key]*crossed{}
	}
	var out []Crossing
	seen := map[data.Key]bool{}
	for i := range risks {
		r := &risks[i]
		kind := crossingOf(r)
		k := nameKey(r.Usage.Key)
		if kind == "" {
			continue
		}
		seen[k] = true
		old := c.known[k]
		switch {
		case old == nil:
			c.known[k] = &crossed{kind: kind, risk: *r}
			out = append(out, Crossing{now, kind, *r})
		case kind == old.kind:
			old.risk, old.calm = *r, 0
		case kind == CrossedCritical:
			old.kind, old.risk, old.calm = kind, *r, 0
			out = append(out, Crossing{now, kind, *r})
		default: // from critical back to warning
			old.risk = *r
			if old.calm++; old.calm >= clearLooks && shareOf(r) < clearCritical {
				old.kind, old.calm = kind, 0
				out = append(out, Crossing{now, kind, *r})
			}
		}
	}
	out = append(out, c.clear(seen, u, now)...)
	slices.SortStableFunc(out, func(a, b Crossing) int {
		return cmp.Or(cmp.Compare(crossingRank(a.Kind), crossingRank(b.Kind)), compareRisks(a.Risk, b.Risk))
	})
	return out
}

// clear takes back what is over.
func (c *Crossings) clear(seen map[data.Key]bool, u *data.ClusterUsage, now time.Time) []Crossing {
	var waiting []data.Key
	for k := range c.known {
		if !seen[k] {
			waiting = append(waiting, k)
		}
	}
	if len(waiting) == 0 {
		return nil
	}
	slices.SortFunc(waiting, func(a, b data.Key) int { return strings.Compare(a.String(), b.String()) })
	at := map[data.Key]int{}
	for i := range u.Usages {
		at[nameKey(u.Usages[i].Key)] = i + 1
	}
	var out []Crossing
	for _, k := range waiting {
		old := c.known[k]
		old.calm++
		if i := at[k]; i > 0 {
			one := u.Usages[i-1]
			if old.risk.pod != nil && one.Limit == nil { // the pod's limit is not near any more, or its container is not the largest
				if one.WorkingSet == nil {
					old.calm = 0
					continue
				}
				old.risk.Usage = one
			} else if one.WorkingSet == nil || above(one.Limit) == nil {
				old.calm = 0 // not known is not well
				continue
			}
			if one.Limit != nil {
				share := *one.WorkingSet / float64(*one.Limit)
				old.risk.Usage, old.risk.Share, old.risk.pod = one, &share, nil
				if share >= clearWarning {
					old.calm = 0
					continue
				}
			}
		}
		if old.calm < clearLooks {
			continue
		}
		delete(c.known, k)
		r := old.risk
		r.Left, r.LeftLow, r.LeftHigh, r.Growth, r.GrowthLow, r.GrowthHigh = nil, nil, nil, nil, nil, nil
		r.Why = "it does not run any more"
		switch {
		case at[k] > 0 && r.pod != nil:
			r.Why, r.Share = "its pod is not near the pod's own limit any more, or another container uses the most of it", nil
		case at[k] > 0:
			r.Why = data.Textf("at %s of its limit", SharePercent(r.Share))
		}
		out = append(out, Crossing{now, CrossingCleared, r})
	}
	return out
}

// crossingOf returns what a risk is told as; nothing for what needs nobody.
func crossingOf(r *Risk) CrossingKind {
	switch r.Level {
	case RiskCritical:
		return CrossedCritical
	case RiskWarning:
		return CrossedWarning
	}
	return ""
}

func crossingRank(k CrossingKind) int {
	return slices.Index([]CrossingKind{CrossedCritical, CrossedWarning, CrossingCleared}, k)
}

// nameKey is a key without the UID, which metrics do not know.
func nameKey(k data.Key) data.Key {
	k.UID = ""
	return k
}
