package kube

import (
	"context"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// retryAfter takes what the server says of when to come back. The header counts: client-go drops it when the answer has
// a Status for a body.
type retryAfter struct{ seconds atomic.Int64 }

type retryAfterKey struct{}

// withRetryAfter returns a context whose requests tell the result when to come back.
func withRetryAfter(ctx context.Context) (context.Context, *retryAfter) {
	r := &retryAfter{}
	return context.WithValue(ctx, retryAfterKey{}, r), r
}

// wait returns how long the server asked to wait with an answer that was err; 0 when it did not.
func (r *retryAfter) wait(err error) time.Duration {
	s := r.seconds.Load()
	if after, ok := apierrors.SuggestsClientDelay(err); ok {
		s = max(s, int64(after))
	}
	return min(time.Duration(max(0, min(s, 3600)))*time.Second, maxThrottle)
}

// noteRetryAfter is a transport that notes the header Retry-After where a request wants to know it.
func noteRetryAfter(next http.RoundTripper) http.RoundTripper {
	return retryNoter{next}
}

type retryNoter struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (n retryNoter) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := n.next.RoundTrip(r)
	if note, ok := r.Context().Value(retryAfterKey{}).(*retryAfter); ok && err == nil {
		s, bad := strconv.ParseInt(resp.Header.Get("Retry-After"), 10, 64)
		if bad != nil || resp.StatusCode < http.StatusTooManyRequests {
			s = 0
		}
		note.seconds.Store(s)
	}
	return resp, err
}

// WrappedRoundTripper lets client-go find the transport below.
func (n retryNoter) WrappedRoundTripper() http.RoundTripper { return n.next }
