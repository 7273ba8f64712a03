//go:build e2e

package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/prom"
)

var costs = flag.Bool("cost", false, "measure what questions cost a Prometheus with 100,000 series")

// The size of the measured Prometheus: series of others, and workloads with 30 days of history.
const (
	otherSeries   = 100_000
	otherSamples  = 20 // ten minutes
	killed        = 200
	historyOfAll  = 30 * 2880 / 10 // the others of the 200: 30 days at 5 minutes
	workloadPods  = 4
	historyOfFew  = 30 * 2880 // 30 days at 30 s
	subqueryShape = `max_over_time(max(container_memory_working_set_bytes{namespace="work",container="app",pod=~"p0|p1|p2|p3"}) by (container,pod,job)[14d:75s])`
)

// meter asks every question with stats=all and adds up what the server says.
type meter struct {
	next http.RoundTripper
	mu   sync.Mutex
	cost
}

// cost is what questions cost a server.
type cost struct {
	queries, samples, peak int
}

var samplesSaid = regexp.MustCompile(`"totalQueryableSamples":(\d+)|"peakSamples":(\d+)`)

// RoundTrip sends one request.
func (m *meter) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPost && r.Body != nil {
		body, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if err != nil {
			return nil, err
		}
		body = append(body, "&stats=all"...)
		r = r.Clone(r.Context())
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		r.GetBody = nil
	}
	resp, err := m.next.RoundTrip(r)
	if err != nil || r.Method != http.MethodPost {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	m.mu.Lock()
	defer m.mu.Unlock()
	m.queries++
	for _, found := range samplesSaid.FindAllSubmatch(body, -1) {
		total, _ := strconv.Atoi(string(found[1]))
		peak, _ := strconv.Atoi(string(found[2]))
		m.samples += total
		m.peak = max(m.peak, peak)
	}
	return resp, err
}

// take returns the cost since the last call.
func (m *meter) take() cost {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.cost
	m.cost = cost{}
	return c
}

// TestCost prints a table of what questions cost. It fails when one needs more samples at a time than it may.
func TestCost(t *testing.T) {
	if !*costs {
		t.Skip("run make bench-prom")
	}
	b := prometheus(t, blocks(t, crowd()))
	m := &meter{}
	r := b.reader(t, func(next http.RoundTripper) http.RoundTripper { m.next = next; return m }, prom.Options{})
	own := caseOf("work")
	own.Key.Pod, own.Workload = "p0", data.Workload{Kind: "StatefulSet", Namespace: "work", Name: "p"}
	var all []*data.Container
	for i := range killed {
		c := caseOf("crowd")
		c.Key.Pod = data.Textf("c%d", i)
		all = append(all, c)
	}
	fmt.Println("| question | median | queries | samples read | most at a time |\n|---|---|---|---|---|")
	row := func(name string, ask func() error) cost {
		var took []time.Duration
		var c cost
		for range 7 {
			m.take()
			began := time.Now()
			if err := ask(); err != nil {
				t.Fatal(err)
			}
			took = append(took, time.Since(began))
			c = m.take()
		}
		slices.Sort(took)
		fmt.Printf("| %s | %d ms | %d | %d | %d |\n", name, took[3].Milliseconds(), c.queries, c.samples, c.peak)
		return c
	}
	row("is it there, what has it", func() error { r.Probe(t.Context()); return nil })
	row("chart of 24 hours, one pod", func() error { _, err := r.Chart(t.Context(), own, data.Day); return err })
	row("chart of 30 days, one pod", func() error { _, err := r.Chart(t.Context(), own, data.ThirtyDay); return err })
	h := row("diagnosis, 30 days of the pod's every sample", func() error { _, err := r.History(t.Context(), own, nil); return err })
	list := row("list of 200 containers, 24 hours", func() error { r.Overview(t.Context(), all, 24*time.Hour, 24); return nil })
	before := rss(t, b.pid)
	scan := row("list of 200 containers, 30 days", func() error { r.Overview(t.Context(), all, 30*24*time.Hour, 24); return nil })
	grown := rss(t, b.pid) - before
	sub := row("subquery over 14 days at 75 s, 4 pods", func() error { return plainQuery(m, b.address, subqueryShape) })
	fmt.Printf("\nMemory of Prometheus rose by %d MB during the scan of 200 containers over 30 days. A pod's share of the subquery: %d samples; of the diagnosis: %d.\n",
		grown>>20, sub.samples/workloadPods, h.samples)
	for name, c := range map[string]cost{"diagnosis": h, "list": list, "scan": scan} {
		if c.peak > 100_000 {
			t.Errorf("%s: %d samples at a time, more than 100,000", name, c.peak)
		}
	}
}

// plainQuery puts one instant question as any client would.
func plainQuery(m *meter, address, promql string) error {
	form := url.Values{"query": {promql}, "time": {fmt.Sprint(present.Unix())}}
	req, err := http.NewRequest(http.MethodPost, address+"/api/v1/query", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := m.RoundTrip(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	var answer struct{ Status string }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.Status != "success" {
		return errors.Join(errors.New(resp.Status), err)
	}
	return nil
}

// rss is the memory of a process in bytes.
func rss(t *testing.T, pid int) int64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

// crowd are the series of the measured Prometheus.
func crowd() []line {
	var out []line
	metrics := []string{data.MetricWorkingSet, data.MetricRSS, data.MetricCache, data.MetricSpecLimit, data.MetricOOMEvents}
	for i := range otherSeries / len(metrics) {
		pod := fmt.Sprintf("other-%d", i)
		for _, m := range metrics {
			out = append(out, series(m, 0, otherSamples, rising, "namespace", fmt.Sprintf("ns%d", i%50), "pod", pod, "container", "app", "id", "/"+pod, "job", "kubelet"))
		}
	}
	for i := range killed {
		l := series(data.MetricWorkingSet, 0, historyOfAll, rising, "namespace", "crowd", "pod", fmt.Sprintf("c%d", i), "container", "app", "id", fmt.Sprintf("/c%d", i), "job", "kubelet")
		for j := range l.samples { // every 5 minutes
			l.samples[j].t = present.UnixMilli() - int64(historyOfAll-1-j)*300_000
		}
		out = append(out, l)
	}
	for i := range workloadPods {
		out = append(out, series(data.MetricWorkingSet, 0, historyOfFew, func(i int) float64 { return 200*mi + float64(i%500)*mi/4 },
			"namespace", "work", "pod", fmt.Sprintf("p%d", i), "container", "app", "id", fmt.Sprintf("/p%d", i), "job", "kubelet"))
	}
	return out
}
