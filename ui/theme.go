package ui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
	"github.com/oomedic/oomedic/views"
)

// setTheme changes the theme; an unknown name leaves it as it is and says so.
func (a *App) setTheme(name string, dark bool) {
	t, err := themes.Get(name, dark)
	if err != nil {
		a.say(data.Clean(err.Error()))
		return
	}
	if a.opt.ASCII {
		t = t.ASCII()
	}
	a.opt.Theme, a.dark, a.theme = name, dark, t
}

// openThemes shows the themes to choose from.
func (a *App) openThemes() tea.Cmd {
	var all []views.ThemeChoice
	for _, i := range themes.List() {
		all = append(all, views.ThemeChoice{Name: i.Name, About: i.About})
	}
	a.push(views.NewThemePicker(all, a.theme.Name, a.opt.Theme))
	return nil
}

// takeTheme uses a theme from now on, and leaves the picker if it was chosen there.
func (a *App) takeTheme(name string) {
	if _, ok := a.top().(*views.ThemePicker); ok {
		a.back()
	}
	a.setTheme(name, a.dark)
	a.tookTheme = a.opt.Theme
	a.say("Theme: " + data.Clean(name))
}
