package prom

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/oomedic/oomedic/data"
)

const (
	// batchPods is how many pods one query of the list asks about.
	batchPods = 50
	// defaultPoints are the steps of a sparkline when the caller names none.
	defaultPoints = 48
)

// Overview returns what the list shows of each container over the window that ends now: points maxima of the working
// set, oldest first, the peak of them, and the kills of the window. Pods are asked about in batches. Containers
// without an answer are in the map with an empty sparkline; what failed is in the gaps.
func (r *Reader) Overview(ctx context.Context, cs []*data.Container, window time.Duration, points int) (map[data.Key]data.Overview, []data.Gap) {
	if points <= 0 {
		points = defaultPoints
	}
	if window < time.Duration(points)*time.Second {
		window = time.Duration(points) * time.Second
	}
	now := r.now()
	step := (window/time.Duration(points) + time.Second - 1).Truncate(time.Second)
	end := now.Truncate(step)
	if end.Before(now) {
		end = end.Add(step)
	}
	grid := timeGrid{start: end.Add(-time.Duration(points-1) * step), step: step, points: points}
	v := &overviews{byName: map[containerName][]*data.Container{}, out: make(map[data.Key]data.Overview, len(cs)), grid: grid}
	for _, c := range cs {
		name := containerName{c.Key.Namespace.String(), c.Key.Pod.String(), c.Key.Container.String()}
		v.byName[name] = append(v.byName[name], c)
		v.out[c.Key] = data.Overview{Spark: grid.empty()}
	}
	n := &notes{}
	var tasks []task
	for _, b := range podBatches(cs, batchPods) {
		sel := podsSelector(b.namespace, b.pods)
		tasks = append(tasks,
			task{data.Textf("memory of %d pods in namespace %s", len(b.pods), b.namespace), func(ctx context.Context) error {
				return r.sparks(ctx, n, sel, v)
			}},
			task{data.Textf("former kills of %d pods in namespace %s", len(b.pods), b.namespace), func(ctx context.Context) error {
				found, err := r.deaths(ctx, n, sel, now.Add(-window), now)
				v.addKills(found)
				return err
			}})
	}
	r.runAll(ctx, n, tasks, nil)
	gaps, _ := n.take()
	return v.out, gaps
}

// containerName is what metrics know of a container: they have no UID.
type containerName struct{ namespace, pod, container string }

// timeGrid are the steps of a sparkline: start, start+step …, each the end of its step.
type timeGrid struct {
	start  time.Time
	step   time.Duration
	points int
}

func (g timeGrid) empty() []float64 {
	return slices.Repeat([]float64{math.NaN()}, g.points)
}

func (g timeGrid) end() time.Time { return g.start.Add(time.Duration(g.points-1) * g.step) }

// overviews are filled from several goroutines.
type overviews struct {
	mu     sync.Mutex
	byName map[containerName][]*data.Container
	out    map[data.Key]data.Overview
	grid   timeGrid
}

// sparksPromQL gives the highest working set of each step.
func sparksPromQL(sel string, step time.Duration) string {
	return byContainer + "(max_over_time(" + data.MetricWorkingSet + "{" + sel + "}[" + data.PromDuration(step) + "]))"
}

// sparks reads the maxima of one batch.
func (r *Reader) sparks(ctx context.Context, n *notes, sel string, v *overviews) error {
	g := v.grid
	answers, err := r.rangedSplit(ctx, n, sparksPromQL(sel, g.step), g.start, g.end(), g.step, maxHalvings)
	if err != nil {
		return err
	}
	for _, a := range answers {
		for _, s := range seriesOf(a) {
			v.addSpark(s)
		}
	}
	return nil
}

func (v *overviews) addSpark(s series) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, c := range v.byName[containerName{s.namespace, s.pod, s.container}] {
		o := v.out[c.Key]
		for i, t := range s.T {
			at := int(time.UnixMilli(t).Sub(v.grid.start) / v.grid.step)
			if at < 0 || at >= len(o.Spark) || !lived(c, time.UnixMilli(t), v.grid.step) {
				continue
			}
			o.Spark[at] = s.V[i]
			if o.Peak == nil || s.V[i] > *o.Peak {
				peak := s.V[i]
				o.Peak = &peak
			}
		}
		v.out[c.Key] = o
	}
}

// lived reports whether the step that ends at t shows c and not another pod of its name. A StatefulSet gives a new pod
// the name of the one before it, and metrics know no more than names; the step in which one followed the other is left
// out for the older, because the highest value in it may be the newer's.
func lived(c *data.Container, t time.Time, step time.Duration) bool {
	switch {
	case !c.PodCreated.IsZero() && !t.After(c.PodCreated):
		return false
	case c.GoneAt.IsZero():
		return true
	case c.Workload.Kind == "StatefulSet":
		return !t.After(c.GoneAt)
	}
	return t.Add(-step).Before(c.GoneAt)
}

// addKills gives each kill to the container whose pod lived at that time: a pod's name may be used again.
func (v *overviews) addKills(found []death) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, d := range found {
		k := d.kill()
		for _, c := range v.byName[containerName{d.namespace, d.pod, d.container}] {
			if k.At.Before(c.PodCreated) || !c.GoneAt.IsZero() && k.At.After(c.GoneAt.Add(killSkew)) {
				continue
			}
			o := v.out[c.Key]
			o.Kills = append(o.Kills, k)
			v.out[c.Key] = o
		}
	}
}
