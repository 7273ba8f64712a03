package kube_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

func TestServerValidationRefuses(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	ch := deployed(t, cs, ns)
	ch.Request = bytes(data.Gi)
	_, err := connect(t, apiServer(t), kube.Options{}).Plan(t.Context(), ch)
	if !errors.Is(err, data.ErrRefused) || !strings.Contains(err.Error(), "must be less than or equal to memory limit") {
		t.Errorf("a request above the limit: %v", err)
	}
}

func TestServerAdmissionPolicyRefuses(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	ch := deployed(t, cs, ns)
	fail := admissionv1.Fail
	_, err := cs.AdmissionregistrationV1().ValidatingAdmissionPolicies().Create(t.Context(), &admissionv1.ValidatingAdmissionPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: ns},
		Spec: admissionv1.ValidatingAdmissionPolicySpec{
			FailurePolicy: &fail,
			MatchConstraints: &admissionv1.MatchResources{ResourceRules: []admissionv1.NamedRuleWithOperations{{
				RuleWithOperations: admissionv1.RuleWithOperations{
					Operations: []admissionv1.OperationType{admissionv1.Update},
					Rule:       admissionv1.Rule{APIGroups: []string{"apps"}, APIVersions: []string{"v1"}, Resources: []string{"deployments"}},
				},
			}}},
			Validations: []admissionv1.Validation{{Expression: "object.metadata.namespace != '" + ns + "'", Message: "memory is frozen until Monday"}},
		},
	}, metav1.CreateOptions{})
	must(t, err)
	_, err = cs.AdmissionregistrationV1().ValidatingAdmissionPolicyBindings().Create(t.Context(), &admissionv1.ValidatingAdmissionPolicyBinding{
		ObjectMeta: metav1.ObjectMeta{Name: ns},
		Spec:       admissionv1.ValidatingAdmissionPolicyBindingSpec{PolicyName: ns, ValidationActions: []admissionv1.ValidationAction{admissionv1.Deny}},
	}, metav1.CreateOptions{})
	must(t, err)
	c := connect(t, apiServer(t), kube.Options{})
	deadline := time.Now().Add(20 * time.Second) // the server takes a moment to learn a policy
	for {
		_, err := c.Plan(t.Context(), ch)
		if errors.Is(err, data.ErrRefused) && strings.Contains(err.Error(), "memory is frozen until Monday") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("got %v, want the policy's words", err)
		}
	}
}

func TestServerWarnsOfPodsThatWouldBeRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		obj  func(t *testing.T, ns string)
		want string
	}{
		{"limit range", func(t *testing.T, ns string) {
			_, err := admin(t).CoreV1().LimitRanges(ns).Create(t.Context(), &corev1.LimitRange{
				ObjectMeta: metav1.ObjectMeta{Name: "max"},
				Spec: corev1.LimitRangeSpec{Limits: []corev1.LimitRangeItem{{
					Type: corev1.LimitTypeContainer, Max: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("600Mi")},
				}}},
			}, metav1.CreateOptions{})
			must(t, err)
		}, "maximum memory usage per Container is 600Mi"},
		{"quota", func(t *testing.T, ns string) {
			cs := admin(t)
			q, err := cs.CoreV1().ResourceQuotas(ns).Create(t.Context(), &corev1.ResourceQuota{
				ObjectMeta: metav1.ObjectMeta{Name: "q"},
				Spec:       corev1.ResourceQuotaSpec{Hard: corev1.ResourceList{corev1.ResourceLimitsMemory: resource.MustParse("700Mi")}},
			}, metav1.CreateOptions{})
			must(t, err)
			// without a controller manager nobody counts what is used
			q.Status = corev1.ResourceQuotaStatus{Hard: q.Spec.Hard, Used: corev1.ResourceList{corev1.ResourceLimitsMemory: resource.MustParse("0")}}
			_, err = cs.CoreV1().ResourceQuotas(ns).UpdateStatus(t.Context(), q, metav1.UpdateOptions{})
			must(t, err)
		}, "exceeded quota: q"},
		{"nothing in the way", func(*testing.T, string) {}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cs := admin(t)
			ns := newNamespace(t, cs)
			ch := deployed(t, cs, ns)
			c.obj(t, ns)
			client := connect(t, apiServer(t), kube.Options{})
			deadline := time.Now().Add(10 * time.Second)
			for {
				p, err := client.Plan(t.Context(), ch)
				must(t, err)
				said := ""
				for _, w := range p.Warnings {
					if strings.Contains(w.String(), "would be refused") {
						said = w.String()
					}
				}
				if (c.want == "") == (said == "") && strings.Contains(said, c.want) {
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("warnings %q, want %q", p.Warnings, c.want)
				}
			}
			list, err := cs.CoreV1().Pods(ns).List(t.Context(), metav1.ListOptions{})
			must(t, err)
			if len(list.Items) != 0 {
				t.Errorf("the dry run of a pod stored %d pods", len(list.Items))
			}
		})
	}
}
