//go:build unix

package main

import (
	"path/filepath"
	"testing"
	"time"
)

func TestTheLockIsHeldUntilGivenBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := lock(path)
	if err != nil {
		t.Fatal(err)
	}
	second := make(chan error, 1)
	go func() {
		release, err := lock(path)
		if err == nil {
			release()
		}
		second <- err
	}()
	select {
	case err := <-second:
		t.Fatalf("the lock was had twice (error %v)", err)
	case <-time.After(100 * time.Millisecond): // as good as never: without a lock it takes microseconds
	}
	unlock()
	if err := <-second; err != nil {
		t.Errorf("the lock could not be taken after it was given back: %v", err)
	}
}
