package kube

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// paced gives n bytes after each pause.
type paced struct {
	pauses []time.Duration
	n      int
}

func (p *paced) Read(b []byte) (int, error) {
	if len(p.pauses) == 0 {
		return 0, io.EOF
	}
	time.Sleep(p.pauses[0])
	p.pauses = p.pauses[1:]
	return p.n, nil
}

func TestSlowConnectionsAreToldFromBusyServers(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for _, c := range []struct {
		name   string
		pauses []time.Duration
		n      int
		slow   bool
	}{
		{"a fast line", []time.Duration{10 * ms, 10 * ms, 10 * ms, 10 * ms}, stretch, false},
		{"a busy server on a fast line", []time.Duration{3000 * ms, 10 * ms, 2000 * ms, 3000 * ms}, stretch, false},
		{"a slow line", []time.Duration{400 * ms, 400 * ms, 400 * ms, 400 * ms}, stretch, true},
		{"just fast enough", []time.Duration{99 * ms, 99 * ms}, stretch, false},
		{"just too slow", []time.Duration{101 * ms, 101 * ms}, stretch, true},
		{"too little to say", []time.Duration{1000 * ms}, stretch / 2, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			stall := time.NewTimer(stallAfter)
			defer stall.Stop()
			m := &meter{in: &paced{c.pauses, c.n}, stall: stall, since: time.Now()}
			buf := make([]byte, stretch)
			for {
				if _, err := m.Read(buf); err != nil {
					break
				}
			}
			if m.slow() != c.slow {
				t.Errorf("%s: slow %v at %.0f bytes a second", c.name, m.slow(), m.best)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	throttled := apierrors.NewTooManyRequests("slow down", 7)
	for _, c := range []struct {
		code   int
		header string
		err    error
		want   time.Duration
	}{
		{429, "2", errors.New("x"), 2 * time.Second},
		{503, "2", errors.New("x"), 2 * time.Second},
		{429, "", throttled, 7 * time.Second},
		{429, "86400", errors.New("x"), maxThrottle},
		{429, "-5", errors.New("x"), 0},
		{429, "Wed, 21 Oct 2026 07:28:00 GMT", errors.New("x"), 0},
		{200, "2", errors.New("x"), 0},
		{403, "2", apierrors.NewForbidden(schema.GroupResource{}, "", nil), 0},
	} {
		ctx, after := withRetryAfter(context.Background())
		rt := noteRetryAfter(answering(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: c.code, Header: http.Header{"Retry-After": {c.header}}, Body: io.NopCloser(strings.NewReader(""))}, nil
		}))
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://x", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := rt.RoundTrip(req); err != nil {
			t.Fatal(err)
		}
		if got := after.wait(c.err); got != c.want {
			t.Errorf("%d with %q and %v: wait %s, want %s", c.code, c.header, c.err, got, c.want)
		}
	}
}

type answering func(*http.Request) (*http.Response, error)

func (f answering) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
