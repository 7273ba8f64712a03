package views

import (
	"strings"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
)

// Entry is one thing that the palette leads to.
type Entry struct {
	Kind data.Text // what it is, in a word: "do", "case", "namespace" …
	Name data.Text // what is searched
	Note data.Text // beside it
	Key  string    // the key that does the same; empty when there is none
	Want Intent    // what is carried out
}

// Run is what was chosen in the palette.
type Run struct{ Entry Entry }

func (Run) intent() {}

// PressKey asks for a key to be pressed on the screen below, by its name such as "s" or "ctrl+d".
type PressKey struct {
	Key string
	// App is true for a key of the app, which the screen below is not to take for one of its own.
	App bool
}

func (PressKey) intent() {}

// Palette finds actions, cases, namespaces and clusters by some of their letters.
type Palette struct {
	all     []Entry
	names   index // of all
	text    string
	shown   []found
	cursor  int
	loading bool
	problem data.Text
}

// NewPalette returns a palette of entries; more may be on their way.
func NewPalette(entries []Entry) *Palette {
	p := &Palette{}
	p.Offer(entries, true, "")
	return p
}

// The keys of the palette.
var (
	paletteRun  = key.NewBinding(key.WithKeys("enter"), key.WithHelp("enter", "go"))
	paletteMove = key.NewBinding(key.WithKeys("up", "down", "ctrl+n", "ctrl+p", "pgup", "pgdown"), key.WithHelp("up down", "choose"))
	paletteType = key.NewBinding(key.WithKeys("type"), key.WithHelp("a-z", "search"))
	paletteBack = key.NewBinding(key.WithKeys("esc"), key.WithHelp("esc", "clear, then back"))
)

// Title returns "Go to".
func (p *Palette) Title() data.Text { return "Go to" }

// Typing reports that letters are text here.
func (p *Palette) Typing() bool { return true }

// Keys are the bindings that work now.
func (p *Palette) Keys() []key.Binding {
	return []key.Binding{paletteRun, paletteMove, paletteType, paletteBack}
}

// Set does nothing: a palette shows what it is offered.
func (p *Palette) Set(*State) {}

// Offer takes the newest entries, whether more are on their way, and what could not be listed. The cursor stays on its
// entry while that is still there.
func (p *Palette) Offer(entries []Entry, loading bool, problem data.Text) {
	at, was := p.cursor, p.Selected()
	p.all, p.loading, p.problem = entries, loading, problem
	names := make([]string, len(entries))
	for i := range entries {
		names[i] = entries[i].Name.String()
	}
	p.names = indexOf(names)
	p.sift()
	p.cursor = max(0, min(at, len(p.shown)-1))
	for i := range p.shown {
		if e := &p.all[p.shown[i].index]; at > 0 && e.Kind == was.Kind && e.Name == was.Name {
			p.cursor = i
			break
		}
	}
}

// Selected is the entry under the cursor; the zero Entry when nothing matches.
func (p *Palette) Selected() Entry {
	if p.cursor < len(p.shown) {
		return p.all[p.shown[p.cursor].index]
	}
	return Entry{}
}

func (p *Palette) sift() {
	p.shown, p.cursor = p.names.find(p.text), 0
}

// Press types, moves or chooses. esc with text in the search clears it first.
func (p *Palette) Press(m tea.KeyPressMsg) Intent {
	was, last := p.text, max(0, len(p.shown)-1)
	switch m.String() {
	case "enter":
		if p.cursor < len(p.shown) {
			return Run{p.all[p.shown[p.cursor].index]}
		}
		return Say{Text: "Nothing matches " + data.Clean(p.text)}
	case "esc", "backspace", "ctrl+h":
		if was == "" {
			return Back{}
		}
		if m.String() == "esc" {
			p.text = ""
			break
		}
		_, n := utf8.DecodeLastRuneInString(was)
		p.text = was[:len(was)-n]
	case "down", "ctrl+n", "tab":
		p.cursor = min(p.cursor+1, last)
	case "up", "ctrl+p", "shift+tab":
		p.cursor = max(0, p.cursor-1)
	case "pgdown":
		p.cursor = min(p.cursor+10, last)
	case "pgup":
		p.cursor = max(0, p.cursor-10)
	case "ctrl+u":
		p.text = ""
	case "ctrl+w":
		cut := strings.TrimRight(was, " ")
		p.text = cut[:strings.LastIndexByte(cut, ' ')+1]
	default:
		if more := data.Clean(m.Text).String(); len(was)+len(more) <= maxPicker {
			p.text += more
		}
	}
	if p.text != was {
		p.sift()
	}
	return nil
}

// ClickAt takes the row at line y of the view, as enter does; false when there is none.
func (p *Palette) ClickAt(f Frame, y int) (Intent, bool) {
	first, last := p.window(f)
	if at := first + y - paletteHead; y >= paletteHead && at < last {
		p.cursor = at
		return Run{p.all[p.shown[at].index]}, true
	}
	return nil, false
}

// paletteHead is how many lines stand above the entries.
const paletteHead = 2

// window is the part of the entries that is on the screen.
func (p *Palette) window(f Frame) (first, last int) {
	room := max(1, f.Height-paletteHead-2)
	first = max(0, min(p.cursor-room/2, len(p.shown)-room))
	return first, min(len(p.shown), first+room)
}

// paletteKind is the room for the kind in cells, and paletteKey that for the key.
const (
	paletteKind = 10
	paletteKey  = 9
)

// View draws the search and what it found.
func (p *Palette) View(f Frame) string {
	t, g := f.Theme, f.Theme.Glyphs
	count := thousands(len(p.shown)) + " of " + thousands(len(p.all)) + " "
	search := tailOf(p.text, max(4, f.Width-Width(count)-5), g.Ellipsis)
	lines := []string{Spread(" "+Render(t.Key, ":")+Render(t.Input, search+"_"), Render(t.Muted, count), f.Width), ""}
	first, last := p.window(f)
	for at := first; at < last; at++ {
		lines = append(lines, p.row(f, at))
	}
	if len(p.shown) == 0 {
		lines = append(lines, "   "+Render(t.Text, Cut("Nothing matches. Fewer letters find more; esc clears them.", f.Width-3)))
	}
	for len(lines) < f.Height-2 {
		lines = append(lines, "")
	}
	note := ""
	switch hidden := len(p.shown) - last; {
	case p.problem != "":
		note = Render(t.Warn, " "+g.Warn+" "+p.problem.String())
	case p.loading:
		note = Render(t.Muted, " "+g.Busy+" looking for more")
	case hidden > 0:
		note = Render(t.Muted, " "+g.Down+" "+thousands(hidden)+" more")
	}
	hint := ""
	if p.text == "" {
		hint = Render(t.Muted, " Type some letters of what you want to do or see.")
	}
	return Fill(f, append(lines, Cut(note, f.Width), Cut(hint, f.Width)))
}

// row draws one entry.
func (p *Palette) row(f Frame, at int) string {
	t, m := f.Theme, p.shown[at]
	e := &p.all[m.index]
	mark, style := "  ", t.Text
	if at == p.cursor {
		mark, style = Render(t.Accent, t.Glyphs.Cursor)+" ", t.Strong
	}
	keyRoom := 0
	if f.Width >= 60 {
		keyRoom = paletteKey
	}
	left := mark + Render(t.Muted, Pad(e.Kind.String(), paletteKind)) + " "
	room := max(8, f.Width-Width(left)-keyRoom-1)
	line := left + marked(e.Name.String(), m.places(e.Name.String()), room, style, t.Match)
	if rest := room - Width(e.Name.String()) - 2; e.Note != "" && rest >= 8 {
		line += "  " + Render(t.Muted, Cut(e.Note.String(), rest))
	}
	if keyRoom > 0 && e.Key != "" {
		return Spread(line, Render(t.Key, e.Key)+"  ", f.Width)
	}
	return Cut(line, f.Width)
}

// tailOf keeps the last w cells of s, with a mark where some are left out.
func tailOf(s string, w int, mark string) string {
	if Width(s) <= w {
		return s
	}
	return mark + cutLeft(s, w-1)
}
