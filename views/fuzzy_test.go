package views

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

func TestFind(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what, name string
		ok         bool
	}{
		{"", "x", true}, {"sp", "shop", true}, {"ps", "shop", false}, {"SHOP", "shop", true}, {"é", "café", true}, {"shopx", "shop", false},
		{"data post", "data/database-0 postgres", true}, {"post data", "data/database-0 postgres", true}, {"data mysql", "data/database-0 postgres", false},
	} {
		if got := find(c.what, []string{c.name}); (len(got) == 1) != c.ok {
			t.Errorf("find(%q, %q) is %v", c.what, c.name, got)
		}
	}
}

func TestFindPutsTheBestFirst(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what  string
		names []string // in the order that they are to come in
	}{
		{"shop", []string{"shop", "shop-eu", "my-shop", "my-workshop", "sh-oop"}},
		{"api", []string{"api/web", "team/api", "rapid", "a-p-i"}},
	} {
		given := slices.Clone(c.names)
		slices.Reverse(given)
		var got []string
		for _, m := range find(c.what, given) {
			got = append(got, given[m.index])
		}
		if !slices.Equal(got, c.names) {
			t.Errorf("%q found %q, want %q", c.what, got, c.names)
		}
	}
}

// markWith draws with brackets around what matched.
func markWith(s, what string, w int) string {
	m := find(what, []string{s})
	out := marked(s, m[0].places(s), w, lipgloss.NewStyle(), lipgloss.NewStyle().Bold(true))
	return strings.NewReplacer("\x1b[1m", "[", "\x1b[m", "]").Replace(out)
}

func TestMarked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s, what string
		w       int
		want    string
	}{
		{"data/database", "base", 20, "data/data[base]"},
		{"data/database", "dd", 20, "[d]ata/[d]atabase"},
		{"data/database", "", 20, "data/database"},
		{"café-au-lait", "é", 20, "caf[é]-au-lait"},
		{"a-very-long-name-of-a-pod", "a-very", 11, "[a-ver]…a-pod"},
		{"a-very-long-name-of-a-pod", "pod", 11, "a-ver…a-[pod]"},
		{"a-very-long-name-of-a-pod", "long", 11, "a-ver…a-pod"},
	} {
		if got := markWith(c.s, c.what, c.w); got != c.want {
			t.Errorf("%q in %q at %d is %q, want %q", c.what, c.s, c.w, got, c.want)
		}
	}
}

// FuzzMarked holds that a text is drawn whole and within its room, whatever matched.
func FuzzMarked(f *testing.F) {
	for _, s := range []string{"data/database", "café", "日本語のポッド", "a\u0301b", "שלום", ""} {
		f.Add(s, "a", 7)
	}
	f.Fuzz(func(t *testing.T, s, what string, w int) {
		if w < 0 || w > 300 || strings.ContainsAny(s, "\x1b\n\r\t") {
			return
		}
		for _, m := range find(what, []string{s}) {
			out := marked(s, m.places(s), w, lipgloss.NewStyle(), lipgloss.NewStyle().Bold(true))
			if Width(out) > w {
				t.Errorf("%q is %d wide, want %d", out, Width(out), w)
			}
			if Width(s) <= w && ansi.Strip(out) != ansi.Strip(s) {
				t.Errorf("%q became %q", s, out)
			}
		}
	})
}

func BenchmarkFind(b *testing.B) {
	var names []string
	for i := range 10_000 {
		names = append(names, fmt.Sprintf("namespace-%d/deployment/service-%d container-%d", i%40, i, i%3))
	}
	x := indexOf(names)
	for b.Loop() {
		x.find("serv9")
	}
}
