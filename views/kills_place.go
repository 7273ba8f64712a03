package views

// ListPlace is how the list was left, for the next run.
type ListPlace struct {
	Tab  int    `json:"tab"`  // from 0
	Sort string `json:"sort"` // newest, kills, name or nearest
	Flat bool   `json:"flat"` // every container by itself
}

// sortNames are the orders by the names that ListPlace gives them.
var sortNames = [...]string{byNewest: "newest", byKills: "kills", byName: "name", byNearest: "nearest"}

// Place returns how the list stands.
func (s *Kills) Place() ListPlace {
	return ListPlace{Tab: s.tab, Sort: sortNames[s.sort], Flat: s.flat}
}

// Resume puts the list as it was left. What makes no sense, such as a tab that there is no more, is left out.
func (s *Kills) Resume(p ListPlace) {
	if p.Tab >= 0 && p.Tab < caseTabs+len(s.pages) {
		s.tab = p.Tab
	}
	for order, name := range sortNames {
		if name == p.Sort {
			s.sort = sortOrder(order)
		}
	}
	s.flat = p.Flat
}

// ClickAt takes a click at a cell of the view: on a tab, or on a row, which is opened by a double one.
func (s *Kills) ClickAt(f Frame, x, y int, double bool) Intent {
	s.touched = true
	bar := 0
	if s.page() == nil {
		bar = len(s.notes(f))
	}
	if y == bar {
		s.clickTab(x)
		return nil
	}
	l := &s.lists[min(s.tab, caseTabs-1)]
	at := l.top + y - bar - 2 // the bar and the heads of the columns
	if s.page() != nil || y < bar+2 || at >= min(len(l.rows), l.top+l.page) {
		return nil
	}
	l.put(at)
	if !double {
		return nil
	}
	if l.fold(!l.unfolded(), s.sort, s.flat) {
		return nil
	}
	if c := l.current(); c != nil {
		return OpenCase{c.Container.Key}
	}
	return nil
}

// clickTab turns to the tab at a cell of the bar.
func (s *Kills) clickTab(x int) {
	at := 0
	for i, label := range s.tabLabels() {
		w := 1 + Width(label) + 2
		if x >= at && x < at+w {
			s.tab = i
			return
		}
		at += w
	}
}
