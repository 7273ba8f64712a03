package kube

import (
	"context"
	"fmt"

	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/oomedic/oomedic/data"
)

// DeletePod ends one pod through the Eviction API, which honours disruption budgets, so that its controller makes a new
// one from the changed template. The pod of that name is spared when its UID is another. Errors wrap data.ErrReadOnly,
// ErrForbidden, ErrRefused (a disruption budget does not allow it now), ErrConflict (it is another pod by now),
// ErrNotFound or ErrUnreachable.
func (c *Client) DeletePod(ctx context.Context, k data.PodKey) error {
	if c.o.ReadOnly {
		return fmt.Errorf("%w: pod %s stays", data.ErrReadOnly, k.Name)
	}
	opts := &metav1.DeleteOptions{}
	if k.UID != "" {
		uid := types.UID(k.UID)
		opts.Preconditions = &metav1.Preconditions{UID: &uid}
	}
	err := c.cs.PolicyV1().Evictions(k.Namespace.String()).Evict(ctx, &policyv1.Eviction{
		ObjectMeta: metav1.ObjectMeta{Name: k.Name.String(), Namespace: k.Namespace.String()}, DeleteOptions: opts,
	})
	if apierrors.IsTooManyRequests(err) {
		return worded{fmt.Sprintf("a disruption budget does not allow to end pod %s now: %s", k.Name, words(err)), data.ErrRefused, err}
	}
	return c.explain(err, request{"create", "pods/eviction", k.Namespace.String(), k.Name.String()})
}
