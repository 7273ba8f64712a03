package ui

import (
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// openFix opens the dialog. The numbers come from the diagnosis; when there is none yet it is made first.
func (a *App) openFix(k data.Key) tea.Cmd {
	cs, ok := a.state.Board.Case(k)
	if !ok {
		return nil
	}
	if f := a.state.Fix; f != nil && f.Phase == views.FixApplying && f.Key != k {
		a.say(data.Textf("The change of %s is being applied: wait for its end.", f.Change.Workload.Ref()))
		return nil
	}
	a.leaveWatched(k)
	a.fixSeq++
	if f := a.state.Fix; f == nil || f.Key != k || !underWay(f.Phase) {
		a.setFix(views.Fix{Key: k, Batch: a.batchOf(k), Phase: views.FixPlanning, ReadOnly: a.opt.ReadOnly, Protected: a.opt.Protected})
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
	if f == nil || f.Key != p.Key || (f.Diagnosis == nil && f.Entry == nil) || f.Phase == views.FixApplying {
		return nil
	}
	a.fixSeq++
	a.fixWhen = fixTimes{}
	change := wish(f, p)
	var problems, warnings []data.Text
	if f.Diagnosis != nil && !p.Undo {
		problems, warnings = analysis.CheckSize(p.Limit, p.Request, f.Diagnosis)
		if why := analysis.BelowUse(p.Limit, f.Diagnosis); why != "" {
			problems = append(problems, why)
		}
	}
	a.changeFix(func(f *views.Fix) {
		f.Phase, f.Limit, f.Request, f.Undo, f.Changed = views.FixPlanning, change.Limit, change.Request, p.Undo, changed
		f.Change, f.Problem, f.Err = change, "", nil
		f.Plan, f.Applied, f.Rollout, f.Healing, f.Memory, f.Ending, f.EndProblem = nil, nil, nil, nil, nil, nil, ""
		f.Command = data.SetResourcesCommand(change.Workload, change.Container, data.Resources{Limit: change.Limit, Request: change.Request})
		f.Warnings = warnings
	})
	if len(problems) > 0 {
		a.changeFix(func(f *views.Fix) { f.Phase, f.Problem = views.FixRefused, problems[0] })
		return nil
	}
	return a.askPlan(change, p.Unrecorded, warnings)
}

// askPlan is the command that asks for the best way, when none was chosen, and then for the plan.
func (a *App) askPlan(change data.Change, unrecorded bool, warnings []data.Text) tea.Cmd {
	seq, c, ctx, price := a.fixSeq, a.opt.Cluster, a.ctx, a.price()
	return func() tea.Msg {
		var ways []data.WayOffer
		if change.Way == "" {
			change.Way = data.WayTemplate
			var err error
			if ways, err = c.Ways(ctx, change); err == nil {
				for _, o := range ways {
					if o.Preferred {
						change.Way = o.Way
					}
				}
			}
		}
		plan, err := c.Plan(ctx, change)
		if err != nil {
			return planMsg{seq: seq, change: change, ways: ways, err: err}
		}
		if len(plan.Ways) > 0 {
			ways = plan.Ways
		}
		plan.Unrecorded = unrecorded
		cost := analysis.CostOf(plan.Before.Request, plan.After.Request, plan.Before.Limit, plan.After.Limit, plan.Replicas, price)
		warn := append(append([]data.Text(nil), warnings...), plan.Warnings...)
		if unrecorded {
			warn = append(warn, "This change will not be written into the journal: only this dialog can undo it.")
		}
		return planMsg{seq: seq, change: change, ways: ways, plan: plan, cost: cost, warn: warn}
	}
}

// wish makes the change that is asked for. The workload stays the one of the first wish: the pod may be gone by now.
func wish(f *views.Fix, p views.PlanFix) data.Change {
	if p.Undo {
		if f.Applied != nil && f.Plan != nil {
			return undoOf(f)
		}
		return f.Change // the same undo once more
	}
	c := data.Change{Workload: f.Change.Workload, Container: f.Change.Container, Kind: f.Change.Kind, Way: p.Way}
	if c.Workload.Name == "" && f.Diagnosis != nil {
		d := f.Diagnosis.Container
		c.Workload, c.Container, c.Kind = d.Workload, d.Key.Container, d.Kind
	}
	if c.Way == "" && !f.Undo {
		c.Way = f.Change.Way
	}
	c.Limit, c.Request, c.Knobs, c.SizeLimit = p.Limit, p.Request, p.Knobs, p.Size
	return c
}

// undoOf is the change that takes back what was just applied: bound to the objects and values that it left.
func undoOf(f *views.Fix) data.Change {
	ch := f.Plan.Change
	e := data.JournalEntry{
		ID: f.Applied.JournalID, Workload: ch.Workload, Container: ch.Container, ContainerKind: ch.Kind, Way: ch.Way,
		Before: f.Plan.Before, After: f.Applied.After, Knobs: ch.Knobs, Targets: f.Applied.Targets, SizeBefore: f.Plan.SizeBefore, SizeAfter: ch.SizeLimit,
	}
	return e.Undo()
}

func (a *App) gotPlan(m planMsg) {
	if m.seq != a.fixSeq || a.state.Fix == nil {
		return
	}
	a.changeFix(func(f *views.Fix) {
		f.Plan, f.Cost = m.plan, m.cost
		if m.change.Way != "" {
			f.Change = m.change
		}
		if len(m.ways) > 0 {
			f.Ways = m.ways
		}
		if m.err != nil {
			f.Phase, f.Err, f.Problem = views.FixRefused, m.err, data.Clean(m.err.Error())
			return
		}
		f.Phase, f.Warnings = views.FixPlanned, m.warn
		if f.Changed { // it came instead of the one that was agreed to
			a.fixWhen.changed = a.opt.Now()
		}
		if m.plan.Command != "" {
			f.Command = m.plan.Command
		}
	})
}

// mayApply says why a plan is not carried out; empty when it may be. The screen asks the same before it says yes: this
// is the second lock on the door.
func (a *App) mayApply(i views.ApplyFix) data.Text {
	f, p := a.state.Fix, i.Plan
	switch {
	case f == nil || f.Phase != views.FixPlanned || f.Plan == nil || f.Plan != p:
		return "Nothing was applied: the plan is not the one on the screen."
	case a.opt.ReadOnly:
		return "Read-only: nothing is applied."
	case p.Change.Way == data.WayExport:
		return "Export only: nothing is applied."
	case p.Blocked() != nil:
		return "Nothing was applied: " + p.Blocked().Says
	case (f.Protected || len(p.NeedsTyping()) > 0) && (i.Typed == "" || i.Typed != p.Change.Workload.Name):
		return "Nothing was applied: the workload's name was not typed."
	}
	return ""
}

// readTime is how long a diff must have stood there that came instead of the one that was agreed to, without a yes in the
// meantime: so a key that is pressed twice, or held down, agrees to nothing that was not read.
const readTime = time.Second

// tooSoon reports whether a yes came before anybody can have read the new diff. It begins the time anew.
func (a *App) tooSoon() bool {
	now := a.opt.Now()
	if f := a.state.Fix; !f.Changed || now.Sub(a.fixWhen.changed) >= readTime {
		return false
	}
	a.fixWhen.changed = now
	return true
}

// apply carries out the plan that is on the screen, and no other.
func (a *App) apply(i views.ApplyFix) tea.Cmd {
	if why := a.mayApply(i); why != "" {
		a.say(why)
		return nil
	}
	if a.tooSoon() {
		a.changeFix(func(f *views.Fix) { // agreed is the plan of the screen: a copy can be agreed to anew
			again := *f.Plan
			f.Plan = &again
		})
		a.say("This diff is new, since the workload changed: read it, then agree to it.")
		return nil
	}
	a.fixSeq++
	seq, c, ctx, p := a.fixSeq, a.opt.Cluster, a.ctx, i.Plan
	a.changeFix(func(f *views.Fix) { f.Phase, f.Problem, f.Err, f.Progress = views.FixApplying, "", nil, nil })
	told := &targetsTold{}
	a.applying = told
	return func() tea.Msg {
		done, err := applyTelling(ctx, c, p, told.set)
		return appliedMsg{seq: seq, applied: done, err: err}
	}
}

func (a *App) gotApplied(m appliedMsg) tea.Cmd {
	f := a.state.Fix
	if m.seq != a.fixSeq || f == nil {
		return nil
	}
	applied, touched := m.applied, false
	for _, t := range applied.Targets {
		touched = touched || t.State == data.TargetStored || t.State == data.TargetUnknown
	}
	switch {
	case m.err == nil:
		a.changeFix(func(f *views.Fix) { f.Phase, f.Applied = views.FixRolling, &applied })
		return a.followFix()
	case errors.Is(m.err, data.ErrConflict) && !touched:
		a.changeFix(func(f *views.Fix) { f.Phase = views.FixPlanned })
		return a.plan(views.PlanFix{Key: f.Key, Limit: f.Limit, Request: f.Request, Undo: f.Undo, Way: f.Change.Way, Knobs: f.Change.Knobs, Size: f.Change.SizeLimit}, true)
	}
	a.changeFix(func(f *views.Fix) {
		f.Phase, f.Err, f.Problem = views.FixFailed, m.err, data.Clean(m.err.Error())
		if len(applied.Targets) > 0 {
			f.Applied = &applied
		}
	})
	return nil
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
