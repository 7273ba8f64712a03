package kube

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
)

// askAgain is a RoundTripper that asks once more when the connection was lost before a read was answered. The health
// check of HTTP/2 gives a connection up after seconds of silence, which on a slow line or under a busy server can hit a
// list that would have come. Writes are never asked again, and a watch has its own way back.
type askAgain struct{ next http.RoundTripper }

// RoundTrip sends r, and once more when it is a read whose connection was lost.
func (t askAgain) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(r)
	if err == nil || r.Method != http.MethodGet || r.Body != nil || isWatch(r) || r.Context().Err() != nil || !connectionLost(err) {
		return resp, err
	}
	return t.next.RoundTrip(r)
}

// WrappedRoundTripper returns the transport below, which lets client-go look through.
func (t askAgain) WrappedRoundTripper() http.RoundTripper { return t.next }

// isWatch reports whether r asks for a stream of changes.
func isWatch(r *http.Request) bool {
	switch r.URL.Query().Get("watch") {
	case "", "0", "false":
		return false
	}
	return true
}

// connectionLost reports whether err tells of a connection that was there and went away.
func connectionLost(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) ||
		strings.Contains(err.Error(), "http2: client connection lost") // golang.org/x/net/http2 has no name for it
}
