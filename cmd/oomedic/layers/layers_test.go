package layers

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// TestTheTreeKeepsItsLayers reads this very tree.
func TestTheTreeKeepsItsLayers(t *testing.T) {
	top := os.DirFS("../../..")
	if mod, err := os.ReadFile("../../../go.mod"); err != nil || !strings.Contains(string(mod), "module "+module+"\n") {
		t.Fatalf("this is not the top of the module: %v", err)
	}
	got, err := read(top)
	if err != nil {
		t.Fatal(err)
	}
	var dirs []string
	for _, s := range got.sources {
		dirs = append(dirs, s.dir)
	}
	for dir := range ours {
		if !slices.Contains(dirs, dir) {
			t.Errorf("no Go file in %s: the rules for it hold nothing", dir)
		}
	}
	for _, b := range breaches(got) {
		t.Error(b)
	}
}

// a tree of one file, or of several when names and texts alternate.
func planted(t *testing.T, files ...string) []string {
	t.Helper()
	fsys := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		fsys[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	got, err := read(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return breaches(got)
}

// importing is a file that imports the paths and nothing else.
func importing(paths ...string) string {
	return "package p\nimport (\n_ \"" + strings.Join(paths, "\"\n_ \"") + "\"\n)\n"
}

func TestImportsAcrossFolders(t *testing.T) {
	const m = module + "/"
	for _, c := range []struct {
		file, path string
		ok         bool
	}{
		{"data/a.go", m + "analysis", false},
		{"data/a.go", m + "data/kube", false},
		{"data/a_test.go", m + "data/kube", false},
		{"data/kube/a.go", m + "data", true},
		{"data/kube/a.go", m + "data/prom", false},
		{"data/kube/a.go", m + "analysis", false},
		{"data/prom/a.go", m + "data", true},
		{"data/prom/a_test.go", m + "data/kube", false},
		{"data/demo/a.go", m + "data", true},
		{"data/demo/a.go", m + "data/kube", false},
		{"data/demo/a_test.go", m + "data/kube", true},
		{"data/demo/a_test.go", m + "data/prom", true},
		{"data/demo/a_test.go", m + "analysis", false},
		{"data/demo/deep/a.go", m + "data/demo", true},
		{"analysis/a.go", m + "data", true},
		{"analysis/a.go", m + "data/kube", false},
		{"analysis/a.go", m + "views", false},
		{"themes/a.go", m + "data", false},
		{"views/a.go", m + "analysis", true},
		{"views/a.go", m + "themes", true},
		{"views/a.go", m + "data/prom", false},
		{"views/a.go", m + "ui", false},
		{"ui/a.go", m + "views", true},
		{"ui/a.go", m + "data/kube", false},
		{"ui/a.go", m + "cmd/oomedic/x", false},
		{"cmd/oomedic/a.go", m + "ui", true},
		{"cmd/oomedic/a.go", m + "data/demo", true},
		{"cmd/oomedic/layers/a_test.go", m + "data", false},
		{"util/a.go", m + "data", false},
	} {
		if got := planted(t, c.file, importing(c.path)); (len(got) == 0) != c.ok {
			t.Errorf("%s imports %s: breaches %q, want none: %v", c.file, c.path, got, c.ok)
		}
	}
}

func TestImportsOfOthers(t *testing.T) {
	for _, c := range []struct {
		file, path string
		ok         bool
	}{
		{"data/kube/a.go", "k8s.io/client-go/kubernetes", true},
		{"data/demo/a.go", "k8s.io/client-go/testing", true},
		{"cmd/oomedic/a.go", "k8s.io/client-go/plugin/pkg/client/auth", true},
		{"views/a.go", "k8s.io/client-go/kubernetes", false},
		{"views/a.go", "k8s.io/client-gopher", true},
		{"data/a.go", "k8s.io/client-go/rest", false},
		{"data/prom/a.go", "github.com/prometheus/client_golang/api/prometheus/v1", true},
		{"data/demo/a.go", "github.com/prometheus/client_golang/api/prometheus/v1", true},
		{"analysis/a.go", "github.com/prometheus/client_golang/api/prometheus/v1", false},
		{"data/prom/a.go", "github.com/prometheus/prometheus/promql", false},
		{"data/prom/a_test.go", "github.com/prometheus/prometheus/promql", true},
		{"data/prom/a.go", "github.com/prometheus/prometheus/tsdb", false},
		{"data/prom/a.go", "github.com/prometheus/prometheus/storage/remote/azuread", true},
		{"data/kube/a.go", "github.com/prometheus/prometheus/storage/remote/azuread", false},
		{"data/kube/a.go", "sigs.k8s.io/controller-runtime/pkg/envtest", false},
		{"data/kube/a_test.go", "sigs.k8s.io/controller-runtime/pkg/envtest", true},
		{"views/a.go", "charm.land/bubbletea/v2", true},
		{"cmd/oomedic/a.go", "charm.land/bubbletea/v2", false},
		{"themes/a.go", "charm.land/bubbletea/v2", false},
		{"themes/a.go", "charm.land/lipgloss/v2", true},
		{"analysis/a.go", "charm.land/lipgloss/v2", false},
		{"themes/a.go", "charm.land/lipgloss/v2/compat", false},
		{"ui/a.go", "github.com/charmbracelet/bubbletea", false},
		{"ui/a.go", "github.com/charmbracelet/bubbles/key", false},
		{"ui/a.go", "github.com/charmbracelet/x/ansi", true},
		{"ui/a.go", "github.com/spf13/cobra", false},
		{"cmd/oomedic/a.go", "github.com/spf13/cobra", true},
		{"analysis/a.go", "net/http", false},
		{"analysis/a.go", "strings", true},
		{"analysis/a_test.go", "os", true},
	} {
		if got := planted(t, c.file, importing(c.path)); (len(got) == 0) != c.ok {
			t.Errorf("%s imports %s: breaches %q, want none: %v", c.file, c.path, got, c.ok)
		}
	}
}
