package ui

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/sync/errgroup"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// Bounds of the look for containers at risk.
const (
	riskEvery   = 30 * time.Second // metrics are no newer than that
	riskSoon    = 5 * time.Second  // after a look that failed because nothing was there yet
	riskPods    = 100              // pods at risk that are read from the API server, the gravest first
	riskPodAge  = 5 * time.Minute  // how long what was read of a pod stands
	riskWorkers = 4
)

// Usages is a Metrics that also reads the memory of every container.
type Usages interface {
	// Usage reads the containers of the namespaces, none meaning all.
	Usage(ctx context.Context, namespaces []data.Text) (*data.ClusterUsage, error)
}

// RiskLooks looks for containers at risk, and remembers what it read of their pods. It is safe for concurrent use.
type RiskLooks struct {
	Metrics Usages
	Cluster Cluster
	Price   analysis.Price
	Now     func() time.Time

	mu   sync.Mutex
	pods map[data.Key]riskPod // by namespace, pod and container
}

// riskPod is what the API server said of a container.
type riskPod struct {
	at   time.Time
	c    *data.Container
	gone bool
}

// Look reads the memory of the cluster, judges it, asks the API server for the pods that are at risk, and judges again
// with what their specifications say. A pod that is gone, which metrics still tell of for some minutes, is left out.
func (l *RiskLooks) Look(ctx context.Context, namespaces []data.Text) (*views.RiskBoard, *data.ClusterUsage, []analysis.Risk, error) {
	u, err := l.Metrics.Usage(ctx, namespaces)
	if err != nil {
		return nil, nil, nil, err
	}
	risks, summary := analysis.Risks(u, l.Price, l.Now())
	if problem := l.readPods(ctx, risks, u); problem != nil {
		u.Gaps = append(u.Gaps, data.Gap{What: "specifications of pods at risk", Why: data.Clean(problem.Error())})
	}
	if l.fill(u) {
		risks, summary = analysis.Risks(u, l.Price, l.Now())
	}
	b := &views.RiskBoard{At: u.At, Source: u.Source, Summary: summary, Gaps: u.Gaps, Cases: make([]*analysis.Case, len(risks))}
	for i := range risks {
		c := risks[i].Case(data.Overview{}, l.Now())
		b.Cases[i] = &c
	}
	return b, u, risks, ctx.Err()
}

// podName is a key as metrics have it.
func podName(k data.Key) data.Key {
	k.UID = ""
	return k
}

// readPods reads the pods of the gravest risks that are not known yet, and of those that were started again lately: such
// a container may die before it was sampled twice, and only its status tells how long it lives. It returns the first
// trouble.
func (l *RiskLooks) readPods(ctx context.Context, risks []analysis.Risk, u *data.ClusterUsage) error {
	now := l.Now()
	l.mu.Lock()
	if l.pods == nil {
		l.pods = map[data.Key]riskPod{}
	}
	var ask []data.Key
	for i := range risks {
		k := podName(risks[i].Usage.Key)
		if risks[i].Level == analysis.RiskSizing || len(ask) >= riskPods {
			break
		}
		if p, ok := l.pods[k]; !ok || now.Sub(p.at) > riskPodAge || hasty(&risks[i], p) {
			ask = append(ask, k)
		}
	}
	for i := range u.Usages {
		if one := &u.Usages[i]; one.Restarted && one.Limit != nil && len(ask) < riskPods && !slices.Contains(ask, podName(one.Key)) {
			ask = append(ask, podName(one.Key))
		}
	}
	for k, p := range l.pods {
		if now.Sub(p.at) > 2*riskPodAge {
			delete(l.pods, k)
		}
	}
	l.mu.Unlock()
	var g errgroup.Group
	g.SetLimit(riskWorkers)
	for _, k := range ask {
		g.Go(func() error { return l.readPod(ctx, k, now) })
	}
	return g.Wait()
}

// riskHasty is the time left, or the length of a life, below which a pod is read anew at each look: its container may
// have been started again since.
const riskHasty = 10 * time.Minute

// hasty reports whether what was read of a pod is soon out of date.
func hasty(r *analysis.Risk, p riskPod) bool {
	switch {
	case p.gone:
		return false
	case p.c == nil || p.c.State != data.Running, r.Left != nil && *r.Left < riskHasty:
		return true
	}
	n := r.Usage.Restarts
	return n != nil && *n != p.c.Restarts || limitDiffers(&r.Usage, p.c)
}

// limitDiffers reports whether a source has another limit than the pod: what kube-state-metrics tells is the one that is
// wanted, and the pod's is the one in force, which a resize in place reaches later or never.
func limitDiffers(u *data.Usage, c *data.Container) bool {
	return u.Limit != nil && c.Resources.Limit != nil && *u.Limit != *c.Resources.Limit
}

// readPod reads one container's pod.
func (l *RiskLooks) readPod(ctx context.Context, k data.Key, now time.Time) error {
	p, err := l.Cluster.FetchPod(ctx, k.Namespace.String(), k.Pod.String(), func(name string) bool { return data.Clean(name) == k.Container })
	found := riskPod{at: now, gone: errors.Is(err, data.ErrNotFound)}
	if err != nil && !found.gone {
		return err
	}
	for i := range p.Containers {
		if p.Containers[i].Key.Container == k.Container {
			found.c = &p.Containers[i]
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pods[k] = found
	return nil
}

// fill puts what is known of pods into the usage and reports whether there was anything.
func (l *RiskLooks) fill(u *data.ClusterUsage) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.pods) == 0 {
		return false
	}
	kept := u.Usages[:0]
	for _, one := range u.Usages {
		p, ok := l.pods[podName(one.Key)]
		if ok && p.gone {
			continue
		}
		if ok && p.c != nil {
			one.Container, one.Specified, one.PodLimit = p.c, true, p.c.PodLimit
			one.Key.UID = p.c.Key.UID
			if one.Limit == nil && one.Request == nil || limitDiffers(&one, p.c) {
				one.Resources = p.c.Resources
			}
			if w := p.c.Workload; w.Kind != "" {
				one.Owner = &w
			}
		}
		kept = append(kept, one)
	}
	u.Usages = kept
	return true
}

// riskMsg is the answer of a look for containers at risk.
type riskMsg struct {
	board   *views.RiskBoard
	problem data.Text
}

// riskState says when risks are looked for.
type riskState struct {
	looks *RiskLooks
	next  time.Time
	busy  bool
}

// lookForRisks begins a look when one is due and a source of memory is there.
func (a *App) lookForRisks() tea.Cmd {
	m, ok := a.opt.Metrics.(Usages)
	if !ok || a.risk.busy || !a.state.Board.Metrics.Reachable || a.now.Before(a.risk.next) {
		return nil
	}
	if a.risk.looks == nil {
		a.risk.looks = &RiskLooks{Metrics: m, Cluster: a.opt.Cluster, Price: a.price(), Now: a.opt.Now}
	}
	a.risk.busy = true
	next := views.Loaded[views.RiskBoard]{Loading: true}
	if old := a.state.Board.AtRisk; old != nil {
		next.Value, next.Problem, next.At = old.Value, old.Problem, old.At
	}
	a.setRisks(&next)
	looks, ctx, where := a.risk.looks, a.ctx, a.opt.Where.Namespaces
	return func() tea.Msg {
		b, _, _, err := looks.Look(ctx, where)
		if err != nil {
			return riskMsg{problem: data.Clean(err.Error())}
		}
		return riskMsg{board: b}
	}
}

// gotRisks swaps the look. One that failed leaves the former one standing.
func (a *App) gotRisks(m riskMsg) {
	a.risk.busy = false
	a.risk.next = a.now.Add(riskEvery)
	next := views.Loaded[views.RiskBoard]{Value: m.board, Problem: m.problem, At: a.now}
	if m.board == nil {
		a.risk.next = a.now.Add(riskSoon)
		if old := a.state.Board.AtRisk; old != nil {
			next.Value = old.Value
		}
	}
	a.setRisks(&next)
}

func (a *App) setRisks(r *views.Loaded[views.RiskBoard]) {
	b := *a.state.Board
	b.AtRisk = r
	next := *a.state
	next.Board = &b
	a.state = &next
}
