package ui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// endPod deletes the pod that blocks the rollout on the screen, and no other.
func (a *App) endPod(i views.EndPod) tea.Cmd {
	f, pod := a.state.Fix, i.Pod
	switch {
	case a.opt.ReadOnly:
		a.say("Read-only: nothing is deleted.")
		return nil
	case f == nil || f.Rollout == nil || f.Rollout.Blocking == nil || *f.Rollout.Blocking != pod || f.Ending != nil:
		a.say("That pod does not block the rollout any more.")
		return nil
	}
	if w := f.Plan; a.opt.Protected && (w == nil || i.Typed == "" || i.Typed != w.Change.Workload.Name) {
		a.say("Nothing was deleted: the workload's name was not typed.")
		return nil
	}
	seq, c, ctx := a.fixSeq, a.opt.Cluster, a.ctx
	a.changeFix(func(f *views.Fix) { f.Ending, f.EndProblem = &pod, "" })
	return func() tea.Msg { return endedMsg{seq: seq, pod: pod, err: c.DeletePod(ctx, pod)} }
}

// gotEnded says why the pod is still there, so that it can be tried again, or waits for its successor.
func (a *App) gotEnded(m endedMsg) {
	if m.seq != a.fixSeq || a.state.Fix == nil {
		return
	}
	a.changeFix(func(f *views.Fix) {
		if m.err != nil {
			f.Ending, f.EndProblem = nil, data.Clean(m.err.Error())
		}
	})
	if m.err != nil {
		a.say(data.Textf("Pod %s was not deleted: %s", m.pod.Name, m.err))
		return
	}
	a.say(data.Textf("Pod %s is being deleted; its controller makes a new one.", m.pod.Name))
}
