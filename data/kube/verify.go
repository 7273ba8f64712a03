package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"

	"github.com/oomedic/oomedic/data"
)

// Numbers of reading every pod. The pages are measured ones: larger pages save round trips and nothing else, and a page
// must be through before the server's own limit of 60 s for a request.
const (
	firstPage = 500  // pods; it measures the connection
	largePage = 2500 // pods, about 25 MB, over a fast connection
	leastPage = 50   // pods, after pages that were cut
	// slowBytes a second and less, over the best stretch of a page, are worth the server's work of compressing.
	slowBytes = 10 << 20
	stretch   = 1 << 20
	// stallAfter is how long a page may bring no byte. Nothing bounds the time of a page that goes on.
	stallAfter = 30 * time.Second
	// pageTries is how often a page that fails after others came is asked for again, and throttleTries how often a server
	// is waited for that says when to come back.
	pageTries     = 4
	throttleTries = 10
	maxThrottle   = 30 * time.Second
	// tellEvery is how many pods are read between two reports of how many it is.
	tellEvery = 1000
)

// pass reads every pod of one scope and keeps what is suspect.
type pass struct {
	c  *Client
	st *data.Store
	ns string
	l  *listing
	// found takes a pod with suspects at once, before the list is whole; nil takes none.
	found func(slim)
	// count takes how many pods were read; nil takes none.
	count func(int)
	// trouble takes what went wrong with a page that is tried again; nil takes none.
	trouble func(error)

	total    int64 // pods that the scope has, as far as the server told
	restarts int
	tries    int
	waits    int
	large    bool // pages may be large
	compress bool
	reader   podReader
}

// run reads all pods into l and returns the resource version from which a watch goes on. After an error l holds what
// was read until then.
func (p *pass) run(ctx context.Context) (string, error) {
	began := time.Now()
	rv, err := p.read(ctx)
	p.c.log.Info("read all pods", "namespace", p.ns, "pods", len(p.l.seen), "suspect", len(p.l.pods), "compressed", p.compress, "took", time.Since(began).Round(time.Millisecond), "err", err)
	if ctx.Err() != nil {
		return rv, err
	}
	switch {
	case err == nil:
		p.st.SetGap(podsGap(p.ns), "")
	case len(p.l.seen) > 0:
		p.st.SetGap(podsGap(p.ns), p.partly(err))
	}
	return rv, err
}

// partly says how much of the list came.
func (p *pass) partly(err error) data.Text {
	of := ""
	if p.total > int64(len(p.l.seen)) {
		of = fmt.Sprintf(" of %d", p.total)
	}
	return data.Textf("only %d%s pods were read: %v", len(p.l.seen), of, p.c.podRight(err, "list", p.ns))
}

func (p *pass) read(ctx context.Context) (string, error) {
	if p.c.cfg == nil { // a fake clientset has no wire
		return p.c.pages(ctx, p.ns, p.l.restart, func(pod *corev1.Pod) { p.add(p.c.slimmed(p.st, pod)) })
	}
	p.reader.walked = p.walk
	p.reader.decoded = func(pod *corev1.Pod) { p.add(p.c.slimmed(p.st, pod)) }
	opts := metav1.ListOptions{LabelSelector: p.c.o.Selector, Limit: firstPage}
	for {
		tryCtx, after := withRetryAfter(ctx)
		page, err := p.page(tryCtx, opts)
		if err != nil {
			if err = p.again(ctx, &opts, err, after.wait(err)); err != nil {
				return "", err
			}
			continue
		}
		p.tries, p.waits = 0, 0
		p.total = int64(len(p.l.seen)) + page.remaining
		if page.next == "" {
			return page.version, nil
		}
		opts.Continue = page.next
		if p.large && opts.Limit == firstPage {
			opts.Limit = largePage
		}
	}
}

// again decides what follows an error: nil means that opts are to be asked for once more. after is how long the server
// asked to wait, if it did.
func (p *pass) again(ctx context.Context, opts *metav1.ListOptions, err error, after time.Duration) error {
	if ctx.Err() != nil {
		return err
	}
	if opts.Continue != "" && (apierrors.IsResourceExpired(err) || apierrors.IsGone(err)) {
		opts.Continue = ""
		if p.restarts++; p.restarts > pageRestarts {
			opts.Limit = 0
		}
		p.l.restart()
		return nil
	}
	wait := retryFrom << p.tries
	if after > 0 {
		if p.waits++; p.waits > throttleTries {
			return err
		}
		wait = after
	} else {
		if p.tries++; p.tries > pageTries || len(p.l.seen) == 0 || !transient(err) {
			return err
		}
		opts.Limit = max(leastPage, opts.Limit/4)
		p.large = false
	}
	if p.trouble != nil {
		p.trouble(err)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(wait):
	}
	return nil
}

// transient reports whether an error may go away by itself within seconds: what the connection, and not the server,
// said, or that the server was too busy.
func transient(err error) bool {
	return !isStatus(err) || apierrors.IsInternalError(err) || apierrors.IsServiceUnavailable(err) || apierrors.IsTimeout(err) || apierrors.IsServerTimeout(err)
}

// page asks for one page and reads it while it comes. It measures the connection by it.
func (p *pass) page(ctx context.Context, opts metav1.ListOptions) (podPage, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stall := time.AfterFunc(stallAfter, func() {
		cancel(fmt.Errorf("the server sent nothing for %s", stallAfter))
	})
	defer stall.Stop()
	req := p.c.cs.CoreV1().RESTClient().Get().NamespaceIfScoped(p.ns, p.ns != "").Resource("pods").
		VersionedParams(&opts, scheme.ParameterCodec).MaxRetries(0)
	if !p.compress {
		req.SetHeader("Accept-Encoding", "identity")
	}
	body, err := req.Stream(ctx)
	if err != nil {
		return podPage{}, stalled(ctx, err)
	}
	defer func() { _ = body.Close() }()
	m := &meter{in: body, stall: stall, since: time.Now()}
	out, err := p.reader.read(m)
	if err != nil {
		return out, stalled(ctx, err)
	}
	_, _ = io.CopyN(io.Discard, body, 1<<10) //nolint:errcheck // what follows the list, so that the connection can be used again
	if !p.compress {
		p.compress, p.large = m.slow(), !m.slow()
	}
	return out, nil
}

// stalled returns why ctx was ended when it was, else err.
func stalled(ctx context.Context, err error) error {
	if why := context.Cause(ctx); why != nil && !errors.Is(why, context.Canceled) {
		return why
	}
	return err
}

// meter measures what comes from a connection. The best stretch counts: a busy server pauses, a slow line never hurries.
type meter struct {
	in    io.Reader
	stall *time.Timer
	since time.Time // begin of the stretch
	bytes int64     // of the stretch
	best  float64   // bytes a second; 0 before the first stretch is over
}

// Read implements io.Reader.
func (m *meter) Read(b []byte) (int, error) {
	n, err := m.in.Read(b)
	if n > 0 {
		m.stall.Reset(stallAfter)
		if m.bytes += int64(n); m.bytes >= stretch {
			now := time.Now()
			m.best = max(m.best, float64(m.bytes)/max(now.Sub(m.since).Seconds(), 1e-6))
			m.since, m.bytes = now, 0
		}
	}
	return n, err
}

// slow reports whether the connection is worth compressing for. What is small says nothing.
func (m *meter) slow() bool { return m.best > 0 && m.best < slowBytes }

// walk takes a pod of the wire. It is decoded in full when it is suspect or held.
func (p *pass) walk(raw []byte) error {
	w, err := walkPod(raw)
	if err != nil {
		return p.decodeWhole(raw)
	}
	key := data.PodKey{Namespace: data.Clean(string(w.namespace)), Name: data.Clean(string(w.name)), UID: data.Clean(string(w.uid))}
	if w.suspect || p.st.Holds(key) {
		return p.decodeWhole(raw)
	}
	p.add(slim{key: key})
	return nil
}

// decodeWhole decodes a pod with the generated decoder.
func (p *pass) decodeWhole(raw []byte) error {
	var pod corev1.Pod
	if err := pod.Unmarshal(raw); err != nil {
		return fmt.Errorf("a pod of the list cannot be read: %w", err)
	}
	p.add(p.c.slimmed(p.st, &pod))
	return nil
}

// add keeps what is left of a pod.
func (p *pass) add(s slim) {
	p.l.add(s)
	if s.pod != nil && p.found != nil {
		p.found(s)
	}
	if n := len(p.l.seen); p.count != nil && n%tellEvery == 0 {
		p.count(n)
	}
}
