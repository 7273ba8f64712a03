package layers

import (
	"strings"
	"testing"
)

func TestOneFileImportsTheCharts(t *testing.T) {
	chart := importing("github.com/NimbleMarkets/ntcharts/v2/canvas", "github.com/NimbleMarkets/ntcharts/v2/canvas/runes")
	if got := planted(t, "views/plot.go", chart, "views/plot_test.go", chart); len(got) != 0 {
		t.Errorf("one file and its test: %q", got)
	}
	if got := planted(t, "views/plot.go", chart, "views/case.go", chart); len(got) != 1 || !strings.Contains(got[0], "views/case.go and views/plot.go") {
		t.Errorf("two files: %q", got)
	}
	if got := planted(t, "ui/plot.go", chart); len(got) != 2 {
		t.Errorf("another folder: %q", got)
	}
}

func TestWhatCodeMayUse(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		want             string // part of the one breach; empty when there is to be none
	}{
		{"a style in a view", "views/a.go", "import \"charm.land/lipgloss/v2\"\nvar s = lipgloss.NewStyle()", "lipgloss.NewStyle"},
		{"a style under another name", "views/a.go", "import lg \"charm.land/lipgloss/v2\"\nvar s = lg.NewStyle().Bold(true)", "lipgloss.NewStyle"},
		{"a colour in the app", "ui/a.go", "import \"charm.land/lipgloss/v2\"\nvar c = lipgloss.Color(\"#fff\")", "lipgloss.Color"},
		{"a style in a theme", "themes/a.go", "import \"charm.land/lipgloss/v2\"\nvar s = lipgloss.NewStyle()", ""},
		{"a width in a view", "views/a.go", "import \"charm.land/lipgloss/v2\"\nvar w = lipgloss.Width(\"\")", ""},
		{"a style in a test", "views/a_test.go", "import \"charm.land/lipgloss/v2\"\nvar s = lipgloss.NewStyle()", ""},
		{"someone else's NewStyle", "views/a.go", "import \"x/lipgloss\"\nvar s = lipgloss.NewStyle()", ""},
		{"a clock in the analysis", "analysis/a.go", "import \"time\"\nvar n = time.Now()", "time.Now"},
		{"a clock as a value", "views/a.go", "import \"time\"\nvar clock = time.Now", "time.Now"},
		{"a duration in the analysis", "analysis/a.go", "import \"time\"\nvar d = time.Hour", ""},
		{"a clock in the app", "ui/a.go", "import \"time\"\nvar n = time.Now()", ""},
		{"a goroutine in a view", "views/a.go", "func f() { go f() }", "goroutine"},
		{"a goroutine in the analysis", "analysis/a.go", "func f() { func() { go f() }() }", "goroutine"},
		{"a goroutine at a door", "data/kube/a.go", "func f() { go f() }", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := planted(t, c.file, "package p\n"+c.text+"\n")
			switch {
			case c.want == "" && len(got) != 0:
				t.Errorf("breaches %q, want none", got)
			case c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)):
				t.Errorf("breaches %q, want one with %q", got, c.want)
			}
		})
	}
}

func TestTextIsCleanedAndNotConverted(t *testing.T) {
	const head = "package p\nimport \"" + module + "/data\"\n"
	for _, c := range []struct {
		name, file, text string
		ok               bool
	}{
		{"a variable", "views/a.go", "func f(s string) data.Text { return data.Text(s) }", false},
		{"a call", "ui/a.go", "func f() data.Text { return data.Text(g()) }\nfunc g() string { return \"\" }", false},
		{"a field", "data/kube/a.go", "func f(p struct{ Name string }) data.Text { return data.Text(p.Name) }", false},
		{"a literal with a variable", "views/a.go", "func f(s string) data.Text { return data.Text(\"a \" + s) }", false},
		{"in parentheses", "views/a.go", "func f(s string) data.Text { return (data.Text)((s)) }", false},
		{"a literal", "views/a.go", "var t = data.Text(\"a\" + `b`)", true},
		{"a constant", "views/a.go", "const c = \"a\"\nvar t = data.Text(c)", true},
		{"a local constant", "views/a.go", "func f() data.Text {\nconst c = \"a\"\nreturn data.Text(c) }", true},
		{"made safe by data", "views/a.go", "func f(n float64) data.Text { return \"a \" + data.Text(data.HumanBytes(n)) }", true},
		{"a conversion within", "views/a.go", "func f(s string) data.Text { return data.Text(data.ShellQuote(data.Text(s))) }", false},
		{"cleaned", "views/a.go", "func f(s string) data.Text { return data.Clean(s) }", true},
		{"a test", "views/a_test.go", "func f(s string) data.Text { return data.Text(s) }", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := planted(t, c.file, head+c.text+"\n")
			if (len(got) == 0) != c.ok {
				t.Errorf("breaches %q, want none: %v", got, c.ok)
			}
		})
	}
	elsewhere := []string{"analysis/c.go", "package analysis\nconst Leak = \"leak\"\n", "views/a.go",
		"package p\nimport (\n\"" + module + "/analysis\"\n\"" + module + "/data\"\n)\nvar t = data.Text(analysis.Leak)\n"}
	if got := planted(t, elsewhere...); len(got) != 0 {
		t.Errorf("a constant of another package of ours: %q", got)
	}
	own := "package data\ntype Text string\nfunc f(s string) Text { return Text(s) }\n"
	if got := planted(t, "data/text.go", own); len(got) != 0 {
		t.Errorf("package data itself: %q", got)
	}
}

func TestOnlyTheTreeItselfIsRead(t *testing.T) {
	bad := importing(module + "/ui")
	got := planted(t,
		"data/kube/testdata/a.go", bad,
		"data/.hidden/a.go", bad,
		"data/_old/a.go", bad,
		"data/nested/go.mod", "module x\n",
		"data/nested/a.go", bad,
	)
	if len(got) != 0 {
		t.Errorf("breaches %q, want none", got)
	}
	if got := planted(t, "data/tagged.go", "//go:build never\n\n"+bad); len(got) != 1 {
		t.Errorf("a file behind a build tag: %q", got)
	}
}
