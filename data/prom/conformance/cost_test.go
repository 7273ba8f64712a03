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
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/prom"
)

var costs = flag.Bool("cost", false, "measure what questions cost a Prometheus with 100,000 series")

// subquery is what right-sizing tools ask for: the peak of 14 days, sampled every 75 s.
func subquery(namespace, pods string) string {
	return `max_over_time(max(container_memory_working_set_bytes{namespace="` + namespace + `",container="app",pod=~"` + pods + `"}) by (container,pod,job)[14d:75s])`
}

// statsLength is the end of an answer that has its statistics: "stats" comes after the result.
const statsLength = 16 << 10

// meter asks every question with stats=all and adds up what the server says.
type meter struct {
	next http.RoundTripper
	mu   sync.Mutex
	cost
}

// cost is what questions cost a server.
type cost struct {
	queries, samples, peak int
	took, cpu              time.Duration
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
	for _, found := range samplesSaid.FindAllSubmatch(body[max(len(body)-statsLength, 0):], -1) {
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

// bench is the measured Prometheus and what has been seen of it.
type bench struct {
	backend
	m *meter
	r *prom.Reader
}

// row asks a question seven times, prints the medians, and returns what it costs once.
func (b *bench) row(t *testing.T, name string, rounds int, ask func() error) cost {
	t.Helper()
	var took []time.Duration
	var c cost
	cpu := cpuTime(t, b.pid)
	for range rounds {
		b.m.take()
		began := time.Now()
		if err := ask(); err != nil {
			t.Fatal(err)
		}
		took = append(took, time.Since(began))
		c = b.m.take()
	}
	c.cpu = (cpuTime(t, b.pid) - cpu) / time.Duration(rounds)
	slices.Sort(took)
	c.took = took[len(took)/2]
	fmt.Printf("| %s | %s | %s | %d | %d | %d |\n", name, short(c.took), short(c.cpu), c.queries, c.samples, c.peak)
	return c
}

func short(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// TestCost prints a table of what questions cost. It fails when one needs more samples at a time than it may.
func TestCost(t *testing.T) {
	if !*costs {
		t.Skip("run make bench-prom")
	}
	b := &bench{backend: prometheus(t, blockOf(t, crowd())), m: &meter{}}
	b.r = b.reader(t, func(next http.RoundTripper) http.RoundTripper { b.m.next = next; return b.m }, prom.Options{})
	own := caseOf("work")
	own.Key.Pod, own.Workload = "p-0", data.Workload{Kind: "StatefulSet", Namespace: "work", Name: "p"}
	all := crowdCases()
	fmt.Println("| question | median | CPU of Prometheus | queries | samples read | most at a time |\n|---|---|---|---|---|---|")
	costs := map[string]cost{}
	row := func(name string, ask func() error) { costs[name] = b.row(t, name, 7, ask) }
	row("is it there, what has it", func() error { b.r.Probe(t.Context()); return nil })
	for _, w := range []data.Window{data.Day, data.Week, data.ThirtyDay} {
		row("chart of "+string(w)+", one pod of 4", func() error { _, err := b.r.Chart(t.Context(), own, w); return err })
	}
	row("diagnosis of 4 pods, 30 days, every sample", func() error { _, err := b.r.History(t.Context(), own, nil); return err })
	row("chart of 30d after the diagnosis", func() error { _, err := b.r.Chart(t.Context(), own, data.ThirtyDay); return err })
	row("list of 200 containers, 24 hours", func() error { return overview(t, b.r, all[:200], 24*time.Hour) })
	before := rss(t, b.pid)
	row("list of 200 containers, 30 days", func() error { return overview(t, b.r, all[:200], 30*24*time.Hour) })
	grown := rss(t, b.pid) - before
	for name, c := range costs {
		if c.peak > 100_000 {
			t.Errorf("%s: %d samples at a time, more than 100,000", name, c.peak)
		}
	}
	b.row(t, "for comparison: subquery of 14 days at 75 s, the same 4 pods", 7, func() error {
		return plainQuery(b.m, b.address, subquery("work", "p-0|p-1|p-2|p-3"))
	})
	b.row(t, "for comparison: the same of the list's 200 pods, 50 at a time", 3, func() error { return subqueries(b) })
	fmt.Printf("\nMemory of Prometheus rose by %d MB during the scans of 200 containers over 30 days, %d MB allowed.\n", grown>>20, 100)
	if grown > 100<<20 {
		t.Errorf("the memory of Prometheus rose by %d MB", grown>>20)
	}
}

// TestCostOfEveryDiagnosis prints what it costs to read the histories of all killed containers.
func TestCostOfEveryDiagnosis(t *testing.T) {
	if !*costs {
		t.Skip("run make bench-prom")
	}
	b := &bench{backend: prometheus(t, blockOf(t, crowd())), m: &meter{}}
	b.r = b.reader(t, func(next http.RoundTripper) http.RoundTripper { b.m.next = next; return b.m }, prom.Options{})
	b.r.Probe(t.Context())
	analyse(t, b, crowdCases())
}

// crowdCases are the killed containers.
func crowdCases() []*data.Container {
	var all []*data.Container
	for i := range killed {
		c := caseOf("crowd")
		c.Key.Pod = data.Textf("c%d", i)
		c.Workload = data.Workload{Kind: "ReplicaSet", Namespace: "crowd", Name: c.Key.Pod}
		c.PodCreated = present.Add(-time.Duration(crowdPod(i).days) * 24 * time.Hour)
		all = append(all, c)
	}
	return all
}

// overview reads the list and fails when anything is missing.
func overview(t *testing.T, r *prom.Reader, cs []*data.Container, window time.Duration) error {
	out, gaps := r.Overview(t.Context(), cs, window, 24)
	if len(gaps) > 0 {
		return fmt.Errorf("gaps: %v", gaps)
	}
	for _, c := range cs {
		if o := out[c.Key]; o.Peak == nil || window > 24*time.Hour && len(o.Kills) != killsOfEach {
			return fmt.Errorf("%s: peak %v, %d kills", c.Key, o.Peak, len(o.Kills))
		}
	}
	return nil
}

// subqueries asks about the 200 pods of the list as right-sizing tools do.
func subqueries(b *bench) error {
	for batch := range 4 {
		names := make([]string, 50)
		for i := range names {
			names[i] = fmt.Sprintf("c%d", batch*50+i)
		}
		if err := plainQuery(b.m, b.address, subquery("crowd", strings.Join(names, "|"))); err != nil {
			return err
		}
	}
	return nil
}

// analyse reads what a diagnosis needs of every killed container, together, and prints time and memory.
func analyse(t *testing.T, b *bench, all []*data.Container) {
	b.m.take()
	for range 3 { // what making the series took: pools let go of it at the second collection
		debug.FreeOSMemory()
	}
	var base runtime.MemStats
	runtime.ReadMemStats(&base)
	cpu, own, before := cpuTime(t, b.pid), cpuTime(t, os.Getpid()), rss(t, b.pid)
	var memory atomic.Int64
	began := time.Now()
	b.r.Histories(t.Context(), all, func(i int, h *data.History, err error) {
		switch {
		case err != nil:
			t.Errorf("%s: %v", all[i].Key, err)
		case len(h.Lives) != killsOfEach+1 || len(h.Kills) != killsOfEach:
			t.Errorf("%s: %d lives, %d kills", all[i].Key, len(h.Lives), len(h.Kills))
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		memory.Store(max(memory.Load(), int64(m.HeapInuse)-int64(base.HeapInuse)))
	})
	c := b.m.take()
	fmt.Printf("\nWhat the diagnosis of %d containers needs, read together: %s, %d queries, %d samples, at most %d at a time; CPU of Prometheus %s, own %s; own heap at most +%d MB, Prometheus' memory %+d MB.\n",
		len(all), short(time.Since(began)), c.queries, c.samples, c.peak, short(cpuTime(t, b.pid)-cpu), short(cpuTime(t, os.Getpid())-own), memory.Load()>>20, (rss(t, b.pid)-before)>>20)
}

// cpuTime is the time that a process has spent on processors, of which Linux counts hundredths of a second.
func cpuTime(t *testing.T, pid int) time.Duration {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	ticks := 0
	for _, f := range fields[11:13] { // utime and stime
		n, err := strconv.Atoi(f)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
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
