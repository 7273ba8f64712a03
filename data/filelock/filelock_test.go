//go:build unix

package filelock

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// open opens the file of a test once more, as another program would.
func open(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|NoFollow, 0o600) //nolint:gosec // a file of this test
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestOneTakesTheLockAndTheNextWaits(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	first, second := open(t, path), open(t, path)
	if err := Take(first, 0); err != nil {
		t.Fatal(err)
	}
	if err := Take(second, 20*time.Millisecond); err == nil || err.Error() != "another oomedic holds its lock" {
		t.Errorf("the lock was taken twice: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Take(second, time.Minute); err != nil {
		t.Errorf("the lock was not given back: %v", err)
	}
}

func TestNoFollowRefusesLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	if err := os.Symlink(filepath.Join(dir, "elsewhere"), link); err != nil {
		t.Fatal(err)
	}
	if f, err := os.OpenFile(link, os.O_CREATE|os.O_RDWR|NoFollow, 0o600); err == nil { //nolint:gosec // a file of this test
		_ = f.Close()
		t.Error("a link was followed")
	}
}
