package ui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// The least room that every screen is whole in, and the lines that the app keeps for itself: a head line, a status
// line and a line of keys.
const (
	minWidth  = 40
	minHeight = 12
	ownLines  = 3
)

// View draws the head line, the screen on top, the status line and the keys.
func (a *App) View() tea.View {
	v := tea.View{AltScreen: true, WindowTitle: "oomedic " + a.opt.Where.Context.String()}
	if a.opt.Mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	if a.width == 0 || a.height == 0 {
		return v // the terminal's size is not known yet
	}
	if a.width < minWidth || a.height < minHeight {
		v.SetContent(a.tooSmall())
		return v
	}
	f := a.frame()
	body := ""
	if a.help {
		body = views.HelpView(f, "Keys (tab: what the words mean)", a.helpGroups(), a.helpFrom)
	} else {
		body = a.top().View(f)
	}
	whole := strings.Join([]string{a.head(), body, a.status(), views.Foot(f, a.footKeys())}, "\n")
	if !a.theme.Glyphs.Braille {
		whole = views.ASCII(whole)
	}
	v.SetContent(whole)
	return v
}

// frame is the room of the screen on top.
func (a *App) frame() views.Frame {
	return views.Frame{Width: a.width, Height: a.height - ownLines, Theme: a.theme, Now: a.now, Zone: a.zone, KeyName: a.keys.namer(a.top())}
}

// tooSmall says how much room is needed, cut to what there is.
func (a *App) tooSmall() string {
	lines := []string{fmt.Sprintf("oomedic needs %dx%d", minWidth, minHeight), fmt.Sprintf("(this is %dx%d)", a.width, a.height)}
	for i := range lines {
		lines[i] = views.Cut(lines[i], a.width)
	}
	return strings.Join(lines[:min(len(lines), a.height)], "\n")
}

// head is the line on top: where one is, which cluster, and how fresh the facts are.
func (a *App) head() string {
	t, g := a.theme, a.theme.Glyphs
	left := views.Render(t.Title, " oomedic")
	for _, s := range a.stack[1:] {
		left += views.Render(t.Muted, " "+g.Sep+" ") + views.Render(t.Accent, s.Title().String())
	}
	right := a.freshness() + views.Render(t.Muted, " "+g.Dot+" ") + a.metricsWord() + " "
	where := views.Render(t.Muted, views.CutMiddle(a.where(), max(12, a.width/3))+" "+g.Dot+" ")
	if views.Width(left)+views.Width(where)+views.Width(right)+2 <= a.width {
		right = where + right
	}
	return views.Spread(left, right, a.width)
}

// where names the cluster and the namespaces that are watched.
func (a *App) where() string {
	w := a.opt.Where
	name := w.Context.String()
	if name == "" {
		name = w.Server.String()
	}
	switch n := len(w.Namespaces); {
	case n == 1:
		return name + "/" + w.Namespaces[0].String()
	case n > 1:
		return fmt.Sprintf("%s, %d namespaces", name, n)
	}
	return name
}

// freshness says in a word and a glyph whether the list is live.
func (a *App) freshness() string {
	t, g, h := a.theme, a.theme.Glyphs, a.state.Board.Health
	if a.switching != "" {
		return views.Render(t.Warn, g.Busy+" switching to "+views.CutMiddle(a.switching.String(), 24))
	}
	switch h.State {
	case data.Live:
		return views.Render(t.OK, g.Live+" live")
	case data.Stale:
		return views.Render(t.Bad, g.Stale+" stale "+views.Ago(h.Since, a.now))
	}
	return views.Render(t.Warn, g.Busy+" connecting")
}

// metricsWord says in a word and a glyph whether there is a Prometheus.
func (a *App) metricsWord() string {
	t, g, m := a.theme, a.theme.Glyphs, a.state.Board.Metrics
	switch {
	case m.NowOnly:
		return views.Render(t.Warn, "metrics "+g.Busy+" now only")
	case m.Reachable:
		return views.Render(t.OK, "metrics "+g.OK)
	case !m.Checked:
		return views.Render(t.Muted, "metrics "+g.Busy)
	case a.opt.Metrics == nil:
		return views.Render(t.Warn, "no metrics")
	}
	return views.Render(t.Bad, "metrics "+g.Bad)
}

// status is the line above the keys: the newest message, or what could not be read.
func (a *App) status() string {
	t, g, b := a.theme, a.theme.Glyphs, a.state.Board
	var left string
	switch {
	case a.toast != "":
		left = views.Render(t.Info, " "+a.toast.String())
	case len(a.stack) == 1 && !a.help:
		// the list has its own notes of what is stale or unread
	case b.Health.State == data.Stale:
		left = views.Render(t.Bad, " "+g.Stale+" the API server can't be reached: "+b.Health.Problem.String())
	case a.opt.Metrics != nil && b.Metrics.Checked && !b.Metrics.Reachable:
		left = views.Render(t.Warn, " "+g.Warn+" Prometheus: "+b.Metrics.Problem.String())
	case len(b.Gaps) > 0:
		left = views.Render(t.Warn, fmt.Sprintf(" %s %s: %s", g.Warn, b.Gaps[0].What, b.Gaps[0].Why))
	}
	right := a.waitLine()
	if n := len(b.Gaps); n > 1 {
		right = views.Render(t.Warn, fmt.Sprintf("%d gaps ", n))
	}
	if a.opt.ReadOnly {
		right += views.Render(t.Info, "read-only ")
	} else if a.opt.Protected {
		right += views.Render(t.Warn, "protected ")
	}
	return views.Spread(left, right, a.width)
}

// footKeys are those of the line of keys: the two that matter most here, those of the app, then the others as far as they fit, and
// help, which leads to all of them.
func (a *App) footKeys() []key.Binding {
	if a.help {
		return []key.Binding{key.NewBinding(key.WithKeys("esc"), key.WithHelp("esc", "close help"))}
	}
	own := a.keys.shown(a.top(), a.top().Keys())
	if a.top().Typing() {
		return own
	}
	first := min(2, len(own))
	keys := append([]key.Binding(nil), own[:first]...)
	_, isFix := a.top().(*views.FixScreen)
	opensFix := func(b key.Binding) bool { return b.Help().Desc == keyFix.Help().Desc }
	if _, on := a.top().(selecting); on && !isFix && !slices.ContainsFunc(own[:first], opensFix) {
		keys = append(keys, a.keys.shown(a.top(), []key.Binding{keyFix})...)
	}
	app := []key.Binding{keyQuit, keyPalette}
	if len(a.stack) > 1 && !slices.ContainsFunc(own, func(b key.Binding) bool { return slices.Contains(b.Keys(), "esc") }) {
		app = []key.Binding{keyBack, keyQuit, keyPalette}
	}
	keys = append(append(keys, a.keys.shown(a.top(), app)...), own[first:]...)
	return append(keys, a.keys.shown(a.top(), []key.Binding{keyHelp})...)
}

// helpGroups are the bindings of the screen on top and of the app.
func (a *App) helpGroups() []views.HelpGroup {
	s := a.top()
	own := s.Keys()
	if len(a.stack) == 1 && a.opt.Switcher != nil {
		own = append(own, listKeys...)
	}
	app := slices.DeleteFunc(slices.Clone(appKeys), func(b key.Binding) bool { return b.Keys()[0] != "esc" && hidden(b, own) })
	out := []views.HelpGroup{
		{Title: s.Title().String(), Keys: a.keys.shown(s, own)},
		{Title: everywhere, Keys: a.keys.shown(s, app)},
	}
	if w, ok := s.(interface{ Words() []key.Binding }); ok {
		out = append(out, views.HelpGroup{Title: "What it says here", Keys: w.Words()})
	}
	return out
}
