package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// partsReader is a source of metrics that can say what memory is made of. One that keeps the present alone can't.
type partsReader interface {
	Parts(ctx context.Context, c *data.Container, w data.Window) (*data.Parts, error)
}

// partsKey names the question for the parts of one chart among those that are under way.
type partsKey views.ChartKey

// partsMsg is what the memory of one chart is made of, or why that is not known.
type partsMsg struct {
	key     views.ChartKey
	parts   *data.Parts
	problem data.Text
}

// readParts reads what the memory of one chart is made of.
func (a *App) readParts(k views.ChartKey) tea.Cmd {
	c, ok := a.container(k.Key)
	if !ok {
		return nil
	}
	if a.state.Parts == nil {
		a.state.Parts = map[views.ChartKey]*views.Loaded[data.Parts]{}
	}
	next := views.Loaded[data.Parts]{Loading: true}
	if old := a.state.Parts[k]; old != nil {
		if old.Loading {
			return nil
		}
		next.Value, next.At = old.Value, old.At
	}
	m, can := a.opt.Metrics.(partsReader)
	if !can {
		a.state.Parts[k] = &views.Loaded[data.Parts]{Problem: "this source of metrics does not say it", At: a.now}
		return nil
	}
	a.state.Parts[k] = &next
	ctx := a.begin(partsKey(k))
	return func() tea.Msg {
		parts, err := m.Parts(ctx, c, k.Window)
		if err != nil {
			return partsMsg{key: k, problem: data.Clean(err.Error())}
		}
		return partsMsg{key: k, parts: parts}
	}
}

func (a *App) gotParts(m partsMsg) {
	old := a.state.Parts[m.key]
	if old == nil {
		return // it was asked of a source that is not asked any more
	}
	next := views.Loaded[data.Parts]{Value: m.parts, Problem: m.problem, At: a.now}
	if m.parts == nil {
		next.Value = old.Value
	}
	a.state.Parts[m.key] = &next
}

// openFixWith opens the fix dialog with numbers that were chosen in place of the recommended ones.
func (a *App) openFixWith(i views.FixWith) tea.Cmd {
	first := a.openFix(i.Key)
	f := a.state.Fix
	if f == nil || f.Diagnosis == nil || f.Phase != views.FixPlanning {
		return first
	}
	return a.plan(views.PlanFix{Key: i.Key, Limit: i.Limit, Request: i.Request}, true) // the first plan is never asked for
}
