package analysis

import (
	"cmp"
	"reflect"
	"slices"
	"time"

	"github.com/oomedic/oomedic/data"
)

// Judged are the cases of one snapshot together with what the next judgement needs: only containers whose facts have
// changed, or whose answer may have changed with the time, are judged again. It is never written to once it was
// returned, and what did not change is shared between one and the next. The zero value and nil know nothing.
type Judged struct {
	// Killed and Ruled are the lists of Cases: newest kill first. The cases may not be written to.
	Killed, Ruled []*Case

	of        []*data.Container // what was judged, in its order
	all       []*judgement      // one for each of them
	killed    []caseRow
	ruled     []caseRow
	onNode    map[data.Text][]caseRow // the killed ones of each node, by time
	overviews map[data.Key]data.Overview
	since     time.Duration
	at        time.Time
	until     time.Time // before this no answer changes by time alone
}

// judgement is what is found out of one container by itself. It is never written to.
type judgement struct {
	alone  Case
	end    time.Time // LastEnd
	until  time.Time // before this the answer stays the same
	chance float64   // byChance
	listed bool      // it ended within the look-back window
}

// caseRow is a case in a list: a judgement, and what was killed beside it.
type caseRow struct {
	*judgement
	with *company // nil when nothing was
}

// company is a case that was not killed alone.
type company struct {
	near  []*judgement
	shown Case
}

// shown is the case as it is listed.
func (r *caseRow) shown() *Case {
	if r.with != nil {
		return &r.with.shown
	}
	return &r.alone
}

// rowChange takes a row out of a sorted list, or puts one into it.
type rowChange struct {
	row caseRow
	out bool
}

// Next judges the containers of the next snapshot: the answer is that of Cases. The containers must be ordered by
// Key.Less, each there once. One that is the same pointer as in j was not changed; neither it nor overviews may be
// written to, and the same map means that no overview has changed. It is a pure function of what it is given.
func (j *Judged) Next(cs []*data.Container, overviews map[data.Key]data.Overview, since time.Duration, now time.Time) *Judged {
	if j == nil || j.since != since || now.Before(j.at) {
		j = &Judged{} // a clock that was put back, or another window: begin anew
	}
	next := &Judged{of: cs, overviews: overviews, since: since, at: now, until: j.until}
	killed, ruled := next.judge(j)
	if len(killed)+len(ruled) == 0 && j.onNode != nil {
		next.Killed, next.Ruled, next.killed, next.ruled, next.onNode = j.Killed, j.Ruled, j.killed, j.ruled, j.onNode
		return next
	}
	next.together(j.onNode, &killed)
	next.killed, next.ruled = withChanges(j.killed, killed, newestFirst), withChanges(j.ruled, ruled, newestFirst)
	next.Killed, next.Ruled = casesOf(next.killed, j.Killed), casesOf(next.ruled, j.Ruled)
	return next
}

// judge fills next.all and returns what comes into the two lists and what leaves them.
func (j *Judged) judge(former *Judged) (killed, ruled []rowChange) {
	note := func(g *judgement, out bool) {
		switch {
		case !g.listed:
		case g.alone.Confirmation.OOMKilled:
			killed = append(killed, rowChange{caseRow{judgement: g}, out})
		default:
			ruled = append(ruled, rowChange{caseRow{judgement: g}, out})
		}
	}
	sameOverviews := sameMap(former.overviews, j.overviews)
	anyOld := !j.at.Before(former.until)
	if anyOld {
		j.until = time.Time{}
	}
	if sameOverviews && !anyOld && sameSlice(former.of, j.of) {
		j.all = former.all
		return nil, nil
	}
	j.all = make([]*judgement, len(j.of))
	i := 0
	for n, c := range j.of {
		for i < len(former.of) && former.of[i] != c && former.of[i].Key.Less(c.Key) {
			note(former.all[i], true)
			i++
		}
		var g *judgement
		if i < len(former.of) && (former.of[i] == c || former.of[i].Key == c.Key) {
			old := former.all[i]
			if former.of[i] == c && (!anyOld || j.at.Before(old.until)) && (sameOverviews || sameOverview(&old.alone.Overview, j.overviews[c.Key])) {
				g = old
			} else {
				note(old, true)
			}
			i++
		}
		fresh := g == nil
		if fresh {
			g = judgeAlone(c, j.overviews[c.Key], j.since, j.at)
			note(g, false)
		}
		j.all[n] = g
		if fresh || anyOld { // the others were looked at before, and to look at ten thousand takes a millisecond
			j.until = earliest(j.until, g.until)
		}
	}
	for ; i < len(former.of); i++ {
		note(former.all[i], true)
	}
	return killed, ruled
}

// judgeAlone judges one container by itself.
func judgeAlone(c *data.Container, ov data.Overview, since time.Duration, now time.Time) *judgement {
	g := &judgement{alone: NewCase(*c, ov, now)}
	g.end, g.chance = g.alone.LastEnd(), g.alone.byChance()
	g.listed = g.end.IsZero() || !g.end.Before(now.Add(-since))
	g.until = holdsUntil(&g.alone, g.end, since, now)
	return g
}

// forever is later than any time that matters.
var forever = time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)

// holdsUntil is the first time after now at which a case's counts may change or it may leave the look-back window: each
// kill leaves each window of the counts once, and one whose node's clock is ahead enters them.
func holdsUntil(c *Case, end time.Time, since time.Duration, now time.Time) time.Time {
	out := forever
	see := func(at time.Time) {
		if at.After(now) && at.Before(out) {
			out = at
		}
	}
	leaves := func(at time.Time) {
		for _, w := range [...]data.Window{data.Day, data.Week, data.ThirtyDay} {
			see(at.Add(w.Duration()))
		}
	}
	for _, kills := range [...][]data.Kill{c.Container.Kills, c.Overview.Kills} {
		for i := range kills {
			leaves(kills[i].At)
			see(kills[i].At.Add(-clockSkew))
		}
	}
	for _, t := range [...]*data.Termination{c.Container.Last, c.Container.Current} {
		if t != nil && !t.FinishedAt.IsZero() {
			leaves(t.FinishedAt)
			see(t.FinishedAt.Add(-clockSkew))
		}
	}
	if from := c.Container.KillsSince; !from.IsZero() {
		leaves(from)
	}
	if !end.IsZero() {
		see(end.Add(since + 1)) // at the very end of the window it is still in
	}
	return out
}

// earliest returns the earlier of two times; a zero one is none.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// sameSlice reports whether two lists are one.
func sameSlice(a, b []*data.Container) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// sameMap reports whether two maps are one.
func sameMap(a, b map[data.Key]data.Overview) bool {
	return reflect.ValueOf(a).Pointer() == reflect.ValueOf(b).Pointer()
}

// newestFirst is the order of the lists.
func newestFirst(a, b *judgement) int {
	return cmp.Or(b.end.Compare(a.end), a.alone.Container.Key.Compare(b.alone.Container.Key))
}

// withChanges returns a sorted list with rows taken out of it and put into it. A row that goes and comes with the same
// place is changed there.
func withChanges(list []caseRow, changes []rowChange, order func(a, b *judgement) int) []caseRow {
	if len(changes) == 0 {
		return list
	}
	slices.SortStableFunc(changes, func(a, b rowChange) int {
		if c := order(a.row.judgement, b.row.judgement); c != 0 || a.out == b.out {
			return c
		}
		if a.out {
			return -1
		}
		return 1
	})
	out := make([]caseRow, 0, len(list)+len(changes))
	for _, c := range changes {
		i, found := slices.BinarySearchFunc(list, c.row.judgement, func(r caseRow, g *judgement) int { return order(r.judgement, g) })
		out = append(out, list[:i]...)
		list = list[i:]
		switch {
		case !c.out:
			out = append(out, c.row)
		case found:
			list = list[1:]
		}
	}
	return append(out, list...)
}

// casesOf are the cases that are shown; the former list when they are the same.
func casesOf(rows []caseRow, former []*Case) []*Case {
	out := make([]*Case, len(rows))
	for i := range rows {
		out[i] = rows[i].shown()
	}
	if slices.Equal(out, former) {
		return former
	}
	return out
}

// sameOverview reports whether two overviews say the same.
func sameOverview(a *data.Overview, b data.Overview) bool {
	return (a.Peak == nil) == (b.Peak == nil) && (a.Peak == nil || *a.Peak == *b.Peak) && len(a.Spark) == len(b.Spark) &&
		slices.EqualFunc(a.Spark, b.Spark, func(x, y float64) bool { return x == y || x != x && y != y }) && //nolint:gocritic // NaN
		slices.EqualFunc(a.Kills, b.Kills, sameKill)
}

func sameKill(a, b data.Kill) bool {
	return a.At.Equal(b.At) && a.StartedAt.Equal(b.StartedAt) && a.Reason == b.Reason && a.From == b.From &&
		(a.ExitCode == nil) == (b.ExitCode == nil) && (a.ExitCode == nil || *a.ExitCode == *b.ExitCode)
}
