package ui

import (
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
	"github.com/oomedic/oomedic/views"
)

// The words for what a palette leads to.
const (
	kindAction    data.Text = "do"
	kindCase      data.Text = "case"
	kindNamespace data.Text = "namespace"
	kindContext   data.Text = "cluster"
	kindTheme     data.Text = "theme"
)

// paletteMsg are the entries that take time to gather: the cases, and what else can be gone to.
type paletteMsg struct {
	cases, places []views.Entry
	problem       data.Text
}

// paletteCasesMsg are the cases of a list that differ in their names from those that the palette was offered.
type paletteCasesMsg struct{ cases []views.Entry }

// offered is what the open palette was offered, so that a newer list changes its cases alone.
type offered struct {
	actions []views.Entry
	paletteMsg
	done bool // the entries that take time are there
}

// openPalette shows what can be done here at once, and what can be gone to when it was gathered.
func (a *App) openPalette() tea.Cmd {
	own := a.actionEntries()
	a.push(views.NewPalette(own))
	a.offered = offered{actions: own}
	board, door, ctx, where, now := a.state.Board, a.opt.Switcher, a.ctx, a.opt.Where, a.now
	return func() tea.Msg {
		out, problem := []views.Entry(nil), data.Text("")
		if door != nil {
			names, err := door.Namespaces(ctx)
			if err != nil {
				problem = data.Clean(err.Error())
			}
			for _, c := range namespaceChoices(board, where, names) {
				out = append(out, views.Entry{Kind: kindNamespace, Name: c.Name, Note: c.Note, Want: views.Pick{Of: pickNamespace, Name: c.Name}})
			}
			contexts, err := door.Contexts()
			if err != nil {
				problem = data.Clean(err.Error())
			}
			for _, n := range contexts {
				out = append(out, views.Entry{Kind: kindContext, Name: n, Want: views.Pick{Of: pickContext, Name: n}})
			}
		}
		for _, t := range themes.List() {
			out = append(out, views.Entry{Kind: kindTheme, Name: data.Clean(t.Name), Note: data.Clean(t.About), Want: views.TakeTheme{Name: t.Name}})
		}
		return paletteMsg{caseEntries(board, now), append(out, termEntries()...), problem}
	}
}

// gotPalette completes the entries when the palette is still open, and asks for the cases of a list that came meanwhile.
func (a *App) gotPalette(m paletteMsg) tea.Cmd {
	if _, ok := a.top().(*views.Palette); !ok {
		return nil
	}
	a.offered.paletteMsg, a.offered.done = m, true
	a.offer()
	return a.renewPalette()
}

// offer hands the open palette what is there to choose from.
func (a *App) offer() {
	if p, ok := a.top().(*views.Palette); ok {
		o := a.offered
		p.Offer(slices.Concat(o.actions, o.cases, o.places), false, o.problem)
	}
}

// renewPalette looks whether the newest list names other cases than the open palette: one whose workload was found
// since, or one that was killed just now.
func (a *App) renewPalette() tea.Cmd {
	if _, ok := a.top().(*views.Palette); !ok || !a.offered.done {
		return nil
	}
	board, now, known := a.state.Board, a.now, a.offered.cases
	return func() tea.Msg {
		cases := caseEntries(board, now)
		if slices.EqualFunc(cases, known, func(x, y views.Entry) bool { return x.Name == y.Name }) {
			return nil
		}
		return paletteCasesMsg{cases}
	}
}

// gotPaletteCases changes the cases that the palette offers, when it is still open.
func (a *App) gotPaletteCases(m paletteCasesMsg) {
	a.offered.cases = m.cases
	a.offer()
}

// actionEntries are the actions of the screen on top and those of the app, each with its key. Those with a direction,
// such as down and up, are left to their keys.
func (a *App) actionEntries() []views.Entry {
	s := a.top()
	own := s.Keys()
	bindings := append(slices.Clone(own), a.appBindings()...)
	var out []views.Entry
	shown := a.keys.shown(s, bindings)
	for i, b := range bindings {
		if keys := namedKeys(b); b.Enabled() && len(keys) == 1 {
			if _, ok := pressOf(keys[0]); ok {
				name := b.Help().Desc
				out = append(out, views.Entry{Kind: kindAction, Name: data.Clean(strings.ToUpper(name[:1]) + name[1:]), Key: shown[i].Help().Key, Want: views.PressKey{Key: keys[0], App: i >= len(own)}})
				if i >= len(own) && hidden(b, own) {
					out[len(out)-1].Key = "" // here it is the key of something else
				}
			}
		}
	}
	return out
}

// hidden reports whether a screen has the key of a binding of the app for something of its own.
func hidden(b key.Binding, own []key.Binding) bool {
	return slices.ContainsFunc(own, func(o key.Binding) bool { return slices.Contains(o.Keys(), b.Keys()[0]) })
}

// caseEntries are the cases of the board, one for each workload and container, in the order of the board: the newest
// kill first.
func caseEntries(b *views.Board, now time.Time) []views.Entry {
	var out []views.Entry
	seen := map[data.Text]bool{}
	everyCase(b, func(c *analysis.Case) {
		k := c.Container.Key
		ref := c.Container.Workload.Ref()
		if ref == "" {
			ref = "pod/" + k.Pod
		}
		name := k.Namespace + "/" + ref + " " + k.Container
		if seen[name] {
			return
		}
		seen[name] = true
		e := views.Entry{Kind: kindCase, Name: name, Want: views.OpenCase{Key: k}}
		if at := c.Confirmation.LastKillAt; !at.IsZero() {
			e.Note = data.Clean("killed " + views.Ago(at, now) + " ago")
		}
		out = append(out, e)
	})
	return out
}

// run carries out what was chosen in the palette, on the screen below it.
func (a *App) run(e views.Entry) tea.Cmd {
	a.back()
	if p, ok := e.Want.(views.PressKey); ok {
		m, known := pressOf(p.Key)
		if !known {
			return nil
		}
		if p.App && !key.Matches(m, keyAbort) {
			return a.pressApp(m)
		}
		return a.pressed(m)
	}
	if c, ok := e.Want.(views.OpenCase); ok {
		a.stack = a.stack[:1] // a case of its own, not one within another
		return a.do(c)
	}
	return a.do(e.Want)
}

// everyCase calls f for each case of the board, killed ones first.
func everyCase(b *views.Board, f func(c *analysis.Case)) {
	for _, list := range [...][]*analysis.Case{b.Cases, b.Ruled} {
		for _, c := range list {
			f(c)
		}
	}
}
