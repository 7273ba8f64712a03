package kube

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/oomedic/oomedic/data"
)

// The ways to a service.
const (
	ViaDirect  data.Text = "directly"
	ViaProxy   data.Text = "service proxy"
	ViaForward data.Text = "port-forward"
)

// Route carries HTTP requests for one port of a service: through the API server's service proxy with the credentials
// of the kubeconfig; through a port-forward to one of its pods when that is forbidden; and directly when the program
// runs in the cluster. It is an http.RoundTripper for requests to Address and safe for concurrent use.
type Route struct {
	c       *Client
	service MetricsService
	port    ServicePort
	host    string // of Address
	base    *url.URL
	proxy   http.RoundTripper
	direct  bool

	mu      sync.Mutex
	noPost  bool
	forward *forwarder
}

// Route returns the way to a port of a service. Nothing is sent yet. The error says that the client has no server.
func (c *Client) Route(s MetricsService, p ServicePort) (*Route, error) {
	if c.cfg == nil {
		return nil, errors.New("there is no API server to go through")
	}
	scheme := ""
	if p.HTTPS {
		scheme = "https:"
	}
	base, _, err := rest.DefaultServerUrlFor(c.cfg)
	if err != nil {
		return nil, fmt.Errorf("the address of the API server cannot be used: %w", err)
	}
	base.Path = strings.TrimSuffix(base.Path, "/") + fmt.Sprintf("/api/v1/namespaces/%s/services/%s%s:%d/proxy", s.Namespace, scheme, s.Name, p.Number)
	rt, err := rest.TransportFor(c.cfg)
	if err != nil {
		return nil, fmt.Errorf("the configuration of the cluster cannot be used: %w", err)
	}
	return &Route{c: c, service: s, port: p, base: base, proxy: rt, direct: c.inCluster(), host: hostOf(s, p)}, nil
}

func hostOf(s MetricsService, p ServicePort) string {
	return fmt.Sprintf("%s.%s.svc:%d", s.Name, s.Namespace, p.Number)
}

// inCluster reports whether the server of the client is that of the cluster that the program runs in.
func (c *Client) inCluster() bool {
	host := os.Getenv("KUBERNETES_SERVICE_HOST")
	u, err := url.Parse(c.cfg.Host)
	return host != "" && err == nil && u.Hostname() == host
}

// Address is the URL of the port in the words of the cluster's DNS, whatever way requests take.
func (r *Route) Address() string {
	if r.port.HTTPS {
		return "https://" + r.host
	}
	return "http://" + r.host
}

// Via is the way that requests take now.
func (r *Route) Via() data.Text {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.direct:
		return ViaDirect
	case r.forward != nil:
		return ViaForward
	}
	return ViaProxy
}

// Direct reports whether requests go straight to the service, so that they may carry credentials for it: the API
// server would take an Authorization header for its own.
func (r *Route) Direct() bool { return r.direct }

// RoundTrip sends one request for Address. When the API server itself refuses, the error is its words.
func (r *Route) RoundTrip(req *http.Request) (*http.Response, error) {
	if r.direct {
		return http.DefaultTransport.RoundTrip(req)
	}
	if f := r.forwarding(); f != nil {
		return f.RoundTrip(req)
	}
	if req.Method == http.MethodPost && r.postForbidden() {
		return notAllowed(req), nil
	}
	resp, err := r.proxy.RoundTrip(r.throughProxy(req))
	if err != nil {
		return nil, fmt.Errorf("the API server cannot be reached: %w", bare(err))
	}
	if to := resp.Header.Get("Location"); to != "" {
		resp.Header.Set("Location", r.unproxied(to))
	}
	st := statusOf(resp)
	if st == nil {
		return resp, nil
	}
	_ = resp.Body.Close()
	switch {
	case st.Reason != metav1.StatusReasonForbidden:
		return nil, fmt.Errorf("the API server has no way to it: %s", data.Clean(brief(st.Message)))
	case req.Method == http.MethodPost:
		r.mu.Lock()
		r.noPost = true // a role may have get on services/proxy alone
		r.mu.Unlock()
		return notAllowed(req), nil
	}
	return r.insteadForward(req, st.Message)
}

// throughProxy is req with the address of the service proxy.
func (r *Route) throughProxy(req *http.Request) *http.Request {
	out := req.Clone(req.Context())
	u := *r.base
	u.Path += req.URL.Path
	u.RawQuery = req.URL.RawQuery
	out.URL, out.Host = &u, u.Host
	return out
}

// unproxied takes the path of the proxy off a redirect, which the API server puts in front.
func (r *Route) unproxied(to string) string {
	u, err := url.Parse(to)
	if err != nil || !strings.HasPrefix(u.Path, r.base.Path) {
		return to
	}
	return (&url.URL{Path: strings.TrimPrefix(u.Path, r.base.Path), RawQuery: u.RawQuery}).String()
}

func (r *Route) forwarding() *forwarder {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.forward
}

func (r *Route) postForbidden() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.noPost
}

// insteadForward tries a port-forward for a request that the proxy may not carry, and keeps it when it works.
func (r *Route) insteadForward(req *http.Request, why string) (*http.Response, error) {
	f := r.forwarding()
	if f == nil {
		var err error
		if f, err = r.c.forwarderTo(req.Context(), r.service, r.port); err != nil {
			return nil, forbiddenRoute(why, err)
		}
	}
	resp, err := f.RoundTrip(req)
	if err != nil {
		return nil, forbiddenRoute(why, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forward = f
	return resp, nil
}

// forbiddenRoute says what right is missing, and why the other way did not work either.
func forbiddenRoute(why string, err error) error {
	who := "you lack"
	if m := deniedUser.FindStringSubmatch(why); m != nil {
		who = fmt.Sprintf("user %q lacks", data.Clean(m[1]).String())
	}
	return fmt.Errorf("%s the right to get services/proxy, and the port-forward failed: %s", who, data.Clean(brief(err.Error())))
}

// notAllowed is the answer that makes the client ask again with GET.
func notAllowed(req *http.Request) *http.Response {
	if req.Body != nil {
		_ = req.Body.Close()
	}
	return &http.Response{
		Status: "405 Method Not Allowed", StatusCode: http.StatusMethodNotAllowed, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: http.NoBody, Request: req,
	}
}

// maxStatus is how many bytes an answer of the API server itself has at most.
const maxStatus = 64 << 10

// statusOf returns what the API server says itself, or nil when the answer is that of the service. The body of such an
// answer is whole again.
func statusOf(resp *http.Response) *metav1.Status {
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if resp.StatusCode < http.StatusBadRequest || kind != "application/json" {
		return nil
	}
	head, err := io.ReadAll(io.LimitReader(resp.Body, maxStatus))
	var st metav1.Status
	if err == nil && json.Unmarshal(head, &st) == nil && st.Kind == "Status" && st.APIVersion == "v1" {
		return &st
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), resp.Body), resp.Body}
	return nil
}

// brief cuts the words of others to what fits a line.
func brief(s string) string {
	const most = 300
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > most {
		s = s[:most] + "…"
	}
	return s
}
