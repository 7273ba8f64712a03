package views

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"github.com/oomedic/oomedic/data"
)

// ThemeChoice is a theme to choose.
type ThemeChoice struct{ Name, About string }

type (
	// ShowTheme asks for a theme to be seen, for now.
	ShowTheme struct{ Name string }
	// TakeTheme asks for a theme to be used from now on.
	TakeTheme struct{ Name string }
)

func (ShowTheme) intent() {}
func (TakeTheme) intent() {}

// ThemePicker is the list of themes. The one under the cursor is worn by the whole program while one looks.
type ThemePicker struct {
	all    []ThemeChoice
	cursor int
	before string // the theme that esc goes back to
	from   int    // first theme that is shown
}

// NewThemePicker returns a picker of themes with the cursor on the one that is worn; before is what esc goes back to,
// which may be "auto".
func NewThemePicker(all []ThemeChoice, worn, before string) *ThemePicker {
	p := &ThemePicker{all: all, before: before}
	for i := range all {
		if all[i].Name == worn {
			p.cursor = i
		}
	}
	return p
}

// The keys of the theme picker.
var (
	themeTake = key.NewBinding(key.WithKeys("enter"), key.WithHelp("enter", "use this theme"))
	themeMove = key.NewBinding(key.WithKeys("j", "k", "down", "up", "T", "g", "G", "home", "end"), key.WithHelp("j k", "try another"))
	themeBack = key.NewBinding(key.WithKeys("esc", "q"), key.WithHelp("esc", "back to the former"))
)

// Title returns "Theme".
func (p *ThemePicker) Title() data.Text { return "Theme" }

// Typing reports that nothing is typed here.
func (p *ThemePicker) Typing() bool { return false }

// Keys are the bindings that work now.
func (p *ThemePicker) Keys() []key.Binding { return []key.Binding{themeTake, themeMove, themeBack} }

// Set does nothing: themes are given when the screen opens.
func (p *ThemePicker) Set(*State) {}

// Press tries a theme on, takes it or leaves it.
func (p *ThemePicker) Press(m tea.KeyPressMsg) Intent {
	last := len(p.all) - 1
	switch m.String() {
	case "enter":
		return TakeTheme{p.all[p.cursor].Name}
	case "esc", "q", "backspace":
		return Both{ShowTheme{p.before}, Back{}}
	case "T":
		return p.try((p.cursor + 1) % len(p.all))
	case "j", "down":
		return p.try(min(p.cursor+1, last))
	case "k", "up":
		return p.try(max(0, p.cursor-1))
	case "g", "home":
		return p.try(0)
	case "G", "end":
		return p.try(last)
	}
	return nil
}

func (p *ThemePicker) try(at int) Intent {
	p.cursor = at
	return ShowTheme{p.all[at].Name}
}

// ClickAt tries on the theme at line y of the view; false when there is none.
func (p *ThemePicker) ClickAt(_ Frame, y int) (Intent, bool) {
	if at := p.from + y - themeHead; y >= themeHead && at < len(p.all) {
		return p.try(at), true
	}
	return nil, false
}

// themeHead is how many lines stand above the themes.
const themeHead = 2

// View draws the themes, and below them what each kind of text looks like.
func (p *ThemePicker) View(f Frame) string {
	t, g := f.Theme, f.Theme.Glyphs
	lines := []string{" " + Render(t.Title, "Theme") + Render(t.Muted, Cut("  the whole program wears the one under the cursor", max(0, f.Width-7))), ""}
	sample := p.sample(f)
	room := max(3, f.Height-len(lines)-len(sample))
	p.from = max(0, min(min(p.from, p.cursor), len(p.all)-room))
	p.from = max(p.from, p.cursor-room+1)
	for at := p.from; at < min(len(p.all), p.from+room); at++ {
		mark, style := "  ", t.Text
		if at == p.cursor {
			mark, style = Render(t.Accent, g.Cursor)+" ", t.Strong
		}
		lines = append(lines, mark+Render(style, Pad(p.all[at].Name, 17))+Render(t.Muted, Cut(p.all[at].About, max(0, f.Width-20))))
	}
	for len(lines) < f.Height-len(sample) {
		lines = append(lines, "")
	}
	return Fill(f, append(lines, sample...))
}

// sample shows the styles beside one another, as far as there is room.
func (p *ThemePicker) sample(f Frame) []string {
	if f.Height < 14 {
		return nil
	}
	t, g := f.Theme, f.Theme.Glyphs
	word := func(s lipgloss.Style, text string) string { return Render(s, text) + "  " }
	blocks := strings.Join(g.Blocks[:], "")
	return []string{
		Render(t.Border, strings.Repeat(g.Line, f.Width)),
		" " + word(t.OK, g.Live+" running") + word(t.Warn, g.Busy+" waiting") + word(t.Bad, g.Bad+" crash-looping") + Render(t.Info, "read-only"),
		" " + word(t.Usage, "usage "+blocks) + word(t.Limit, "limit "+strings.Repeat(g.Limit, 4)) + word(t.Request, "request "+strings.Repeat(g.Request, 4)) + Render(t.Kill, "kill "+g.Kill),
		" " + word(t.Text, "text") + word(t.Strong, "strong") + word(t.Muted, "muted") + word(t.Faint, "faint") + word(t.Key, "key") + word(t.Match, "match") + word(t.Add, "+ added") + Render(t.Remove, "- removed"),
		" " + Render(t.Selected, " the row under the cursor "),
		"",
	}
}
