package kube

import (
	"context"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// tryNewPod tries, as a dry run, to create a pod from the changed template. Limit ranges, quotas and pod security act on
// pods: they let the template through and then refuse the pods, which ends a rollout half-way. The error is client-go's.
func (c *Client) tryNewPod(ctx context.Context, o *owner) error {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			GenerateName: "oomedic-dry-run-", Namespace: o.meta.Namespace,
			Labels: o.template.Labels, Annotations: o.template.Annotations,
		},
		Spec: o.template.Spec,
	}
	_, err := c.cs.CoreV1().Pods(o.meta.Namespace).Create(ctx, pod, metav1.CreateOptions{
		DryRun: []string{metav1.DryRunAll}, FieldManager: FieldManager,
	})
	return err
}

// surges reports whether new pods come before old ones go.
func surges(o *owner) bool {
	d, ok := o.object.(*appsv1.Deployment)
	if !ok || d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType || *o.replicas == 0 {
		return false
	}
	u := d.Spec.Strategy.RollingUpdate
	return u == nil || u.MaxSurge == nil || u.MaxSurge.String() != "0" && u.MaxSurge.String() != "0%"
}
