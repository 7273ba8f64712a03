package kube

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
)

// NamespaceBounds are what a namespace allows a container's memory to be, and what its autoscalers may make of its
// workloads.
type NamespaceBounds struct {
	data.Bounds
	// MostReplicas are the most replicas of a workload that has an autoscaler, by kind and name.
	MostReplicas map[[2]string]int32
}

// Bounds reads the LimitRanges, the ResourceQuotas and the HorizontalPodAutoscalers of a namespace: three lists. What may
// not be read stays unknown, which is no error: a diagnosis does without.
func (c *Client) Bounds(ctx context.Context, namespace string) NamespaceBounds {
	out := NamespaceBounds{MostReplicas: map[[2]string]int32{}}
	if list, err := c.cs.CoreV1().LimitRanges(namespace).List(ctx, metav1.ListOptions{}); err == nil {
		for i := range list.Items {
			for _, item := range list.Items[i].Spec.Limits {
				addLimitRange(&out.Bounds, item)
			}
		}
		out.LimitFrom = data.Textf("kubectl describe limitranges -n %s", namespace)
	}
	if list, err := c.cs.CoreV1().ResourceQuotas(namespace).List(ctx, metav1.ListOptions{}); err == nil {
		for i := range list.Items {
			addQuota(&out.Bounds, &list.Items[i])
		}
		out.QuotaFrom = data.Textf("kubectl describe resourcequotas -n %s", namespace)
	}
	if list, err := c.cs.AutoscalingV2().HorizontalPodAutoscalers(namespace).List(ctx, metav1.ListOptions{}); err == nil {
		for i := range list.Items {
			s := &list.Items[i].Spec
			out.MostReplicas[[2]string{s.ScaleTargetRef.Kind, s.ScaleTargetRef.Name}] = s.MaxReplicas
		}
	}
	return out
}

// BoundsOf reads what a namespace allows a container's memory to be, in bytes, and the most replicas that an autoscaler
// may make of a workload; nil when it has none or it may not be read.
func (c *Client) BoundsOf(ctx context.Context, namespace data.Text, w data.Workload) (data.Bounds, *int32) {
	b := c.Bounds(ctx, namespace.String())
	if n, ok := b.MostReplicas[[2]string{w.Kind.String(), w.Name.String()}]; ok {
		return b.Bounds, &n
	}
	return b.Bounds, nil
}

// addLimitRange takes the tighter of what is known and what one item of a LimitRange says of containers.
func addLimitRange(b *data.Bounds, item corev1.LimitRangeItem) {
	if item.Type != corev1.LimitTypeContainer {
		return
	}
	if q, ok := item.Min[corev1.ResourceMemory]; ok && (b.LeastLimit == nil || q.Value() > *b.LeastLimit) {
		v := q.Value()
		b.LeastLimit = &v
	}
	if q, ok := item.Max[corev1.ResourceMemory]; ok {
		b.MostLimit = lesser(b.MostLimit, q.Value())
	}
	if q, ok := item.MaxLimitRequestRatio[corev1.ResourceMemory]; ok {
		if v := q.AsApproximateFloat64(); b.MostRatio == nil || v < *b.MostRatio {
			b.MostRatio = &v
		}
	}
}

// addQuota takes the lesser of what is known and what one quota has left. A quota with scopes counts some pods only, and
// is left out.
func addQuota(b *data.Bounds, q *corev1.ResourceQuota) {
	if len(q.Spec.Scopes) > 0 || q.Spec.ScopeSelector != nil {
		return
	}
	for _, one := range []struct {
		name corev1.ResourceName
		into **int64
	}{{corev1.ResourceLimitsMemory, &b.QuotaLimits}, {corev1.ResourceRequestsMemory, &b.QuotaRequests}, {corev1.ResourceMemory, &b.QuotaRequests}} {
		hard, ok := q.Status.Hard[one.name]
		if !ok {
			continue
		}
		used := q.Status.Used[one.name]
		*one.into = lesser(*one.into, hard.Value()-used.Value())
	}
}

// lesser returns the lesser of a known bound and v; v when none is known.
func lesser(known *int64, v int64) *int64 {
	if known != nil && *known <= v {
		return known
	}
	return &v
}
