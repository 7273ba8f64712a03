package analysis

import (
	"os"
	"strings"
	"testing"

	"github.com/oomedic/oomedic/data"
)

// TestGlossaryPage holds docs/glossary.md to the program's own words. -update writes it, as it does docs/causes.md.
func TestGlossaryPage(t *testing.T) {
	const path = "../docs/glossary.md"
	want := GlossaryPage()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/glossary.md is out of date: run go test ./analysis -run TestGlossaryPage -update")
	}
}

func TestTermByName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ ask, want string }{
		{"working set", "working set"}, {"Working-Set", "working set"}, {"working_set", "working set"}, {"work", "working set"},
		{"container_memory_working_set_bytes", "working set"}, {"rss", "RSS"}, {"137", "exit code 137"}, {"qos", "quality of service"},
		{"burstable", "quality of service"}, {"cgroup", "cgroup"}, {"cgroup v2", "cgroup"}, {"limit", "limit"}, {"swap", "swap"},
		{"container_memory", ""}, {"", ""}, {"nonsense", ""},
	} {
		got, ok := TermByName(c.ask)
		if got.Name.String() != c.want || ok != (c.want != "") {
			t.Errorf("%q gives %q, %v; want %q", c.ask, got.Name, ok, c.want)
		}
	}
}

func TestGlossaryIsWhole(t *testing.T) {
	t.Parallel()
	seen := map[string]data.Text{}
	for _, term := range Glossary() {
		if term.Name == "" || term.Means == "" || term.Mind == "" || term.Role == "" {
			t.Errorf("%+v lacks a part", term)
		}
		for _, n := range append([]data.Text{term.Name}, term.Also...) {
			k := termKey(n.String())
			if other, ok := seen[k]; ok {
				t.Errorf("%q names %s and %s", n, other, term.Name)
			}
			seen[k] = term.Name
		}
	}
	for _, metric := range []string{data.MetricWorkingSet, data.MetricRSS, data.MetricCache, data.MetricSpecLimit, data.MetricOOMEvents, data.MetricLastReason} {
		if _, ok := TermByName(metric); !ok {
			t.Errorf("%s, which the program reads, is in no term", metric)
		}
	}
	roles := map[TermRole]int{}
	for _, term := range glossary {
		roles[term.Role]++
	}
	if roles[TermKills] < 5 || roles[TermMisleads] < 5 {
		t.Errorf("roles: %v", roles)
	}
	if w, _ := TermByName("working set"); w.Role != TermKills || !strings.Contains(w.String(), "This is what kills") {
		t.Errorf("working set: %s", w.String())
	}
	if u, _ := TermByName("usage"); u.Role != TermMisleads {
		t.Errorf("usage %s", u.Role)
	}
}
