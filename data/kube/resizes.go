package kube

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/oomedic/oomedic/data"
)

// resizes reads how far the kubelets have come with the pods of an in-place resize.
func (c *Client) resizes(ctx context.Context, a data.Applied) (data.Rollout, error) {
	r := data.Rollout{At: c.now()}
	for _, t := range a.Targets {
		if t.Kind != "Pod" || t.State != data.TargetStored {
			continue
		}
		p, err := c.cs.CoreV1().Pods(t.Namespace.String()).Get(ctx, t.Name.String(), metav1.GetOptions{})
		switch {
		case apierrors.IsNotFound(err) || err == nil && string(p.UID) != t.UID.String():
			continue // a new pod has the template's memory
		case err != nil:
			return r, c.explain(err, request{"get", "pods", t.Namespace.String(), t.Name.String()})
		}
		one := resizeOf(p, a.Container)
		r.Desired++
		if ready(p) {
			r.Ready++
		}
		if one.State == data.ResizeDone {
			r.Updated++
		} else {
			r.Old++
		}
		r.Resizes = append(r.Resizes, one)
	}
	r.Done = r.Desired > 0 && r.Updated == r.Desired
	for _, one := range r.Resizes {
		switch {
		case one.State == data.ResizeDone:
		case one.State == data.ResizeInfeasible:
			r.Failed, r.Waits = true, data.Textf("pod %s cannot be resized on its node (infeasible): %s", one.Pod.Name, one.Says)
			return r, nil
		case r.Waits == "":
			r.Waits = data.Textf("pod %s: %s: %s", one.Pod.Name, one.State, one.Says)
		}
	}
	if r.Desired == 0 {
		r.Failed, r.Waits = true, "the pods that were resized are gone: new ones have the memory of the template"
	}
	return r, nil
}

// Server is the address of the API server, by which entries of the journal are told apart.
func (c *Client) Server() data.Text { return data.Clean(c.server) }

// read reads a target: a workload, or a pod, which is its own template.
func (c *Client) read(ctx context.Context, w data.Workload) (*owner, error) {
	if w.Kind != "Pod" {
		return c.get(ctx, w)
	}
	p, err := c.cs.CoreV1().Pods(w.Namespace.String()).Get(ctx, w.Name.String(), metav1.GetOptions{})
	if err != nil {
		return nil, c.explain(err, request{"get", "pods", w.Namespace.String(), w.Name.String()})
	}
	return &owner{object: p, meta: &p.ObjectMeta, template: &corev1.PodTemplateSpec{Spec: p.Spec}}, nil
}

// changed reports whether the template that was changed is another object than o.
func changed(a data.Applied, o *owner) bool {
	for _, t := range a.Targets {
		if t.Kind != "Pod" && t.UID != "" && t.UID.String() != string(o.meta.UID) {
			return true
		}
	}
	return false
}

// customRollout reads the counts that most custom resources with pods have. One without them is done as soon as its
// controller has seen the change, which is all that can be told.
func customRollout(u *unstructured.Unstructured, a data.Applied) data.Rollout {
	number := func(path string) (int32, bool) {
		n, ok := at(u.Object, path).(int64)
		return int32(n), ok
	}
	var r data.Rollout
	var counts bool
	r.Desired, _ = number("spec.replicas")
	r.Updated, counts = number("status.updatedReplicas")
	r.Ready, _ = number("status.readyReplicas")
	if n, ok := number("status.replicas"); ok {
		r.Old = max(0, n-r.Updated)
	}
	if seen, ok := at(u.Object, "status.observedGeneration").(int64); ok && seen < max(a.Generation, u.GetGeneration()) {
		r.Waits = unseen
		return r
	}
	switch {
	case !counts:
		r.Done = true
	case r.Updated < r.Desired:
		r.Waits = data.Textf("%d of %s updated", r.Updated, pods(r.Desired))
	case r.Ready < r.Desired:
		r.Waits = data.Textf("%d of %s ready", r.Ready, pods(r.Desired))
	default:
		r.Done = true
	}
	return r
}
