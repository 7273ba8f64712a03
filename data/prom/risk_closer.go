package prom

import (
	"cmp"
	"context"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/oomedic/oomedic/data"
)

// lookCloser reads the samples of the few that are near their limit, and the parts, peaks and owners of these and of
// those that hold much memory they do not use.
func (r *Reader) lookCloser(ctx context.Context, n *notes, out *data.ClusterUsage) {
	near, idle := fewNear(out.Usages), fewIdle(out.Usages)
	if len(near)+len(idle) == 0 {
		return
	}
	both := append(slices.Clone(near), idle...)
	byName := map[usageName]*data.Usage{}
	for _, u := range both {
		byName[usageName{u.Key.Namespace, u.Key.Pod, u.Key.Container}] = u
	}
	newest := r.readRecent(ctx, n, near, out.At)
	sel := fewSelector(both)
	details := `{__name__=~"` + strings.Join([]string{data.MetricRSS, data.MetricCache, data.MetricActiveFile, data.MetricInactiveFile, data.MetricKernel, data.MetricOwner}, "|") + `",` + sel + "}" +
		` or label_replace(` + byContainer + "(max_over_time(" + data.MetricWorkingSet + "{" + sel + "," + realContainers + "}[" + data.PromDuration(peakLook) + `])),"part","peak","","")`
	d := &detailTable{byName: byName, newest: newest, parts: map[*data.Usage]*fileParts{}, owners: map[[2]data.Text]*data.Workload{}}
	if err := r.stream1(ctx, n, details, out.At, d.take); err != nil {
		n.failed("parts and owners of containers at risk", err)
	}
	d.finish()
}

// readRecent reads the samples of the lives that run now, and returns their ids; empty where a source has none.
func (r *Reader) readRecent(ctx context.Context, n *notes, near []*data.Usage, at time.Time) map[usageName]string {
	newest := map[usageName]string{}
	if len(near) == 0 {
		return newest
	}
	lives := map[usageName][]series{}
	for _, u := range near {
		lives[usageName{u.Key.Namespace, u.Key.Pod, u.Key.Container}] = nil
	}
	err := r.stream1(ctx, n, data.MetricWorkingSet+"{"+fewSelector(near)+","+realContainers+"}["+data.PromDuration(recentLook)+"]", at, func(w *row) {
		name := usageName{data.Clean(w.namespace), data.Clean(w.pod), data.Clean(w.container)}
		if had, ok := lives[name]; ok && len(w.t) > 0 {
			lives[name] = append(had, series{id: w.id, Samples: orderly(data.Samples{T: slices.Clone(w.t), V: slices.Clone(w.v)})})
		}
	})
	if err != nil {
		n.failed("how the memory of containers near their limit went", err)
	}
	for _, u := range near {
		name := usageName{u.Key.Namespace, u.Key.Pod, u.Key.Container}
		if parts := lives[name]; len(parts) > 0 {
			newest[name] = keepNewest(u, parts)
		}
	}
	return newest
}

// fewSelector selects pods of several namespaces by their names. A pod of the same name in another namespace is selected
// too, and left out by the reader.
func fewSelector(us []*data.Usage) string {
	var namespaces, pods []string
	for _, u := range us {
		namespaces, pods = append(namespaces, u.Key.Namespace.String()), append(pods, u.Key.Pod.String())
	}
	return joinMatchers(anyOf("namespace", namespaces), anyOf("pod", pods))
}

// anyOf matches one of several values, each once and in order. A regular expression of literals alone is looked up by
// Prometheus like a set.
func anyOf(label string, values []string) string {
	values = slices.Clone(values)
	slices.Sort(values)
	values = slices.Compact(values)
	for i := range values {
		values[i] = regexp.QuoteMeta(valid(values[i]))
	}
	return matches(label, strings.Join(values, "|"))
}

// fewNear returns the containers that are near their limit or on the way to it, the nearest in time first.
func fewNear(us []data.Usage) []*data.Usage {
	type ranked struct {
		u    *data.Usage
		left float64 // hours
	}
	var all []ranked
	for i := range us {
		u := &us[i]
		if u.Limit == nil || *u.Limit <= 0 || u.WorkingSet == nil {
			continue
		}
		left := math.Inf(1)
		if u.Growth != nil && *u.Growth > 0 {
			left = max(float64(*u.Limit)-*u.WorkingSet, 0) / *u.Growth
		}
		if *u.WorkingSet >= nearShare*float64(*u.Limit) || left <= reachHours || u.Restarted {
			all = append(all, ranked{u, left})
		}
	}
	share := func(u *data.Usage) float64 { return *u.WorkingSet / float64(*u.Limit) }
	slices.SortFunc(all, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.left, b.left), cmp.Compare(share(b.u), share(a.u)), strings.Compare(a.u.Key.String(), b.u.Key.String()))
	})
	out := make([]*data.Usage, 0, min(len(all), mostNear))
	for _, one := range all[:min(len(all), mostNear)] {
		out = append(out, one.u)
	}
	return out
}

// fewIdle returns the containers that hold the most memory above what they use now: requested, or else allowed.
func fewIdle(us []data.Usage) []*data.Usage {
	type ranked struct {
		u    *data.Usage
		idle float64
	}
	var all []ranked
	for i := range us {
		u := &us[i]
		held := u.Request
		if held == nil {
			held = u.Limit
		}
		if held == nil || u.WorkingSet == nil || *u.WorkingSet > float64(*held)/2 {
			continue
		}
		all = append(all, ranked{u, float64(*held) - *u.WorkingSet})
	}
	slices.SortFunc(all, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(b.idle, a.idle), strings.Compare(a.u.Key.String(), b.u.Key.String()))
	})
	out := make([]*data.Usage, 0, min(len(all), mostIdle))
	for _, one := range all[:min(len(all), mostIdle)] {
		out = append(out, one.u)
	}
	return out
}

// collapse is the fall, as a share of the value before, that parts two lives of a series without ids.
const collapse = 0.5

// keepNewest puts the samples of the life that runs now into u, with its newest value and time, and returns its id. For
// five minutes after a restart the former life's series still answers a plain question; its samples have ended.
func keepNewest(u *data.Usage, parts []series) string {
	var best *series
	all := merged(parts)
	for i := range all {
		s := &all[i]
		if best == nil || s.T[s.Len()-1] > best.T[best.Len()-1] || s.T[s.Len()-1] == best.T[best.Len()-1] && s.T[0] > best.T[0] {
			best = s
		}
	}
	if best == nil {
		return ""
	}
	s := best.Samples
	if best.id == "" {
		for i := s.Len() - 1; i > 0; i-- {
			if s.V[i] < collapse*s.V[i-1] {
				s = data.Samples{T: s.T[i:], V: s.V[i:]}
				break
			}
		}
	}
	last := s.Len() - 1
	newest := s.V[last]
	u.Recent, u.WorkingSet, u.At = &s, &newest, unixMilli(s.T[last])
	return best.id
}
