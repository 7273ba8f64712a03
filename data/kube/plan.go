package kube

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
)

// maxConflicts is how often a patch is sent again when only the status of its object moved in between; kubectl's number.
const maxConflicts = 5

// Plan tries a change as a server-side dry run and returns what the server would store, with the checks made side by
// side. Nothing is changed. Errors wrap data.ErrUnsupported (the text says what to do instead), ErrNoChange,
// ErrForbidden, ErrRefused (with the server's words), ErrNotFound, ErrConflict (the object changes faster than it can be
// read, or an undo finds other values than it left) or ErrUnreachable.
func (c *Client) Plan(ctx context.Context, ch data.Change) (*data.Plan, error) {
	if ch.Way == "" {
		ch.Way = data.WayTemplate
	}
	if ch.Way == data.WayInPlace && besideMemory(ch) {
		return nil, worded{besideText, data.ErrUnsupported, data.ErrUnsupported}
	}
	ctx, cancel := context.WithCancel(ctx) // what still looks around when something is refused may end
	defer cancel()
	t, err := c.resolve(ctx, ch.Workload)
	if err != nil && (ch.Workload.Kind != "Pod" || !ch.Way.InPlace()) {
		return nil, err
	}
	sur := c.survey(ctx, ch, t)
	p := &data.Plan{Change: ch, Target: t.workload}
	var tried *owner
	switch {
	case t.live != nil && ch.Way != data.WayInPlace:
		if p, tried, err = c.planTemplate(ctx, ch, t); err != nil {
			return nil, err
		}
	case ch.Way == data.WayExport:
		if p, err = exportOnly(ch, t); err != nil {
			return nil, err
		}
	case ch.Way != data.WayInPlace:
		return nil, t.why
	}
	s := sur()
	if ch.Way.InPlace() {
		if err := c.planPods(ctx, p, s); err != nil {
			return nil, err
		}
	}
	p.ManagedBy = managers(t, ch)
	p.Ways = offers(ch, t, s, p.ManagedBy)
	p.Checks = c.checks(ctx, p, t, tried, s)
	for _, check := range p.Checks {
		if check.Name == "pods from the template" && check.State == data.CheckFail {
			p.Warnings = append(p.Warnings, check.Says)
		}
	}
	p.Export = exports(p, t)
	return p, nil
}

// besideText is why a change of more than the memory cannot be made in place.
const besideText = "beside the memory nothing can be changed in a pod that runs"

// besideMemory reports whether a change wants more than other memory.
func besideMemory(ch data.Change) bool {
	return len(ch.Knobs) > 0 || ch.SizeLimit != nil || ch.DropSize != ""
}

// planTemplate plans the change of the template; live is read again as long as its status moves between reading and
// trying.
func (c *Client) planTemplate(ctx context.Context, ch data.Change, t target) (*data.Plan, *owner, error) {
	for n := 0; ; n++ {
		p, tried, err := c.try(ctx, ch, t)
		if !apierrors.IsConflict(err) || n == maxConflicts {
			return p, tried, err
		}
		if t.live, err = c.get(ctx, t.workload); err != nil {
			return nil, nil, err
		}
	}
}

// try plans a change of the live object.
func (c *Client) try(ctx context.Context, ch data.Change, t target) (*data.Plan, *owner, error) {
	live := t.live
	found, _ := live.container(ch.Container)
	if found == nil {
		return nil, nil, injected(ch)
	}
	before := live.memory(ch.Container)
	if err := expected(ch, live); err != nil {
		return nil, nil, err
	}
	wanted := want(before, ch)
	if sameMemory(before, wanted) && len(ch.Knobs) == 0 && sameSize(live, ch) {
		return nil, nil, worded{"nothing to change: " + t.workload.Ref().String() + " has these values for container " +
			ch.Container.String() + " already", data.ErrNoChange, data.ErrNoChange}
	}
	if v := sizeBefore(live, ch); v != nil && !isEmptyDir(live, v.Volume) {
		return nil, nil, worded{fmt.Sprintf("%s has no emptyDir %s", t.workload.Ref(), v.Volume), data.ErrUnsupported, data.ErrUnsupported}
	}
	body, err := live.body(ch, string(live.meta.UID))
	if err != nil {
		return nil, nil, err
	}
	wctx, said := collectWarnings(ctx)
	tried, err := c.patch(wctx, t.workload, body, metav1.PatchOptions{DryRun: []string{metav1.DryRunAll}})
	if err != nil {
		return nil, nil, c.explain(err, patchOf(t.workload))
	}
	lines, err := diff(live.object, tried.object)
	if err != nil {
		return nil, nil, err
	}
	after := tried.memory(ch.Container)
	p := &data.Plan{
		Change: ch, Before: before, After: after, Target: t.workload,
		ResourceVersion: live.meta.ResourceVersion, UID: data.Clean(string(live.meta.UID)), Generation: live.meta.Generation,
		PatchType: string(live.patchType()), Patch: body, Diff: lines, Replicas: live.replicas,
		Command: data.SetResourcesCommand(t.workload, ch.Container, data.Resources{Limit: ch.Limit, Request: ch.Request}),
		Effect:  effect(live), Knobs: knobsOf(found, before.Limit, after.Limit),
	}
	p.SizeBefore = sizeBefore(live, ch)
	if !sameMemory(after, wanted) {
		p.Warnings = append(p.Warnings, "the server would store other values than asked for: an admission plugin changes them")
	}
	p.Warnings = append(p.Warnings, said.list()...)
	p.Warnings = append(p.Warnings, caveats(live, tried, ch.Container)...)
	return p, tried, nil
}

// want is what a change makes of the memory that is there.
func want(before data.Resources, ch data.Change) data.Resources {
	out := before
	switch {
	case ch.Limit != nil:
		out.Limit = ch.Limit
	case ch.DropLimit:
		out.Limit = nil
	}
	switch {
	case ch.Request != nil:
		out.Request = ch.Request
	case ch.DropRequest:
		out.Request = nil
	}
	return out
}

// expected is an error when an undo finds other values than its change left.
func expected(ch data.Change, live *owner) error {
	if v := ch.ExpectSize; v != nil && sizeOf(live, v.Volume) != v.Bytes {
		return worded{fmt.Sprintf("emptyDir %s was changed since: its sizeLimit is %s now and not the %s of %s",
			v.Volume, sized(sizeOf(live, v.Volume)), sized(v.Bytes), taken(ch)), data.ErrConflict, data.ErrConflict}
	}
	for _, e := range ch.Expect {
		if e.Kind == "Pod" {
			continue
		}
		now := live.memory(ch.Container)
		if e.UID.String() != string(live.meta.UID) || !sameMemory(now, e.After) {
			return worded{fmt.Sprintf("%s was changed since: it has %s now and not the %s of %s", e.Workload().Ref(), spoken(now), spoken(e.After), taken(ch)),
				data.ErrConflict, data.ErrConflict}
		}
	}
	return nil
}

// taken names the change that an undo takes back.
func taken(ch data.Change) string {
	if ch.UndoOf == "" { // the journal does not have it
		return "the change before"
	}
	return "change " + ch.UndoOf
}

// spoken says limit and request in words: "limit 768Mi, request 512Mi".
func spoken(r data.Resources) string {
	one := func(n *int64) string {
		if n == nil {
			return "none"
		}
		return data.Quantity(*n)
	}
	return "limit " + one(r.Limit) + ", request " + one(r.Request)
}

// sized writes a sizeLimit, where zero is none.
func sized(n int64) string {
	if n == 0 {
		return "none"
	}
	return data.Quantity(n)
}

// sizeBefore is the sizeLimit of the emptyDir that a change names; nil when it names none.
func sizeBefore(o *owner, ch data.Change) *data.VolumeSize {
	name := ch.DropSize
	if ch.SizeLimit != nil {
		name = ch.SizeLimit.Volume
	}
	if name == "" {
		return nil
	}
	return &data.VolumeSize{Volume: name, Bytes: sizeOf(o, name)}
}

// sameSize reports whether the emptyDir that a change names has the wanted sizeLimit, or none is named.
func sameSize(o *owner, ch data.Change) bool {
	now := sizeBefore(o, ch)
	return now == nil || ch.SizeLimit != nil && now.Bytes == ch.SizeLimit.Bytes || ch.SizeLimit == nil && now.Bytes == 0
}

// isEmptyDir reports whether a template has an emptyDir of a name.
func isEmptyDir(o *owner, name data.Text) bool {
	return slices.ContainsFunc(o.template.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == name.String() && v.EmptyDir != nil })
}

// patchOf names the patch of a workload in errors.
func patchOf(w data.Workload) request {
	resource := plurals[w.Kind]
	if k := customKindOf(w.APIVersion.String(), w.Kind.String()); k != nil {
		resource = k.plural
	}
	return request{"patch", resource, w.Namespace.String(), w.Name.String()}
}

// injected says what to do about a container that the template does not have.
func injected(ch data.Change) error {
	text := "container " + ch.Container + " is not in the template of " + ch.Workload.Ref()
	if ch.Kind == data.EphemeralContainer {
		text = "container " + ch.Container + " is ephemeral: such a container cannot have a limit of its own"
	} else {
		text += ": something adds it when a pod is created (a sidecar injector); " + annotated(ch)
	}
	return worded{text.String(), data.ErrUnsupported, data.ErrUnsupported}
}

// annotated names the annotation of the template that gives a known injected container its memory. The names are those
// of Istio's, Linkerd's, Vault's and Dapr's documentation.
func annotated(ch data.Change) data.Text {
	pairs := map[data.Text][2]string{
		"istio-proxy":   {"sidecar.istio.io/proxyMemoryLimit", "sidecar.istio.io/proxyMemory"},
		"linkerd-proxy": {"config.linkerd.io/proxy-memory-limit", "config.linkerd.io/proxy-memory-request"},
		"vault-agent":   {"vault.hashicorp.com/agent-limits-mem", "vault.hashicorp.com/agent-requests-mem"},
		"daprd":         {"dapr.io/sidecar-memory-limit", "dapr.io/sidecar-memory-request"},
	}
	pair, known := pairs[ch.Container]
	if !known {
		return "set its memory there, mostly by an annotation of the template"
	}
	value := func(n *int64) string {
		if n == nil {
			return "…"
		}
		return data.Quantity(*n)
	}
	return data.Textf("set the annotations %s: %q and %s: %q of the template", pair[0], value(ch.Limit), pair[1], value(ch.Request))
}
