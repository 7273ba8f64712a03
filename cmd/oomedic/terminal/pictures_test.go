//go:build e2e && docs

package terminal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPictures writes the pictures of the documentation, from the sandbox's own screens.
func TestPictures(t *testing.T) {
	const width, height = 120, 34
	// Inside tmux, programs take it that there are 256 colours; the picture is to have the theme's own.
	s := startBy(t, "env", width, height, "-u", "TMUX", "TERM=xterm-256color", program(t), "demo")
	save := func(name string) {
		rows := strings.Split(strings.TrimSuffix(s.must("capture-pane", "-e", "-p"), "\n"), "\n")
		if len(rows) != height {
			t.Fatalf("%s: %d rows, want %d", name, len(rows), height)
		}
		path := filepath.Join("../../../docs", name+".svg")
		if err := os.WriteFile(path, []byte(picture(rows, width)), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Logf("wrote %s", path)
	}
	s.wait(`metrics ✓`)
	s.wait(`(?m)^.{1,5} \d+s +shop .* api .*[▁▂▃▄▅▆▇█]`)
	save("kills")
	s.keys("/")
	s.text("database")
	s.keys("Enter")
	s.until("the database alone", func(screen string) bool { return !strings.Contains(screen, "api-server") })
	s.keys("Enter")
	s.wait(`512Mi┤`)
	save("case")
	s.keys("d")
	s.wait(`Step 1 of 5`)
	s.keys("4")
	s.wait(`limit too low`)
	s.keys("5")
	s.wait(`Limit 768Mi, request 512Mi`)
	save("diagnosis")
	s.keys("Enter")
	s.wait(`Apply this to the cluster\?`)
	save("fix")
	s.keys("q")
	s.restored(0)
}
