package prom

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// endpoint is a candidate at an address, whose present is that of the tests.
func endpoint(name, address string, prefixes ...string) Endpoint {
	return Endpoint{Name: data.Clean(name), Kind: "Prometheus", Address: address, Prefixes: prefixes, Options: Options{Now: func() time.Time { return testNow }}}
}

// withMemory is an engine that has the working set of one container for ten days, under a job that is scraped.
func withMemory(t *testing.T) *engineServer {
	t.Helper()
	e := newEngine(t, 50_000_000)
	e.load(t,
		memory("api-7d9f8b6c5-x2bcd", "/a", "job", "kubelet").with(ago(time.Hour), testNow, 30*time.Second, always(mi)),
		newLine("up", "job", "kubelet").with(ago(10*day+time.Minute), testNow, time.Minute, always(1)))
	return e
}

func TestSearchOfThreeOneWorks(t *testing.T) {
	t.Parallel()
	good := withMemory(t)
	page := httptest.NewServer(says(200, "text/html", "<html>Grafana</html>"))
	t.Cleanup(page.Close)
	empty := newEngine(t, 1000)
	empty.load(t, newLine("up", "job", "self").at(ago(time.Minute), 1))
	found := Search(t.Context(), []Endpoint{endpoint("page", page.URL), endpoint("empty", empty.URL), endpoint("good", good.URL)}, true)
	for i, want := range []struct {
		state     data.CandidateState
		why, next string
	}{
		{data.Refused, "a web page answers instead", "address of Prometheus itself"},
		{data.Refused, "no container_memory_working_set_bytes", "/metrics/cadvisor"},
		{data.Accepted, "has the memory of containers", ""},
	} {
		f := found[i]
		if f.State != want.state || !strings.Contains(f.Why.String(), want.why) || !strings.Contains(f.Next.String(), want.next) {
			t.Errorf("%+v", f.Candidate)
		}
		if (f.Reader != nil) != (want.state == data.Accepted) {
			t.Errorf("%s: reader %v", f.Name, f.Reader)
		}
	}
	if Best(found) != 2 || Best(found[:2]) != -1 {
		t.Errorf("best %d", Best(found))
	}
	has := found[2].Has
	if has.Reach != 10*day || has.ScrapeInterval != 30*time.Second || has.Version != "3.14.0" {
		t.Errorf("%+v", has)
	}
	if m := has.Metrics[0]; !m.Has || m.Name != data.MetricWorkingSet || len(m.Jobs) != 1 || m.Jobs[0] != "kubelet" {
		t.Errorf("%+v", m)
	}
	if len(found[2].Missing) == 0 || found[1].Answer == "" {
		t.Errorf("%+v", found)
	}
}

func TestSearchLeavesTheRestAlone(t *testing.T) {
	t.Parallel()
	good, other := withMemory(t), withMemory(t)
	one, two := endpoint("svc:web", good.URL), endpoint("svc:metrics", other.URL)
	one.Group, two.Group = "svc", "svc"
	found := Search(t.Context(), []Endpoint{one, two}, true)
	if found[0].State != data.Accepted || found[1].State != data.Untried || !strings.Contains(found[1].Why.String(), "svc:web is the same service") {
		t.Errorf("%+v", found)
	}
	if len(other.asked) != 0 {
		t.Errorf("the second port was asked %q", other.asked)
	}
}

func TestSearchFindsThePrefix(t *testing.T) {
	t.Parallel()
	e := withMemory(t)
	below := func(prefix string, redirect bool) string {
		mux := http.NewServeMux()
		mux.Handle(prefix+"/", http.StripPrefix(prefix, e.Config.Handler))
		if redirect {
			mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, prefix+"/graph", http.StatusFound) })
		}
		s := httptest.NewServer(mux)
		t.Cleanup(s.Close)
		return s.URL
	}
	for name, c := range map[string]struct {
		e    Endpoint
		want string
	}{
		"told by a redirect":   {endpoint("a", below("/obs/prom", true)), "/obs/prom"},
		"of a VictoriaMetrics": {endpoint("b", below("/select/0/prometheus", false), "/select/0/prometheus"), "/select/0/prometheus"},
		"in the list":          {endpoint("c", below("/prometheus", false), "", "/prometheus"), "/prometheus"},
	} {
		f := Search(t.Context(), []Endpoint{c.e}, false)[0]
		if f.State != data.Accepted || !strings.HasSuffix(f.Address.String(), c.want) {
			t.Errorf("%s: %+v", name, f.Candidate)
		}
	}
	if f := Search(t.Context(), []Endpoint{endpoint("d", below("/hidden", false))}, false)[0]; f.State != data.Refused || !strings.Contains(f.Why.String(), "404") {
		t.Errorf("%+v", f.Candidate)
	}
}

func TestSearchHasADeadline(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("waits for the deadline of a candidate")
	}
	release := make(chan struct{})
	hanging := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(hanging.Close)
	t.Cleanup(func() { close(release) })
	good := withMemory(t)
	began := time.Now()
	found := Search(t.Context(), []Endpoint{endpoint("hanging", hanging.URL), endpoint("good", good.URL)}, false)
	if took := time.Since(began); took > searchTime+time.Second {
		t.Errorf("took %s", took)
	}
	if found[0].State != data.Refused || !strings.Contains(found[0].Why.String(), "no answer from Prometheus within 3s") || found[1].State != data.Accepted {
		t.Errorf("%+v", found)
	}
}
