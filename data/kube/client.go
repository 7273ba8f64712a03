// Package kube reads from and writes to the Kubernetes API server. It is the only package of the module that does.
//
// Reading is a list and a watch of pods that keeps what was killed and drops the rest at once. Writing is one patch of
// a workload's pod template, tried as a dry run first and bound to the object that was shown.
package kube

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"time"

	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/oomedic/oomedic/data"
)

// FieldManager is the name under which changes are recorded in metadata.managedFields.
const FieldManager = "oomedic"

// Numbers of the connection. A dead connection is noticed after pingIdle + pingTimeout without a byte; client-go's own
// 30 s + 15 s is too long for somebody who watches. QPS is off because the server's priority and fairness paces requests.
const (
	pingIdle    = "5" // seconds, as the environment variable wants it
	pingTimeout = "3" // seconds
	noQPSLimit  = -1
)

// Options say what is watched and how.
type Options struct {
	// Namespaces are the namespaces to watch; empty means all of them, or those that Check finds allowed.
	Namespaces []string
	// Selector is a label selector on pods; empty selects all.
	Selector string
	// ReadOnly makes Apply and DeletePod refuse, and New's transport refuse whatever else could change the cluster.
	ReadOnly bool
	// Context is the kubeconfig context, shown with the cluster.
	Context string
	// Fallback is the namespace of the kubeconfig context, tried last when listing everywhere is forbidden.
	Fallback string
	// As is the user that --as names, for the journal.
	As string
	// Protected makes every plan ask for the workload's name to be typed.
	Protected bool
	// Journal is where changes are written down before they are sent; nil writes nothing down.
	Journal Journal
	// Since bounds what the first look at a cluster fetches: kills older than this come with the pass over all pods
	// alone. Zero is no bound.
	Since time.Duration
	// Log takes what is worth a note; nil discards it.
	Log *slog.Logger
	// Now tells the time; nil means time.Now.
	Now func() time.Time
	// Dial reaches a port of a pod in the place of a port-forward, for a cluster without a server to go through; nil
	// goes through the API server.
	Dial func(ctx context.Context, namespace, pod string, port int) (net.Conn, error)
}

// Client talks to one API server. It is safe for concurrent use.
type Client struct {
	cs     kubernetes.Interface
	cfg    *rest.Config // nil over a clientset that has no server behind it
	server string
	o      Options
	log    *slog.Logger
	now    func() time.Time
	owners *owners
	dyn    dynamic.Interface // custom resources; nil over a clientset that has no server behind it

	mu     sync.Mutex
	scopes []string          // namespaces to watch; one "" means all of them
	denied map[string]string // namespace → why it is left out
}

// A panic in one of client-go's goroutines must not kill the process under a terminal in raw mode: it is logged, and
// the reflector connects again.
func init() { utilruntime.ReallyCrash = false } //nolint:gochecknoinits // read by goroutines without a lock: set before any starts

// New returns a client for the server of cfg. cfg is copied. The connection sends protobuf, has no total timeout (a
// watch lives long), prints no warnings, and notices a dead peer within 8 s; HTTP2_READ_IDLE_TIMEOUT_SECONDS and
// HTTP2_PING_TIMEOUT_SECONDS are honoured when set. The error says what is wrong with cfg; nothing is sent yet.
func New(cfg *rest.Config, o Options) (*Client, error) {
	// client-go reads the two numbers of the HTTP/2 health check from the environment alone.
	for name, value := range map[string]string{"HTTP2_READ_IDLE_TIMEOUT_SECONDS": pingIdle, "HTTP2_PING_TIMEOUT_SECONDS": pingTimeout} {
		if _, set := os.LookupEnv(name); !set {
			if err := os.Setenv(name, value); err != nil {
				return nil, fmt.Errorf("set %s: %w", name, err)
			}
		}
	}
	cfg = rest.CopyConfig(cfg)
	cfg.QPS, cfg.RateLimiter, cfg.Timeout = noQPSLimit, nil, 0
	cfg.UserAgent = "oomedic/" + version()
	cfg.WarningHandler = nil
	cfg.WarningHandlerWithContext = warnings{}
	cfg.ContentType = "application/vnd.kubernetes.protobuf"
	cfg.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	cfg.Dial = dialer(cfg)
	cfg.Wrap(func(next http.RoundTripper) http.RoundTripper { return askAgain{next} })
	cfg.Wrap(noteRetryAfter)
	cfg.Wrap(func(next http.RoundTripper) http.RoundTripper { return noResend{next} })
	if o.ReadOnly {
		cfg.Wrap(readOnlyTransport)
	}
	cs, err := kubernetes.NewForConfig(cfg)
	if err != nil {
		return nil, fmt.Errorf("the configuration of the cluster cannot be used: %w", err)
	}
	dyn, err := dynamic.NewForConfig(cfg)
	if err != nil {
		return nil, fmt.Errorf("the configuration of the cluster cannot be used: %w", err)
	}
	c := NewFor(cs, cfg.Host, o)
	c.cfg, c.dyn = cfg, dyn
	c.owners.custom = newCustomReader(dyn, cs.Discovery())
	return c, nil
}

// NewFor returns a client over an existing clientset, such as client-go's fake one. server is shown as the address.
func NewFor(cs kubernetes.Interface, server string, o Options) *Client {
	c := &Client{cs: cs, server: server, o: o, log: o.Log, now: o.Now, denied: map[string]string{}}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.now == nil {
		c.now = time.Now
	}
	c.scopes = []string{""}
	if len(o.Namespaces) > 0 {
		c.scopes = append([]string(nil), o.Namespaces...)
	}
	c.owners = newOwners(cs)
	return c
}

// watched returns the namespaces to watch, "" for all, and why others are left out.
func (c *Client) watched() ([]string, map[string]string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	denied := make(map[string]string, len(c.denied))
	for ns, why := range c.denied {
		denied[ns] = why
	}
	return append([]string(nil), c.scopes...), denied
}

// putDenied tells the store which namespaces are left out.
func putDenied(st *data.Store, denied map[string]string) {
	for ns, why := range denied {
		st.SetGap(data.Textf("pods in namespace %s", ns), data.Clean(why))
	}
}

// version is the module's version as the build recorded it.
func version() string {
	if b, ok := debug.ReadBuildInfo(); ok && b.Main.Version != "" {
		return b.Main.Version
	}
	return "devel"
}

// warnings collects the Warning headers of a response in the collector that the request's context carries, and drops
// them when it carries none. Nothing is printed.
type warnings struct{}

type warningsKey struct{}

// collector takes warnings of one request.
type collector struct {
	mu  sync.Mutex
	all []data.Text
}

// HandleWarningHeaderWithContext implements rest.WarningHandlerWithContext.
func (warnings) HandleWarningHeaderWithContext(ctx context.Context, code int, _ string, text string) {
	col, ok := ctx.Value(warningsKey{}).(*collector)
	if !ok || code != 299 || text == "" {
		return
	}
	col.mu.Lock()
	defer col.mu.Unlock()
	col.all = append(col.all, data.Clean(text))
}

// collectWarnings returns a context whose requests put their warnings into the collector.
func collectWarnings(ctx context.Context) (context.Context, *collector) {
	col := &collector{}
	return context.WithValue(ctx, warningsKey{}, col), col
}

// list returns the warnings so far.
func (c *collector) list() []data.Text {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]data.Text(nil), c.all...)
}
