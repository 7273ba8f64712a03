package views

import (
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"github.com/oomedic/oomedic/data"
)

// ConnectionScreen shows every place where a Prometheus may be, what it answered and why it is used or not.
type ConnectionScreen struct {
	c      Connections
	cursor int
	chosen data.Text // name under the cursor
}

// NewConnection returns the screen without candidates; Set brings them.
func NewConnection() *ConnectionScreen { return &ConnectionScreen{} }

// The keys of the screen.
var (
	connectionUse  = key.NewBinding(key.WithKeys("enter"), key.WithHelp("enter", "ask this one"))
	connectionFind = key.NewBinding(key.WithKeys("r"), key.WithHelp("r", "search again"))
	connectionMove = key.NewBinding(key.WithKeys("j", "k", "down", "up"), key.WithHelp("j k", "down, up"))
)

// Title returns "Prometheus".
func (s *ConnectionScreen) Title() data.Text { return "Prometheus" }

// Typing reports that nothing is typed here.
func (s *ConnectionScreen) Typing() bool { return false }

// Keys are the bindings that work now.
func (s *ConnectionScreen) Keys() []key.Binding {
	out := []key.Binding{connectionFind}
	if c := s.current(); c != nil {
		if c.State == data.Accepted && !c.Used {
			out = append([]key.Binding{connectionUse}, out...)
		}
		out = append(out, connectionMove)
	}
	return out
}

// Set takes the newest candidates. The cursor stays on its candidate, at first on the one that is used.
func (s *ConnectionScreen) Set(st *State) {
	if st == nil || st.Connections == nil {
		return
	}
	s.c = *st.Connections
	at := -1
	for i, c := range s.c.Candidates {
		if c.Name == s.chosen || at < 0 && s.chosen == "" && c.Used {
			at = i
		}
	}
	s.move(at)
}

func (s *ConnectionScreen) move(to int) {
	s.cursor = max(0, min(to, len(s.c.Candidates)-1))
	if c := s.current(); c != nil {
		s.chosen = c.Name
	}
}

func (s *ConnectionScreen) current() *data.Candidate {
	if s.cursor >= len(s.c.Candidates) {
		return nil
	}
	return &s.c.Candidates[s.cursor]
}

// Press handles a key.
func (s *ConnectionScreen) Press(m tea.KeyPressMsg) Intent {
	switch m.String() {
	case "j", "down":
		s.move(s.cursor + 1)
		return nil
	case "k", "up":
		s.move(s.cursor - 1)
		return nil
	case "r":
		return FindConnections{}
	case "enter":
		switch c := s.current(); {
		case c == nil:
		case c.Used:
			return Say{Text: c.Name + " is the one that is asked already"}
		case c.State != data.Accepted:
			return Say{Text: c.Name + " can't be asked: " + c.Why}
		default:
			return UseConnection{Name: c.Name}
		}
	}
	return nil
}

// View draws the list, and below it what is known of the candidate under the cursor.
func (s *ConnectionScreen) View(f Frame) string {
	t := f.Theme
	lines := s.heading(f)
	room := max(1, min(len(s.c.Candidates), f.Height/2-len(lines)))
	first := max(0, min(s.cursor-room/2, len(s.c.Candidates)-room))
	last := min(first+room, len(s.c.Candidates))
	for i := first; i < last; i++ {
		lines = append(lines, s.row(f, i))
	}
	d := sheet{t: t, width: f.Width}
	if more := len(s.c.Candidates) - last; first > 0 || more > 0 {
		lines = append(lines, scrollRule(f, first, more))
	} else if f.Height >= connectionShort {
		lines = append(lines, "")
	}
	if c := s.current(); c != nil {
		detail(&d, c)
	}
	for _, g := range s.c.Gaps {
		d.blank()
		d.note(1, t.Warn, t.Glyphs.Warn, g.What.String()+": "+g.Why.String())
	}
	return Fill(f, append(lines, markCut(d.lines, f.Height-len(lines), f.Width)...))
}

// connectionShort is the height below which no line is left empty.
const connectionShort = 14

// heading says what the list is, and what to do when it is empty.
func (s *ConnectionScreen) heading(f Frame) []string {
	t := f.Theme
	d := sheet{t: t, width: f.Width}
	title := " " + Render(t.Title, "Where the memory history comes from")
	if f.Height >= connectionShort {
		d.add("")
	}
	if both := title + s.searching(f); Width(both) <= f.Width {
		d.add(both)
	} else {
		d.add(title)
		d.add(s.searching(f))
	}
	if f.Height >= connectionShort || len(s.c.Candidates) == 0 {
		d.add("")
	}
	if len(s.c.Candidates) == 0 && !s.c.Searching {
		d.prose(1, t.Text, "No service in the cluster looks like a Prometheus, and none is configured.")
		d.prose(1, t.Muted, "Start with --prometheus-url URL, or write one into the configuration file.")
	}
	return d.lines
}

func (s *ConnectionScreen) searching(f Frame) string {
	if !s.c.Searching {
		return ""
	}
	return Render(f.Theme.Muted, "  "+f.Theme.Glyphs.Busy+" looking")
}

// row is one candidate in one line: state, name, kind, why.
func (s *ConnectionScreen) row(f Frame, i int) string {
	t, c := f.Theme, s.c.Candidates[i]
	style, glyph, word := stateOf(f, c)
	name := min(44, max(16, f.Width/3))
	mark := " "
	if i == s.cursor {
		mark = Render(t.Accent, t.Glyphs.Cursor)
	}
	line := mark + " " + Render(style, glyph+" "+Pad(word, 9)) + Render(t.Text, Pad(CutMiddle(c.Name.String(), name), name)) + " " + Render(t.Muted, c.Why.String())
	return Cut(line, f.Width)
}

// stateOf is a candidate's state as a colour, a glyph and a word, so that none of them stands alone.
func stateOf(f Frame, c data.Candidate) (lipgloss.Style, string, string) {
	t, g := f.Theme, f.Theme.Glyphs
	switch {
	case c.Used:
		return t.OK, g.Live, "in use"
	case c.State == data.Accepted:
		return t.OK, g.OK, "usable"
	case c.State == data.Refused:
		return t.Bad, g.Bad, "refused"
	}
	return t.Muted, g.Unknown, "not asked"
}

// detail writes all that is known of a candidate.
func detail(d *sheet, c *data.Candidate) {
	t := d.t
	d.rule(c.Name.String())
	pair := func(name, text string) {
		if text != "" {
			d.hang("  "+Render(t.Muted, Pad(name, 10))+" ", t.Text, text)
		}
	}
	pair("address", c.Address.String()+" ("+c.Via.String()+")")
	pair("answer", c.Answer.String())
	pair("why", c.Why.String())
	if c.State == data.Accepted {
		pair("history", historyWords(c.Has))
		pair("sampled", everyWords(c.Has.ScrapeInterval))
	}
	pair("next", c.Next.String())
	for _, g := range c.Missing {
		d.note(2, t.Warn, t.Glyphs.Warn, "without "+g.What.String()+": "+g.Why.String())
	}
}

// historyWords says how far back samples were found and what the server is set to keep.
func historyWords(m data.MetricsFound) string {
	var parts []string
	if m.Reach > 0 {
		parts = append(parts, "samples from "+Days(m.Reach)+" ago on")
	} else {
		parts = append(parts, "it is not known how far back it reaches")
	}
	if m.Retention != "" {
		parts = append(parts, "set to keep "+m.Retention.String())
	}
	return strings.Join(parts, ", ")
}

// Days writes a long time in whole days, hours or minutes, so that two figures stand.
func Days(d time.Duration) string {
	if d < 2*time.Hour {
		return counted(int(d.Minutes()), "minute")
	}
	if d < 48*time.Hour {
		return counted(int(d.Hours()), "hour")
	}
	return counted(int(d.Hours()/24), "day")
}

func everyWords(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return "every " + d.String()
}
