package kube

import (
	"context"
	"fmt"
	"strings"

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
	custom   *customKind // nil for the kinds of Kubernetes itself
}

// plurals are the resources of Kubernetes' own kinds whose template is patched.
var plurals = map[data.Text]string{
	"Deployment": "deployments", "StatefulSet": "statefulsets", "DaemonSet": "daemonsets", "CronJob": "cronjobs",
	"ReplicaSet": "replicasets", "ReplicationController": "replicationcontrollers", "Job": "jobs",
}

// own reports whether w is of one of Kubernetes' own kinds. A custom resource may have the name of one.
func own(w data.Workload) bool {
	group, _, _ := strings.Cut(w.APIVersion.String(), "/")
	return plurals[w.Kind] != "" && (w.APIVersion == "" || group == "apps" || group == "batch" || w.APIVersion == "v1")
}

// get reads a workload. The error is explained.
func (c *Client) get(ctx context.Context, w data.Workload) (*owner, error) {
	if k := customKindOf(w.APIVersion.String(), w.Kind.String()); k != nil {
		return c.getCustom(ctx, w, k)
	}
	if !own(w) {
		return nil, unsupported(w)
	}
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
	case "ReplicaSet":
		obj, err = c.cs.AppsV1().ReplicaSets(ns).Get(ctx, name, opts)
	case "ReplicationController":
		obj, err = c.cs.CoreV1().ReplicationControllers(ns).Get(ctx, name, opts)
	case "Job":
		obj, err = c.cs.BatchV1().Jobs(ns).Get(ctx, name, opts)
	default:
		return nil, unsupported(w)
	}
	if err != nil {
		return nil, c.explain(err, request{"get", plurals[w.Kind], ns, name})
	}
	return ownerFrom(obj)
}

// patch sends a strategic merge patch of a workload, or a JSON patch of a custom resource, and returns what the server
// made of it. The error is client-go's.
func (c *Client) patch(ctx context.Context, w data.Workload, body []byte, opts metav1.PatchOptions) (*owner, error) {
	var obj runtime.Object
	var err error
	ns, name, kind := w.Namespace.String(), w.Name.String(), types.StrategicMergePatchType
	opts.FieldManager = FieldManager
	if k := customKindOf(w.APIVersion.String(), w.Kind.String()); k != nil {
		return c.patchCustom(ctx, w, k, body, opts)
	}
	switch w.Kind {
	case "Deployment":
		obj, err = c.cs.AppsV1().Deployments(ns).Patch(ctx, name, kind, body, opts)
	case "StatefulSet":
		obj, err = c.cs.AppsV1().StatefulSets(ns).Patch(ctx, name, kind, body, opts)
	case "DaemonSet":
		obj, err = c.cs.AppsV1().DaemonSets(ns).Patch(ctx, name, kind, body, opts)
	case "CronJob":
		obj, err = c.cs.BatchV1().CronJobs(ns).Patch(ctx, name, kind, body, opts)
	case "ReplicaSet":
		obj, err = c.cs.AppsV1().ReplicaSets(ns).Patch(ctx, name, kind, body, opts)
	case "ReplicationController":
		obj, err = c.cs.CoreV1().ReplicationControllers(ns).Patch(ctx, name, kind, body, opts)
	case "Job":
		obj, err = c.cs.BatchV1().Jobs(ns).Patch(ctx, name, kind, body, opts)
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
		return &owner{object: o, meta: &o.ObjectMeta, template: &o.Spec.Template, replicas: replicas(o.Spec.Replicas)}, nil
	case *appsv1.StatefulSet:
		return &owner{object: o, meta: &o.ObjectMeta, template: &o.Spec.Template, replicas: replicas(o.Spec.Replicas)}, nil
	case *appsv1.DaemonSet:
		n := o.Status.DesiredNumberScheduled
		return &owner{object: o, meta: &o.ObjectMeta, template: &o.Spec.Template, replicas: &n}, nil
	case *batchv1.CronJob:
		t := &o.Spec.JobTemplate.Spec
		return &owner{object: o, meta: &o.ObjectMeta, template: &t.Template, replicas: replicas(t.Parallelism)}, nil
	case *appsv1.ReplicaSet:
		return &owner{object: o, meta: &o.ObjectMeta, template: &o.Spec.Template, replicas: replicas(o.Spec.Replicas)}, nil
	case *corev1.ReplicationController:
		if o.Spec.Template != nil {
			return &owner{object: o, meta: &o.ObjectMeta, template: o.Spec.Template, replicas: replicas(o.Spec.Replicas)}, nil
		}
	case *batchv1.Job:
		return &owner{object: o, meta: &o.ObjectMeta, template: &o.Spec.Template, replicas: replicas(o.Spec.Parallelism)}, nil
	}
	return nil, fmt.Errorf("%w: the server answered with a %T", data.ErrUnsupported, obj)
}

// container finds a container of the template and the list of the pod's spec that it stands in.
func (o *owner) container(name data.Text) (c *corev1.Container, list string) {
	return inSpec(&o.template.Spec, name)
}

// memory returns what the template gives a container; nothing when it has no such container.
func (o *owner) memory(name data.Text) data.Resources {
	c, _ := o.container(name)
	if c == nil {
		return data.Resources{}
	}
	return data.Resources{Limit: memory(c.Resources.Limits), Request: memory(c.Resources.Requests)}
}

// same reports whether two optional numbers are equal.
func same(a, b *int64) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }

// sameMemory reports whether a and b are equal.
func sameMemory(a, b data.Resources) bool {
	return same(a.Limit, b.Limit) && same(a.Request, b.Request)
}
