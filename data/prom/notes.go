package prom

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/oomedic/oomedic/data"
)

// notes collect, from several goroutines, which questions were put and what could not be known.
type notes struct {
	mu      sync.Mutex
	gaps    []data.Gap
	queries []data.Query
	got     int   // questions that were answered
	err     error // the first failure
}

// took records an answered question and turns its warnings into gaps.
func (n *notes) took(a answer) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.got++
	n.queries = append(n.queries, a.query)
	for _, w := range a.query.Warnings {
		n.addGap("a complete answer from Prometheus", "it warned: "+w)
	}
}

// failed records that what could not be known because of err.
func (n *notes) failed(what data.Text, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.err == nil || troubleOf(n.err) == Canceled {
		n.err = err
	}
	n.addGap(what, data.Clean(err.Error()))
}

// gap records that what could not be known, and why.
func (n *notes) gap(what, why data.Text) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.addGap(what, why)
}

func (n *notes) addGap(what, why data.Text) {
	g := data.Gap{What: what, Why: why}
	if !slices.Contains(n.gaps, g) {
		n.gaps = append(n.gaps, g)
	}
}

// take returns gaps and queries in a fixed order. No goroutine may use n any more.
func (n *notes) take() ([]data.Gap, []data.Query) {
	slices.SortStableFunc(n.gaps, func(a, b data.Gap) int {
		return cmp.Or(strings.Compare(a.What.String(), b.What.String()), strings.Compare(a.Why.String(), b.Why.String()))
	})
	slices.SortStableFunc(n.queries, func(a, b data.Query) int {
		if c := strings.Compare(a.PromQL, b.PromQL); c != 0 {
			return c
		}
		return b.End.Compare(a.End)
	})
	return n.gaps, n.queries
}

// nothing returns the first failure when not one question was answered.
func (n *notes) nothing() error {
	if n.got > 0 {
		return nil
	}
	return n.err
}

// task is one part of an answer, named by what is lost when it fails.
type task struct {
	what data.Text
	run  func(context.Context) error
}

// runAll runs tasks side by side, in the order given as far as slots are free, and waits for all of them. A failure or
// panic of one becomes a gap and leaves the others alone; the end of ctx ends them all.
func (r *Reader) runAll(ctx context.Context, n *notes, tasks []task, done func()) {
	next := make(chan task)
	var wg sync.WaitGroup
	for range min(maxInFlight, len(tasks)) {
		wg.Go(func() {
			for t := range next {
				if err := t.safely(ctx); err != nil {
					n.failed(t.what, err)
				}
				if done != nil {
					done()
				}
			}
		})
	}
	for _, t := range tasks {
		next <- t
	}
	close(next)
	wg.Wait()
}

// safely runs t and turns a panic into an error.
func (t task) safely(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("reading an answer failed: %v", p)
		}
	}()
	if ctx.Err() != nil {
		return &Error{Trouble: Canceled, Text: "canceled", cause: ctx.Err()}
	}
	return t.run(ctx)
}
