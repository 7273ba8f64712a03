package kube

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/oomedic/oomedic/data"
)

// Times and bounds of looking for evidence beside the status, chosen so that a cluster on fire is asked little.
const (
	// evidenceSettle gathers kills that come together, and lets the kubelet send its events.
	evidenceSettle = 700 * time.Millisecond
	// evidenceAgain is when a fresh kill is looked at once more: event recorders batch and are rate limited.
	evidenceAgain = 12 * time.Second
	// evidencePause is the least time between two looks.
	evidencePause = 2 * time.Second
	// evidenceWorkers is how many namespaces or nodes are asked about at a time.
	evidenceWorkers = 4
	// eventsLive is the age of an end beyond which no events are looked for: servers keep them for an hour, some for
	// three.
	eventsLive = 3*time.Hour + 10*time.Minute
	// nodeFresh is how old the facts of a node may be when a new kill on it comes.
	nodeFresh = 20 * time.Second
	// evidenceDenied is when something forbidden, or a server that gave no answer, is asked again.
	evidenceDenied = 5 * time.Minute
	evidenceFailed = 10 * time.Second
	// maxSubjects bounds the pods that wait for a look.
	maxSubjects = 5000
)

// subject is a pod with something to explain.
type subject struct {
	node string
	end  time.Time // newest end of its suspects, or its deletion
}

// evidence reads events and nodes behind the watch, for pods with suspect containers alone.
type evidence struct {
	c    *Client
	st   *data.Store
	wake chan struct{}

	mu     sync.Mutex
	wanted map[data.PodKey]subject
	seen   map[data.PodKey]time.Time // the end that was last asked for
	denied map[string]time.Time      // by gap: not before this time
	nodes  map[string]time.Time      // when a node was read
}

func newEvidence(c *Client, st *data.Store) *evidence {
	return &evidence{
		c: c, st: st, wake: make(chan struct{}, 1), wanted: map[data.PodKey]subject{},
		seen: map[data.PodKey]time.Time{}, denied: map[string]time.Time{}, nodes: map[string]time.Time{},
	}
}

// want asks for the evidence of a pod, unless its newest end was asked about before.
func (e *evidence) want(p *data.Pod) {
	s := subject{}
	for i := range p.Containers {
		c := &p.Containers[i]
		s.node = c.Node.String()
		for _, t := range c.Terminations() {
			s.end = later(s.end, t.FinishedAt)
		}
		s.end = later(s.end, c.DeletedAt)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if last, ok := e.seen[p.Key]; ok && last.Equal(s.end) || len(e.wanted) >= maxSubjects {
		return
	}
	if len(e.seen) >= 4*maxSubjects {
		clear(e.seen)
	}
	e.seen[p.Key] = s.end
	e.wanted[p.Key] = s
	e.ring()
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// ring wakes run.
func (e *evidence) ring() {
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// run looks until ctx is done.
func (e *evidence) run(ctx context.Context) {
	var again map[data.PodKey]subject
	late := time.NewTimer(evidenceAgain)
	late.Stop()
	defer late.Stop()
	for {
		settle := evidenceSettle
		select {
		case <-ctx.Done():
			return
		case <-e.wake:
		case <-late.C:
			e.putBack(again)
			again, settle = nil, 0
		}
		if !pause(ctx, settle) {
			return
		}
		done := e.look(ctx)
		for k, s := range done {
			if e.c.now().Sub(s.end) < time.Minute && settle > 0 {
				if again == nil {
					again = map[data.PodKey]subject{}
					late.Reset(evidenceAgain)
				}
				again[k] = s
			}
		}
		if !pause(ctx, evidencePause) {
			return
		}
	}
}

// pause waits and reports whether ctx goes on.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// all looks once for the evidence of every pod in the store.
func (e *evidence) all(ctx context.Context) {
	pods := map[data.PodKey]*data.Pod{}
	for _, c := range e.st.Snapshot().Containers {
		k := c.PodKey()
		if pods[k] == nil {
			pods[k] = &data.Pod{Key: k}
		}
		pods[k].Containers = append(pods[k].Containers, *c)
	}
	for _, p := range pods {
		e.want(p)
	}
	e.look(ctx)
}

// putBack makes pods wanted again.
func (e *evidence) putBack(again map[data.PodKey]subject) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for k, s := range again {
		if _, newer := e.wanted[k]; !newer {
			e.wanted[k] = s
		}
	}
}

// look reads the evidence of all wanted pods and returns them. What a server without an answer owes is wanted again
// later.
func (e *evidence) look(ctx context.Context) map[data.PodKey]subject {
	e.mu.Lock()
	wanted := e.wanted
	e.wanted = map[data.PodKey]subject{}
	e.mu.Unlock()
	now := e.c.now()
	pods, nodes := map[string][]data.PodKey{}, map[string]bool{}
	for k, s := range wanted {
		if now.Sub(s.end) < eventsLive || s.end.IsZero() {
			pods[k.Namespace.String()] = append(pods[k.Namespace.String()], k)
		}
		if s.node != "" {
			nodes[s.node] = true
		}
	}
	g := &errgroup.Group{}
	g.SetLimit(evidenceWorkers)
	for ns, keys := range pods {
		g.Go(func() error { return e.guard(ctx, func() { e.readPods(ctx, ns, keys, wanted) }) })
	}
	for name := range nodes {
		g.Go(func() error { return e.guard(ctx, func() { e.readNode(ctx, name) }) })
	}
	_ = g.Wait() //nolint:errcheck // guard reports and returns nil
	return wanted
}

// guard runs a look; a panic in it becomes a Gap.
func (e *evidence) guard(ctx context.Context, look func()) error {
	defer func() {
		if r := recover(); r != nil {
			e.c.log.Error("read events", "panic", fmt.Sprint(r))
			e.st.SetGap("events", data.Textf("they could not be read: %v", r))
		}
	}()
	if ctx.Err() == nil {
		look()
	}
	return nil
}

// readPods reads the events of some pods of a namespace.
func (e *evidence) readPods(ctx context.Context, ns string, keys []data.PodKey, wanted map[data.PodKey]subject) {
	gap := "events in namespace " + ns
	if e.waits(gap) {
		return
	}
	found, err := e.c.podEvents(ctx, ns, keys)
	if err != nil {
		if e.failed(ctx, gap, request{verb: "list", resource: "events", namespace: ns}, err) {
			again := map[data.PodKey]subject{}
			for _, k := range keys {
				again[k] = wanted[k]
			}
			e.after(ctx, evidenceFailed, func() { e.putBack(again); e.ring() })
		}
		return
	}
	e.st.SetGap(data.Clean(gap), "")
	for k, events := range found {
		e.st.SetEvents(k, events, e.c.now())
	}
}

// readNode reads a node and its events, unless that was done a moment ago.
func (e *evidence) readNode(ctx context.Context, name string) {
	now := e.c.now()
	e.mu.Lock()
	fresh := now.Sub(e.nodes[name]) < nodeFresh
	e.nodes[name] = now
	e.mu.Unlock()
	const gap, eventGap = "nodes", "events of nodes"
	if fresh {
		return
	}
	facts := data.NodeFacts{Name: data.Clean(name)}
	if !e.waits(gap) {
		n, err := e.c.node(ctx, name)
		if err != nil {
			e.failed(ctx, gap, request{verb: "get", resource: "nodes"}, err)
		} else {
			e.st.SetGap(gap, "")
			facts = n
		}
	}
	if !e.waits(eventGap) {
		events, err := e.c.nodeEvents(ctx, name)
		if err != nil {
			e.failed(ctx, eventGap, request{verb: "list", resource: "events", namespace: "default"}, err)
		} else {
			e.st.SetGap(eventGap, "")
			facts.Events, facts.EventsRead = events, now
		}
	}
	if ctx.Err() == nil {
		e.st.SetNode(facts)
	}
}

// waits reports whether something was refused so lately that it is not asked again yet.
func (e *evidence) waits(gap string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.c.now().Before(e.denied[gap])
}

// failed notes an error as a Gap and reports whether asking again soon makes sense: it does when no answer came.
func (e *evidence) failed(ctx context.Context, gap string, r request, err error) bool {
	if ctx.Err() != nil {
		return false
	}
	denied := apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err)
	wait := evidenceFailed / 2
	if denied {
		wait = evidenceDenied
	}
	e.mu.Lock()
	e.denied[gap] = e.c.now().Add(wait)
	e.mu.Unlock()
	e.st.SetGap(data.Clean(gap), data.Clean(e.c.explain(err, r).Error()))
	return !denied
}

// after runs f in a while unless ctx is done by then.
func (e *evidence) after(ctx context.Context, d time.Duration, f func()) {
	t := time.AfterFunc(d, func() {
		if ctx.Err() == nil {
			f()
		}
	})
	context.AfterFunc(ctx, func() { t.Stop() })
}
