package kube

import (
	"context"
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/oomedic/oomedic/data"
)

// Rollout reads how far a change has come to the pods of a workload. Rollout.Failed means that it cannot go on by
// itself and Waits says why. A CronJob is done at once: its next run takes the change. Errors are those of reading.
func (c *Client) Rollout(ctx context.Context, w data.Workload, a data.Applied) (data.Rollout, error) {
	if a.Way == data.WayInPlace {
		return c.resizes(ctx, a)
	}
	if w.Kind == "Job" && a.Way == "" {
		return data.Rollout{}, unsupported(w)
	}
	o, err := c.get(ctx, w)
	if err != nil {
		return data.Rollout{}, err
	}
	var r data.Rollout
	if o.meta.UID != "" && changed(a, o) {
		a.Generation = 0 // the generation is of the custom resource above
	}
	switch x := o.object.(type) {
	case *appsv1.Deployment:
		r = deployment(x, a)
	case *appsv1.StatefulSet:
		r = statefulSet(x, a)
		if !r.Done && !r.Failed {
			if err := c.stuck(ctx, x, &r); err != nil {
				return data.Rollout{}, err
			}
		}
	case *appsv1.DaemonSet:
		r = daemonSet(x, a)
	case *batchv1.CronJob, *batchv1.Job:
		r = data.Rollout{Done: true}
	case *appsv1.ReplicaSet:
		r = data.Rollout{Desired: *replicas(x.Spec.Replicas), Ready: x.Status.ReadyReplicas, Done: true}
	case *corev1.ReplicationController:
		r = data.Rollout{Desired: *replicas(x.Spec.Replicas), Ready: x.Status.ReadyReplicas, Done: true}
	case *unstructured.Unstructured:
		r = customRollout(x, a)
	}
	if r.Done {
		r.Pods = c.podKeys(ctx, w, o)
	}
	r.At = c.now()
	return r, nil
}

// mostPods is how many pods of a finished rollout are named.
const mostPods = 20

// podKeys names pods of a workload, which is worth no error when they cannot be listed.
func (c *Client) podKeys(ctx context.Context, w data.Workload, o *owner) []data.PodKey {
	if _, batch := o.object.(*batchv1.CronJob); batch {
		return nil // its next pod is made by its next run
	}
	pods, err := c.podsOf(ctx, w, o)
	if err != nil {
		return nil
	}
	var out []data.PodKey
	for i := range pods[:min(len(pods), mostPods)] {
		out = append(out, keyOf(&pods[i]))
	}
	return out
}

// unseen is the wait for a controller that has not looked at the change yet.
const unseen = data.Text("the controller has not taken up the change yet")

// deployment reads the same fields as "kubectl rollout status".
func deployment(d *appsv1.Deployment, a data.Applied) data.Rollout {
	s := d.Status
	r := data.Rollout{Desired: *replicas(d.Spec.Replicas), Updated: s.UpdatedReplicas, Ready: s.ReadyReplicas, Old: max(0, s.Replicas-s.UpdatedReplicas)}
	if s.ObservedGeneration < max(a.Generation, d.Generation) {
		r.Updated, r.Old, r.Waits = 0, s.Replicas, unseen
		return r
	}
	for _, cond := range s.Conditions {
		switch {
		case cond.Type == appsv1.DeploymentReplicaFailure && cond.Status == corev1.ConditionTrue:
			r.Failed, r.Waits = true, data.Textf("pods cannot be created: %s", cond.Message)
			return r
		case cond.Type == appsv1.DeploymentProgressing && cond.Status == corev1.ConditionFalse && cond.Reason == "ProgressDeadlineExceeded":
			r.Failed, r.Waits = true, data.Textf("no progress within progressDeadlineSeconds: %s", cond.Message)
			return r
		}
	}
	switch {
	case d.Spec.Paused && r.Updated < r.Desired:
		r.Failed, r.Waits = true, data.Textf("the rollout is paused: kubectl rollout resume deployment/%s -n %s", d.Name, d.Namespace)
	case r.Updated < r.Desired:
		r.Waits = data.Textf("%d of %s updated", r.Updated, pods(r.Desired))
	case r.Old > 0:
		r.Waits = data.Textf("%s with the old template to end", pods(r.Old))
	case s.AvailableReplicas < r.Desired:
		r.Waits = data.Textf("%d of %s available", s.AvailableReplicas, pods(r.Desired))
	default:
		r.Done = true
	}
	return r
}

func statefulSet(s *appsv1.StatefulSet, a data.Applied) data.Rollout {
	st := s.Status
	r := data.Rollout{Desired: *replicas(s.Spec.Replicas), Updated: st.UpdatedReplicas, Ready: st.ReadyReplicas}
	r.Old = max(0, st.Replicas-st.UpdatedReplicas)
	if st.ObservedGeneration < max(a.Generation, s.Generation) {
		r.Updated, r.Old, r.Waits = 0, st.Replicas, unseen
		return r
	}
	target := max(0, r.Desired-partition(s))
	switch {
	case s.Spec.UpdateStrategy.Type == appsv1.OnDeleteStatefulSetStrategyType && r.Old > 0:
		r.Failed, r.Waits = true, data.Textf("strategy OnDelete: %s keep the old template until somebody deletes them", pods(r.Old))
	case r.Updated < target:
		r.Waits = data.Textf("%d of %s updated", r.Updated, pods(target))
	case r.Ready < r.Desired:
		r.Waits = data.Textf("%d of %s ready", r.Ready, pods(r.Desired))
	default:
		r.Done = true
	}
	return r
}

// stuck looks for the pod that keeps an ordered StatefulSet from going on: one with the old template that does not
// become ready by itself. The controller waits for it and never replaces it (kubernetes issue 67250).
func (c *Client) stuck(ctx context.Context, s *appsv1.StatefulSet, r *data.Rollout) error {
	if s.Spec.PodManagementPolicy == appsv1.ParallelPodManagement || s.Status.UpdateRevision == "" || s.Status.ObservedGeneration < s.Generation {
		return nil
	}
	sel, err := metav1.LabelSelectorAsSelector(s.Spec.Selector)
	if err != nil {
		return fmt.Errorf("read the selector of statefulset/%s: %w", data.Clean(s.Name), err)
	}
	list, err := c.cs.CoreV1().Pods(s.Namespace).List(ctx, metav1.ListOptions{LabelSelector: sel.String()})
	if err != nil {
		return c.explain(err, request{verb: "list", resource: "pods", namespace: s.Namespace})
	}
	for i := range list.Items {
		p := &list.Items[i]
		ref := metav1.GetControllerOf(p)
		if ref == nil || ref.UID != s.UID || p.DeletionTimestamp != nil || p.Labels[appsv1.ControllerRevisionHashLabelKey] == s.Status.UpdateRevision {
			continue
		}
		if why := hopeless(p); why != "" {
			k := keyOf(p)
			r.Failed, r.Blocking = true, &k
			r.Waits = data.Textf("the controller waits for pod %s (%s) to become ready and will not replace it: delete the pod, or resize it in place", p.Name, why)
			return nil
		}
	}
	return nil
}

// hopelessReasons are the reasons of waiting that a new template may cure and time does not.
var hopelessReasons = []string{
	"CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "InvalidImageName", "CreateContainerConfigError", "CreateContainerError", "RunContainerError",
}

// hopeless says why a pod does not become ready by itself; empty when it may.
func hopeless(p *corev1.Pod) string {
	if ready(p) {
		return ""
	}
	for _, cond := range p.Status.Conditions {
		if cond.Type == corev1.PodScheduled && cond.Status == corev1.ConditionFalse && cond.Reason == corev1.PodReasonUnschedulable {
			return "unschedulable"
		}
	}
	for _, s := range slices.Concat(p.Status.InitContainerStatuses, p.Status.ContainerStatuses) {
		if s.State.Waiting != nil && slices.Contains(hopelessReasons, s.State.Waiting.Reason) {
			return s.State.Waiting.Reason
		}
		if t := s.State.Terminated; t != nil && oomKilled(t) {
			return t.Reason
		}
	}
	return ""
}

func ready(p *corev1.Pod) bool {
	return slices.ContainsFunc(p.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
}

func daemonSet(d *appsv1.DaemonSet, a data.Applied) data.Rollout {
	s := d.Status
	r := data.Rollout{Desired: s.DesiredNumberScheduled, Updated: s.UpdatedNumberScheduled, Ready: s.NumberReady}
	r.Old = max(0, s.CurrentNumberScheduled-s.UpdatedNumberScheduled)
	if s.ObservedGeneration < max(a.Generation, d.Generation) {
		r.Updated, r.Old, r.Waits = 0, s.CurrentNumberScheduled, unseen
		return r
	}
	switch {
	case d.Spec.UpdateStrategy.Type == appsv1.OnDeleteDaemonSetStrategyType && r.Old > 0:
		r.Failed, r.Waits = true, data.Textf("strategy OnDelete: %s keep the old template until somebody deletes them", pods(r.Old))
	case r.Updated < r.Desired:
		r.Waits = data.Textf("%d of %s updated", r.Updated, pods(r.Desired))
	case s.NumberAvailable < r.Desired:
		r.Waits = data.Textf("%d of %s available", s.NumberAvailable, pods(r.Desired))
	default:
		r.Done = true
	}
	return r
}
