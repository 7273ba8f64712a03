package ui

import (
	"context"
	"errors"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// Times that were tuned by feel.
const (
	tickEvery     = time.Second      // ages move on
	overviewEvery = 30 * time.Second // sparklines are read again
	overviewSoon  = 3 * time.Second  // and no sooner than this when new kills come
	childrenEvery = 60 * time.Second // the look for child kills
	probeEvery    = 15 * time.Second // another try while Prometheus can't be reached
	sparkPoints   = 24               // steps of a sparkline
	maxChildPods  = 200              // pods that are fetched for child kills at once
)

// diagnoses are the diagnoses asked for, by container.
type diagnoses = map[data.Key]*views.Loaded[analysis.Diagnosis]

// historyProgress is written by the command that reads a history and read when the spinner moves.
type historyProgress struct{ done, total atomic.Int64 }

// waitForBell waits for a change of the facts, lets changes settle and makes the new list.
func (a *App) waitForBell() tea.Cmd {
	bell, ctx, build, pace := a.opt.Source.Bell(), a.ctx, a.makeBoard(), a.boards
	return func() tea.Msg {
		select {
		case <-ctx.Done():
			return nil
		case <-bell:
		}
		t := time.NewTimer(pace.wait(time.Now()))
		defer t.Stop()
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
		began := time.Now()
		made := heard{build().(boardMsg)}
		pace.made(began, time.Now())
		return made
	}
}

// heard wraps a list that was made because the bell rang, so that the wait is begun again exactly once.
type heard struct{ boardMsg }

// boardMaker makes the lists of one place one after another: it keeps what was judged, so that only what has changed is
// judged again.
type boardMaker struct {
	mu      sync.Mutex
	judged  *analysis.Judged
	prepare views.Preparer
}

// make makes the list of the newest snapshot. Two commands may ask at once; the second one has the newer list.
func (m *boardMaker) make(o *Options, ov *overviews) *views.Board {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := o.Source.Snapshot()
	m.judged = m.judged.Next(s.Containers, ov.load(), o.Since, o.Now())
	b := &views.Board{
		Cluster: o.Where, Health: s.Health, At: s.At, Cases: m.judged.Killed, Ruled: m.judged.Ruled,
		Gaps: s.Gaps, Since: o.Since, Pods: s.PodsSeen, Reach: s.Reach,
	}
	m.prepare.Prepare(b)
	return b
}

// makeBoard judges the newest snapshot.
func (a *App) makeBoard() tea.Cmd {
	o, ov, maker := a.opt, a.overviews, a.maker
	return func() tea.Msg { return boardMsg{maker.make(&o, ov)} }
}

// probe asks whether Prometheus is usable.
func (a *App) probe() tea.Cmd {
	m := a.opt.Metrics
	if m == nil {
		return nil
	}
	a.due.probe = a.now.Add(probeEvery)
	ctx := a.ctx
	return func() tea.Msg { return metricsMsg{m.Probe(ctx)} }
}

// readOverviews reads the sparklines of all cases.
func (a *App) readOverviews() tea.Cmd {
	m, b := a.opt.Metrics, a.state.Board
	if m == nil || !b.Metrics.Reachable || a.due.overviewBusy || len(b.Cases)+len(b.Ruled) == 0 {
		return nil
	}
	a.due.overviewBusy, a.due.overviewSince = true, a.opt.Now()
	a.due.overviewFor, a.due.overviewBorn = len(b.Cases)+len(b.Ruled), b.Born
	ctx, since, known := a.ctx, b.Since, a.overviews
	return func() tea.Msg {
		cs := make([]*data.Container, 0, len(b.Cases)+len(b.Ruled))
		for _, list := range [...][]*analysis.Case{b.Cases, b.Ruled} {
			for _, c := range list {
				cs = append(cs, &c.Container)
			}
		}
		ov, gaps := m.Overview(ctx, cs, since, sparkPoints)
		return overviewMsg{withFormer(ov, known.load(), cs), gaps}
	}
}

// withFormer adds to new overviews those that were known before, of the containers that are listed still.
func withFormer(ov, former map[data.Key]data.Overview, cs []*data.Container) map[data.Key]data.Overview {
	out := make(map[data.Key]data.Overview, len(cs))
	for _, c := range cs {
		if v, ok := former[c.Key]; ok {
			out[c.Key] = v
		}
	}
	maps.Copy(out, ov)
	return out
}

// lookForChildren finds containers in which a process was killed while the container lived on: nothing in the pod's
// status tells of those, so that the watch can't.
func (a *App) lookForChildren() tea.Cmd {
	m, o := a.opt.Metrics, a.opt
	if m == nil || !a.state.Board.Metrics.Reachable {
		return nil
	}
	a.due.children = a.now.Add(childrenEvery)
	ctx := a.ctx
	return func() tea.Msg {
		kills, err := m.ChildKills(ctx, o.Since)
		if err != nil {
			return childrenMsg{data.Clean(err.Error())}
		}
		return childrenMsg{KeepChildKills(ctx, o.Cluster, o.Source, o.Where, kills)}
	}
}

// KeepChildKills fetches the pods of child kills and puts them into the source, so that they are listed like any
// other kill. Pods that are gone or outside the watched namespaces are left out. It returns the first trouble met.
func KeepChildKills(ctx context.Context, c Cluster, s Source, where data.Cluster, kills []data.ChildKill) data.Text {
	pods := map[data.PodKey]map[data.Text]data.ChildKill{}
	for _, k := range kills {
		pk := data.PodKey{Namespace: k.Namespace, Name: k.Pod}
		if !watched(where, k.Namespace) || (pods[pk] == nil && len(pods) >= maxChildPods) {
			continue
		}
		if pods[pk] == nil {
			pods[pk] = map[data.Text]data.ChildKill{}
		}
		pods[pk][k.Container] = k
	}
	var problem data.Text
	for pk, wanted := range pods {
		p, err := c.FetchPod(ctx, pk.Namespace.String(), pk.Name.String(), func(name string) bool {
			_, ok := wanted[data.Clean(name)]
			return ok
		})
		if errors.Is(err, data.ErrNotFound) {
			continue
		}
		if err != nil {
			problem = data.Clean(err.Error())
			continue
		}
		for i := range p.Containers {
			k, ok := wanted[p.Containers[i].Key.Container]
			if !ok {
				continue
			}
			count := k.Count
			p.Containers[i].ChildKills, p.Containers[i].ChildKillsFrom = &count, k.From
		}
		s.Put(p)
	}
	return problem
}

// watched reports whether a namespace is among those that are looked at.
func watched(c data.Cluster, ns data.Text) bool {
	if len(c.Namespaces) == 0 {
		return true
	}
	for _, n := range c.Namespaces {
		if n == ns {
			return true
		}
	}
	return false
}

// readChart reads one window of one container.
func (a *App) readChart(k views.ChartKey) tea.Cmd {
	m := a.opt.Metrics
	c, ok := a.container(k.Key)
	if m == nil || !ok {
		return nil
	}
	l := a.state.Charts[k]
	if l == nil {
		l = &views.Loaded[data.Chart]{}
	}
	if l.Loading {
		return nil
	}
	next := *l
	next.Loading, next.Problem = true, ""
	a.state.Charts[k] = &next
	ctx := a.begin(k)
	return func() tea.Msg {
		chart, err := m.Chart(ctx, c, k.Window)
		if err != nil {
			return chartMsg{key: k, problem: data.Clean(err.Error())}
		}
		return chartMsg{key: k, chart: chart}
	}
}

// diagnose makes a diagnosis: at once from what is known, and again when the history has been read.
func (a *App) diagnose(k data.Key, again bool) tea.Cmd {
	l := a.state.Diagnoses[k]
	if l != nil && (l.Loading || (!again && l.Problem == "" && l.Value != nil)) {
		return nil
	}
	cs, ok := a.state.Board.Case(k)
	if !ok {
		return nil
	}
	m := a.opt.Metrics
	read := m != nil && a.history[k] == nil && (a.state.Board.Metrics.Reachable || !a.state.Board.Metrics.Checked)
	bounds := a.bounder()
	wait := read || bounds != nil
	next := views.Loaded[analysis.Diagnosis]{Loading: wait, At: a.now}
	if l != nil {
		next.Value = l.Value
	}
	a.state.Diagnoses[k] = &next
	in := analysis.Input{Case: *cs, History: a.history[k], MetricsProblem: a.metricsProblem(), Price: a.price(), Now: a.now}
	first := func() tea.Msg {
		d := analysis.Diagnose(in)
		return diagnosisMsg{key: k, diagnosis: &d, final: !wait}
	}
	if !wait {
		return first
	}
	p := &historyProgress{}
	a.progress[k] = p
	ctx, c, now := a.begin(k), cs.Container, a.opt.Now
	return tea.Batch(first, func() tea.Msg {
		msg := diagnosisMsg{key: k, final: true}
		if bounds != nil {
			b, most := bounds.BoundsOf(ctx, c.Key.Namespace, c.Workload)
			in.Bounds = &b
			if w := &in.Case.Container.Workload; w.MaxReplicas == nil {
				w.MaxReplicas = most
			}
		}
		if read {
			h, err := m.History(ctx, &c, func(done, total int) { p.done.Store(int64(done)); p.total.Store(int64(total)) })
			in.History, in.Now = h, now()
			if err != nil {
				in.History, in.MetricsProblem = nil, data.Clean(err.Error())
				msg.problem = in.MetricsProblem
			}
		}
		d := analysis.Diagnose(in)
		msg.diagnosis = &d
		return msg
	})
}

// bounder returns who tells what a namespace allows, nil when nobody does.
func (a *App) bounder() Bounder {
	b, _ := a.opt.Cluster.(Bounder)
	return b
}

// begin returns a context for a question, ending the one before it of the same key.
func (a *App) begin(key any) context.Context {
	if cancel := a.cancels[key]; cancel != nil {
		cancel()
	}
	ctx, cancel := context.WithCancel(a.ctx)
	a.cancels[key], a.began[key] = cancel, a.opt.Now()
	return ctx
}
