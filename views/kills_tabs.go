package views

import (
	"fmt"
	"strconv"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
)

// The tabs of the list that hold cases. Pages, the tabs of another kind, come after them.
const (
	tabKilled = 0
	tabRuled  = 1
	caseTabs  = 2
)

// Page is a tab of the first screen whose rows are no cases. It draws what is below the tab bar: f.Height is its own
// room. The keys that turn tabs are not given to it unless it is typing.
type Page interface {
	// Name is the tab's word, such as "At risk".
	Name() string
	// Count is the number beside the word; false leaves it out.
	Count() (int, bool)
	// Keys are the bindings that work now, with the one that turns tabs.
	Keys() []key.Binding
	Press(tea.KeyPressMsg) Intent
	Set(*State)
	View(Frame) string
	Typing() bool
	// Selected returns the container under the cursor.
	Selected() (data.Key, bool)
}

// newPages make the pages, in the order of their tabs. A page is added by one line here.
var newPages = []func() Page{newRiskPage}

// page returns the page that is shown; nil when the tab holds cases.
func (s *Kills) page() Page {
	if s.tab < caseTabs {
		return nil
	}
	return s.pages[s.tab-caseTabs]
}

// tabLabels are the words of all tabs, with counts.
func (s *Kills) tabLabels() []string {
	out := []string{"OOMKilled " + thousands(len(s.lists[tabKilled].cases)), "Not OOM " + thousands(len(s.lists[tabRuled].cases))}
	for _, p := range s.pages {
		label := p.Name()
		if n, known := p.Count(); known {
			label = fmt.Sprintf("%s %s", label, thousands(n))
		}
		out = append(out, label)
	}
	return out
}

// turn changes the tab: by its number, or to the next or the former one.
func (s *Kills) turn(k string) {
	n := caseTabs + len(s.pages)
	if to, err := strconv.Atoi(k); err == nil {
		if to >= 1 && to <= n {
			s.tab = to - 1
		}
		return
	}
	step := 1
	if k == "shift+tab" {
		step = n - 1
	}
	s.tab = (s.tab + step) % n
}

// tabBar draws the tabs, the one that is shown marked.
func (s *Kills) tabBar(f Frame) string {
	t, out := f.Theme, ""
	for i, label := range s.tabLabels() {
		if i == s.tab {
			out += Render(t.Accent, t.Glyphs.Cursor) + Render(t.TabOn, label) + "  "
		} else {
			out += " " + Render(t.Tab, label) + "  "
		}
	}
	return out
}

// pressPage gives a key to the page that is shown, except for those that turn tabs.
func (s *Kills) pressPage(p Page, m tea.KeyPressMsg) Intent {
	if !p.Typing() && key.Matches(m, killsTab) {
		s.turn(m.String())
		return nil
	}
	return p.Press(m)
}

// pageView draws the tab bar and the page below it.
func (s *Kills) pageView(f Frame, p Page) string {
	below := f
	below.Height = max(0, f.Height-1)
	return Cut(s.tabBar(f), f.Width) + "\n" + p.View(below)
}
