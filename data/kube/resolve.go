package kube

import (
	"context"
	"errors"
	"fmt"

	batchv1 "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/oomedic/oomedic/data"
)

// maxClimb bounds the walk from a workload to the object that decides its template. The longest known is Knative's:
// Deployment, Revision, Configuration, Service.
const maxClimb = 6

// target is what a change of the template patches.
type target struct {
	workload data.Workload
	live     *owner // nil when nothing is patched; then why says why
	base     *owner // the workload as the list shows it; nil for a bare pod and what cannot be read
	why      error  // wraps data.ErrUnsupported
	foreign  string // a kind that is not known but decides the memory, with its name
}

// resolve walks up from a workload to the object whose change lasts. The error is for a workload that cannot be read;
// that nothing can be patched is no error.
func (c *Client) resolve(ctx context.Context, w data.Workload) (target, error) {
	t := target{workload: w}
	for climbed := range maxClimb {
		k := customKindOf(t.workload.APIVersion.String(), t.workload.Kind.String())
		if k == nil && !own(t.workload) || climbed == 0 && hidden(w) {
			t.why = unsupported(t.workload)
			if climbed > 0 {
				t.foreign = t.workload.Kind.String() + " " + t.workload.Name.String()
			}
			return t, nil
		}
		o, err := c.get(ctx, t.workload)
		switch {
		case err == nil:
		case climbed == 0 && !errors.Is(err, data.ErrUnsupported):
			return t, err
		default:
			t.foreign = t.workload.Kind.String() + " " + t.workload.Name.String()
			t.why = worded{fmt.Sprintf("%s decides the memory and cannot be read; a change below it would be put back (%s)", t.workload.Ref(), err), data.ErrUnsupported, err}
			return t, nil
		}
		if climbed == 0 {
			t.base = o
		}
		next, more := above(o)
		if !more {
			return t.ends(o), nil
		}
		next.Namespace = w.Namespace
		t.workload = next
	}
	t.why = worded{w.Ref().String() + " has too many owners above it", data.ErrUnsupported, data.ErrUnsupported}
	return t, nil
}

// ends makes o the target when it can be patched.
func (t target) ends(o *owner) target {
	if k := o.custom; k != nil && (k.through || k.template == "" && k.resources == nil) {
		text := t.workload.Ref().String() + " decides the memory, at a place that is not known well enough to patch it"
		if k.note != "" {
			text += ": " + k.note
		}
		t.why = worded{text, data.ErrUnsupported, data.ErrUnsupported}
		return t
	}
	if j, ok := o.object.(*batchv1.Job); ok && (j.Spec.Suspend == nil || !*j.Spec.Suspend) {
		t.why = unsupported(t.workload)
		return t
	}
	t.live = o
	t.workload.UID = data.Clean(string(o.meta.UID))
	return t
}

// above names the object that decides the template of o; false when that is o itself.
func above(o *owner) (data.Workload, bool) {
	if u, ok := o.object.(*unstructured.Unstructured); ok && o.custom.kind == "Rollout" {
		ref, _ := at(u.Object, "spec.workloadRef").(map[string]any)
		kind, _ := ref["kind"].(string)
		name, _ := ref["name"].(string)
		version, _ := ref["apiVersion"].(string)
		if name != "" {
			return data.Workload{APIVersion: data.Clean(version), Kind: data.Clean(kind), Name: data.Clean(name)}, true
		}
	}
	ref := metav1.GetControllerOf(o.meta)
	if ref == nil {
		return data.Workload{}, false
	}
	return keyOfRef("", ref).workload(), true
}

// hidden reports whether the walk to w ended at an object that is made by another one which could not be seen.
func hidden(w data.Workload) bool {
	return w.Problem != "" && (w.Kind == "ReplicaSet" || w.Kind == "Job")
}
