package kube_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// metricsServer answers the metrics API for one pod, at a time and a usage that the test sets.
type metricsServer struct {
	mu    sync.Mutex
	at    time.Time
	usage string
	asked int
}

func (m *metricsServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	switch r.URL.Path {
	case "/apis/metrics.k8s.io/v1beta1":
		_, _ = io.WriteString(w, `{"kind":"APIResourceList","apiVersion":"v1","groupVersion":"metrics.k8s.io/v1beta1","resources":[]}`)
	case "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods/api":
		m.asked++
		fmt.Fprintf(w, `{"kind":"PodMetrics","apiVersion":"metrics.k8s.io/v1beta1","timestamp":%q,"window":"15s","containers":[{"name":"app","usage":{"cpu":"1m","memory":%q}},{"name":"other","usage":{"memory":"1Ki"}}]}`,
			m.at.Format(time.RFC3339), m.usage)
	default:
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404,"message":"not found"}`)
	}
}

func (m *metricsServer) set(at time.Time, usage string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at, m.usage = at, usage
}

// TestPresentGrows holds that samples of the metrics API become a chart, that a restart begins a new life, and that it
// is said what can't be known.
func TestPresentGrows(t *testing.T) {
	t.Parallel()
	m := &metricsServer{}
	s := httptest.NewServer(m)
	t.Cleanup(s.Close)
	now := at
	c, err := kube.New(&rest.Config{Host: s.URL}, kube.Options{Now: func() time.Time { return now }})
	must(t, err)
	p := c.Present()
	if !p.Available(t.Context()) {
		t.Fatal("it is not there")
	}
	one := &data.Container{Key: data.Key{Namespace: "shop", Pod: "api", UID: "u", Container: "app"}, State: data.Running}
	gone := &data.Container{Key: data.Key{Namespace: "shop", Pod: "gone", UID: "g", Container: "app"}, State: data.Gone}
	for i, usage := range []string{"100Mi", "200Mi", "300Mi", "50Mi"} {
		if i == 3 {
			one.Restarts++
		}
		m.set(now, usage)
		for range 2 { // at once again: it is not asked twice for one sample
			if _, gaps := p.Overview(t.Context(), []*data.Container{one, gone}, time.Hour, 60); len(gaps) != 1 || !strings.Contains(gaps[0].Why.String(), "the present alone") {
				t.Fatalf("%v", gaps)
			}
		}
		now = now.Add(30 * time.Second)
	}
	if m.asked != 4 {
		t.Errorf("asked %d times", m.asked)
	}
	m.set(now.Add(-30*time.Second), "50Mi") // the same sample again
	ch, err := p.Chart(t.Context(), one, data.Hour)
	must(t, err)
	if len(ch.Lives) != 2 || ch.Lives[0].Len() != 3 || ch.Lives[1].Len() != 1 || ch.Lives[0].V[2] != 300<<20 || len(ch.Gaps) != 1 {
		t.Fatalf("%+v", ch)
	}
	h, err := p.History(t.Context(), one)
	must(t, err)
	if !h.First.Equal(at) || len(h.Lives) != 2 || h.Limit.Len() != 0 {
		t.Errorf("%+v", h)
	}
	o, _ := p.Overview(t.Context(), []*data.Container{one}, time.Hour, 60)
	if peak := o[one.Key].Peak; peak == nil || *peak != 300<<20 {
		t.Errorf("%v", peak)
	}
}

func TestPresentWithoutAMetricsAPI(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	c, err := kube.New(&rest.Config{Host: s.URL}, kube.Options{})
	must(t, err)
	p := c.Present()
	if p.Available(t.Context()) {
		t.Error("it is there")
	}
	one := &data.Container{Key: data.Key{Namespace: "shop", Pod: "api", UID: "u", Container: "app"}}
	ch, err := p.Chart(t.Context(), one, data.Hour)
	if err != nil || len(ch.Lives) != 0 || len(ch.Gaps) != 2 {
		t.Errorf("%+v, %v", ch, err)
	}
}
