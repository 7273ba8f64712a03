package kube

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
)

// maxOwnerDepth bounds the walk up: ownerReferences are written by anybody, and may form a ring.
const maxOwnerDepth = 8

// level is what one object on the way up tells.
type level struct {
	above      *metav1.OwnerReference
	replicas   *int32
	containers []data.Text // of its pod template; nil when it has none
}

// walk reads the owner and what is above it. The workload is the object whose template makes the pods: what made a
// ReplicaSet or a Job is, and what is above that one only says who else decides. With an error w is the last level
// known; an object above the workload that cannot be read costs nothing but its template.
func (o *owners) walk(ctx context.Context, k ownerKey) (data.Workload, error) {
	w := k.workload()
	chain := []data.Text{w.Ref()}
	seen := map[string]bool{k.uid: true}
	found := false // w is the workload; the walk goes on for its top
	for range maxOwnerDepth {
		l, err := o.read(ctx, k)
		switch {
		case err != nil && !found:
			w.Chain = chain
			return w, err
		case err != nil && !tolerable(err):
			return w, err
		case err != nil:
			l = level{}
		}
		passes := builtin(k) && (k.kind == "ReplicaSet" || k.kind == "Job") && l.above != nil
		if !found && !passes {
			w.InTemplate, found = l.containers, true
		}
		if l.replicas != nil && w.Replicas == nil && (passes && k.kind == "Job" || w.Ref() == k.workload().Ref()) {
			w.Replicas = l.replicas
		}
		if l.above == nil || seen[string(l.above.UID)] {
			break
		}
		k = keyOfRef(k.namespace, l.above)
		seen[k.uid] = true
		ref := k.workload()
		chain = append(chain, ref.Ref())
		if !found {
			ref.Replicas = w.Replicas
			w = ref
			continue
		}
		w.Top = ref.Ref()
	}
	w.Chain = chain
	return w, nil
}

// tolerable reports whether an error of reading an owner is a fact and not a trouble of the connection.
func tolerable(err error) bool {
	return apierrors.IsForbidden(err) || apierrors.IsNotFound(err)
}

// builtin reports whether k is of a group of Kubernetes' own: a custom resource may have the name of one of its kinds.
func builtin(k ownerKey) bool {
	return k.apiVersion == "v1" || k.apiVersion == "apps/v1" || k.apiVersion == "batch/v1"
}

// read reads one level. The error is client-go's.
func (o *owners) read(ctx context.Context, k ownerKey) (level, error) {
	get := metav1.GetOptions{}
	apps := o.cs.AppsV1()
	if !builtin(k) {
		if o.custom == nil {
			return level{}, nil
		}
		return o.custom.read(ctx, k)
	}
	switch k.kind {
	case "ReplicaSet":
		rs, err := apps.ReplicaSets(k.namespace).Get(ctx, k.name, get)
		if err != nil {
			return level{}, err
		}
		l := levelOf(&rs.ObjectMeta, &rs.Spec.Template, rs.Spec.Replicas)
		if l.above != nil {
			l.replicas = nil // those of the Deployment count, of which this may be an old revision
		}
		return l, nil
	case "Deployment":
		d, err := apps.Deployments(k.namespace).Get(ctx, k.name, get)
		if err != nil {
			return level{}, err
		}
		return levelOf(&d.ObjectMeta, &d.Spec.Template, d.Spec.Replicas), nil
	case "StatefulSet":
		s, err := apps.StatefulSets(k.namespace).Get(ctx, k.name, get)
		if err != nil {
			return level{}, err
		}
		return levelOf(&s.ObjectMeta, &s.Spec.Template, s.Spec.Replicas), nil
	case "DaemonSet":
		d, err := apps.DaemonSets(k.namespace).Get(ctx, k.name, get)
		if err != nil {
			return level{}, err
		}
		return levelOf(&d.ObjectMeta, &d.Spec.Template, &d.Status.DesiredNumberScheduled), nil
	}
	return o.readOther(ctx, k)
}

// readOther reads the rarer kinds of Kubernetes' own; of one that is none of them nothing is known.
func (o *owners) readOther(ctx context.Context, k ownerKey) (level, error) {
	get := metav1.GetOptions{}
	switch k.kind {
	case "ReplicationController":
		rc, err := o.cs.CoreV1().ReplicationControllers(k.namespace).Get(ctx, k.name, get)
		if err != nil {
			return level{}, err
		}
		return levelOf(&rc.ObjectMeta, rc.Spec.Template, rc.Spec.Replicas), nil
	case "Job":
		j, err := o.cs.BatchV1().Jobs(k.namespace).Get(ctx, k.name, get)
		if err != nil {
			return level{}, err
		}
		return levelOf(&j.ObjectMeta, &j.Spec.Template, j.Spec.Parallelism), nil
	case "CronJob":
		c, err := o.cs.BatchV1().CronJobs(k.namespace).Get(ctx, k.name, get)
		if apierrors.IsForbidden(err) || apierrors.IsNotFound(err) {
			return level{}, nil // its Job told what matters
		}
		if err != nil {
			return level{}, err
		}
		return levelOf(&c.ObjectMeta, &c.Spec.JobTemplate.Spec.Template, c.Spec.JobTemplate.Spec.Parallelism), nil
	}
	return level{}, nil
}

// levelOf is what an object with a pod template tells.
func levelOf(m *metav1.ObjectMeta, t *corev1.PodTemplateSpec, n *int32) level {
	return level{above: metav1.GetControllerOf(m), replicas: replicas(n), containers: containersOf(t)}
}

// containersOf names the containers of a template; nil without one.
func containersOf(t *corev1.PodTemplateSpec) []data.Text {
	if t == nil {
		return nil
	}
	out := make([]data.Text, 0, len(t.Spec.Containers)+len(t.Spec.InitContainers))
	for i := range t.Spec.Containers {
		out = append(out, data.Clean(t.Spec.Containers[i].Name))
	}
	for i := range t.Spec.InitContainers {
		out = append(out, data.Clean(t.Spec.InitContainers[i].Name))
	}
	return out
}
