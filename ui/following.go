package ui

import (
	"context"
	"maps"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// mostFollowed is how many changes are watched behind the dialog, the newest.
const mostFollowed = 50

// followed is a change that is watched although its dialog has made room for another.
type followed struct {
	id    string // in the journal
	fix   views.Fix
	asked time.Time
	busy  bool
}

// followedMsg is how far such a change has come.
type followedMsg struct {
	id      string
	rollout *data.Rollout
	healing *analysis.Healing
}

// leaveWatched has the change on the screen watched on when another one takes the dialog. One that the journal does not
// have cannot be shown in the list of changes, and is not.
func (a *App) leaveWatched(next data.Key) {
	f := a.state.Fix
	if f == nil || f.Key == next && f.Batch == nil || f.Plan == nil || f.Applied == nil || f.Applied.JournalID == "" {
		return
	}
	id := f.Applied.JournalID
	open := f.Phase == views.FixRolling || f.Phase == views.FixWatching || resizeOpen(f)
	if !open || slices.ContainsFunc(a.followed, func(w *followed) bool { return w.id == id }) {
		return
	}
	a.followed = append(a.followed, &followed{id: id, fix: *f})
	a.followed = a.followed[max(0, len(a.followed)-mostFollowed):]
	a.showFollowed(a.followed[len(a.followed)-1])
}

// followOthers asks how far the changes behind the dialog have come.
func (a *App) followOthers() tea.Cmd {
	var cmds []tea.Cmd
	for _, w := range a.followed {
		if w.busy || a.now.Sub(w.asked) < watchEvery || followedEnd(&w.fix) {
			continue
		}
		w.busy, w.asked = true, a.now
		id, look := w.id, a.lookAt(&w.fix)
		cmds = append(cmds, func() tea.Msg {
			r, h, _ := look()
			return followedMsg{id, r, h}
		})
	}
	return tea.Batch(cmds...)
}

// followedEnd reports whether nothing more is to be seen: it was killed again, has lived long enough, or cannot go on.
func followedEnd(f *views.Fix) bool {
	stuck := f.Rollout != nil && f.Rollout.Failed && f.Phase != views.FixWatching
	return stuck || f.Healing != nil && (f.Healing.Enough || len(f.Healing.Killed) > 0)
}

func (a *App) gotFollowed(m followedMsg) tea.Cmd {
	for _, w := range a.followed {
		if w.id != m.id {
			continue
		}
		w.busy = false
		if w.fix.Healing = m.healing; m.rollout != nil {
			w.fix.Rollout = m.rollout
		}
		if r := w.fix.Rollout; r != nil && r.Done && w.fix.Phase != views.FixWatching {
			w.fix.Phase = views.FixWatching
			a.showFollowed(w)
			if len(r.Resizes) > 0 {
				return a.readJournal()
			}
			return nil
		}
		a.showFollowed(w)
	}
	return nil
}

// showFollowed puts what is seen of a change into the list of changes.
func (a *App) showFollowed(w *followed) {
	text := liveText(&w.fix)
	a.changeJournal(func(j *views.Journal) {
		live := maps.Clone(j.Live)
		if live == nil {
			live = map[string]data.Text{}
		}
		live[w.id] = text
		j.Live = live
	})
}

// liveText says in a few words how far a change has come.
func liveText(f *views.Fix) data.Text {
	r, h := f.Rollout, f.Healing
	switch {
	case h != nil && len(h.Killed) > 0:
		return "killed again"
	case f.Phase == views.FixWatching && h != nil && h.Enough:
		return "healed"
	case f.Phase == views.FixWatching && h != nil:
		return data.Clean("no kill " + views.Span(h.Watched.Round(time.Second)))
	case r != nil && r.Failed:
		return "stuck"
	case r != nil && r.Desired > 0:
		return data.Textf("%d of %d ready", min(r.Updated, r.Ready), r.Desired)
	}
	return "rolling out"
}

// lookAt returns the question how far a change has come and whether anything was killed since.
func (a *App) lookAt(f *views.Fix) func() (*data.Rollout, *analysis.Healing, data.Text) {
	c, ctx, plan, applied, last := a.opt.Cluster, a.ctx, f.Plan, *f.Applied, f.Rollout
	rolling := f.Phase == views.FixRolling || f.Phase == views.FixFailed
	if f.Phase == views.FixFailed {
		applied.Way = data.WayInPlace // the pods that were resized, whatever was to come after them
	}
	d, src, now := f.Diagnosis, a.opt.Source, a.opt.Now
	return func() (*data.Rollout, *analysis.Healing, data.Text) {
		rollout, problem := last, data.Text("")
		if rolling {
			rollout, problem = askRollout(ctx, c, plan, applied, last)
		}
		pods := 0
		if rollout != nil {
			pods = int(rollout.Updated)
		}
		h := analysis.Heal(analysis.UsualLife(d), since(applied, rollout), now(), killsSince(src.Snapshot(), plan, applied), pods)
		return rollout, &h, problem
	}
}

// askRollout asks for the rollout; when it cannot be read the last one stays, and why is said.
func askRollout(ctx context.Context, c Cluster, p *data.Plan, a data.Applied, last *data.Rollout) (*data.Rollout, data.Text) {
	r, err := c.Rollout(ctx, p.Change.Workload, a)
	if err != nil {
		return last, data.Clean(err.Error())
	}
	return &r, ""
}
