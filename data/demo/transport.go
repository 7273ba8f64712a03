package demo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/tsdb"
)

// The limits of the query engine: Prometheus's own defaults.
const (
	maxSamples   = 50_000_000
	queryTimeout = 2 * time.Minute
	lookback     = 5 * time.Minute
)

// transport serves the HTTP API of a Prometheus within the process.
type transport struct {
	engine  *promql.Engine
	parser  parser.Parser
	db      *tsdb.DB
	now     func() time.Time
	ready   func(context.Context) error
	mux     *http.ServeMux
	running sync.WaitGroup
	mu      sync.Mutex
	closed  bool
}

// newTransport returns the API over db. now is the default time of queries; ready waits until db can be asked.
func newTransport(db *tsdb.DB, now func() time.Time, ready func(context.Context) error) *transport {
	p := parser.NewParser(parser.Options{})
	t := &transport{db: db, now: now, ready: ready, parser: p, mux: http.NewServeMux()}
	t.engine = promql.NewEngine(promql.EngineOpts{
		MaxSamples: maxSamples, Timeout: queryTimeout, LookbackDelta: lookback, EnableAtModifier: true, EnableNegativeOffset: true, Parser: p,
		NoStepSubqueryIntervalFn: func(int64) int64 { return time.Minute.Milliseconds() },
	})
	t.routes()
	return t
}

// errClosed is the answer after the sandbox was closed.
var errClosed = errors.New("the sandbox was closed")

// RoundTrip answers r as the server at its address would. The error is that of r's context when that ended first.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer func() { _ = r.Body.Close() }() // a request's body was read to its end or is of no use
	}
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		return nil, errClosed
	}
	t.running.Add(1)
	t.mu.Unlock()
	defer t.running.Done()
	w := &recorder{header: http.Header{}, code: http.StatusOK}
	t.mux.ServeHTTP(w, r.Clone(r.Context()))
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return &http.Response{
		Status: strconv.Itoa(w.code) + " " + http.StatusText(w.code), StatusCode: w.code, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}, nil
}

// close refuses further requests and waits for those that run.
func (t *transport) close() {
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	t.running.Wait()
}

// recorder keeps an answer.
type recorder struct {
	header http.Header
	code   int
	wrote  bool
	body   bytes.Buffer
}

// Header returns the header to fill in.
func (w *recorder) Header() http.Header { return w.header }

// WriteHeader sets the status, the first time.
func (w *recorder) WriteHeader(code int) {
	if !w.wrote {
		w.code, w.wrote = code, true
	}
}

// Write appends to the body.
func (w *recorder) Write(b []byte) (int, error) {
	w.wrote = true
	return w.body.Write(b)
}
