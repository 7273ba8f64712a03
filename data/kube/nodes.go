package kube

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
)

// node reads what a node says of its runtime and its memory. A node that does not exist is no error. The error is
// client-go's.
func (c *Client) node(ctx context.Context, name string) (data.NodeFacts, error) {
	out := data.NodeFacts{Name: data.Clean(name)}
	n, err := c.cs.CoreV1().Nodes().Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		out.Gone = true
		return out, nil
	}
	if err != nil {
		return out, err
	}
	info := &n.Status.NodeInfo
	out.Runtime, out.Kubelet, out.Kernel = data.Clean(info.ContainerRuntimeVersion), data.Clean(info.KubeletVersion), data.Clean(info.KernelVersion)
	out.Allocatable, out.Capacity = memory(n.Status.Allocatable), memory(n.Status.Capacity)
	for i := range n.Status.Conditions {
		k := &n.Status.Conditions[i]
		if k.Type != corev1.NodeMemoryPressure || k.Status == corev1.ConditionUnknown {
			continue
		}
		pressure := k.Status == corev1.ConditionTrue
		out.MemoryPressure, out.PressureSince = &pressure, when(k.LastTransitionTime)
	}
	return out, nil
}
