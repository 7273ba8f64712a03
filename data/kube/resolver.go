package kube

import (
	"context"
	"fmt"
	"sync"
	"time"

	"k8s.io/client-go/util/workqueue"

	"github.com/oomedic/oomedic/data"
)

// Numbers of the background look-up of owners: how many at a time, the waits between tries of one, and how many pods
// may wait at once before new ones are left until their next event.
const (
	ownerWorkers   = 4
	ownerRetryFrom = 500 * time.Millisecond
	ownerRetryTo   = 5 * time.Second
	maxWaiting     = 20000
)

// resolver looks up owners behind the watch, so that a kill is told at once and gets its workload a moment later.
type resolver struct {
	owners *owners
	store  *data.Store
	queue  workqueue.TypedRateLimitingInterface[ownerKey]
	report func(error)

	mu      sync.Mutex
	waiting map[ownerKey]map[data.PodKey]struct{}
	n       int
}

// newResolver returns a resolver that puts workloads into st and tells report of panics.
func newResolver(o *owners, st *data.Store, report func(error)) *resolver {
	limit := workqueue.NewTypedItemExponentialFailureRateLimiter[ownerKey](ownerRetryFrom, ownerRetryTo)
	return &resolver{
		owners: o, store: st, report: report, waiting: map[ownerKey]map[data.PodKey]struct{}{},
		queue: workqueue.NewTypedRateLimitingQueue(limit),
	}
}

// want asks for the workload of a pod that the store holds.
func (r *resolver) want(k ownerKey, p data.PodKey) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.n >= maxWaiting {
		return
	}
	if r.waiting[k] == nil {
		r.waiting[k] = map[data.PodKey]struct{}{}
	}
	if _, twice := r.waiting[k][p]; !twice {
		r.waiting[k][p] = struct{}{}
		r.n++
	}
	r.queue.Add(k)
}

// take returns the pods that wait for k and forgets them.
func (r *resolver) take(k ownerKey) map[data.PodKey]struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	pods := r.waiting[k]
	delete(r.waiting, k)
	r.n -= len(pods)
	return pods
}

// run looks up owners until ctx is done, and returns when all its goroutines have ended.
func (r *resolver) run(ctx context.Context) {
	var wg sync.WaitGroup
	for range ownerWorkers {
		wg.Go(func() {
			for r.next(ctx) {
			}
		})
	}
	<-ctx.Done()
	r.queue.ShutDown()
	wg.Wait()
}

// next looks up one owner; it is false when the queue is shut down. A panic is reported and costs that owner alone.
func (r *resolver) next(ctx context.Context) bool {
	k, closed := r.queue.Get()
	if closed {
		return false
	}
	defer r.queue.Done(k)
	defer func() {
		if p := recover(); p != nil {
			r.take(k)
			r.queue.Forget(k)
			r.report(fmt.Errorf("look up %s %s: %v", k.kind, k.name, p))
		}
	}()
	w, err := r.owners.find(ctx, k)
	if err != nil {
		if ctx.Err() == nil {
			r.queue.AddRateLimited(k)
		}
		return true
	}
	r.queue.Forget(k)
	for p := range r.take(k) {
		r.store.SetWorkload(p, w)
	}
	return true
}
