package prom

import (
	"context"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"github.com/oomedic/oomedic/data"
)

// Bounds of looking for former kills in the whole cluster. What is sticky at a time is counted first: it is cheap, and
// tells how many series the rest would read.
const (
	maxStickySeries = 2000 // containers whose last end is an OOM kill, at one time
	maxPastPods     = 1500 // pods that are asked about one by one; the newest stay
	countStep       = 6 * time.Hour
)

// pastWindows are tried in turn until one is small enough.
var pastWindows = []data.Window{data.ThirtyDay, data.Week, data.Day}

// Past returns the kills of the last 30 days in the given namespaces, all for none. It counts before it reads, and
// takes a shorter window where there is too much; what is left out is a Gap.
func (r *Reader) Past(ctx context.Context, namespaces []data.Text) (data.Past, []data.Gap) {
	now := r.now()
	n := &notes{}
	sel := inNamespaces(namespaces)
	window, ok := r.pastWindow(ctx, n, sel, now)
	out := data.Past{}
	if ok {
		out.Since = r.reachOfKills(ctx, n, sel, now, window)
		out.Containers = r.pastKills(ctx, n, sel, now, window)
		for i := range out.Containers {
			out.Containers[i].KillsSince = out.Since
		}
	}
	gaps, _ := n.take()
	return out, gaps
}

// inNamespaces selects containers of some namespaces, all for none.
func inNamespaces(namespaces []data.Text) string {
	if len(namespaces) == 0 {
		return `namespace!=""`
	}
	names := make([]string, len(namespaces))
	for i, ns := range namespaces {
		names[i] = literal(ns.String())
	}
	return matches("namespace", alternatives(names))
}

// pastWindow returns the longest window whose kills are few enough to be read.
func (r *Reader) pastWindow(ctx context.Context, n *notes, sel string, now time.Time) (time.Duration, bool) {
	const what = "former kills of the cluster"
	for _, w := range pastWindows {
		most, err := r.mostAtOnce(ctx, n, "count("+endReasons(sel)+" == 1)", now, w.Duration())
		if err != nil {
			n.failed(what, err)
			return 0, false
		}
		if most <= maxStickySeries {
			return w.Duration(), true
		}
		n.gap(what, data.Textf("in the last %s up to %.0f containers at a time had one, too many to read", w, most))
	}
	return 0, false
}

// mostAtOnce returns the highest value of promql within the window; 0 when it has none.
func (r *Reader) mostAtOnce(ctx context.Context, n *notes, promql string, now time.Time, window time.Duration) (float64, error) {
	answers, err := r.rangedSplit(ctx, n, promql, now.Add(-window), now, countStep, maxHalvings)
	if err != nil {
		return 0, err
	}
	most := 0.0
	for _, a := range answers {
		for _, s := range seriesOf(a) {
			most = max(most, slices.Max(s.V))
		}
	}
	return most, nil
}

// reachOfKills returns from when on kube-state-metrics was asked, to killStep. Where it was there when the window began,
// it is that.
func (r *Reader) reachOfKills(ctx context.Context, n *notes, sel string, now time.Time, window time.Duration) time.Time {
	begin := now.Add(-window)
	for _, promql := range []string{"count(kube_node_info)", "count(" + endTimes(sel) + ")"} {
		first, err := r.firstOf(ctx, n, promql, begin, now, countStep)
		if err == nil && first.After(begin) {
			// A step is coarse: what is left of it is looked at closely.
			first, err = r.firstOf(ctx, n, promql, later(begin, first.Add(-countStep)), first, killStep)
		}
		if err != nil {
			n.failed("how far back kills are known", err)
			return time.Time{}
		}
		if !first.IsZero() {
			return first
		}
	}
	return time.Time{}
}

// firstOf returns the first step at which promql has a value; zero when none has.
func (r *Reader) firstOf(ctx context.Context, n *notes, promql string, from, to time.Time, step time.Duration) (time.Time, error) {
	answers, err := r.rangedSplit(ctx, n, promql, from, to, step, maxHalvings)
	if err != nil {
		return time.Time{}, err
	}
	var first int64
	for _, a := range answers {
		for _, s := range seriesOf(a) {
			if first == 0 || s.T[0] < first {
				first = s.T[0]
			}
		}
	}
	if first == 0 {
		return time.Time{}, nil
	}
	return time.UnixMilli(first).UTC(), nil
}

// later returns the later of two times.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// pastKey names a container as metrics do; uid is empty where the source has none.
type pastKey struct{ namespace, pod, container, uid string }

// pastKills finds the containers that were killed, and when.
func (r *Reader) pastKills(ctx context.Context, n *notes, sel string, now time.Time, window time.Duration) []data.Container {
	w := data.PromDuration(window)
	found := map[pastKey]bool{}
	for _, metric := range []string{endReasons(sel), data.MetricTerminatedReason + "{" + oomReason + sel + "}"} {
		a, err := r.instant(ctx, "group by (namespace,pod,container,uid)(max_over_time("+metric+"["+w+"]) == 1)", now)
		if err != nil {
			n.failed("former kills of the cluster", err)
			return nil
		}
		n.took(a)
		eachMetric(a.value, func(m metricLabels, _ float64) {
			k := pastKey{m.get("namespace"), m.get("pod"), m.get("container"), m.get("uid")}
			if k.namespace != "" && k.pod != "" && k.container != "" {
				found[k] = true
			}
		})
	}
	p := newPast(found)
	batches := podBatches(p.list(), batchPods)
	if kept := maxPastPods / batchPods; len(batches) > kept {
		n.gap("former kills of the cluster", data.Textf("%d pods had one, of which %d are read", len(p.byName), maxPastPods))
		batches = batches[:kept]
	}
	var tasks []task
	for _, b := range batches {
		tasks = append(tasks, task{data.Textf("former kills in namespace %s", b.namespace), func(ctx context.Context) error {
			return r.pastBatch(ctx, n, p, podsSelector(b.namespace, b.pods), now, window)
		}})
	}
	r.runAll(ctx, n, tasks, nil)
	return p.containers()
}

// pastBatch reads the kills, owners and limits of some pods of a namespace.
func (r *Reader) pastBatch(ctx context.Context, n *notes, p *past, sel string, now time.Time, window time.Duration) error {
	deaths, err := r.deaths(ctx, n, sel, now.Add(-window), now)
	if err != nil {
		return err
	}
	p.add(deaths)
	w := data.PromDuration(window)
	pods := namesOf(sel)
	ended := "max by (namespace,pod)(last_over_time(" + data.MetricCompletion + "{" + pods + "}[" + w + "])) * on (namespace,pod) group_right() " +
		byContainer + "(last_over_time(" + data.MetricTerminatedReason + "{" + oomReason + sel + "}[" + w + "]) == 1) and on (namespace,pod) " +
		"count by (namespace,pod)(" + byContainer + "(last_over_time(kube_pod_container_info{" + pods + "}[" + w + "]))) == 1"
	limits := "max by (namespace,pod,uid,container,node)(last_over_time(" + either(data.MetricLimits, data.MetricInitLimits, `resource="memory",`+sel) + "[" + w + "]))"
	owner := "group by (namespace,pod,owner_kind,owner_name)(last_over_time(kube_pod_owner{" + pods + "}[" + w + "]))"
	for _, q := range []struct {
		promql string
		take   func(metricLabels, float64)
	}{{ended, p.ended}, {briefPromQL(sel, w), p.briefSince(now.Add(-window))}, {limits, p.limit}, {owner, p.owner}} {
		a, err := r.instant(ctx, q.promql, now)
		if err != nil {
			n.failed("owners and limits of former pods", err)
			continue
		}
		n.took(a)
		eachMetric(a.value, q.take)
	}
	return r.pastOwners(ctx, n, p, now, w)
}

// pastOwners looks up what is above the ReplicaSets and Jobs of former pods.
func (r *Reader) pastOwners(ctx context.Context, n *notes, p *past, now time.Time, w string) error {
	for _, level := range []struct{ kind, metric, label string }{
		{"ReplicaSet", "kube_replicaset_owner", "replicaset"}, {"Job", "kube_job_owner", "job_name"},
	} {
		for ns, names := range p.unresolved(level.kind) {
			sel := joinMatchers(equal("namespace", ns), matches(level.label, alternatives(names)))
			a, err := r.instant(ctx, "group by (namespace,"+level.label+",owner_kind,owner_name)(last_over_time("+level.metric+"{"+sel+"}["+w+"]))", now)
			if err != nil {
				return err
			}
			n.took(a)
			eachMetric(a.value, func(m metricLabels, _ float64) {
				p.above(ns, level.kind, m.get(model.LabelName(level.label)), m.get("owner_kind"), m.get("owner_name"))
			})
		}
	}
	return nil
}

// metricLabels are the labels of one series.
type metricLabels model.Metric

// get returns a label, cleaned.
func (m metricLabels) get(name model.LabelName) string {
	return data.Clean(string(m[name])).String()
}

// eachMetric hands over the labels and values of an instant vector.
func eachMetric(v model.Value, take func(metricLabels, float64)) {
	vec, ok := v.(model.Vector)
	if !ok {
		return
	}
	for _, s := range vec {
		take(metricLabels(s.Metric), float64(s.Value))
	}
}
