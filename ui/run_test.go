package ui

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// panicking is a Prometheus whose client has a fault of the worst kind.
type panicking struct{ fakeMetrics }

func (panicking) Probe(context.Context) views.Metrics { panic("a fault inside") }

// recorder keeps what is written to the terminal.
type recorder struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (r *recorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buf.Write(p)
}

func (r *recorder) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buf.String()
}

// runOptions are options for a terminal that says nothing and takes everything.
func runOptions(t *testing.T, m Metrics, out io.Writer) Options {
	t.Helper()
	in, keys := io.Pipe()
	t.Cleanup(func() { _ = keys.Close() })
	return Options{
		Source: data.NewStore(time.Now), Cluster: &fakeCluster{}, Metrics: m, Where: data.Cluster{Context: "prod"},
		Since: time.Hour, Theme: "dark", Price: analysis.DefaultPrice, Now: time.Now, Zone: time.UTC, In: in, Out: out,
	}
}

// The sequences that take and give back the terminal's second screen.
const (
	takeScreen = "\x1b[?1049h"
	giveScreen = "\x1b[?1049l"
)

func TestAPanicGivesTheTerminalBack(t *testing.T) {
	t.Parallel()
	out := &recorder{}
	err := Run(t.Context(), runOptions(t, &panicking{}, out))
	if err == nil || !strings.Contains(err.Error(), "gave the terminal back") {
		t.Errorf("error %v", err)
	}
	s := out.String()
	if strings.Contains(s, takeScreen) && strings.LastIndex(s, giveScreen) < strings.LastIndex(s, takeScreen) {
		t.Errorf("the second screen is still taken: %q", s)
	}
}

func TestTheEndOfTheContextEndsTheProgram(t *testing.T) {
	t.Parallel()
	out := &recorder{}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Run(ctx, runOptions(t, &fakeMetrics{}, out)) }()
	deadline := time.Now().Add(20 * time.Second)
	for !strings.Contains(out.String(), takeScreen) {
		if time.Now().After(deadline) {
			t.Fatal("the screen was never taken")
		}
		time.Sleep(5 * time.Millisecond)
	}
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("error %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the program goes on after its context ended")
	}
	if s := out.String(); strings.LastIndex(s, giveScreen) < strings.LastIndex(s, takeScreen) {
		t.Error("the second screen is still taken")
	}
}

func TestAnUnknownThemeIsRefused(t *testing.T) {
	t.Parallel()
	o := runOptions(t, nil, io.Discard)
	o.Theme = "neon"
	if err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "neon") {
		t.Errorf("error %v", err)
	}
}
