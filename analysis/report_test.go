package analysis

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

var update = flag.Bool("update", false, "write the golden files anew")

func sampleReport() Report {
	c, h := database()
	return NewReport(noon, data.Cluster{Context: "prod", Server: "https://10.0.0.1:6443", Version: "v1.37.2"},
		ReportMetrics{Source: "http://prometheus:9090", Reachable: true}, []data.Gap{{What: "events in namespace shop", Why: "forbidden: no"}}, []Diagnosis{diagnose(c, h)})
}

func TestReportGolden(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	enc := json.NewEncoder(&got)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(sampleReport()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "report.json")
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the report changed; if that is meant, run go test ./analysis -run TestReportGolden -update\n%s", got.String())
	}
}

// The names of the contract, whatever else is added.
func TestReportContract(t *testing.T) {
	t.Parallel()
	b, err := json.Marshal(sampleReport())
	if err != nil {
		t.Fatal(err)
	}
	var r map[string]any
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	must := func(where string, m any, names ...string) {
		t.Helper()
		obj, ok := m.(map[string]any)
		if !ok {
			t.Fatalf("%s is %T", where, m)
		}
		for _, n := range names {
			if _, ok := obj[n]; !ok {
				t.Errorf("%s lacks %s", where, n)
			}
		}
	}
	must("report", r, "apiVersion", "kind", "generatedAt", "cluster", "metrics", "gaps", "cases")
	must("cluster", r["cluster"], "context", "server", "version")
	must("metrics", r["metrics"], "source", "reachable", "problem")
	c := r["cases"].([]any)[0].(map[string]any)
	must("case", c, "namespace", "pod", "podUID", "podGone", "node", "container", "containerKind", "workload", "runtime", "resources", "confirmation", "usage", "clippedAtLimit", "cause", "recommendation", "cost", "commands")
	must("workload", c["workload"], "apiVersion", "kind", "name", "replicas")
	must("resources", c["resources"], "limitBytes", "requestBytes", "limitAtKillBytes")
	must("confirmation", c["confirmation"], "oomKilled", "scope", "confidence", "lastKillAt", "exitCode", "reason", "why", "kills", "restarts", "state", "evidence")
	must("kills", c["confirmation"].(map[string]any)["kills"], "24h", "7d", "30d")
	must("evidence", c["confirmation"].(map[string]any)["evidence"].([]any)[0], "says", "from")
	must("usage", c["usage"], "24h", "7d", "30d")
	must("usage of a day", c["usage"].(map[string]any)["24h"], "mean", "p50", "p95", "p99", "max", "samples", "coverage")
	must("cause", c["cause"], "class", "confidence", "summary", "evidence", "against", "growthBytesPerHour", "baselineBytes", "plateauBytes", "secondsToNextKill", "alternatives")
	must("recommendation", c["recommendation"], "limitBytes", "requestBytes", "policy", "steps", "curesCause", "secondsToNextKillAfter", "warnings")
	must("cost", c["cost"], "perPodMonthly", "replicas", "totalMonthly", "currency", "perGiBMonth", "priceFrom", "netZero")
	must("commands", c["commands"], "confirm", "fix", "verify", "profile")
}

func TestReportOfLittle(t *testing.T) {
	t.Parallel()
	c := *limited(ending("OOMKilled", 137))
	c.Workload.Problem = "forbidden: replicasets.apps"
	d := Diagnose(Input{Case: NewCase(c, data.Overview{}, noon), MetricsProblem: "none found", Price: DefaultPrice, Now: noon.In(time.FixedZone("", 7200))})
	b, err := json.Marshal(NewReport(d.At, data.Cluster{}, ReportMetrics{}, nil, []Diagnosis{d}))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"workload":null`, `"runtime":null`, `"usage":{"24h":null,"30d":null,"7d":null}`, `"clippedAtLimit":null`, `"gaps":[]`,
		`"growthBytesPerHour":null`, `"replicas":null`, `"totalMonthly":null`, `"fix":null`, `"source":"none"`, `"problem":null`, `"generatedAt":"2026-11-23T12:00:00Z"`,
		`"lastKillAt":"2026-11-23T11:59:00Z"`, `"containerKind":"container"`} {
		if !bytes.Contains(b, []byte(want)) {
			t.Errorf("report lacks %s:\n%s", want, b)
		}
	}
	empty, err := json.Marshal(NewReport(noon, data.Cluster{}, ReportMetrics{}, nil, nil))
	if err != nil || !bytes.Contains(empty, []byte(`"cases":[]`)) {
		t.Errorf("%v %s", err, empty)
	}
}
