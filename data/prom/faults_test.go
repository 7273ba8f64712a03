package prom

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"github.com/oomedic/oomedic/data"
)

// serve starts a server and returns a Reader of it that does not wait long.
func serve(t *testing.T, o Options, h http.HandlerFunc) (*Reader, *httptest.Server) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	if o.Now == nil {
		o.Now = func() time.Time { return testNow }
	}
	r, err := Dial(s.URL, o)
	if err != nil {
		t.Fatal(err)
	}
	r.pause = time.Millisecond
	return r, s
}

// says answers every request the same way.
func says(code int, kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

const jsonKind = "application/json"

func TestTroublesInWords(t *testing.T) {
	t.Parallel()
	apiError := func(kind, text string) string {
		return fmt.Sprintf(`{"status":"error","errorType":%q,"error":%q}`, kind, text)
	}
	redirect := func(to string, code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, code) }
	}
	for name, c := range map[string]struct {
		h     http.HandlerFunc
		want  Trouble
		words string
	}{
		"bad query":             {says(400, jsonKind, apiError("bad_data", "parse error: unexpected <eof>")), Refused, "parse error"},
		"too many points":       {says(400, jsonKind, apiError("bad_data", "exceeded maximum resolution of 11,000 points")), TooMuch, "11,000"},
		"no credentials":        {says(401, "text/html", "<html>"), Unauthorized, "HTTP 401"},
		"not allowed":           {says(403, "text/plain", "no"), Unauthorized, "HTTP 403"},
		"other server":          {says(404, "text/plain", "404 page not found"), NotPrometheus, "no Prometheus API"},
		"too many samples":      {says(422, jsonKind, apiError("execution", "query processing would load too many samples into memory")), TooMuch, "too many samples"},
		"cannot run":            {says(422, jsonKind, apiError("execution", "found duplicate series for the match group")), Refused, "duplicate series"},
		"overloaded":            {says(429, jsonKind, `{"message":"slow down"}`), Overloaded, "slow down"},
		"starting":              {says(503, "text/plain", "Service Unavailable"), Overloaded, "HTTP 503"},
		"server's own timeout":  {says(503, jsonKind, apiError("timeout", "query timed out in expression evaluation")), Slow, "gave the query up"},
		"gateway":               {says(502, "text/html", "<html>bad gateway"), Unreachable, "gateway"},
		"server error":          {says(500, jsonKind, apiError("internal", "disk gone")), BadAnswer, "disk gone"},
		"login page":            {says(200, "text/html; charset=utf-8", "<html>log in"), NotPrometheus, "web page"},
		"login page as json":    {says(200, jsonKind, "<!doctype html>"), NotPrometheus, "web page"},
		"redirect to login":     {redirect("https://login.example/sso?token=abc", 302), Unauthorized, "https://login.example/sso, as login pages do"},
		"redirect elsewhere":    {redirect("https://evil.example/api/v1/query", 307), Unauthorized, "evil.example"},
		"redirect on same host": {redirect("/login", 302), Unauthorized, "/login"},
		"no JSON":               {says(200, jsonKind, "hello"), BadAnswer, "not what Prometheus writes"},
		"half of the JSON":      {says(200, jsonKind, `{"status":"success","data":{"resultType":"ma`), BadAnswer, "cut off"},
		"wrong type":            {says(200, jsonKind, `{"status":"success","data":{"resultType":"matrix","result":42}}`), BadAnswer, "not what"},
		"deep nesting":          {says(200, jsonKind, strings.Repeat("[", 100_000)), BadAnswer, "not what"},
		"error in a success":    {says(200, jsonKind, apiError("execution", "too many samples")), TooMuch, "too many"},
		"cut body": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"status":"succ`)
		}, BadAnswer, "cut off"},
		"control bytes": {says(400, jsonKind, `{"status":"error","errorType":"bad_data","error":"\u001b[2Jred"}`), Refused, "␛[2Jred"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _ := serve(t, Options{}, c.h)
			_, err := r.instant(t.Context(), "up", testNow)
			if got := troubleOf(err); got != c.want {
				t.Fatalf("%q is %q, want %q", err, got, c.want)
			}
			if text := err.Error(); !strings.Contains(text, c.words) || strings.ContainsAny(text, "\n\x1b") || len(text) > 400 {
				t.Errorf("%q lacks %q", text, c.words)
			}
			h, err := r.History(t.Context(), apiCase(), nil)
			if h != nil || err == nil {
				t.Errorf("a history out of nothing: %+v", h)
			}
			if ch, err := r.Chart(t.Context(), apiCase(), data.Hour); ch != nil || err == nil {
				t.Errorf("a chart out of nothing: %+v", ch)
			}
			if st := r.Probe(t.Context()); st.Reachable || st.Problem == "" {
				t.Errorf("status %+v", st)
			}
			if o, gaps := r.Overview(t.Context(), []*data.Container{apiCase()}, time.Hour, 4); len(o) != 1 || len(gaps) == 0 {
				t.Errorf("overview %v, gaps %v", o, gaps)
			}
		})
	}
}

func TestConnectionRefused(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	r, err := Dial("http://"+l.Addr().String(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if st := r.Probe(t.Context()); st.Reachable || !strings.Contains(st.Problem.String(), "connection refused") {
		t.Errorf("%+v", st)
	}
}

func TestConnectionReset(t *testing.T) {
	t.Parallel()
	r, _ := serve(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = c.Close()
		}
	})
	if _, err := r.instant(t.Context(), "up", testNow); troubleOf(err) != Unreachable {
		t.Errorf("%q", err)
	}
}

func TestHangingServer(t *testing.T) {
	t.Parallel()
	arrived, release := make(chan struct{}, 16), make(chan struct{})
	r, _ := serve(t, Options{Timeout: time.Minute}, func(http.ResponseWriter, *http.Request) {
		arrived <- struct{}{}
		<-release
	})
	t.Cleanup(func() { close(release) })
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() {
		_, err := r.History(ctx, apiCase(), nil)
		result <- err
	}()
	<-arrived
	cancel()
	select {
	case err := <-result:
		if troubleOf(err) != Canceled || !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("a canceled history goes on")
	}
}

func TestSlowServer(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	var asked atomic.Int32
	r, _ := serve(t, Options{Timeout: 50 * time.Millisecond}, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Content-Type", jsonKind)
		_, _ = io.WriteString(w, `{"status":`) // the body stops in the middle
		w.(http.Flusher).Flush()
		<-release
	})
	t.Cleanup(func() { close(release) })
	_, err := r.History(t.Context(), apiCase(), nil)
	if troubleOf(err) != Slow || !strings.Contains(err.Error(), "within 50ms") {
		t.Errorf("%v", err)
	}
	if n := asked.Load(); n > 1 {
		t.Errorf("a server that does not answer was asked %d times", n)
	}
}

func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	blank := bytes.Repeat([]byte(" "), 64<<10)
	for name, h := range map[string]http.HandlerFunc{
		"endless": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(blank); err != nil {
					return
				}
			}
		},
		"gzip bomb": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			for range 1 << 10 { // 64 MiB
				if _, err := z.Write(blank); err != nil {
					return
				}
			}
			_ = z.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _ := serve(t, Options{MaxBody: 1 << 20}, h)
			_, err := r.instant(t.Context(), "up", testNow)
			if troubleOf(err) != TooMuch || !strings.Contains(err.Error(), "1Mi") {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestBodyOfExactlyTheBoundPasses(t *testing.T) {
	t.Parallel()
	const body = `{"status":"success","data":{"resultType":"vector","result":[]}}`
	for extra, want := range map[int64]Trouble{0: "", -1: TooMuch} {
		r, _ := serve(t, Options{MaxBody: int64(len(body)) + extra}, says(200, jsonKind, body))
		if _, err := r.instant(t.Context(), "up", testNow); troubleOf(err) != want {
			t.Errorf("%+d bytes: %v", extra, err)
		}
	}
}

func TestOverloadIsRetriedOnce(t *testing.T) {
	t.Parallel()
	for code, heals := range map[int]bool{429: true, 503: true, 500: false} {
		var asked atomic.Int32
		ok := says(200, jsonKind, `{"status":"success","data":{"resultType":"vector","result":[]}}`)
		r, _ := serve(t, Options{}, func(w http.ResponseWriter, req *http.Request) {
			if asked.Add(1) == 1 {
				w.WriteHeader(code)
				return
			}
			ok(w, req)
		})
		if _, err := r.instant(t.Context(), "up", testNow); (err == nil) != heals {
			t.Errorf("HTTP %d, then well: %v", code, err)
		}
	}
	var asked atomic.Int32
	r, _ := serve(t, Options{}, func(w http.ResponseWriter, _ *http.Request) { asked.Add(1); w.WriteHeader(503) })
	if _, err := r.instant(t.Context(), "up", testNow); troubleOf(err) != Overloaded || asked.Load() != 2 {
		t.Errorf("asked %d times: %v", asked.Load(), err)
	}
	r.pause = time.Hour
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := r.instant(ctx, "up", testNow); err == nil {
		t.Error("the pause did not end with the context")
	}
}

func TestOddSamples(t *testing.T) {
	t.Parallel()
	r, _ := serve(t, Options{}, says(200, jsonKind, `{"status":"success","warnings":["store \u001b[31m gone"],"infos":["x"],"data":{"resultType":"matrix","result":[
		{"metric":{"pod":"p\u001b]0;x\u0007","id":"a"},"values":[[40,"4"],[10,"1"],[20,"NaN"],[30,"+Inf"],[31,"-Inf"],[10,"3"],[50,"5e9"]]},
		{"metric":{"pod":"q"},"values":[[1,"NaN"]]},{"metric":{"pod":"r"},"values":[]},
		{"metric":{"pod":"h"},"histograms":[[1,{"count":"1","sum":"1","buckets":[]}]]}]}}`))
	a, err := r.ranged(t.Context(), "x", testNow.Add(-time.Hour), testNow, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	got := seriesOf(a.value)
	if len(got) != 1 || got[0].pod != "p␛]0;x␇" {
		t.Fatalf("%+v", got)
	}
	if s := got[0]; fmt.Sprint(s.T, s.V) != "[10000 40000 50000] [3 4 5e+09]" {
		t.Errorf("%v %v", s.T, s.V)
	}
	if len(a.query.Warnings) != 1 || a.query.Warnings[0] != "store ␛[31m gone" || a.query.Points != 8 {
		t.Errorf("%+v", a.query)
	}
	ch, err := r.Chart(t.Context(), apiCase(), data.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if why, ok := gapOf(ch.Gaps, "a complete answer"); !ok || !strings.Contains(why, "gone") {
		t.Errorf("the warning is no gap: %v", ch.Gaps)
	}
}

// TestPartFails holds that one failing question leaves the others alone.
func TestPartFails(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	c := apiCase()
	e.load(t, memory(c.Key.Pod.String(), "/a").with(ago(8*day), testNow, scrape, always(mi)))
	r, _ := serve(t, Options{}, func(w http.ResponseWriter, req *http.Request) {
		q := req.FormValue("query")
		if strings.Contains(q, data.MetricLimits) || rawLength(t, q) > scrapeLook && req.FormValue("time") == fmt.Sprint(ago(4*day).Unix()) {
			says(500, jsonKind, `{"status":"error","error":"broken shard"}`)(w, req)
			return
		}
		e.Config.Handler.ServeHTTP(w, req)
	})
	h, err := r.History(t.Context(), c, nil)
	if err != nil || len(h.Lives) != 1 || h.Lives[0].Len() < 11_510 || h.Lives[0].Len() > 11_520 {
		t.Fatalf("%d lives, %v", len(h.Lives), err)
	}
	for _, what := range []string{"memory limit over time", "memory from 2026-03-07 12:34"} {
		if why, ok := gapOf(h.Gaps, what); !ok || !strings.Contains(why, "broken shard") {
			t.Errorf("no gap for %s in %v", what, h.Gaps)
		}
	}
}

// panicky is an API whose queries panic, as a decoder with a bug would.
type panicky struct{ v1.API }

func (panicky) Query(context.Context, string, time.Time, ...v1.Option) (model.Value, v1.Warnings, v1.Infos, error) {
	panic("index out of range")
}

func (panicky) QueryRange(context.Context, string, v1.Range, ...v1.Option) (model.Value, v1.Warnings, v1.Infos, error) {
	panic("index out of range")
}

func TestPanicIsAnError(t *testing.T) {
	t.Parallel()
	r := New(panicky{}, "test", Options{})
	if _, err := r.History(t.Context(), apiCase(), nil); err == nil || !strings.Contains(err.Error(), "index out of range") {
		t.Errorf("%v", err)
	}
	if _, gaps := r.Overview(t.Context(), []*data.Container{apiCase()}, time.Hour, 4); len(gaps) == 0 {
		t.Error("no gap")
	}
}
