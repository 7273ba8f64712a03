package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/prom"
	"github.com/oomedic/oomedic/views"
)

// nobody is an address that nobody listens at.
func nobody(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return "http://" + l.Addr().String()
}

// webServer is a server of web pages.
func webServer(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<html>Welcome to nginx!</html>")
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// checkedText is what a person reads of a check of endpoints.
func checkedText(t *testing.T, endpoints ...prom.Endpoint) string {
	t.Helper()
	f := finding(t, choice{path: filepath.Join(t.TempDir(), "prometheus.json"), cluster: "https://one"}, endpoints...)
	state := f.Probe(t.Context())
	candidates, gaps := f.Candidates(t.Context())
	var out strings.Builder
	if err := writeCheck(&out, checkedAll(candidates, gaps, state, false)); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestCheckOfThreeOfWhichOneWorks holds that a stranger sees which one is used and why the others are not.
func TestCheckOfThreeOfWhichOneWorks(t *testing.T) {
	t.Parallel()
	text := checkedText(t,
		prom.Endpoint{Name: "a/gone:web", Kind: "Prometheus", Address: nobody(t)},
		prom.Endpoint{Name: "b/pages:http", Kind: "Thanos", Address: webServer(t)},
		prom.Endpoint{Name: "c/prometheus:web", Kind: "Prometheus", Address: fakeAnswers(t, data.MetricWorkingSet)})
	for _, want := range []string{
		"refused  a/gone:web", "refused  b/pages:http", "in use   c/prometheus:web",
		"nothing listens at the address", "a web page answers instead of the Prometheus API", "it answers and has the memory of containers",
		"container_memory_rss", "! without it:", "Next:\n  - to have ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if n := strings.Count(text, "  next "); n != 2 {
		t.Errorf("%d of the 2 refused ones say what to do\n%s", n, text)
	}
}

// TestCheckOfNoneThatWorks holds that each says once what to do.
func TestCheckOfNoneThatWorks(t *testing.T) {
	t.Parallel()
	text := checkedText(t, prom.Endpoint{Name: "a/gone:web", Address: nobody(t)}, prom.Endpoint{Name: "b/pages:http", Address: webServer(t)})
	for _, want := range []string{"a/gone:web: check that it runs", "b/pages:http: give the address of Prometheus itself"} {
		if strings.Count(text, want) != 1 {
			t.Errorf("%q is not there once in\n%s", want, text)
		}
	}
	if strings.Contains(text, "  next ") || strings.Contains(text, "in use") {
		t.Error(text)
	}
}

func TestCheckOfNothing(t *testing.T) {
	t.Parallel()
	text := checkedText(t)
	for _, want := range []string{"No service in the cluster looks like a Prometheus", "--prometheus-url http://HOST:9090", "port-forward svc/NAME 9090"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

// TestNextStepsWithoutACandidate holds that the trouble is told where nothing else can be.
func TestNextStepsWithoutACandidate(t *testing.T) {
	t.Parallel()
	refused := data.Candidate{Name: "--prometheus-url", State: data.Refused}
	if got := nextSteps([]data.Candidate{refused}, views.Metrics{Problem: "out of order"}, true); len(got) != 2 || got[0] != "out of order" {
		t.Errorf("%q", got)
	}
}
