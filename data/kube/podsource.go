package kube

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/internalversion"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/util/watchlist"

	"github.com/oomedic/oomedic/data"
)

// podSource lists and watches the pods of one scope for the reflector, and notes how that goes.
type podSource struct {
	c      *Client
	ns     string
	health *scopeHealth
	store  *data.Store
	hold   time.Duration // the next wait after an answer of 401 or 403
}

// IsWatchListSemanticsUnSupported tells the reflector that a fake clientset cannot stream a list.
func (s *podSource) IsWatchListSemanticsUnSupported() bool {
	return watchlist.DoesClientNotSupportWatchListSemantics(s.c.cs)
}

// List implements cache.Lister.
func (s *podSource) List(opts metav1.ListOptions) (runtime.Object, error) {
	return s.ListWithContext(context.Background(), opts)
}

// Watch implements cache.Watcher.
func (s *podSource) Watch(opts metav1.ListOptions) (watch.Interface, error) {
	return s.WatchWithContext(context.Background(), opts)
}

// ListWithContext lists all pods in pages and returns them slim. The options are not used: a list with
// resourceVersion=0 ignores its limit, and would bring every pod of the cluster into memory at once.
func (s *podSource) ListWithContext(ctx context.Context, _ metav1.ListOptions) (_ runtime.Object, err error) {
	defer s.recovered(&err)
	out := &internalversion.List{}
	rv, err := s.c.pages(ctx, s.ns, func() { out.Items = nil }, func(p *corev1.Pod) {
		out.Items = append(out.Items, s.c.slimmed(s.store, p))
	})
	if err != nil {
		s.failed(ctx, "list", err)
		return nil, err
	}
	out.ResourceVersion = rv
	return out, nil
}

// WatchWithContext opens a stream and follows its end.
func (s *podSource) WatchWithContext(ctx context.Context, opts metav1.ListOptions) (_ watch.Interface, err error) {
	defer s.recovered(&err)
	opts.LabelSelector = s.c.o.Selector
	initial := opts.SendInitialEvents != nil && *opts.SendInitialEvents
	w, err := s.c.cs.CoreV1().Pods(s.ns).Watch(ctx, opts)
	switch {
	case err == nil:
	case apierrors.IsResourceExpired(err), apierrors.IsGone(err):
		s.health.dropped() // the reflector lists again at once
		return nil, err
	case initial && isStatus(err):
		return nil, err // servers before 1.32 cannot stream a list: the reflector lists in pages, and that counts
	default:
		s.failed(ctx, "watch", err)
		return nil, err
	}
	s.hold = 0
	s.health.opened(initial)
	return followed(w, s.health.dropped), nil
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

// followed returns w with ended called when its events end before anybody stopped it, or when it reports an error.
func followed(w watch.Interface, ended func()) watch.Interface {
	s := &stream{inner: w, out: make(chan watch.Event), done: make(chan struct{})}
	go func() {
		defer close(s.out)
		for e := range w.ResultChan() {
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
		default:
			ended()
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
