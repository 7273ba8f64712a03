package main

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/oomedic/oomedic/ui"
)

// behind is a place that is opened while the screen is there already.
type behind struct {
	cancel context.CancelFunc
	done   chan struct{} // closed when opened and err are valid
	opened ui.Opened
	err    error
}

// openBehind begins to open a place. A panic on the way is an error, so that the terminal comes back.
func openBehind(ctx context.Context, open func(context.Context) (ui.Opened, error), log *slog.Logger) *behind {
	ctx, cancel := context.WithCancel(ctx)
	b := &behind{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(b.done)
		defer func() {
			if p := recover(); p != nil {
				log.Error("opening the cluster panicked", "panic", p, "stack", string(debug.Stack()))
				b.err = fmt.Errorf("the program failed inside while it connected: %v", p)
			}
		}()
		b.opened, b.err = open(ctx)
	}()
	return b
}

// wait returns the place when it is open, or why it can't be opened.
func (b *behind) wait(ctx context.Context) (ui.Opened, error) {
	select {
	case <-b.done:
		return b.opened, b.err
	case <-ctx.Done():
		return ui.Opened{}, ctx.Err()
	}
}

// end gives the opening up, or ends what was opened, and returns when all of it has ended.
func (b *behind) end() {
	b.cancel()
	<-b.done
	if b.opened.Stop != nil {
		b.opened.Stop()
	}
}
