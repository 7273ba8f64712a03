//go:build unix

package prom

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"

	"github.com/oomedic/oomedic/data"
)

// The variables that make a test binary the reader of the benchmark: the address of the engine, and the present there.
const (
	benchAddress = "OOMEDIC_BENCH_ADDRESS"
	benchNow     = "OOMEDIC_BENCH_NOW"
)

// benchTook begins the line in which the reader says what it needed.
const benchTook = "reader:"

// vectors answers instant queries as Prometheus does: each series is written as it comes.
func (e *engineServer) vectors(w http.ResponseWriter, r *http.Request) {
	defer e.begin(r)()
	q, err := e.engine.NewInstantQuery(r.Context(), e.db, nil, r.FormValue("query"), floatTime(r.FormValue("time")))
	if err != nil {
		e.answer(r.Context(), w, q, err)
		return
	}
	defer q.Close()
	res := q.Exec(r.Context())
	if res.Err != nil {
		writeJSON(w, 422, map[string]any{"status": "error", "errorType": "execution", "error": res.Err.Error()})
		return
	}
	w.Header().Set("Content-Type", "application/json")
	out := bufio.NewWriterSize(w, 64<<10)
	defer out.Flush() //nolint:errcheck // the reader sees an answer that is cut off
	fmt.Fprintf(out, `{"status":"success","data":{"resultType":%q,"result":[`, res.Value.Type())
	var b []byte
	begin := func(i int, l labels.Labels) {
		if b = b[:0]; i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"metric":{`...)
		first := true
		l.Range(func(l labels.Label) {
			if !first {
				b = append(b, ',')
			}
			first = false
			b = strconv.AppendQuote(append(strconv.AppendQuote(b, l.Name), ':'), l.Value)
		})
	}
	point := func(t int64, v float64) {
		b = append(strconv.AppendFloat(append(b, '['), float64(t)/1000, 'f', -1, 64), ',', '"')
		b = append(strconv.AppendFloat(b, v, 'f', -1, 64), '"', ']')
	}
	switch v := res.Value.(type) {
	case promql.Vector:
		for i, s := range v {
			begin(i, s.Metric)
			b = append(b, `},"value":`...)
			point(s.T, s.F)
			_, _ = out.Write(append(b, '}'))
		}
	case promql.Matrix:
		for i, s := range v {
			begin(i, s.Metric)
			b = append(b, `},"values":[`...)
			for j, p := range s.Floats {
				if j > 0 {
					b = append(b, ',')
				}
				point(p.T, p.F)
			}
			_, _ = out.Write(append(b, ']', '}'))
		}
	}
	_, _ = out.WriteString(`]}}`)
}

// BenchmarkUsage reads a cluster of 5,000 containers, or as many as OOMEDIC_BENCH_CONTAINERS says, from a real engine by
// another process, and tells the time, the reader's own memory and CPU, and the number of questions. One container in 200
// is near its limit, one in 100 grows.
func BenchmarkUsage(b *testing.B) {
	if os.Getenv(benchAddress) != "" {
		b.Skip("this is the reader")
	}
	size := 5_000
	if n, err := strconv.Atoi(os.Getenv("OOMEDIC_BENCH_CONTAINERS")); err == nil && n > 0 {
		size = n
	}
	e := newEngine(b, 50_000_000)
	loadCluster(b, e, size)
	mux := http.NewServeMux()
	mux.HandleFunc("/api/v1/query", e.vectors)
	server := httptest.NewServer(mux)
	b.Cleanup(server.Close)
	var wall, peak, cpu float64
	before := processTime(b)
	for b.Loop() {
		cmd := exec.CommandContext(b.Context(), os.Args[0], "-test.run=^TestUsageReader$", "-test.v") //nolint:gosec // this very program
		cmd.Env = append(os.Environ(), benchAddress+"="+server.URL, benchNow+"="+testNow.Format(time.RFC3339))
		out, err := cmd.CombinedOutput()
		if err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		var seconds, mib float64
		_, line, _ := strings.Cut(string(out), benchTook)
		if _, err := fmt.Sscanf(line, "%f s, %f MiB", &seconds, &mib); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		wall, peak = wall+seconds, peak+mib
		cpu += (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	}
	n := float64(b.N)
	b.ReportMetric(wall/n, "s/read")
	b.ReportMetric(peak/n, "peak-MiB")
	b.ReportMetric(cpu/n, "cpu-s/read")
	b.ReportMetric((processTime(b)-before).Seconds()/n, "engine-cpu-s/read")
	b.ReportMetric(float64(len(e.asked))/n, "questions")
}

// processTime returns the CPU time that this process, which has the engine, has used.
func processTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// loadCluster stores an hour of a cluster: one container a pod, a scrape each 30 s.
func loadCluster(b *testing.B, e *engineServer, size int) {
	b.Helper()
	const points = 120
	batch := make([]line, 0, 4000)
	for i := range size {
		pod := fmt.Sprintf("service-%d-7d9f8b6c5-%05d", i/10, i)
		ns := fmt.Sprintf("team-%d", i%200)
		limit, level, pace := 512*mi, 200*mi+float64(i%97)*mi, 0.0
		switch {
		case i%200 == 0:
			level = 450 * mi
		case i%100 == 1:
			pace = 2 * mi
		}
		base := []string{"namespace", ns, "pod", pod, "container", "app"}
		batch = append(batch, newLine(data.MetricWorkingSet, append(base, "id", "/kubepods/"+pod, "job", "kubelet", "node", fmt.Sprint("node-", i%1000))...).
			with(testNow.Add(-points*scrape), testNow, scrape, func(at time.Time) float64 {
				k := at.Sub(testNow.Add(-points*scrape)) / scrape
				return level + pace*float64(k) + float64((int(k)*37+i)%64)*4096
			}))
		sized := append(base, "resource", "memory", "unit", "byte", "job", "kube-state-metrics")
		at := testNow.Add(-time.Second)
		batch = append(batch, newLine(data.MetricLimits, sized...).at(at, limit), newLine(data.MetricRequests, sized...).at(at, 256*mi),
			newLine(data.MetricRestarts, append(base, "job", "kube-state-metrics")...).at(at, float64(i%3)),
			newLine(data.MetricRSS, append(base, "id", "/kubepods/"+pod, "job", "kubelet")...).at(at, level*0.8),
			newLine(data.MetricOwner, "namespace", ns, "pod", pod, "owner_kind", "ReplicaSet", "owner_name", fmt.Sprintf("service-%d-7d9f8b6c5", i/10), "job", "kube-state-metrics").at(at, 1))
		if len(batch) >= 3900 {
			e.load(b, batch...)
			batch = batch[:0]
		}
	}
	e.load(b, batch...)
}

// TestUsageReader is the other process of BenchmarkUsage.
func TestUsageReader(t *testing.T) {
	address := os.Getenv(benchAddress)
	if address == "" {
		t.Skip("not the benchmark's reader")
	}
	now, err := time.Parse(time.RFC3339, os.Getenv(benchNow))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Dial(address, Options{Timeout: 10 * time.Minute, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	u, err := r.Usage(t.Context(), nil, nil)
	took := time.Since(began)
	if err != nil || len(u.Gaps) > 0 {
		t.Fatalf("gaps %v, %v", u.Gaps, err)
	}
	near := 0
	for i := range u.Usages {
		if u.Usages[i].Recent != nil {
			near++
		}
	}
	if near != mostNear {
		t.Errorf("%d containers looked at closely, want %d", near, mostNear)
	}
	t.Logf("%d containers", len(u.Usages))
	fmt.Printf("%s%.3f s, %.1f MiB\n", benchTook, took.Seconds(), peakMemory(t))
}

// peakMemory returns the most memory that the process ever held, in MiB, as the kernel counts it.
func peakMemory(t *testing.T) float64 {
	t.Helper()
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("there is no /proc here")
	}
	_, rest, _ := strings.Cut(string(b), "VmHWM:")
	kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	if err != nil {
		t.Fatal(err)
	}
	return kb / 1024
}
