//go:build e2e

package terminal

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long a screen may take to appear. It is not how long one takes: polling ends at once when it is there.
const patience = 90 * time.Second

// poll is the pause between two looks at the screen.
const poll = 20 * time.Millisecond

// tmuxConf keeps tmux out of the way: no status line, so that the pane has the whole size, and nobody's own settings.
const tmuxConf = `set -g status off
set -g default-terminal screen-256color
set -ga terminal-overrides ",*:Tc"
set -g remain-on-exit on
set -s escape-time 0
set -g assume-paste-time 0
`

// inner runs the program, tells how it ended and what it left of the terminal's settings, and stays.
const inner = `sh -c 'echo $$ >"$PID_FILE"; exec "$0" "$@"' "$0" "$@"; echo "left with $?"; stty -a | tr ';' ' '; exec cat`

// session is one program in one tmux server of its own.
type session struct {
	t             *testing.T
	socket        string
	folder        string // the folder that the program was started in
	pidFile       string
	width, height int
}

// start runs the program with args in a terminal of width × height cells.
func start(t *testing.T, width, height int, args ...string) *session {
	t.Helper()
	return startBy(t, program(t), width, height, args...)
}

// startBy runs any command in a terminal of width × height cells.
func startBy(t *testing.T, command string, width, height int, args ...string) *session {
	t.Helper()
	dir := t.TempDir()
	conf := filepath.Join(dir, "tmux.conf")
	if err := os.WriteFile(conf, []byte(tmuxConf), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &session{t: t, socket: filepath.Join(dir, "s"), folder: t.TempDir(), pidFile: filepath.Join(dir, "pid"), width: width, height: height}
	line := []string{"-u", "-f", conf, "-S", s.socket, "new-session", "-d", "-c", s.folder, "-x", strconv.Itoa(width), "-y", strconv.Itoa(height),
		"sh", "-c", inner, command}
	cmd := exec.Command("tmux", append(line, args...)...)
	cmd.Env = append(environment(t), "PID_FILE="+s.pidFile, "TMUX_TMPDIR="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("tmux: %v\n%s", err, out)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the screen at the end:\n%s", strings.Join(s.lines(), "\n"))
		}
		_, _ = s.tmux("kill-server")
	})
	return s
}

func (s *session) tmux(args ...string) (string, error) {
	out, err := exec.Command("tmux", append([]string{"-u", "-S", s.socket}, args...)...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("tmux %s: %w: %s", args[0], err, out)
	}
	return string(out), nil
}

func (s *session) must(args ...string) string {
	s.t.Helper()
	out, err := s.tmux(args...)
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// keys presses keys by their tmux names: "Enter", "Down", "d", "C-c".
func (s *session) keys(names ...string) {
	s.t.Helper()
	s.must(append([]string{"send-keys"}, names...)...)
}

// text types letters as they are.
func (s *session) text(letters string) {
	s.t.Helper()
	s.must("send-keys", "-l", letters)
}

// lines are the rows of the screen, without blanks at their ends.
func (s *session) lines() []string {
	out, err := s.tmux("capture-pane", "-p")
	if err != nil {
		return []string{err.Error()}
	}
	return strings.Split(strings.TrimSuffix(out, "\n"), "\n")
}

// until looks at the screen again and again until ok says yes.
func (s *session) until(what string, ok func(screen string) bool) string {
	s.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(poll) {
		screen := strings.Join(s.lines(), "\n")
		if ok(screen) {
			return screen
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("not on the screen within %s: %s", patience, what)
		}
	}
}

// wait returns the screen as soon as it matches pattern.
func (s *session) wait(pattern string) string {
	s.t.Helper()
	return s.until(pattern, regexp.MustCompile(pattern).MatchString)
}

// gone returns the screen as soon as it matches pattern no more.
func (s *session) gone(pattern string) string {
	s.t.Helper()
	re := regexp.MustCompile(pattern)
	return s.until("anything but "+pattern, func(screen string) bool { return !re.MatchString(screen) })
}

// format asks tmux for a value such as #{alternate_on}.
func (s *session) format(f string) string {
	s.t.Helper()
	return strings.TrimSpace(s.must("display-message", "-p", f))
}

// resize changes the size of the terminal.
func (s *session) resize(width, height int) {
	s.t.Helper()
	s.width, s.height = width, height
	s.must("resize-window", "-x", strconv.Itoa(width), "-y", strconv.Itoa(height))
}

// signal sends sig to the program itself.
func (s *session) signal(sig syscall.Signal) {
	s.t.Helper()
	text, err := os.ReadFile(s.pidFile)
	if err != nil {
		s.t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		s.t.Fatal(err)
	}
	if err := syscall.Kill(pid, sig); err != nil {
		s.t.Fatal(err)
	}
}

// whole checks that the screen is one whole frame: no row has wrapped into the next.
func (s *session) whole(name string) {
	s.t.Helper()
	rows := s.lines()
	if joined := strings.Count(s.must("capture-pane", "-p", "-J"), "\n"); joined != s.height {
		s.t.Errorf("%s: %d rows once wrapped ones are joined, want %d", name, joined, s.height)
	}
	if size := s.format("#{pane_width}x#{pane_height}"); size != fmt.Sprintf("%dx%d", s.width, s.height) {
		s.t.Errorf("%s: the pane is %s", name, size)
	}
	if first, last := rows[0], rows[len(rows)-1]; strings.TrimSpace(first) == "" || strings.TrimSpace(last) == "" {
		s.t.Errorf("%s: first row %q, last row %q: the frame does not fill the screen", name, first, last)
	}
}

// restored waits for the program's end with the given status, and checks that the terminal is as it was before.
func (s *session) restored(status int) {
	s.t.Helper()
	screen := s.wait(`left with \d+[\s\S]* echoke`)
	if want := fmt.Sprintf("left with %d", status); !strings.Contains(screen, want+"\n") {
		s.t.Errorf("want %q", want)
	}
	if got := s.format("alt #{alternate_on} cursor #{cursor_flag} mouse #{mouse_any_flag} keypad #{keypad_flag} app #{keypad_cursor_flag}"); got != "alt 0 cursor 1 mouse 0 keypad 0 app 0" {
		s.t.Errorf("the terminal is left as %q", got)
	}
	for _, mode := range []string{" icanon", " echo ", " isig", " opost", " icrnl"} {
		if !strings.Contains(strings.ReplaceAll(screen, "\n", " "), mode) {
			s.t.Errorf("the terminal is left without%s", mode)
		}
	}
}
