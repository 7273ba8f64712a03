package kube

import (
	"context"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/watchlist"

	"github.com/oomedic/oomedic/data"
)

// preflight tries, as a dry run, to create a pod from the changed template. Limit ranges, quotas and pod security act on
// pods: they let the template through and then refuse the pods, which ends a rollout half-way. It returns their words as
// a warning; empty when the pod would be taken, or when it cannot be told, as without the right to create pods.
func (c *Client) preflight(ctx context.Context, o *owner) data.Text {
	if watchlist.DoesClientNotSupportWatchListSemantics(c.cs) {
		return "" // client-go's fake clientset, which would store the pod: it knows no dry run
	}
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
	switch {
	case err == nil, !apierrors.IsForbidden(err) && !apierrors.IsInvalid(err), deniedUser.MatchString(err.Error()):
		return ""
	case strings.Contains(err.Error(), "exceeded quota") && !surges(o):
		return "" // the old pod goes first and gives its share back
	}
	return data.Textf("a pod of the new template would be refused now: %s", words(err))
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
