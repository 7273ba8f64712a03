package kube

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
)

// selectorOf is the label selector of a workload's pods, in the words of a list request; empty when it has none.
func selectorOf(o *owner) string {
	if o == nil {
		return ""
	}
	var sel *metav1.LabelSelector
	switch w := o.object.(type) {
	case *appsv1.Deployment:
		sel = w.Spec.Selector
	case *appsv1.StatefulSet:
		sel = w.Spec.Selector
	case *appsv1.DaemonSet:
		sel = w.Spec.Selector
	case *appsv1.ReplicaSet:
		sel = w.Spec.Selector
	case *batchv1.Job:
		sel = w.Spec.Selector
	case *corev1.ReplicationController:
		return labels.SelectorFromSet(w.Spec.Selector).String()
	case *unstructured.Unstructured:
		if m, ok := at(w.Object, "spec.selector").(map[string]any); ok && m["matchLabels"] != nil {
			sel = &metav1.LabelSelector{}
			if runtime.DefaultUnstructuredConverter.FromUnstructured(m, sel) != nil {
				return ""
			}
		}
	}
	if sel == nil {
		return ""
	}
	s, err := metav1.LabelSelectorAsSelector(sel)
	if err != nil {
		return ""
	}
	return s.String()
}
