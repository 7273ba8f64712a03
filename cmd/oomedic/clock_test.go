package main

import (
	"testing"
	"time"
)

// TestTheClockGoes keeps the clock that stands still out of ordinary builds.
func TestTheClockGoes(t *testing.T) {
	t.Parallel()
	before := time.Now()
	if now := clock(); now.Before(before) || now.Sub(before) > time.Minute {
		t.Errorf("it is %v, and the clock says %v", before, now)
	}
}
