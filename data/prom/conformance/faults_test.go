//go:build e2e

package conformance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data/prom"
)

// door is a RoundTripper made of a function.
type door func(*http.Request) (*http.Response, error)

// RoundTrip calls the function.
func (d door) RoundTrip(r *http.Request) (*http.Response, error) { return d(r) }

// faults puts what gateways, proxies and overloaded servers do between a Reader and the server.
func faults(t *testing.T, b backend) {
	for code, trouble := range map[int]prom.Trouble{
		401: prom.Unauthorized, 403: prom.Unauthorized, 404: prom.NotPrometheus, 422: prom.TooMuch, 429: prom.Overloaded, 503: prom.Overloaded,
	} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			refuses(t, b, trouble, func(_ http.RoundTripper, r *http.Request) (*http.Response, error) {
				return answer(r, code, "text/plain", "no"), nil
			})
		})
	}
	t.Run("truncated JSON", func(t *testing.T) {
		refuses(t, b, prom.BadAnswer, func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(r)
			if err != nil {
				return nil, err
			}
			body, err := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			resp.Body = io.NopCloser(bytes.NewReader(body[:len(body)/2]))
			return resp, err
		})
	})
	t.Run("login page", func(t *testing.T) {
		refuses(t, b, prom.NotPrometheus, func(_ http.RoundTripper, r *http.Request) (*http.Response, error) {
			return answer(r, 200, "text/html", "<html>Please log in</html>"), nil
		})
	})
	t.Run("slow and canceled", func(t *testing.T) { canceled(t, b) })
	t.Run("bad query", func(t *testing.T) {
		// A namespace is text from outside: what looks like PromQL in it must stay a label's value.
		h, err := b.reader(t, nil, prom.Options{}).History(t.Context(), caseOf(`x"} or up{job="`), nil)
		if err != nil || len(h.Lives) != 0 {
			t.Errorf("%v, %v", h, err)
		}
	})
}

func answer(r *http.Request, code int, kind, body string) *http.Response {
	return &http.Response{
		StatusCode: code, Status: http.StatusText(code), Header: http.Header{"Content-Type": {kind}}, Request: r,
		Body: io.NopCloser(strings.NewReader(body)), ProtoMajor: 1, ProtoMinor: 1,
	}
}

// refuses holds that a question through fault ends with the kind of trouble in one line, and nothing is made up.
func refuses(t *testing.T, b backend, want prom.Trouble, fault func(http.RoundTripper, *http.Request) (*http.Response, error)) {
	t.Helper()
	r := b.reader(t, func(next http.RoundTripper) http.RoundTripper {
		return door(func(req *http.Request) (*http.Response, error) { return fault(next, req) })
	}, prom.Options{})
	h, err := r.History(t.Context(), caseOf("gaps"), nil)
	var e *prom.Error
	if h != nil || !errors.As(err, &e) || e.Trouble != want || strings.Contains(err.Error(), "\n") {
		t.Errorf("%v (%T), want %s", err, err, want)
	}
	if st := r.Probe(t.Context()); st.Reachable || st.Problem == "" {
		t.Errorf("%+v", st)
	}
}

// canceled holds that a question to a server that does not answer ends at once with its context.
func canceled(t *testing.T, b backend) {
	arrived := make(chan struct{}, 64)
	r := b.reader(t, func(http.RoundTripper) http.RoundTripper {
		return door(func(req *http.Request) (*http.Response, error) {
			arrived <- struct{}{}
			<-req.Context().Done()
			return nil, req.Context().Err()
		})
	}, prom.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := r.History(ctx, caseOf("big"), nil)
		done <- err
	}()
	<-arrived
	cancel()
	select {
	case err := <-done:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it goes on")
	}
}
