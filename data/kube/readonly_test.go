package kube_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/oomedic/oomedic/data/kube"
)

// The transport is the second lock: it holds whatever code above it forgets. The test hands it raw
// requests.
func TestReadOnlyTransport(t *testing.T) {
	t.Parallel()
	var sent atomic.Int32
	wrapped := kube.ReadOnlyTransport(roundTripper(func(*http.Request) (*http.Response, error) {
		sent.Add(1)
		return nil, http.ErrHandlerTimeout
	}))
	for _, c := range []struct {
		method, url string
		body        string
		sent        bool
	}{
		{"GET", "/api/v1/pods", "", true},
		{"GET", "/api/v1/pods?watch=true", "", true},
		{"HEAD", "/", "", true},
		{"PATCH", "/apis/apps/v1/namespaces/shop/deployments/api?dryRun=All", "{}", true},
		{"POST", "/api/v1/namespaces/shop/pods?dryRun=All&fieldManager=oomedic", "{}", true},
		{"POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "{}", true},
		{"POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", "{}", true},
		{"PATCH", "/apis/apps/v1/namespaces/shop/deployments/api", "{}", false},
		{"PATCH", "/apis/apps/v1/namespaces/shop/deployments/api?dryRun=", "{}", false},
		{"PATCH", "/apis/apps/v1/namespaces/shop/deployments/api?dryRun=All&dryRun=None", "{}", false},
		{"POST", "/api/v1/namespaces/shop/pods/p/eviction", "{}", false},
		{"POST", "/api/v1/namespaces/shop/selfsubjectaccessreviews/x", "{}", false},
		{"PATCH", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "{}", false},
		{"DELETE", "/api/v1/namespaces/shop/pods/p", "", false},
		{"PUT", "/api/v1/namespaces/shop/pods/p", "{}", false},
	} {
		sent.Store(0)
		req, err := http.NewRequestWithContext(t.Context(), c.method, "http://x"+c.url, strings.NewReader(c.body))
		must(t, err)
		resp, err := wrapped.RoundTrip(req)
		if resp != nil {
			_ = resp.Body.Close()
		}
		if (sent.Load() == 1) != c.sent || err == nil {
			t.Errorf("%s %s: sent %v, want %v (%v)", c.method, c.url, sent.Load() == 1, c.sent, err)
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
