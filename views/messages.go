package views

import (
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
)

// Message is a short message that stood in the status line.
type Message struct {
	At   time.Time
	Text data.Text
	// Times is how often it was said in a row.
	Times int
}

// Messages is the list of what was said in the status line, the newest first.
type Messages struct {
	all    []Message
	from   int // first line that is shown
	most   int // the largest from of the last view
	page   int
	cursor int
}

// NewMessages returns the list of all messages, oldest first as they were said.
func NewMessages(all []Message) *Messages { return &Messages{all: all} }

// The keys of the messages.
var (
	messagesMove = key.NewBinding(key.WithKeys("j", "k", "down", "up", "g", "G", "home", "end", "ctrl+d", "ctrl+u", "pgdown", "pgup"), key.WithHelp("j k", "down, up"))
	messagesCopy = key.NewBinding(key.WithKeys("y"), key.WithHelp("y", "copy message"))
)

// Title returns "Messages".
func (s *Messages) Title() data.Text { return "Messages" }

// Typing reports that nothing is typed here.
func (s *Messages) Typing() bool { return false }

// Keys are the bindings that work now.
func (s *Messages) Keys() []key.Binding {
	if len(s.all) == 0 {
		return nil
	}
	return []key.Binding{messagesCopy, messagesMove}
}

// Set does nothing: messages are given when the screen opens.
func (s *Messages) Set(*State) {}

// Offer takes all messages again, oldest first. The cursor stays on its message.
func (s *Messages) Offer(all []Message) {
	if s.cursor > 0 {
		s.cursor = min(s.cursor+max(0, len(all)-len(s.all)), max(0, len(all)-1))
	}
	s.all = all
}

// Press moves or copies.
func (s *Messages) Press(m tea.KeyPressMsg) Intent {
	last, half := max(0, len(s.all)-1), max(1, s.page/2)
	switch m.String() {
	case "j", "down":
		s.cursor = min(s.cursor+1, last)
	case "k", "up":
		s.cursor = max(0, s.cursor-1)
	case "ctrl+d", "pgdown":
		s.cursor = min(s.cursor+half, last)
	case "ctrl+u", "pgup":
		s.cursor = max(0, s.cursor-half)
	case "g", "home":
		s.cursor = 0
	case "G", "end":
		s.cursor = last
	case "y":
		if len(s.all) > 0 {
			return Copy{Text: s.all[last-s.cursor].Text, What: "the message"}
		}
	}
	return nil
}

// View draws the messages, the newest on top and the one under the cursor in full.
func (s *Messages) View(f Frame) string {
	t := f.Theme
	lines := []string{" " + Render(t.Title, "Messages") + Render(t.Muted, Cut("  what the status line said, newest first", max(0, f.Width-10))), ""}
	if len(s.all) == 0 {
		return Fill(f, append(lines,
			"   "+Render(t.Text, "Nothing was said yet."),
			"   "+Render(t.Muted, Cut("What is copied, saved, refused or fails is kept here. "+f.Key(KeyBack)+" goes back.", f.Width-3))))
	}
	s.page = max(1, f.Height-len(lines)-1)
	var rows []string
	top, bottom := 0, 0 // lines of the message under the cursor
	for i := range s.all {
		m := &s.all[len(s.all)-1-i]
		here := i == s.cursor
		block := s.row(f, m, here)
		if here {
			top, bottom = len(rows), len(rows)+len(block)
		}
		rows = append(rows, block...)
	}
	s.most = max(0, len(rows)-s.page)
	s.from = max(0, min(min(s.from, top), s.most))
	s.from = max(s.from, min(top, bottom-s.page))
	shown := rows[s.from:min(len(rows), s.from+s.page)]
	lines = append(lines, shown...)
	if below := len(rows) - s.from - len(shown); below > 0 {
		lines = append(lines, " "+Render(t.Muted, t.Glyphs.Down+" "+counted(below, "more line")))
	}
	return Fill(f, lines)
}

// row draws one message: a line, or all of them for the one under the cursor.
func (s *Messages) row(f Frame, m *Message, here bool) []string {
	t := f.Theme
	mark, style := "  ", t.Text
	if here {
		mark, style = Render(t.Accent, t.Glyphs.Cursor)+" ", t.Strong
	}
	when := clock(f, m.At)
	text := m.Text.String()
	if m.Times > 1 {
		text += " (" + counted(m.Times, "time") + ")"
	}
	room := max(8, f.Width-Width(when)-4)
	out := []string{Cut(text, room)}
	if here {
		out = Wrap(text, room)
	}
	for i := range out {
		head := mark + Render(t.Muted, when) + " "
		if i > 0 {
			head = Pad("", Width(when)+3)
		}
		out[i] = head + Render(style, out[i])
	}
	return out
}
