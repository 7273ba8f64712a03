package views

import (
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
)

// GlossaryScreen says what metrics and terms mean, which of them kill and which mislead.
type GlossaryScreen struct {
	terms   []analysis.Term
	at      int
	reading reading
}

// NewGlossary returns the screen at a term, by any of its names; at the first one when there is none of that name.
func NewGlossary(term data.Text) *GlossaryScreen {
	s := &GlossaryScreen{terms: analysis.Glossary()}
	if t, ok := analysis.TermByName(term.String()); ok {
		for i := range s.terms {
			if s.terms[i].Name == t.Name {
				s.at = i
			}
		}
	}
	return s
}

// The keys of the screen.
var (
	glossaryMove = key.NewBinding(key.WithKeys("j", "k", "down", "up"), key.WithHelp("j k", "next term, term before"))
	glossaryEnds = key.NewBinding(key.WithKeys("g", "G", "home", "end"), key.WithHelp("g G", "first, last term"))
	glossaryCopy = key.NewBinding(key.WithKeys("y"), key.WithHelp("y", "copy its query"))
	glossaryRead = key.NewBinding(key.WithKeys("ctrl+d", "ctrl+u"), key.WithHelp("ctrl+d ctrl+u", "read on, back"))
)

// Title returns "Glossary".
func (s *GlossaryScreen) Title() data.Text { return "Glossary" }

// Typing reports that nothing is typed here.
func (s *GlossaryScreen) Typing() bool { return false }

// Set does nothing: the glossary is always the same.
func (s *GlossaryScreen) Set(*State) {}

// Keys are the bindings that work now.
func (s *GlossaryScreen) Keys() []key.Binding {
	out := []key.Binding{glossaryMove, glossaryEnds}
	if s.terms[s.at].Shows != "" {
		out = append(out, glossaryCopy)
	}
	return append(out, glossaryRead)
}

// Press handles a key.
func (s *GlossaryScreen) Press(m tea.KeyPressMsg) Intent {
	to := s.at
	switch m.String() {
	case "j", "down":
		to++
	case "k", "up":
		to--
	case "g", "home":
		to = 0
	case "G", "end":
		to = len(s.terms) - 1
	case "y":
		if q := s.terms[s.at].Shows; q != "" {
			return Copy{Text: q, What: "query"}
		}
		return Say{"Nothing shows this one: there is no query to copy."}
	default:
		s.reading.press(m.String())
		return nil
	}
	s.at, s.reading.top = max(0, min(to, len(s.terms)-1)), 0
	return nil
}

// roleStyle is a role as a colour and a glyph; the word stands beside it.
func roleStyle(t *themes.Theme, r analysis.TermRole) (lipgloss.Style, string) {
	switch r {
	case analysis.TermKills:
		return t.Bad, t.Glyphs.Kill
	case analysis.TermMisleads:
		return t.Warn, t.Glyphs.Warn
	}
	return t.Info, t.Glyphs.Dot
}

// glossaryList is the width of the list of terms in cells.
const glossaryList = 32

// View draws the terms, and the one under the cursor beside them or below.
func (s *GlossaryScreen) View(f Frame) string {
	if f.Width >= 2*glossaryList+12 {
		list := exactly(s.list(f, f.Height), f.Height)
		right := exactly(s.reading.cut(s.term(f, f.Width-glossaryList-3), f.Height, f.Theme), f.Height)
		bar := Render(f.Theme.Faint, " "+sideBar(f.Theme)+" ")
		for i := range list {
			list[i] = Pad(list[i], glossaryList) + bar + right[i]
		}
		return Fill(f, list)
	}
	rows := max(2, min(5, f.Height/4))
	list := exactly(s.list(f, rows), rows)
	return Fill(f, append(list, s.reading.cut(s.term(f, f.Width), f.Height-rows, f.Theme)...))
}

// list are the terms around the cursor in rows lines.
func (s *GlossaryScreen) list(f Frame, rows int) []string {
	t := f.Theme
	first := max(0, min(s.at-rows/2, len(s.terms)-rows))
	var out []string
	for i := first; i < min(first+rows, len(s.terms)); i++ {
		style, glyph := roleStyle(t, s.terms[i].Role)
		mark, name := " ", t.Text
		if i == s.at {
			mark, name = t.Glyphs.Cursor, t.Strong
		}
		out = append(out, Render(t.Accent, mark)+Render(style, glyph)+" "+
			Render(name, Pad(s.terms[i].Name.String(), 18))+Render(t.Muted, " "+string(s.terms[i].Role)))
	}
	return out
}

// term is all that is said of the term under the cursor.
func (s *GlossaryScreen) term(f Frame, width int) []string {
	t, term := f.Theme, &s.terms[s.at]
	d := sheet{t: t, width: width}
	d.rule(fmt.Sprintf("%s  %d of %d", term.Name, s.at+1, len(s.terms)))
	style, glyph := roleStyle(t, term.Role)
	for _, a := range term.Also {
		d.prose(1, t.Muted, a.String())
	}
	d.blank()
	d.prose(1, t.Text, term.Means.String())
	d.blank()
	d.alert(1, style, glyph, term.Verdict().String())
	d.prose(1, t.Text, term.Mind.String())
	if term.Shows != "" {
		d.blank()
		d.code(1, term.Shows.String())
	}
	return d.lines
}
