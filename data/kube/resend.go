package kube

import "net/http"

// noResend is a RoundTripper that keeps client-go from sending a write again by itself: it does so for any 5xx answer
// that names a time to wait, also when the write was stored and a proxy lost the answer. Apply looks at the object first.
type noResend struct{ next http.RoundTripper }

// RoundTrip sends r, and takes Retry-After off a failure of the server's side that answers a write. 429 keeps it: such a
// request was turned away before anything was done.
func (t noResend) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(r)
	if err == nil && resp.StatusCode >= http.StatusInternalServerError && r.Method != http.MethodGet && r.Method != http.MethodHead {
		resp.Header.Del("Retry-After")
	}
	return resp, err
}

// WrappedRoundTripper returns the transport below, which lets client-go look through.
func (t noResend) WrappedRoundTripper() http.RoundTripper { return t.next }
