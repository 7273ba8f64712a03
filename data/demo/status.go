package demo

import (
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// setStatus writes what the controller sees now into the status of an owner's object.
func (o *owner) setStatus(obj runtime.Object, now time.Time) {
	all, updated, ready := o.count(now)
	switch x := obj.(type) {
	case *appsv1.Deployment:
		s := &x.Status
		s.ObservedGeneration, s.Replicas, s.UpdatedReplicas, s.ReadyReplicas, s.AvailableReplicas = o.observed, all, updated, ready, ready
		s.UnavailableReplicas = max(0, max(o.replicas, all)-ready)
		o.setConditions(s, ready, now)
	case *appsv1.StatefulSet:
		s := &x.Status
		s.ObservedGeneration, s.Replicas, s.ReadyReplicas, s.AvailableReplicas, s.UpdatedReplicas = o.observed, all, ready, ready, updated
		s.CurrentRevision, s.UpdateRevision = o.setName(o.stable), o.setName(o.hash)
		s.CurrentReplicas = all - updated
		if o.stable == o.hash {
			s.CurrentReplicas = updated
		}
	case *appsv1.DaemonSet:
		s := &x.Status
		n := int32(len(nodeNames))
		s.ObservedGeneration, s.DesiredNumberScheduled, s.CurrentNumberScheduled = o.observed, n, all
		s.UpdatedNumberScheduled, s.NumberReady, s.NumberAvailable = updated, ready, ready
		s.NumberUnavailable = n - ready
	}
}

// setConditions writes the conditions Available and Progressing of a Deployment.
func (o *owner) setConditions(s *appsv1.DeploymentStatus, ready int32, now time.Time) {
	available := appsv1.DeploymentCondition{Type: appsv1.DeploymentAvailable, Status: corev1.ConditionTrue, Reason: "MinimumReplicasAvailable", Message: "Deployment has minimum availability."}
	if ready < o.replicas {
		available.Status, available.Reason, available.Message = corev1.ConditionFalse, "MinimumReplicasUnavailable", "Deployment does not have minimum availability."
	}
	set := o.setName(o.hash)
	progress := appsv1.DeploymentCondition{Type: appsv1.DeploymentProgressing, Status: corev1.ConditionTrue, Reason: "NewReplicaSetAvailable", Message: fmt.Sprintf("ReplicaSet %q has successfully progressed.", set)}
	if o.rolling {
		progress.Reason, progress.Message = "ReplicaSetUpdated", fmt.Sprintf("ReplicaSet %q is progressing.", set)
	}
	var out []appsv1.DeploymentCondition
	for _, c := range []appsv1.DeploymentCondition{available, progress} {
		c.LastUpdateTime, c.LastTransitionTime = metav1.NewTime(now.Truncate(time.Second)), metav1.NewTime(now.Truncate(time.Second))
		for _, was := range s.Conditions {
			if was.Type == c.Type && was.Status == c.Status && was.Reason == c.Reason && was.Message == c.Message {
				c = was
			} else if was.Type == c.Type && was.Status == c.Status {
				c.LastTransitionTime = was.LastTransitionTime
			}
		}
		out = append(out, c)
	}
	s.Conditions = out
}
