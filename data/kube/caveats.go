package kube

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/oomedic/oomedic/data"
)

// effect says in one sentence what a change of the template does to the pods that run.
func effect(o *owner) data.Text {
	switch w := o.object.(type) {
	case *appsv1.Deployment:
		switch {
		case *o.replicas == 0:
			return "takes effect when it is scaled up: it has no pods now"
		case w.Spec.Paused:
			return "takes effect when the rollout is resumed: it is paused"
		case w.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType:
			return data.Textf("ends all %s at once, then starts them anew (strategy Recreate)", pods(*o.replicas))
		}
		return data.Textf("rolls out to %s", pods(*o.replicas))
	case *appsv1.StatefulSet:
		switch {
		case *o.replicas == 0:
			return "takes effect when it is scaled up: it has no pods now"
		case w.Spec.UpdateStrategy.Type == appsv1.OnDeleteStatefulSetStrategyType:
			return "takes effect for each pod when somebody deletes it (strategy OnDelete)"
		}
		return data.Textf("rolls out to %s, one after the other from the highest number", pods(max(0, *o.replicas-partition(w))))
	case *appsv1.DaemonSet:
		if w.Spec.UpdateStrategy.Type == appsv1.OnDeleteDaemonSetStrategyType {
			return "takes effect for each pod when somebody deletes it (strategy OnDelete)"
		}
		return data.Textf("rolls out to %s, node by node", pods(*o.replicas))
	case *batchv1.CronJob:
		return "from the next run on"
	case *batchv1.Job:
		return "its pods get it when the Job is resumed"
	case *appsv1.ReplicaSet, *corev1.ReplicationController:
		return data.Textf("new pods get it: the %s that it has keep the old value until they are resized or deleted", pods(*o.replicas))
	}
	if o.custom != nil {
		return data.Textf("the controller of %s takes it to the pods in its own way", o.custom.kind)
	}
	return ""
}

func pods(n int32) string {
	if n == 1 {
		return "1 pod"
	}
	return fmt.Sprintf("%d pods", n)
}

// partition is the lowest number of a StatefulSet's pods that an update reaches.
func partition(s *appsv1.StatefulSet) int32 {
	if u := s.Spec.UpdateStrategy.RollingUpdate; u != nil && u.Partition != nil {
		return *u.Partition
	}
	return 0
}

// caveats are the things worth knowing before yes: what the change does beside the numbers, and what keeps it from taking
// effect. Who may put it back stands in Plan.ManagedBy.
func caveats(before, after *owner, container data.Text) []data.Text {
	var out []data.Text
	add := func(format string, args ...any) { out = append(out, data.Textf(format, args...)) }
	m := after.memory(container)
	if m.Limit != nil && m.Request == nil {
		add("no request is set: Kubernetes takes the limit of %s as the request", data.Quantity(*m.Limit))
	}
	if was, is := qos(&before.template.Spec), qos(&after.template.Spec); was != is {
		text := "the pods' QoS class changes from %s to %s"
		if was == corev1.PodQOSGuaranteed {
			text += ": to stay Guaranteed the request must equal the limit"
		}
		add(text, was, is)
	}
	return append(out, hindrances(before)...)
}

// hindrances are what keeps a change of the template from reaching the pods.
func hindrances(o *owner) []data.Text {
	var out []data.Text
	add := func(format string, args ...any) { out = append(out, data.Textf(format, args...)) }
	switch w := o.object.(type) {
	case *appsv1.Deployment:
		if w.Spec.Paused {
			add("the rollout is paused: kubectl rollout resume deployment/%s -n %s", w.Name, w.Namespace)
		}
	case *appsv1.StatefulSet:
		if p := partition(w); p > 0 {
			add("pods below number %d keep the old value (updateStrategy.rollingUpdate.partition)", p)
		}
		ordered := w.Spec.PodManagementPolicy == "" || w.Spec.PodManagementPolicy == appsv1.OrderedReadyPodManagement
		if ordered && w.Status.ReadyReplicas < *o.replicas && w.Spec.UpdateStrategy.Type != appsv1.OnDeleteStatefulSetStrategyType {
			add("%d of %s not ready: the controller does not replace a pod that crash-loops, so it may have to be deleted after the change",
				*o.replicas-w.Status.ReadyReplicas, pods(*o.replicas))
		}
	case *batchv1.CronJob:
		if w.Spec.Suspend != nil && *w.Spec.Suspend {
			add("the CronJob is suspended: there is no next run until it is resumed")
		}
	}
	return out
}

// qos returns the class that the kubelet gives a pod of this spec (Kubernetes: "Pod Quality of Service Classes"). Init
// containers count.
func qos(s *corev1.PodSpec) corev1.PodQOSClass {
	guaranteed, any := true, false
	all := make([]corev1.Container, 0, len(s.Containers)+len(s.InitContainers))
	for _, c := range append(append(all, s.Containers...), s.InitContainers...) {
		for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
			limit, hasLimit := c.Resources.Limits[name]
			request, hasRequest := c.Resources.Requests[name]
			hasLimit, hasRequest = hasLimit && !limit.IsZero(), hasRequest && !request.IsZero()
			any = any || hasLimit || hasRequest
			if !hasLimit || (hasRequest && request.Cmp(limit) != 0) {
				guaranteed = false
			}
		}
	}
	switch {
	case !any:
		return corev1.PodQOSBestEffort
	case guaranteed:
		return corev1.PodQOSGuaranteed
	}
	return corev1.PodQOSBurstable
}
