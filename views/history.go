package views

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
)

// HistoryScreen is the list of changes that the program made, and one of them in full.
type HistoryScreen struct {
	state   *State
	at      int
	id      string // of the entry under the cursor: it stays there when newer ones come
	open    bool
	reading reading
	top     int
	page    int
}

// NewHistory returns the list of changes.
func NewHistory() *HistoryScreen { return &HistoryScreen{} }

// Title is the screen's part of the breadcrumb.
func (s *HistoryScreen) Title() data.Text { return "Changes made" }

// Typing reports false: nothing is typed here.
func (s *HistoryScreen) Typing() bool { return false }

// The keys of the history.
var (
	historyOpen  = key.NewBinding(key.WithKeys("enter", "right", "l"), key.WithHelp("enter", "show the change"))
	historyClose = key.NewBinding(key.WithKeys("esc", "left", "h", "enter"), key.WithHelp("esc", "back to the list"))
	historyUndo  = key.NewBinding(key.WithKeys("u"), key.WithHelp("u", "undo, diff first"))
	historyCopy  = key.NewBinding(key.WithKeys("c"), key.WithHelp("c", "copy the undo command"))
	historyAgain = key.NewBinding(key.WithKeys("r"), key.WithHelp("r", "read again"))
	historyMove  = key.NewBinding(key.WithKeys("j", "k", "down", "up", "g", "G", "home", "end", "pgdown", "pgup", "ctrl+d", "ctrl+u"), key.WithHelp("j/k", "move"))
)

// Keys are the bindings that work now.
func (s *HistoryScreen) Keys() []key.Binding {
	var out []key.Binding
	e := s.entry()
	switch {
	case e == nil:
		return []key.Binding{historyAgain}
	case s.open:
		out = []key.Binding{historyClose}
	default:
		out = []key.Binding{historyOpen}
	}
	if e.Undoable() {
		out = append(out, historyUndo, historyCopy)
	}
	return append(out, historyAgain, historyMove)
}

// Set hands over the newest state.
func (s *HistoryScreen) Set(st *State) {
	s.state = st
	for i, e := range s.entries() {
		if e.ID == s.id {
			s.at = i
		}
	}
	s.at = max(0, min(s.at, len(s.entries())-1))
}

func (s *HistoryScreen) entries() []data.JournalEntry {
	if s.state == nil || s.state.Journal == nil {
		return nil
	}
	return s.state.Journal.Entries
}

// entry is the change under the cursor; nil without one.
func (s *HistoryScreen) entry() *data.JournalEntry {
	if all := s.entries(); s.at < len(all) {
		return &all[s.at]
	}
	return nil
}

// Press handles a key.
func (s *HistoryScreen) Press(m tea.KeyPressMsg) Intent {
	e := s.entry()
	switch {
	case s.open && key.Matches(m, historyClose):
		s.open = false
		return Say{""}
	case key.Matches(m, historyAgain):
		return OpenHistory{}
	case e == nil:
	case !s.open && key.Matches(m, historyOpen):
		s.open, s.reading = true, reading{}
	case key.Matches(m, historyUndo):
		switch {
		case e.Undoable():
			return UndoEntry{*e}
		case e.Way == data.WayEvict:
			return Say{"Nothing to undo: a pod that was deleted does not come back, its controller made a new one."}
		}
		return Say{data.Clean("Nothing to undo: " + Outcome(e).String())}
	case key.Matches(m, historyCopy) && e.Undoable():
		return Copy{Text: data.Clean("oomedic undo " + e.ID), What: "undo command"}
	case s.open:
		s.reading.press(m.String())
	default:
		s.move(m.String())
	}
	return nil
}

// move moves the cursor.
func (s *HistoryScreen) move(k string) {
	page := max(1, s.page-1)
	switch k {
	case "j", "down":
		s.at++
	case "k", "up":
		s.at--
	case "pgdown", "ctrl+d":
		s.at += page
	case "pgup", "ctrl+u":
		s.at -= page
	case "g", "home":
		s.at = 0
	case "G", "end":
		s.at = len(s.entries())
	}
	s.at = max(0, min(s.at, len(s.entries())-1))
	if e := s.entry(); e != nil {
		s.id = e.ID
	}
}

// Outcome says in a few words what became of a change.
func Outcome(e *data.JournalEntry) data.Text {
	switch e.State {
	case data.JournalApplied:
		return "applied"
	case data.JournalFailed:
		return "not applied"
	case data.JournalPartly:
		return "applied in part"
	case data.JournalUndone:
		return "undone"
	}
	return "outcome not known"
}

// outcomeSign returns the glyph and the style of an outcome.
func outcomeSign(t *themes.Theme, e *data.JournalEntry) (string, lipgloss.Style) {
	switch e.State {
	case data.JournalApplied:
		return t.Glyphs.OK, t.OK
	case data.JournalFailed:
		return t.Glyphs.Dot, t.Muted
	case data.JournalPartly:
		return t.Glyphs.Warn, t.Warn
	case data.JournalUndone:
		return t.Glyphs.Dot, t.Muted
	}
	return t.Glyphs.Unknown, t.Warn
}

// View draws the list, or one change.
func (s *HistoryScreen) View(fr Frame) string {
	if e := s.entry(); s.open && e != nil {
		sh := &sheet{t: fr.Theme, width: fr.Width, whole: true}
		layEntry(sh, fr, e, s.checking(e))
		return Fill(fr, s.reading.cut(sh.lines, fr.Height, fr.Theme))
	}
	return Fill(fr, s.list(fr))
}

// checking reports whether the outcome of a change is being looked for.
func (s *HistoryScreen) checking(e *data.JournalEntry) bool {
	return s.state != nil && s.state.Journal != nil && s.state.Journal.Checking[e.ID]
}

// list draws the changes, newest first.
func (s *HistoryScreen) list(fr Frame) []string {
	t, all := fr.Theme, s.entries()
	sh := &sheet{t: t, width: fr.Width}
	sh.add(Render(t.Header, historyHead(fr)))
	if j := s.state; j != nil && j.Journal != nil {
		s.layNotes(sh, j.Journal)
	}
	room := fr.Height - len(sh.lines)
	if len(all) == 0 {
		return sh.lines
	}
	if len(all) > room {
		room--
	}
	s.page = max(1, room)
	s.top = max(0, min(s.top, len(all)-s.page))
	if s.at < s.top {
		s.top = s.at
	}
	if s.at >= s.top+s.page {
		s.top = s.at - s.page + 1
	}
	for i := s.top; i < min(len(all), s.top+s.page); i++ {
		sh.add(s.row(fr, &all[i], i == s.at))
	}
	if len(all) > s.page {
		sh.add(scrollMark(t, s.top, len(all)-s.top-s.page))
	}
	return sh.lines
}

// layNotes says what is amiss with the journal, or that it is empty.
func (s *HistoryScreen) layNotes(sh *sheet, j *Journal) {
	if j.Problem != "" {
		sh.alert(1, sh.t.Bad, sh.t.Glyphs.Bad, upperFirst(j.Problem.String()))
	}
	if j.Skipped > 0 {
		sh.note(1, sh.t.Warn, sh.t.Glyphs.Warn, counted(j.Skipped, "line")+" of the journal can't be read.")
	}
	switch {
	case len(j.Entries) > 0 || j.Problem != "":
	case j.Loading:
		sh.prose(1, sh.t.Muted, "Reading the journal "+sh.t.Glyphs.Ellipsis)
	default:
		sh.prose(1, sh.t.Text, "Nothing was changed by oomedic from this computer yet. Press esc, and f on a row of the list for a fix.")
	}
}

// The widths of the history's columns in cells.
const (
	histWhen   = 17
	histAge    = 6  // the age without the date
	histDated  = 56 // the width from which the date stands with the age
	histNarrow = 14 // the result in one word
	histWide   = 31 // the result in full
	histSizes  = 17
	histObject = 16  // the least width of the object beside the sizes
	histRoomy  = 100 // the width from which the result is written in full
)

// whenWidth is the width of the time's column: the age alone where there is no room for the date.
func whenWidth(fr Frame) int {
	if fr.Width < histDated {
		return histAge
	}
	return histWhen
}

// resultWidth is the width of the result's column.
func resultWidth(fr Frame) int {
	if fr.Width >= histRoomy {
		return histWide
	}
	return histNarrow
}

// resultText is what became of a change, in full where there is room.
func (s *HistoryScreen) resultText(fr Frame, e *data.JournalEntry) string {
	wide, text := fr.Width >= histRoomy, Outcome(e).String()
	if live := s.live(e); live != "" {
		if wide {
			return text + ": " + live
		}
		return live
	}
	switch unknown := e.State == data.JournalIntent || e.State == data.JournalUnknown; {
	case s.checking(e) && wide:
		return "outcome not known: checking" + fr.Theme.Glyphs.Ellipsis
	case s.checking(e):
		return "checking" + fr.Theme.Glyphs.Ellipsis
	case !wide && unknown:
		return "not known"
	case !wide && e.State == data.JournalPartly:
		return "in part"
	}
	return text
}

// live is what is seen of a change that is watched on; empty of one that was taken back, or is not watched.
func (s *HistoryScreen) live(e *data.JournalEntry) string {
	if s.state == nil || s.state.Journal == nil || e.State != data.JournalApplied && e.State != data.JournalPartly {
		return ""
	}
	return s.state.Journal.Live[e.ID].String()
}

func historyHead(fr Frame) string {
	head := "  " + Pad("when", whenWidth(fr)) + Pad("result", resultWidth(fr))
	if fr.Width-Width(head)-histSizes < histObject {
		return head + "object"
	}
	return head + Pad("change", histSizes) + "object"
}

// row draws one change.
func (s *HistoryScreen) row(fr Frame, e *data.JournalEntry, on bool) string {
	t := fr.Theme
	mark, style := "  ", t.Text
	if on {
		mark, style = Render(t.Accent, t.Glyphs.Cursor)+" ", t.Strong
	}
	glyph, sign := outcomeSign(t, e)
	when := PadLeft(Ago(e.At, fr.Now), 4)
	if whenWidth(fr) == histWhen {
		when = e.At.In(fr.Zone).Format("01-02 15:04") + " " + when
	}
	object := strings.TrimSpace(e.Workload.Ref().String() + " " + e.Container.String())
	if e.UndoOf != "" {
		object = "undo: " + object
	}
	rest := fr.Width - 2 - whenWidth(fr) - resultWidth(fr) - histSizes
	line := mark + Render(t.Muted, Pad(when, whenWidth(fr))) + Render(sign, glyph) + " " + Render(style, Pad(s.resultText(fr, e), resultWidth(fr)-2))
	if rest < histObject { // no room for all: the object matters most
		return line + Render(style, CutMiddle(object, max(0, fr.Width-Width(line))))
	}
	return line + Render(t.Text, Pad(sizesText(t, e), histSizes)) + Render(style, CutMiddle(object, rest))
}

// sizesText writes the limit, or the request when only that changed, as "512Mi → 768Mi".
func sizesText(t *themes.Theme, e *data.JournalEntry) string {
	if e.Way == data.WayEvict {
		return "pod deleted"
	}
	before, after, name := e.Before.Limit, e.After.Limit, ""
	if same(before, after) && !same(e.Before.Request, e.After.Request) {
		before, after, name = e.Before.Request, e.After.Request, "req "
	}
	return fmt.Sprintf("%s%s %s %s", name, exactBytes(before), t.Glyphs.Arrow, exactBytes(after))
}
