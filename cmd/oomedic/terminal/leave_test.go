//go:build e2e

package terminal

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// privateMode is what switches modes of a terminal on (h) and off (l), such as the alternate screen and the mouse.
var privateMode = regexp.MustCompile(`\x1b\[\?([0-9;]+)([hl])`)

// showCursor is the one private mode that is on in a terminal at rest.
const showCursor = "25"

// leftOn returns the modes that output switched and did not switch back.
func leftOn(output []byte) (modes []string) {
	on := map[string]bool{showCursor: true}
	for _, m := range privateMode.FindAllSubmatch(output, -1) {
		for mode := range strings.SplitSeq(string(m[1]), ";") {
			on[mode] = m[2][0] == 'h'
		}
	}
	for mode, is := range on {
		if is != (mode == showCursor) {
			modes = append(modes, mode)
		}
	}
	return modes
}

func TestLeftOn(t *testing.T) {
	for output, want := range map[string]int{
		"":                            0,
		"\x1b[?1049h\x1b[?1049l":      0,
		"\x1b[?1049h":                 1,
		"\x1b[?25l":                   1,
		"\x1b[?25l\x1b[?25h":          0,
		"\x1b[?1002;1006h\x1b[?1002l": 1,
	} {
		if got := leftOn([]byte(output)); len(got) != want {
			t.Errorf("%q: left on %q, want %d modes", output, got, want)
		}
	}
}

// silent is a program on a pseudo-terminal that answers nothing it is asked.
type silent struct {
	cmd  *exec.Cmd
	tty  *os.File
	done chan struct{}
	mu   sync.Mutex
	out  bytes.Buffer
}

func startSilent(t *testing.T, args ...string) *silent {
	t.Helper()
	cmd := exec.Command(program(t), args...)
	cmd.Env = environment(t)
	return startOn(t, cmd)
}

// startOn starts a command on a pseudo-terminal that answers nothing.
func startOn(t *testing.T, cmd *exec.Cmd) *silent {
	t.Helper()
	s := &silent{cmd: cmd, done: make(chan struct{})}
	var err error
	if s.tty, err = pty.StartWithSize(s.cmd, &pty.Winsize{Rows: 40, Cols: 120}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.cmd.Process.Kill(); _ = s.tty.Close(); <-s.done })
	go func() {
		defer close(s.done)
		buf := make([]byte, 64<<10)
		for {
			n, err := s.tty.Read(buf)
			s.mu.Lock()
			s.out.Write(buf[:n])
			s.mu.Unlock()
			if err != nil {
				return // EIO on Linux, io.EOF elsewhere: the program has gone
			}
		}
	}()
	return s
}

// written is every byte so far.
func (s *silent) written() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.out.Bytes())
}

// wait returns how long it took from now until text was written.
func (s *silent) wait(t *testing.T, text string) time.Duration {
	t.Helper()
	start := time.Now()
	for ; !bytes.Contains(s.written(), []byte(text)); time.Sleep(poll) {
		if time.Since(start) > patience {
			t.Fatalf("%q was not written within %s; there is %q", text, patience, s.written())
		}
	}
	return time.Since(start)
}

// end waits for the program's end and returns its exit code.
func (s *silent) end(t *testing.T) int {
	t.Helper()
	select {
	case <-s.done:
	case <-time.After(patience):
		t.Fatalf("still there after %s", patience)
	}
	var exit *exec.ExitError
	if err := s.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return s.cmd.ProcessState.ExitCode()
}

// TestEveryWayOutGivesTheTerminalBack looks at the bytes: whatever was switched on must have been switched off.
func TestEveryWayOutGivesTheTerminalBack(t *testing.T) {
	for name, leave := range map[string]func(*silent) error{
		"q":       func(s *silent) error { _, err := io.WriteString(s.tty, "q"); return err },
		"ctrl+c":  func(s *silent) error { _, err := io.WriteString(s.tty, "\x03"); return err },
		"SIGTERM": func(s *silent) error { return s.cmd.Process.Signal(syscall.SIGTERM) },
		"SIGINT":  func(s *silent) error { return s.cmd.Process.Signal(syscall.SIGINT) },
		"SIGHUP":  func(s *silent) error { return s.cmd.Process.Signal(syscall.SIGHUP) },
	} {
		t.Run(name, func(t *testing.T) {
			s := startSilent(t, "demo")
			s.wait(t, "OOMKilled")
			if err := leave(s); err != nil {
				t.Fatal(err)
			}
			code := s.end(t)
			if code < 0 {
				t.Errorf("killed by the signal instead of leaving")
			}
			if !bytes.Contains(s.written(), []byte("\x1b[?1049h")) {
				t.Error("the alternate screen was never taken: this test shows nothing")
			}
			if modes := leftOn(s.written()); len(modes) != 0 {
				t.Errorf("modes left switched: %q", modes)
			}
		})
	}
}
