package kube

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/internalversion"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/oomedic/oomedic/data"
)

// podSource lists and watches the pods of one scope for the reflector, and notes how that goes.
type podSource struct {
	c      *Client
	ns     string
	health *scopeHealth
	store  *data.Store
	found  func(slim)    // takes a pod with suspects while the list is still being read
	listed bool          // a whole list was read
	hold   time.Duration // the next wait after an answer of 401 or 403
}

// IsWatchListSemanticsUnSupported tells the reflector to list and then watch. A streamed list decodes every pod in full,
// which costs fifty times the walk.
func (s *podSource) IsWatchListSemanticsUnSupported() bool { return true }

// List implements cache.Lister.
func (s *podSource) List(opts metav1.ListOptions) (runtime.Object, error) {
	return s.ListWithContext(context.Background(), opts)
}

// Watch implements cache.Watcher.
func (s *podSource) Watch(opts metav1.ListOptions) (watch.Interface, error) {
	return s.WatchWithContext(context.Background(), opts)
}

// ListWithContext reads all pods and returns one item, the listing. The options are not used: a list with
// resourceVersion=0 ignores its limit, and one of a known version cannot be had in pages.
func (s *podSource) ListWithContext(ctx context.Context, _ metav1.ListOptions) (_ runtime.Object, err error) {
	defer s.recovered(&err)
	l := newListing()
	p := &pass{c: s.c, st: s.store, ns: s.ns, l: l, found: s.found, trouble: func(err error) {
		s.health.fail(s.c.podRight(err, "list", s.ns))
	}}
	if !s.listed {
		p.count = func(n int) { s.store.SetSeen(data.Clean(s.ns), n) }
	}
	rv, err := p.run(ctx)
	if err != nil {
		s.failed(ctx, "list", err)
		return nil, err
	}
	s.listed = true
	return &internalversion.List{ListMeta: metav1.ListMeta{ResourceVersion: rv}, Items: []runtime.Object{l}}, nil
}

// WatchWithContext opens a stream and follows its end.
func (s *podSource) WatchWithContext(ctx context.Context, opts metav1.ListOptions) (_ watch.Interface, err error) {
	defer s.recovered(&err)
	opts.LabelSelector = s.c.o.Selector
	began := time.Now()
	w, err := s.c.cs.CoreV1().Pods(s.ns).Watch(ctx, opts)
	switch {
	case err == nil:
	case apierrors.IsResourceExpired(err), apierrors.IsGone(err):
		s.health.dropped() // the reflector lists again at once
		return nil, err
	default:
		s.failed(ctx, "watch", err)
		if transient(err) {
			// The one kind of error after which the reflector opens the stream again where it was. After any other it
			// lists every pod anew.
			return nil, errors.Join(syscall.ECONNREFUSED, err)
		}
		return nil, err
	}
	s.hold = 0
	s.health.opened()
	return followed(w, began, s.health.dropped), nil
}

// recovered turns a panic into an error, after which the reflector tries again, and says that the list is stale.
func (s *podSource) recovered(err *error) {
	if r := recover(); r != nil {
		s.c.log.Error("watch pods", "namespace", s.ns, "panic", fmt.Sprint(r))
		*err = fmt.Errorf("reading pods broke and starts again: %v", r)
		s.health.fail(*err)
	}
}

// failed notes an error unless it comes of the program's own end. When a right is missing it waits a while, longer each
// time, before the reflector may try again.
func (s *podSource) failed(ctx context.Context, verb string, err error) {
	if ctx.Err() != nil {
		return
	}
	said := s.c.podRight(err, verb, s.ns)
	s.health.fail(said)
	if !isDenied(said) {
		s.hold = 0
		return
	}
	s.hold = min(max(rightsFrom, 2*s.hold), rightsCap)
	select {
	case <-ctx.Done():
	case <-time.After(s.hold):
	}
}

// isDenied reports whether an error means that credentials or rights are missing.
func isDenied(err error) bool {
	return errors.Is(err, data.ErrForbidden) || errors.Is(err, data.ErrUnauthorized)
}

// stream passes a watch on and tells when it ended by itself.
type stream struct {
	inner watch.Interface
	out   chan watch.Event
	done  chan struct{}
	once  sync.Once
}

// shortWatch is how long a stream without events lasts at least: the reflector takes a shorter one for a broken server
// and lists every pod anew.
const shortWatch = 1050 * time.Millisecond

// followed returns w, asked for at the time began, with ended called when its events end before anybody stopped it, or
// when it reports an error.
func followed(w watch.Interface, began time.Time, ended func()) watch.Interface {
	s := &stream{inner: w, out: make(chan watch.Event), done: make(chan struct{})}
	go func() {
		defer close(s.out)
		events := 0
		for e := range w.ResultChan() {
			events++
			if e.Type == watch.Error {
				ended()
			}
			select {
			case s.out <- e:
			case <-s.done:
				return
			}
		}
		select {
		case <-s.done:
			return
		default:
			ended()
		}
		if rest := shortWatch - time.Since(began); events == 0 && rest > 0 {
			select {
			case <-s.done:
			case <-time.After(rest):
			}
		}
	}()
	return s
}

// ResultChan implements watch.Interface.
func (s *stream) ResultChan() <-chan watch.Event { return s.out }

// Stop implements watch.Interface.
func (s *stream) Stop() {
	s.once.Do(func() {
		close(s.done)
		s.inner.Stop()
	})
}
