package views

import (
	"fmt"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// RiskBoard is what is known of the containers that were not killed yet, made anew at each look.
type RiskBoard struct {
	At      time.Time
	Source  data.Text        // what the memory was read from
	Cases   []*analysis.Case // each with its Risk, the gravest first
	Summary analysis.RiskSummary
	Gaps    []data.Gap
}

// Case returns the case with key k.
func (b *RiskBoard) Case(k data.Key) (*analysis.Case, bool) {
	for _, c := range b.Cases {
		if c.Container.Key == k {
			return c, true
		}
	}
	return nil, false
}

// riskPage is the tab of containers that may be killed soon, and of those whose sizes do not fit.
type riskPage struct {
	look    *Loaded[RiskBoard] // nil until the first look began
	board   *RiskBoard         // the newest that has come
	metrics Metrics
	list    killList
	filter  filter
	sort    sortOrder
	flat    bool
	pens    killPens
}

func newRiskPage() Page { return &riskPage{} }

// The keys of the tab.
var (
	riskOpen     = key.NewBinding(key.WithKeys("enter", "l", "right"), key.WithHelp("enter", "open"))
	riskUnfold   = key.NewBinding(key.WithKeys("enter", "l", "right", "space"), key.WithHelp("enter", "show pods"))
	riskFold     = key.NewBinding(key.WithKeys("h", "left", "space"), key.WithHelp("left", "hide pods"))
	riskGroup    = key.NewBinding(key.WithKeys("w"), key.WithHelp("w", "by workload / all"))
	riskDiagnose = key.NewBinding(key.WithKeys("d"), key.WithHelp("d", "diagnose"))
	riskFilter   = key.NewBinding(key.WithKeys("/"), key.WithHelp("/", "filter"))
	riskKeep     = key.NewBinding(key.WithKeys("enter"), key.WithHelp("enter", "keep filter"))
	riskClear    = key.NewBinding(key.WithKeys("esc"), key.WithHelp("esc", "clear filter"))
	riskSort     = key.NewBinding(key.WithKeys("s"), key.WithHelp("s", "sort"))
	riskCopy     = key.NewBinding(key.WithKeys("y"), key.WithHelp("y", "copy PromQL"))
	riskMove     = key.NewBinding(key.WithKeys("j", "k", "down", "up", "g", "G", "ctrl+d", "ctrl+u", "pgdown", "pgup", "home", "end"), key.WithHelp("j k", "down, up (or arrows)"))
)

// Name returns the tab's word.
func (p *riskPage) Name() string { return "At risk" }

// Count is how many containers are near their limit or on the way to it; sizes that do not fit are not counted.
func (p *riskPage) Count() (int, bool) {
	if p.board == nil {
		return 0, false
	}
	return p.board.Summary.Critical + p.board.Summary.Warning, true
}

// Typing reports whether a filter is being typed.
func (p *riskPage) Typing() bool { return p.filter.typing }

// Selected returns the container under the cursor.
func (p *riskPage) Selected() (data.Key, bool) {
	c := p.list.current()
	if c == nil {
		return data.Key{}, false
	}
	return c.Container.Key, true
}

// Keys are the bindings that work now.
func (p *riskPage) Keys() []key.Binding {
	if p.filter.typing {
		return []key.Binding{riskKeep, riskClear}
	}
	var out []key.Binding
	_, ok := p.Selected()
	switch {
	case ok && p.list.folded():
		out = append(out, riskUnfold, riskDiagnose)
	case ok:
		out = append(out, riskOpen, riskDiagnose)
	}
	out = append(out, riskFilter)
	if p.filter.text != "" {
		out = append(out, riskClear)
	}
	out = append(out, killsTab, riskSort)
	if p.list.grouped() || p.flat {
		out = append(out, riskGroup)
	}
	if p.list.unfolded() {
		out = append(out, riskFold)
	}
	if ok {
		out = append(out, riskCopy, riskMove)
	}
	return out
}

// Set takes the newest look. The cursor stays on its container.
func (p *riskPage) Set(st *State) {
	if st == nil || st.Board == nil {
		return
	}
	p.metrics, p.look = st.Board.Metrics, st.Board.AtRisk
	if p.look == nil {
		p.board, p.list = nil, killList{}
		return
	}
	if b := p.look.Value; b != nil && b != p.board {
		first := p.board == nil
		p.board = b
		p.take(b.Cases)
		p.list.arrange(p.sort, &p.filter, p.flat)
		if first {
			p.list.put(0)
			return
		}
		p.list.follow(p.list.cursor)
	}
}

// take makes the rows. The order of the cases is the order by time left; as the list sorts by time, each gets one.
func (p *riskPage) take(cases []*analysis.Case) {
	p.list.take(cases, data.Day.Duration())
	for i := range p.list.facts {
		p.list.facts[i].at = time.Unix(int64(len(cases)-i), 0)
	}
}

// Press handles a key.
func (p *riskPage) Press(m tea.KeyPressMsg) Intent {
	l := &p.list
	if p.filter.typing && !l.arrow(m.String()) {
		if p.filter.press(m) {
			p.sift()
		}
		return nil
	}
	switch {
	case p.filter.typing || l.move(m.String()):
	case key.Matches(m, riskFilter):
		p.filter.typing = true
	case key.Matches(m, riskClear) && p.filter.text != "":
		p.filter.clear()
		p.sift()
	case key.Matches(m, riskSort):
		if p.sort = p.sort.next(); p.sort == byKills {
			p.sort = p.sort.next()
		}
		l.arrange(p.sort, &p.filter, p.flat)
		l.follow(0)
	case key.Matches(m, riskGroup):
		p.flat = !p.flat
		l.gather(p.sort, p.flat)
		l.follow(0)
	case key.Matches(m, killsFixMarked):
		return Say{"F fixes what is marked in the tab OOMKilled (1). Here f fixes the container under the cursor."}
	case key.Matches(m, riskUnfold) && l.fold(true, p.sort, p.flat), key.Matches(m, riskFold) && l.fold(false, p.sort, p.flat):
	default:
		return p.want(m)
	}
	return nil
}

func (p *riskPage) sift() {
	p.list.sift(p.sort, &p.filter, p.flat)
	p.list.follow(0)
}

// want turns the keys that leave the tab into intents.
func (p *riskPage) want(m tea.KeyPressMsg) Intent {
	c := p.list.current()
	switch {
	case c == nil:
		return nil
	case key.Matches(m, riskOpen):
		return OpenCase{c.Container.Key}
	case key.Matches(m, riskDiagnose):
		return OpenDiagnosis{c.Container.Key}
	case key.Matches(m, riskCopy):
		if c.Risk != nil && len(c.Risk.Evidence) > 0 {
			return Copy{Text: c.Risk.Evidence[0].From, What: "what shows its memory"}
		}
	}
	return nil
}

// orderText names the order of the rows.
func (p *riskPage) orderText() string {
	if p.sort == byNewest {
		return "least time left first"
	}
	return p.sort.String()
}

// riskSeverity is a level in word, sign and style.
func riskSeverity(f Frame, l analysis.RiskLevel) severity {
	t := f.Theme
	switch l {
	case analysis.RiskCritical:
		return severity{"critical", t.Glyphs.Bad, t.Bad}
	case analysis.RiskWarning:
		return severity{"warning", t.Glyphs.Warn, t.Warn}
	case analysis.RiskNotice:
		return severity{"notice", t.Glyphs.Dot, t.Info}
	}
	return severity{"sizing", t.Glyphs.Arrow, t.Muted}
}

// leftText writes the time to the OOM kill of a row; nothing where none is to be seen.
func leftText(f Frame, r *analysis.Risk) string {
	switch {
	case r == nil || r.Level == analysis.RiskSizing, r.Left == nil && r.Kind == analysis.RiskHeapBound:
		return f.Theme.Glyphs.Dot
	case r.Left == nil:
		return "steady"
	}
	return analysis.LeftText(r).String()
}

// countsText sums up a look: "2 critical · 5 warning · 1,204 containers".
func (p *riskPage) countsText(f Frame) string {
	s, dot := p.board.Summary, " "+f.Theme.Glyphs.Dot+" "
	out := fmt.Sprintf("%s critical%s%s warning%s%s", thousands(s.Critical), dot, thousands(s.Warning), dot, counted(s.Containers, "container"))
	if n := s.Containers - s.NoLimit - s.Unknown; s.Containers > 0 && n < s.Containers {
		out += dot + thousands(n) + " with a limit"
	}
	return out
}
