package kube

import (
	"context"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/oomedic/oomedic/data"
)

// maxConflicts is how often a patch is sent again when only the status of its object moved in between; kubectl's number.
const maxConflicts = 5

// Plan tries a change as a server-side dry run and returns what the server would store. Nothing is changed. Errors wrap
// data.ErrUnsupported (the text says what to do instead), ErrNoChange, ErrForbidden, ErrRefused (with the server's
// words), ErrNotFound, ErrConflict (the object changes faster than it can be read) or ErrUnreachable.
func (c *Client) Plan(ctx context.Context, ch data.Change) (*data.Plan, error) {
	if plurals[ch.Workload.Kind] == "" {
		return nil, unsupported(ch.Workload)
	}
	var last error
	for range maxConflicts {
		live, err := c.get(ctx, ch.Workload)
		if err != nil {
			return nil, err
		}
		p, err := c.try(ctx, ch, live)
		if !apierrors.IsConflict(err) {
			return p, err
		}
		last = err
	}
	return nil, last
}

// try plans a change of the live object.
func (c *Client) try(ctx context.Context, ch data.Change, live *owner) (*data.Plan, error) {
	found, list := live.container(ch.Container)
	if found == nil {
		return nil, injected(ch)
	}
	before := live.memory(ch.Container)
	wanted := data.Resources{Limit: before.Limit, Request: before.Request}
	if ch.Limit != nil {
		wanted.Limit = ch.Limit
	}
	if ch.Request != nil {
		wanted.Request = ch.Request
	}
	if sameMemory(before, wanted) {
		return nil, worded{"nothing to change: " + ch.Workload.Ref().String() + " has these values for container " +
			ch.Container.String() + " already", data.ErrNoChange, data.ErrNoChange}
	}
	body, err := patchBody(ch, list, live.meta.ResourceVersion, string(live.meta.UID))
	if err != nil {
		return nil, err
	}
	wctx, said := collectWarnings(ctx)
	tried, err := c.patch(wctx, ch.Workload, body, metav1.PatchOptions{DryRun: []string{metav1.DryRunAll}})
	if err != nil {
		return nil, c.explain(err, patchOf(ch.Workload))
	}
	lines, err := diff(live.object, tried.object)
	if err != nil {
		return nil, err
	}
	after := tried.memory(ch.Container)
	p := &data.Plan{
		Change: ch, Before: before, After: after,
		ResourceVersion: live.meta.ResourceVersion, UID: data.Clean(string(live.meta.UID)), Generation: live.meta.Generation,
		PatchType: string(types.StrategicMergePatchType), Patch: body, Diff: lines, Replicas: live.replicas,
		Command: data.SetResourcesCommand(ch.Workload, ch.Container, data.Resources{Limit: ch.Limit, Request: ch.Request}),
		Effect:  effect(live),
	}
	if !sameMemory(after, wanted) {
		p.Warnings = append(p.Warnings, "the server would store other values than asked for: an admission plugin changes them")
	}
	p.Warnings = append(p.Warnings, said.list()...)
	p.Warnings = append(p.Warnings, caveats(live, tried, ch.Container)...)
	if w := c.preflight(ctx, tried); w != "" {
		p.Warnings = append(p.Warnings, w)
	}
	return p, nil
}

// patchOf names the patch of a workload in errors.
func patchOf(w data.Workload) request {
	return request{"patch", plurals[w.Kind], w.Namespace.String(), w.Name.String()}
}

// injected says what to do about a container that the template does not have.
func injected(ch data.Change) error {
	text := "container " + ch.Container + " is not in the template of " + ch.Workload.Ref()
	if ch.Kind == data.EphemeralContainer {
		text = "container " + ch.Container + " is ephemeral: such a container cannot have a limit of its own"
	} else {
		text += ": something adds it when a pod is created (a sidecar injector); set its memory there, mostly by an annotation of the template"
	}
	return worded{text.String(), data.ErrUnsupported, data.ErrUnsupported}
}
