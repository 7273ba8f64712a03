package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/oomedic/oomedic/ui"
)

// TestOpenBehind ends what was opened exactly when the screen is left, also when nobody took it, and makes an error of a panic.
func TestOpenBehind(t *testing.T) {
	t.Parallel()
	log := slog.New(slog.DiscardHandler)
	stopped := 0
	b := openBehind(t.Context(), func(context.Context) (ui.Opened, error) {
		return ui.Opened{Place: ui.Place{Stop: func() { stopped++ }}}, nil
	}, log)
	if o, err := b.wait(t.Context()); err != nil || o.Stop == nil || stopped != 0 {
		t.Errorf("opened %v, %v, stopped %d times before the end", o, err, stopped)
	}
	if b.end(); stopped != 1 {
		t.Errorf("stopped %d times at the end, want once", stopped)
	}

	b = openBehind(t.Context(), func(ctx context.Context) (ui.Opened, error) {
		<-ctx.Done() // a server that does not answer
		return ui.Opened{}, ctx.Err()
	}, log)
	left, leave := context.WithCancel(t.Context())
	leave()
	if _, err := b.wait(left); !errors.Is(err, context.Canceled) {
		t.Errorf("a wait that is given up returned %v", err)
	}
	b.end() // comes back

	b = openBehind(t.Context(), func(context.Context) (ui.Opened, error) { panic("a fault") }, log)
	if _, err := b.wait(t.Context()); err == nil || !strings.Contains(err.Error(), "a fault") {
		t.Errorf("a panic became %v", err)
	}
	b.end()
}
