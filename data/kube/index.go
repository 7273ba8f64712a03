package kube

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"

	"golang.org/x/sync/errgroup"

	"github.com/oomedic/oomedic/data"
)

// Numbers of the first look at a cluster.
const (
	indexWorkers = 8
	// indexTimeout ends a first look that does not get on; the pass over all pods is not bound by it.
	indexTimeout = 10 * time.Second
	// A namespace with more candidates than this, and more than this share of its pods, is listed: that is cheaper than
	// to get them one by one.
	fewCandidates   = 20
	candidatesShare = 20 // one of so many
	// maxFetched bounds the single requests of a first look.
	maxFetched = 2000
)

// calmStatus are the words of the column STATUS behind which nothing has ended badly (kubectl's printer). Behind
// Completed another container of the pod may have: the phase tells.
var calmStatus = map[string]bool{
	"Running": true, "Completed": true, "Succeeded": true, "Pending": true, "ContainerCreating": true, "PodInitializing": true,
	"Terminating": true, "SchedulingGated": true, "NotReady": true, "ImagePullBackOff": true, "ErrImagePull": true, "Init:ImagePullBackOff": true, "Init:ErrImagePull": true,
}

// fromCache asks the server for what it has in memory. Each answer of a first look would otherwise wait until the server
// has heard from etcd that nothing newer is there, up to a tenth of a second; what it misses comes with the pass over all pods.
const fromCache = "0"

const statusCompleted = "Completed"

// candidate reports whether a row may hide a kill within since; zero is any time.
func (r *podRow) candidate(since time.Duration) bool {
	if r.restarted && (since <= 0 || r.age <= since) {
		return true
	}
	if calmStatus[r.status] {
		return false
	}
	return !strings.HasPrefix(r.status, "Init:") || !strings.Contains(r.status, "/") // Init:0/2 is progress
}

// index is the first look: Tables without objects tell which pods are worth reading, and those alone are read.
type index struct {
	c     *Client
	st    *data.Store
	since time.Duration
	put   func(slim)

	putting sync.Mutex
	gets    errgroup.Group
	pods    atomic.Int64
	fetched atomic.Int64
	capped  atomic.Bool
}

// paintFirst puts what the cheapest look finds of a scope, "" for all namespaces, into the store by put. It sees every
// container that restarted or failed; what it can't see, an init container that was killed and then succeeded or one
// container of several that a pod's status doesn't name, the pass over all pods finds right after. Nothing depends on
// it: when the server can't do it, or it takes too long, it ends without a word but in the log.
func (c *Client) paintFirst(ctx context.Context, st *data.Store, ns string, put func(slim)) {
	if c.cfg == nil {
		return
	}
	defer func() {
		if r := recover(); r != nil {
			c.log.Error("first look", "namespace", ns, "panic", fmt.Sprint(r))
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, indexTimeout)
	defer cancel()
	began := time.Now()
	x := &index{c: c, st: st, since: c.o.Since, put: put}
	x.gets.SetLimit(indexWorkers)
	err := x.run(ctx, ns)
	_ = x.gets.Wait() //nolint:errcheck // guard returns nil
	c.log.Info("first look", "namespace", ns, "pods", x.pods.Load(), "fetched", x.fetched.Load(), "capped", x.capped.Load(),
		"took", time.Since(began).Round(time.Millisecond), "err", err)
}

// run looks at one namespace, or at all of them side by side.
func (x *index) run(ctx context.Context, ns string) error {
	names := []string{ns}
	if ns == "" {
		all, err := x.c.cs.CoreV1().Namespaces().List(ctx, metav1.ListOptions{ResourceVersion: fromCache})
		if err != nil {
			return err
		}
		names = names[:0]
		for i := range all.Items {
			names = append(names, all.Items[i].Name)
		}
	}
	g, ctx2 := errgroup.WithContext(ctx)
	g.SetLimit(indexWorkers)
	for _, name := range names {
		g.Go(func() (err error) {
			defer x.recovered(&err)
			return x.namespace(ctx2, ctx, name)
		})
	}
	return g.Wait()
}

// recovered turns a panic into an error.
func (x *index) recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("first look: %v", r)
	}
}

// namespace looks at one namespace and asks for its candidates, the newest first.
func (x *index) namespace(ctx, fetch context.Context, ns string) error {
	var found []podRow
	pods, completed := 0, false
	err := x.table(ctx, ns, "", func(r podRow) {
		pods++
		if r.candidate(x.since) {
			found = append(found, r)
		}
		completed = completed || r.status == statusCompleted
	})
	x.pods.Add(int64(pods))
	if err == nil && completed {
		err = x.table(ctx, ns, "status.phase="+string(corev1.PodFailed), func(r podRow) {
			if r.status == statusCompleted && !r.candidate(x.since) {
				r.age = -1
				found = append(found, r)
			}
		})
	}
	if err != nil {
		return err
	}
	if len(found) > fewCandidates && len(found)*candidatesShare > pods {
		p := &pass{c: x.c, st: x.st, ns: ns, l: newListing(), found: x.take}
		_, err := p.read(ctx)
		return err
	}
	slices.SortStableFunc(found, func(a, b podRow) int { return cmp.Compare(uint64(a.age), uint64(b.age)) }) //nolint:gosec // -1, unknown, sorts last
	for _, r := range found {
		if x.fetched.Add(1) > maxFetched {
			x.capped.Store(true)
			return nil
		}
		x.gets.Go(func() (err error) {
			defer x.recovered(&err)
			x.get(fetch, ns, r.name)
			return nil
		})
	}
	return nil
}

// table reads the rows of a namespace.
func (x *index) table(ctx context.Context, ns, fields string, take func(podRow)) error {
	opts := metav1.ListOptions{LabelSelector: x.c.o.Selector, FieldSelector: fields, ResourceVersion: fromCache}
	body, err := x.c.cs.CoreV1().RESTClient().Get().Namespace(ns).Resource("pods").VersionedParams(&opts, scheme.ParameterCodec).
		Param("includeObject", string(metav1.IncludeNone)).SetHeader("Accept", tableAccept).MaxRetries(1).Stream(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	return readTable(body, take)
}

// get reads one candidate whole. One that is gone meanwhile, or an error, is left to the pass over all pods.
func (x *index) get(ctx context.Context, ns, name string) {
	if ctx.Err() != nil {
		return
	}
	p, err := x.c.cs.CoreV1().Pods(ns).Get(ctx, name, metav1.GetOptions{ResourceVersion: fromCache})
	if err != nil {
		return
	}
	if s := x.c.slimmed(x.st, p); s.pod != nil {
		x.take(s)
	}
}

// take hands a pod on, one at a time.
func (x *index) take(s slim) {
	x.putting.Lock()
	defer x.putting.Unlock()
	x.put(s)
}
