package ui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// driver runs an App without a terminal, without waiting and without goroutines: commands run one after the other
// until none is left, and time moves when a test says so.
type driver struct {
	t       *testing.T
	app     *App
	store   *data.Store
	cluster *fakeCluster
	metrics *fakeMetrics
	now     time.Time
	timers  []tea.Msg // messages that wait for time to pass
	quit    bool
}

// start is the moment at which every test begins.
var start = time.Date(2026, 11, 23, 3, 12, 0, 0, time.UTC)

// drive returns a driver of an app at 120x40 whose store holds the given containers.
func drive(t *testing.T, change func(*Options), cs ...data.Container) *driver {
	t.Helper()
	d := &driver{t: t, now: start, cluster: &fakeCluster{}, metrics: &fakeMetrics{}}
	d.store = data.NewStore(func() time.Time { return d.now })
	d.put(cs...)
	d.store.SetHealth("", data.Live, "")
	o := Options{
		Source: d.store, Cluster: d.cluster, Metrics: d.metrics, Where: data.Cluster{Context: "prod"}, Since: 24 * time.Hour,
		Theme: "mono", Price: analysis.DefaultPrice, Now: func() time.Time { return d.now }, Zone: time.UTC,
	}
	if change != nil {
		change(&o)
	}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	app, err := New(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	d.app = app
	app.after = func(_ time.Duration, m tea.Msg) tea.Cmd {
		d.timers = append(d.timers, m)
		return nil
	}
	app.listen = func() tea.Cmd { return nil }
	d.send(tea.WindowSizeMsg{Width: 120, Height: 40})
	d.run(app.Init())
	return d
}

// put gives the store containers, each in a pod of its own.
func (d *driver) put(cs ...data.Container) {
	for _, c := range cs {
		d.store.Put(data.Pod{Key: c.PodKey(), Containers: []data.Container{c}})
	}
}

// send gives the app a message and runs what comes of it.
func (d *driver) send(m tea.Msg) {
	_, cmd := d.app.Update(m)
	d.run(cmd)
}

// run runs a command and everything that follows from it.
func (d *driver) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch m := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range m {
			d.run(c)
		}
	case tea.QuitMsg:
		d.quit = true
	default:
		d.send(m)
	}
}

// changed tells the app of what the store got, as the bell would.
func (d *driver) changed() { d.run(d.app.makeBoard()) }

// pass lets time go by: every timer that waits now fires once.
func (d *driver) pass(by time.Duration) {
	d.now = d.now.Add(by)
	waiting := d.timers
	d.timers = nil
	for _, m := range waiting {
		d.send(m)
	}
}

// press types keys by name, such as "enter" or "y", and looks at the screen before each, as a person does.
func (d *driver) press(keys ...string) {
	for _, k := range keys {
		_ = d.screen()
		d.send(keyPress(k))
	}
}

// keyPress is the message of one key.
func keyPress(name string) tea.KeyPressMsg {
	special := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
		"left": tea.KeyLeft, "right": tea.KeyRight, "backspace": tea.KeyBackspace,
	}
	if r, ok := special[name]; ok {
		return tea.KeyPressMsg{Code: r}
	}
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: rune(rest[0]), Mod: tea.ModCtrl}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

// screen is what is drawn now, without colours.
func (d *driver) screen() string { return ansi.Strip(d.app.View().Content) }

// sees fails the test unless every text is on the screen.
func (d *driver) sees(texts ...string) {
	d.t.Helper()
	s := d.screen()
	for _, want := range texts {
		if !strings.Contains(s, want) {
			d.t.Errorf("the screen does not say %q:\n%s", want, s)
		}
	}
}

// seesNot fails the test if a text is on the screen.
func (d *driver) seesNot(text string) {
	d.t.Helper()
	if s := d.screen(); strings.Contains(s, text) {
		d.t.Errorf("the screen says %q:\n%s", text, s)
	}
}

// fakeCluster answers from its fields and remembers what was asked.
type fakeCluster struct {
	pod       data.Pod
	podErr    error
	planErr   error
	applyErr  error
	rollout   data.Rollout
	ways      []data.WayOffer
	wayErr    error
	change    func(*data.Plan) // what Plan returns, changed
	done      data.Applied     // beside applyErr
	entry     func(data.JournalEntry) data.JournalEntry
	endErr    error
	ended     []data.PodKey
	planned   []data.Change
	applied   []*data.Plan
	fetched   []string
	version   int
	rollCalls int
}

func (f *fakeCluster) FetchPod(_ context.Context, ns, name string, _ func(string) bool) (data.Pod, error) {
	f.fetched = append(f.fetched, ns+"/"+name)
	return f.pod, f.podErr
}

func (f *fakeCluster) Plan(_ context.Context, c data.Change) (*data.Plan, error) {
	f.planned = append(f.planned, c)
	if f.planErr != nil {
		return nil, f.planErr
	}
	f.version++
	one := int32(1)
	p := &data.Plan{
		Change: c, Ways: f.ways, Before: data.Resources{Limit: mib(512), Request: mib(256)}, After: data.Resources{Limit: c.Limit, Request: c.Request},
		ResourceVersion: "7", Replicas: &one, Effect: "rolls out to 1 pod",
		Diff: []data.DiffLine{{Kind: data.DiffRemove, Text: "memory: 512Mi"}, {Kind: data.DiffAdd, Text: "memory: 768Mi"}},
	}
	if f.change != nil {
		f.change(p)
	}
	return p, nil
}

func (f *fakeCluster) Ways(context.Context, data.Change) ([]data.WayOffer, error) {
	return f.ways, f.wayErr
}

func (f *fakeCluster) DeletePod(_ context.Context, k data.PodKey) error {
	f.ended = append(f.ended, k)
	return f.endErr
}

func (f *fakeCluster) Reconcile(_ context.Context, e data.JournalEntry) data.JournalEntry {
	if f.entry != nil {
		return f.entry(e)
	}
	return e
}

func (f *fakeCluster) Apply(_ context.Context, p *data.Plan) (data.Applied, error) {
	f.applied = append(f.applied, p)
	if err := f.applyErr; err != nil {
		f.applyErr = nil
		return f.done, err
	}
	a := f.done
	a.At, a.After, a.ResourceVersion = start, p.After, "8"
	return a, nil
}

func (f *fakeCluster) Rollout(context.Context, data.Workload, data.Applied) (data.Rollout, error) {
	f.rollCalls++
	return f.rollout, nil
}

// fakeMetrics answers from its fields.
type fakeMetrics struct {
	nowOnly   bool // only the present is known
	down      data.Text
	overviews map[data.Key]data.Overview
	children  []data.ChildKill
	chartErr  error
	histErr   error
	history   *data.History
	charts    []views.ChartKey
	asked     int // overviews
}

func (f *fakeMetrics) Probe(context.Context) views.Metrics {
	return views.Metrics{Source: "http://prom", Checked: true, Reachable: f.down == "", Problem: f.down, NowOnly: f.nowOnly}
}

func (f *fakeMetrics) Overview(context.Context, []*data.Container, time.Duration, int) (map[data.Key]data.Overview, []data.Gap) {
	f.asked++
	return f.overviews, nil
}

func (f *fakeMetrics) Chart(_ context.Context, c *data.Container, w data.Window) (*data.Chart, error) {
	f.charts = append(f.charts, views.ChartKey{Key: c.Key, Window: w})
	if f.chartErr != nil {
		return nil, f.chartErr
	}
	return &data.Chart{Key: c.Key, Window: w, From: start.Add(-w.Duration()), To: start, Step: time.Minute}, nil
}

func (f *fakeMetrics) History(_ context.Context, _ *data.Container, progress func(int, int)) (*data.History, error) {
	progress(1, 1)
	if f.histErr != nil {
		return nil, f.histErr
	}
	if f.history == nil {
		return nil, errors.New("no samples")
	}
	return f.history, nil
}

func (f *fakeMetrics) ChildKills(context.Context, time.Duration) ([]data.ChildKill, error) {
	return f.children, nil
}

func mib(n int64) *int64 {
	b := n * data.Mi
	return &b
}

// oomKilled is a container that reached its limit ago before the start of the test.
func oomKilled(pod data.Text, ago time.Duration) data.Container {
	at, code := start.Add(-ago), int32(137)
	one := int32(1)
	return data.Container{
		Key:  data.Key{Namespace: "data", Pod: pod, UID: "uid-" + pod, Container: "postgres"},
		Kind: data.RegularContainer, Resources: data.Resources{Limit: mib(512), Request: mib(256)}, State: data.Running, Restarts: 12,
		Last:     &data.Termination{Reason: "OOMKilled", ExitCode: 137, StartedAt: at.Add(-time.Hour), FinishedAt: at, Field: "lastState.terminated"},
		Kills:    []data.Kill{{At: at, StartedAt: at.Add(-time.Hour), Reason: "OOMKilled", ExitCode: &code, From: "kubectl get pod"}},
		Workload: data.Workload{APIVersion: "apps/v1", Kind: "StatefulSet", Namespace: "data", Name: "database", Replicas: &one},
	}
}
