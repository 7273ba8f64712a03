package prom

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/oomedic/oomedic/data"
)

// cutsFor returns what separates the lives of pods whose series have no id: the starts that container_start_time_seconds
// tells or, without it, the kills that are known. The starts are asked for only when there is such a series.
func (r *Reader) cutsFor(ctx context.Context, n *notes, all []series, kills []death, from, to time.Time) func(pod string) cuts {
	nameless := map[string]bool{}
	var sel string
	for _, s := range all {
		if s.id == "" {
			nameless[s.pod] = true
			sel = joinMatchers(equal("namespace", s.namespace), equal("container", s.container))
		}
	}
	if len(nameless) == 0 {
		return func(string) cuts { return cuts{} }
	}
	byPod := map[string]cuts{}
	r.addStarts(ctx, n, sel, nameless, from, to, byPod)
	for _, d := range kills {
		if c := byPod[d.pod]; !c.starts {
			c.at = append(c.at, d.at*1000)
			byPod[d.pod] = c
		}
	}
	return func(pod string) cuts { return byPod[pod] }
}

// addStarts adds the distinct start times of pods, in batches. Without them lives part where memory collapses, which
// a large release of memory does too; that is said in a gap.
func (r *Reader) addStarts(ctx context.Context, n *notes, sel string, pods map[string]bool, from, to time.Time, byPod map[string]cuts) {
	const what = "where one container's life ends and the next begins"
	names := make([]string, 0, len(pods))
	for p := range pods {
		names = append(names, p)
	}
	slices.Sort(names)
	for batch := range slices.Chunk(names, batchPods) {
		batchSel := sel + "," + strings.TrimPrefix(podsSelector("", batch), equal("namespace", "")+",")
		promql := byContainer + "(max_over_time(" + data.MetricStartTime + "{" + batchSel + "}[" + data.PromDuration(killStep) + "]))"
		answers, err := r.rangedSplit(ctx, n, promql, from, to.Add(killStep), killStep, maxHalvings)
		if err != nil {
			n.failed(what, err)
			return
		}
		for _, a := range answers {
			for _, s := range seriesOf(a) {
				c := byPod[s.pod]
				c.starts = true
				for _, v := range s.V {
					c.at = append(c.at, int64(v*1000))
				}
				byPod[s.pod] = c
			}
		}
	}
	for _, p := range names {
		if !byPod[p].starts {
			n.gap(what, "the samples have no id label and there is no "+data.MetricStartTime+": lives were parted at kills and where more than half of the memory went at once")
			return
		}
	}
}
