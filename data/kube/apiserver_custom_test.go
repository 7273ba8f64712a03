package kube_test

import (
	"errors"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// TestServerCustomResources changes the memory in the custom resource that decides it, and never below it.
func TestServerCustomResources(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	d, err := dynamic.NewForConfig(apiServer(t))
	must(t, err)
	prometheuses := define(t, "monitoring.coreos.com", "v1", "Prometheus", "prometheuses")
	rollouts := define(t, "argoproj.io", "v1alpha1", "Rollout", "rollouts")
	strangers := define(t, "example.com", "v1", "Stranger", "strangers")
	c := connect(t, apiServer(t), kube.Options{})

	p := custom(t, prometheuses, "Prometheus", ns, "x", map[string]any{
		"containers": []any{map[string]any{"name": "thanos-sidecar", "resources": map[string]any{"limits": map[string]any{"memory": "128Mi", "cpu": "1"}}}},
	})
	set := newStatefulSet(ns, "prometheus-x")
	set.Spec.Template = template("prometheus-x", "prometheus")
	set.ObjectMeta = controlled(set.ObjectMeta, "monitoring.coreos.com/v1", "Prometheus", "x", p)
	_, err = cs.AppsV1().StatefulSets(ns).Create(t.Context(), set, metav1.CreateOptions{})
	must(t, err)
	r := custom(t, rollouts, "Rollout", ns, "x", map[string]any{
		"replicas": int64(2), "template": map[string]any{"spec": map[string]any{"containers": []any{
			map[string]any{"name": "other", "image": "i"}, map[string]any{"name": "app", "image": "i", "resources": map[string]any{"limits": map[string]any{"memory": "512Mi"}}},
		}}},
	})
	s := custom(t, strangers, "Stranger", ns, "x", map[string]any{})
	web := newDeployment(ns, "web")
	web.ObjectMeta = controlled(web.ObjectMeta, "example.com/v1", "Stranger", "x", s)
	_, err = cs.AppsV1().Deployments(ns).Create(t.Context(), web, metav1.CreateOptions{})
	must(t, err)

	rollout := workload("Rollout", ns, "x")
	rollout.APIVersion, rollout.UID = "argoproj.io/v1alpha1", data.Text(r)
	for _, tc := range []struct {
		name      string
		w         data.Workload
		container data.Text
		door      schema.GroupVersionResource
		path      []string
		want      string
	}{
		{"resources that are not there yet", workload("StatefulSet", ns, "prometheus-x"), "prometheus", prometheuses, []string{"spec", "resources", "limits", "memory"}, "768Mi"},
		{"a container of a pod template", rollout, "app", rollouts, []string{"spec", "template", "spec", "containers", "1", "resources", "limits", "memory"}, "768Mi"},
	} {
		plan, err := c.Plan(t.Context(), data.Change{Workload: tc.w, Container: tc.container, Limit: bytes(768 * data.Mi), Request: bytes(512 * data.Mi)})
		must(t, err)
		if plan.PatchType != "application/json-patch+json" || plan.Target.Name != "x" || len(plan.Diff) == 0 || *plan.After.Limit != 768*data.Mi {
			t.Errorf("%s: %s of %s, %d lines, %+v", tc.name, plan.PatchType, plan.Target.Ref(), len(plan.Diff), plan.After)
		}
		before, err := d.Resource(tc.door).Namespace(ns).Get(t.Context(), "x", metav1.GetOptions{})
		must(t, err)
		if got := deep(before.Object, tc.path); got == tc.want {
			t.Errorf("%s: the dry run stored %v", tc.name, got)
		}
		_, err = c.Apply(t.Context(), plan)
		must(t, err)
		after, err := d.Resource(tc.door).Namespace(ns).Get(t.Context(), "x", metav1.GetOptions{})
		must(t, err)
		if got := deep(after.Object, tc.path); got != tc.want {
			t.Errorf("%s: %v, want %s", tc.name, got, tc.want)
		}
		if _, err := c.Apply(t.Context(), plan); !errors.Is(err, data.ErrConflict) {
			t.Errorf("%s: the same plan twice: %v, want a conflict", tc.name, err)
		}
	}

	_, err = c.Plan(t.Context(), data.Change{Workload: workload("Deployment", ns, "web"), Container: "app", Limit: bytes(data.Gi)})
	if !errors.Is(err, data.ErrUnsupported) || !strings.Contains(err.Error(), "kubectl edit stranger/x") {
		t.Errorf("below an unknown kind: %v", err)
	}
	ways, err := c.Ways(t.Context(), data.Change{Workload: workload("Deployment", ns, "web"), Container: "app", Limit: bytes(data.Gi)})
	must(t, err)
	if ways[0].Offered || !ways[3].Preferred || !strings.Contains(ways[3].Why.String(), "Stranger x") {
		t.Errorf("ways below an unknown kind: %+v", ways)
	}
}

// deep follows names and the number of a list.
func deep(v any, path []string) any {
	for _, p := range path {
		switch x := v.(type) {
		case map[string]any:
			v = x[p]
		case []any:
			v = x[int(p[0]-'0')]
		default:
			return nil
		}
	}
	return v
}
