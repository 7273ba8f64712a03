package ui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// fakeConnections has two candidates that can be used and one that can't.
type fakeConnections struct {
	searches int
	used     data.Text
}

func (f *fakeConnections) Candidates(context.Context) ([]data.Candidate, []data.Gap) {
	f.searches++
	out := []data.Candidate{
		{Name: "a/one:web", State: data.Accepted, Why: "it answers"}, {Name: "b/two:web", State: data.Accepted, Why: "it answers"},
		{Name: "c/three:web", State: data.Refused, Why: "a web page"},
	}
	for i := range out {
		out[i].Used = out[i].Name == f.used
	}
	return out, nil
}

func (f *fakeConnections) Use(_ context.Context, name data.Text) error {
	if name == "c/three:web" {
		return errors.New("a web page")
	}
	f.used = name
	return nil
}

func TestAnotherPrometheus(t *testing.T) {
	t.Parallel()
	f := &fakeConnections{used: "a/one:web"}
	d := drive(t, func(o *Options) { o.Connections = f })
	d.press("p")
	if _, ok := d.app.top().(*views.ConnectionScreen); !ok || f.searches != 1 {
		t.Fatalf("%T, %d searches", d.app.top(), f.searches)
	}
	d.press("p") // once is enough
	if len(d.app.stack) != 2 {
		t.Errorf("%d screens", len(d.app.stack))
	}
	k := views.ChartKey{Window: data.Day}
	d.app.state.Charts[k] = &views.Loaded[data.Chart]{Value: &data.Chart{}}
	d.press("j", "enter")
	if f.used != "b/two:web" {
		t.Errorf("used %q", f.used)
	}
	if len(d.app.state.Charts) != 0 {
		t.Error("the former Prometheus' charts are still there")
	}
	if c := d.app.state.Connections; c.Searching || !c.Candidates[1].Used || f.searches != 2 {
		t.Errorf("%+v, %d searches", c, f.searches)
	}
	d.press("j", "enter")
	if f.used != "b/two:web" || !strings.Contains(d.app.toast.String(), "can't be asked") {
		t.Errorf("%q, %q", f.used, d.app.toast)
	}
	d.press("esc")
	if len(d.app.stack) != 1 {
		t.Errorf("%d screens", len(d.app.stack))
	}
}

func TestNoChoiceOfPrometheus(t *testing.T) {
	t.Parallel()
	d := drive(t, nil)
	d.press("p")
	if len(d.app.stack) != 1 || !strings.Contains(d.app.toast.String(), "no other source") {
		t.Errorf("%d screens, %q", len(d.app.stack), d.app.toast)
	}
}

// TestPrometheusTakesOverFromTheMetricsAPI holds that a Prometheus is looked for again while only the present is known.
func TestPrometheusTakesOverFromTheMetricsAPI(t *testing.T) {
	t.Parallel()
	d := drive(t, nil, oomKilled("database-0", time.Minute))
	d.metrics.nowOnly = true
	d.app.state.Board.Metrics.Reachable = false
	d.run(d.app.probe())
	if m := d.app.state.Board.Metrics; !m.NowOnly || !m.Reachable {
		t.Fatalf("%+v", m)
	}
	k := views.ChartKey{Window: data.Day}
	d.app.state.Charts[k] = &views.Loaded[data.Chart]{Value: &data.Chart{}}
	d.pass(searchAgain / 2)
	if !d.app.state.Board.Metrics.NowOnly || len(d.app.state.Charts) != 1 {
		t.Error("it was looked for too soon, or the chart is gone")
	}
	d.metrics.nowOnly = false
	d.pass(searchAgain + probeEvery)
	if m := d.app.state.Board.Metrics; m.NowOnly || !m.Reachable || len(d.app.state.Charts) != 0 {
		t.Errorf("%+v with %d charts of the metrics API", m, len(d.app.state.Charts))
	}
}
