package views

import (
	"slices"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
)

// Choice is one thing that a Picker offers.
type Choice struct {
	Name data.Text // what is picked
	Note data.Text // beside it, such as "3 kills"
	// Current is true for the one that is in use.
	Current bool
}

// Pick is what was picked. Of tells the pickers of a program apart.
type Pick struct {
	Of   string
	Name data.Text
}

func (Pick) intent() {}

// maxPicker is how long the text of a picker's filter may be in bytes.
const maxPicker = 300

// Picker is a list to pick one of: what is typed narrows it.
type Picker struct {
	of      string
	title   data.Text
	all     []Choice
	text    string
	shown   []found // of all, best match first
	cursor  int
	loading bool
	problem data.Text
	hint    data.Text
	// Free lets what is typed be picked when nothing matches it: not every name can be listed.
	Free bool
}

// NewPicker returns a picker of choices. of comes back in Pick; hint is a line below the title, and may be empty.
func NewPicker(of string, title, hint data.Text, choices []Choice) *Picker {
	p := &Picker{of: of, title: title, hint: hint}
	p.Offer(choices, false, "")
	p.cursor = max(0, slices.IndexFunc(p.shown, func(m found) bool { return p.all[m.index].Current }))
	return p
}

// The keys of a picker.
var (
	pickerTake = key.NewBinding(key.WithKeys("enter"), key.WithHelp("enter", "switch"))
	pickerMove = key.NewBinding(key.WithKeys("up", "down", "ctrl+n", "ctrl+p"), key.WithHelp("up down", "choose"))
	pickerType = key.NewBinding(key.WithKeys("type"), key.WithHelp("a-z", "filter"))
	pickerBack = key.NewBinding(key.WithKeys("esc"), key.WithHelp("esc", "back"))
)

// Title returns what is picked.
func (p *Picker) Title() data.Text { return p.title }

// Of returns which picker it is.
func (p *Picker) Of() string { return p.of }

// Typing reports that letters are text here.
func (p *Picker) Typing() bool { return true }

// Keys are the bindings that work now.
func (p *Picker) Keys() []key.Binding {
	return []key.Binding{pickerTake, pickerMove, pickerType, pickerBack}
}

// Set does nothing: a picker shows what it is offered.
func (p *Picker) Set(*State) {}

// Offer takes the newest choices, whether more are on their way, and why there may be some missing. The cursor stays on
// its choice.
func (p *Picker) Offer(choices []Choice, loading bool, problem data.Text) {
	was, on := p.current()
	p.all, p.loading, p.problem = choices, loading, problem
	p.sift()
	if on {
		p.cursor = max(0, slices.IndexFunc(p.shown, func(m found) bool { return p.all[m.index].Name == was.Name }))
	}
}

// current returns the choice under the cursor.
func (p *Picker) current() (Choice, bool) {
	if p.cursor >= len(p.shown) {
		return Choice{}, false
	}
	return p.all[p.shown[p.cursor].index], true
}

// Press types, moves or picks. esc with text in the filter clears it first.
func (p *Picker) Press(m tea.KeyPressMsg) Intent {
	was := p.text
	switch m.String() {
	case "enter":
		if c, ok := p.current(); ok {
			return Pick{Of: p.of, Name: c.Name}
		}
		if p.Free && p.text != "" {
			return Pick{Of: p.of, Name: data.Clean(p.text)}
		}
		return Say{Text: "Nothing matches /" + data.Clean(p.text)}
	case "esc":
		if p.text == "" {
			return Back{}
		}
		p.text = ""
	case "down", "ctrl+n":
		p.cursor = min(p.cursor+1, max(0, len(p.shown)-1))
	case "up", "ctrl+p":
		p.cursor = max(0, p.cursor-1)
	case "pgdown":
		p.cursor = min(p.cursor+10, max(0, len(p.shown)-1))
	case "pgup":
		p.cursor = max(0, p.cursor-10)
	case "backspace", "ctrl+h":
		if was == "" {
			return Back{}
		}
		_, n := utf8.DecodeLastRuneInString(was)
		p.text = was[:len(was)-n]
	case "ctrl+u":
		p.text = ""
	default:
		if more := data.Clean(m.Text).String(); len(was)+len(more) <= maxPicker {
			p.text += more
		}
	}
	if p.text != was {
		p.sift()
		p.cursor = 0
	}
	return nil
}

// sift keeps the choices that match, those that match best first.
func (p *Picker) sift() {
	names := make([]string, len(p.all))
	for i := range p.all {
		names[i] = p.all[i].Name.String()
	}
	p.shown = find(p.text, names)
	p.cursor = max(0, min(p.cursor, len(p.shown)-1))
}

// View draws the filter and the choices.
func (p *Picker) View(f Frame) string {
	t, g := f.Theme, f.Theme.Glyphs
	head := Render(t.Key, "/") + Render(t.Input, p.text+"_")
	lines := []string{" " + Spread(Render(t.Title, p.title.String())+"  "+head, Render(t.Muted, thousands(len(p.shown))+" of "+thousands(len(p.all)))+" ", f.Width-1)}
	if p.hint != "" {
		lines = append(lines, " "+Render(t.Muted, Cut(p.hint.String(), f.Width-2)))
	}
	lines = append(lines, "")
	foot := p.notes(f)
	room := max(1, f.Height-len(lines)-len(foot)-1)
	first := max(0, min(p.cursor-room/2, len(p.shown)-room))
	last := min(len(p.shown), first+room)
	name := 12
	for _, m := range p.shown[first:last] {
		name = max(name, min(f.Width-16, Width(p.all[m.index].Name.String())))
	}
	for at := first; at < last; at++ {
		c := p.all[p.shown[at].index]
		mark, style := "  ", t.Text
		if at == p.cursor {
			mark, style = Render(t.Accent, g.Cursor)+" ", t.Strong
		}
		line := mark + Pad(marked(c.Name.String(), p.shown[at].places(c.Name.String()), name, style, t.Match), name)
		if c.Current {
			line += Render(t.OK, "  "+g.OK+" now")
		}
		if c.Note != "" {
			line += Render(t.Muted, "  "+c.Note.String())
		}
		lines = append(lines, Cut(line, f.Width))
	}
	if len(p.shown) == 0 {
		if p.Free && p.text != "" {
			lines = append(lines, "  "+Render(t.Text, Cut("enter tries "+p.text+", which is not among the names that are known.", f.Width-2)))
		}
		lines = append(lines, "  "+Render(t.Muted, "Nothing matches. backspace takes letters back, esc goes back."))
	}
	if hidden := len(p.shown) - last; hidden > 0 {
		lines = append(lines, "  "+Render(t.Muted, g.Down+" "+thousands(hidden)+" more"))
	}
	return Fill(f, append(lines, foot...))
}

// notes says what is on its way or missing.
func (p *Picker) notes(f Frame) []string {
	t := f.Theme
	var out []string
	if p.loading {
		out = append(out, " "+Render(t.Muted, t.Glyphs.Busy+" looking for more"))
	}
	if p.problem != "" {
		out = append(out, " "+Render(t.Warn, Cut(t.Glyphs.Warn+" "+p.problem.String(), f.Width-1)))
	}
	return out
}
