package kube

import (
	"context"
	"errors"
	"fmt"

	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	utilnet "k8s.io/apimachinery/pkg/util/net"

	"github.com/oomedic/oomedic/data"
)

// DeletePod ends one pod through the Eviction API, which honours disruption budgets, so that its controller makes a new
// one from the changed template. It is written into the journal before and after. The pod of that name is spared when its
// UID is another. Errors wrap data.ErrReadOnly, ErrNoJournal (nothing is sent in these cases), ErrForbidden, ErrRefused (a
// disruption budget does not allow it now), ErrConflict (it is another pod by now), ErrNotFound, ErrUnknownOutcome or
// ErrUnreachable.
func (c *Client) DeletePod(ctx context.Context, k data.PodKey) error {
	if c.o.ReadOnly {
		return fmt.Errorf("%w: pod %s stays", data.ErrReadOnly, k.Name)
	}
	pod := data.Workload{APIVersion: "v1", Kind: "Pod", Namespace: k.Namespace, Name: k.Name, UID: k.UID}
	t := data.Target{APIVersion: pod.APIVersion, Kind: pod.Kind, Namespace: k.Namespace, Name: k.Name, UID: k.UID, State: data.TargetWaiting}
	rec, err := c.begin(&data.Plan{Change: data.Change{Workload: pod, Way: data.WayEvict}}, []data.Target{t})
	if err != nil {
		return err
	}
	err = c.evict(ctx, k)
	rec.step(0, ended(t, err))
	rec.end(err)
	return err
}

// evict sends the eviction and, when its answer is lost, looks whether the pod is going.
func (c *Client) evict(ctx context.Context, k data.PodKey) error {
	ns, name := k.Namespace.String(), k.Name.String()
	opts := &metav1.DeleteOptions{}
	if k.UID != "" {
		uid := types.UID(k.UID)
		opts.Preconditions = &metav1.Preconditions{UID: &uid}
	}
	err := c.cs.PolicyV1().Evictions(ns).Evict(ctx, &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: ns}, DeleteOptions: opts})
	switch {
	case apierrors.IsTooManyRequests(err):
		return worded{fmt.Sprintf("a disruption budget does not allow to end pod %s now: %s", k.Name, words(err)), data.ErrRefused, err}
	case err == nil || utilnet.IsConnectionRefused(err) || !maybeDone(err):
		return c.explain(err, request{"create", "pods/eviction", ns, name})
	}
	gone, seen := c.gone(ctx, k)
	switch {
	case seen != nil:
		return worded{fmt.Sprintf("the answer to the eviction of pod %s was lost (%s), and it cannot be read again", name, words(bare(err))), data.ErrUnknownOutcome, err}
	case gone:
		return nil
	}
	return worded{fmt.Sprintf("the answer to the eviction of pod %s was lost (%s); the pod is still there", name, words(bare(err))), data.ErrUnknownOutcome, err}
}

// gone reports whether a pod has ended, is ending, or is another one by now.
func (c *Client) gone(ctx context.Context, k data.PodKey) (bool, error) {
	p, err := c.lookPod(ctx, k.Namespace.String(), k.Name.String())
	switch {
	case errors.Is(err, data.ErrNotFound):
		return true, nil
	case err != nil:
		return false, err
	}
	return p.DeletionTimestamp != nil || k.UID != "" && string(p.UID) != k.UID.String(), nil
}
