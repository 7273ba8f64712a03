package ui

import (
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/analysis"
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
	asked time.Time
	busy  bool
}

// openFix opens the dialog. The numbers come from the diagnosis; when there is none yet it is made first.
func (a *App) openFix(k data.Key) tea.Cmd {
	cs, ok := a.state.Board.Case(k)
	if !ok {
		return nil
	}
	a.fixSeq++
	if f := a.state.Fix; f == nil || f.Key != k || !underWay(f.Phase) {
		a.setFix(views.Fix{Key: k, Phase: views.FixPlanning, ReadOnly: a.opt.ReadOnly})
	}
	if _, there := a.top().(*views.FixScreen); !there {
		a.push(views.NewFix(k))
	}
	if underWay(a.state.Fix.Phase) {
		return nil
	}
	if !cs.Confirmation.OOMKilled {
		a.changeFix(func(f *views.Fix) {
			f.Phase = views.FixRefused
			f.Problem = "Nothing to fix here: this was no OOM kill. " + cs.Confirmation.Why
		})
		return nil
	}
	if l := a.state.Diagnoses[k]; l != nil && l.Value != nil && !l.Loading {
		return a.beginFix(k)
	}
	return a.diagnose(k, false)
}

// underWay reports whether a change was sent, so that the dialog shows how it goes on.
func underWay(p views.FixPhase) bool {
	return p == views.FixApplying || p == views.FixRolling || p == views.FixWatching
}

// beginFix asks for a dry run of the recommended size, now that the diagnosis is there.
func (a *App) beginFix(k data.Key) tea.Cmd {
	l := a.state.Diagnoses[k]
	if l == nil || l.Value == nil || a.state.Fix == nil {
		return nil
	}
	d := l.Value
	a.changeFix(func(f *views.Fix) {
		f.Diagnosis = d
		f.Limit, f.Request, f.Command = d.Recommendation.Limit, d.Recommendation.Request, d.Commands.Fix
	})
	if d.Recommendation.Limit == nil && d.Recommendation.Request == nil {
		a.changeFix(func(f *views.Fix) {
			f.Phase = views.FixRefused
			f.Problem = "No size can be recommended. " + d.Cause.Summary
		})
		return nil
	}
	return a.plan(views.PlanFix{Key: k, Limit: d.Recommendation.Limit, Request: d.Recommendation.Request}, false)
}

// plan asks the API server what it would store.
func (a *App) plan(p views.PlanFix, changed bool) tea.Cmd {
	f := a.state.Fix
	if f == nil || f.Diagnosis == nil || f.Phase == views.FixApplying {
		return nil
	}
	a.fixSeq++
	a.fixWhen = fixTimes{}
	d, seq, c, ctx, price := f.Diagnosis, a.fixSeq, a.opt.Cluster, a.ctx, a.opt.Price
	change := data.Change{Workload: d.Container.Workload, Container: d.Container.Key.Container, Kind: d.Container.Kind, Limit: p.Limit, Request: p.Request}
	if f.Plan != nil {
		change = f.Plan.Change // the workload as it was when the dialog was opened; the pod may be gone by now
		change.Limit, change.Request = p.Limit, p.Request
	}
	problems, warnings := analysis.CheckSize(p.Limit, p.Request, d)
	a.changeFix(func(f *views.Fix) {
		f.Phase, f.Limit, f.Request, f.Undo, f.Changed = views.FixPlanning, p.Limit, p.Request, p.Undo, changed
		f.Problem, f.Err = "", nil
		f.Plan, f.Applied, f.Rollout, f.Healing = nil, nil, nil, nil
		f.Command = data.SetResourcesCommand(change.Workload, change.Container, data.Resources{Limit: p.Limit, Request: p.Request})
		f.Warnings = warnings
	})
	if len(problems) > 0 {
		a.changeFix(func(f *views.Fix) { f.Phase, f.Problem = views.FixRefused, problems[0] })
		return nil
	}
	return func() tea.Msg {
		plan, err := c.Plan(ctx, change)
		if err != nil {
			return planMsg{seq: seq, err: err}
		}
		cost := analysis.CostOf(plan.Before.Request, plan.After.Request, plan.Before.Limit, plan.After.Limit, plan.Replicas, price)
		return planMsg{seq: seq, plan: plan, cost: cost, warn: append(append([]data.Text(nil), warnings...), plan.Warnings...)}
	}
}

func (a *App) gotPlan(m planMsg) {
	if m.seq != a.fixSeq || a.state.Fix == nil {
		return
	}
	a.changeFix(func(f *views.Fix) {
		f.Plan, f.Cost = m.plan, m.cost
		if m.err != nil {
			f.Phase, f.Err, f.Problem = views.FixRefused, m.err, data.Clean(m.err.Error())
			return
		}
		f.Phase, f.Warnings = views.FixPlanned, m.warn
		if m.plan.Command != "" {
			f.Command = m.plan.Command
		}
	})
}

// apply carries out the plan that is on the screen, and no other.
func (a *App) apply(p *data.Plan) tea.Cmd {
	f := a.state.Fix
	switch {
	case f == nil || f.Phase != views.FixPlanned || f.Plan == nil || f.Plan != p:
		return nil
	case a.opt.ReadOnly:
		a.say("Read-only: nothing is applied.")
		return nil
	}
	a.fixSeq++
	seq, c, ctx := a.fixSeq, a.opt.Cluster, a.ctx
	a.changeFix(func(f *views.Fix) { f.Phase, f.Problem, f.Err = views.FixApplying, "", nil })
	return func() tea.Msg {
		done, err := c.Apply(ctx, p)
		if err != nil {
			return appliedMsg{seq: seq, err: err}
		}
		return appliedMsg{seq: seq, applied: done}
	}
}

func (a *App) gotApplied(m appliedMsg) tea.Cmd {
	f := a.state.Fix
	if m.seq != a.fixSeq || f == nil {
		return nil
	}
	if errors.Is(m.err, data.ErrConflict) {
		a.changeFix(func(f *views.Fix) { f.Phase = views.FixPlanned })
		return a.plan(views.PlanFix{Key: f.Key, Limit: f.Limit, Request: f.Request, Undo: f.Undo}, true)
	}
	if m.err != nil {
		a.changeFix(func(f *views.Fix) { f.Phase, f.Err, f.Problem = views.FixFailed, m.err, data.Clean(m.err.Error()) })
		return nil
	}
	applied := m.applied
	a.changeFix(func(f *views.Fix) { f.Phase, f.Applied = views.FixRolling, &applied })
	return a.followFix()
}

// followFix asks how far the change has come and whether anything was killed since.
func (a *App) followFix() tea.Cmd {
	f := a.state.Fix
	if f == nil || f.Applied == nil || f.Plan == nil || a.fixWhen.busy {
		return nil
	}
	every := rollEvery
	if f.Phase == views.FixWatching {
		every = watchEvery
	}
	if a.now.Sub(a.fixWhen.asked) < every {
		return nil
	}
	a.fixWhen = fixTimes{asked: a.now, busy: true}
	seq, c, ctx, plan, applied, rolling := a.fixSeq, a.opt.Cluster, a.ctx, f.Plan, *f.Applied, f.Phase == views.FixRolling
	d, src, now, last := f.Diagnosis, a.opt.Source, a.opt.Now, f.Rollout
	return func() tea.Msg {
		msg := rolloutMsg{seq: seq, rollout: last}
		if rolling {
			r, err := c.Rollout(ctx, plan.Change.Workload, applied)
			if err != nil {
				msg.problem = data.Clean(err.Error())
			} else {
				msg.rollout = &r
			}
		}
		kills := killsSince(src.Snapshot(), plan, applied)
		pods := 0
		if msg.rollout != nil {
			pods = int(msg.rollout.Updated)
		}
		h := analysis.Heal(analysis.UsualLife(d), since(applied, msg.rollout), now(), kills, pods)
		msg.healing = &h
		return msg
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
	for i := range s.Containers {
		c := &s.Containers[i]
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

func (a *App) gotRollout(m rolloutMsg) {
	a.fixWhen.busy = false
	if m.seq != a.fixSeq || a.state.Fix == nil {
		return
	}
	a.changeFix(func(f *views.Fix) {
		f.Healing, f.Problem = m.healing, m.problem
		if m.rollout == nil {
			return
		}
		if f.Phase == views.FixRolling && m.rollout.Done {
			f.Phase = views.FixWatching
		}
		f.Rollout = m.rollout
	})
}

// setFix puts a new fix into a new state, so that screens never see one change under them.
func (a *App) setFix(f views.Fix) {
	next := *a.state
	next.Fix = &f
	a.state = &next
}

// changeFix changes a copy of the fix.
func (a *App) changeFix(change func(*views.Fix)) {
	f := *a.state.Fix
	change(&f)
	a.setFix(f)
}
