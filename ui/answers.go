package ui

import (
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// due says when what is asked for now and then is asked for again.
type due struct {
	probe, children, overview time.Time
	past                      time.Time // when the past is looked at again
	pastGaps                  []data.Gap
	grow                      time.Time // when charts were read again last
	overviewBusy              bool
	overviewSince             time.Time // when it was asked for last
	overviewFor               int       // how many cases were asked for
	overviewBorn              uint64    // views.Board.Born of the list that was asked for
	childProblem              data.Text
	overviewGaps              []data.Gap
}

// overviews hands the newest overviews to commands, which make lists while the app goes on. A map is never written to
// once it was stored.
type overviews struct {
	p atomic.Pointer[map[data.Key]data.Overview]
}

func (o *overviews) load() map[data.Key]data.Overview {
	if m := o.p.Load(); m != nil {
		return *m
	}
	return nil
}

// gotBoard swaps the list.
func (a *App) gotBoard(m boardMsg) tea.Cmd {
	old := a.state.Board
	b := *m.board
	b.Metrics, b.AtRisk = old.Metrics, old.AtRisk
	b.Gaps = a.withMetricGaps(b.Gaps)
	next := *a.state
	next.Board = &b
	a.state = &next
	cmds := []tea.Cmd{a.renewPalette()}
	if a.now.Sub(a.due.overview) > overviewSoon && b.Metrics.Reachable && a.newCases() {
		cmds = append(cmds, a.readOverviews())
	}
	for k, l := range a.state.Diagnoses {
		if l.Value != nil && !l.Loading && killsChanged(l.Value, &b, k) {
			cmds = append(cmds, a.diagnose(k, true))
		}
	}
	return tea.Batch(cmds...)
}

// withMetricGaps adds what metrics could not say to the gaps of the watch.
func (a *App) withMetricGaps(gaps []data.Gap) []data.Gap {
	out := append([]data.Gap(nil), gaps...)
	out = append(out, a.due.overviewGaps...)
	out = append(out, a.due.pastGaps...)
	if a.due.childProblem != "" {
		out = append(out, data.Gap{What: "kills of child processes", Why: a.due.childProblem})
	}
	return out
}

// newCases reports whether a case has come into the list since its memory was asked for.
func (a *App) newCases() bool { return a.state.Board.Born != a.due.overviewBorn }

// killsChanged reports whether a case was killed again, or changed its state, since its diagnosis was made.
func killsChanged(d *analysis.Diagnosis, b *views.Board, k data.Key) bool {
	c, ok := b.Case(k)
	return ok && (!c.Confirmation.LastKillAt.Equal(d.Confirmation.LastKillAt) || c.Container.State != d.Container.State ||
		!c.Container.Workload.Same(d.Container.Workload))
}

func (a *App) gotOverview(m overviewMsg) tea.Cmd {
	a.due.overviewBusy = false
	a.due.overview = a.now
	a.due.overviewGaps = m.gaps
	a.overviews.p.Store(&m.overviews)
	return a.makeBoard()
}

func (a *App) gotMetrics(m metricsMsg) tea.Cmd {
	b := *a.state.Board
	before := b.Metrics
	was := before.Reachable
	b.Metrics = m.metrics
	b.Metrics.Checked = true
	next := *a.state
	next.Board = &b
	a.state = &next
	if was && before.NowOnly && m.metrics.Reachable && !m.metrics.NowOnly {
		return a.gotUsed(usedMsg{metrics: m.metrics}) // a Prometheus was found: what is shown knows the present alone
	}
	if was || !m.metrics.Reachable {
		return nil
	}
	return tea.Batch(a.readOverviews(), a.lookForChildren(), a.readPast(), a.lookForRisks())
}

// gotPast notes what could not be read of the past; what could is in the source.
func (a *App) gotPast(m pastMsg) { a.due.pastGaps = m.gaps }

func (a *App) gotChildren(m childrenMsg) { a.due.childProblem = m.problem }

func (a *App) gotChart(m chartMsg) {
	old := a.state.Charts[m.key]
	next := views.Loaded[data.Chart]{Value: m.chart, Problem: m.problem, At: a.now}
	if m.chart == nil && old != nil {
		next.Value = old.Value
	}
	a.state.Charts[m.key] = &next
}

func (a *App) gotDiagnosis(m diagnosisMsg) tea.Cmd {
	old := a.state.Diagnoses[m.key]
	if old == nil || (!m.final && !old.Loading) {
		return nil
	}
	next := *old
	next.Value, next.At = m.diagnosis, a.now
	if m.final {
		next.Loading, next.Problem = false, m.problem
		delete(a.progress, m.key)
		if m.diagnosis.History != nil {
			a.history[m.key] = m.diagnosis.History
		}
	}
	a.state.Diagnoses[m.key] = &next
	if f := a.state.Fix; m.final && f != nil && f.Key == m.key && f.Diagnosis == nil {
		return a.beginFix(m.key)
	}
	return nil
}

// tick moves the ages on and asks again for what is due. It is the one owner of the chain of ticks.
func (a *App) tick() tea.Cmd {
	a.now = a.opt.Now()
	if a.toast != "" && a.now.Sub(a.toastAt) > 6*time.Second {
		a.toast = ""
	}
	cmds := []tea.Cmd{a.after(tickEvery, tickMsg{}), a.followFix(), a.followOthers(), a.lookForRisks()}
	m := a.state.Board.Metrics
	switch {
	case a.opt.Metrics == nil:
	case m.Checked && !m.Reachable && a.now.After(a.due.probe):
		cmds = append(cmds, a.probe())
	case m.Reachable && a.now.Sub(a.due.overview) > overviewEvery, m.Reachable && a.now.Sub(a.due.overview) > overviewSoon && a.newCases():
		cmds = append(cmds, a.readOverviews())
	}
	if m.NowOnly && a.now.Sub(a.due.probe) > searchAgain {
		cmds = append(cmds, a.probe())
	}
	if m.NowOnly && a.now.Sub(a.due.grow) > growEvery {
		cmds = append(cmds, a.growCharts())
	}
	if m.Reachable && a.now.After(a.due.children) {
		cmds = append(cmds, a.lookForChildren())
	}
	if m.Reachable {
		cmds = append(cmds, a.readPast())
	}
	return tea.Batch(cmds...)
}

// spinEvery is the spinner's pace: slow enough for a thin line, quick enough to look alive.
const spinEvery = 150 * time.Millisecond

// busy reports whether something that is on the screen is being waited for.
func (a *App) busy() bool {
	if a.switching != "" || a.opening() || a.firstOverview() || a.fetching() {
		return true
	}
	for _, l := range a.state.Charts {
		if l.Loading {
			return true
		}
	}
	for _, l := range a.state.Parts {
		if l.Loading {
			return true
		}
	}
	for _, l := range a.state.Diagnoses {
		if l.Loading {
			return true
		}
	}
	f := a.state.Fix
	return f != nil && (f.Phase == views.FixPlanning || f.Phase == views.FixApplying || f.Phase == views.FixRolling)
}

// startSpinning begins the chain of frames when something is waited for and no chain runs.
func (a *App) startSpinning() tea.Cmd {
	if a.spinning || !a.busy() {
		return nil
	}
	a.spinning = true
	return a.after(spinEvery, frameMsg{})
}

// spin moves the spinner and the progress figures, and ends its chain when nothing is waited for any more.
func (a *App) spin() tea.Cmd {
	for k, p := range a.progress {
		if l := a.state.Diagnoses[k]; l != nil {
			next := *l
			next.Done, next.Total = int(p.done.Load()), int(p.total.Load())
			a.state.Diagnoses[k] = &next
		}
	}
	a.showApplying()
	a.state.Frames++
	a.now = a.opt.Now()
	if !a.busy() {
		a.spinning = false
		return nil
	}
	return a.after(spinEvery, frameMsg{})
}
