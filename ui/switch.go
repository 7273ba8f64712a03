package ui

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// Switcher leads to other namespaces and clusters.
type Switcher interface {
	// Namespaces are those of the cluster that is shown, as far as they may be listed.
	Namespaces(ctx context.Context) ([]data.Text, error)
	// Contexts are those of the kubeconfig, in order.
	Contexts() ([]data.Text, error)
	// Switch makes the first requests to a context (empty: the one that is shown) and begins a watch of one of its
	// namespaces (empty: all). The watch goes on until ctx is done or the place is stopped. On an error nothing is begun.
	Switch(ctx context.Context, kubeContext, namespace data.Text) (Place, error)
}

// Place are the doors to one cluster, with a watch behind them.
type Place struct {
	Source         Source
	Cluster        Cluster
	Metrics        Metrics
	MetricsProblem data.Text
	Connections    Connections
	Where          data.Cluster
	Stop           func()
	// Taken is told when the place is shown from then on; nil when nobody waits for it.
	Taken func()
}

// The pickers of the app, and the name that stands for no namespace in particular.
const (
	pickNamespace           = "namespace"
	pickContext             = "context"
	allNamespaces data.Text = "all namespaces"
)

// namespacesMsg are the namespaces that may be picked.
type namespacesMsg struct {
	names   []data.Text
	problem data.Text
}

// placeMsg says that another place is there, or why not.
type placeMsg struct {
	seq   int // of the switch
	name  data.Text
	place Place
	err   error
}

// stamped is an answer together with the place that it came from.
type stamped struct {
	epoch int
	msg   tea.Msg
}

// here stamps what a command answers with the place that is shown now, so that an answer that comes after a switch is
// dropped. Messages of others, and those of the chains that go through all places, pass as they are.
func (a *App) here(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	epoch := a.epoch
	return func() tea.Msg { return stamp(epoch, cmd()) }
}

func stamp(epoch int, m tea.Msg) tea.Msg {
	switch m := m.(type) {
	case nil, tickMsg, frameMsg, toastMsg, placeMsg, stamped:
		return m
	case tea.BatchMsg:
		out := make(tea.BatchMsg, 0, len(m))
		for _, cmd := range m {
			if cmd != nil {
				out = append(out, func() tea.Msg { return stamp(epoch, cmd()) })
			}
		}
		return out
	}
	if reflect.TypeOf(m).PkgPath() != reflect.TypeOf(stamped{}).PkgPath() {
		return m // the terminal's and Bubble Tea's own
	}
	return stamped{epoch, m}
}

// openNamespaces shows the namespaces to pick from: those that were seen at once, all of them when they come.
func (a *App) openNamespaces() tea.Cmd {
	door, ctx := a.opt.Switcher, a.ctx
	if a.opening() {
		a.say("Still connecting")
		return nil
	}
	if door == nil {
		a.say("There is no other namespace to go to here")
		return nil
	}
	p := views.NewPicker(pickNamespace, "Namespace", "The list starts anew with what is picked.", nil)
	p.Free = true
	p.Offer(namespaceChoices(a.state.Board, a.opt.Where, nil), true, "")
	a.push(p)
	return func() tea.Msg {
		names, err := door.Namespaces(ctx)
		m := namespacesMsg{names: names}
		if err != nil {
			m.problem = data.Clean(err.Error())
		}
		return m
	}
}

// gotNamespaces completes the choices when the picker is still open.
func (a *App) gotNamespaces(m namespacesMsg) {
	if p, ok := a.top().(*views.Picker); ok && p.Of() == pickNamespace {
		p.Offer(namespaceChoices(a.state.Board, a.opt.Where, m.names), false, m.problem)
	}
}

// namespaceChoices are all namespaces that are known, with how many containers were killed in each.
func namespaceChoices(b *views.Board, where data.Cluster, names []data.Text) []views.Choice {
	killed := map[data.Text]int{}
	everyCase(b, func(c *analysis.Case) {
		killed[c.Container.Key.Namespace] += 0
		if c.Confirmation.OOMKilled {
			killed[c.Container.Key.Namespace]++
		}
	})
	watched := where.Namespaces
	all := append(append(slices.Clone(names), watched...), mapKeys(killed)...)
	slices.Sort(all)
	out := []views.Choice{{Name: allNamespaces, Current: len(watched) == 0}}
	for _, n := range slices.Compact(all) {
		c := views.Choice{Name: n, Current: len(watched) == 1 && watched[0] == n}
		if k := killed[n]; k > 0 {
			c.Note = data.Textf("%d killed", k)
		}
		out = append(out, c)
	}
	return out
}

func mapKeys(m map[data.Text]int) []data.Text {
	out := make([]data.Text, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	return out
}

// openContexts shows the contexts of the kubeconfig to pick from.
func (a *App) openContexts() tea.Cmd {
	if a.opening() {
		a.say("Still connecting")
		return nil
	}
	if a.opt.Switcher == nil {
		a.say("There is no other cluster to go to here")
		return nil
	}
	names, err := a.opt.Switcher.Contexts()
	if err != nil {
		a.say(data.Clean(err.Error()))
		return nil
	}
	var choices []views.Choice
	for _, n := range names {
		choices = append(choices, views.Choice{Name: n, Current: n == a.opt.Where.Context})
	}
	a.push(views.NewPicker(pickContext, "Cluster", "The contexts of the kubeconfig. The list stays until the other cluster has answered.", choices))
	return nil
}

// picked leaves the picker and goes to what was picked.
func (a *App) picked(p views.Pick) tea.Cmd {
	if _, ok := a.top().(*views.Picker); ok {
		a.back()
	}
	if a.switching != "" {
		a.say("Still switching to " + a.switching)
		return nil
	}
	if f := a.state.Fix; f != nil && f.Phase == views.FixApplying {
		a.say("A fix is being applied: switch when it is through")
		return nil
	}
	kubeContext, namespace := a.opt.Where.Context, p.Name
	// The list that is shown stays and goes on until the other place has answered.
	if p.Of == pickContext {
		kubeContext, namespace = p.Name, ""
	}
	if namespace == allNamespaces {
		namespace = ""
	}
	ctx, end := context.WithCancel(a.root)
	a.switching, a.switchSince, a.endSwitch = p.Name, a.opt.Now(), end
	a.switchSeq++
	door, seq := a.opt.Switcher, a.switchSeq
	return func() tea.Msg {
		place, err := door.Switch(ctx, kubeContext, namespace)
		if err != nil {
			end()
			return placeMsg{seq, p.Name, place, err}
		}
		stop := place.Stop
		place.Stop = func() {
			if stop != nil {
				stop()
			}
			end()
		}
		return placeMsg{seq, p.Name, place, nil}
	}
}

// gotPlace shows the other place. When it could not be reached everything stays as it is.
func (a *App) gotPlace(m placeMsg) tea.Cmd {
	if m.seq != a.switchSeq || a.switching == "" { // it was given up
		return func() tea.Msg {
			if m.err == nil {
				m.place.Stop()
			}
			return nil
		}
	}
	a.switching, a.endSwitch = "", nil
	if f := a.state.Fix; m.err == nil && f != nil && f.Phase == views.FixApplying {
		// What is being sent would be cut off in the middle, and nobody would see what came of it.
		a.say("Not switched to " + m.name + ": a fix is being applied. Switch when it is through.")
		return func() tea.Msg {
			m.place.Stop()
			return nil
		}
	}
	if m.err != nil {
		a.say("Not switched to " + m.name + ": " + data.Clean(strings.TrimSpace(m.err.Error())))
		return nil
	}
	stop := a.opt.Stop
	a.leave()
	a.epoch++
	a.ctx, a.leave = context.WithCancel(a.root)
	o, p := &a.opt, m.place
	o.Source, o.Cluster, o.Metrics, o.MetricsProblem, o.Connections = p.Source, p.Cluster, p.Metrics, p.MetricsProblem, p.Connections
	o.Where, o.Stop, o.ReadOnly, o.Protected = p.Where, p.Stop, a.onlyReads || p.Where.ReadOnly, p.Where.Protected
	if p.Taken != nil {
		p.Taken()
	}
	a.forget()
	a.say("Showing " + data.Clean(a.where()))
	return tea.Batch(a.enter(), func() tea.Msg {
		if stop != nil {
			stop()
		}
		return nil
	})
}

// forget drops all that is known of the former place.
func (a *App) forget() {
	a.overviews, a.due, a.fixWhen, a.risk = &overviews{}, due{}, fixTimes{}, riskState{}
	a.maker = &boardMaker{}
	a.began = map[any]time.Time{}
	a.cancels, a.progress, a.history = map[any]context.CancelFunc{}, map[data.Key]*historyProgress{}, map[data.Key]*data.History{}
	a.checkedOnce = map[string]bool{}
	a.followed = nil
	a.fixSeq++
	a.state = a.firstState()
	a.stack = []views.Screen{views.NewKills()}
}

// stopWatch ends the watch of the place that is shown.
func (a *App) stopWatch() {
	a.leave()
	if a.opt.Stop != nil {
		a.opt.Stop()
	}
}
