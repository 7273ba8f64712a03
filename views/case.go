package views

import (
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// CaseScreen shows one container: its memory over time against limit and request, the kills, the numbers behind the
// chart, and the facts of its pod. Its own state is the window, the cursor in time and whether numbers stand in
// place of the chart.
type CaseScreen struct {
	key    data.Key
	window data.Window
	cursor time.Time // zero for none
	table  bool
	zoom   zoomRange
	show   caseShow

	state  *State
	found  *analysis.Case // the newest known; it outlives the case on the board
	listed bool           // found is on the board
	series caseSeries
	now    time.Time  // of the last frame
	plot   int        // columns of the last chart, for the cursor's step
	page   int        // rows of the last table
	spans  []caseSpan // of the last frame, where the short table was drawn

	drawn   drawnChart // what drawing was made of
	drawing string
}

// NewCase returns the screen of one container, which opens with window w.
func NewCase(k data.Key, w data.Window) *CaseScreen {
	return &CaseScreen{key: k, window: w, plot: 60, page: 10}
}

// Title returns pod/container.
func (s *CaseScreen) Title() data.Text { return s.key.Pod + "/" + s.key.Container }

// Selected returns the container that the screen is about. It always has one.
func (s *CaseScreen) Selected() (data.Key, bool) { return s.key, true }

// Typing is always false: there is no field on this screen.
func (s *CaseScreen) Typing() bool { return false }

// The keys of the case screen.
var (
	keyCaseDiagnose = key.NewBinding(key.WithKeys("d", "enter"), key.WithHelp("d", "diagnose"))
	keyCaseShorter  = key.NewBinding(key.WithKeys("["), key.WithHelp("[", "shorter window"))
	keyCaseLonger   = key.NewBinding(key.WithKeys("]"), key.WithHelp("]", "longer window"))
	keyCaseEarlier  = key.NewBinding(key.WithKeys("left", "h"), key.WithHelp("h", "cursor back"))
	keyCaseLater    = key.NewBinding(key.WithKeys("right", "l"), key.WithHelp("l", "cursor on"))
	keyCaseKill     = key.NewBinding(key.WithKeys("n"), key.WithHelp("n", "kill before"))
	keyCaseKillNext = key.NewBinding(key.WithKeys("N"), key.WithHelp("N", "kill after"))
	keyCaseTable    = key.NewBinding(key.WithKeys("v"), key.WithHelp("v", "chart or numbers"))
	keyCaseDown     = key.NewBinding(key.WithKeys("j", "down"), key.WithHelp("j", "older row"))
	keyCaseUp       = key.NewBinding(key.WithKeys("k", "up"), key.WithHelp("k", "newer row"))
	keyCasePageDown = key.NewBinding(key.WithKeys("pgdown", "ctrl+d"), key.WithHelp("pgdn", "older page"))
	keyCasePageUp   = key.NewBinding(key.WithKeys("pgup", "ctrl+u"), key.WithHelp("pgup", "newer page"))
	keyCaseNewest   = key.NewBinding(key.WithKeys("g", "home"), key.WithHelp("g", "newest"))
	keyCaseOldest   = key.NewBinding(key.WithKeys("G", "end"), key.WithHelp("G", "oldest"))
	keyCaseNoCursor = key.NewBinding(key.WithKeys("x"), key.WithHelp("x", "no cursor"))
	keyCaseIn       = key.NewBinding(key.WithKeys("+", "="), key.WithHelp("+", "zoom in"))
	keyCaseOut      = key.NewBinding(key.WithKeys("-", "_"), key.WithHelp("-", "zoom out"))
	keyCaseWhole    = key.NewBinding(key.WithKeys("0"), key.WithHelp("0", "whole window"))
	keyCasePanBack  = key.NewBinding(key.WithKeys("<", "shift+left"), key.WithHelp("<", "pan back"))
	keyCasePanOn    = key.NewBinding(key.WithKeys(">", "shift+right"), key.WithHelp(">", "pan on"))
	keyCaseReplicas = key.NewBinding(key.WithKeys("o"), key.WithHelp("o", "other replicas"))
	keyCaseParts    = key.NewBinding(key.WithKeys("m"), key.WithHelp("m", "what memory is made of"))
	keyCaseLevels   = key.NewBinding(key.WithKeys("%"), key.WithHelp("%", "percentiles"))
	keyCaseAhead    = key.NewBinding(key.WithKeys("e"), key.WithHelp("e", "next kill expected"))
	keyCaseDots     = key.NewBinding(key.WithKeys("b"), key.WithHelp("b", "braille, blocks or ASCII"))
	keyCaseCopy     = key.NewBinding(key.WithKeys("y"), key.WithHelp("y", "copy PromQL"))
	keyCaseReload   = key.NewBinding(key.WithKeys("r"), key.WithHelp("r", "read again"))
)

// Keys returns what works now, the most useful first: keys of time and numbers need samples.
func (s *CaseScreen) Keys() []key.Binding {
	out := []key.Binding{keyCaseDiagnose}
	if s.hasMetrics() {
		out = append(out, keyCaseShorter, keyCaseLonger)
	}
	out = append(out, toolKeys...)
	if len(s.series.rows) > 0 {
		out = append(out, keyCaseEarlier, keyCaseLater, keyCaseTable, keyCaseIn, keyCaseOut, keyCaseParts, keyCaseReplicas, keyCaseLevels, keyCaseAhead,
			keyCaseKill, keyCaseKillNext, keyCasePanBack, keyCasePanOn, keyCaseWhole, keyCaseDots, keyCaseDown, keyCaseUp, keyCasePageDown,
			keyCasePageUp, keyCaseNewest, keyCaseOldest)
	}
	if !s.cursor.IsZero() {
		out = append(out, keyCaseNoCursor)
	}
	if s.hasMetrics() {
		out = append(out, keyCaseReload)
	}
	if s.promQL() != "" {
		out = append(out, keyCaseCopy)
	}
	return out
}

// Press moves the cursor, changes the window or asks for something.
func (s *CaseScreen) Press(m tea.KeyPressMsg) Intent {
	switch {
	case key.Matches(m, keyCaseDiagnose):
		return OpenDiagnosis{Key: s.key}
	case key.Matches(m, toolArtifacts):
		return OpenArtifacts{Key: s.key}
	case key.Matches(m, toolProfile):
		return OpenProfile{Key: s.key}
	case key.Matches(m, keyCaseShorter):
		return s.switchWindow(-1)
	case key.Matches(m, keyCaseLonger):
		return s.switchWindow(1)
	case key.Matches(m, keyCaseReload):
		if !s.hasMetrics() {
			return Say{"There is nothing to read again: no Prometheus is configured."}
		}
		return Both{LoadChart{Key: s.key, Window: s.window}, s.readPartsAgain()}.plain()
	case key.Matches(m, keyCaseIn):
		return s.zoomIn()
	case key.Matches(m, keyCaseOut):
		return s.zoomOut()
	case key.Matches(m, keyCaseWhole):
		s.zoom = zoomRange{}
		s.prepare()
	case key.Matches(m, keyCasePanBack):
		return s.pan(-1)
	case key.Matches(m, keyCasePanOn):
		return s.pan(1)
	case key.Matches(m, keyCaseCopy):
		if q := s.promQL(); q != "" {
			return Copy{Text: q, What: "PromQL of the chart"}
		}
		return Say{"There is no query to copy yet: no chart has been read."}
	case key.Matches(m, keyCaseTable):
		s.table = !s.table
	case key.Matches(m, keyCaseNoCursor):
		s.cursor = time.Time{}
	default:
		if intent, known := s.pressShow(m); known {
			return intent
		}
		s.moveCursor(m)
	}
	return nil
}

// switchWindow shows the next longer (1) or shorter (-1) window and asks for its chart when there is none, or an
// old one.
func (s *CaseScreen) switchWindow(by int) Intent {
	at := 0
	for i, w := range data.ChartWindows {
		if w == s.window {
			at = i
		}
	}
	next := min(max(at+by, 0), len(data.ChartWindows)-1)
	if next == at {
		return nil
	}
	s.window, s.zoom = data.ChartWindows[next], zoomRange{}
	s.prepare()
	return s.load()
}

// load asks for what the window needs and has not: its chart, and what memory is made of when that is shown.
func (s *CaseScreen) load() Intent {
	if !s.hasMetrics() {
		return nil
	}
	var chart Intent
	if s.wantsChart() {
		chart = LoadChart{Key: s.key, Window: s.window}
	}
	return Both{chart, s.wantsParts()}.plain()
}

// readPartsAgain asks for the layers once more when they are shown.
func (s *CaseScreen) readPartsAgain() Intent {
	if !s.show.parts {
		return nil
	}
	return LoadParts{Key: s.key, Window: s.window}
}

// freshFor is how long a chart counts as new at least, whatever its step is.
const freshFor = time.Minute

// wantsChart reports whether the chart of the window should be read: never read, failed, or older than two steps.
func (s *CaseScreen) wantsChart() bool {
	l := s.loaded()
	switch {
	case l == nil:
		return true
	case l.Loading:
		return false
	case l.Value == nil:
		return true
	}
	return s.now.Sub(l.At) > max(2*l.Value.Step, freshFor)
}

// Set takes the newest state and prepares the numbers of the chart that is shown.
func (s *CaseScreen) Set(st *State) {
	if st == nil {
		st = &State{}
	}
	s.state, s.listed = st, false
	if st.Board != nil {
		if c, ok := st.Board.Case(s.key); ok {
			s.found, s.listed = c, true
		}
	}
	s.prepare()
}

// prepare brings the series up to the chart of the window, and drops a cursor that lies outside of it.
func (s *CaseScreen) prepare() {
	var c *data.Chart
	if l := s.loaded(); l != nil {
		c = l.Value
	}
	s.fitZoom(c)
	s.series.update(c, s.found, s.zoom)
	if sh := s.series.chart; sh == nil || s.cursor.Before(sh.From) || s.cursor.After(sh.To) {
		s.cursor = time.Time{}
	}
}

// loaded returns the chart of the window, nil when it was never asked for.
func (s *CaseScreen) loaded() *Loaded[data.Chart] {
	if s.state == nil {
		return nil
	}
	return s.state.Charts[ChartKey{Key: s.key, Window: s.window}]
}

// hasMetrics reports whether a Prometheus is configured at all.
func (s *CaseScreen) hasMetrics() bool {
	return s.state != nil && s.state.Board != nil && s.state.Board.Metrics.Source != ""
}

// promQL returns the query of the chart on screen, empty without one.
func (s *CaseScreen) promQL() data.Text {
	if s.series.chart == nil || len(s.series.chart.Queries) == 0 {
		return ""
	}
	return data.Clean(s.series.chart.Queries[0].PromQL)
}
