package kube

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilnet "k8s.io/apimachinery/pkg/util/net"

	"github.com/oomedic/oomedic/data"
)

// lookAgain bounds the reading after a connection was lost, even when the caller has given up by then.
const lookAgain = 5 * time.Second

// Apply carries out a plan: the very patch that was tried, bound to the object that was shown. When only the status of
// the object moved since, it is sent again; when its spec did, the error wraps data.ErrConflict and a new plan is
// needed. A patch whose answer got lost is looked after: the error wraps data.ErrUnknownOutcome only when that shows
// nothing. Other errors wrap ErrReadOnly (nothing is sent), ErrForbidden, ErrRefused, ErrNotFound or ErrUnreachable.
func (c *Client) Apply(ctx context.Context, p *data.Plan) (data.Applied, error) {
	if c.o.ReadOnly {
		return data.Applied{}, fmt.Errorf("%w: %s stays as it is", data.ErrReadOnly, p.Change.Workload.Ref())
	}
	w, body, lost := p.Change.Workload, p.Patch, error(nil)
	for range maxConflicts + 1 {
		done, err := c.patch(ctx, w, body, metav1.PatchOptions{})
		if err == nil {
			return c.applied(p, done), nil
		}
		switch {
		case apierrors.IsConflict(err):
		case lost == nil && utilnet.IsConnectionRefused(err), !maybeDone(err):
			return data.Applied{}, c.explain(err, patchOf(w))
		default:
			lost = err
		}
		live, seen := c.look(ctx, w)
		switch {
		case seen != nil && lost != nil:
			return data.Applied{}, worded{fmt.Sprintf("the answer to the change of %s was lost (%s), and it cannot be read again: look at it before you try again",
				w.Ref(), words(bare(lost))), data.ErrUnknownOutcome, lost}
		case seen != nil:
			return data.Applied{}, seen
		case lost != nil && carries(live, p):
			return c.applied(p, live), nil
		case !unmoved(live, p):
			return data.Applied{}, worded{fmt.Sprintf("%s changed since the diff was made", w.Ref()), data.ErrConflict, err}
		case ctx.Err() != nil:
			return data.Applied{}, worded{fmt.Sprintf("the change of %s was given up; the object still has the old values", w.Ref()), data.ErrUnknownOutcome, err}
		}
		_, list := live.container(p.Change.Container)
		if body, err = patchBody(p.Change, list, live.meta.ResourceVersion, p.UID.String()); err != nil {
			return data.Applied{}, err
		}
	}
	if lost != nil {
		return data.Applied{}, worded{fmt.Sprintf("the answer to the change of %s was lost again and again (%s); the object still has the old values",
			w.Ref(), words(bare(lost))), data.ErrUnknownOutcome, lost}
	}
	return data.Applied{}, worded{fmt.Sprintf("%s changes faster than it can be patched", w.Ref()), data.ErrConflict, data.ErrConflict}
}

// look reads the workload again, for lookAgain at most and even when ctx is done.
func (c *Client) look(ctx context.Context, w data.Workload) (*owner, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookAgain)
	defer cancel()
	return c.get(ctx, w)
}

// maybeDone reports whether a patch may have been stored although it brought an error: no answer came, or one that says
// that the server did not wait for the end.
func maybeDone(err error) bool {
	if refused(err) {
		return false
	}
	return !isStatus(err) || apierrors.IsTimeout(err) || apierrors.IsServerTimeout(err) || apierrors.IsInternalError(err) ||
		apierrors.IsUnexpectedServerError(err)
}

// unmoved reports whether the object is still the one of the plan: at most its status moved.
func unmoved(live *owner, p *data.Plan) bool {
	return string(live.meta.UID) == p.UID.String() && live.meta.Generation == p.Generation && sameMemory(live.memory(p.Change.Container), p.Before)
}

// carries reports whether the object has what the plan would store.
func carries(live *owner, p *data.Plan) bool {
	return string(live.meta.UID) == p.UID.String() && sameMemory(live.memory(p.Change.Container), p.After)
}

// applied is the outcome as the server holds it.
func (c *Client) applied(p *data.Plan, o *owner) data.Applied {
	return data.Applied{
		At: c.now(), ResourceVersion: o.meta.ResourceVersion, Generation: o.meta.Generation, After: o.memory(p.Change.Container),
	}
}
