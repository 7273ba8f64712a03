package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/prom"
)

// fakeAnswers is a server that answers every query with one vector and says what it was asked.
func fakeAnswers(t *testing.T, metric string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"`+metric+`","job":"k"},"value":[1,"5"]}]}}`)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// finding returns a finder over endpoints that were discovered.
func finding(t *testing.T, c choice, endpoints ...prom.Endpoint) *finder {
	t.Helper()
	return &finder{now: time.Now, choice: c, discover: func(context.Context) ([]prom.Endpoint, []data.Gap, error) { return endpoints, nil, nil }}
}

func TestFinderTakesTheOneThatWorks(t *testing.T) {
	t.Parallel()
	bad := prom.Endpoint{Name: "a/bad:web", Address: fakeAnswers(t, "up")}
	good := prom.Endpoint{Name: "b/good:web", Address: fakeAnswers(t, data.MetricWorkingSet)}
	other := prom.Endpoint{Name: "c/other:web", Address: fakeAnswers(t, data.MetricWorkingSet)}
	c := choice{path: filepath.Join(t.TempDir(), "state", "prometheus.json"), cluster: "https://one"}
	f := finding(t, c, bad, good, other)
	if m := f.Probe(t.Context()); !m.Reachable || m.Source.String() != good.Address {
		t.Fatalf("%+v", m)
	}
	all, _ := f.Candidates(t.Context())
	if len(all) != 3 || all[0].State != data.Refused || !all[1].Used || all[2].Used || all[2].State != data.Accepted {
		t.Fatalf("%+v", all)
	}
	if err := f.Use(t.Context(), bad.Name); err == nil || !strings.Contains(err.Error(), data.MetricWorkingSet) {
		t.Errorf("%v", err)
	}
	if err := f.Use(t.Context(), "nowhere"); !errors.Is(err, errNoPrometheus) {
		t.Errorf("%v", err)
	}
	if err := f.Use(t.Context(), other.Name); err != nil {
		t.Fatal(err)
	}
	if m := f.Probe(t.Context()); m.Source.String() != other.Address {
		t.Errorf("%+v", m)
	}
	// The next run of the program remembers, for this cluster alone.
	if m := finding(t, c, bad, good, other).Probe(t.Context()); m.Source.String() != other.Address {
		t.Errorf("%+v", m)
	}
	c.cluster = "https://two"
	if m := finding(t, c, bad, good, other).Probe(t.Context()); m.Source.String() != good.Address {
		t.Errorf("%+v", m)
	}
	info, err := os.Stat(c.path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestFinderWithoutAny(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		endpoints []prom.Endpoint
		want      string
	}{
		"none":    {nil, "no service in the cluster looks like a Prometheus"},
		"refused": {[]prom.Endpoint{{Name: "a/x:web", Address: "http://127.0.0.1:1"}}, "a/x:web was refused: connection refused"},
	} {
		f := finding(t, choice{}, c.endpoints...)
		for range 2 { // the second time without a new search
			if m := f.Probe(t.Context()); m.Reachable || !m.Checked || !strings.Contains(m.Problem.String(), c.want) {
				t.Errorf("%s: %+v", name, m)
			}
		}
		if _, err := f.Chart(t.Context(), &data.Container{}, data.Day); !errors.Is(err, errNoPrometheus) {
			t.Errorf("%s: %v", name, err)
		}
		if _, gaps := f.Overview(t.Context(), nil, time.Hour, 1); len(gaps) != 1 {
			t.Errorf("%s: %v", name, gaps)
		}
	}
	f := &finder{now: time.Now, discover: func(context.Context) ([]prom.Endpoint, []data.Gap, error) { return nil, nil, errors.New("forbidden") }}
	if m := f.Probe(t.Context()); !strings.Contains(m.Problem.String(), "forbidden") {
		t.Errorf("%+v", m)
	}
}

func TestAChoiceThatCannotBeReadIsNone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "prometheus.json")
	for _, text := range []string{"", "null", "[1]", `{"https://one": 5}`} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c := choice{path: path, cluster: "https://one"}
		if got := c.load(); got != "" {
			t.Errorf("%q: %q", text, got)
		}
		if err := c.save("x"); err != nil || c.load() != "x" {
			t.Errorf("%q: %v", text, err)
		}
	}
}
