package kube

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
)

// pageSize is how many pods one request lists; kubectl's number. A page of ordinary pods is about 5 MB and is dropped
// before the next is asked for.
const pageSize = 500

// pageRestarts is how often a list whose continue token expired starts anew before it is asked for in one piece.
const pageRestarts = 2

// pages lists the pods of a namespace, "" for all, page by page, and hands each pod to each. It returns the resource
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
	_, err := c.pages(ctx, ns, l.restart, func(p *corev1.Pod) { l.add(c.slimmed(st, p)) })
	if err != nil {
		return c.podRight(err, "list", ns)
	}
	l.replace(st, ns)
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
	st.SetHealth(data.Clean(ns), data.Live, "")
	return ctx.Err()
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

// listing gathers a list: the suspects whole, of all others the key alone.
type listing struct {
	pods   map[data.PodKey]*data.Pod // nil for a pod without suspects
	owners map[data.PodKey]ownerKey  // of the suspects whose workload is not known yet
}

func newListing() *listing {
	return &listing{pods: map[data.PodKey]*data.Pod{}, owners: map[data.PodKey]ownerKey{}}
}

// restart forgets what was gathered.
func (l *listing) restart() {
	clear(l.pods)
	clear(l.owners)
}

func (l *listing) add(s slim) {
	l.pods[s.key] = s.pod
	if s.owner != (ownerKey{}) {
		l.owners[s.key] = s.owner
	}
}

// replace makes st hold what was gathered for the scope.
func (l *listing) replace(st *data.Store, ns string) {
	var suspects []data.Pod
	for _, p := range l.pods {
		if p != nil {
			suspects = append(suspects, *p)
		}
	}
	st.Replace(data.Clean(ns), suspects, len(l.pods), func(k data.PodKey) bool {
		_, ok := l.pods[k]
		return ok
	})
}
