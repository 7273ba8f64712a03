package prom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/tsdb"

	"github.com/oomedic/oomedic/data"
)

// testNow is the present of all tests: not aligned to any step.
var testNow = time.Date(2026, 3, 15, 12, 34, 56, 0, time.UTC)

// engineServer is a Prometheus in the test: its own storage and query engine behind its own HTTP API.
type engineServer struct {
	*httptest.Server
	db     *tsdb.DB
	engine *promql.Engine

	mu      sync.Mutex
	asked   []string        // PromQL in the order of arrival
	ranges  []time.Duration // of the same: from the first to the last step
	methods map[string]int
	flying  int
	most    int // queries in flight at a time
}

func newEngine(t testing.TB, maxSamples int) *engineServer {
	t.Helper()
	opts := tsdb.DefaultOptions()
	opts.RetentionDuration = 0
	opts.MinBlockDuration = int64(60 * 24 * time.Hour / time.Millisecond)
	opts.MaxBlockDuration = opts.MinBlockDuration
	opts.WALSegmentSize = -1
	db, err := tsdb.Open(t.TempDir(), nil, nil, opts, tsdb.NewDBStats())
	if err != nil {
		t.Fatal(err)
	}
	e := &engineServer{db: db, methods: map[string]int{}}
	e.engine = promql.NewEngine(promql.EngineOpts{
		MaxSamples: maxSamples, Timeout: 10 * time.Minute, LookbackDelta: 5 * time.Minute,
		EnableAtModifier: true, EnableNegativeOffset: true, Parser: parser.NewParser(parser.Options{}),
	})
	mux := http.NewServeMux()
	mux.HandleFunc("/api/v1/query", e.query)
	mux.HandleFunc("/api/v1/query_range", e.queryRange)
	mux.HandleFunc("/api/v1/label/pod/values", e.podNames)
	mux.HandleFunc("/api/v1/status/buildinfo", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, 200, map[string]any{"status": "success", "data": map[string]string{"version": "3.14.0"}})
	})
	e.Server = httptest.NewServer(mux)
	t.Cleanup(func() { e.Close(); _ = db.Close() })
	return e
}

func (e *engineServer) begin(r *http.Request) func() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.asked = append(e.asked, r.FormValue("query"))
	e.ranges = append(e.ranges, floatTime(r.FormValue("end")).Sub(floatTime(r.FormValue("start"))))
	e.methods[r.Method]++
	e.flying++
	e.most = max(e.most, e.flying)
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.flying--
	}
}

// podNames answers with the pods of the series that a selector selects.
func (e *engineServer) podNames(w http.ResponseWriter, r *http.Request) {
	sel, err := parser.NewParser(parser.Options{}).ParseMetricSelector(r.FormValue("match[]"))
	if err != nil {
		writeJSON(w, 400, map[string]any{"status": "error", "errorType": "bad_data", "error": err.Error()})
		return
	}
	q, err := e.db.Querier(floatTime(r.FormValue("start")).UnixMilli(), floatTime(r.FormValue("end")).UnixMilli())
	if err != nil {
		writeJSON(w, 500, map[string]any{"status": "error", "errorType": "internal", "error": err.Error()})
		return
	}
	defer func() { _ = q.Close() }()
	names, _, _ := q.LabelValues(r.Context(), "pod", nil, sel...)
	writeJSON(w, 200, map[string]any{"status": "success", "data": names})
}

func (e *engineServer) query(w http.ResponseWriter, r *http.Request) {
	defer e.begin(r)()
	q, err := e.engine.NewInstantQuery(r.Context(), e.db, nil, r.FormValue("query"), floatTime(r.FormValue("time")))
	e.answer(r.Context(), w, q, err)
}

func (e *engineServer) queryRange(w http.ResponseWriter, r *http.Request) {
	defer e.begin(r)()
	start, end := floatTime(r.FormValue("start")), floatTime(r.FormValue("end"))
	secs, _ := strconv.ParseFloat(r.FormValue("step"), 64)
	step := time.Duration(secs * float64(time.Second))
	if step <= 0 || end.Sub(start)/step > 11000 {
		writeJSON(w, 400, map[string]any{"status": "error", "errorType": "bad_data", "error": "exceeded maximum resolution of 11,000 points per timeseries"})
		return
	}
	q, err := e.engine.NewRangeQuery(r.Context(), e.db, nil, r.FormValue("query"), start, end, step)
	e.answer(r.Context(), w, q, err)
}

func (e *engineServer) answer(ctx context.Context, w http.ResponseWriter, q promql.Query, err error) {
	if err != nil {
		writeJSON(w, 400, map[string]any{"status": "error", "errorType": "bad_data", "error": err.Error()})
		return
	}
	defer q.Close()
	res := q.Exec(ctx)
	if res.Err != nil {
		kind := "execution"
		var timeout promql.ErrQueryTimeout
		if errors.As(res.Err, &timeout) {
			kind = "timeout"
		}
		writeJSON(w, 422, map[string]any{"status": "error", "errorType": kind, "error": res.Err.Error()})
		return
	}
	warnings, _ := res.Warnings.AsStrings("", 10, 10)
	writeJSON(w, 200, map[string]any{"status": "success", "warnings": warnings,
		"data": map[string]any{"resultType": res.Value.Type(), "result": modelOf(res.Value)}})
}

// modelOf turns an engine's value into the one that the API writes.
func modelOf(v parser.Value) any {
	metric := func(l labels.Labels) model.Metric {
		m := model.Metric{}
		l.Range(func(l labels.Label) { m[model.LabelName(l.Name)] = model.LabelValue(l.Value) })
		return m
	}
	switch v := v.(type) {
	case promql.Matrix:
		out := model.Matrix{}
		for _, s := range v {
			ss := &model.SampleStream{Metric: metric(s.Metric)}
			for _, p := range s.Floats {
				ss.Values = append(ss.Values, model.SamplePair{Timestamp: model.Time(p.T), Value: model.SampleValue(p.F)})
			}
			out = append(out, ss)
		}
		return out
	case promql.Vector:
		out := model.Vector{}
		for _, s := range v {
			out = append(out, &model.Sample{Metric: metric(s.Metric), Timestamp: model.Time(s.T), Value: model.SampleValue(s.F)})
		}
		return out
	}
	panic(fmt.Sprintf("unexpected value %T", v))
}

func floatTime(s string) time.Time {
	f, _ := strconv.ParseFloat(s, 64)
	return time.UnixMilli(int64(math.Round(f * 1000)))
}

func writeJSON(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v)
}

// line is one series to be stored.
type line struct {
	labels labels.Labels
	s      data.Samples
}

// series starts a line: a metric name and pairs of label name and value.
func newLine(metric string, pairs ...string) line {
	return line{labels: labels.FromStrings(append([]string{model.MetricNameLabel, metric}, pairs...)...)}
}

// with adds a sample every step with from <= t < to; f gives the value at each.
func (l line) with(from, to time.Time, step time.Duration, f func(time.Time) float64) line {
	for t := from; t.Before(to); t = t.Add(step) {
		l.s.T, l.s.V = append(l.s.T, t.UnixMilli()), append(l.s.V, f(t))
	}
	return l
}

// at adds single samples.
func (l line) at(t time.Time, v float64) line {
	l.s.T, l.s.V = append(l.s.T, t.UnixMilli()), append(l.s.V, v)
	return l
}

func always(v float64) func(time.Time) float64 { return func(time.Time) float64 { return v } }

// load stores lines; the head takes old samples as long as nothing newer has closed it, so all go in by time.
func (e *engineServer) load(t testing.TB, lines ...line) {
	t.Helper()
	app := e.db.Appender(context.Background())
	var oldest int64 = math.MaxInt64
	for _, l := range lines {
		if l.s.Len() > 0 {
			oldest = min(oldest, l.s.T[0])
		}
	}
	if _, err := app.Append(0, labels.FromStrings(model.MetricNameLabel, "first"), oldest, 0); err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		for i := range l.s.T {
			if _, err := app.Append(0, l.labels, l.s.T[i], l.s.V[i]); err != nil {
				t.Fatalf("%s at %d: %v", l.labels, l.s.T[i], err)
			}
		}
	}
	if err := app.Commit(); err != nil {
		t.Fatal(err)
	}
}

func (e *engineServer) reader(t testing.TB, o Options) *Reader {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return testNow }
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Minute // tests with the race detector share their cores
	}
	r, err := Dial(e.URL, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// single evaluates promql at testNow and returns its one value.
func (e *engineServer) single(t testing.TB, promql string) float64 {
	t.Helper()
	q, err := e.engine.NewInstantQuery(context.Background(), e.db, nil, promql, testNow)
	if err != nil {
		t.Fatalf("%s: %v", promql, err)
	}
	defer q.Close()
	v, err := q.Exec(context.Background()).Vector()
	if err != nil || len(v) != 1 {
		t.Fatalf("%s gives %d values, %v", promql, len(v), err)
	}
	return v[0].F
}

// apiCase is a container of a Deployment's pod.
func apiCase() *data.Container {
	return &data.Container{
		Key:      data.Key{Namespace: "shop", Pod: "api-7d9f8b6c5-x2bcd", UID: "u1", Container: "api"},
		Workload: data.Workload{Kind: "Deployment", Namespace: "shop", Name: "api"},
	}
}

// memory starts a working-set line of a pod of the api case; an empty id leaves the label out.
func memory(pod, id string, more ...string) line {
	pairs := append([]string{"namespace", "shop", "container", "api", "pod", pod}, more...)
	if id != "" {
		pairs = append(pairs, "id", id)
	}
	return newLine(data.MetricWorkingSet, pairs...)
}

// gapOf returns the reason of a gap whose What begins with what.
func gapOf(gaps []data.Gap, what string) (string, bool) {
	for _, g := range gaps {
		if len(g.What) >= len(what) && g.What[:len(what)].String() == what {
			return g.Why.String(), true
		}
	}
	return "", false
}
