package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// fixMarked begins a series of fixes. Containers of one name in one workload are one change, so the first stands for all.
func (a *App) fixMarked(keys []data.Key) tea.Cmd {
	if f := a.state.Fix; f != nil && f.Phase == views.FixApplying {
		a.say("Another change is being applied: wait for its end.")
		return nil
	}
	type change struct{ namespace, ref, container data.Text }
	seen := map[change]bool{}
	b := &views.Batch{}
	for _, k := range keys {
		c, ok := a.container(k)
		if !ok {
			continue
		}
		id := change{k.Namespace, c.Workload.Ref(), k.Container}
		if id.ref == "" {
			id.ref = k.Pod
		}
		if !seen[id] {
			seen[id], b.Keys = true, append(b.Keys, k)
		}
	}
	if len(b.Keys) == 0 {
		a.say("None of the marked containers is in the list any more.")
		return nil
	}
	b.Outcomes = make([]views.BatchOutcome, len(b.Keys))
	return a.openPart(b)
}

// openPart opens the dialog of the container whose turn it is; one that has left the list by now is passed over.
func (a *App) openPart(b *views.Batch) tea.Cmd {
	for b.At < len(b.Keys) {
		if _, ok := a.container(b.Keys[b.At]); ok {
			break
		}
		b.Outcomes[b.At] = views.BatchGone
		b.At++
	}
	a.dropFixes()
	a.leaveWatched(data.Key{})
	if b.At == len(b.Keys) {
		a.endBatch(b)
		return nil
	}
	a.setFix(views.Fix{Batch: b}) // a change of the same container in an earlier dialog is another one
	return a.openFix(b.Keys[b.At])
}

// batchOf is the series that a fix of a container belongs to; nil without one.
func (a *App) batchOf(k data.Key) *views.Batch {
	if f := a.state.Fix; f != nil && f.Batch != nil && f.Batch.At < len(f.Batch.Keys) && f.Batch.Keys[f.Batch.At] == k {
		return f.Batch
	}
	return nil
}

// nextPart writes down what became of the change on the screen and goes on to the next one, or ends the series.
func (a *App) nextPart() tea.Cmd {
	if a.partApplying() {
		return nil
	}
	b := copyOf(a.state.Fix.Batch)
	b.Outcomes[b.At] = outcomeOf(a.state.Fix)
	b.At++
	return a.openPart(b)
}

// leaveBatch ends a series before its end.
func (a *App) leaveBatch() {
	f := a.state.Fix
	if f == nil || f.Batch == nil || a.partApplying() {
		return
	}
	b := copyOf(f.Batch)
	if o := outcomeOf(f); o != views.BatchSkipped {
		b.Outcomes[b.At] = o
	}
	a.endBatch(b)
}

func copyOf(b *views.Batch) *views.Batch {
	out := *b
	out.Outcomes = slices.Clone(b.Outcomes)
	return &out
}

// partApplying says that the change on the screen must end first.
func (a *App) partApplying() bool {
	f := a.state.Fix
	if f == nil || f.Phase != views.FixApplying {
		return false
	}
	a.say("This change is being applied: wait for its end.")
	return true
}

// endBatch leaves the dialog and says what became of the series. What was not applied stays marked.
func (a *App) endBatch(b *views.Batch) {
	a.leaveWatched(data.Key{})
	a.changeFix(func(f *views.Fix) { f.Batch = b })
	a.show() // the list learns what was applied, and drops those marks
	a.changeFix(func(f *views.Fix) { f.Batch = nil })
	a.dropFixes()
	a.say("The marked ones: " + b.Says() + ". H lists what was changed, and how it goes on.")
}

// dropFixes takes dialogs of fixes, and what was opened from them, off the stack.
func (a *App) dropFixes() {
	i := slices.IndexFunc(a.stack, func(s views.Screen) bool { _, isFix := s.(*views.FixScreen); return isFix })
	if i > 0 {
		a.stack = a.stack[:i]
	}
}

// inBatch reports whether the dialog of a series is on top.
func (a *App) inBatch() bool {
	_, isFix := a.top().(*views.FixScreen)
	return isFix && a.state.Fix != nil && a.batchOf(a.state.Fix.Key) != nil
}

// outcomeOf is what became of a change when its dialog is left.
func outcomeOf(f *views.Fix) views.BatchOutcome {
	switch {
	case f == nil:
	case f.Phase == views.FixRolling || f.Phase == views.FixWatching:
		return views.BatchApplied
	case f.Phase == views.FixFailed && f.Applied != nil && slices.ContainsFunc(f.Applied.Targets, func(t data.Target) bool {
		return t.State == data.TargetStored || t.State == data.TargetUnknown
	}):
		return views.BatchPartly
	case f.Phase == views.FixRefused || f.Phase == views.FixFailed:
		return views.BatchRefused
	}
	return views.BatchSkipped
}
