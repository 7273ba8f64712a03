package ui

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// splitting are metrics that can say what memory is made of.
type splitting struct {
	*fakeMetrics
	err   error
	asked int
}

func (s *splitting) Parts(_ context.Context, c *data.Container, w data.Window) (*data.Parts, error) {
	s.asked++
	if s.err != nil {
		return nil, s.err
	}
	return &data.Parts{Key: c.Key, Window: w}, nil
}

func TestPartsAreReadWhenAskedFor(t *testing.T) {
	t.Parallel()
	m := &splitting{fakeMetrics: &fakeMetrics{}}
	c := oomKilled("api-1", time.Hour)
	d := drive(t, func(o *Options) { o.Metrics = m }, c)
	d.run(d.app.do(views.OpenCase{Key: c.Key}))
	if m.asked != 0 || d.app.state.Parts != nil {
		t.Fatalf("asked %d times before anybody wanted to know", m.asked)
	}
	k := views.ChartKey{Key: c.Key, Window: data.Day}
	ask := func() *views.Loaded[data.Parts] {
		d.run(d.app.do(views.LoadParts{Key: k.Key, Window: k.Window}))
		return d.app.state.Parts[k]
	}
	if l := ask(); m.asked != 1 || l == nil || l.Value == nil || l.Loading || l.Problem != "" {
		t.Fatalf("asked %d times: %+v", m.asked, l)
	}
	m.err = errors.New("503")
	if l := ask(); l.Value == nil || l.Problem != "503" || l.Loading {
		t.Errorf("after a failure: %+v, want the old value and the problem", l)
	}
}

func TestPartsOfASourceThatCannotSay(t *testing.T) {
	t.Parallel()
	c := oomKilled("api-1", time.Hour)
	d := drive(t, nil, c)
	d.run(d.app.do(views.LoadParts{Key: c.Key, Window: data.Day}))
	if l := d.app.state.Parts[views.ChartKey{Key: c.Key, Window: data.Day}]; l == nil || l.Loading || l.Problem == "" {
		t.Errorf("%+v, want the reason", l)
	}
}

func TestFixWithChosenNumbers(t *testing.T) {
	t.Parallel()
	c := oomKilled("api-1", time.Hour)
	d := drive(t, nil, c)
	d.run(d.app.do(views.LoadDiagnosis{Key: c.Key}))
	if len(d.app.stack) != 1 || d.app.state.Diagnoses[c.Key] == nil {
		t.Fatalf("%d screens, diagnosis %v: it is to be made without leaving the list", len(d.app.stack), d.app.state.Diagnoses[c.Key])
	}
	limit, request := 896*data.Mi, 320*data.Mi
	d.run(d.app.do(views.FixWith{Key: c.Key, Limit: &limit, Request: &request}))
	f := d.app.state.Fix
	if f == nil || f.Change.Limit == nil || *f.Change.Limit != limit || *f.Change.Request != request {
		t.Errorf("%+v, want a change to the numbers that were chosen", f)
	}
}
