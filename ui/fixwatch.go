package ui

import (
	"context"
	"maps"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// How often the cluster is asked after a change: quickly while pods are replaced, then only to count kills.
const (
	rollEvery  = 1 * time.Second
	watchEvery = 2 * time.Second
)

// fixTimes say when the fix was last looked after.
type fixTimes struct {
	asked   time.Time
	busy    bool
	settled bool      // the journal was told how its resizes ended
	changed time.Time // when a diff came, or was agreed to too soon, instead of one that was agreed to
	memory  time.Time // when the memory of the new pods was read
}

// followFix asks how far the change has come and whether anything was killed since.
func (a *App) followFix() tea.Cmd {
	f := a.state.Fix
	if f == nil || f.Applied == nil || f.Plan == nil || a.fixWhen.busy || f.Phase == views.FixFailed && !resizeOpen(f) {
		return nil
	}
	every := rollEvery
	if f.Phase == views.FixWatching {
		every = watchEvery
	}
	if a.now.Sub(a.fixWhen.asked) < every {
		return nil
	}
	a.fixWhen.asked, a.fixWhen.busy = a.now, true
	seq, look := a.fixSeq, a.lookAt(f)
	return func() tea.Msg {
		r, h, problem := look()
		return rolloutMsg{seq: seq, rollout: r, healing: h, problem: problem}
	}
}

// since is when the watch for the next kill begins: when the rollout ended, or was last looked at.
func since(a data.Applied, r *data.Rollout) time.Time {
	if r != nil && r.Done && r.At.After(a.At) {
		return r.At
	}
	return a.At
}

// killsSince returns the kills, after the change was stored, of containers that run with the new limit.
func killsSince(s *data.Snapshot, p *data.Plan, a data.Applied) []data.Kill {
	var kills []data.Kill
	for _, c := range s.Containers {
		if !c.Workload.Same(p.Change.Workload) || c.Key.Container != p.Change.Container || !sameBytes(c.Resources.Limit, p.After.Limit) {
			continue
		}
		for _, k := range c.Kills {
			if k.At.After(a.At) {
				kills = append(kills, k)
			}
		}
	}
	return kills
}

func sameBytes(a, b *int64) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }

func (a *App) gotRollout(m rolloutMsg) tea.Cmd {
	a.fixWhen.busy = false
	if m.seq != a.fixSeq || a.state.Fix == nil {
		return nil
	}
	a.changeFix(func(f *views.Fix) {
		if f.Phase == views.FixFailed {
			if m.rollout != nil && m.problem == "" {
				gotOpenResize(f, m.rollout)
			}
			return
		}
		f.Healing, f.Problem = m.healing, m.problem
		if m.rollout == nil {
			return
		}
		if f.Phase == views.FixRolling && m.rollout.Done {
			f.Phase = views.FixWatching
		}
		f.Rollout = m.rollout
		if b := m.rollout.Blocking; f.Ending != nil && b != nil && *b != *f.Ending {
			f.Ending = nil // another pod blocks by now
		}
	})
	return tea.Batch(a.readNewMemory(), a.settleResizes())
}

// settleResizes has the journal told how the resizes of the change on the screen ended, once they have.
func (a *App) settleResizes() tea.Cmd {
	f := a.state.Fix
	if f.Rollout == nil || len(f.Rollout.Resizes) == 0 || !f.Rollout.Done && !f.Rollout.Failed || a.fixWhen.settled || f.Applied == nil || f.Applied.JournalID == "" {
		return nil
	}
	a.fixWhen.settled = true
	return a.readJournal()
}

// newMemoryEvery is how often the memory of the pods with the new size is read.
const newMemoryEvery = 15 * time.Second

// readNewMemory asks what the pods with the new size use.
func (a *App) readNewMemory() tea.Cmd {
	f, m := a.state.Fix, a.opt.Metrics
	if f.Phase != views.FixWatching || f.Applied == nil || a.now.Sub(a.fixWhen.memory) < newMemoryEvery {
		return nil
	}
	a.fixWhen.memory = a.now
	if m == nil || !a.state.Board.Metrics.Reachable {
		a.changeFix(func(f *views.Fix) { f.Memory = &views.NewMemory{Why: "no Prometheus is reached"} })
		return nil
	}
	seq, ctx, c, s, now := a.fixSeq, a.ctx, a.opt.Cluster, a.opt.Source.Snapshot(), a.now
	plan, applied, rollout := f.Plan, *f.Applied, f.Rollout
	return func() tea.Msg {
		cs := newContainers(ctx, c, s, plan, applied, rollout)
		if len(cs) == 0 {
			return memoryMsg{seq, views.NewMemory{Why: "no pod with the new size is known by name"}}
		}
		window := max(now.Sub(applied.At), 2*time.Minute)
		found, gaps := m.Overview(ctx, cs, window, sparkPoints)
		return memoryMsg{seq, newMemory(found, gaps)}
	}
}

// newMemory is the highest of what was found.
func newMemory(found map[data.Key]data.Overview, gaps []data.Gap) views.NewMemory {
	out := views.NewMemory{Why: "no samples yet"}
	if len(gaps) > 0 {
		out.Why = gaps[0].Why
	}
	for _, o := range found {
		if o.Peak == nil {
			continue
		}
		out.Pods++
		if n := int64(*o.Peak); out.Peak == nil || n > *out.Peak {
			out.Peak, out.Spark = &n, o.Spark
		}
	}
	return out
}

// mostNewPods bounds how many pods are asked about.
const mostNewPods = 20

// newContainers are the containers that run with the new size, as far as their pods are known by name.
func newContainers(ctx context.Context, c Cluster, s *data.Snapshot, p *data.Plan, a data.Applied, r *data.Rollout) []*data.Container {
	names := map[data.Text]bool{}
	if r != nil {
		for _, pod := range r.Pods {
			names[pod.Name] = true
		}
	}
	for _, t := range a.Targets {
		if t.Kind == "Pod" && t.State == data.TargetStored {
			names[t.Name] = true
		}
	}
	for _, x := range s.Containers {
		if x.Workload.Same(p.Change.Workload) && x.Key.Container == p.Change.Container && sameBytes(x.Resources.Limit, a.After.Limit) && x.State != data.Gone {
			names[x.Key.Pod] = true
		}
	}
	var out []*data.Container
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if len(out) == mostNewPods {
			break
		}
		pod, err := c.FetchPod(ctx, p.Change.Workload.Namespace.String(), name.String(), func(container string) bool { return data.Clean(container) == p.Change.Container })
		if err != nil {
			continue
		}
		for i := range pod.Containers {
			if x := &pod.Containers[i]; x.Key.Container == p.Change.Container && sameBytes(x.Resources.Limit, a.After.Limit) {
				out = append(out, x)
			}
		}
	}
	return out
}

func (a *App) gotMemory(m memoryMsg) {
	if m.seq == a.fixSeq && a.state.Fix != nil && a.state.Fix.Phase == views.FixWatching {
		a.changeFix(func(f *views.Fix) { f.Memory = &m.memory })
	}
}
