package prom

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/client_golang/api"

	"github.com/oomedic/oomedic/data"
)

// Options say how Prometheus is asked. The zero value is fit for use.
type Options struct {
	// Header is sent with each request, for tenants (X-Scope-OrgID) and tokens (Authorization). Its values never
	// appear in texts.
	Header http.Header
	// Transport carries the requests; nil means a transport of its own over the network.
	Transport http.RoundTripper
	// Hidden are secrets that Transport sends, to be kept out of texts that a server may repeat them in.
	Hidden []string
	// Timeout bounds each single query; 0 means 30 s.
	Timeout time.Duration
	// MaxBody bounds one answer in bytes, after decompression; 0 means 64 MiB. An answer that is read as it comes, and
	// not held, may be four times as large.
	MaxBody int64
	// Log receives a line a query at debug level; nil means none.
	Log *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

const (
	defaultTimeout = 30 * time.Second
	defaultMaxBody = 64 << 20 // a question for the most samples that one may ask for is answered by 5 MB
	streamedBodies = 4        // how much larger an answer may be that is not held
)

func (o Options) filled() Options {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.MaxBody <= 0 {
		o.MaxBody = defaultMaxBody
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Dial returns a Reader for the Prometheus at address, an http or https URL with an optional path prefix. A name and
// password in it become basic authentication. Nothing is sent yet; the error is one line about the address, without
// the credentials in it.
func Dial(address string, o Options) (*Reader, error) {
	o = o.filled()
	u, err := parseAddress(address)
	if err != nil {
		return nil, err
	}
	user := u.User
	u.User = nil
	rt := o.Transport
	if rt == nil {
		rt = networkTransport(o.Timeout)
	}
	watch := &timepieces{pace: pace{now: time.Now}}
	through := &http.Client{Transport: &guard{next: rt, header: o.Header, user: user, maxBody: o.MaxBody, timepieces: watch}, CheckRedirect: checkRedirect}
	streamed := &http.Client{Transport: &guard{next: rt, header: o.Header, user: user, maxBody: streamedBodies * o.MaxBody, timepieces: watch}, CheckRedirect: checkRedirect}
	client, err := api.NewClient(api.Config{Address: u.String(), Client: through})
	if err != nil {
		return nil, fmt.Errorf("the Prometheus address cannot be used: %w", err)
	}
	r := New(newAPI(client), data.Clean(u.String()), o)
	r.clock = &watch.clock
	r.stream = &streamer{client: streamed, base: strings.TrimRight(u.String(), "/")}
	if pass, ok := user.Password(); ok {
		basic := base64.StdEncoding.EncodeToString([]byte(user.Username() + ":" + pass))
		r.hide(basic, pass, url.QueryEscape(pass), url.PathEscape(pass))
		if u.Scheme == "http" && !isLoopback(u.Hostname()) {
			o.Log.Warn("the password for Prometheus travels over unencrypted http", "host", u.Host)
		}
	}
	return r, nil
}

// parseAddress checks an address and explains what is wrong with it, without repeating what may be a password.
func parseAddress(address string) (*url.URL, error) {
	address = strings.TrimSpace(address)
	plain := address
	if i := strings.IndexAny(plain, "?#"); i >= 0 { // some give tokens there
		plain = plain[:i+1] + "…"
	}
	shown := fmt.Sprintf("%q", data.Clean(plain))
	if i := strings.LastIndex(plain, "@"); i >= 0 {
		shown = fmt.Sprintf("%q", "…@"+data.Clean(plain[i+1:]).String())
	} else if strings.Contains(address, "@") {
		shown = "that was given"
	}
	if address == "" {
		return nil, errors.New("the Prometheus address is empty: write a URL such as http://localhost:9090")
	}
	if !strings.Contains(address, "://") {
		return nil, fmt.Errorf("the Prometheus address %s has no scheme: write a URL such as http://localhost:9090", shown)
	}
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the Prometheus address %s is not a URL: write one such as http://localhost:9090", shown)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("the Prometheus address %s is neither http nor https", shown)
	case u.Hostname() == "":
		return nil, fmt.Errorf("the Prometheus address %s has no host", shown)
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("the Prometheus address %s has a query or fragment: leave out what follows ? or #", shown)
	}
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/api/v1")
	u.RawPath = ""
	return u, nil
}

// networkTransport is the standard transport with idle connections for all queries in flight.
func networkTransport(timeout time.Duration) http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = maxInFlight
	t.DialContext = (&net.Dialer{Timeout: min(10*time.Second, timeout), KeepAlive: 15 * time.Second}).DialContext
	return t
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// guard stands before the transport: it adds headers and credentials, bounds the answer's size and refuses web pages.
type guard struct {
	next    http.RoundTripper
	header  http.Header
	user    *url.Userinfo
	maxBody int64
	*timepieces
}

// timepieces are what is measured on the way: how fast answers come, and what time it is at their other end.
type timepieces struct {
	pace  pace
	clock clock
}

// RoundTrip sends one request. See guard.
func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	for k, vs := range g.header {
		req.Header[http.CanonicalHeaderKey(k)] = append([]string(nil), vs...)
	}
	if host := g.header.Get("Host"); host != "" {
		req.Host = host
	}
	if g.user != nil {
		pass, _ := g.user.Password()
		req.SetBasicAuth(g.user.Username(), pass)
	}
	g.pace.ask(req)
	began := time.Now()
	resp, err := g.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	g.clock.read(resp.Header, began, time.Now())
	g.pace.watch(req, resp)
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if resp.StatusCode/100 == 2 && kind == "text/html" {
		_ = resp.Body.Close()
		return nil, errHTML
	}
	resp.Body = &cappedBody{ReadCloser: resp.Body, left: g.maxBody}
	return resp, nil
}

var (
	errTooLarge = errors.New("the answer is too large")
	errHTML     = errors.New("a web page answers instead of the Prometheus API: a login page, or a wrong address")
)

// cappedBody fails once more than left bytes were read: the API client buffers whole bodies.
type cappedBody struct {
	io.ReadCloser
	left int64
}

// Read reads like the body beneath it, up to the cap.
func (b *cappedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		var one [1]byte
		n, err := b.ReadCloser.Read(one[:])
		if n > 0 {
			return 0, errTooLarge
		}
		return 0, err
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// redirectError is a redirect that was not followed.
type redirectError struct{ to string }

// Error says where the redirect led.
func (e *redirectError) Error() string {
	return "the address redirects to " + e.to + ", as login pages do: give credentials or the address behind it"
}

// checkRedirect follows only those redirects that keep the query (307, 308) and lead to the same host and port, or from
// http to https of the same host, so that credentials reach nobody else.
func checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0].URL
	status := 0
	if req.Response != nil {
		status = req.Response.StatusCode
	}
	same := req.URL.Host == first.Host && req.URL.Scheme == first.Scheme ||
		req.URL.Hostname() == first.Hostname() && first.Scheme == "http" && req.URL.Scheme == "https"
	if len(via) <= 3 && same && (status == http.StatusTemporaryRedirect || status == http.StatusPermanentRedirect) {
		return nil
	}
	return &redirectError{to: req.URL.Scheme + "://" + req.URL.Host + req.URL.EscapedPath()}
}
