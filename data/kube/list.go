package kube

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/oomedic/oomedic/data"
)

// pageSize is how many pods one request of a clientset lists that has no server behind it; kubectl's number.
const pageSize = 500

// pageRestarts is how often a list whose continue token expired starts anew before it is asked for in one piece.
const pageRestarts = 2

// pages lists the pods of a namespace, "" for all, with the typed client, and hands each pod to each. It returns the resource
// version from which a watch goes on. When a token expires (410) it starts anew: each may see a pod twice.
func (c *Client) pages(ctx context.Context, ns string, restart func(), each func(*corev1.Pod)) (string, error) {
	opts := metav1.ListOptions{LabelSelector: c.o.Selector, Limit: pageSize}
	for restarts := 0; ; {
		page, err := c.cs.CoreV1().Pods(ns).List(ctx, opts)
		if err != nil {
			expired := apierrors.IsResourceExpired(err) || apierrors.IsGone(err)
			if !expired || opts.Continue == "" {
				return "", err
			}
			opts.Continue = ""
			if restarts++; restarts > pageRestarts {
				opts.Limit = 0
			}
			restart()
			continue
		}
		for i := range page.Items {
			each(&page.Items[i])
		}
		if page.Continue == "" {
			return page.ResourceVersion, nil
		}
		opts.Continue = page.Continue
	}
}

// List puts the suspects of one paged pass into st, with their workloads. Memory follows the suspects, not the pods.
// A namespace that is forbidden becomes a Gap; the error is for when nothing could be listed.
func (c *Client) List(ctx context.Context, st *data.Store) error {
	scopes, denied := c.watched()
	putDenied(st, denied)
	var errs []error
	for _, ns := range scopes {
		err := c.listScope(ctx, st, ns)
		if err == nil {
			continue
		}
		st.SetHealth(data.Clean(ns), data.Stale, data.Clean(err.Error()))
		if !errors.Is(err, data.ErrForbidden) {
			return err
		}
		st.SetGap(podsGap(ns), data.Clean(err.Error()))
		errs = append(errs, err)
	}
	if len(errs) == len(scopes) && len(errs) > 0 {
		return errs[0]
	}
	newEvidence(c, st).all(ctx)
	return ctx.Err()
}

// podsGap names the pods of a namespace, "" for all, as something that is not known.
func podsGap(ns string) data.Text {
	if ns == "" {
		return "pods of all namespaces"
	}
	return data.Textf("pods in namespace %s", ns)
}

// listScope lists one namespace, "" for all, and looks up the owners of what it found.
func (c *Client) listScope(ctx context.Context, st *data.Store, ns string) error {
	l := newListing()
	c.paintFirst(ctx, st, ns, func(s slim) { st.Put(*s.pod) })
	p := &pass{c: c, st: st, ns: ns, l: l, count: func(n int) { st.SetSeen(data.Clean(ns), n) }}
	_, err := p.run(ctx)
	switch {
	case err == nil:
		l.replace(st, ns)
	case len(l.seen) == 0 || ctx.Err() != nil:
		return c.podRight(err, "list", ns)
	default:
		l.putAll(st) // better than nothing; the pass has left a Gap
	}
	c.findOwners(ctx, st, l)
	if err == nil {
		st.SetHealth(data.Clean(ns), data.Live, "")
	} else {
		st.SetHealth(data.Clean(ns), data.Stale, data.Clean(c.podRight(err, "list", ns).Error()))
	}
	return ctx.Err()
}

// findOwners looks up the workloads of what a list found.
func (c *Client) findOwners(ctx context.Context, st *data.Store, l *listing) {
	g := &errgroup.Group{}
	g.SetLimit(ownerWorkers)
	for p, k := range l.owners {
		g.Go(func() (err error) {
			defer func() {
				if r := recover(); r != nil {
					err = fmt.Errorf("look up %s %s: %v", k.kind, k.name, r)
				}
			}()
			w, _ := c.owners.find(ctx, k) //nolint:errcheck // w carries the problem
			st.SetWorkload(p, w)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		st.SetGap("owners of pods", data.Clean(err.Error()))
	}
}

// FetchPod reads one pod and returns the containers that are suspect or that keep names, with their workload. The error
// wraps data.ErrNotFound when the pod is gone and data.ErrForbidden when it may not be read.
func (c *Client) FetchPod(ctx context.Context, ns, name string, keep func(container string) bool) (data.Pod, error) {
	p, err := c.cs.CoreV1().Pods(ns).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return data.Pod{}, c.explain(err, request{"get", "pods", ns, name})
	}
	out := decode(p, keep)
	c.owners.fill(ctx, p, &out)
	return out, nil
}

// listing gathers a list: the suspects whole, of all others a hash of eight bytes, which is enough to tell whether a
// pod that the store holds is still there.
type listing struct {
	seed   maphash.Seed
	seen   map[uint64]struct{} // every pod
	pods   map[data.PodKey]*data.Pod
	owners map[data.PodKey]ownerKey // of the suspects whose workload is not known yet
}

func newListing() *listing {
	return &listing{seed: maphash.MakeSeed(), seen: map[uint64]struct{}{}, pods: map[data.PodKey]*data.Pod{}, owners: map[data.PodKey]ownerKey{}}
}

// GetObjectKind implements runtime.Object, so that client-go's reflector carries a listing.
func (*listing) GetObjectKind() schema.ObjectKind { return schema.EmptyObjectKind }

// DeepCopyObject implements runtime.Object. Nothing writes to a listing that is whole, so it is its own copy.
func (l *listing) DeepCopyObject() runtime.Object { return l }

// restart forgets what was gathered.
func (l *listing) restart() {
	clear(l.seen)
	clear(l.pods)
	clear(l.owners)
}

func (l *listing) add(s slim) {
	l.seen[maphash.Comparable(l.seed, s.key)] = struct{}{}
	if s.pod == nil {
		return
	}
	l.pods[s.key] = s.pod
	if s.owner != (ownerKey{}) {
		l.owners[s.key] = s.owner
	}
}

// has reports whether the list has a pod.
func (l *listing) has(k data.PodKey) bool {
	_, ok := l.seen[maphash.Comparable(l.seed, k)]
	return ok
}

// replace makes st hold what was gathered for the scope, and calls what the list lacks gone.
func (l *listing) replace(st *data.Store, ns string) {
	suspects := make([]data.Pod, 0, len(l.pods))
	for _, p := range l.pods {
		suspects = append(suspects, *p)
	}
	st.Replace(data.Clean(ns), suspects, len(l.seen), l.has)
}

// putAll puts what was gathered into st and calls nothing gone.
func (l *listing) putAll(st *data.Store) {
	for _, p := range l.pods {
		st.Put(*p)
	}
}
