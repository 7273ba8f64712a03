package ui

import (
	"context"
	"errors"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
)

// fakeSwitcher leads to stores that it makes.
type fakeSwitcher struct {
	names  []data.Text
	err    error // of listing namespaces
	fails  error // of switching
	asked  [][2]data.Text
	places []*data.Store
	stops  int
	during func() // called while a switch is under way
}

func (f *fakeSwitcher) Namespaces(context.Context) ([]data.Text, error) { return f.names, f.err }

func (f *fakeSwitcher) Contexts() ([]data.Text, error) { return []data.Text{"prod", "staging"}, nil }

func (f *fakeSwitcher) Switch(_ context.Context, kubeContext, namespace data.Text) (Place, error) {
	f.asked = append(f.asked, [2]data.Text{kubeContext, namespace})
	if f.during != nil {
		f.during()
	}
	if f.fails != nil {
		return Place{}, f.fails
	}
	st := data.NewStore(func() time.Time { return start })
	c := oomKilled("elsewhere-0", time.Minute)
	c.Key.Namespace, c.Workload.Name = "other", "elsewhere"
	st.Put(data.Pod{Key: c.PodKey(), Containers: []data.Container{c}})
	st.SetHealth("", data.Live, "")
	f.places = append(f.places, st)
	where := data.Cluster{Context: kubeContext, Protected: kubeContext == "prod"}
	if namespace != "" {
		where.Namespaces = []data.Text{namespace}
	}
	return Place{Source: st, Cluster: &fakeCluster{}, Metrics: &fakeMetrics{}, Where: where, Stop: func() { f.stops++ }}, nil
}

// switching is a driver whose app can switch.
func switching(t *testing.T, f *fakeSwitcher) *driver {
	return drive(t, func(o *Options) { o.Switcher, o.Stop = f, func() { f.stops++ } }, oomKilled("database-0", time.Minute))
}

func TestSwitchToANamespace(t *testing.T) {
	f := &fakeSwitcher{names: []data.Text{"data", "other", "shop"}}
	d := switching(t, f)
	d.press("enter", "esc", "n")
	d.sees("Namespace", "all namespaces", "data", "1 killed", "other", "shop", "now")
	d.press("o", "t", "h", "enter")
	if len(f.asked) != 1 || f.asked[0] != [2]data.Text{"prod", "other"} || f.stops != 1 {
		t.Fatalf("asked %v, %d stops", f.asked, f.stops)
	}
	d.sees("prod/other", "elsewhere", "live", "Showing prod/other")
	d.seesNot("database")
	if len(d.app.state.Charts)+len(d.app.history)+len(d.app.cancels) != 0 {
		t.Error("something of the former place is kept")
	}
	// What the former place tells now reaches nobody, what the new one tells does.
	old := d.app.opt.Source
	d.put(oomKilled("late-0", 0))
	d.run(d.app.makeBoard())
	d.seesNot("late")
	if old == Source(d.store) {
		t.Error("the source is still the former one")
	}
	d.press("n", "a", "l", "l", "enter")
	if f.asked[1] != [2]data.Text{"prod", ""} {
		t.Errorf("asked %v", f.asked)
	}
}

func TestSwitchThatFailsChangesNothing(t *testing.T) {
	f := &fakeSwitcher{fails: errors.New("connection refused")}
	d := switching(t, f)
	f.during = func() { d.sees("switching to staging", "database", "OOMKilled 1") }
	d.press("c")
	d.sees("prod", "staging")
	d.press("down", "enter")
	d.sees("Not switched to staging: connection refused", "database", "live")
	if f.stops != 0 || d.quit {
		t.Errorf("%d stops, quit %v", f.stops, d.quit)
	}
	d.put(oomKilled("new-0", 0))
	d.changed()
	d.sees("OOMKilled 2")
}

func TestSwitchToAnotherCluster(t *testing.T) {
	f := &fakeSwitcher{}
	d := switching(t, f)
	d.press("c", "down", "enter")
	if f.asked[0] != [2]data.Text{"staging", ""} {
		t.Errorf("asked %v", f.asked)
	}
	d.sees("staging", "elsewhere")
}

func TestNamespacesThatMayNotBeListedCanBeTyped(t *testing.T) {
	f := &fakeSwitcher{err: errors.New("user \"eve\" lacks the right to list namespaces")}
	d := switching(t, f)
	d.press("n")
	d.sees("lacks the right", "data")
	d.press("q", "q", "enter")
	if len(f.asked) != 1 || f.asked[0][1] != "qq" {
		t.Errorf("asked %v", f.asked)
	}
}

func TestAnswersOfAFormerPlaceAreDropped(t *testing.T) {
	f := &fakeSwitcher{}
	d := switching(t, f)
	late := d.app.here(func() tea.Msg { return metricsMsg{} })
	tick := d.app.here(func() tea.Msg { return tickMsg{} })
	d.press("c", "down", "enter")
	was := d.app.state.Board.Metrics
	if _, ok := late().(stamped); !ok {
		t.Error("an answer carries no stamp")
	}
	d.send(late())
	if d.app.state.Board.Metrics != was {
		t.Error("an answer of the former place was taken")
	}
	if _, ok := tick().(tickMsg); !ok {
		t.Error("the chain of ticks was stamped and would end")
	}
}

func TestWithoutASwitcherTheKeysSaySo(t *testing.T) {
	d := drive(t, nil)
	d.press("n")
	d.sees("no other namespace")
	d.press("c")
	d.sees("no other cluster")
}

func TestStopsAreCalledAtTheEnd(t *testing.T) {
	f := &fakeSwitcher{}
	d := switching(t, f)
	d.press("c", "down", "enter")
	d.app.stopWatch()
	if f.stops != 2 || d.app.ctx.Err() == nil {
		t.Errorf("%d stops, context %v", f.stops, d.app.ctx.Err())
	}
}
