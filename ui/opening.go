package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
)

// Opened is the place that is shown first, with what belongs to the program's start.
type Opened struct {
	Place
	Switcher Switcher
	Journal  Journal
}

// openedMsg says that the first place is there, or why not.
type openedMsg struct {
	opened Opened
	err    error
}

// openFirst makes the first requests while the screen is there already; nil when the place was given from the start.
func (a *App) openFirst() tea.Cmd {
	door, ctx := a.opt.Open, a.ctx
	if door == nil {
		return nil
	}
	a.openSince = a.opt.Now()
	return func() tea.Msg {
		opened, err := door(ctx)
		return openedMsg{opened, err}
	}
}

// opening reports whether the first place is still waited for. Until then there are no doors to ask anything of.
func (a *App) opening() bool { return a.opt.Open != nil }

// gotOpened shows the first place. Without one there is nothing to show: the program ends with the reason.
func (a *App) gotOpened(m openedMsg) tea.Cmd {
	if m.err != nil {
		a.failed = m.err
		return tea.Quit
	}
	o, p := &a.opt, m.opened
	o.Open = nil
	o.Source, o.Cluster, o.Metrics, o.MetricsProblem, o.Connections = p.Source, p.Cluster, p.Metrics, p.MetricsProblem, p.Connections
	o.Where, o.Stop, o.Switcher, o.Journal = p.Where, p.Stop, p.Switcher, p.Journal
	o.ReadOnly, o.Protected = o.ReadOnly || p.Where.ReadOnly, o.Protected || p.Where.Protected
	a.risk = riskState{}
	a.state = a.firstState()
	return a.enter()
}

// enter begins to read the place that is shown.
func (a *App) enter() tea.Cmd {
	if a.opening() {
		return a.openFirst()
	}
	return tea.Batch(a.makeBoard(), a.listen(), a.probe(), a.readJournal())
}

// opensWait is what is said while the first place is waited for.
func (a *App) opensWait() wait {
	return wait{what: "connecting to " + data.Clean(a.where()), since: a.openSince}
}

// opener is how the first place is opened; see Options.Open.
type opener = func(ctx context.Context) (Opened, error)
