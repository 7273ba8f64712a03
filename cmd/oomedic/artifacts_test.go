package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/yaml"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/demo"
	"github.com/oomedic/oomedic/data/kube"
	"github.com/oomedic/oomedic/data/prom"
)

// sandboxNow is the present of the sandbox in these tests: it stands still, so that all its numbers do.
var sandboxNow = time.Date(2026, 11, 23, 3, 12, 0, 0, time.UTC)

// judgedSandbox is the sandbox with all its diagnoses, by cause: the first case of each.
type judgedSandbox struct {
	api      v1.API
	cluster  kubernetes.Interface
	byCause  map[analysis.Class]*analysis.Diagnosis
	all      []*analysis.Diagnosis
	problems error
}

var judged = sync.OnceValue(judgeSandbox)

func judgeSandbox() *judgedSandbox {
	out := &judgedSandbox{byCause: map[analysis.Class]*analysis.Diagnosis{}}
	now := func() time.Time { return sandboxNow }
	ctx := context.Background()
	box, err := demo.Start(ctx, demo.Options{Now: now, Seed: 1})
	if err != nil {
		out.problems = err
		return out
	}
	c, err := api.NewClient(api.Config{Address: box.Address(), RoundTripper: box.Transport()})
	if err != nil {
		out.problems = err
		return out
	}
	out.api, out.cluster = v1.NewAPI(c), box.Clientset()
	r, err := prom.Dial(box.Address(), prom.Options{Transport: box.Transport(), Timeout: 10 * time.Minute, Now: now})
	if err != nil {
		out.problems = err
		return out
	}
	store := data.NewStore(now)
	if out.problems = kube.NewFor(box.Clientset(), "embedded", kube.Options{Now: now}).List(ctx, store); out.problems != nil {
		return out
	}
	killed, _ := analysis.Cases(store.Snapshot().Containers, nil, 30*24*time.Hour, sandboxNow)
	for _, k := range killed {
		h, err := r.History(ctx, &k.Container, func(int, int) {})
		if err != nil {
			out.problems = err
			return out
		}
		d := analysis.Diagnose(analysis.Input{Case: k, History: h, Price: analysis.DefaultPrice, Now: sandboxNow})
		out.all = append(out.all, &d)
		if out.byCause[d.Cause.Class] == nil {
			out.byCause[d.Cause.Class] = &d
		}
	}
	return out
}

// sandbox returns the judged sandbox, which all tests share.
func sandbox(t *testing.T) *judgedSandbox {
	t.Helper()
	s := judged()
	if s.problems != nil {
		t.Fatal(s.problems)
	}
	return s
}

// TestArtifactsOfTheSandbox holds what is made for each cause to its file.
func TestArtifactsOfTheSandbox(t *testing.T) {
	s := sandbox(t)
	if len(s.byCause) < 8 {
		t.Errorf("the sandbox shows %d causes", len(s.byCause))
	}
	for class, d := range s.byCause {
		var b bytes.Buffer
		if err := printArtifacts(&b, &b, analysis.Artifacts(d), &artifactFlags{output: "text"}); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join("testdata", "artifacts", string(class)+".golden")
		if *update {
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatalf("%v\nwrite it with: go test ./cmd/oomedic -run ArtifactsOfTheSandbox -update", err)
		}
		if b.String() != string(want) {
			t.Errorf("%s differs; look, then run with -update. It is now:\n%s", name, b.String())
		}
	}
}

// ruleGroups reads the rules of both forms of a rule file.
func ruleGroups(t *testing.T, d *analysis.Diagnosis) []*rulefmt.RuleGroups {
	t.Helper()
	var out []*rulefmt.RuleGroups
	for _, a := range analysis.Artifacts(d) {
		text := []byte(data.JoinLines(a.Lines).String())
		switch a.Kind {
		case analysis.ArtifactRules:
			var object struct {
				APIVersion, Kind string
				Metadata         struct{ Name, Namespace string }
				Spec             map[string]any
			}
			if err := yaml.UnmarshalStrict(text, &object); err != nil || object.APIVersion != "monitoring.coreos.com/v1" || object.Kind != "PrometheusRule" {
				t.Fatalf("%+v, %v", object, err)
			}
			inner, err := yaml.Marshal(object.Spec)
			if err != nil {
				t.Fatal(err)
			}
			text = inner
		case analysis.ArtifactPlainRules:
		default:
			continue
		}
		groups, errs := rulefmt.Parse(text, false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
		if len(errs) > 0 {
			t.Fatalf("%s: %v\n%s", a.Kind, errs, text)
		}
		out = append(out, groups)
	}
	if len(out) != 2 {
		t.Fatalf("%d rule files", len(out))
	}
	return out
}

// TestRulesAreValid holds every rule to Prometheus' own parser, and to a server that evaluates it.
func TestRulesAreValid(t *testing.T) {
	s := sandbox(t)
	for class, d := range s.byCause {
		for _, groups := range ruleGroups(t, d) {
			for _, r := range groups.Groups[0].Rules {
				if _, _, _, err := s.api.Query(t.Context(), r.Expr, sandboxNow); err != nil {
					t.Errorf("%s, %s: %v\n%s", class, r.Alert, err, r.Expr)
				}
				for _, part := range []string{"{{ $labels.", "severity"} {
					if !strings.Contains(r.Annotations["summary"]+fmt.Sprint(r.Labels), part) {
						t.Errorf("%s, %s: %q is in neither summary nor labels", class, r.Alert, part)
					}
				}
			}
		}
	}
}

// fired returns in how many of the steps of the last days an alert's expression has a value.
func (s *judgedSandbox) fired(t *testing.T, d *analysis.Diagnosis, alert string) int {
	t.Helper()
	for _, r := range ruleGroups(t, d)[0].Groups[0].Rules {
		if r.Alert != alert {
			continue
		}
		v, _, _, err := s.api.QueryRange(t.Context(), r.Expr, v1.Range{Start: sandboxNow.Add(-4 * 24 * time.Hour), End: sandboxNow, Step: 5 * time.Minute})
		if err != nil {
			t.Fatalf("%s: %v", r.Expr, err)
		}
		n := 0
		for _, series := range v.(model.Matrix) {
			n += len(series.Values)
		}
		return n
	}
	return -1
}

// TestAlertsFireForTheirCause evaluates the alerts over days of the sandbox: each for what it is about, and not beside it.
func TestAlertsFireForTheirCause(t *testing.T) {
	s := sandbox(t)
	for _, c := range []struct {
		cause analysis.Class
		alert string
		fires bool
	}{
		{analysis.MemoryLeak, "ContainerOOMKilled", true},
		{analysis.MemoryLeak, "ContainerMemoryLeak", true},
		{analysis.MemoryLeak, "ContainerMemoryOOMPredicted", true},
		{analysis.MemoryLeak, "ContainerMemoryNearLimit", true},
		{analysis.LimitTooLow, "ContainerOOMKilled", true},
		{analysis.LimitTooLow, "ContainerMemoryLeak", false},
		{analysis.LoadSpike, "ContainerMemoryLeak", false},
	} {
		d := s.byCause[c.cause]
		if d == nil {
			t.Errorf("the sandbox has no case of %s", c.cause)
			continue
		}
		if n := s.fired(t, d, c.alert); (n > 0) != c.fires || n < 0 {
			t.Errorf("%s: %s has %d values in four days, fires: want %v", c.cause, c.alert, n, c.fires)
		}
	}
}
