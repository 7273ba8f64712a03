// Package views holds the screens. A screen's own state is cursor, scroll, filter and half-typed text; what it shows
// is given to it, and what a person wants leaves it as an Intent. Screens fetch nothing and judge nothing.
package views

import (
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
)

// Frame is the room and the moment that a screen draws in. View returns exactly Height lines of at most Width cells.
type Frame struct {
	Width, Height int
	Theme         *themes.Theme
	Now           time.Time
	Zone          *time.Location // of times on screen; never nil
	// KeyName returns the name of the key that a binding has now; nil where all keys are the program's own. See Key.
	KeyName func(key.Binding) string
}

// Screen is one page of the program.
type Screen interface {
	// Title is the screen's part of the breadcrumb.
	Title() data.Text
	// Keys are the bindings that work on it now, the most useful first; help and the foot line are made of them.
	Keys() []key.Binding
	// Press handles a key and returns what the person wants, or nil. Keys that it does not know are left to the app.
	Press(tea.KeyPressMsg) Intent
	// Set hands over the newest state. It is called after each change, before View.
	Set(*State)
	// View draws.
	View(Frame) string
	// Typing reports whether text is being typed, so that letters are text and not keys of the app.
	Typing() bool
}

// State is everything that screens draw from. It is rebuilt by the app; screens only read it.
type State struct {
	Board *Board
	// Charts and Diagnoses hold what was asked for, by key. A missing entry was never asked for.
	Charts    map[ChartKey]*Loaded[data.Chart]
	Diagnoses map[data.Key]*Loaded[analysis.Diagnosis]
	// Parts are what the memory of a chart is made of; nil until somebody asked.
	Parts map[ChartKey]*Loaded[data.Parts]
	Fix   *Fix
	// Journal is nil until somebody looked at it.
	Journal *Journal
	// Connections is nil until somebody looked at them.
	Connections *Connections
	// Artifacts and Profiles are what was made and found for a container; a missing entry was never asked for.
	Artifacts map[data.Key][]analysis.Artifact
	Profiles  map[data.Key]*Profile
	ReadOnly  bool
	// Frames counts the spinner's steps; it moves only while something is being waited for.
	Frames int
}

// ChartKey names one chart.
type ChartKey struct {
	Key    data.Key
	Window data.Window
}

// Loaded is an answer that may still be under way. Value may be an older answer while Loading.
type Loaded[T any] struct {
	Value   *T
	Loading bool
	Done    int // parts of Total that have come, for progress; Total 0 means unknown
	Total   int
	Problem data.Text // why there is no (newer) value, in one line
	At      time.Time
}

// Board is the list of cases and the state of the sources, made anew after each change of the facts.
type Board struct {
	Cluster data.Cluster
	Health  data.Health
	At      time.Time
	ready   [caseTabs]*readyList // what Prepare made
	Cases   []*analysis.Case     // OOM killed within the look-back window, newest kill first; nobody writes to them
	Ruled   []*analysis.Case     // looked like it, but were not
	// Born changes whenever a container comes into the lists that was in neither of them before; set by a Preparer.
	Born uint64
	// AtRisk are containers that may be killed soon; nil until the first look began.
	AtRisk  *Loaded[RiskBoard]
	Gaps    []data.Gap
	Metrics Metrics
	Since   time.Duration
	Pods    int
	// Reach is from when on kills of deleted pods are known, by the way that knows them; see data.Snapshot.
	Reach map[data.KnownFrom]time.Time
}

// Case returns the case with key k: killed, ruled out, or at risk.
func (b *Board) Case(k data.Key) (*analysis.Case, bool) {
	for _, list := range [...][]*analysis.Case{b.Cases, b.Ruled} {
		for _, c := range list {
			if c.Container.Key == k {
				return c, true
			}
		}
	}
	if b.AtRisk != nil && b.AtRisk.Value != nil {
		return b.AtRisk.Value.Case(k)
	}
	return nil, false
}

// Metrics is the state of Prometheus.
type Metrics struct {
	Source    data.Text // address or "embedded"; empty when none is configured
	Checked   bool      // false until the first answer
	Reachable bool
	Problem   data.Text // why not, in one line
	// NowOnly is true when there is no Prometheus and the metrics API tells of the present alone; Problem says why.
	NowOnly bool
	// Price is what memory costs by the metrics of the cluster; PerGiBMonth is 0 where they tell of none.
	Price analysis.Price
}

// Connections are the places where a Prometheus may be.
type Connections struct {
	Candidates []data.Candidate
	Gaps       []data.Gap // where none could be looked for
	Searching  bool
	Problem    data.Text // why the one that was wanted is not used
}

// Intent is what a person wants, said by a screen and carried out by the app.
type Intent interface{ intent() }

type (
	// OpenCase asks for the chart and facts of a container.
	OpenCase struct{ Key data.Key }
	// OpenDiagnosis asks for the five steps.
	OpenDiagnosis struct{ Key data.Key }
	// OpenFix asks for the fix dialog with the recommended size.
	OpenFix struct{ Key data.Key }
	// LoadChart asks for a window of the chart.
	LoadChart struct {
		Key    data.Key
		Window data.Window
	}
	// LoadParts asks for what the memory of a window of the chart is made of.
	LoadParts struct {
		Key    data.Key
		Window data.Window
	}
	// LoadDiagnosis asks for a container's diagnosis without leaving the screen.
	LoadDiagnosis struct{ Key data.Key }
	// Both asks for two things, one after the other. Either may be nil.
	Both struct{ First, Second Intent }
	// FixWith asks for the fix dialog with these numbers in bytes in place of the recommended ones.
	FixWith struct {
		Key            data.Key
		Limit, Request *int64
	}
	// FindConnections asks for a new search of places where a Prometheus may be.
	FindConnections struct{}
	// UseConnection asks for the candidate of a name to be the one that is asked from now on.
	UseConnection struct{ Name data.Text }
	// Copy asks for text to be put on the clipboard; What names it in the message that follows.
	Copy struct{ Text, What data.Text }
	// Back leaves the screen.
	Back struct{}
	// Say asks for a short message in the status line.
	Say struct{ Text data.Text }
)

func (OpenCase) intent()      {}
func (OpenDiagnosis) intent() {}
func (OpenFix) intent()       {}
func (LoadChart) intent()     {}
func (LoadParts) intent()     {}
func (LoadDiagnosis) intent() {}
func (Both) intent()          {}
func (FixWith) intent()       {}

// plain returns the one intent of b where the other is nil, and nil where both are.
func (b Both) plain() Intent {
	switch {
	case b.First == nil:
		return b.Second
	case b.Second == nil:
		return b.First
	}
	return b
}
func (FindConnections) intent() {}
func (UseConnection) intent()   {}
func (Copy) intent()            {}
func (Back) intent()            {}
func (Say) intent()             {}
