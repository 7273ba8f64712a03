package kube_test

import (
	"testing"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// scaler makes a HorizontalPodAutoscaler that counts a resource, in percent of the request or as an amount.
func scaler(t *testing.T, cs kubernetes.Interface, ns, target string, name corev1.ResourceName, percent bool) {
	t.Helper()
	m := autoscalingv2.MetricTarget{Type: autoscalingv2.AverageValueMetricType, AverageValue: ptr(resource.MustParse("1Gi"))}
	if percent {
		m = autoscalingv2.MetricTarget{Type: autoscalingv2.UtilizationMetricType, AverageUtilization: ptr[int32](80)}
	}
	_, err := cs.AutoscalingV2().HorizontalPodAutoscalers(ns).Create(t.Context(), &autoscalingv2.HorizontalPodAutoscaler{
		ObjectMeta: meta(ns, "h"), Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
			MaxReplicas: 5, ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: target},
			Metrics: []autoscalingv2.MetricSpec{{Type: autoscalingv2.ResourceMetricSourceType, Resource: &autoscalingv2.ResourceMetricSource{Name: name, Target: m}}},
		},
	}, metav1.CreateOptions{})
	must(t, err)
}

// vertical makes a VerticalPodAutoscaler of a mode.
func vertical(t *testing.T, ns, target, mode string) {
	t.Helper()
	vpas := define(t, "autoscaling.k8s.io", "v1", "VerticalPodAutoscaler", "verticalpodautoscalers")
	custom(t, vpas, "VerticalPodAutoscaler", ns, "v", map[string]any{
		"targetRef":    map[string]any{"apiVersion": "apps/v1", "kind": "Deployment", "name": target},
		"updatePolicy": map[string]any{"updateMode": mode},
	})
}

func TestServerChecksOfAutoscalersAndNodes(t *testing.T) {
	t.Parallel()
	type making = func(t *testing.T, cs kubernetes.Interface, ns string)
	for _, tc := range []struct {
		name, check string
		make        making
		limit       int64
		state       data.CheckState // empty: the check has nothing to say
		words       string
		typed       bool
	}{
		{"HPA on memory in percent", "autoscaler", func(t *testing.T, cs kubernetes.Interface, ns string) {
			scaler(t, cs, ns, "api", corev1.ResourceMemory, true)
		}, 768 * data.Mi, data.CheckWarn, "autoscaler h counts memory in percent of the request", false},
		{"HPA on memory as an amount", "autoscaler", func(t *testing.T, cs kubernetes.Interface, ns string) {
			scaler(t, cs, ns, "api", corev1.ResourceMemory, false)
		}, 768 * data.Mi, "", "", false},
		{"HPA on CPU", "autoscaler", func(t *testing.T, cs kubernetes.Interface, ns string) {
			scaler(t, cs, ns, "api", corev1.ResourceCPU, true)
		}, 768 * data.Mi, "", "", false},
		{"HPA of another", "autoscaler", func(t *testing.T, cs kubernetes.Interface, ns string) {
			scaler(t, cs, ns, "web", corev1.ResourceMemory, true)
		}, 768 * data.Mi, "", "", false},
		{"VPA that acts", "vertical autoscaler", func(t *testing.T, _ kubernetes.Interface, ns string) { vertical(t, ns, "api", "Auto") },
			768 * data.Mi, data.CheckFail, "vertical autoscaler v sets the pods' memory itself", true},
		{"VPA that recommends", "vertical autoscaler", func(t *testing.T, _ kubernetes.Interface, ns string) { vertical(t, ns, "api", "Off") },
			768 * data.Mi, data.CheckPass, "only recommends", false},
		{"VPA of another", "vertical autoscaler", func(t *testing.T, _ kubernetes.Interface, ns string) { vertical(t, ns, "web", "Auto") },
			768 * data.Mi, "", "", false},
		{"a pod that no node holds", "node room", func(t *testing.T, cs kubernetes.Interface, ns string) { withNode(t, cs, ns, "v1.37.2") },
			4096 * data.Gi, data.CheckFail, "no node can hold a pod that requests 4Ti", true},
		{"a pod that a node holds", "node room", func(t *testing.T, cs kubernetes.Interface, ns string) { withNode(t, cs, ns, "v1.37.2") },
			768 * data.Mi, data.CheckPass, "free for a pod that requests", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			cs := admin(t)
			ns := newNamespace(t, cs)
			ch := deployed(t, cs, ns)
			ch.Limit, ch.Request = &tc.limit, &tc.limit
			tc.make(t, cs, ns)
			c := connect(t, apiServer(t), kube.Options{})
			if tc.state == "" {
				p, err := c.Plan(t.Context(), ch)
				must(t, err)
				if got := checkOf(p, data.Text(tc.check)); got.Name != "" {
					t.Errorf("it says %+v", got)
				}
				return
			}
			if got := saysWithin(t, c, ch, data.Text(tc.check), tc.state, tc.words); got.Typed != tc.typed {
				t.Errorf("typed %t", got.Typed)
			}
		})
	}
}
