package ui

import (
	"context"
	"testing"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

func TestWhatTakesLongIsNamed(t *testing.T) {
	t.Parallel()
	d := drive(t, nil, oomKilled("database-0", 3*time.Minute))
	k, _ := d.app.top().(selecting).Selected()
	d.press("d")
	d.app.state.Diagnoses[k] = &views.Loaded[analysis.Diagnosis]{Loading: true}
	p := &historyProgress{}
	p.done.Store(3)
	p.total.Store(7)
	d.app.progress[k], d.app.began[k] = p, d.now
	d.app.now = d.now.Add(200 * time.Millisecond)
	d.seesNot("reading 30 days")
	d.app.now = d.now.Add(2400 * time.Millisecond)
	d.sees("reading 30 days of memory, 3 of 7, 2s · esc goes back")
	ended := false
	d.app.cancels[k] = func() { ended = true }
	d.press("esc")
	if !ended {
		t.Error("esc does not end the question")
	}
	d.seesNot("reading 30 days")
}

// slowSwitcher is a way that does not end before it is given up.
type slowSwitcher struct {
	fakeSwitcher
	ctx context.Context
}

func (f *slowSwitcher) Switch(ctx context.Context, _, _ data.Text) (Place, error) {
	f.ctx = ctx
	return Place{Stop: func() { f.stops++ }}, nil
}

func TestASwitchCanBeGivenUp(t *testing.T) {
	t.Parallel()
	sw := &slowSwitcher{}
	d := drive(t, func(o *Options) { o.Switcher = sw }, oomKilled("database-0", 3*time.Minute))
	cmd := d.app.picked(views.Pick{Of: pickContext, Name: "staging"})
	d.app.now = d.now.Add(time.Second)
	d.sees("switching to staging, 1s · esc stays here")
	answer := cmd() // comes too late
	d.press("esc")
	d.sees("Staying here: no longer switching to staging")
	if sw.ctx.Err() == nil {
		t.Error("the questions to the other cluster go on")
	}
	d.send(answer)
	if d.app.opt.Where.Context != "prod" || sw.stops != 1 {
		t.Errorf("shown is %s, the other place was stopped %d times", d.app.opt.Where.Context, sw.stops)
	}
}
