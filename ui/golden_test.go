package ui

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

var update = flag.Bool("update", false, "rewrite the golden frames")

// TestFramesInFullColour compares whole frames, with every escape sequence, in themes of each kind.
func TestFramesInFullColour(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, theme   string
		ascii         bool
		width, height int
		keys          []string
	}{
		{"list-dark", "dark", false, 80, 24, nil},
		{"list-light", "light", false, 80, 24, nil},
		{"list-high-contrast", "high-contrast", false, 80, 24, nil},
		{"list-ansi", "ansi", false, 80, 24, nil},
		{"list-filtered-nord", "nord", false, 100, 24, []string{"/", "d", "a", "t", "a"}},
		{"list-plain-dark", "dark", true, 80, 24, nil},
		{"palette-gruvbox", "gruvbox", false, 80, 24, []string{":", "d", "a"}},
		{"themes-deutan", "deutan", false, 80, 24, []string{"T"}},
		{"small-dark", "dark", false, 40, 12, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := drive(t, func(o *Options) { o.Theme, o.ASCII = c.theme, c.ascii }, oomKilled("database-0", 3*time.Minute), oomKilled("database-1", 2*time.Hour))
			d.send(tea.WindowSizeMsg{Width: c.width, Height: c.height})
			d.press(c.keys...)
			got := strings.ReplaceAll(d.app.View().Content, "\x1b", "^[") + "\n"
			path := filepath.Join("testdata", "frames", c.name+".golden")
			if *update {
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(path)
			if err != nil || string(want) != got {
				t.Errorf("%s differs (%v); look, then: go test ./ui -run FullColour -update\n%s", path, err, d.screen())
			}
		})
	}
}

// TestPlainFramesAreASCII holds whole frames to ASCII where that was asked for.
func TestPlainFramesAreASCII(t *testing.T) {
	t.Parallel()
	for _, keys := range [][]string{nil, {"enter"}, {"d"}, {"f"}, {":"}, {"T"}, {"M"}, {"?"}} {
		d := drive(t, func(o *Options) { o.Theme, o.ASCII = "dark", true }, oomKilled("database-0", 3*time.Minute))
		d.press(keys...)
		for _, r := range d.screen() {
			if r > 0x7e {
				t.Errorf("%v: %q is not ASCII in\n%s", keys, r, d.screen())
				break
			}
		}
	}
}
