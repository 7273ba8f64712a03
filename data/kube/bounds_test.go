package kube_test

import (
	"testing"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/oomedic/oomedic/data/kube"
)

func TestBoundsOfANamespace(t *testing.T) {
	t.Parallel()
	memory := func(s string) corev1.ResourceList {
		return corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(s)}
	}
	in := func(name string) metav1.ObjectMeta { return metav1.ObjectMeta{Namespace: "shop", Name: name} }
	ranges := func(name, most string, kind corev1.LimitType) *corev1.LimitRange {
		return &corev1.LimitRange{ObjectMeta: in(name), Spec: corev1.LimitRangeSpec{Limits: []corev1.LimitRangeItem{
			{Type: kind, Min: memory("32Mi"), Max: memory(most), MaxLimitRequestRatio: memory("2")}}}}
	}
	quota := func(name, hard, used string, scopes ...corev1.ResourceQuotaScope) *corev1.ResourceQuota {
		return &corev1.ResourceQuota{ObjectMeta: in(name), Spec: corev1.ResourceQuotaSpec{Scopes: scopes}, Status: corev1.ResourceQuotaStatus{
			Hard: corev1.ResourceList{corev1.ResourceLimitsMemory: resource.MustParse(hard)}, Used: corev1.ResourceList{corev1.ResourceLimitsMemory: resource.MustParse(used)}}}
	}
	scaler := &autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: in("api"), Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
		MaxReplicas: 9, ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{Kind: "Deployment", Name: "api"}}}
	c := kube.NewFor(fake.NewClientset(ranges("a", "4Gi", corev1.LimitTypeContainer), ranges("b", "2Gi", corev1.LimitTypeContainer), ranges("pods", "1Gi", corev1.LimitTypePod),
		quota("wide", "10Gi", "4Gi"), quota("tight", "8Gi", "7Gi"), quota("scoped", "1Gi", "1Gi", corev1.ResourceQuotaScopeBestEffort), scaler), "", kube.Options{})
	b := c.Bounds(t.Context(), "shop")
	if b.MostLimit == nil || *b.MostLimit != 2<<30 || *b.LeastLimit != 32<<20 || *b.MostRatio != 2 {
		t.Errorf("limit range %v %v %v", b.MostLimit, b.LeastLimit, b.MostRatio)
	}
	if b.QuotaLimits == nil || *b.QuotaLimits != 1<<30 || b.QuotaRequests != nil {
		t.Errorf("quota %v %v: the tightest without scopes counts", b.QuotaLimits, b.QuotaRequests)
	}
	if b.MostReplicas[[2]string{"Deployment", "api"}] != 9 || len(b.MostReplicas) != 1 {
		t.Errorf("autoscalers %v", b.MostReplicas)
	}
	if b := c.Bounds(t.Context(), "other"); b.MostLimit != nil || b.QuotaLimits != nil || len(b.MostReplicas) != 0 {
		t.Errorf("another namespace %+v", b)
	}
}
