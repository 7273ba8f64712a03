package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/profile"
)

// profilePort is the port on which the Go programs of the sandbox serve net/http/pprof.
const profilePort = 6060

// podPorts are the ports of the sandbox's pods, which are reached without a network: each connection is a pipe to one
// HTTP server.
type podPorts struct {
	api     *apiServer
	cluster *cluster
	server  *http.Server
	dialed  chan net.Conn
	closed  chan struct{}
}

// podConn is the end of a connection within a pod.
type podConn struct {
	net.Conn
	pod *pod
}

// podOf is the key under which the context of a request has its pod.
type podOf struct{}

// newPodPorts returns the ports; serve answers at them until close.
func newPodPorts(api *apiServer, c *cluster) *podPorts {
	p := &podPorts{api: api, cluster: c, dialed: make(chan net.Conn), closed: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /debug/pprof/{kind}", p.profile)
	p.server = &http.Server{
		Handler: mux, ReadHeaderTimeout: 10 * time.Second,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			if one, ok := c.(podConn); ok {
				return context.WithValue(ctx, podOf{}, one.pod)
			}
			return ctx
		},
	}
	return p
}

// serve answers until close.
func (p *podPorts) serve() { _ = p.server.Serve(p) } //nolint:errcheck // it always ends with ErrServerClosed

// close ends the server and all of its connections.
func (p *podPorts) close() { _ = p.server.Close() } //nolint:errcheck // pipes close without an error

// Accept implements net.Listener.
func (p *podPorts) Accept() (net.Conn, error) {
	select {
	case c := <-p.dialed:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (p *podPorts) Close() error {
	close(p.closed) // the server closes its listener once
	return nil
}

// Addr implements net.Listener.
func (p *podPorts) Addr() net.Addr { return &net.IPAddr{} }

// DialPod connects to a port of a pod as a port-forward does. The error is what a kubelet says of a pod that does not
// run, or of a port that nothing listens on.
func (s *Sandbox) DialPod(ctx context.Context, namespace, pod string, port int) (net.Conn, error) {
	s.api.mu.Lock()
	at := s.cluster.podNamed(namespace, pod)
	up := at != nil && at.run.running && !at.initializing()
	s.api.mu.Unlock()
	switch {
	case at == nil:
		return nil, fmt.Errorf("pods %q not found", pod)
	case !up:
		return nil, fmt.Errorf("unable to forward port because pod is not running: container of %s is waiting", pod)
	case port != profilePort || at.w.program().spots == nil:
		return nil, fmt.Errorf("dial tcp4 127.0.0.1:%d: connect: connection refused", port)
	}
	near, far := net.Pipe()
	select {
	case s.ports.dialed <- podConn{far, at}:
		return near, nil
	case <-s.ports.closed:
		return nil, errClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// errNotRunning ends a request to a program that was killed since it was connected to.
var errNotRunning = errors.New("the container does not run")

// profile serves the profiles that tell of memory.
func (p *podPorts) profile(w http.ResponseWriter, r *http.Request) {
	kind := data.ProfileKind(r.PathValue("kind"))
	at, ok := r.Context().Value(podOf{}).(*pod)
	if !ok || (kind != data.HeapProfile && kind != data.GoroutineProfile) {
		http.Error(w, "Unknown profile", http.StatusNotFound) // as net/http/pprof says
		return
	}
	var b bytes.Buffer
	if err := p.write(&b, at, kind); err != nil {
		panic(http.ErrAbortHandler) // a program that is killed breaks its connections
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(b.Bytes()) // whoever asked may be gone
}

// write writes the profile of a program as it is now.
func (p *podPorts) write(b *bytes.Buffer, at *pod, kind data.ProfileKind) error {
	p.api.mu.Lock()
	now := p.cluster.now
	running := at.run.running && at.gone.IsZero()
	limit := float64(at.limit())
	u := at.demandNow(p.cluster.clock(), limit)
	p.api.mu.Unlock()
	if !running {
		return errNotRunning
	}
	all := at.w.program().spots(u, at.w.heapOf(u, hours(now), limit))
	if kind == data.GoroutineProfile {
		return profile.Write(b, kind, now, all.goroutines)
	}
	return profile.Write(b, kind, now, all.memory)
}
