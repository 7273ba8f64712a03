package ui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// openingOptions are the options of a program whose first place is opened by door.
func openingOptions(door opener) Options {
	return Options{
		Open: door, Where: data.Cluster{Context: "prod"}, MetricsProblem: "none", Since: 24 * time.Hour, Theme: "mono",
		Price: analysis.DefaultPrice, Now: func() time.Time { return start.Add(time.Minute) }, Zone: time.UTC,
	}
}

// TestTheScreenIsThereBeforeTheCluster opens a place behind the screen: nothing is asked of doors that are not there yet,
// every key is taken, and the list follows what was opened.
func TestTheScreenIsThereBeforeTheCluster(t *testing.T) {
	t.Parallel()
	s := data.NewStore(func() time.Time { return start })
	c := oomKilled("api-1", time.Minute)
	s.Put(data.Pod{Key: c.PodKey(), Containers: []data.Container{c}})
	s.SetHealth("", data.Live, "")
	stopped := 0
	app, err := New(t.Context(), openingOptions(func(context.Context) (Opened, error) {
		return Opened{Place: Place{Source: s, Cluster: &fakeCluster{}, Where: data.Cluster{Context: "prod", Server: "https://prod", ReadOnly: true}, Stop: func() { stopped++ }}}, nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	_ = app.Init()
	app.width, app.height = 100, 30
	for _, k := range []string{"n", "esc", "c", "esc", "p", "esc", "H", "esc", "f", "enter", "d", "a", "?", "?", "tab", "tab", "tab", "shift+tab", ":", "esc", "1"} {
		_, _ = app.Update(keyPress(k))
	}
	if text := app.View().Content; !strings.Contains(text, "connecting") || strings.Contains(text, "no metrics") {
		t.Errorf("while it is opened the screen has to say so, and nothing of metrics:\n%s", text)
	}
	_, _ = app.Update(app.openFirst()())
	if app.opening() || !app.opt.ReadOnly || app.opt.Where.Server != "https://prod" {
		t.Errorf("after the answer: opening %v, read-only %v, where %v", app.opening(), app.opt.ReadOnly, app.opt.Where)
	}
	_, _ = app.Update(app.makeBoard()())
	if text := app.View().Content; !strings.Contains(text, "live") || !strings.Contains(text, "api") {
		t.Errorf("the list of what was opened is not shown:\n%s", text)
	}
	app.stopWatch()
	if stopped != 1 {
		t.Errorf("what was opened was stopped %d times, want once", stopped)
	}
}

// TestAPlaceThatCannotBeOpenedEndsTheProgram returns the reason as it is, so that the exit code can follow from it.
func TestAPlaceThatCannotBeOpenedEndsTheProgram(t *testing.T) {
	t.Parallel()
	why := errors.New("the API server can't be reached")
	o := openingOptions(func(context.Context) (Opened, error) { return Opened{}, why })
	in, keep := io.Pipe() // a terminal on which nobody presses a key
	defer keep.Close()    //nolint:errcheck // a pipe
	o.In, o.Out = in, &bytes.Buffer{}
	if err := Run(t.Context(), o); !errors.Is(err, why) {
		t.Errorf("Run returned %v, want %v", err, why)
	}
}
