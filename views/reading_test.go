package views

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func numbered(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprint("line ", i))
	}
	return out
}

func TestReadingKeys(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		keys string
		top  int
	}{
		{"j", 1}, {"down down", 2}, {"k", 0}, {"j j k", 1}, {"ctrl+d", 4}, {"ctrl+d ctrl+u", 0}, {"pgdown", 8}, {"pgdown pgup", 0},
		{"G", 21}, {"end j j", 21}, {"G k", 20}, {"G g", 0}, {"end home", 0}, {"x", 0}, {"enter", 0},
	} {
		r := reading{}
		r.cut(numbered(30), 10, testTheme(t, "mono"))
		known := true
		for _, k := range strings.Fields(c.keys) {
			known = r.press(k) && known
		}
		if r.top != c.top {
			t.Errorf("%s: top %d, want %d", c.keys, r.top, c.top)
		}
		if wants := c.keys != "x" && c.keys != "enter"; known != wants {
			t.Errorf("%s: known %v, want %v", c.keys, known, wants)
		}
	}
}

func TestReadingCut(t *testing.T) {
	t.Parallel()
	th := testTheme(t, "mono")
	for _, c := range []struct {
		name       string
		lines, top int
		height     int
		first      string
		last       string
	}{
		{"all fit", 10, 0, 10, "line 0", "line 9"},
		{"all fit after scrolling", 10, 5, 10, "line 0", "line 9"},
		{"one too many", 11, 0, 10, "line 0", "2 more lines"},
		{"in the middle", 30, 5, 10, "line 5", "5 lines above  " + th.Glyphs.Down + " 16 more lines"},
		{"at the end", 30, 99, 10, "line 21", "21 lines above"},
		{"one line left", 11, 1, 10, "line 1", "1 line above  " + th.Glyphs.Down + " 1 more line"},
		{"hardly any room", 3, 0, 1, "3 more lines", "3 more lines"},
	} {
		r := reading{top: c.top}
		got := r.cut(numbered(c.lines), c.height, th)
		if len(got) != min(c.lines, c.height) {
			t.Fatalf("%s: %d lines", c.name, len(got))
		}
		if f, l := stripped(got[0]), stripped(got[len(got)-1]); !strings.Contains(f, c.first) || !strings.Contains(l, c.last) {
			t.Errorf("%s: from %q to %q, want %q to %q", c.name, f, l, c.first, c.last)
		}
	}
	if got := (&reading{}).cut(numbered(3), 0, th); got != nil {
		t.Errorf("no room gives %q", got)
	}
}

// TestReadingShowsEveryLine scrolls by each key and collects what was seen: no line may be out of reach.
func TestReadingShowsEveryLine(t *testing.T) {
	t.Parallel()
	for _, k := range []string{"j", "ctrl+d", "pgdown"} {
		for height := 2; height < 12; height++ {
			r := reading{}
			all, seen := numbered(40), map[string]bool{}
			for range 60 {
				for _, line := range r.cut(all, height, testTheme(t, "mono")) {
					seen[line] = true
				}
				r.press(k)
			}
			for _, line := range all {
				if !seen[line] {
					t.Errorf("%s at height %d never shows %q", k, height, line)
				}
			}
		}
	}
}

func TestReadingReveal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ top, from, end, want int }{
		{0, 3, 5, 0},    // in sight
		{0, 20, 22, 13}, // below: just far enough
		{15, 3, 5, 3},   // above
		{0, 10, 30, 10}, // longer than the room: its first line
	} {
		r := reading{top: c.top}
		if r.reveal(c.from, c.end, 10); r.top != c.want {
			t.Errorf("%+v: top %d", c, r.top)
		}
	}
}

func TestCounted(t *testing.T) {
	t.Parallel()
	if got := []string{counted(0, "pod"), counted(1, "pod"), counted(2, "pod")}; !slices.Equal(got, []string{"0 pods", "1 pod", "2 pods"}) {
		t.Error(got)
	}
}
