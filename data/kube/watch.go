package kube

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"
	"k8s.io/utils/clock"

	"github.com/oomedic/oomedic/data"
)

// Waits of the watch. client-go's own go up to 30 s with full jitter, which leaves a screen stale for most of a minute
// after a server is back; these heal within 2 s and cost a server that restarts one small request a client each time.
const (
	retryFrom   = 250 * time.Millisecond
	retryFactor = 1.5
	retryCap    = 1500 * time.Millisecond
	retryJitter = 0.25
	retrySteps  = 10
	// dropGrace is how long a stream may be down before the list is called stale: the server ends each watch after some
	// minutes in good order, and the next is open at once.
	dropGrace = time.Second
	// Waits after 401 and 403, which do not heal by asking more often: each try lists the cluster.
	rightsFrom = 2 * time.Second
	rightsCap  = 30 * time.Second
	// panicWait is the pause after a panic, so that one that comes each time does not spin.
	panicWait = time.Second
)

// Watch keeps st up to date until ctx is done, and then returns ctx's error. A server that goes away costs nothing but
// freshness: what st holds stays, its health turns data.Stale with the reason, and data.Live when the server is back.
// Memory is bounded by what was killed; of other pods nothing is kept but, during a list, a hash.
func (c *Client) Watch(ctx context.Context, st *data.Store) error {
	scopes, denied := c.watched()
	putDenied(st, denied)
	for _, ns := range scopes {
		st.SetHealth(data.Clean(ns), data.Connecting, "")
	}
	res := newResolver(c.owners, st, func(err error) {
		c.log.Error("panic", "err", err)
		st.SetGap("owners of pods", data.Clean(err.Error()))
	})
	ev := newEvidence(c, st)
	var wg sync.WaitGroup
	wg.Go(func() { res.run(ctx) })
	wg.Go(func() { ev.run(ctx) })
	for _, ns := range scopes {
		wg.Go(func() { c.watchScope(ctx, st, ns, res, ev) })
	}
	wg.Wait()
	return ctx.Err()
}

// watchScope watches one namespace, "" for all, until ctx is done. After a panic it starts anew.
func (c *Client) watchScope(ctx context.Context, st *data.Store, ns string, res *resolver, ev *evidence) {
	h := &scopeHealth{c: c, st: st, ns: ns}
	defer h.stop()
	s := &podStore{c: c, st: st, ns: ns, health: h, owners: res, evidence: ev}
	c.paintFirst(ctx, st, ns, s.put)
	for ctx.Err() == nil {
		c.reflect(ctx, s)
		select {
		case <-ctx.Done():
		case <-time.After(panicWait):
		}
	}
}

// reflect runs client-go's reflector until ctx is done or something panics.
func (c *Client) reflect(ctx context.Context, s *podStore) {
	defer func() {
		if r := recover(); r != nil {
			c.log.Error("watch pods", "namespace", s.ns, "panic", fmt.Sprint(r))
			s.health.fail(fmt.Errorf("the watch broke and starts again: %v", r))
		}
	}()
	logger := logr.FromSlogHandler(c.log.Handler())
	r := cache.NewReflectorWithOptions(&podSource{c: c, ns: s.ns, health: s.health, store: s.st, found: s.put}, &corev1.Pod{}, s, cache.ReflectorOptions{
		Logger: &logger,
		Name:   "pods",
		Clock:  stoppingClock{ctx: ctx},
		Backoff: &wait.Backoff{
			Duration: retryFrom, Factor: retryFactor, Cap: retryCap, Jitter: retryJitter, Steps: retrySteps,
		},
	})
	r.RunWithContext(klog.NewContext(ctx, logger))
}

// stoppingClock is the real clock, but nobody waits on it past the end of ctx.
type stoppingClock struct {
	clock.RealClock
	ctx context.Context //nolint:containedctx // it bounds every wait on the clock
}

// After returns a channel that receives after d, or when the context is done.
func (s stoppingClock) After(d time.Duration) <-chan time.Time {
	out := make(chan time.Time, 1)
	fire := sync.OnceFunc(func() { out <- time.Now() })
	release := context.AfterFunc(s.ctx, fire)
	time.AfterFunc(d, func() {
		release()
		fire()
	})
	return out
}
