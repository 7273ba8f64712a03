//go:build e2e

package terminal

import (
	"testing"
	"time"
)

// TestTheFirstScreenComesAtOnce measures from the start to the first row of the list, on a terminal that answers none
// of the questions that it is asked.
func TestTheFirstScreenComesAtOnce(t *testing.T) {
	const (
		limit = 2 * time.Second
		tries = 5 // a machine that is busy with something else gets more than one chance
	)
	program(t) // building it is no part of the time
	var best time.Duration
	for range tries {
		start := time.Now()
		s := startSilent(t, "demo")
		s.wait(t, "database")
		took := time.Since(start)
		if best == 0 || took < best {
			best = took
		}
		if best < limit {
			break
		}
	}
	t.Logf("the first row after %s", best.Round(10*time.Millisecond))
	if best >= limit {
		t.Errorf("the first row comes after %s at best, want under %s", best, limit)
	}
}
