package kube

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/oomedic/oomedic/data"
)

// podFacts sets what a container has from its pod beside its own status: why the pod ends, whether somebody deleted it,
// and what all its containers may use together.
func podFacts(p *corev1.Pod, spec *corev1.Container, c *data.Container) {
	c.PodMessage = data.Clean(head(p.Status.Message, maxMessage))
	if p.DeletionTimestamp != nil {
		// The timestamp is the end of the grace period; the deletion was asked for that much earlier.
		c.DeletedAt = when(*p.DeletionTimestamp)
		if g := p.DeletionGracePeriodSeconds; g != nil && !c.DeletedAt.IsZero() {
			c.DeletedAt = c.DeletedAt.Add(-time.Duration(*g) * time.Second)
		}
	}
	c.RestartPolicy = data.Clean(string(p.Spec.RestartPolicy))
	if spec.RestartPolicy != nil {
		c.RestartPolicy = data.Clean(string(*spec.RestartPolicy))
	}
	for i := range p.Status.Conditions {
		k := &p.Status.Conditions[i]
		if k.Type == corev1.DisruptionTarget && k.Status == corev1.ConditionTrue {
			c.PodConditions = append(c.PodConditions, data.Condition{
				Type: data.Clean(string(k.Type)), Reason: data.Clean(k.Reason), Message: data.Clean(head(k.Message, maxMessage)), Since: when(k.LastTransitionTime),
			})
		}
	}
	c.SumLimits = sumLimits(p)
}

// sumLimits adds up the limits that hold for the pod at the same time: of its containers and of its sidecars, or of the
// largest init container with the sidecars before it, whichever is more. That is what the kubelet gives the pod's cgroup
// when all of them have one; with one that has none, it gives none, and the result is nil.
func sumLimits(p *corev1.Pod) *int64 {
	var sum, sidecars, init int64
	for i := range p.Spec.InitContainers {
		c := &p.Spec.InitContainers[i]
		n := memory(limitsOf(p, c))
		if n == nil {
			return nil
		}
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			sidecars += *n
			init = max(init, sidecars)
			continue
		}
		init = max(init, sidecars+*n)
	}
	for i := range p.Spec.Containers {
		n := memory(limitsOf(p, &p.Spec.Containers[i]))
		if n == nil {
			return nil
		}
		sum += *n
	}
	sum = max(sum+sidecars, init)
	if sum == 0 {
		return nil
	}
	if q, ok := p.Spec.Overhead[corev1.ResourceMemory]; ok && q.Cmp(resource.Quantity{}) > 0 {
		sum += q.Value()
	}
	return &sum
}

// limitsOf returns the limits that are in force for a container: those of its status after a resize, else of its spec.
func limitsOf(p *corev1.Pod, c *corev1.Container) corev1.ResourceList {
	for _, list := range [][]corev1.ContainerStatus{p.Status.ContainerStatuses, p.Status.InitContainerStatuses} {
		for i := range list {
			if list[i].Name == c.Name && list[i].Resources != nil && len(list[i].Resources.Limits) > 0 {
				return list[i].Resources.Limits
			}
		}
	}
	return c.Resources.Limits
}
