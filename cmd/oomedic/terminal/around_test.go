//go:build e2e

package terminal

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// settled waits until the screen is one whole frame: what was written last may still be on its way.
func (s *session) settled(name string) {
	s.t.Helper()
	s.until("a whole frame "+name, func(screen string) bool {
		rows := strings.Split(screen, "\n")
		return len(rows) == s.height && strings.HasPrefix(rows[0], " oomedic") && strings.TrimSpace(rows[len(rows)-1]) != "" &&
			strings.Count(s.must("capture-pane", "-p", "-J"), "\n") == s.height
	})
}

// TestThePaletteLeadsAround goes by the palette alone: to a case, an action, a theme, and out.
func TestThePaletteLeadsAround(t *testing.T) {
	t.Parallel()
	s := start(t, 100, 30, "demo")
	s.wait(`[/ ]database `)
	choose := func(letters, there string) {
		s.keys(":")
		s.wait(`› Go to`)
		s.text(letters)
		s.wait(`:` + letters + `_`)
		s.wait(there)
		s.whole("palette for " + letters)
		s.keys("Enter")
	}
	choose("data base", `▍ case +data/statefulset/database`)
	s.wait(`› database-0/postgres`)
	choose("diagnose", `▍ do +Diagnose`)
	s.wait(`Step 1 of 5`)
	choose("gruvbox", `▍ theme +gruvbox`)
	s.wait(`Theme: gruvbox`)
	choose("messages", `▍ do +Messages`)
	s.wait(`Theme: gruvbox[\s\S]*esc back`)
	choose("quit at", `▍ do +Quit at once`)
	s.restored(0)
}

// TestTheFilterMarksRows filters and looks for the mark in the row's colours.
func TestTheFilterMarksRows(t *testing.T) {
	t.Parallel()
	s := sandbox(t, 120, 40, "--theme", "mono")
	s.until("a row that sets the whole of database apart", func(string) bool {
		for line := range strings.SplitSeq(s.must("capture-pane", "-e", "-p"), "\n") {
			if strings.Contains(line, "postgres") {
				return regexp.MustCompile(`/\x1b\[[0-9;]*mdatabase\x1b`).MatchString(line)
			}
		}
		return false
	})
	s.keys("Escape")
	s.gone(`1 of `)
	s.wait(`/ filter`)
	s.keys("q")
	s.restored(0)
}

// TestThemesAreTriedOn goes through the themes, leaves by esc and comes back to the one before.
func TestThemesAreTriedOn(t *testing.T) {
	t.Parallel()
	s := start(t, 80, 24, "demo", "--theme", "mono")
	s.wait(`[/ ]database `)
	colourless := func(screen string) bool {
		return !strings.Contains(screen, "38;2;") && !strings.Contains(screen, "38;5;")
	}
	coloured := func() string { return s.must("capture-pane", "-e", "-p") }
	s.keys("T")
	s.wait(`▍ mono`)
	s.whole("themes")
	s.keys("k")
	s.wait(`▍ ansi`)
	s.keys("g")
	s.wait(`▍ dark`)
	s.until("colours", func(string) bool { return !colourless(coloured()) })
	s.keys("Escape")
	s.gone(`› Theme`)
	s.until("no colours", func(string) bool { return colourless(coloured()) })
	s.keys("q")
	s.restored(0)
}

// TestTheSizeChangesUnderADialog makes the terminal smaller and larger while a change is being decided on.
func TestTheSizeChangesUnderADialog(t *testing.T) {
	t.Parallel()
	s := sandbox(t, 120, 40, "--read-only")
	s.keys("f")
	s.wait(`\+ +memory: 768Mi`)
	for _, z := range []struct{ width, height int }{{80, 24}, {60, 15}, {30, 8}, {200, 50}, {40, 12}, {120, 40}} {
		s.resize(z.width, z.height)
		if z.width < 40 {
			s.wait(`oomedic needs 40x12`)
			continue
		}
		s.until("the dialog", func(screen string) bool {
			rows := strings.Split(screen, "\n")
			return len(rows) == z.height && strings.HasPrefix(rows[0], " oomedic") && strings.Contains(rows[0]+rows[1], "Fix")
		})
		s.settled(fmt.Sprintf("the dialog at %dx%d", z.width, z.height))
	}
	s.wait(`\+ +memory: 768Mi`)
	s.keys("q")
	s.restored(0)
}

// TestSuspendAndResume gives the terminal back for a while.
func TestSuspendAndResume(t *testing.T) {
	t.Parallel()
	s := start(t, 80, 24, "demo")
	s.wait(`[/ ]database `)
	s.keys("C-z")
	s.until("the first screen of the terminal", func(string) bool { return s.format("#{alternate_on}") == "0" })
	s.signal(syscall.SIGCONT)
	s.until("the second screen", func(string) bool { return s.format("#{alternate_on}") == "1" })
	s.wait(`[/ ]database `)
	s.keys("j")
	s.whole("after a break")
	s.keys("q")
	s.restored(0)
}

// TestASummaryStays leaves after a case, and looks at what is left on the terminal.
func TestASummaryStays(t *testing.T) {
	t.Parallel()
	s := sandbox(t, 100, 30)
	s.keys("Enter")
	s.wait(`› database-0/postgres`)
	s.keys("q")
	s.wait(`data/database-0 postgres: OOMKilled .* ago`)
	s.restored(0)
}

// TestTheMouseInATerminal clicks a row and the list's name in the head line.
func TestTheMouseInATerminal(t *testing.T) {
	t.Parallel()
	s := sandbox(t, 100, 30, "--mouse")
	row := 0
	for y, line := range s.lines() {
		if strings.Contains(line, "postgres") && row == 0 {
			row = y + 1
		}
	}
	click := func(x, y int) { s.text(fmt.Sprintf("\x1b[<0;%d;%dM\x1b[<0;%d;%dm", x, y, x, y)) }
	click(10, row)
	click(10, row)
	s.wait(`› database-0/postgres`)
	click(4, 1)
	s.gone(`›`)
	s.keys("q")
	s.restored(0)
}

// TestAThousandRandomKeys presses keys of all kinds and sizes of the terminal, and looks at every frame on the way.
func TestAThousandRandomKeys(t *testing.T) {
	t.Parallel()
	keys := []string{"Enter", "Escape", "Tab", "BTab", "Up", "Down", "Left", "Right", "BSpace", "PPage", "NPage", "Home", "End", "C-d", "C-u", "C-n", "C-p", "Space"}
	for r := '!'; r <= '~'; r++ {
		if r != ';' { // tmux takes it for the end of a command
			keys = append(keys, string(r))
		}
	}
	const total, together = 1000, 20
	s := start(t, 100, 30, "demo", "--read-only")
	s.wait(`[/ ]database `)
	r := rand.New(rand.NewPCG(7, 7)) //nolint:gosec // the same keys in every run
	for n := 0; n < total; n += together {
		var some []string
		for range together {
			k := keys[r.IntN(len(keys))]
			if k == "q" { // leaves where no text is typed
				k = "Q"
			}
			some = append(some, k)
		}
		s.keys(some...)
		if n%100 == 0 {
			s.resize(40+r.IntN(120), 12+r.IntN(40))
		}
		s.settled(fmt.Sprintf("after %d keys, of which the last are %q", n+together, some))
	}
	s.keys("Home") // escape and ctrl+c in one go would be another key
	s.settled("at the end")
	s.keys("C-c")
	s.restored(0)
}

// TestWrongSettingsEndWithTheirLine starts with a configuration file that can't be.
func TestWrongSettingsEndWithTheirLine(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte("ui:\n  keys:\n    list.sort: w\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, 160, 24, "demo", "--config", path)
	s.wait(`config\.yaml: line 3: ui\.keys\.list\.sort: w is the key of list\.by-workload-all`)
	s.restored(2)
}
