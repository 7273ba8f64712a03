package kube

import (
	"context"
	"errors"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/oomedic/oomedic/data"
)

// Reconcile looks what became of a change whose outcome was never written down: it reads every object again and compares
// it with the values before and after. The entry that it returns says exactly what was found; nothing is changed. It
// still is JournalUnknown when an object cannot be read or has other values by now. Of a change whose outcome is known,
// it looks at the pods whose node had not ended the resize; what cannot be read stays as it was written.
func (c *Client) Reconcile(ctx context.Context, e data.JournalEntry) data.JournalEntry {
	e.Targets = slices.Clone(e.Targets)
	before, known := slices.Clone(e.Targets), e.ResizeOpen()
	for i := range e.Targets {
		t := &e.Targets[i]
		switch {
		case e.Way != data.WayEvict && t.ResizeOpen():
			c.resizeEnded(ctx, t, e.Container)
		case known, t.State == data.TargetStored, t.State == data.TargetFailed: // what was never sent stays unsent
		case e.Way == data.WayEvict:
			c.wasEvicted(ctx, t)
		default:
			c.wasStored(ctx, &e, t)
		}
	}
	if known && slices.Equal(e.Targets, before) {
		return e
	}
	e.State = stateOf(e.Targets)
	if e.State != data.JournalUnknown {
		e.Ended = c.now()
	}
	if e.State == data.JournalApplied {
		e.Error = "" // it spoke of a resize that had not ended
	}
	return e
}

// wasStored compares an object with what it was to become.
func (c *Client) wasStored(ctx context.Context, e *data.JournalEntry, t *data.Target) {
	o, err := c.read(ctx, t.Workload())
	before, after := entrySettings(e, t)
	switch {
	case errors.Is(err, data.ErrNotFound), err == nil && string(o.meta.UID) != t.UID.String():
		t.State, t.Error = data.TargetFailed, "it is gone, and what was changed with it"
	case err != nil:
		t.State, t.Error = data.TargetUnknown, data.Clean(err.Error())
	case t.Kind == "Pod": // only the memory of a pod that runs can be changed
		t.State, t.Error = found(o, e.Container, settings{memory: t.Before}, settings{memory: t.After})
		if p, ok := o.object.(*corev1.Pod); ok && t.State == data.TargetStored {
			judgeResize(t, p, e.Container)
		}
	default:
		t.State, t.Error = found(o, e.Container, before, after)
	}
}

// resizeEnded looks how far the node has come with a pod whose new values were stored.
func (c *Client) resizeEnded(ctx context.Context, t *data.Target, container data.Text) {
	o, err := c.read(ctx, t.Workload())
	never := t.Resize == data.ResizeDeferred || t.Resize == data.ResizeError // the node had said no, so far
	gone := func(why data.Text) {
		t.Resize = data.ResizeGone
		if t.Error = ""; never {
			t.Error = why
		}
	}
	switch {
	case errors.Is(err, data.ErrNotFound), err == nil && string(o.meta.UID) != t.UID.String():
		gone("the pod went before its node had given it the memory")
		return
	case err != nil:
		return
	}
	p, ok := o.object.(*corev1.Pod)
	switch {
	case !ok:
	case !sameMemory(podMemory(p, container), t.After):
		gone("somebody changed it again before its node had given it the memory")
	default:
		judgeResize(t, p, container)
	}
}

// judgeResize writes down what the kubelet says of a resize. What the node does not do, or not yet, is an error.
func judgeResize(t *data.Target, p *corev1.Pod, container data.Text) {
	r := resizeOf(p, container)
	t.Resize, t.Error = r.State, ""
	switch r.State {
	case data.ResizeDeferred, data.ResizeInfeasible, data.ResizeError:
		t.Error = data.Textf("%s: %s", r.State, r.Says)
	case data.ResizePending, data.ResizeInProgress, data.ResizeDone, data.ResizeGone:
	}
}

// wasEvicted looks whether a pod that was to be ended is still there.
func (c *Client) wasEvicted(ctx context.Context, t *data.Target) {
	gone, err := c.gone(ctx, data.PodKey{Namespace: t.Namespace, Name: t.Name, UID: t.UID})
	switch {
	case err != nil:
		t.State, t.Error = data.TargetUnknown, data.Clean(err.Error())
	case gone:
		t.State, t.Error = data.TargetStored, ""
	default:
		t.State, t.Error = data.TargetFailed, "it is still there: the eviction did not reach it"
	}
}
