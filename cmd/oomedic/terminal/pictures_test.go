//go:build e2e && docs

package terminal

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// fixedProgram builds the program with a clock that stands still.
func fixedProgram(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(scratch, "oomedic-fixed")
	if out, err := exec.Command("go", "build", "-tags", "fixedclock", "-o", bin, "github.com/oomedic/oomedic/cmd/oomedic").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}

// TestPictures draws the pictures of the documentation from the sandbox's own screens. With PICTURES=write they are
// written; otherwise those that are there must be the same.
func TestPictures(t *testing.T) {
	const width, height = 120, 34
	// Inside tmux, programs take it that there are 256 colours; the picture is to have the theme's own.
	s := startBy(t, "env", width, height, "-u", "TMUX", "TERM=xterm-256color", fixedProgram(t), "demo", "--theme", "dark")
	save := func(name string) {
		rows := strings.Split(strings.TrimSuffix(s.must("capture-pane", "-e", "-p"), "\n"), "\n")
		if len(rows) != height {
			t.Fatalf("%s: %d rows, want %d", name, len(rows), height)
		}
		path := filepath.Join("../../../docs", name+".svg")
		drawn := picture(rows, width)
		if os.Getenv("PICTURES") == "write" {
			if err := os.WriteFile(path, []byte(drawn), 0o644); err != nil {
				t.Fatal(err)
			}
			t.Logf("wrote %s", path)
			return
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != drawn {
			t.Errorf("%s is not what the program shows (%v): run make pictures, and look", path, err)
		}
	}
	s.wait(`metrics ✓`)
	s.wait(`known for \d+d`)
	s.wait(`database .*[▁▂▃▄▅▆▇█]`)
	s.still()
	save("kills")
	s.keys(":")
	s.wait(`› Go to`)
	s.text("data")
	s.wait(`▍ case +data/`)
	s.still()
	save("palette")
	s.keys("Escape") // two in one go would be another key
	s.wait(`:_`)
	s.keys("Escape")
	s.gone(`› Go to`)
	s.keys("/")
	s.text("database")
	s.keys("Enter")
	s.until("the database alone", func(screen string) bool { return !strings.Contains(screen, "api-server") })
	s.keys("Enter")
	s.wait(`512Mi┤`)
	s.still()
	save("case")
	s.keys("d")
	s.wait(`Step 1 of 5`)
	s.keys("4")
	s.wait(`limit too low`)
	s.keys("5")
	s.wait(`Limit 768Mi, request 512Mi`)
	s.still()
	save("diagnosis")
	s.keys("Enter")
	s.wait(`Apply this to the cluster\?`)
	s.still()
	save("fix")
	s.keys("q")
	s.restored(0)
}

// still waits until nothing has changed on the screen for a number of looks.
func (s *session) still() {
	s.t.Helper()
	last, same := "", 0
	s.until("a screen at rest", func(screen string) bool {
		if screen == last {
			same++
		} else {
			last, same = screen, 0
		}
		return same >= 40 && !strings.Contains(screen, "◐")
	})
}
