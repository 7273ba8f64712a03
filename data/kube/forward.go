package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/httpstream" //nolint:staticcheck // client-go's exported dialers speak its types
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/transport/spdy"

	"github.com/oomedic/oomedic/data"
)

// forwarder carries HTTP requests through a port-forward to one pod. Nothing listens on this machine: each connection
// is a pair of streams in the tunnel, so that no other program here can use it.
type forwarder struct {
	http.RoundTripper
	dialer httpstream.Dialer
	pod    string
	port   int

	mu     sync.Mutex
	tunnel httpstream.Connection
	next   int // number of the next connection
}

// forwarderTo opens a tunnel to a ready pod behind a port of a service.
func (c *Client) forwarderTo(ctx context.Context, s MetricsService, p ServicePort) (*forwarder, error) {
	pod, port, err := c.podBehind(ctx, s, p)
	if err != nil {
		return nil, err
	}
	return c.tunnelTo(s.Namespace, pod, port)
}

// tunnelTo prepares a tunnel to a port of a pod; it is opened by the first request.
func (c *Client) tunnelTo(namespace, pod string, port int) (*forwarder, error) {
	if dial := c.o.Dial; dial != nil {
		f := &forwarder{pod: pod, port: port}
		f.carry(func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx, namespace, pod, port) })
		return f, nil
	}
	u := c.cs.CoreV1().RESTClient().Post().Resource("pods").Namespace(namespace).Name(pod).SubResource("portforward").URL()
	rt, upgrader, err := spdy.RoundTripperFor(c.cfg)
	if err != nil {
		return nil, fmt.Errorf("a tunnel cannot be made: %w", err)
	}
	sockets, err := portforward.NewSPDYOverWebsocketDialer(u, c.cfg)
	if err != nil {
		return nil, fmt.Errorf("a tunnel cannot be made: %w", err)
	}
	older := spdy.NewDialer(upgrader, &http.Client{Transport: rt}, http.MethodPost, u)
	f := &forwarder{pod: pod, port: port, dialer: portforward.NewFallbackDialer(sockets, older, func(err error) bool {
		return httpstream.IsUpgradeFailure(err) || httpstream.IsHTTPSProxyError(err)
	})}
	f.carry(f.dial)
	return f, nil
}

// carry sends requests over the connections that dial makes.
func (f *forwarder) carry(dial func(ctx context.Context, network, address string) (net.Conn, error)) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy, t.DialContext, t.MaxIdleConnsPerHost = nil, dial, 4
	t.ForceAttemptHTTP2 = false
	f.RoundTripper = t
}

// podBehind returns a ready pod of a service and the number that its port has there.
func (c *Client) podBehind(ctx context.Context, s MetricsService, p ServicePort) (string, int, error) {
	if len(s.selector) == 0 {
		return "", 0, errors.New("the service selects no pods")
	}
	list, err := c.cs.CoreV1().Pods(s.Namespace).List(ctx, metav1.ListOptions{LabelSelector: labels.SelectorFromSet(s.selector).String()})
	if err != nil {
		return "", 0, c.explain(err, request{verb: "list", resource: "pods", namespace: s.Namespace})
	}
	for i := range list.Items {
		pod := &list.Items[i]
		if !ready(pod) || pod.DeletionTimestamp != nil {
			continue
		}
		if n := portIn(pod, p); n > 0 {
			return pod.Name, n, nil
		}
	}
	return "", 0, fmt.Errorf("no pod of service %s is ready", s.Name)
}

// portIn is the number that a port of a service has in a pod, 0 when it has none.
func portIn(pod *corev1.Pod, p ServicePort) int {
	if p.target.Type == intstr.Int {
		if p.target.IntVal > 0 {
			return int(p.target.IntVal)
		}
		return int(p.Number)
	}
	for _, c := range pod.Spec.Containers {
		for _, one := range c.Ports {
			if one.Name == p.target.StrVal {
				return int(one.ContainerPort)
			}
		}
	}
	return 0
}

// dial makes a connection within the tunnel, opening the tunnel when there is none.
func (f *forwarder) dial(context.Context, string, string) (net.Conn, error) {
	tunnel, id, err := f.open()
	if err != nil {
		return nil, err
	}
	h := http.Header{}
	h.Set(corev1.StreamType, corev1.StreamTypeError)
	h.Set(corev1.PortHeader, strconv.Itoa(f.port))
	h.Set(corev1.PortForwardRequestIDHeader, strconv.Itoa(id))
	trouble, err := tunnel.CreateStream(h)
	if err != nil {
		return nil, fmt.Errorf("the tunnel to pod %s is closed: %w", f.pod, err)
	}
	_ = trouble.Close() // nothing is written to it
	h = h.Clone()
	h.Set(corev1.StreamType, corev1.StreamTypeData)
	stream, err := tunnel.CreateStream(h)
	if err != nil {
		tunnel.RemoveStreams(trouble)
		return nil, fmt.Errorf("the tunnel to pod %s is closed: %w", f.pod, err)
	}
	c := &tunnelConn{Stream: stream, done: func() { tunnel.RemoveStreams(stream, trouble) }, addr: tunnelAddr(f.pod)}
	go c.listen(trouble)
	return c, nil
}

// open returns the tunnel and a number for one connection in it.
func (f *forwarder) open() (httpstream.Connection, int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.next++
	if f.tunnel != nil {
		select {
		case <-f.tunnel.CloseChan():
			f.tunnel = nil
		default:
			return f.tunnel, f.next, nil
		}
	}
	tunnel, protocol, err := f.dialer.Dial(portforward.PortForwardProtocolV1Name)
	if err != nil {
		return nil, 0, fmt.Errorf("port-forward to pod %s: %s", f.pod, data.Clean(brief(bare(err).Error())))
	}
	if protocol != portforward.PortForwardProtocolV1Name {
		_ = tunnel.Close()
		return nil, 0, fmt.Errorf("port-forward to pod %s: the server speaks %q", f.pod, data.Clean(protocol))
	}
	f.tunnel = tunnel
	return tunnel, f.next, nil
}

// close ends the tunnel and every connection in it.
func (f *forwarder) close() {
	if t, ok := f.RoundTripper.(*http.Transport); ok {
		t.CloseIdleConnections()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.tunnel != nil {
		_ = f.tunnel.Close()
		f.tunnel = nil
	}
}

// tunnelConn is a connection in the tunnel. It has no deadlines: contexts end requests.
type tunnelConn struct {
	httpstream.Stream
	done func()
	addr tunnelAddr
	once sync.Once
}

// listen ends the connection when the other side says that it failed.
func (c *tunnelConn) listen(trouble io.Reader) {
	defer func() { _ = recover() }() //nolint:errcheck // the stream's own goroutines are gone with the tunnel
	if words, err := io.ReadAll(io.LimitReader(trouble, 4<<10)); err == nil && len(words) > 0 {
		_ = c.Close()
	}
}

// Close implements net.Conn.
func (c *tunnelConn) Close() error {
	err := error(nil)
	c.once.Do(func() {
		err = c.Reset()
		c.done()
	})
	return err
}

// LocalAddr implements net.Conn.
func (c *tunnelConn) LocalAddr() net.Addr { return c.addr }

// RemoteAddr implements net.Conn.
func (c *tunnelConn) RemoteAddr() net.Addr { return c.addr }

// SetDeadline implements net.Conn and does nothing.
func (c *tunnelConn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline implements net.Conn and does nothing.
func (c *tunnelConn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline implements net.Conn and does nothing.
func (c *tunnelConn) SetWriteDeadline(time.Time) error { return nil }

// tunnelAddr names the pod at the end of a tunnel.
type tunnelAddr string

// Network implements net.Addr.
func (tunnelAddr) Network() string { return "port-forward" }

// String implements net.Addr.
func (a tunnelAddr) String() string { return string(a) }
