package views

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// Kills is the first screen: the containers that were OOMKilled, and those that looked like it but were not.
type Kills struct {
	board  *Board
	tab    int
	sort   sortOrder
	filter filter
	flat   bool // every case is a row of its own
	lists  [caseTabs]killList
	pages  []Page // the tabs after those
	pens   killPens
	marks  map[data.Key]bool // the rows to fix one after another
	// touched is true once a key was pressed: from then on the cursor stays with its row.
	touched bool
}

// killList is one tab's rows, in the order and choice that is on screen, and the place of the cursor in them.
type killList struct {
	cases  []*analysis.Case
	facts  []*rowFacts // one a case
	order  []int32     // all cases, sorted
	passed []bool      // one a case: the filter lets it through
	kept   int         // how many pass
	groups []*killGroup
	// groupOf is the number of each case's group, of groupCount.
	groupOf    []int32
	groupCount int
	scratch    groupScratch
	ready      *readyList      // made with the board; nil when nothing was
	open       map[string]bool // the groups whose rows are shown, by key
	rows       []killRow
	widths     killWidths
	cursor     int // in rows
	top        int // first row shown
	page       int // rows shown the last time
	chosen     data.Key
	// chosenHead is the group whose head the cursor is on; empty when it is on a case.
	chosenHead string
}

// NewKills returns the list without rows: it is connecting until Set brings a board.
func NewKills() *Kills {
	s := &Kills{}
	for _, make := range newPages {
		s.pages = append(s.pages, make())
	}
	return s
}

// Title returns "Kills".
func (s *Kills) Title() data.Text { return "Kills" }

// Typing reports whether a filter, or what a page asks for, is being typed.
func (s *Kills) Typing() bool {
	if p := s.page(); p != nil {
		return p.Typing()
	}
	return s.filter.typing
}

// Selected returns the container under the cursor.
func (s *Kills) Selected() (data.Key, bool) {
	if p := s.page(); p != nil {
		return p.Selected()
	}
	c := s.lists[s.tab].current()
	if c == nil {
		return data.Key{}, false
	}
	return c.Container.Key, true
}

// The keys of the list.
var (
	killsOpen     = key.NewBinding(key.WithKeys("enter", "l", "right"), key.WithHelp("enter", "open"))
	killsUnfold   = key.NewBinding(key.WithKeys("enter", "l", "right"), key.WithHelp("enter", "show pods"))
	killsFold     = key.NewBinding(key.WithKeys("h", "left"), key.WithHelp("left", "hide pods"))
	killsGroup    = key.NewBinding(key.WithKeys("w"), key.WithHelp("w", "by workload / all"))
	killsDiagnose = key.NewBinding(key.WithKeys("d"), key.WithHelp("d", "diagnose"))
	killsFilter   = key.NewBinding(key.WithKeys("/"), key.WithHelp("/", "filter"))
	killsSort     = key.NewBinding(key.WithKeys("s"), key.WithHelp("s", "sort"))
	killsTab      = key.NewBinding(key.WithKeys("tab", "shift+tab", "1", "2", "3", "4"), key.WithHelp("tab", "next tab"))
	killsCopy     = key.NewBinding(key.WithKeys("y"), key.WithHelp("y", "copy command"))
	killsMove     = key.NewBinding(key.WithKeys("j", "k", "down", "up"), key.WithHelp("j k", "down, up (or arrows)"))
	killsPage     = key.NewBinding(key.WithKeys("ctrl+d", "ctrl+u", "pgdown", "pgup"), key.WithHelp("ctrl+d/u", "half a page down, up"))
	killsEnds     = key.NewBinding(key.WithKeys("g", "G", "home", "end"), key.WithHelp("g G", "first, last"))
	killsKeep     = key.NewBinding(key.WithKeys("enter"), key.WithHelp("enter", "keep filter"))
	killsClear    = key.NewBinding(key.WithKeys("esc"), key.WithHelp("esc", "clear filter"))
)

// Keys are the bindings that work now.
func (s *Kills) Keys() []key.Binding {
	if p := s.page(); p != nil {
		return p.Keys()
	}
	if s.filter.typing {
		return []key.Binding{killsKeep, killsClear}
	}
	var out []key.Binding
	_, ok := s.Selected()
	if ok {
		if s.lists[s.tab].folded() {
			out = append(out, killsUnfold, killsDiagnose)
		} else {
			out = append(out, killsOpen, killsDiagnose)
		}
	}
	if len(s.marks) > 0 {
		out = append([]key.Binding{killsFixMarked, killsMarkKey}, out...)
	}
	out = append(out, killsFilter)
	if s.filter.text != "" {
		out = append(out, killsClear)
	}
	out = append(out, killsTab, killsSort)
	if s.lists[s.tab].grouped() || s.flat {
		out = append(out, killsGroup)
	}
	if s.lists[s.tab].unfolded() {
		out = append(out, killsFold)
	}
	if ok && len(s.marks) == 0 && s.tab == tabKilled {
		out = append(out, killsMarkKey)
	}
	if ok {
		out = append(out, killsCopy, killsMove, killsPage, killsEnds)
	}
	return out
}

// Set takes the newest board. The cursor stays on its container wherever that has moved to.
func (s *Kills) Set(st *State) {
	for _, p := range s.pages {
		p.Set(st)
	}
	if st == nil || st.Board == nil || st.Board == s.board {
		s.unmark(st)
		return
	}
	defer s.unmark(st)
	filling := !s.touched && (s.board == nil || s.board.Health.State == data.Connecting)
	s.board = st.Board
	for i, cases := range [...][]*analysis.Case{st.Board.Cases, st.Board.Ruled} {
		l := &s.lists[i]
		r := st.Board.ready[i]
		if r != nil && r == l.ready && !filling {
			continue // the board changed in something else
		}
		if r != nil && len(r.facts) == len(cases) {
			l.takeReady(cases, r)
		} else {
			l.take(cases, st.Board.Since)
		}
		l.arrange(s.sort, &s.filter, s.flat)
		if filling {
			l.put(0) // nobody chose a row yet: rows stream in, and the first to come is seldom the newest kill
			continue
		}
		l.follow(l.cursor)
	}
}

// Press handles a key.
func (s *Kills) Press(m tea.KeyPressMsg) Intent {
	s.touched = true
	if p := s.page(); p != nil {
		return s.pressPage(p, m)
	}
	l := &s.lists[s.tab]
	if s.filter.typing && !l.arrow(m.String()) {
		if s.filter.press(m) {
			s.choose()
		}
		return nil
	}
	switch {
	case s.filter.typing || l.move(m.String()):
		return nil
	case key.Matches(m, killsFilter):
		s.filter.typing = true
	case key.Matches(m, killsClear):
		s.filter.clear()
		s.choose()
	case key.Matches(m, killsSort):
		s.sort = s.sort.next()
		for i := range s.lists {
			s.lists[i].arrange(s.sort, &s.filter, s.flat)
			s.lists[i].follow(0)
		}
	case key.Matches(m, killsTab):
		s.turn(m.String())
	case key.Matches(m, killsGroup):
		s.flat = !s.flat
		for i := range s.lists {
			s.lists[i].gather(s.sort, s.flat)
			s.lists[i].follow(0)
		}
	case key.Matches(m, killsMarkKey):
		return s.mark()
	case key.Matches(m, killsFixMarked):
		return s.fixMarked()
	case key.Matches(m, killsUnfold) && l.fold(true, s.sort, s.flat), key.Matches(m, killsFold) && l.fold(false, s.sort, s.flat):
	default:
		return s.want(m)
	}
	return nil
}

// want turns the keys that leave the screen into intents.
func (s *Kills) want(m tea.KeyPressMsg) Intent {
	c := s.lists[s.tab].current()
	switch {
	case c == nil:
		return nil
	case key.Matches(m, killsOpen):
		return OpenCase{c.Container.Key}
	case key.Matches(m, killsDiagnose):
		return OpenDiagnosis{c.Container.Key}
	case key.Matches(m, killsCopy):
		for _, e := range c.Confirmation.Evidence {
			if isCommand(e.From) {
				return Copy{Text: e.From, What: "the command that confirms it"}
			}
		}
		return Say{"There is no command for this one: the diagnosis says how it was judged"}
	}
	return nil
}

// choose applies the filter to both tabs.
func (s *Kills) choose() {
	for i := range s.lists {
		s.lists[i].sift(s.sort, &s.filter, s.flat)
		s.lists[i].follow(0)
	}
}
