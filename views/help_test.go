package views

import (
	"fmt"
	"strings"
	"testing"

	"charm.land/bubbles/v2/key"
	"github.com/charmbracelet/x/ansi"
)

func binding(k, desc string) key.Binding {
	return key.NewBinding(key.WithKeys(k), key.WithHelp(k, desc))
}

// helpFixture is what help shows over the list.
func helpFixture(t testing.TB) []HelpGroup {
	t.Helper()
	return []HelpGroup{
		{"Kills", killsWith(t, nil).Keys()},
		{"Everywhere", []key.Binding{binding("f", "fix"), binding("?", "help"), binding("esc", "back"), binding("T", "next theme"), binding("q", "quit")}},
	}
}

func TestHelpGoldens(t *testing.T) {
	t.Parallel()
	for _, sz := range wideSizes {
		f := frameOf(t, "mono", sz.width, sz.height)
		golden(t, "help/kills@"+sz.name, HelpView(f, "Keys", helpFixture(t), 0))
		golden(t, "help/end@"+sz.name, HelpView(f, "Keys", helpFixture(t), HelpMax(f, helpFixture(t))))
	}
}

func TestHelpFits(t *testing.T) {
	t.Parallel()
	long := []HelpGroup{{"A group with a very long title that goes on and on and on and on", []key.Binding{binding("ctrl+shift+alt+f12", strings.Repeat("long ", 40))}}, {"Empty", nil}}
	for i := range 60 {
		long[1].Keys = append(long[1].Keys, binding(fmt.Sprintf("k%d", i), "does a thing"))
	}
	for _, sz := range fitSizes {
		f := frameOf(t, "dark", sz.width, sz.height)
		for _, from := range []int{-1, 0, 5, 1000} {
			checkFits(t, f, HelpView(f, "Keys", helpFixture(t), from))
			checkFits(t, f, HelpView(f, "Keys", long, from))
		}
	}
}

// TestHelpShowsEverything scrolls through a small window and looks for every key.
func TestHelpShowsEverything(t *testing.T) {
	t.Parallel()
	f, groups := frameOf(t, "dark", 44, 9), helpFixture(t)
	seen := ""
	for from := range HelpMax(f, groups) + 1 {
		seen += ansi.Strip(HelpView(f, "Keys", groups, from))
	}
	for _, g := range groups {
		for _, k := range g.Keys {
			if !strings.Contains(seen, k.Help().Desc) {
				t.Errorf("%q can't be reached by scrolling", k.Help().Desc)
			}
		}
	}
	if out := ansi.Strip(HelpView(f, "Keys", groups, 0)); !strings.Contains(out, "more") {
		t.Errorf("what is out of sight is not counted:\n%s", out)
	}
	if out := ansi.Strip(HelpView(frameOf(t, "dark", 80, 21), "Keys", groups, 0)); strings.Contains(out, "more") {
		t.Errorf("the keys of the list do not fit a terminal of 80x24:\n%s", out)
	}
}

func TestHelpLeavesOutWhatIsOff(t *testing.T) {
	t.Parallel()
	off := binding("x", "explode")
	off.SetEnabled(false)
	out := ansi.Strip(HelpView(frameOf(t, "dark", 80, 21), "Keys", []HelpGroup{{"Some", []key.Binding{binding("a", "act"), off}}, {"None", []key.Binding{off}}}, 0))
	if strings.Contains(out, "explode") || strings.Contains(out, "None") || !strings.Contains(out, "act") {
		t.Errorf("help shows what is off, or hides what is on:\n%s", out)
	}
}

func TestFoot(t *testing.T) {
	t.Parallel()
	off := binding("x", "explode")
	off.SetEnabled(false)
	keys := []key.Binding{binding("enter", "open"), off, binding("d", "diagnose"), binding("/", "filter"), binding("?", "help")}
	for _, c := range []struct {
		w    int
		want string
	}{
		{80, " enter open · d diagnose · / filter · ? help"},
		{45, " enter open · d diagnose · / filter · ? help"},
		{44, " enter open · d diagnose · / filter · ? help"},
		{43, " enter open · d diagnose · ? help"},
		{33, " enter open · d diagnose · ? help"},
		{32, " enter open · ? help"},
		{8, " ? help"}, {7, " ? help"}, {6, ""}, {0, ""},
	} {
		if got := ansi.Strip(Foot(frameOf(t, "dark", c.w, 1), keys)); got != c.want {
			t.Errorf("in %d cells: %q, want %q", c.w, got, c.want)
		}
	}
	if got := Foot(frameOf(t, "dark", 80, 1), nil); got != "" {
		t.Errorf("without keys: %q", got)
	}
}
