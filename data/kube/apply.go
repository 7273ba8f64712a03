package kube

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilnet "k8s.io/apimachinery/pkg/util/net"

	"github.com/oomedic/oomedic/data"
)

// lookAgain bounds the reading after a connection was lost, even when the caller has given up by then.
const lookAgain = 5 * time.Second

// Apply carries out a plan: the very patches that were tried, each bound to the object that was shown, and each written
// into the journal before it is sent and after. When only the status of an object moved since, its patch is sent again;
// when its spec did, the error wraps data.ErrConflict and a new plan is needed. A patch whose answer got lost is looked
// after: the error wraps data.ErrUnknownOutcome only when that shows nothing. The first object that fails ends it:
// Applied.Targets then says what was done and what was not, and the error wraps ErrPartly when something was. Other
// errors wrap ErrReadOnly, ErrBlocked, ErrNoJournal (nothing is sent in these cases), ErrForbidden, ErrRefused,
// ErrNotFound or ErrUnreachable.
func (c *Client) Apply(ctx context.Context, p *data.Plan) (data.Applied, error) {
	return c.ApplyTelling(ctx, p, func([]data.Target) {})
}

// ApplyTelling is Apply that tells what became of each object as soon as it is known. tell gets a copy of all targets,
// the one that is being sent is the first that is waiting; it must return at once.
func (c *Client) ApplyTelling(ctx context.Context, p *data.Plan, tell func([]data.Target)) (data.Applied, error) {
	ref := p.Change.Workload.Ref()
	switch b := p.Blocked(); {
	case c.o.ReadOnly:
		return data.Applied{}, fmt.Errorf("%w: %s stays as it is", data.ErrReadOnly, ref)
	case b != nil:
		return data.Applied{}, worded{fmt.Sprintf("%s stays as it is: %s", ref, b.Says), data.ErrBlocked, data.ErrBlocked}
	case p.Change.Way == data.WayExport:
		return data.Applied{}, worded{"an export changes nothing: " + ref.String() + " stays as it is", data.ErrUnsupported, data.ErrUnsupported}
	}
	rec, err := c.begin(p, targetsOf(p))
	if err != nil {
		return data.Applied{}, err
	}
	rec.tell = tell
	tell(slices.Clone(rec.entry.Targets))
	err = c.carryOut(ctx, p, rec)
	a := rec.end(err)
	if err != nil && slices.ContainsFunc(a.Targets, func(t data.Target) bool { return t.State == data.TargetStored }) {
		err = partly(a.Targets, err)
	}
	return a, err
}

// targetsOf are the objects of a plan in the order of sending: pods first, the template last.
func targetsOf(p *data.Plan) []data.Target {
	var out []data.Target
	for _, pp := range p.Pods {
		if pp.Skip == "" {
			out = append(out, data.Target{
				APIVersion: "v1", Kind: "Pod", Namespace: pp.Pod.Namespace, Name: pp.Pod.Name, UID: pp.Pod.UID,
				Before: pp.Before, After: pp.After, State: data.TargetWaiting,
			})
		}
	}
	if p.Change.Way.Template() {
		w := targetOf(p)
		out = append(out, data.Target{
			APIVersion: w.APIVersion, Kind: w.Kind, Namespace: w.Namespace, Name: w.Name, UID: p.UID,
			Before: p.Before, After: p.After, State: data.TargetWaiting,
		})
	}
	return out
}

// targetOf is the object whose template a plan changes.
func targetOf(p *data.Plan) data.Workload {
	if p.Target.Kind != "" {
		return p.Target
	}
	return p.Change.Workload
}

// carryOut changes one object after the other and stops at the first that fails.
func (c *Client) carryOut(ctx context.Context, p *data.Plan, rec *record) error {
	first, n := true, 0
	for i := range p.Pods {
		if p.Pods[i].Skip != "" {
			continue
		}
		t, err := c.resize(ctx, p, &p.Pods[i], rec.entry.Targets[n])
		if err == nil && first { // one pod shows whether the nodes take it, before the rest is touched
			rec.told(n, t)
			t, err = c.confirm(ctx, t, p.Change.Container)
		}
		first = false
		rec.step(n, t)
		if err != nil {
			return err
		}
		n++
	}
	if !p.Change.Way.Template() {
		return nil
	}
	t, err := c.store(ctx, p, rec.entry.Targets[n])
	rec.step(n, t)
	return err
}

// partly says what was done and what was not.
func partly(targets []data.Target, err error) error {
	var done, left string
	for _, t := range targets {
		name := t.Workload().Ref().String()
		if t.State == data.TargetStored {
			done += ", " + name
		} else {
			left += ", " + name
		}
	}
	if left == "" {
		return err
	}
	return worded{fmt.Sprintf("changed: %s; not changed: %s: %s", done[2:], left[2:], err), data.ErrPartly, err}
}

// ended gives a target the state that an error of sending leaves it in.
func ended(t data.Target, err error) data.Target {
	t.State = data.TargetStored
	if err != nil {
		t.State, t.Error = data.TargetFailed, data.Clean(err.Error())
		if errors.Is(err, data.ErrUnknownOutcome) {
			t.State = data.TargetUnknown
		}
	}
	return t
}

// store changes the template.
func (c *Client) store(ctx context.Context, p *data.Plan, t data.Target) (data.Target, error) {
	o, err := c.storeTemplate(ctx, p)
	t = ended(t, err)
	if err == nil {
		t.ResourceVersion, t.Generation, t.After = o.meta.ResourceVersion, o.meta.Generation, o.memory(p.Change.Container)
	}
	return t, err
}

// storeTemplate sends the patch of the template until its outcome is known.
func (c *Client) storeTemplate(ctx context.Context, p *data.Plan) (*owner, error) {
	w, body, lost := targetOf(p), p.Patch, error(nil)
	for range maxConflicts + 1 {
		done, err := c.patch(ctx, w, body, metav1.PatchOptions{})
		if err == nil {
			return done, nil
		}
		switch {
		case apierrors.IsConflict(err):
		case lost == nil && utilnet.IsConnectionRefused(err), !maybeDone(err):
			return nil, c.explain(err, patchOf(w))
		default:
			lost = err
		}
		live, seen := c.look(ctx, w)
		switch {
		case seen != nil && lost != nil:
			return nil, worded{fmt.Sprintf("the answer to the change of %s was lost (%s), and it cannot be read again: look at it before you try again",
				w.Ref(), words(bare(lost))), data.ErrUnknownOutcome, lost}
		case seen != nil:
			return nil, seen
		case lost != nil && carries(live, p):
			return live, nil
		case lost != nil && !unmoved(live, p):
			return nil, worded{fmt.Sprintf("the answer to the change of %s was lost (%s), and somebody else changed it since: whether this change was in between is not known",
				w.Ref(), words(bare(lost))), data.ErrUnknownOutcome, lost}
		case !unmoved(live, p):
			return nil, worded{fmt.Sprintf("%s changed since the diff was made", w.Ref()), data.ErrConflict, err}
		case ctx.Err() != nil:
			return nil, worded{fmt.Sprintf("the change of %s was given up; the object still has the old values", w.Ref()), data.ErrUnknownOutcome, err}
		}
		if body, err = live.body(p.Change, p.UID.String()); err != nil {
			return nil, err
		}
	}
	if lost != nil {
		return nil, worded{fmt.Sprintf("the answer to the change of %s was lost again and again (%s); the object still has the old values",
			w.Ref(), words(bare(lost))), data.ErrUnknownOutcome, lost}
	}
	return nil, worded{fmt.Sprintf("%s changes faster than it can be patched", w.Ref()), data.ErrConflict, data.ErrConflict}
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
		apierrors.IsUnexpectedServerError(err) || apierrors.IsServiceUnavailable(err)
}

// unmoved reports whether the object is still the one of the plan: at most its status moved.
func unmoved(live *owner, p *data.Plan) bool {
	return string(live.meta.UID) == p.UID.String() && live.meta.Generation == p.Generation && sameMemory(live.memory(p.Change.Container), p.Before)
}

// carries reports whether the object has all that the plan would store.
func carries(live *owner, p *data.Plan) bool {
	return string(live.meta.UID) == p.UID.String() && live.stands(p.Change.Container, wantedOf(p))
}
