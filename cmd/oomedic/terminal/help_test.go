//go:build e2e

package terminal

import (
	"bytes"
	"errors"
	"io"
	"os/exec"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// onPTY runs the program on a pseudo-terminal that answers no query, until it ends, and returns every byte it wrote.
func onPTY(t *testing.T, args ...string) (output []byte, took time.Duration, err error) {
	t.Helper()
	cmd := exec.Command(program(t), args...)
	cmd.Env = environment(t)
	start := time.Now()
	f, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 120})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var b bytes.Buffer
	// Linux ends the reading with EIO when the other side is closed.
	if _, err := io.Copy(&b, f); err != nil && !errors.Is(err, syscall.EIO) {
		t.Fatal(err)
	}
	err = cmd.Wait()
	return b.Bytes(), time.Since(start), err
}

func TestHelpIsPlainAndQuick(t *testing.T) {
	const (
		limit  = 300 * time.Millisecond
		runs   = 9
		rounds = 4 // a machine that is busy with something else gets more than one chance
	)
	for _, args := range [][]string{{"--help"}, {"version"}, {"completion", "bash"}} {
		var median time.Duration
		for range rounds {
			var took []time.Duration
			for range runs {
				out, d, err := onPTY(t, args...)
				if err != nil {
					t.Fatalf("%v: %v\n%s", args, err, out)
				}
				if i := bytes.IndexByte(out, 0x1b); i >= 0 {
					t.Fatalf("%v: an escape sequence: %q", args, out[i:min(len(out), i+20)])
				}
				if len(out) == 0 {
					t.Fatalf("%v: printed nothing", args)
				}
				took = append(took, d)
			}
			slices.Sort(took)
			if median = took[runs/2]; median < limit {
				break
			}
		}
		t.Logf("%v: median of %d runs %s", args, runs, median.Round(time.Millisecond))
		if median >= limit {
			t.Errorf("%v takes %s, want under %s", args, median, limit)
		}
	}
}
