package prom

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/oomedic/oomedic/data"
)

const (
	// killStep is the coarsest step at which the last termination is looked at. Crash-looping containers die at most
	// this often once the kubelet's back-off has reached its cap of five minutes.
	killStep = 5 * time.Minute
	// fineKillStep is the step for stretches in which a container died more often: the usual scrape interval or less.
	fineKillStep = 15 * time.Second
	// fineSlack widens the look for several deaths within a step, so that a death at its edge is seen.
	fineSlack = 2 * time.Minute
	// finePiece bounds one fine query: 24 h at 15 s are 5,760 steps, half of what Prometheus allows.
	finePiece = 24 * time.Hour
	// maxFinePieces bounds how many fine queries one question may cost.
	maxFinePieces = 32
	// killSkew is how far a kill may lie after the window's end: the clocks of node and client differ.
	killSkew = time.Minute
)

// death is one kill for memory, as kube-state-metrics has it.
type death struct {
	namespace, pod, container string
	at                        int64 // Unix seconds
}

// kill returns d as a fact, with the PromQL that shows it.
func (d death) kill() data.Kill {
	return data.Kill{
		At: time.Unix(d.at, 0).UTC(), Reason: "OOMKilled",
		From: data.KillPromQL(podSelector(d.namespace, d.pod, d.container)),
	}
}

const (
	byContainer = "max by (namespace,pod,container)"
	onContainer = "on (namespace,pod,container)"
	// OOMKilled is the only reason that counts as a kill here; 137 alone is also what a plain SIGKILL leaves.
	oomReason = `reason="OOMKilled",`
)

// either selects a metric of containers together with its twin of init containers, optionally some time ago.
func either(a, b, selector string) string {
	return `{__name__=~"` + a + "|" + b + `",` + selector + "}"
}

func endTimes(sel string) string { return either(data.MetricLastEnd, data.MetricInitLastEnd, sel) }

func endReasons(sel string) string {
	return either(data.MetricLastReason, data.MetricInitLastReason, oomReason+sel)
}

// newKillsPromQL gives the time of the last kill where it differs from the one a step ago. The metrics are sticky, so
// asking for changes alone makes the answer as small as the number of kills.
func newKillsPromQL(sel string, step time.Duration) string {
	now := byContainer + "(" + endTimes(sel) + ")"
	ago := byContainer + "(" + endTimes(sel) + " offset " + data.PromDuration(step) + ")"
	return "(" + now + " unless " + now + " == " + ago + ") and " + onContainer + " " + byContainer + "(" + endReasons(sel) + ") == 1"
}

// crowdedPromQL gives the steps in which containers ended more than once.
func crowdedPromQL(sel string, step time.Duration) string {
	changes := "changes(" + endTimes(sel) + "[" + data.PromDuration(step+fineSlack) + "])"
	return byContainer + "(" + changes + " > 1 or (" + changes + " > 0 unless " + endTimes(sel) + " offset " + data.PromDuration(step+fineSlack) + "))"
}

// killStepFor returns the step for a window: fine enough for the chart's smallest step, never above killStep.
func killStepFor(window time.Duration) time.Duration {
	return min(max(window/720, fineKillStep), killStep).Truncate(fineKillStep)
}

// deaths returns the kills for memory of what sel selects, with from <= time <= to, oldest first, each once.
func (r *Reader) deaths(ctx context.Context, n *notes, sel string, from, to time.Time) ([]death, error) {
	found := map[death]bool{}
	var err error
	if coarse := sparseStepFor(to.Sub(from)); coarse > 0 {
		steps := (to.Sub(from) + coarse - 1) / coarse
		end := to.Truncate(time.Second) // answers come at whole milliseconds, and are found again by them
		err = r.sparseDeaths(ctx, n, sel, end.Add(-steps*coarse), end, coarse, found)
	} else {
		err = r.closeDeaths(ctx, n, sel, from, to, killStepFor(to.Sub(from)), found)
	}
	if err != nil {
		return nil, err
	}
	out := make([]death, 0, len(found))
	for d := range found {
		if at := time.Unix(d.at, 0); d.at > 0 && !at.Before(from) && !at.After(to.Add(killSkew)) {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, compareDeaths)
	return out, nil
}

// closeDeaths adds the kills of a stretch, looked at in steps and, where several lie within one, more closely.
func (r *Reader) closeDeaths(ctx context.Context, n *notes, sel string, from, to time.Time, step time.Duration, found map[death]bool) error {
	begin, end := from.Truncate(step), to.Truncate(step).Add(step)
	if err := r.deathsAt(ctx, n, sel, begin, end, step, found); err != nil {
		return err
	}
	if step >= time.Minute {
		r.crowdedDeaths(ctx, n, sel, begin, end, step, found)
	}
	return nil
}

func compareDeaths(a, b death) int {
	return cmp.Or(cmp.Compare(a.at, b.at), strings.Compare(a.namespace, b.namespace), strings.Compare(a.pod, b.pod), strings.Compare(a.container, b.container))
}

// deathsAt adds the distinct kill times that are seen at the steps from begin to end.
func (r *Reader) deathsAt(ctx context.Context, n *notes, sel string, begin, end time.Time, step time.Duration, found map[death]bool) error {
	answers, err := r.rangedSplit(ctx, n, newKillsPromQL(sel, step), begin, end, step, maxHalvings)
	if err != nil {
		return err
	}
	for _, a := range answers {
		for _, s := range seriesOf(a) {
			for _, v := range s.V {
				found[death{s.namespace, s.pod, s.container, int64(v)}] = true
			}
		}
	}
	return nil
}

// crowdedDeaths looks closely at the stretches in which containers ended more than once a step: the start of a crash
// loop. What cannot be looked at becomes a gap, since kills may be missing there.
func (r *Reader) crowdedDeaths(ctx context.Context, n *notes, sel string, begin, end time.Time, step time.Duration, found map[death]bool) {
	const what = "kills that followed each other within minutes"
	answers, err := r.rangedSplit(ctx, n, crowdedPromQL(sel, step), begin, end, step, maxHalvings)
	if err != nil {
		n.failed(what, err)
		return
	}
	pieces := crowdedPieces(answers, step)
	if len(pieces) > maxFinePieces {
		n.gap(what, data.Textf("they are too many to look at one by one: before %s some may be missing",
			time.UnixMilli(pieces[maxFinePieces-1][0]).UTC().Format(time.RFC3339)))
		pieces = pieces[:maxFinePieces]
	}
	for _, p := range pieces {
		if err := r.deathsAt(ctx, n, sel, time.UnixMilli(p[0]), time.UnixMilli(p[1]), fineKillStep, found); err != nil {
			n.failed(what, err)
			return
		}
	}
}

// crowdedPieces joins the crowded steps of all containers into stretches, newest first, cut to finePiece.
func crowdedPieces(answers []model.Value, step time.Duration) [][2]int64 {
	var at []int64
	for _, a := range answers {
		for _, s := range seriesOf(a) {
			at = append(at, s.T...)
		}
	}
	slices.Sort(at)
	lead, longest := (step + fineSlack).Milliseconds(), finePiece.Milliseconds()
	var out [][2]int64
	for _, t := range at {
		begin := t - lead
		if k := len(out) - 1; k >= 0 && begin <= out[k][1] {
			if t-out[k][0] <= longest {
				out[k][1] = t
				continue
			}
			begin = out[k][1]
		}
		out = append(out, [2]int64{begin, t})
	}
	slices.Reverse(out)
	return out
}

// completedPromQL gives the time at which pods that never restart ended with OOMKilled. Their end is no "last"
// termination, and the only time kube-state-metrics has for it is the pod's: right when the pod has one container.
func completedPromQL(c *data.Container, sel string) string {
	return completedOf(joinMatchers(equal("namespace", c.Key.Namespace.String()), matches("pod", PodPattern(c))), sel)
}

// completedOf is completedPromQL for pods by their selector.
func completedOf(pods, sel string) string {
	return "max by (namespace,pod)(" + data.MetricCompletion + "{" + pods + "}) * on (namespace,pod) group_right() " +
		byContainer + "(" + data.MetricTerminatedReason + "{" + oomReason + sel + "} == 1) and on (namespace,pod) " +
		"count by (namespace,pod)(" + byContainer + "(kube_pod_container_info{" + pods + "})) == 1"
}

// runsToEnd reports whether a workload's pods may end for good when a container is killed.
func runsToEnd(c *data.Container) bool {
	switch c.Workload.Kind {
	case "Job", "CronJob", "Pod", "":
		return true
	}
	return false
}

// allDeaths is deaths for one container, together with those of pods that ended for good.
func (r *Reader) allDeaths(ctx context.Context, n *notes, c *data.Container, sel string, from, to time.Time) ([]death, error) {
	out, err := r.deaths(ctx, n, sel, from, to)
	if err != nil || !runsToEnd(c) {
		return out, err
	}
	step := killStepFor(to.Sub(from))
	answers, err := r.rangedSplit(ctx, n, completedPromQL(c, sel), from.Truncate(step), to.Truncate(step).Add(step), step, maxHalvings)
	if err != nil {
		n.failed("kills of pods that ended for good", err)
		return out, nil
	}
	for _, a := range answers {
		for _, s := range seriesOf(a) {
			d := death{s.namespace, s.pod, s.container, int64(s.V[0])}
			if at := time.Unix(d.at, 0); d.at > 0 && !at.Before(from) && !at.After(to.Add(killSkew)) && !slices.Contains(out, d) {
				out = append(out, d)
			}
		}
	}
	slices.SortFunc(out, compareDeaths)
	return out, nil
}
