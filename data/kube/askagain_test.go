package kube

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"syscall"
	"testing"
)

// failing is a transport that fails so often, and then answers.
type failing struct {
	err   error
	times int
	asked int
}

func (f *failing) RoundTrip(*http.Request) (*http.Response, error) {
	if f.asked++; f.asked <= f.times {
		return nil, f.err
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(nil))}, nil
}

func TestAReadWhoseConnectionWasLostIsAskedAgainOnce(t *testing.T) {
	t.Parallel()
	lost := errors.New("http2: client connection lost")
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		method, query string
		err           error
		times         int
		ctx           context.Context //nolint:containedctx // one of the cases
		asked         int
		ok            bool
	}{
		"lost":                  {"GET", "", lost, 1, t.Context(), 2, true},
		"lost twice":            {"GET", "", lost, 2, t.Context(), 2, false},
		"cut":                   {"GET", "limit=500", fmt.Errorf("get pods: %w", io.ErrUnexpectedEOF), 1, t.Context(), 2, true},
		"reset":                 {"GET", "watch=false", &url.Error{Op: "Get", Err: syscall.ECONNRESET}, 1, t.Context(), 2, true},
		"nothing listens":       {"GET", "", syscall.ECONNREFUSED, 1, t.Context(), 1, false},
		"a write":               {"PATCH", "", lost, 1, t.Context(), 1, false},
		"a watch":               {"GET", "watch=true", lost, 1, t.Context(), 1, false},
		"nobody waits any more": {"GET", "", lost, 1, over, 1, false},
		"answered":              {"GET", "", nil, 0, t.Context(), 1, true},
	} {
		next := &failing{err: c.err, times: c.times}
		r, err := http.NewRequestWithContext(c.ctx, c.method, "https://server/api/v1/pods?"+c.query, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := askAgain{next}.RoundTrip(r)
		if resp != nil {
			_ = resp.Body.Close()
		}
		if next.asked != c.asked || (err == nil) != c.ok {
			t.Errorf("%s: asked %d times, %v; want %d times", name, next.asked, err, c.asked)
		}
	}
}

// A server that hangs up on the first list is asked again by a whole client.
func TestAListSurvivesALostConnection(t *testing.T) {
	t.Parallel()
	var n atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1) == 1 {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_ = conn.Close()
			}
			return
		}
		w.WriteHeader(http.StatusOK)
	}))
	t.Cleanup(srv.Close)
	client := http.Client{Transport: askAgain{http.DefaultTransport}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if n.Load() != 2 {
		t.Errorf("asked %d times, want 2", n.Load())
	}
}
