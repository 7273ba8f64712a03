package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// growEvery is how often charts are read again while only the present is known, so that they grow.
const growEvery = 15 * time.Second

// searchAgain is how often a Prometheus is looked for while the metrics API stands in for it.
const searchAgain = time.Minute

// openConnection shows where a Prometheus may be and looks at each place.
func (a *App) openConnection() tea.Cmd {
	if a.opt.Connections == nil {
		a.say("There is no other source of metrics to choose from")
		return nil
	}
	if _, there := a.top().(*views.ConnectionScreen); there {
		return nil
	}
	a.push(views.NewConnection())
	return a.findConnections()
}

// setConnections swaps what is known of the candidates.
func (a *App) setConnections(c views.Connections) {
	next := *a.state
	next.Connections = &c
	a.state = &next
}

// findConnections examines all candidates, one search at a time.
func (a *App) findConnections() tea.Cmd {
	door, ctx := a.opt.Connections, a.ctx
	var known views.Connections
	if c := a.state.Connections; c != nil {
		known = *c
	}
	if door == nil || known.Searching {
		return nil
	}
	known.Searching, known.Problem = true, ""
	a.setConnections(known)
	return func() tea.Msg {
		candidates, gaps := door.Candidates(ctx)
		return candidatesMsg{candidates, gaps}
	}
}

func (a *App) gotCandidates(m candidatesMsg) {
	a.setConnections(views.Connections{Candidates: m.candidates, Gaps: m.gaps})
}

// useConnection asks another Prometheus from now on.
func (a *App) useConnection(name data.Text) tea.Cmd {
	door, m, ctx := a.opt.Connections, a.opt.Metrics, a.ctx
	if door == nil || m == nil {
		return nil
	}
	return func() tea.Msg {
		err := door.Use(ctx, name)
		return usedMsg{m.Probe(ctx), err}
	}
}

// gotUsed forgets what the former Prometheus said and asks the new one for what is on the screens.
func (a *App) gotUsed(m usedMsg) tea.Cmd {
	if m.err != nil {
		a.say(data.Clean(m.err.Error()))
	} else {
		a.say("Asking " + m.metrics.Source + " from now on")
	}
	for k, cancel := range a.cancels {
		cancel()
		delete(a.cancels, k)
	}
	charts := a.state.Charts
	diagnosed := a.state.Diagnoses
	next := *a.state
	next.Charts, next.Diagnoses = map[views.ChartKey]*views.Loaded[data.Chart]{}, diagnoses{}
	next.Parts = nil // what the former source said
	b := *next.Board
	a.risk.next, b.AtRisk = time.Time{}, nil
	b.Metrics.Reachable = false // so that the answer below counts as new
	next.Board = &b
	a.state = &next
	a.history, a.progress = map[data.Key]*data.History{}, map[data.Key]*historyProgress{}
	a.overviews.p.Store(&map[data.Key]data.Overview{})
	cmds := []tea.Cmd{a.gotMetrics(metricsMsg{m.metrics}), a.makeBoard()}
	for k := range charts {
		if a.open(k.Key) {
			cmds = append(cmds, a.readChart(k))
		}
	}
	for k := range diagnosed {
		if a.open(k) {
			cmds = append(cmds, a.diagnose(k, true))
		}
	}
	return tea.Batch(append(cmds, a.findConnections())...)
}

// open reports whether a screen on the stack shows a container.
func (a *App) open(k data.Key) bool {
	for _, s := range a.stack[1:] {
		if sel, ok := s.(selecting); ok {
			if got, ok := sel.Selected(); ok && got == k {
				return true
			}
		}
	}
	return false
}

// growCharts reads the charts on the screens again.
func (a *App) growCharts() tea.Cmd {
	a.due.grow = a.now
	var cmds []tea.Cmd
	for k := range a.state.Charts {
		if a.open(k.Key) {
			cmds = append(cmds, a.readChart(k))
		}
	}
	return tea.Batch(cmds...)
}
