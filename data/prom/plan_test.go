package prom

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/oomedic/oomedic/data"
)

var update = flag.Bool("update", false, "write docs/queries.md")

// TestPlanIsWhatIsAsked holds that the list, the case and the diagnosis ask what the plan says and nothing else.
func TestPlanIsWhatIsAsked(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	c := apiCase()
	two := *c
	two.Key.Pod = "…"
	e.load(t, memory(c.Key.Pod.String(), "/a").with(ago(40*time.Hour), testNow, scrape, always(mi)))
	r := e.reader(t, Options{})
	r.Probe(t.Context())
	e.asked = nil
	if _, gaps := r.Overview(t.Context(), []*data.Container{c, &two}, day, defaultPoints); len(gaps) > 0 {
		t.Fatal(gaps)
	}
	if _, err := r.Chart(t.Context(), c, data.Day); err != nil {
		t.Fatal(err)
	}
	if _, err := r.History(t.Context(), c, nil); err != nil {
		t.Fatal(err)
	}
	planned := map[string]bool{}
	for _, q := range Plan(c) {
		planned[kindOf(q.PromQL)] = true
		if q.Samples <= 0 || q.Window <= 0 || q.Screen == "" || q.Purpose == "" {
			t.Errorf("%+v", q)
		}
		if _, err := parser.NewParser(parser.Options{}).ParseExpr(q.PromQL); err != nil {
			t.Errorf("%s: %v", q.PromQL, err)
		}
		if !slices.ContainsFunc(e.asked, func(a string) bool { return kindOf(a) == kindOf(q.PromQL) }) {
			t.Errorf("planned and not asked: %s", q.PromQL)
		}
	}
	for _, a := range e.asked {
		if !planned[kindOf(a)] {
			t.Errorf("asked and not planned: %s", a)
		}
	}
}

// kindOf takes the length off a question for raw samples.
func kindOf(promql string) string {
	if strings.HasPrefix(promql, data.MetricWorkingSet) {
		promql, _, _ = strings.Cut(promql, "}[")
	}
	return promql
}

// TestQueriesPage holds that docs/queries.md is the plan.
func TestQueriesPage(t *testing.T) {
	t.Parallel()
	const path = "../../docs/queries.md"
	var b strings.Builder
	b.WriteString(`# What Prometheus is asked

Made by ` + "`go test ./data/prom -run TestQueriesPage -update`" + ` from the plan in data/prom/plan.go; a test holds that the screens
ask this and nothing else. The example is container "api" of Deployment "api" in namespace "shop"; a list asks about 50 pods at a
time. "Samples" is about what the server reads for one pod whose metrics are sampled every 30 s. What it really says it read is in
[performance.md](performance.md).

* At most four questions run at a time, by POST. Each has a timeout and ends when the person moves on.
* Peaks are kept: a step of memory is the highest of all samples in it, and a diagnosis reads every sample, in parts of about
  12,000 that are estimated beforehand. More than 1.5 million are read as maxima of 5 minutes, 15 minutes or an hour.
* What has no peaks, a limit or the time of the last end, is read once a step.
* An answer that is too large is asked for again in halves. A server that is overloaded is asked once more after a second.
* Only where restarts tell that a container ended more than once within a step, that step is looked at closely.

| screen | purpose | window | step | samples | PromQL |
|---|---|---|---|---:|---|
`)
	for _, q := range Plan(apiCase()) {
		step := "every sample"
		if q.Step > 0 {
			step = data.PromDuration(q.Step)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %d | `%s` |\n", q.Screen, q.Purpose, data.PromDuration(q.Window), step, q.Samples, strings.ReplaceAll(q.PromQL, "|", "\\|"))
	}
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil || string(have) != b.String() {
		t.Errorf("%s is not the plan: run with -update (%v)", path, err)
	}
}
