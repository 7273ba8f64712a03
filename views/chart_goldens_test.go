package views

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/themes"
)

// edgeSizes are the smallest and the largest size that the screens of charts and steps are compared at, beside goldenSizes.
var edgeSizes = []size{{"40x12", 40, 9}, {"200x60", 200, 57}}

func TestChartsAndStepsAtTheEdges(t *testing.T) {
	for _, sc := range screenCases {
		if !strings.HasPrefix(sc.name, "case/") && !strings.HasPrefix(sc.name, "diagnosis/") {
			continue
		}
		t.Run(sc.name, func(t *testing.T) {
			s := sc.make(t)
			for _, sz := range edgeSizes {
				golden(t, sc.name+"@"+sz.name, s.View(frameOf(t, "dark", sz.width, sz.height)))
			}
		})
	}
}

// colourGoldens are screens that are compared with their colours, by theme and whether it is on dark.
var colourGoldens = []struct {
	name, theme string
	dark        bool
}{
	{"case/sawtooth", "dark", true}, {"case/parts", "dark", true}, {"case/levels", "light", false}, {"case/pods", "deutan", true},
	{"case/ahead", "ansi", true}, {"case/mended", "mono", true}, {"diagnosis/sizes", "dark", true}, {"diagnosis/leak-5", "light", false},
}

func TestColourGoldens(t *testing.T) {
	for _, c := range colourGoldens {
		t.Run(c.name+"-"+c.theme, func(t *testing.T) {
			th, err := themes.Get(c.theme, c.dark)
			if err != nil {
				t.Fatal(err)
			}
			f := Frame{Width: 100, Height: 27, Theme: th, Now: fixedNow, Zone: time.UTC}
			for _, sc := range screenCases {
				if sc.name == c.name {
					rawGolden(t, strings.ReplaceAll(c.name, "/", "-")+"-"+c.theme, sc.make(t).View(f))
					return
				}
			}
			t.Fatalf("there is no screen %s", c.name)
		})
	}
}

// rawGolden compares got, with its escape sequences, with testdata/colour/<name>.golden.
func rawGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "colour", name+".golden")
	got = strings.ReplaceAll(got, "\x1b", "␛") + "\n" // so that a look at the file does not colour the terminal
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
	if err != nil {
		t.Fatalf("%v\nwrite it with: go test ./views -update", err)
	}
	if string(want) != got {
		t.Errorf("%s differs; look, then: go test ./views -update\n--- want\n%s--- got\n%s", path, want, got)
	}
	if !strings.Contains(got, "␛[") {
		t.Errorf("%s has no colours", path)
	}
}
