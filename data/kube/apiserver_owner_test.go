package kube_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// define adds a kind of custom resource to the server, without rules for its fields, and waits until it is served.
func define(t *testing.T, group, version, kind, plural string) schema.GroupVersionResource {
	t.Helper()
	dyn, err := dynamic.NewForConfig(apiServer(t))
	must(t, err)
	crd := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": map[string]any{"name": plural + "." + group, "annotations": map[string]any{"api-approved.kubernetes.io": "https://github.com/kubernetes/autoscaler"}},
		"spec": map[string]any{
			"group": group, "scope": "Namespaced",
			"names": map[string]any{"kind": kind, "listKind": kind + "List", "plural": plural, "singular": strings.ToLower(kind)},
			"versions": []any{map[string]any{
				"name": version, "served": true, "storage": true,
				"schema": map[string]any{"openAPIV3Schema": map[string]any{"type": "object", "x-kubernetes-preserve-unknown-fields": true}},
			}},
		},
	}}
	crds := schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}
	if _, err = dyn.Resource(crds).Create(t.Context(), crd, metav1.CreateOptions{}); !apierrors.IsAlreadyExists(err) { // of another test
		must(t, err)
	}
	gvr := schema.GroupVersionResource{Group: group, Version: version, Resource: plural}
	d, err := discovery.NewDiscoveryClientForConfig(apiServer(t))
	must(t, err)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		list, err := d.ServerResourcesForGroupVersion(gvr.GroupVersion().String())
		if err == nil && slices.ContainsFunc(list.APIResources, func(r metav1.APIResource) bool { return r.Name == plural }) {
			return gvr
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is not served: %v", kind, err)
		}
	}
}

// custom makes a custom resource and returns its UID.
func custom(t *testing.T, gvr schema.GroupVersionResource, kind, ns, name string, spec map[string]any, owners ...metav1.OwnerReference) types.UID {
	t.Helper()
	dyn, err := dynamic.NewForConfig(apiServer(t))
	must(t, err)
	u := &unstructured.Unstructured{Object: map[string]any{"apiVersion": gvr.GroupVersion().String(), "kind": kind, "spec": spec}}
	u.SetName(name)
	u.SetNamespace(ns)
	u.SetOwnerReferences(owners)
	made, err := dyn.Resource(gvr).Namespace(ns).Create(t.Context(), u, metav1.CreateOptions{})
	must(t, err)
	return made.GetUID()
}

func TestOwnersAboveByTheServersOwnKinds(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	rollouts := define(t, "walk.example.org", "v1", "Rolling", "rollings")
	fleets := define(t, "walk.example.org", "v1alpha1", "Fleet", "fleets")
	app := []any{map[string]any{"name": "app"}}
	template := map[string]any{"replicas": int64(4), "template": map[string]any{"spec": map[string]any{"containers": app, "initContainers": []any{map[string]any{"name": "migrate"}}}}}
	top := custom(t, fleets, "Fleet", ns, "all", map[string]any{})
	uid := custom(t, rollouts, "Rolling", ns, "web", template, metav1.OwnerReference{APIVersion: "walk.example.org/v1alpha1", Kind: "Fleet", Name: "all", UID: top, Controller: ptr(true)})
	rs := newReplicaSet(ns, "web-1")
	rs.ObjectMeta = controlled(rs.ObjectMeta, "walk.example.org/v1", "Rolling", "web", uid)
	rs.Spec.Replicas = ptr[int32](0)
	made, err := cs.AppsV1().ReplicaSets(ns).Create(t.Context(), rs, metav1.CreateOptions{})
	must(t, err)
	create(t, cs, kill(newPod(controlled(meta(ns, "web-1-x"), "apps/v1", "ReplicaSet", "web-1", made.UID)), at))

	// A StatefulSet that an operator makes is the workload; the operator's object is its top.
	uid = custom(t, fleets, "Fleet", ns, "db", map[string]any{})
	sts := newStatefulSet(ns, "db")
	sts.ObjectMeta = controlled(sts.ObjectMeta, "walk.example.org/v1alpha1", "Fleet", "db", uid)
	sts.Spec.Replicas = ptr[int32](0)
	madeSet, err := cs.AppsV1().StatefulSets(ns).Create(t.Context(), sts, metav1.CreateOptions{})
	must(t, err)
	p := kill(newPod(controlled(meta(ns, "db-0"), "apps/v1", "StatefulSet", "db", madeSet.UID)), at)
	proxy := p.Spec.Containers[0]
	proxy.Name = "proxy"
	p.Spec.Containers = append(p.Spec.Containers, proxy)
	st := p.Status.ContainerStatuses[0]
	st.Name = "proxy"
	p.Status.ContainerStatuses = append(p.Status.ContainerStatuses, st)
	create(t, cs, p)

	store := data.NewStore(time.Now)
	must(t, connect(t, apiServer(t), kube.Options{Namespaces: []string{ns}}).List(t.Context(), store))
	s := store.Snapshot()
	w := find(s, "web-1-x", "app").Workload
	if w.Ref() != "rolling/web" || w.Replicas == nil || *w.Replicas != 4 || w.Top != "fleet/all" || w.Problem != "" ||
		!slices.Equal(w.Chain, []data.Text{"replicaset/web-1", "rolling/web", "fleet/all"}) || !slices.Equal(w.InTemplate, []data.Text{"app", "migrate"}) {
		t.Errorf("%+v", w)
	}
	w = find(s, "db-0", "app").Workload
	if w.Ref() != "statefulset/db" || w.Top != "fleet/db" || !slices.Equal(w.Chain, []data.Text{"statefulset/db", "fleet/db"}) {
		t.Errorf("%+v", w)
	}
	for container, want := range map[string]bool{"app": false, "proxy": true} {
		if injected, known := find(s, "db-0", container).Injected(); !known || injected != want {
			t.Errorf("%s: injected %v, known %v", container, injected, known)
		}
	}
}

func TestOwnersThatMayNotBeReadEndTheWalk(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	gvr := define(t, "secret.example.org", "v1", "Vault", "vaults")
	uid := custom(t, gvr, "Vault", ns, "v", map[string]any{})
	create(t, cs, kill(newPod(controlled(meta(ns, "direct"), "secret.example.org/v1", "Vault", "v", uid)), at))
	create(t, cs, kill(newPod(controlled(meta(ns, "nokind"), "gone.example.org/v1", "Ghost", "g", "u")), at))
	sts := newStatefulSet(ns, "s")
	sts.ObjectMeta = controlled(sts.ObjectMeta, "secret.example.org/v1", "Vault", "v", uid)
	sts.Spec.Replicas = ptr[int32](0)
	made, err := cs.AppsV1().StatefulSets(ns).Create(t.Context(), sts, metav1.CreateOptions{})
	must(t, err)
	create(t, cs, kill(newPod(controlled(meta(ns, "s-0"), "apps/v1", "StatefulSet", "s", made.UID)), at))
	user := "walker-" + ns
	grant(t, cs, ns, user, readPods, rule("", "events", "list"), rbacv1.PolicyRule{APIGroups: []string{"apps"}, Resources: []string{"statefulsets"}, Verbs: []string{"get"}})
	client := connect(t, as(apiServer(t), user), kube.Options{Namespaces: []string{ns}})
	checked(t, client, func(_ data.Cluster, err error) bool { return err == nil })
	store := data.NewStore(time.Now)
	must(t, client.List(t.Context(), store))
	s := store.Snapshot()
	for pod, want := range map[string]struct{ ref, top, problem data.Text }{
		"direct": {"vault/v", "", "cannot get Vault v"}, "nokind": {"ghost/g", "", ""}, "s-0": {"statefulset/s", "vault/v", ""},
	} {
		w := find(s, pod, "app").Workload
		if w.Ref() != want.ref || w.Top != want.top || !strings.HasPrefix(w.Problem.String(), want.problem.String()) || (want.problem == "") != (w.Problem == "") {
			t.Errorf("%s: %+v", pod, w)
		}
	}
}

// TestOwnersInARing holds that references that lead back do not keep the walk going.
func TestOwnersInARing(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	gvr := define(t, "ring.example.org", "v1", "Ring", "rings")
	uids := map[string]types.UID{}
	for _, name := range []string{"a", "b"} {
		uids[name] = custom(t, gvr, "Ring", ns, name, map[string]any{})
	}
	dyn, err := dynamic.NewForConfig(apiServer(t))
	must(t, err)
	for name, other := range map[string]string{"a": "b", "b": "a"} {
		u, err := dyn.Resource(gvr).Namespace(ns).Get(t.Context(), name, metav1.GetOptions{})
		must(t, err)
		u.SetOwnerReferences([]metav1.OwnerReference{{APIVersion: "ring.example.org/v1", Kind: "Ring", Name: other, UID: uids[other], Controller: ptr(true)}})
		_, err = dyn.Resource(gvr).Namespace(ns).Update(t.Context(), u, metav1.UpdateOptions{})
		must(t, err)
	}
	create(t, cs, kill(newPod(controlled(meta(ns, "p"), "ring.example.org/v1", "Ring", "a", uids["a"])), at))
	store := data.NewStore(time.Now)
	must(t, connect(t, apiServer(t), kube.Options{Namespaces: []string{ns}}).List(t.Context(), store))
	if w := find(store.Snapshot(), "p", "app").Workload; w.Ref() != "ring/a" || w.Top != "ring/b" || len(w.Chain) != 2 {
		t.Errorf("%+v", w)
	}
}
