package kube

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	utilnet "k8s.io/apimachinery/pkg/util/net"

	"github.com/oomedic/oomedic/data"
)

// request names what was asked of the server, for the text of an error.
type request struct {
	verb, resource, namespace, name string
}

// String returns "patch deployments in namespace shop".
func (r request) String() string {
	s := r.verb + " " + r.resource
	if r.name != "" {
		s += " " + r.name
	}
	if r.namespace != "" {
		s += " in namespace " + r.namespace
	}
	return s
}

// deniedUser finds the user in the words that authorization refuses with. Admission plugins answer 403 too, in other
// words, which is how the two are told apart.
var deniedUser = regexp.MustCompile(`User "([^"]*)" cannot `)

// explain turns an error of client-go into one line that says what failed and what to do. It wraps one of the errors of
// package data where one fits, and the original error always. nil stays nil.
func (c *Client) explain(err error, r request) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, data.ErrReadOnly), errors.Is(err, context.Canceled):
		return fmt.Errorf("cannot %s: %w", r, bare(err))
	case apierrors.IsUnauthorized(err):
		return worded{fmt.Sprintf("cannot %s: the API server does not accept the credentials (401): log in again, or renew them in the kubeconfig", r),
			data.ErrUnauthorized, err}
	case apierrors.IsForbidden(err) && deniedUser.MatchString(err.Error()):
		return worded{fmt.Sprintf("cannot %s: user %s lacks the right to %s", r, user(err), right(r)), data.ErrForbidden, err}
	case apierrors.IsConflict(err):
		return worded{fmt.Sprintf("cannot %s: %s", r, words(err)), data.ErrConflict, err}
	case apierrors.IsNotFound(err):
		return worded{fmt.Sprintf("cannot %s: it does not exist", r), data.ErrNotFound, err}
	case refused(err):
		return worded{fmt.Sprintf("the API server refuses: %s", words(err)), data.ErrRefused, err}
	case apierrors.IsTooManyRequests(err), apierrors.IsServiceUnavailable(err), apierrors.IsServerTimeout(err), apierrors.IsTimeout(err):
		return worded{fmt.Sprintf("cannot %s: the API server is overloaded or not ready: %s", r, words(err)), data.ErrUnreachable, err}
	case isStatus(err):
		return worded{fmt.Sprintf("cannot %s: %s", r, words(err)), nil, err}
	}
	return worded{fmt.Sprintf("cannot reach the API server %s: %s", data.Clean(c.server), reach(err)), data.ErrUnreachable, err}
}

// right is what a role must grant for r.
func right(r request) string {
	where := " in the whole cluster"
	if r.namespace != "" {
		where = " in namespace " + r.namespace
	}
	return r.verb + " " + r.resource + where
}

// worded is an error with its own text that also is its kind and its cause.
type worded struct {
	text  string
	kind  error
	cause error
}

// Error returns the one line.
func (w worded) Error() string { return data.Clean(w.text).String() }

// Unwrap returns the kind, if any, and the cause.
func (w worded) Unwrap() []error {
	if w.kind == nil {
		return []error{w.cause}
	}
	return []error{w.kind, w.cause}
}

// refused reports whether validation or admission said no: 400, 403 of an admission plugin, 413, 422, or a webhook that
// failed and therefore refuses.
func refused(err error) bool {
	if apierrors.IsInvalid(err) || apierrors.IsBadRequest(err) || apierrors.IsForbidden(err) || apierrors.IsRequestEntityTooLargeError(err) {
		return true
	}
	return apierrors.IsInternalError(err) && strings.Contains(err.Error(), "webhook")
}

// isStatus reports whether the server answered.
func isStatus(err error) bool {
	var s apierrors.APIStatus
	return errors.As(err, &s)
}

// maxWords bounds the server's words in bytes: a webhook may answer with a page.
const maxWords = 1000

// words are the server's own words, cleaned and bounded.
func words(err error) string {
	text := err.Error()
	var s apierrors.APIStatus
	if errors.As(err, &s) && s.Status().Message != "" {
		text = s.Status().Message
	}
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > maxWords {
		text = text[:maxWords] + "…"
	}
	return data.Clean(text).String()
}

// user is who the server says was refused.
func user(err error) string {
	if m := deniedUser.FindStringSubmatch(err.Error()); m != nil {
		return fmt.Sprintf("%q", data.Clean(m[1]).String())
	}
	return "in use"
}

// reach says in few words why no answer came, and what to do about it.
func reach(err error) string {
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var dns *net.DNSError
	switch {
	case errors.As(err, &unknown), errors.As(err, &host), errors.As(err, &invalid):
		return words(bare(err)) + ": check certificate-authority and server in the kubeconfig"
	case errors.As(err, &dns):
		return "its name " + data.Clean(dns.Name).String() + " is not known: check the kubeconfig's server and the network or VPN"
	case utilnet.IsConnectionRefused(err):
		return "connection refused: check that it runs and that the kubeconfig's server is right"
	case errors.Is(err, context.DeadlineExceeded), utilnet.IsTimeout(err):
		return "no answer in time: check the network or VPN"
	}
	return words(bare(err)) + ": check the kubeconfig's server and the network or VPN"
}

// bare takes the URL off an error of net/http, which would repeat the query.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
