package main

import (
	"strings"
	"testing"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// oddNames are names that Kubernetes allows and that are easily taken for something else, with the kind whose name each is.
var oddNames = []struct{ kind, name string }{
	{"Deployment", strings.Repeat("a", 253)},
	{"Deployment", strings.Repeat("very-long.", 25) + "end"},
	{"StatefulSet", "api.v2.example.com"},
	{"StatefulSet", "on"}, // words and numbers that YAML reads as something else
	{"DaemonSet", "null"},
	{"Deployment", "007"},
	{"Deployment", "1e3"},
	{"Deployment", "0x1f"},
}

// oddlyNamed is the first diagnosis of the sandbox under names that are hard.
func oddlyNamed(t *testing.T) []*analysis.Diagnosis {
	t.Helper()
	var out []*analysis.Diagnosis
	for _, n := range oddNames {
		d := *sandbox(t).byCause[analysis.MemoryLeak]
		d.Container.Workload = data.Workload{APIVersion: "apps/v1", Kind: data.Clean(n.kind), Namespace: "default", Name: data.Clean(n.name)}
		d.Container.Key = data.Key{Namespace: "default", Pod: data.Clean(n.name[:min(len(n.name), 58)] + "-x7k2p"), Container: "c-1"}
		out = append(out, &d)
	}
	return out
}

// TestRulesOfOddNames holds the rules of hard names to Prometheus' own parser.
func TestRulesOfOddNames(t *testing.T) {
	for _, d := range oddlyNamed(t) {
		for _, groups := range ruleGroups(t, d) {
			if len(groups.Groups) != 1 || len(groups.Groups[0].Rules) < 4 {
				t.Errorf("%s: %+v", d.Container.Workload.Name, groups)
			}
		}
	}
}
