package kube

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/oomedic/oomedic/data"
)

// reviews are the writes that store nothing: questions about one's own rights.
var reviews = []string{"/selfsubjectaccessreviews", "/selfsubjectrulesreviews"}

// throughTo are the posts that do not end at the API server and change nothing where they end: PromQL sent through the
// service proxy, and the tunnel to a pod that is used when the proxy is forbidden.
var throughTo = regexp.MustCompile(`^/api/v1/namespaces/[^/]+/(services/[^/]+/proxy/(.+/)?api/v1/query(_range)?|pods/[^/]+/portforward)$`)

// readOnly is a RoundTripper that lets nothing through that could change the cluster.
type readOnly struct{ next http.RoundTripper }

// readOnlyTransport wraps next.
func readOnlyTransport(next http.RoundTripper) http.RoundTripper { return readOnly{next} }

// RoundTrip sends r when it reads, is a dry run or asks for one's own rights; otherwise the error wraps data.ErrReadOnly
// and nothing is sent.
func (t readOnly) RoundTrip(r *http.Request) (*http.Response, error) {
	if readsOnly(r) {
		return t.next.RoundTrip(r)
	}
	if r.Body != nil {
		_ = r.Body.Close()
	}
	return nil, fmt.Errorf("%w: %s %s is not sent", data.ErrReadOnly, r.Method, data.Clean(r.URL.Path))
}

// readsOnly reports whether r cannot change anything.
func readsOnly(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return true
	case http.MethodPost:
		if slices.ContainsFunc(reviews, func(s string) bool { return strings.HasSuffix(r.URL.Path, s) }) || throughTo.MatchString(r.URL.Path) {
			return true
		}
	}
	dry := r.URL.Query()["dryRun"]
	return len(dry) == 1 && dry[0] == "All"
}

// WrappedRoundTripper returns the transport below, which lets client-go look through.
func (t readOnly) WrappedRoundTripper() http.RoundTripper { return t.next }
