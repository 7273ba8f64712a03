//go:build unix

package journal

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/oomedic/oomedic/data"
)

// The child process of TestKilledWithinAWrite is told by these what to do.
const (
	dieAt   = "OOMEDIC_TEST_DIE_AT"
	dieFile = "OOMEDIC_TEST_DIE_FILE"
)

// TestChildThatIsKilled is the child: it writes an entry and dies, as by kill -9, at the part that it was told.
func TestChildThatIsKilled(t *testing.T) {
	at := os.Getenv(dieAt)
	if at == "" {
		t.Skip("runs as a child of TestKilledWithinAWrite")
	}
	j := New(os.Getenv(dieFile), nil)
	j.step = func(name string) {
		if name == at {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	e, err := j.Begin(full())
	if err != nil {
		t.Fatal(err)
	}
	e.State = data.JournalApplied
	if err := j.Write(e); err != nil {
		t.Fatal(err)
	}
}

// TestKilledWithinAWrite kills a writer at each part of a write: the file stays readable, says how far the writer came,
// and takes the next entry, whose lock the dead one does not hold.
func TestKilledWithinAWrite(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]data.JournalState{
		"before intent": "", "written intent": data.JournalIntent, "after intent": data.JournalIntent,
		"before applied": data.JournalIntent, "written applied": data.JournalApplied, "after applied": data.JournalApplied,
	} {
		j := New(filepath.Join(t.TempDir(), "changes.jsonl"), nil)
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChildThatIsKilled$") //nolint:gosec // this very test
		cmd.Env = append(os.Environ(), dieAt+"="+at, dieFile+"="+j.Path())
		var ended *exec.ExitError
		if out, err := cmd.CombinedOutput(); !errors.As(err, &ended) || ended.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("%s: %v\n%s", at, err, out)
		}
		all, skipped, err := j.Entries()
		if err != nil || skipped != 0 || (want == "") != (len(all) == 0) || len(all) > 0 && all[0].State != want {
			t.Errorf("%s: %+v, %d skipped, %v, want %q", at, all, skipped, err, want)
		}
		left, err := j.Unfinished()
		if err != nil || (len(left) == 1) != (want == data.JournalIntent) {
			t.Errorf("%s: unfinished %+v, %v", at, left, err)
		}
		if _, err := j.Begin(full()); err != nil {
			t.Errorf("%s: the next entry: %v", at, err)
		}
	}
}
