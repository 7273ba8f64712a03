package views

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestTheFilterMarksWhatItFound(t *testing.T) {
	t.Parallel()
	plain, hit := pen{}, pen{"[", "]"}
	for _, c := range []struct{ filter, column, text, want string }{
		{"", "workload", "deployment/shop", "deployment/shop"},
		{"shop", "workload", "deployment/shop-shop", "deployment/[shop]-[shop]"},
		{"SHOP", "workload", "deployment/Shop", "deployment/[Shop]"},
		{"de pl", "workload", "deployment/x", "[depl]oyment/x"},
		{"ns:shop", "workload", "deployment/shop", "deployment/shop"},
		{"ns:shop", "namespace", "shop  ", "[shop]  "},
		{"aa", "pod", "aaa", "[aa]a"},
		{"512", "limit", "512Mi", "512Mi"},
		{"é", "pod", "café", "caf[é]"},
		{"i", "pod", "İi", "İi"},
	} {
		f := &filter{}
		f.set(c.filter)
		if got := f.inkFound(c.text, c.column, plain, hit); got != c.want {
			t.Errorf("/%s in %s %q is %q, want %q", c.filter, c.column, c.text, got, c.want)
		}
	}
}

// TestMarksChangeNoText draws the same list with and without marks.
func TestMarksChangeNoText(t *testing.T) {
	t.Parallel()
	s := killsAfter(t, "/", "a")
	f := frameOf(t, "dark", 120, 37)
	with := s.View(f)
	s.filter.terms = nil
	without := s.View(f)
	if ansi.Strip(with) != ansi.Strip(without) || with == without {
		t.Error("marks change what is written, or there are none")
	}
	if !strings.Contains(with, "\x1b[") {
		t.Error("nothing is styled")
	}
}
