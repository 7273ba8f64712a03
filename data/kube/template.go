package kube

import (
	"context"
	"encoding/json"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/oomedic/oomedic/data"
)

// owner is a workload as the server holds it, with what the four kinds have in common.
type owner struct {
	object   runtime.Object
	meta     *metav1.ObjectMeta
	template *corev1.PodTemplateSpec
	replicas *int32
}

// plurals are the resources of the kinds that are patched.
var plurals = map[data.Text]string{"Deployment": "deployments", "StatefulSet": "statefulsets", "DaemonSet": "daemonsets", "CronJob": "cronjobs"}

// get reads a workload. The error is explained.
func (c *Client) get(ctx context.Context, w data.Workload) (*owner, error) {
	var obj runtime.Object
	var err error
	ns, name, opts := w.Namespace.String(), w.Name.String(), metav1.GetOptions{}
	switch w.Kind {
	case "Deployment":
		obj, err = c.cs.AppsV1().Deployments(ns).Get(ctx, name, opts)
	case "StatefulSet":
		obj, err = c.cs.AppsV1().StatefulSets(ns).Get(ctx, name, opts)
	case "DaemonSet":
		obj, err = c.cs.AppsV1().DaemonSets(ns).Get(ctx, name, opts)
	case "CronJob":
		obj, err = c.cs.BatchV1().CronJobs(ns).Get(ctx, name, opts)
	default:
		return nil, unsupported(w)
	}
	if err != nil {
		return nil, c.explain(err, request{"get", plurals[w.Kind], ns, name})
	}
	return ownerFrom(obj)
}

// patch sends a strategic merge patch of a workload and returns what the server made of it. The error is client-go's.
func (c *Client) patch(ctx context.Context, w data.Workload, body []byte, opts metav1.PatchOptions) (*owner, error) {
	var obj runtime.Object
	var err error
	ns, name, kind := w.Namespace.String(), w.Name.String(), types.StrategicMergePatchType
	opts.FieldManager = FieldManager
	switch w.Kind {
	case "Deployment":
		obj, err = c.cs.AppsV1().Deployments(ns).Patch(ctx, name, kind, body, opts)
	case "StatefulSet":
		obj, err = c.cs.AppsV1().StatefulSets(ns).Patch(ctx, name, kind, body, opts)
	case "DaemonSet":
		obj, err = c.cs.AppsV1().DaemonSets(ns).Patch(ctx, name, kind, body, opts)
	case "CronJob":
		obj, err = c.cs.BatchV1().CronJobs(ns).Patch(ctx, name, kind, body, opts)
	default:
		return nil, unsupported(w)
	}
	if err != nil {
		return nil, err
	}
	return ownerFrom(obj)
}

// ownerFrom takes the parts out of an object.
func ownerFrom(obj runtime.Object) (*owner, error) {
	switch o := obj.(type) {
	case *appsv1.Deployment:
		return &owner{o, &o.ObjectMeta, &o.Spec.Template, replicas(o.Spec.Replicas)}, nil
	case *appsv1.StatefulSet:
		return &owner{o, &o.ObjectMeta, &o.Spec.Template, replicas(o.Spec.Replicas)}, nil
	case *appsv1.DaemonSet:
		n := o.Status.DesiredNumberScheduled
		return &owner{o, &o.ObjectMeta, &o.Spec.Template, &n}, nil
	case *batchv1.CronJob:
		return &owner{o, &o.ObjectMeta, &o.Spec.JobTemplate.Spec.Template, replicas(o.Spec.JobTemplate.Spec.Parallelism)}, nil
	}
	return nil, fmt.Errorf("%w: the server answered with a %T", data.ErrUnsupported, obj)
}

// container finds a container of the template and the list of the pod's spec that it stands in.
func (o *owner) container(name data.Text) (c *corev1.Container, list string) {
	for i := range o.template.Spec.Containers {
		if c := &o.template.Spec.Containers[i]; c.Name == name.String() {
			return c, "containers"
		}
	}
	for i := range o.template.Spec.InitContainers {
		if c := &o.template.Spec.InitContainers[i]; c.Name == name.String() {
			return c, "initContainers"
		}
	}
	return nil, ""
}

// memory returns what the template gives a container; nothing when it has no such container.
func (o *owner) memory(name data.Text) data.Resources {
	c, _ := o.container(name)
	if c == nil {
		return data.Resources{}
	}
	return data.Resources{Limit: memory(c.Resources.Limits), Request: memory(c.Resources.Requests)}
}

// patchBody is a strategic merge patch that touches the wanted numbers of one container and nothing else. Its resource
// version and UID make the server refuse it (409) when the object is not the one that was looked at.
func patchBody(ch data.Change, list, resourceVersion, uid string) ([]byte, error) {
	res := map[string]any{}
	if ch.Limit != nil {
		res["limits"] = map[string]any{"memory": data.Quantity(*ch.Limit)}
	}
	if ch.Request != nil {
		res["requests"] = map[string]any{"memory": data.Quantity(*ch.Request)}
	}
	spec := map[string]any{"template": map[string]any{"spec": map[string]any{
		list: []any{map[string]any{"name": ch.Container.String(), "resources": res}},
	}}}
	if ch.Workload.Kind == "CronJob" {
		spec = map[string]any{"jobTemplate": map[string]any{"spec": spec}}
	}
	meta := map[string]any{"resourceVersion": resourceVersion}
	if uid != "" {
		meta["uid"] = uid
	}
	body, err := json.Marshal(map[string]any{"metadata": meta, "spec": spec})
	if err != nil {
		return nil, fmt.Errorf("write the patch: %w", err)
	}
	return body, nil
}

// same reports whether two optional numbers are equal.
func same(a, b *int64) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }

// sameMemory reports whether a and b are equal.
func sameMemory(a, b data.Resources) bool {
	return same(a.Limit, b.Limit) && same(a.Request, b.Request)
}

// unsupported says what to do about a kind that is not patched.
func unsupported(w data.Workload) error {
	ref, name := w.Ref(), w.Name
	why := data.Text("")
	if w.Problem != "" {
		why = " (" + w.Problem + ")"
	}
	say := func(text data.Text) error { return worded{text.String(), data.ErrUnsupported, data.ErrUnsupported} }
	switch w.Kind {
	case "":
		return say("the owner of this pod is not known yet" + why)
	case "Pod":
		return say("pod " + name + " has no controller: create it again with the new memory in its manifest (that of a static pod lies on its node)")
	case "Job":
		return say("the template of a Job cannot be changed: delete " + ref + " and create it again with the new memory")
	case "ReplicaSet", "ReplicationController":
		return say("no Deployment is known above " + ref + why + ": set the memory with kubectl edit " + ref + ", then delete its pods, which it does not replace by itself")
	}
	return say(ref + " is managed by its own controller: set the memory in that object (kubectl edit " + ref + " -n " + w.Namespace + "); a change below it would be put back")
}
