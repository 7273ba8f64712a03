package kube

import (
	"context"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"k8s.io/client-go/rest"
)

// Bounds of a new connection. The default of 30 s for a dial and 10 s for a TLS handshake would keep a client waiting on
// a connection that was begun while the network was down long after it is back.
const (
	dialTimeout  = 4 * time.Second
	firstTimeout = 4 * time.Second // until the peer's first byte, which over TLS is its half of the handshake
	keepAlive    = 30 * time.Second
)

// dialer returns the function that connects to the server of cfg, or that of cfg when it has one.
func dialer(cfg *rest.Config) func(ctx context.Context, network, address string) (net.Conn, error) {
	if cfg.Dial != nil {
		return cfg.Dial
	}
	d := &net.Dialer{Timeout: dialTimeout, KeepAlive: keepAlive}
	if strings.HasPrefix(cfg.Host, "http://") {
		return d.DialContext // without TLS the first byte may be an event that is long in coming
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := d.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		if err := c.SetReadDeadline(time.Now().Add(firstTimeout)); err != nil {
			_ = c.Close()
			return nil, err
		}
		return &promptConn{Conn: c}, nil
	}
}

// promptConn is a connection whose first byte must come in time; later ones may take as long as they like.
type promptConn struct {
	net.Conn
	heard atomic.Bool
}

// Read implements net.Conn.
func (c *promptConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 && !c.heard.Swap(true) {
		if derr := c.Conn.SetReadDeadline(time.Time{}); derr != nil && err == nil {
			err = derr
		}
	}
	return n, err
}
