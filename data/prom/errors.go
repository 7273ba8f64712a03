package prom

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"

	"github.com/oomedic/oomedic/data"
)

// Trouble says what kind of failure an Error is, so that callers can tell apart what a person must do about it.
type Trouble string

// The kinds of failure.
const (
	Unreachable   Trouble = "unreachable"    // no connection, or a gateway without a server behind it
	Slow          Trouble = "slow"           // no answer in time
	Unauthorized  Trouble = "unauthorized"   // 401, 403, or a redirect to a login page
	NotPrometheus Trouble = "not prometheus" // something else answers at this address
	Refused       Trouble = "refused"        // the query is wrong or not allowed
	TooMuch       Trouble = "too much"       // the answer would be larger than the server or this program allows
	Overloaded    Trouble = "overloaded"     // 429 or 503
	BadAnswer     Trouble = "bad answer"     // truncated or not understood
	Canceled      Trouble = "canceled"       // the caller gave up
)

// Error is one failed question to Prometheus. Its text is one clean line without credentials.
type Error struct {
	Trouble Trouble
	Text    data.Text
	cause   error
}

// Error returns the line for people.
func (e *Error) Error() string { return e.Text.String() }

// Unwrap returns what the line was made from, for errors.Is with context.Canceled and the like.
func (e *Error) Unwrap() error { return e.cause }

// troubleOf returns the Trouble of err, or "" when it is none of ours.
func troubleOf(err error) Trouble {
	var e *Error
	if errors.As(err, &e) {
		return e.Trouble
	}
	return ""
}

// hopeless reports whether every further question would fail the same way.
func hopeless(err error) bool {
	switch troubleOf(err) {
	case Unreachable, Unauthorized, NotPrometheus, Canceled:
		return true
	case Slow: // said by the client: the server did not even give the query up in time
		return errors.Is(err, context.DeadlineExceeded)
	}
	return false
}

const (
	// maxDetail is how many bytes of a server's own words are shown.
	maxDetail = 200
	// maxText bounds the text of an Error: the words of a server and those around them. It is cut after secrets are taken
	// out, since half of one would not be found.
	maxText = maxDetail + 120
)

// explain turns whatever a query returned into an Error in words. parent is the caller's context, without the
// deadline of the single query.
func (r *Reader) explain(parent context.Context, err error) *Error {
	trouble, text := r.words(parent, err)
	return &Error{Trouble: trouble, Text: data.Clean(cut(r.redact(text), maxText)), cause: safeCause(err)}
}

// safeCause keeps what errors.Is may ask for and drops the rest, which could carry an address with credentials.
func safeCause(err error) error {
	for _, known := range []error{context.Canceled, context.DeadlineExceeded, syscall.ECONNREFUSED, io.ErrUnexpectedEOF, errTooLarge} {
		if errors.Is(err, known) {
			return known
		}
	}
	return nil
}

func (r *Reader) words(parent context.Context, err error) (Trouble, string) {
	var api *v1.Error
	var moved *redirectError
	switch {
	case parent.Err() != nil && errors.Is(parent.Err(), context.Canceled):
		return Canceled, "canceled"
	case errors.Is(err, context.DeadlineExceeded) || isTimeout(err):
		return Slow, "no answer from Prometheus within " + r.timeout.Round(time.Millisecond).String()
	case errors.Is(err, errTooLarge):
		return TooMuch, "the answer is larger than " + data.HumanBytes(float64(r.maxBody))
	case errors.As(err, &moved):
		return Unauthorized, moved.Error()
	case errors.Is(err, errHTML):
		return NotPrometheus, errHTML.Error()
	case errors.As(err, &api):
		return apiWords(api)
	}
	return netWords(err)
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}

// netWords explains failures below HTTP.
func netWords(err error) (Trouble, string) {
	var dns *net.DNSError
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return Unreachable, "connection refused: nothing listens at the address of Prometheus"
	case errors.As(err, &dns):
		return Unreachable, "the host name of Prometheus cannot be resolved: " + dns.Name
	case errors.Is(err, io.ErrUnexpectedEOF):
		return BadAnswer, "the answer was cut off before its end"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, syscall.EPIPE):
		return Unreachable, "the connection to Prometheus was closed before an answer came"
	case errors.Is(err, context.Canceled):
		return Canceled, "canceled"
	case strings.Contains(err.Error(), "x509:") || strings.Contains(err.Error(), "tls:"):
		return Unreachable, "no trusted TLS connection to Prometheus: " + inner(err)
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, new(flate.CorruptInputError)):
		return BadAnswer, "the answer says that it is compressed, and is not"
	case strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return Unreachable, "the server speaks http, not https: check the scheme of the address"
	}
	return Unreachable, "Prometheus cannot be reached: " + inner(err)
}

// inner is the innermost text of err. The outer layers hold the address.
func inner(err error) string {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return strings.TrimSpace(err.Error())
		}
		err = next
	}
}

var statusCode = regexp.MustCompile(`(?:client error: |server error: |bad response code )(\d{3})$`)

// apiWords explains an error that the API client made of an HTTP answer.
func apiWords(e *v1.Error) (Trouble, string) {
	if m := statusCode.FindStringSubmatch(e.Msg); m != nil {
		code, _ := strconv.Atoi(m[1])
		return statusWords(code, e.Detail)
	}
	msg := strings.TrimSpace(e.Msg)
	switch e.Type {
	case v1.ErrBadData:
		if strings.Contains(e.Msg, "maximum resolution") {
			return TooMuch, "Prometheus refused the query as too large: " + msg
		}
		return Refused, "Prometheus refused the query: " + msg
	case v1.ErrExec:
		if tooMany(e.Msg) {
			return TooMuch, "Prometheus stopped the query, it needs too many samples: " + msg
		}
		return Refused, "Prometheus could not run the query: " + msg
	case v1.ErrTimeout:
		return Slow, "Prometheus gave the query up: " + msg
	case v1.ErrCanceled:
		return Overloaded, "Prometheus canceled the query: " + msg
	case v1.ErrBadResponse:
		return answerWords(e.Msg)
	}
	return Refused, "Prometheus answered with an error: " + msg
}

// answerWords explains a body that could not be read.
func answerWords(msg string) (Trouble, string) {
	switch {
	case strings.Contains(msg, "invalid character '<'"):
		return NotPrometheus, errHTML.Error()
	case strings.Contains(msg, "unexpected end of JSON"):
		return BadAnswer, "the answer was cut off before its end"
	}
	return BadAnswer, "the answer is not what Prometheus writes: " + strings.TrimSpace(msg)
}

// tooMany recognises the ways in which Prometheus, Thanos, Mimir and VictoriaMetrics say that a limit was exceeded.
func tooMany(msg string) bool {
	msg = strings.ToLower(msg)
	for _, s := range []string{"too many", "exceed", "limit"} {
		if strings.Contains(msg, s) {
			return true
		}
	}
	return false
}

// statusWords explains an HTTP status. Details come from the body's JSON alone, never from a web page.
func statusWords(code int, body string) (Trouble, string) {
	kind, detail := jsonDetail(body)
	status := "(HTTP " + strconv.Itoa(code) + ")" + detail
	switch {
	case kind == string(v1.ErrTimeout):
		return Slow, "Prometheus gave the query up after its own time limit " + status
	case code == 401:
		return Unauthorized, "Prometheus wants credentials that were not given or are wrong (HTTP 401)"
	case code == 403:
		return Unauthorized, "these credentials may not read from Prometheus (HTTP 403)"
	case code == 404, code == 405:
		return NotPrometheus, "there is no Prometheus API at this address " + status
	case code == 429:
		return Overloaded, "Prometheus has too many queries to answer " + status
	case code == 413:
		return TooMuch, "the query or its answer is too large " + status
	case code == 422:
		return TooMuch, "Prometheus could not run the query " + status
	case code == 503:
		return Overloaded, "Prometheus is overloaded or starting " + status
	case code == 502, code == 504:
		return Unreachable, "a gateway has no answer from Prometheus " + status
	case code >= 500:
		return BadAnswer, "Prometheus failed " + status
	case code >= 300 && code < 400:
		return Unauthorized, "the address redirects elsewhere, as login pages do " + status
	}
	return Refused, "Prometheus refused the query " + status
}

// jsonDetail returns the error type of a JSON body, and ": " with its error text; empty without them.
func jsonDetail(body string) (kind, detail string) {
	var b struct{ ErrorType, Error, Message string }
	if json.Unmarshal([]byte(body), &b) != nil {
		return "", ""
	}
	if b.Error == "" {
		b.Error = b.Message
	}
	if b.Error != "" {
		detail = ": " + strings.TrimSpace(b.Error)
	}
	return b.ErrorType, detail
}

// brief cuts s to what fits a line.
func brief(s string) string {
	return cut(strings.TrimSpace(s), maxDetail)
}

// cut shortens s to so many bytes.
func cut(s string, most int) string {
	if len(s) > most {
		s = valid(s[:most]) + "…"
	}
	return s
}
