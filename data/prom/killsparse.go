package prom

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"github.com/oomedic/oomedic/data"
)

// What is sticky need not be looked at often: kube-state-metrics shows the last end of a container until the next one.
// So a long window is looked at in long steps, a sample a step, and the counter of restarts tells the few steps that
// hide more than one end. Looking at all of it every five minutes reads twenty times the samples.
const (
	sparseWindow   = 6 * time.Hour // up to here every step is looked at closely
	sparseStepDay  = 15 * time.Minute
	sparseStepLong = time.Hour
)

// sparseStepFor returns the long step for a window, 0 where it is short enough to be looked at closely.
func sparseStepFor(window time.Duration) time.Duration {
	switch {
	case window <= sparseWindow:
		return 0
	case window <= 2*day:
		return sparseStepDay
	}
	return sparseStepLong
}

// The three questions of a sparse look.
func lastEndsPromQL(sel string) string { return byContainer + "(" + endTimes(sel) + ")" }

func lastOOMPromQL(sel string) string { return byContainer + "(" + endReasons(sel) + ") == 1" }

func restartsPromQL(sel string) string {
	return byContainer + "(" + either(data.MetricRestarts, data.MetricInitRestarts, sel) + ")"
}

// sparse is what one container shows at the long steps: Unix milliseconds to value.
type sparse struct {
	ends, ooms, restarts map[int64]float64
}

// sparseDeaths adds the kills that are seen at long steps, and looks closely at the steps that hide more.
func (r *Reader) sparseDeaths(ctx context.Context, n *notes, sel string, begin, end time.Time, step time.Duration, found map[death]bool) error {
	all := map[containerName]*sparse{}
	for _, q := range []struct {
		promql string
		into   func(*sparse) *map[int64]float64
	}{
		{restartsPromQL(sel), func(s *sparse) *map[int64]float64 { return &s.restarts }},
		{lastEndsPromQL(sel), func(s *sparse) *map[int64]float64 { return &s.ends }},
		{lastOOMPromQL(sel), func(s *sparse) *map[int64]float64 { return &s.ooms }},
	} {
		answers, err := r.rangedSplit(ctx, n, q.promql, begin, end, step, maxHalvings)
		if err != nil {
			return err
		}
		for _, s := range flattened(answers) {
			name := containerName{s.namespace, s.pod, s.container}
			if all[name] == nil {
				all[name] = &sparse{}
			}
			keep(q.into(all[name]), s.Samples)
		}
	}
	busy := map[int64]map[string]bool{} // step → pods
	gone := map[string]bool{}
	for name, s := range all {
		for at, v := range s.ends {
			if s.ooms[at] == 1 {
				found[death{name.namespace, name.pod, name.container, int64(v)}] = true
			}
		}
		for _, at := range s.busy(begin, end, step) {
			if busy[at] == nil {
				busy[at] = map[string]bool{}
			}
			busy[at][name.pod] = true
		}
		if s.gone(end) {
			gone[literal(name.pod)] = true
		}
	}
	if err := r.goneDeaths(ctx, n, sel, slices.Sorted(maps.Keys(gone)), begin, end, step, found); err != nil {
		return err
	}
	return r.busyDeaths(ctx, n, sel, busy, step, found)
}

// flattened are the series of several answers.
func flattened(answers []model.Value) []series {
	var out []series
	for _, a := range answers {
		out = append(out, seriesOf(a)...)
	}
	return out
}

// gone reports whether the container shows nothing at the end, so that its last end may lie between two steps.
func (s *sparse) gone(end time.Time) bool {
	_, counted := s.restarts[end.UnixMilli()]
	_, ended := s.ends[end.UnixMilli()]
	return !counted && !ended
}

// goneDeaths adds what pods showed between the steps before they went: their last samples of each step. Only pods that
// ended once have such series, and only as long as they lived.
func (r *Reader) goneDeaths(ctx context.Context, n *notes, sel string, pods []string, begin, end time.Time, step time.Duration, found map[death]bool) error {
	w := "[" + data.PromDuration(step) + "]))"
	for batch := range slices.Chunk(pods, batchPods) {
		of := joinMatchers(sel, matches("pod", alternatives(batch)))
		promql := byContainer + "(last_over_time(" + endTimes(of) + w + " and " + onContainer + " " + byContainer + "(last_over_time(" + endReasons(of) + w + " == 1"
		answers, err := r.rangedSplit(ctx, n, promql, begin, end, step, maxHalvings)
		if err != nil {
			return err
		}
		for _, s := range flattened(answers) {
			for _, v := range s.V {
				found[death{s.namespace, s.pod, s.container, int64(v)}] = true
			}
		}
	}
	return nil
}

// keep adds samples to a map that may be nil.
func keep(into *map[int64]float64, s data.Samples) {
	if *into == nil {
		*into = make(map[int64]float64, s.Len())
	}
	for i, t := range s.T {
		(*into)[t] = s.V[i]
	}
}

// busy returns the steps that may hide an end: those in which the container was restarted more than once, or once more
// than it is seen to have ended, and those with an end where restarts are not known. The first step has none before it
// to be compared with and is left to what it shows.
func (s *sparse) busy(begin, end time.Time, step time.Duration) []int64 {
	var out []int64
	unit, newest := step.Milliseconds(), end.UnixMilli()
	var restarts, lastEnd float64
	for at := begin.UnixMilli(); at <= newest; at += unit {
		now, counted := s.restarts[at]
		ended, has := s.ends[at]
		changed := has && ended != lastEnd
		switch {
		case at == begin.UnixMilli():
		case changed && !counted, counted && now-restarts > 1:
			out = append(out, at)
		case changed && now > restarts && (at == newest || s.risesAfter(at, unit, now, ended)):
			// It ended, was started, and is started again without another end to be seen: two ends lie in this step. In
			// the newest step the second start may still be to come.
			out = append(out, at)
		}
		if counted {
			restarts = now
		}
		if has {
			lastEnd = ended
		}
	}
	return out
}

// risesAfter reports whether the step after at shows another restart and the same end.
func (s *sparse) risesAfter(at, unit int64, restarts, ended float64) bool {
	next, ok := s.restarts[at+unit]
	return ok && next > restarts && s.ends[at+unit] == ended
}

// busyDeaths looks closely at steps, joined where they touch, newest first. What is too much to be looked at becomes
// a gap.
func (r *Reader) busyDeaths(ctx context.Context, n *notes, sel string, busy map[int64]map[string]bool, step time.Duration, found map[death]bool) error {
	const what = "kills that followed each other within minutes"
	stretches := stretchesOf(busy, step)
	if len(stretches) > maxFinePieces {
		n.gap(what, data.Textf("they are too many to look at one by one: before %s some may be missing",
			time.UnixMilli(stretches[maxFinePieces-1].from).UTC().Format(time.RFC3339)))
		stretches = stretches[:maxFinePieces]
	}
	for _, s := range stretches {
		near := joinMatchers(sel, matches("pod", alternatives(s.pods)))
		if err := r.closeDeaths(ctx, n, near, time.UnixMilli(s.from), time.UnixMilli(s.to), killStep, found); err != nil {
			n.failed(what, err)
			return nil
		}
	}
	return nil
}

// stretch is a time in Unix milliseconds in which some pods, as regular expressions, are looked at closely.
type stretch struct {
	from, to int64
	pods     []string
}

// stretchesOf joins steps that touch, newest first.
func stretchesOf(busy map[int64]map[string]bool, step time.Duration) []stretch {
	at := make([]int64, 0, len(busy))
	for t := range busy {
		at = append(at, t)
	}
	slices.Sort(at)
	var out []stretch
	for _, t := range at {
		if k := len(out) - 1; k < 0 || t-step.Milliseconds() > out[k].to {
			out = append(out, stretch{from: t - step.Milliseconds()})
		}
		last := &out[len(out)-1]
		last.to = t
		for p := range busy[t] {
			if name := literal(p); !slices.Contains(last.pods, name) {
				last.pods = append(last.pods, name)
			}
		}
	}
	for i := range out {
		slices.Sort(out[i].pods)
	}
	slices.Reverse(out)
	return out
}
