package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// The keys of the app, which work on every screen unless text is being typed.
var (
	keyFix     = views.KeyFix
	keyMetrics = views.KeyPrometheus
	keyHistory = views.KeyHistory
	keySpaces  = key.NewBinding(key.WithKeys("n"), key.WithHelp("n", "namespace"))
	keyContext = key.NewBinding(key.WithKeys("c"), key.WithHelp("c", "cluster"))
	keyHelp    = key.NewBinding(key.WithKeys("?"), key.WithHelp("?", "help"))
	keyBack    = views.KeyBack
	keyTheme   = key.NewBinding(key.WithKeys("T"), key.WithHelp("T", "theme"))
	keyPalette = key.NewBinding(key.WithKeys(":"), key.WithHelp(":", "go to"))
	keySaid    = key.NewBinding(key.WithKeys("M"), key.WithHelp("M", "messages"))
	keySuspend = key.NewBinding(key.WithKeys("ctrl+z"), key.WithHelp("ctrl+z", "suspend"))
	keyQuit    = views.KeyQuit
	keyAbort   = key.NewBinding(key.WithKeys("ctrl+c"), key.WithHelp("ctrl+c", "quit at once"))
)

// appKeys are all keys of the app, as help lists them.
var appKeys = []key.Binding{keyPalette, keyFix, keyMetrics, keyHistory, keySaid, keyHelp, keyBack, keyTheme, keySuspend, keyQuit, keyAbort}

// listKeys are the keys of the app that work on the first screen alone.
var listKeys = []key.Binding{keySpaces, keyContext}

// Keymap returns every binding of the program: those of the app first, then those of each screen.
func Keymap() []views.HelpGroup {
	return append([]views.HelpGroup{{Title: everywhere, Keys: appKeys}, {Title: "List: other places", Keys: listKeys}}, views.Keymap()...)
}

// selecting is a screen that has a container under its cursor.
type selecting interface{ Selected() (data.Key, bool) }

// appBindings are the bindings of the app that work now.
func (a *App) appBindings() []key.Binding {
	if len(a.stack) == 1 && a.opt.Switcher != nil {
		return append(append([]key.Binding(nil), listKeys...), appKeys...)
	}
	return appKeys
}

// press takes a key as it was pressed. Those that a person has chosen become those of the program.
func (a *App) press(m tea.KeyPressMsg) tea.Cmd {
	s := a.top()
	m, ok := a.keys.translate(m, s, append(append([]key.Binding(nil), s.Keys()...), a.appBindings()...))
	if !ok {
		return nil
	}
	return a.pressed(m)
}

// pressed gives a key to the help overlay, to the screen, or to the app, in this order.
func (a *App) pressed(m tea.KeyPressMsg) tea.Cmd {
	if key.Matches(m, keyAbort) {
		return tea.Quit
	}
	if a.help {
		return a.pressHelp(m)
	}
	s := a.top()
	if s.Typing() {
		return a.do(s.Press(m))
	}
	if i := s.Press(m); i != nil {
		return a.do(i)
	}
	return a.pressApp(m)
}

// pressApp carries out the keys of the app.
func (a *App) pressApp(m tea.KeyPressMsg) tea.Cmd {
	s := a.top()
	switch {
	case key.Matches(m, keyQuit):
		return tea.Quit
	case key.Matches(m, keyPalette):
		return a.openPalette()
	case key.Matches(m, keySaid):
		return a.openMessages()
	case key.Matches(m, keyBack):
		return a.takeBack()
	case key.Matches(m, keyHelp):
		a.help, a.helpFrom = true, 0
	case len(a.stack) == 1 && key.Matches(m, keySpaces):
		return a.openNamespaces()
	case len(a.stack) == 1 && key.Matches(m, keyContext):
		return a.openContexts()
	case key.Matches(m, keyMetrics):
		return a.openConnection()
	case key.Matches(m, keyHistory):
		return a.openHistory()
	case key.Matches(m, keyTheme):
		return a.openThemes()
	case key.Matches(m, keySuspend):
		return tea.Suspend
	case key.Matches(m, keyFix):
		if sel, ok := s.(selecting); ok {
			if k, ok := sel.Selected(); ok {
				return a.do(views.OpenFix{Key: k})
			}
		}
	}
	return nil
}

// pressHelp scrolls the help or closes it.
func (a *App) pressHelp(m tea.KeyPressMsg) tea.Cmd {
	switch m.String() {
	case "j", "down":
		most := views.HelpMax(a.frame(), a.helpGroups())
		a.helpFrom = min(a.helpFrom+1, most)
	case "k", "up":
		a.helpFrom = max(0, a.helpFrom-1)
	case "tab":
		return a.do(views.OpenGlossary{Term: a.termHere()})
	case "q", "esc", "?", "enter":
		a.help = false
	}
	return nil
}

// paste types pasted text where text is being typed, cleaned: a line feed in it would be an enter nobody pressed.
func (a *App) paste(m tea.PasteMsg) tea.Cmd {
	if !a.top().Typing() {
		return nil
	}
	var cmds []tea.Cmd
	for _, r := range data.Clean(strings.TrimSpace(m.Content)).String() {
		cmds = append(cmds, a.do(a.top().Press(tea.KeyPressMsg{Code: r, Text: string(r)})))
	}
	return tea.Batch(cmds...)
}

// do carries out what a screen asked for.
func (a *App) do(i views.Intent) tea.Cmd {
	switch i := i.(type) {
	case views.OpenCase:
		a.lastCase = i.Key
		w := a.firstWindow(i.Key)
		a.push(views.NewCase(i.Key, w))
		return a.readChart(views.ChartKey{Key: i.Key, Window: w})
	case views.OpenDiagnosis:
		a.lastCase = i.Key
		if _, there := a.top().(*views.DiagnosisScreen); !there {
			a.push(views.NewDiagnosis(i.Key))
		}
		return a.diagnose(i.Key, false)
	case views.OpenFix:
		return a.openFix(i.Key)
	case views.Both:
		return tea.Batch(a.do(i.First), a.do(i.Second))
	case views.FindConnections:
		return a.findConnections()
	case views.UseConnection:
		return a.useConnection(i.Name)
	case views.Pick:
		return a.picked(i)
	case views.Run:
		return a.run(i.Entry)
	case views.ShowTheme:
		a.setTheme(i.Name, a.dark)
	case views.TakeTheme:
		a.takeTheme(i.Name)
	case views.Copy:
		a.say("Sent to the terminal's clipboard: " + i.What)
		return tea.SetClipboard(i.Text.String())
	case views.Say:
		a.say(i.Text)
	case views.FixMarked:
		return a.fixMarked(i.Keys)
	case views.EndBatch:
		a.leaveBatch()
	case views.Back:
		if a.inBatch() {
			return a.nextPart()
		}
		a.back()
	default:
		return a.doForCase(i)
	}
	return nil
}

// doForCase carries out what a screen asked for about one case: what is read of it, and its changes.
func (a *App) doForCase(i views.Intent) tea.Cmd {
	switch i := i.(type) {
	case views.LoadChart:
		return a.readChart(views.ChartKey{Key: i.Key, Window: i.Window})
	case views.LoadParts:
		return a.readParts(views.ChartKey{Key: i.Key, Window: i.Window})
	case views.LoadDiagnosis:
		return a.diagnose(i.Key, false)
	case views.FixWith:
		return a.openFixWith(i)
	case views.PlanFix:
		return a.plan(i, false)
	case views.ApplyFix:
		return a.apply(i)
	case views.EndPod:
		return a.endPod(i)
	case views.SaveExport:
		return a.saveExport(i)
	case views.OpenHistory:
		return a.openHistory()
	case views.UndoEntry:
		return a.undoEntry(i.Entry)
	}
	return a.doTool(i)
}

// back leaves the screen on top and ends the questions that only it asked. The first screen stays.
func (a *App) back() {
	if len(a.stack) == 1 {
		return
	}
	left := a.top()
	a.stack = a.stack[:len(a.stack)-1]
	sel, ok := left.(selecting)
	if !ok {
		return
	}
	k, ok := sel.Selected()
	if !ok {
		return
	}
	for _, s := range a.stack[1:] {
		if other, ok := s.(selecting); ok {
			if ok2, _ := other.Selected(); ok2 == k {
				return // another screen still waits for the same container
			}
		}
	}
	for q, cancel := range a.cancels {
		if ck, ok := q.(views.ChartKey); q == k || (ok && ck.Key == k) {
			if f := a.state.Fix; q == k && f != nil && f.Key == k && f.Diagnosis == nil {
				continue // the fix dialog waits for this diagnosis
			}
			cancel()
			delete(a.cancels, q)
		}
	}
}

// firstWindow is the window that a case opens with: a day, or less for a pod that is younger, whose whole story would
// otherwise stand in the last few columns.
func (a *App) firstWindow(k data.Key) data.Window {
	c, ok := a.container(k)
	if !ok || c.PodCreated.IsZero() {
		return data.Day
	}
	for _, w := range data.ChartWindows {
		if a.now.Sub(c.PodCreated) < w.Duration() || w == data.Day {
			return w
		}
	}
	return data.Day
}

// container returns a copy of the facts of a container on the board.
func (a *App) container(k data.Key) (*data.Container, bool) {
	cs, ok := a.state.Board.Case(k)
	if !ok {
		return nil, false
	}
	c := cs.Container
	return &c, true
}

// metricsProblem says why there is no history, or nothing when there should be one.
func (a *App) metricsProblem() data.Text {
	m := a.state.Board.Metrics
	switch {
	case m.Problem != "":
		return m.Problem
	case a.opt.Metrics == nil:
		return "no Prometheus is configured: start with --prometheus-url"
	case !m.Checked:
		return "Prometheus has not answered yet"
	}
	return ""
}
