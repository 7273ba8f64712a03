package prom

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/oomedic/oomedic/data"
)

// How the memory of a whole cluster is read: three questions for all containers, and two more for the few that are near
// their limit, on the way to it, or far below it.
const (
	growthLook = 30 * time.Minute // the rough growth of every container is taken over this
	leastPace  = 128 << 10        // bytes an hour; below it a container takes more than ten days for 32 MiB
	againLook  = 15 * time.Minute // a container that started again within this may die before it is sampled twice
	recentLook = 6 * time.Hour    // samples of the few are read raw over this
	peakLook   = 24 * time.Hour
	// nearShare is the share of the limit, and reachHours the time to it at the rough pace, from which a container is one
	// of the few. Both are wider than what is called a risk, so that the closer look decides.
	nearShare  = 0.80
	reachHours = 48.0
	// mostNear and mostIdle bound the few: those near a limit, and those that hold the most memory they do not use.
	mostNear = 200
	mostIdle = 100
)

// Specs completes limits, requests and owners from the API server, for a Prometheus that does not know them.
type Specs func(context.Context, *data.ClusterUsage) error

// Usage reads the memory of all containers that run now in the namespaces, none meaning all, in five questions at most
// whatever their number. Answers are taken in as they come and not held. What failed is in the gaps; the error is that
// of the working set, without which there is nothing. specs may be nil.
func (r *Reader) Usage(ctx context.Context, namespaces []data.Text, specs Specs) (*data.ClusterUsage, error) {
	return r.usage(ctx, namespaces, specs, false)
}

// UsageOf is Usage of the containers that chosen leaves, which is asked before the closer look: that is given to few, and
// none of them is to be wasted on a container that nobody asked for. The error may also be that of chosen.
func (r *Reader) UsageOf(ctx context.Context, namespaces []data.Text, chosen Specs) (*data.ClusterUsage, error) {
	return r.usage(ctx, namespaces, chosen, true)
}

func (r *Reader) usage(ctx context.Context, namespaces []data.Text, specs Specs, choose bool) (*data.ClusterUsage, error) {
	now, sel := r.now(), realContainers
	if len(namespaces) > 0 {
		sel += "," + namespacesMatcher(namespaces)
	}
	out := &data.ClusterUsage{At: now, Source: r.source, Selector: sel, GrowthWindow: growthLook, PeakWindow: peakLook}
	n, t := &notes{}, newUsageTable()
	resources := r.resourcesPromQL(ctx, sel)
	var failed error
	tasks := []task{
		{"memory of containers now", func(ctx context.Context) error {
			failed = r.stream1(ctx, n, byContainer+"("+data.MetricWorkingSet+"{"+sel+"})", now, t.workingSet)
			return failed
		}},
		{"limits and requests", func(ctx context.Context) error {
			return r.stream1(ctx, n, resources, now, t.resources)
		}},
		{"growth of memory", func(ctx context.Context) error {
			return r.stream1(ctx, n, growthPromQL(sel), now, t.growth)
		}},
	}
	r.runAll(ctx, n, tasks, nil)
	if failed != nil {
		return nil, failed
	}
	if err := ctx.Err(); err != nil {
		return nil, r.explain(ctx, err)
	}
	out.Usages = t.running()
	all := len(out.Usages)
	if unlimited := !slices.ContainsFunc(out.Usages, func(u data.Usage) bool { return u.Limit != nil }); (choose || unlimited) && specs != nil && len(out.Usages) > 0 {
		switch err := specs(ctx, out); {
		case err != nil && choose:
			return nil, err
		case err != nil:
			n.failed("limits and requests", err)
		}
	}
	r.lookCloser(ctx, n, out)
	out.Gaps, out.Queries = n.take()
	if choose && all > 0 && len(out.Usages) == 0 {
		out.Gaps = append(out.Gaps, data.Gap{What: "memory of the chosen containers", Why: data.Textf("none of the %d containers that Prometheus tells of is in a pod that the label selector selects", all)})
		return out, nil
	}
	out.Gaps = append(out.Gaps, usageGaps(out)...)
	return out, nil
}

// stream1 asks one question and gives each series to take.
func (r *Reader) stream1(ctx context.Context, n *notes, promql string, at time.Time, take func(*row)) error {
	a, err := r.streamed(ctx, promql, at, take)
	if err != nil {
		return err
	}
	n.took(a)
	return nil
}

// namespacesMatcher selects namespaces by their names.
func namespacesMatcher(namespaces []data.Text) string {
	names := make([]string, len(namespaces))
	for i, ns := range namespaces {
		names[i] = ns.String()
	}
	return anyOf("namespace", names)
}

// growthPromQL gives how fast containers grow in bytes a second, those that do. deriv reads each container id by itself,
// so that a container younger than the window is judged by its own life. Those that were started again lately come along.
func growthPromQL(sel string) string {
	return byContainer + "(deriv(" + data.MetricWorkingSet + "{" + sel + "}[" + data.PromDuration(growthLook) + "])) > " + perSecond(leastPace) +
		" or label_replace(" + byContainer + "(changes(" + data.MetricRestarts + "{" + sel + "}[" + data.PromDuration(againLook) + `])) > 0,"part","again","","")`
}

// resourceMetrics are where limits and requests come from. The counter of restarts is there for every container that
// kube-state-metrics knows: one without a limit can be told from one that is not known.
var resourceMetrics = []string{data.MetricLimits, data.MetricRequests, data.MetricInitLimits, data.MetricInitRequests, data.MetricRestarts}

// resourcesPromQL gives limits, requests and restarts in one answer, told apart by their name. The cgroup's own limit is
// taken where kube-state-metrics is not there; which it is, is asked from the index, where no sample is read.
func (r *Reader) resourcesPromQL(ctx context.Context, sel string) string {
	names, err := r.labelValues(ctx, "__name__", `{__name__=~"`+strings.Join(append([]string{data.MetricSpecLimit}, resourceMetrics...), "|")+`"}`)
	if err == nil && slices.Contains(names, data.MetricSpecLimit) && !slices.Contains(names, data.MetricLimits) {
		return "max by (__name__,namespace,pod,container)(" + data.MetricSpecLimit + "{" + sel + "}) > 0"
	}
	return `max by (__name__,namespace,pod,container)({__name__=~"` + strings.Join(resourceMetrics, "|") + `",resource=~"memory|",` + sel + "})"
}

// usageGaps says what is missing in the answers.
func usageGaps(u *data.ClusterUsage) []data.Gap {
	if len(u.Usages) == 0 {
		return []data.Gap{{What: "memory of containers now", Why: "Prometheus has no samples of " + data.MetricWorkingSet + " in the last minutes: is the kubelet's /metrics/cadvisor scraped?"}}
	}
	unknown, limited := 0, false
	for i := range u.Usages {
		limited = limited || u.Usages[i].Limit != nil
		if !u.Usages[i].Specified && u.Usages[i].Limit == nil {
			unknown++
		}
	}
	switch {
	case unknown == len(u.Usages) && !limited:
		return []data.Gap{{What: "limits and requests", Why: "Prometheus has no " + data.MetricLimits + ": is kube-state-metrics scraped?"}}
	case unknown > 0:
		return []data.Gap{{What: data.Textf("limits of %d containers", unknown), Why: "kube-state-metrics does not know them"}}
	}
	return nil
}
