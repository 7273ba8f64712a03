package kube_test

import (
	"net"
	"net/url"
	"sync"
	"testing"

	"k8s.io/client-go/rest"
)

// proxy is a TCP proxy before the API server that can go away and come back.
type proxy struct {
	t        *testing.T
	addr, to string
	mu       sync.Mutex
	listener net.Listener
	conns    map[net.Conn]struct{}
	silent   bool // take connections and bytes and answer nothing
	piece    int  // bytes that are passed on at a time; 0 for what comes
}

// behindProxy returns a configuration that reaches the server of cfg through a proxy.
func behindProxy(t *testing.T, cfg *rest.Config) (*rest.Config, *proxy) {
	t.Helper()
	u, err := url.Parse(cfg.Host)
	must(t, err)
	p := &proxy{t: t, addr: "127.0.0.1:0", to: u.Host, conns: map[net.Conn]struct{}{}}
	p.up()
	t.Cleanup(p.down)
	out := rest.CopyConfig(cfg)
	out.Host = "https://" + p.addr
	out.TLSClientConfig.ServerName = u.Hostname()
	return out, p
}

// up listens, on the same port as before.
func (p *proxy) up() {
	p.t.Helper()
	l, err := net.Listen("tcp", p.addr)
	must(p.t, err)
	p.mu.Lock()
	p.listener, p.addr = l, l.Addr().String()
	p.mu.Unlock()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(c)
		}
	}()
}

// down ends the listener and every connection.
func (p *proxy) down() {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.listener.Close()
	for c := range p.conns {
		_ = c.Close()
	}
}

// cutAll ends every connection; new ones are let through.
func (p *proxy) cutAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.Close()
		delete(p.conns, c)
	}
}

// slice passes on n bytes at a time.
func (p *proxy) slice(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.piece = n
}

func (p *proxy) buffer() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.piece > 0 {
		return make([]byte, p.piece)
	}
	return make([]byte, 32<<10)
}

// mute makes all connections swallow bytes, as when a cable is cut; false lets new connections through.
func (p *proxy) mute(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silent = on
}

func (p *proxy) muted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.silent
}

func (p *proxy) keep(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[c] = struct{}{}
}

func (p *proxy) serve(client net.Conn) {
	p.keep(client)
	defer client.Close()
	server, err := net.Dial("tcp", p.to)
	if err != nil {
		return
	}
	p.keep(server)
	defer server.Close()
	var wg sync.WaitGroup
	wg.Go(func() { p.copy(server, client) })
	wg.Go(func() { p.copy(client, server) })
	wg.Wait()
}

func (p *proxy) copy(to, from net.Conn) {
	defer to.Close()
	buf := p.buffer()
	for {
		n, err := from.Read(buf)
		if n > 0 && !p.muted() {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
