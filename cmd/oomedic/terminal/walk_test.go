//go:build e2e

package terminal

import (
	"fmt"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// sizes are the terminals that every screen has to be whole in.
var sizes = []struct{ width, height int }{{80, 24}, {120, 40}, {200, 50}}

// atEachSize runs the test in all sizes.
func atEachSize(t *testing.T, test func(t *testing.T, width, height int)) {
	for _, z := range sizes {
		t.Run(fmt.Sprintf("%dx%d", z.width, z.height), func(t *testing.T) {
			t.Parallel()
			test(t, z.width, z.height)
		})
	}
}

// sandbox opens the sandbox with the cursor on the database, the only row that is left by a filter.
func sandbox(t *testing.T, width, height int, args ...string) *session {
	t.Helper()
	s := start(t, width, height, append([]string{"demo"}, args...)...)
	s.wait(`metrics ✓`)
	s.wait(`data +(\S+/)?database `)
	s.whole("list")
	s.keys("/")
	s.text("database")
	s.keys("Enter")
	s.until("the database alone", func(screen string) bool {
		return regexp.MustCompile(`[/ ]database `).MatchString(screen) && !strings.Contains(screen, "api-server") && strings.Contains(screen, "1 of ")
	})
	return s
}

// TestFromTheListToARaisedLimit goes the whole way by keys alone: list, case, five steps, diff, yes, the limit that the
// API server has then, and back again through the other diff.
func TestFromTheListToARaisedLimit(t *testing.T) {
	t.Parallel()
	atEachSize(t, func(t *testing.T, width, height int) {
		s := sandbox(t, width, height)
		s.keys("Enter")
		s.wait(`› database-0/postgres`)
		s.wait(`limit 512Mi`)
		s.wait(`\[24h\]`)
		s.whole("case")
		s.keys("d")
		for step, says := range []string{`Yes, \d+% sure`, `Limit 512Mi, request 256Mi`, `p99 510Mi`, `limit too low`, `Limit 768Mi, request 512Mi`} {
			s.wait(fmt.Sprintf(`Step %d of 5`, step+1))
			s.wait(says)
			s.whole(fmt.Sprintf("step %d", step+1))
			s.keys("Enter")
		}
		shows := func(name, screen string, lines ...string) {
			for _, line := range append(lines, `kubectl set resources statefulset/database`) {
				if !regexp.MustCompile(line).MatchString(screen) {
					t.Errorf("%s does not show %s", name, line)
				}
			}
			s.whole(name)
		}
		shows("the diff", s.readOn(`Apply this to the cluster\?`), `(?m)^ - +memory: 512Mi`, `(?m)^ \+ +memory: 768Mi`)
		s.keys("y")
		s.wait(`Stored at .*limit 768Mi, request 512Mi`)
		s.wait(`Rolled out: 1 of 1`)
		s.wait(`No kill for \d+`)
		s.whole("after the fix")
		s.keys("u")
		shows("the diff of undo", s.readOn(`Put the former values back\?`), `(?m)^ - +memory: 768Mi`, `(?m)^ \+ +memory: 512Mi`, `the former value`)
		s.keys("y")
		s.wait(`Stored at .*limit 512Mi, request 256Mi`)
		s.wait(`Rolled out: 1 of 1`)
		s.whole("after the undo")
		s.keys("H")
		s.wait(`applied +768Mi . 512Mi`)
		s.wait(`undone +512Mi . 768Mi`)
		s.whole("changes made")
		s.keys("Escape")
		s.wait(`Undo +statefulset/database`)
		s.keys("Escape")
		s.wait(`Step 5 of 5`)
		s.keys("Escape")
		s.gone(`Step 5 of 5`)
		s.keys("Escape")
		s.gone(`›`)
		s.keys("Enter")
		s.wait(`limit 512Mi`)
		s.keys("q")
		s.restored(0)
	})
}

// readOn reads a diff to its end, as the dialog asks for, and returns the screen with the question in it.
func (s *session) readOn(question string) string {
	s.t.Helper()
	screen := s.wait(question + `|The diff goes on below`)
	if strings.Contains(screen, "The diff goes on below") {
		s.keys("y")
	}
	return s.wait(question)
}

// TestReadOnlyAppliesNothing goes as far as yes, which does nothing then.
func TestReadOnlyAppliesNothing(t *testing.T) {
	t.Parallel()
	s := sandbox(t, 100, 30, "--read-only")
	s.keys("f")
	s.wait(`\+ +memory: 768Mi`)
	s.keys("y")
	s.wait(`Read-only: nothing is applied`)
	s.keys("q")
	s.restored(0)
}

// TestNoAppliesNothing leaves the dialog by n; the next look at the diff starts from the same numbers.
func TestNoAppliesNothing(t *testing.T) {
	t.Parallel()
	s := sandbox(t, 100, 30)
	for range 2 {
		s.keys("f")
		s.wait(`- +memory: 512Mi`)
		s.wait(`Apply this to the cluster\?`)
		s.keys("n")
		s.gone(`› Fix`)
	}
	s.keys("C-c")
	s.restored(0)
}

// TestAKillHappensWhileOneWatches waits for a row that is seconds old.
func TestAKillHappensWhileOneWatches(t *testing.T) {
	t.Parallel()
	s := start(t, 120, 40, "demo")
	s.wait(`metrics ✓`)
	s.wait(`(?m)^.{1,5} \d+s +shop .* api `)
	s.keys("q")
	s.restored(0)
}

// TestHelpListsTheKeys opens and closes the help on the list and on a case.
func TestHelpListsTheKeys(t *testing.T) {
	t.Parallel()
	atEachSize(t, func(t *testing.T, width, height int) {
		s := sandbox(t, width, height)
		for _, where := range []string{"list", "case"} {
			s.keys("?")
			s.wait(`(?m)^ ?Keys`)
			s.wait(`Everywhere`)
			s.whole("help on the " + where)
			s.keys("Escape")
			s.gone(`Everywhere`)
			s.keys("Enter")
			s.wait(`› database-0/postgres`)
		}
	})
}

// TestTheSizeMayChange makes the terminal too small and large again.
func TestTheSizeMayChange(t *testing.T) {
	t.Parallel()
	s := sandbox(t, 120, 40)
	s.resize(30, 8)
	s.wait(`oomedic needs 40x12`)
	s.resize(200, 50)
	s.wait(`[/ ]database `)
	s.framed()
	s.whole("200x50")
	s.resize(80, 24)
	s.framed()
	s.whole("80x24")
	s.keys("q")
	s.restored(0)
}

// framed waits until the head line stands in the first row and the keys in the last one: right after a change of size
// the terminal still shows what it made of the former frame.
func (s *session) framed() {
	s.t.Helper()
	s.until("head line and keys", func(screen string) bool {
		rows := strings.Split(screen, "\n")
		return len(rows) == s.height && strings.HasPrefix(rows[0], " oomedic") && strings.Contains(rows[s.height-1], "quit")
	})
}

// TestSignalsGiveTheTerminalBack ends the program from outside, on the list and in the middle of typing.
func TestSignalsGiveTheTerminalBack(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			s := start(t, 80, 24, "demo")
			s.wait(`[/ ]database `)
			if s.format("#{alternate_on}") != "1" {
				t.Fatal("the alternate screen is not on: this test shows nothing")
			}
			s.keys("/")
			s.signal(sig)
			s.restored(0)
		})
	}
}
