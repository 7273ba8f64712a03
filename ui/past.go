package ui

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/sync/errgroup"

	"github.com/oomedic/oomedic/data"
)

// Bounds of looking at the past. It changes slowly, since what happens now comes by the watch.
const (
	pastEvery  = 10 * time.Minute
	maxLookUps = 200 // pods that are asked about, those with the newest kills
	lookUps    = 4   // at a time
)

// Past is a Metrics that also knows kills of pods that no longer exist.
type Past interface {
	Past(ctx context.Context, namespaces []data.Text) (data.Past, []data.Gap)
}

// Memory is a Source that takes in what is known of the past; see data.Store.
type Memory interface {
	Remember([]data.Container)
	SetReach(at time.Time, from data.KnownFrom)
}

// pastMsg says that the look at the past has ended.
type pastMsg struct{ gaps []data.Gap }

// readPast reads the kills of pods that the API server has forgotten, when that is due.
func (a *App) readPast() tea.Cmd {
	m, ok := a.opt.Metrics.(Past)
	if !ok || !a.state.Board.Metrics.Reachable || a.now.Before(a.due.past) {
		return nil
	}
	a.due.past = a.now.Add(pastEvery)
	ctx, o := a.ctx, a.opt
	return func() tea.Msg {
		past, gaps := m.Past(ctx, o.Where.Namespaces)
		return pastMsg{append(gaps, KeepPast(ctx, o.Cluster, o.Source, past)...)}
	}
}

// KeepPast puts former kills into the source. Of a container that the source does not hold it asks the API server
// whether its pod still exists; those beyond the newest, and those that may not be read, are kept as unknown.
func KeepPast(ctx context.Context, c Cluster, s Source, past data.Past) []data.Gap {
	m, ok := s.(Memory)
	if !ok {
		return nil
	}
	held := heldNames(s.Snapshot())
	var ask []*data.Container
	for i := range past.Containers {
		if pc := &past.Containers[i]; !held[nameOf(pc)] {
			ask = append(ask, pc)
		}
	}
	slices.SortStableFunc(ask, func(a, b *data.Container) int { return lastOf(b).Compare(lastOf(a)) })
	var mu sync.Mutex
	var problem error
	g, _ := errgroup.WithContext(ctx)
	g.SetLimit(lookUps)
	for i, pc := range ask {
		if i >= maxLookUps {
			pc.State, pc.GoneAt = data.Unknown, time.Time{}
			continue
		}
		g.Go(func() error {
			if err := lookUp(ctx, c, s, pc); err != nil {
				mu.Lock()
				defer mu.Unlock()
				problem = cmp.Or(problem, err)
			}
			return nil
		})
	}
	_ = g.Wait() //nolint:errcheck // no function returns an error
	m.Remember(past.Containers)
	m.SetReach(past.Since, data.KnownFromMetrics)
	if problem != nil {
		return []data.Gap{{What: "whether pods of former kills exist", Why: data.Clean(problem.Error())}}
	}
	return nil
}

// containerName is what metrics know a container by.
type containerName struct{ namespace, pod, container data.Text }

func nameOf(c *data.Container) containerName {
	return containerName{c.Key.Namespace, c.Key.Pod, c.Key.Container}
}

func heldNames(s *data.Snapshot) map[containerName]bool {
	out := make(map[containerName]bool, len(s.Containers))
	for _, c := range s.Containers {
		out[nameOf(c)] = true
	}
	return out
}

// lastOf is when a container was killed last.
func lastOf(c *data.Container) time.Time {
	if n := len(c.Kills); n > 0 {
		return c.Kills[n-1].At
	}
	return time.Time{}
}

// lookUp asks whether the pod of a former kill still exists. If so it goes to the source as it is now, and the kill is
// added to it; if not the container stays gone.
func lookUp(ctx context.Context, c Cluster, s Source, pc *data.Container) error {
	k := pc.Key
	p, err := c.FetchPod(ctx, k.Namespace.String(), k.Pod.String(), func(name string) bool { return data.Clean(name) == k.Container })
	switch {
	case errors.Is(err, data.ErrNotFound):
		return nil
	case err != nil:
		pc.State, pc.GoneAt = data.Unknown, time.Time{}
		return err
	}
	for i := range p.Containers {
		now := &p.Containers[i]
		if now.Key.Container != k.Container || (k.UID != "" && now.Key.UID != k.UID) || lastOf(pc).Before(now.PodCreated) {
			continue
		}
		s.Put(data.Pod{Key: p.Key, Containers: []data.Container{*now}})
		pc.Key.UID = now.Key.UID
	}
	return nil
}
