package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// openHistory shows the journal and reads it anew.
func (a *App) openHistory() tea.Cmd {
	if a.opt.Journal == nil {
		a.say("There is no journal here.")
		return nil
	}
	if _, there := a.top().(*views.HistoryScreen); !there {
		a.push(views.NewHistory())
	}
	return a.readJournal()
}

// readJournal reads the list of changes, newest first.
func (a *App) readJournal() tea.Cmd {
	door := a.opt.Journal
	if door == nil {
		return nil
	}
	a.changeJournal(func(j *views.Journal) { j.Loading = true })
	return func() tea.Msg {
		all, skipped, err := door.Entries()
		if err != nil {
			return journalMsg{problem: data.Clean(err.Error())}
		}
		slices.Reverse(all)
		open, err := door.Unfinished()
		m := journalMsg{entries: all, skipped: skipped, open: open}
		if err != nil {
			m.problem = data.Clean(err.Error())
		}
		return m
	}
}

// gotJournal swaps the list, and looks in the cluster for the outcome of changes that were left unfinished.
func (a *App) gotJournal(m journalMsg) tea.Cmd {
	a.changeJournal(func(j *views.Journal) {
		j.Loading, j.Problem = false, m.problem
		if m.entries != nil || m.problem == "" {
			j.Entries, j.Skipped = m.entries, m.skipped
		}
	})
	var cmds []tea.Cmd
	for _, e := range m.open {
		switch {
		case e.Server != a.opt.Where.Server || a.state.Journal.Checking[e.ID]: // what was made elsewhere is looked for there
		case e.ResizeOpen():
			cmds = append(cmds, a.reconcile(e))
		case !a.checkedOnce[e.ID]:
			a.checkedOnce[e.ID] = true
			a.say(data.Textf("A change of %s has no known outcome: it is looked for. %s shows it.", e.Workload.Ref(), a.keys.name(a.top(), keyHistory)))
			cmds = append(cmds, a.reconcile(e))
		}
	}
	return tea.Batch(cmds...)
}

// reconcile reads what became of a change, and writes that into the journal.
func (a *App) reconcile(e data.JournalEntry) tea.Cmd {
	c, ctx, door, readOnly := a.opt.Cluster, a.ctx, a.opt.Journal, a.opt.ReadOnly
	a.changeJournal(func(j *views.Journal) { j.Checking = with(j.Checking, e.ID, true) })
	return func() tea.Msg {
		found := c.Reconcile(ctx, e)
		same := found.State == e.State && slices.Equal(found.Targets, e.Targets)
		m := reconciledMsg{entry: found, waits: same && e.ResizeOpen()}
		if ctx.Err() == nil && !readOnly && !m.waits {
			if err := door.Write(found); err != nil {
				m.problem = data.Clean(err.Error())
			}
		}
		return m
	}
}

func (a *App) gotReconciled(m reconciledMsg) {
	a.changeJournal(func(j *views.Journal) {
		j.Checking = with(j.Checking, m.entry.ID, false)
		j.Entries = slices.Clone(j.Entries)
		for i := range j.Entries {
			if j.Entries[i].ID == m.entry.ID {
				j.Entries[i] = m.entry
			}
		}
		if m.problem != "" {
			j.Problem = m.problem
		}
	})
	if m.waits { // its node has not ended the resize, which the list of changes says
		return
	}
	a.say(data.Textf("Change of %s: %s", m.entry.Workload.Ref(), views.Outcome(&m.entry)))
}

// with returns a copy of a set with one member put in or taken out.
func with(set map[string]bool, id string, in bool) map[string]bool {
	out := make(map[string]bool, len(set)+1)
	for k := range set {
		out[k] = true
	}
	if out[id] = true; !in {
		delete(out, id)
	}
	return out
}

// changeJournal changes a copy of the journal in a new state.
func (a *App) changeJournal(change func(*views.Journal)) {
	var j views.Journal
	if a.state.Journal != nil {
		j = *a.state.Journal
	}
	change(&j)
	next := *a.state
	next.Journal = &j
	a.state = &next
}

// undoEntry opens the dialog with the diff that takes back a change of the journal.
func (a *App) undoEntry(e data.JournalEntry) tea.Cmd {
	if f := a.state.Fix; f != nil && f.Phase == views.FixApplying {
		a.say("Another change is being applied: wait for its end.")
		return nil
	}
	if e.Server != "" && a.opt.Where.Server != "" && e.Server != a.opt.Where.Server {
		a.say(data.Textf("That change was made in %s, which is another cluster.", e.Context))
		return nil
	}
	a.stack = slices.DeleteFunc(a.stack, func(s views.Screen) bool { // there is one change at a time
		_, isFix := s.(*views.FixScreen)
		return isFix
	})
	change := e.Undo()
	k := data.Key{Namespace: e.Workload.Namespace, Pod: e.Workload.Name, UID: data.Clean("journal " + e.ID), Container: e.Container}
	a.leaveWatched(k)
	a.setFix(views.Fix{
		Key: k, Phase: views.FixPlanning, Entry: &e, Undo: true, Change: change, Limit: change.Limit, Request: change.Request,
		ReadOnly: a.opt.ReadOnly, Protected: a.opt.Protected,
	})
	a.push(views.NewFix(k))
	return a.plan(views.PlanFix{Key: k, Limit: change.Limit, Request: change.Request, Undo: true}, false)
}
