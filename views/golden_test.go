package views

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/oomedic/oomedic/themes"
)

// update rewrites the golden files: go test ./views -update
var update = flag.Bool("update", false, "rewrite the golden files")

// size is a body's size and the terminal's size that it belongs to: the app takes three lines for itself.
type size struct {
	name          string
	width, height int
}

// goldenSizes are the sizes that screens are drawn at for comparison.
var goldenSizes = []size{
	{"60x15", 60, 12}, {"80x24", 80, 21}, {"120x40", 120, 37}, {"200x50", 200, 47},
}

// fitSizes are the sizes that every screen must be whole at.
var fitSizes = []size{
	{"40x12", 40, 9}, {"41x13", 41, 10}, {"50x14", 50, 11}, {"59x20", 59, 17}, {"60x15", 60, 12}, {"72x30", 72, 27}, {"80x24", 80, 21},
	{"81x25", 81, 22}, {"100x30", 100, 27}, {"120x40", 120, 37}, {"160x24", 160, 21}, {"200x50", 200, 47}, {"300x100", 300, 97},
}

// screenCase is one screen in one state, ready to be drawn.
type screenCase struct {
	name string // <screen>/<state>
	make func(t *testing.T) Screen
}

// screenCases is filled by register in the init functions of the screens' own test files.
var screenCases []screenCase

// register adds a screen in one state to the tests that hold for all screens. The name is <screen>/<state>, and the
// screen that make returns has got its state and its keys already.
func register(name string, make func(t *testing.T) Screen) {
	screenCases = append(screenCases, screenCase{name, make})
}

// testTheme returns a theme by name, dark.
func testTheme(t testing.TB, name string) *themes.Theme {
	t.Helper()
	th, err := themes.Get(name, true)
	if err != nil {
		t.Fatal(err)
	}
	return th
}

// frameOf returns a frame of a body's size at the fixed moment of the fixtures.
func frameOf(t testing.TB, theme string, w, h int) Frame {
	t.Helper()
	return Frame{Width: w, Height: h, Theme: testTheme(t, theme), Now: fixedNow, Zone: time.UTC}
}

// press sends keys to a screen and returns the last intent. Keys are written as Bubble Tea does: "enter", "j", "ctrl+d".
func press(s Screen, keys ...string) Intent {
	var last Intent
	for _, k := range keys {
		last = s.Press(keyPress(k))
	}
	return last
}

// typeText sends the runes of text as single key presses.
func typeText(s Screen, text string) {
	for _, r := range text {
		s.Press(keyPress(string(r)))
	}
}

// namedKeys are the keys that have a name of their own.
var namedKeys = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "backspace": tea.KeyBackspace, "space": tea.KeySpace,
	"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd,
	"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "delete": tea.KeyDelete,
}

// keyPress builds the message that Bubble Tea sends for a key.
func keyPress(k string) tea.KeyPressMsg {
	var mod tea.KeyMod
	for name, bit := range map[string]tea.KeyMod{"ctrl+": tea.ModCtrl, "shift+": tea.ModShift, "alt+": tea.ModAlt} {
		if strings.HasPrefix(k, name) {
			mod |= bit
			k = strings.TrimPrefix(k, name)
		}
	}
	if code, ok := namedKeys[k]; ok {
		msg := tea.KeyPressMsg{Code: code, Mod: mod}
		if k == "space" && mod == 0 {
			msg.Text = " "
		}
		return msg
	}
	r := []rune(k)[0]
	if mod != 0 {
		return tea.KeyPressMsg{Code: r, Mod: mod}
	}
	return tea.KeyPressMsg{Code: r, Text: k}
}

// golden compares got, without escape sequences and trailing spaces, with testdata/<name>.golden.
func golden(t *testing.T, name, got string) {
	t.Helper()
	lines := strings.Split(ansi.Strip(got), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	got = strings.Join(lines, "\n") + "\n"
	path := filepath.Join("testdata", filepath.FromSlash(name)+".golden")
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
}

// goldens compares a screen at every golden size.
func goldens(t *testing.T, name string, s Screen) {
	t.Helper()
	for _, sz := range goldenSizes {
		golden(t, name+"@"+sz.name, s.View(frameOf(t, "dark", sz.width, sz.height)))
	}
}

// checkFits fails when view is not exactly f.Height lines of at most f.Width cells.
func checkFits(t *testing.T, f Frame, view string) {
	t.Helper()
	lines := strings.Split(view, "\n")
	if len(lines) != f.Height {
		t.Errorf("%d lines, want %d", len(lines), f.Height)
	}
	for i, line := range lines {
		if w := Width(line); w > f.Width {
			t.Errorf("line %d is %d cells wide, want at most %d: %q", i, w, f.Width, ansi.Strip(line))
		}
		if strings.ContainsAny(ansi.Strip(line), "\t\r\x1b") {
			t.Errorf("line %d holds control bytes: %q", i, line)
		}
	}
}

func TestScreensFit(t *testing.T) {
	t.Parallel()
	if len(screenCases) == 0 {
		t.Fatal("no screens are registered")
	}
	for _, sc := range screenCases {
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			for _, sz := range fitSizes {
				t.Run(sz.name, func(t *testing.T) {
					for _, theme := range []string{"dark", "plain"} {
						f := frameOf(t, theme, sz.width, sz.height)
						checkFits(t, f, sc.make(t).View(f))
					}
				})
			}
		})
	}
}

// TestScreensResize draws one screen at many sizes one after the other, as a person who drags the window's edge does.
func TestScreensResize(t *testing.T) {
	t.Parallel()
	for _, sc := range screenCases {
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			s := sc.make(t)
			for i := range fitSizes {
				for _, sz := range []size{fitSizes[len(fitSizes)-1-i], fitSizes[i]} {
					f := frameOf(t, "mono", sz.width, sz.height)
					checkFits(t, f, s.View(f))
				}
			}
		})
	}
}

// TestPlainIsASCII holds the plain theme to its word for whatever a screen draws itself.
func TestPlainIsASCII(t *testing.T) {
	t.Parallel()
	for _, sc := range screenCases {
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			out := ansi.Strip(sc.make(t).View(frameOf(t, "plain", 120, 37)))
			for _, r := range out {
				if r > 0x7e && !strings.ContainsRune(plainAllowed, r) {
					t.Errorf("rune %q (%U) is not ASCII in:\n%s", r, r, out)
					return
				}
			}
		})
	}
}

// plainAllowed are runes that may stand in any theme: Cut's ellipsis is one cell everywhere, and findings use
// multiplication and middle-dot signs in their text.
const plainAllowed = "…×·→≥≤–−°“”’"
