package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
	"github.com/oomedic/oomedic/views"
)

// App is the Bubble Tea model: it owns the state, the screen stack, the size and the theme. A screen owns its cursor.
type App struct {
	opt Options
	ctx context.Context // of the place that is shown: a switch ends it and all questions put there
	// root is the context of the program, and leave ends ctx.
	root      context.Context //nolint:containedctx // each place derives its own from it
	leave     context.CancelFunc
	onlyReads bool      // started to read only: no switch takes that away
	epoch     int       // number of the place that is shown; answers of former places are dropped
	switching data.Text // what is being switched to; empty when nothing is
	// switchSeq is the number of the newest switch, begun at switchSince; endSwitch gives it up.
	switchSeq   int
	switchSince time.Time
	endSwitch   context.CancelFunc

	width, height int
	dark          bool
	theme         *themes.Theme
	now           time.Time
	zone          *time.Location

	state     *views.State
	overviews *overviews
	boards    *boardPace
	maker     *boardMaker
	stack     []views.Screen
	help      bool
	helpFrom  int // first line of help that is shown
	toast     data.Text
	toastAt   time.Time
	said      []views.Message // what the status line said, oldest first
	keys      *keyset         // keys that were chosen for those of the program
	clicked   click
	offered   offered  // what the open palette has
	painted   painted  // what the terminal showed last
	lastCase  data.Key // looked at last
	tookTheme string   // by a person; empty when none was

	openSince time.Time // when the first place was asked for
	failed    error     // why the first place can't be shown

	cancels  map[any]context.CancelFunc    // of questions under way, by views.ChartKey or data.Key
	began    map[any]time.Time             // when each of them was begun
	progress map[data.Key]*historyProgress // of histories being read
	history  map[data.Key]*data.History    // read in this session
	due      due
	risk     riskState
	fixSeq   int // number of the newest question about the fix; answers to older ones are dropped
	fixWhen  fixTimes
	followed []*followed  // changes that are watched behind the dialog
	applying *targetsTold // of the change that is being applied
	// checkedOnce are the IDs of unfinished changes whose outcome was looked for.
	checkedOnce map[string]bool
	spinning    bool

	// after and listen are tea.Tick and the wait on the bell; tests drive time and changes themselves.
	after  func(time.Duration, tea.Msg) tea.Cmd
	listen func() tea.Cmd
}

// New returns an app that shows the kills of o.Source. The context ends everything that it has started.
func New(ctx context.Context, o Options) (*App, error) {
	theme, err := themes.Get(o.Theme, !o.Light)
	if err != nil {
		return nil, err
	}
	if o.ASCII {
		theme = theme.ASCII()
	}
	keys, err := newKeyset(o.Keys)
	if err != nil {
		return nil, err
	}
	a := &App{
		opt: o, root: ctx, onlyReads: o.ReadOnly, dark: !o.Light, theme: theme, keys: keys, now: o.Now(), zone: o.Zone,
		overviews: &overviews{}, boards: &boardPace{}, maker: &boardMaker{}, checkedOnce: map[string]bool{}, cancels: map[any]context.CancelFunc{}, began: map[any]time.Time{},
		progress: map[data.Key]*historyProgress{}, history: map[data.Key]*data.History{},
		after: func(d time.Duration, m tea.Msg) tea.Cmd {
			return tea.Tick(d, func(time.Time) tea.Msg { return m })
		},
	}
	a.state = a.firstState()
	if a.zone == nil {
		a.zone = time.Local
	}
	a.ctx, a.leave = context.WithCancel(ctx)
	a.listen = a.waitForBell
	kills := views.NewKills()
	kills.Resume(o.Resume.List)
	kills.Set(a.state)
	a.tookTheme = o.Resume.Theme
	a.stack = []views.Screen{kills}
	a.painted = painted{screen: kills}
	return a, nil
}

// firstState is the state of a place of which nothing is known yet.
func (a *App) firstState() *views.State {
	o := a.opt
	return &views.State{
		Charts: map[views.ChartKey]*views.Loaded[data.Chart]{}, Diagnoses: diagnoses{}, ReadOnly: o.ReadOnly,
		Board: &views.Board{Cluster: o.Where, Since: o.Since, Metrics: views.Metrics{Checked: o.Metrics == nil && !a.opening(), Problem: o.MetricsProblem}},
	}
}

// Init starts the chains that never end: changes of the facts and ticks; and asks the terminal for its background.
func (a *App) Init() tea.Cmd {
	return a.here(tea.Batch(tea.RequestBackgroundColor, a.enter(), a.after(tickEvery, tickMsg{})))
}

// Update hands each message to the one method that knows it.
func (a *App) Update(m tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch m := m.(type) {
	case tea.WindowSizeMsg:
		cmd = a.resized(m)
	case tea.BackgroundColorMsg:
		a.setTheme(a.opt.Theme, m.IsDark())
	case tea.KeyPressMsg:
		cmd = a.press(m)
	case tea.MouseMsg:
		cmd = a.mouse(m)
	case tea.PasteMsg:
		cmd = a.paste(m)
	case openedMsg:
		cmd = a.gotOpened(m)
	case boardMsg:
		cmd = a.gotBoard(m)
	case heard:
		cmd = tea.Batch(a.gotBoard(m.boardMsg), a.listen())
	case overviewMsg:
		cmd = a.gotOverview(m)
	case metricsMsg:
		cmd = a.gotMetrics(m)
	case childrenMsg:
		a.gotChildren(m)
	case pastMsg:
		a.gotPast(m)
	case riskMsg:
		a.gotRisks(m)
	case chartMsg:
		a.gotChart(m)
	case partsMsg:
		a.gotParts(m)
	case diagnosisMsg:
		cmd = tea.Batch(a.gotDiagnosis(m), a.updateTools(m))
	case candidatesMsg:
		a.gotCandidates(m)
	case usedMsg:
		cmd = a.gotUsed(m)
	case tickMsg:
		cmd = a.tick()
	case frameMsg:
		cmd = a.spin()
	case toastMsg:
		a.say(m.text)
	case namespacesMsg:
		a.gotNamespaces(m)
	case placeMsg:
		cmd = a.gotPlace(m)
	case stamped:
		if m.epoch == a.epoch {
			return a.Update(m.msg)
		}
		return a, nil
	default:
		cmd = tea.Batch(a.updateFix(m), a.updateTools(m))
	}
	a.show()
	return a, tea.Batch(a.here(tea.Batch(cmd, a.startSpinning())), a.repaint())
}

// updateFix hands each message about a change to the one method that knows it.
func (a *App) updateFix(m tea.Msg) tea.Cmd {
	switch m := m.(type) {
	case planMsg:
		a.gotPlan(m)
	case appliedMsg:
		return a.gotApplied(m)
	case rolloutMsg:
		return a.gotRollout(m)
	case endedMsg:
		a.gotEnded(m)
	case followedMsg:
		return a.gotFollowed(m)
	case memoryMsg:
		a.gotMemory(m)
	case journalMsg:
		return a.gotJournal(m)
	case reconciledMsg:
		a.gotReconciled(m)
	}
	return nil
}

// show hands the newest state to every screen on the stack.
func (a *App) show() {
	for _, s := range a.stack {
		s.Set(a.state)
	}
}

// top is the screen that is seen.
func (a *App) top() views.Screen { return a.stack[len(a.stack)-1] }

// push puts a screen on top.
func (a *App) push(s views.Screen) {
	s.Set(a.state)
	a.stack = append(a.stack, s)
}
