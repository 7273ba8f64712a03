package kube_test

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"github.com/oomedic/oomedic/data"
)

// link is one custom resource of a chain of owners.
type link struct {
	group, version, kind, plural string
	spec                         map[string]any
}

// chain makes custom resources that own one another, the highest first, all of the name x, and returns the UID of the
// lowest and its API version.
func chain(t *testing.T, ns string, links ...link) (types.UID, string) {
	t.Helper()
	var owners []metav1.OwnerReference
	var uid types.UID
	version := ""
	for _, l := range links {
		gvr := define(t, l.group, l.version, l.kind, l.plural)
		version = gvr.GroupVersion().String()
		uid = custom(t, gvr, l.kind, ns, "x", l.spec, owners...)
		owners = []metav1.OwnerReference{{APIVersion: version, Kind: l.kind, Name: "x", UID: uid, Controller: ptr(true)}}
	}
	return uid, version
}

// named gives a pod's container another name.
func named(container string) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		p.Spec.Containers[0].Name, p.Status.ContainerStatuses[0].Name = container, container
	}
}

// setBelow makes a StatefulSet with one pod below a chain of custom resources.
func setBelow(container string, links ...link) func(*testing.T, kubernetes.Interface, string) data.Workload {
	return func(t *testing.T, cs kubernetes.Interface, ns string) data.Workload {
		uid, version := chain(t, ns, links...)
		s := newStatefulSet(ns, "x")
		s.Spec.Template = template("x", container)
		s.ObjectMeta = controlled(s.ObjectMeta, version, links[len(links)-1].kind, "x", uid)
		s, err := cs.AppsV1().StatefulSets(ns).Create(t.Context(), s, metav1.CreateOptions{})
		must(t, err)
		runs(t, cs, ns, "x", "StatefulSet", "apps/v1", s.UID, named(container))
		return workload("StatefulSet", ns, "x")
	}
}

// podBelow makes a pod below a chain of custom resources.
func podBelow(container string, links ...link) func(*testing.T, kubernetes.Interface, string) data.Workload {
	return func(t *testing.T, cs kubernetes.Interface, ns string) data.Workload {
		uid, version := chain(t, ns, links...)
		kind := links[len(links)-1].kind
		runs(t, cs, ns, "x", kind, version, uid, named(container))
		w := workload(kind, ns, "x")
		w.APIVersion, w.UID = data.Text(version), data.Text(uid)
		return w
	}
}

// appTemplate is a pod template of a custom resource with the container app.
func appTemplate() map[string]any {
	return map[string]any{"spec": map[string]any{"containers": []any{
		map[string]any{"name": "app", "image": "img", "resources": map[string]any{"limits": map[string]any{"memory": "512Mi"}, "requests": map[string]any{"memory": "256Mi"}}},
	}}}
}

// argo is a Rollout with a template of its own, or with a reference to a Deployment's.
func argo(reference bool) func(*testing.T, kubernetes.Interface, string) data.Workload {
	return func(t *testing.T, cs kubernetes.Interface, ns string) data.Workload {
		spec := map[string]any{"replicas": int64(1), "template": appTemplate(), "selector": map[string]any{"matchLabels": map[string]any{"app": "x"}}}
		if reference {
			delete(spec, "template")
			spec["workloadRef"] = map[string]any{"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"}
			d := newDeployment(ns, "x")
			d.Spec.Replicas = ptr[int32](0)
			_, err := cs.AppsV1().Deployments(ns).Create(t.Context(), d, metav1.CreateOptions{})
			must(t, err)
		}
		uid, version := chain(t, ns, link{"argoproj.io", "v1alpha1", "Rollout", "rollouts", spec})
		rs := newReplicaSet(ns, "x")
		rs.ObjectMeta = controlled(rs.ObjectMeta, version, "Rollout", "x", uid)
		rs.Labels = map[string]string{"app": "x"}
		rs, err := cs.AppsV1().ReplicaSets(ns).Create(t.Context(), rs, metav1.CreateOptions{})
		must(t, err)
		runs(t, cs, ns, "x", "ReplicaSet", "apps/v1", rs.UID)
		w := workload("Rollout", ns, "x")
		w.APIVersion, w.UID = data.Text(version), data.Text(uid)
		return w
	}
}

// customRows are kinds of custom resources and what they make.
func customRows() []row {
	inResource := func(container, path string) map[data.Way]cell {
		c := cell{patches: `"path":"` + path}
		return map[data.Way]cell{data.WayTemplate: c, data.WayBoth: c, data.WayExport: c, data.WayInPlace: {patches: strings.Replace(inPlace, `"app"`, `"`+container+`"`, 1)}}
	}
	set := func(path ...string) map[string]any {
		resources := map[string]any{"limits": map[string]any{"memory": "512Mi"}, "requests": map[string]any{"memory": "256Mi"}}
		out := map[string]any{"resources": resources}
		for _, p := range path {
			out = map[string]any{p: out}
		}
		return out
	}
	strimzi := link{"core.strimzi.io", "v1", "StrimziPodSet", "strimzipodsets", map[string]any{}}
	return []row{
		{"Argo Rollout", argo(false), "app", data.WayTemplate, inResource("app", "/spec/template/spec/containers/0/resources/limits/memory")},
		{"Argo Rollout with workloadRef", argo(true), "app", data.WayTemplate, everything()},
		{"Knative Service", setBelow("app", link{"serving.knative.dev", "v1", "Service", "services", map[string]any{"template": appTemplate()}},
			link{"serving.knative.dev", "v1", "Configuration", "configurations", map[string]any{"template": appTemplate()}},
			link{"serving.knative.dev", "v1", "Revision", "revisions", map[string]any{}}), "app", data.WayTemplate, inResource("app", "/spec/template/spec/containers/0/resources/limits/memory")},
		{"Prometheus (operator)", setBelow("prometheus", link{"monitoring.coreos.com", "v1", "Prometheus", "prometheuses", set()}), "prometheus", data.WayTemplate, inResource("prometheus", "/spec/resources/limits/memory")},
		{"Kafka (Strimzi)", podBelow("kafka", link{"kafka.strimzi.io", "v1beta2", "Kafka", "kafkas", set("kafka")}, strimzi), "kafka", data.WayTemplate, inResource("kafka", "/spec/kafka/resources/limits/memory")},
		{"KafkaNodePool (Strimzi)", podBelow("kafka", link{"kafka.strimzi.io", "v1beta2", "KafkaNodePool", "kafkanodepools", set()}, strimzi), "kafka", data.WayTemplate, inResource("kafka", "/spec/resources/limits/memory")},
		{"Cluster (CloudNativePG)", podBelow("postgres", link{"postgresql.cnpg.io", "v1", "Cluster", "clusters", set()}), "postgres", data.WayTemplate, inResource("postgres", "/spec/resources/limits/memory")},
		{"Below an unknown custom resource", setBelow("app", link{"example.com", "v1", "Stranger", "strangers", map[string]any{}}), "app", data.WayExport, map[data.Way]cell{
			data.WayTemplate: {refuses: "kubectl edit stranger/x"}, data.WayInPlace: {patches: inPlace}, data.WayBoth: {refuses: "kubectl edit stranger/x"}, data.WayExport: {},
		}},
	}
}
