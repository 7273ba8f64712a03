//go:build e2e

package terminal

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// setsColour is a sequence that sets a colour; 39 and 49 put the terminal's own back.
var setsColour = regexp.MustCompile(`\x1b\[([0-9;]*;)?(3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]`)

// inTerm starts the sandbox as if on a terminal of a kind, with more variables set.
func inTerm(t *testing.T, term string, more ...string) *session {
	t.Helper()
	args := append([]string{"-u", "TMUX", "-u", "COLORTERM", "TERM=" + term}, more...)
	return startBy(t, "env", 80, 24, append(args, program(t), "demo")...)
}

// TestKindsOfTerminals starts on terminals that can do more and less: each shows whole frames, takes keys and is given
// back. What a terminal can't show is not sent to it.
func TestKindsOfTerminals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, term string
		more       []string
		colourless bool
	}{
		{name: "screen", term: "screen"},
		{name: "screen of 256 colours", term: "screen-256color"},
		{name: "the console of Linux", term: "linux"},
		{name: "xterm", term: "xterm"},
		{name: "no colours wanted", term: "xterm-256color", more: []string{"NO_COLOR=1"}, colourless: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := inTerm(t, c.term, c.more...)
			s.wait(`[/ ]database `)
			s.wait(`metrics \S`)
			s.settled("list")
			coloured := s.must("capture-pane", "-e", "-p")
			if has := setsColour.MatchString(coloured); has == c.colourless {
				t.Errorf("colours: %v", has)
			}
			s.keys("Enter")
			s.keys("d")
			s.wait(`Step 1 of 5`)
			s.settled("diagnosis")
			s.resize(100, 30)
			s.settled("diagnosis at 100x30")
			s.keys("q")
			s.restored(0)
		})
	}
}

// TestADumbTerminalGetsTheReport starts where no cursor can be moved: the findings are printed, without an escape
// sequence, and the program ends.
func TestADumbTerminalGetsTheReport(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(program(t), "demo")
	cmd.Env = append(environment(t), "TERM=dumb")
	s := startOn(t, cmd)
	if code := s.end(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
	out := string(s.written())
	if !strings.Contains(out, "statefulset/database") || !strings.Contains(out, "Not OOM") {
		t.Errorf("no report: %q", out)
	}
	if i := strings.IndexByte(out, 0x1b); i >= 0 {
		t.Errorf("an escape sequence: %q", out[i:min(len(out), i+20)])
	}
}

// TestInsideGNUScreen starts the sandbox in GNU screen, on a terminal that answers nothing.
func TestInsideGNUScreen(t *testing.T) {
	t.Parallel()
	screen, err := exec.LookPath("screen")
	if err != nil {
		t.Skip("GNU screen is not installed")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(screen, "-c", "/dev/null", "-U", program(t), "demo", "--theme", "mono")
	cmd.Env = append(environment(t), "SCREENDIR="+dir)
	s := startOn(t, cmd)
	s.wait(t, "database")
	if _, err := io.WriteString(s.tty, "?"); err != nil {
		t.Fatal(err)
	}
	s.wait(t, "Everywhere")
	if _, err := io.WriteString(s.tty, "\x03"); err != nil {
		t.Fatal(err)
	}
	if code := s.end(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if !bytes.Contains(s.written(), []byte("screen is terminating")) {
		t.Errorf("screen did not end by itself: %q", ansi.Strip(string(s.written())))
	}
	if modes := leftOn(s.written()); len(modes) != 0 {
		t.Errorf("modes left switched: %q", modes)
	}
}
