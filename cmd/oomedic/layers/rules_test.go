package layers

import "strings"

const module = "github.com/oomedic/oomedic"

// ours says which of our folders each folder may import; a folder may always import what lies below itself in the
// same line of this table. A folder that is not here may import nothing of ours, and is itself reported.
var ours = map[string]struct{ code, tests []string }{
	"data":         {},
	"data/journal": {code: []string{"data"}},
	"data/profile": {code: []string{"data"}},
	"data/kube":    {code: []string{"data", "data/profile"}, tests: []string{"data/journal"}},
	"data/prom":    {code: []string{"data"}, tests: []string{"data/demo"}},
	"data/demo":    {code: []string{"data", "data/profile"}, tests: []string{"data/kube", "data/prom"}},
	"analysis":     {code: []string{"data"}},
	"themes":       {},
	"views":        {code: []string{"data", "analysis", "themes"}},
	"ui":           {code: []string{"data", "analysis", "themes", "views"}},
	"cmd":          {code: []string{"data", "data/kube", "data/journal", "data/profile", "data/prom", "data/demo", "analysis", "themes", "views", "ui", "cmd"}},
	"cmd/layers":   {},
}

// fence keeps the import paths that start with prefix inside the folders of code, and of tests for test files.
type fence struct {
	prefix      string
	code, tests []string
	// oneFile is true when only one file that is no test may import it in each of the folders.
	oneFile bool
	why     string
}

var fences = []fence{
	{prefix: "k8s.io/client-go", code: []string{"data/kube", "data/demo", "cmd"}, why: "client-go is behind data/kube"},
	{prefix: "sigs.k8s.io/controller-runtime", tests: []string{"data/kube", "data/demo", "cmd"}, why: "envtest is for tests alone"},
	{prefix: "github.com/prometheus/client_golang", code: []string{"data/prom", "data/demo"}, tests: []string{"cmd"}, why: "client_golang is behind data/prom"},
	{prefix: "github.com/prometheus/prometheus/promql", code: []string{"data/demo"}, tests: []string{"data/prom", "cmd"}, why: "the embedded engine is the sandbox's"},
	{prefix: "github.com/prometheus/prometheus/tsdb", code: []string{"data/demo"}, tests: []string{"data/prom", "cmd"}, why: "the embedded engine is the sandbox's"},
	{prefix: "github.com/prometheus/prometheus", code: []string{"data/demo", "data/prom"}, tests: []string{"cmd"}, why: "credentials are data/prom's, the engine is the sandbox's"},
	{prefix: "github.com/google/pprof", code: []string{"data/profile"}, tests: []string{"data/profile"}, why: "profiles are read by data/profile"},
	{prefix: "github.com/NimbleMarkets/ntcharts", code: []string{"views"}, tests: []string{"views"}, oneFile: true, why: "one file guards its sharp edges"},
	{prefix: "charm.land/bubbletea", code: []string{"views", "ui"}, tests: []string{"views", "ui"}, why: "only screens and the app are a terminal program"},
	{prefix: "charm.land/lipgloss", code: []string{"themes", "views", "ui"}, tests: []string{"themes", "views", "ui"}, why: "facts and judgement have no colours"},
	{prefix: "github.com/spf13/cobra", code: []string{"cmd"}, tests: []string{"cmd"}, why: "flags are cmd's"},
	{prefix: "charm.land/lipgloss/v2/compat", why: "it asks the terminal for its colours when it is imported"},
	{prefix: "github.com/charmbracelet/bubbletea", why: "the major before charm.land/bubbletea/v2"},
	{prefix: "github.com/charmbracelet/lipgloss", why: "the major before charm.land/lipgloss/v2"},
	{prefix: "github.com/charmbracelet/bubbles", why: "the major before charm.land/bubbles/v2"},
}

// pure lists import paths that analysis may not have: it does no input, no output and starts nothing.
var pure = []string{"os", "os/exec", "io", "io/fs", "net", "net/http", "syscall", "log", "log/slog", "context"}

// calls are selectors that only the folders of code may use in files that are no tests.
var calls = []struct {
	path  string // the import path that the name belongs to
	names []string
	only  []string // the folders that may
	why   string
}{
	{path: "charm.land/lipgloss/v2", names: []string{"NewStyle", "Color", "ANSIColor", "RGBColor", "LightDark", "Complete"}, only: []string{"themes"}, why: "colours and styles come from themes"},
	{path: "time", names: []string{"Now", "Since", "Until", "NewTimer", "NewTicker", "After", "AfterFunc", "Tick", "Sleep"}, only: []string{"data", "data/journal", "data/kube", "data/prom", "data/demo", "ui", "cmd", "themes"}, why: "the present is an argument here"},
}

// noGo lists the folders in which a go statement is a breach.
var noGo = []string{"analysis", "views", "themes"}

// folder is the row of the table that the slash-separated directory dir belongs to: the commands are one, and so are
// sub-folders that the table doesn't name.
func folder(dir string) string {
	switch {
	case dir == "cmd/oomedic/layers":
		return "cmd/layers"
	case dir == "cmd" || strings.HasPrefix(dir, "cmd/"):
		return "cmd"
	}
	for d := dir; ; {
		if _, ok := ours[d]; ok {
			return d
		}
		i := strings.LastIndexByte(d, '/')
		if i < 0 {
			return dir
		}
		d = d[:i]
	}
}
