package views

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/oomedic/oomedic/data"
)

// stripped returns s without escape sequences.
func stripped(s string) string { return ansi.Strip(s) }

func TestFoldLosesNothing(t *testing.T) {
	t.Parallel()
	texts := []string{
		"", " ", "one", "The kernel killed the main process because the container's own cgroup reached its limit.",
		`quantile_over_time(0.99, container_memory_working_set_bytes{namespace="data",container="postgres",pod=~"database-.*"}[30d])`,
		"kubectl get pod -n data database-0 -o jsonpath='{.status.containerStatuses[?(@.name==\"postgres\")].lastState.terminated}'",
		strings.Repeat("x", 300), "日本語のとても長い名前がここにあります and then words", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p", "trailing   ",
	}
	for _, text := range texts {
		for w := 2; w <= 130; w++ {
			lines := fold(text, w)
			for _, line := range lines {
				if Width(line) > w {
					t.Fatalf("width %d: line of %d cells: %q", w, Width(line), line)
				}
			}
			if got, want := squeezed(strings.Join(lines, "")), squeezed(text); got != want {
				t.Fatalf("width %d: got %q, want %q", w, got, want)
			}
		}
	}
	if got := fold("x", 0); got != nil {
		t.Errorf("no room gives %q, want nothing", got)
	}
}

// squeezed is s without spaces, which folding may drop at the end of a line.
func squeezed(s string) string { return strings.ReplaceAll(s, " ", "") }

func TestFoldBreaks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		width      int
		want       string
	}{
		{"fits", "one two", 7, "one two"},
		{"one cell short", "one two", 6, "one|two"},
		{"at the space before a long word", "get --limits=memory=768Mi", 21, "get|--limits=memory=768Mi"},
		{"behind a comma of a long word", `sum(x{a="1",b="22222222"})`, 18, `sum(x{a="1",|b="22222222"})`},
		{"behind a joint of a long word", "aaaaaaaaaa.bbbbbbbbbbbbbb", 15, "aaaaaaaaaa.|bbbbbbbbbbbbbb"},
		{"in the middle when there is no joint", "aaaaaaaaaabbbb", 10, "aaaaaaaaaa|bbbb"},
	} {
		if got := strings.Join(fold(c.text, c.width), "|"); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestCommandSign(t *testing.T) {
	t.Parallel()
	for cmd, want := range map[string]string{
		"kubectl get pods": "$ ", "go tool pprof http://localhost:6060": "$ ", "jcmd 1 GC.heap_info": "$ ",
		"max by (pod) (rate(x[5m]))": "promql: ", "container_memory_working_set_bytes": "promql: ", `kube_pod_info{pod="a"}`: "promql: ",
		"kubectlx get pods": "", "going away": "", "the image's name": "", "": "",
	} {
		if got := commandSign(cmd); got != want {
			t.Errorf("%q: %q, want %q", cmd, got, want)
		}
	}
	if isCommand("the image's name") || !isCommand("kubectl get pods") || isCommand("") {
		t.Error("a plain reference is no command, and a command is one")
	}
}

func TestCommandLines(t *testing.T) {
	t.Parallel()
	long := data.Text("kubectl set resources statefulset/database -n data -c postgres --limits=memory=768Mi --requests=memory=512Mi")
	for _, c := range []struct {
		name       string
		selected   string
		choosable  bool
		whole      bool
		lines      int
		want, lack string
	}{
		{"another is chosen", "kubectl get pods", true, false, 1, "…", "512Mi"},
		{"chosen", long.String(), true, false, 3, "512Mi", "…"},
		{"chosen, but not choosable", long.String(), false, false, 1, "…", "512Mi"},
		{"room for all", "", true, true, 3, "512Mi", "…"},
	} {
		s := &sheet{t: testTheme(t, "mono"), width: 50, selected: c.selected, whole: c.whole}
		s.command(3, long, c.choosable)
		s.command(3, long, c.choosable) // the second of the same is never marked
		text := stripped(strings.Join(s.lines[:c.lines], "\n"))
		if !strings.Contains(text, c.want) || strings.Contains(text, c.lack) {
			t.Errorf("%s: want %q and not %q in\n%s", c.name, c.want, c.lack, text)
		}
		if mark := strings.Count(stripped(strings.Join(s.lines, "\n")), s.t.Glyphs.Cursor); (mark > 0) != s.found || mark != s.end-s.from {
			t.Errorf("%s: %d marked lines, found %v from %d to %d", c.name, mark, s.found, s.from, s.end)
		}
		for _, line := range s.lines {
			if Width(line) > 50 {
				t.Errorf("%s: %d cells: %q", c.name, Width(line), stripped(line))
			}
		}
	}
	s := &sheet{t: testTheme(t, "mono"), width: 50}
	if s.command(0, "", true); len(s.lines) != 0 {
		t.Errorf("no command gives %q", s.lines)
	}
}

func TestRuledFits(t *testing.T) {
	t.Parallel()
	th := testTheme(t, "mono")
	for w := 1; w < 90; w++ {
		for _, title := range []string{"", "diff", "what the API server would store (server-side dry run)"} {
			if got := Width(ruled(th, title, w)); got > max(w, 7) {
				t.Fatalf("%q in %d cells takes %d", title, w, got)
			}
		}
	}
}
