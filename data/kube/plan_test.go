package kube_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// planned plans 768Mi for the container "app" of an object. The fake clientset stores what it should only try, which
// does not matter to what is looked at here; that a dry run stores nothing is tested on a real server.
func planned(t *testing.T, kind string, obj runtime.Object, limit, request *int64) (*data.Plan, error) {
	t.Helper()
	c := kube.NewFor(fake.NewClientset(obj), "", kube.Options{})
	return c.Plan(t.Context(), data.Change{Workload: workload(kind, "shop", "x"), Container: "app", Limit: limit, Request: request})
}

func TestPlanOfEachKind(t *testing.T) {
	t.Parallel()
	agent := newDaemonSet("shop", "x")
	agent.Status.DesiredNumberScheduled = 5
	for _, c := range []struct {
		kind             string
		obj              runtime.Object
		effect           data.Text
		command, patched string
	}{
		{"Deployment", newDeployment("shop", "x"), "rolls out to 3 pods", "deployment/x", `"spec":{"template":{"spec":{"containers":[{"name":"app"`},
		{"StatefulSet", newStatefulSet("shop", "x"), "rolls out to 2 pods, one after the other from the highest number", "statefulset/x", `"spec":{"template":`},
		{"DaemonSet", agent, "rolls out to 5 pods, node by node", "daemonset/x", `"spec":{"template":`},
		{"CronJob", newCronJob("shop", "x"), "from the next run on", "cronjob/x", `"spec":{"jobTemplate":{"spec":{"template":`},
	} {
		p, err := planned(t, c.kind, c.obj, bytes(768*data.Mi), nil)
		must(t, err)
		if p.Effect != c.effect {
			t.Errorf("%s: effect %q, want %q", c.kind, p.Effect, c.effect)
		}
		if want := data.Text("kubectl set resources " + c.command + " -n shop -c app --limits=memory=768Mi"); p.Command != want {
			t.Errorf("%s: %s, want %s", c.kind, p.Command, want)
		}
		if !strings.Contains(string(p.Patch), c.patched) || strings.Contains(string(p.Patch), "requests") || strings.Contains(string(p.Patch), "cpu") {
			t.Errorf("%s: patch %s", c.kind, p.Patch)
		}
		if *p.Before.Limit != 512*data.Mi || *p.After.Limit != 768*data.Mi || *p.After.Request != 256*data.Mi || p.PatchType != "application/strategic-merge-patch+json" {
			t.Errorf("%s: %+v → %+v by %s", c.kind, p.Before, p.After, p.PatchType)
		}
	}
}

func TestDiff(t *testing.T) {
	t.Parallel()
	d := newDeployment("shop", "x")
	d.Annotations = map[string]string{"kubectl.kubernetes.io/last-applied-configuration": "hunter2", "a": "b"}
	p, err := planned(t, "Deployment", d, bytes(768*data.Mi), bytes(512*data.Mi))
	must(t, err)
	var lines []string
	for _, l := range p.Diff {
		lines = append(lines, string(l.Kind)+l.Text.String())
	}
	want := []string{
		"@@@ -25,9 +25,9 @@",
		"         name: app",
		"         resources:",
		"           limits:",
		"-            memory: 512Mi",
		"+            memory: 768Mi",
		"           requests:",
		"-            memory: 256Mi",
		"+            memory: 512Mi",
		"       initContainers:",
		"       - image: img",
		"         name: migrate",
	}
	if len(lines) > 0 && len(want) > 0 && strings.HasPrefix(lines[0], "@@@") {
		want[0] = lines[0] // the numbers follow from the rest
	}
	if !slices.Equal(lines, want) {
		t.Errorf("diff:\n%s\nwant:\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	if strings.Contains(strings.Join(lines, ""), "hunter2") {
		t.Error("the diff shows a value of the environment")
	}
}

func TestPlanRefusesWhatItCannotChange(t *testing.T) {
	t.Parallel()
	c := kube.NewFor(fake.NewClientset(newDeployment("shop", "x")), "", kube.Options{})
	for _, tc := range []struct {
		kind, container string
		ck              data.ContainerKind
		problem         data.Text
		want            error
		says            string
	}{
		{"Pod", "app", "", "", data.ErrUnsupported, "has no controller"},
		{"ReplicaSet", "app", "", "cannot get replicasets", data.ErrUnsupported, "(cannot get replicasets)"},
		{"Cluster", "app", "", "", data.ErrUnsupported, "kubectl edit cluster/x -n shop"},
		{"", "app", "", "", data.ErrUnsupported, "not known yet"},
		{"Deployment", "istio-proxy", data.RegularContainer, "", data.ErrUnsupported, "not in the template of deployment/x"},
		{"Deployment", "debug", data.EphemeralContainer, "", data.ErrUnsupported, "ephemeral"},
		{"StatefulSet", "app", "", "", data.ErrNotFound, "get statefulsets x in namespace shop: it does not exist"},
	} {
		w := workload(tc.kind, "shop", "x")
		w.Problem = tc.problem
		_, err := c.Plan(t.Context(), data.Change{Workload: w, Container: data.Text(tc.container), Kind: tc.ck, Limit: bytes(data.Gi)})
		if !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s %s: %v, want %v that says %q", tc.kind, tc.container, err, tc.want, tc.says)
		}
	}
}

func TestPlanWithoutAChange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		limit, request *int64
		want           error
	}{
		{bytes(512 * data.Mi), nil, data.ErrNoChange},
		{bytes(512 * data.Mi), bytes(256 * data.Mi), data.ErrNoChange},
		{nil, nil, data.ErrNoChange},
		{bytes(512 * data.Mi), bytes(300 * data.Mi), nil},
		{bytes(513 * data.Mi), nil, nil},
	} {
		if _, err := planned(t, "Deployment", newDeployment("shop", "x"), c.limit, c.request); !errors.Is(err, c.want) {
			t.Errorf("%v %v: %v, want %v", c.limit, c.request, err, c.want)
		}
	}
}

func TestEffectsAndCaveats(t *testing.T) {
	t.Parallel()
	deployment := func(change func(*appsv1.Deployment)) runtime.Object {
		d := newDeployment("shop", "x")
		change(d)
		return d
	}
	statefulSet := func(change func(*appsv1.StatefulSet)) runtime.Object {
		s := newStatefulSet("shop", "x")
		s.Status.ReadyReplicas = 2
		change(s)
		return s
	}
	guaranteed := func(d *appsv1.Deployment) {
		d.Spec.Template.Spec.InitContainers = nil
		r := requirements("512Mi", "512Mi")
		r.Limits[corev1.ResourceCPU], r.Requests[corev1.ResourceCPU] = resource.MustParse("1"), resource.MustParse("1")
		d.Spec.Template.Spec.Containers[0].Resources = r
	}
	both := [2]*int64{bytes(768 * data.Mi), bytes(768 * data.Mi)}
	limit := [2]*int64{bytes(768 * data.Mi), nil}
	for _, c := range []struct {
		name, kind string
		obj        runtime.Object
		to         [2]*int64
		effect     string
		warns      string // empty: no warning at all; "by TOOL": none but that the tool manages it
	}{
		{"plain", "Deployment", deployment(func(*appsv1.Deployment) {}), limit, "rolls out to 3 pods", ""},
		{"one pod", "Deployment", deployment(func(d *appsv1.Deployment) { d.Spec.Replicas = nil }), limit, "rolls out to 1 pod", ""},
		{"paused", "Deployment", deployment(func(d *appsv1.Deployment) { d.Spec.Paused = true }), limit, "when the rollout is resumed", "kubectl rollout resume deployment/x -n shop"},
		{"scaled to zero", "Deployment", deployment(func(d *appsv1.Deployment) { d.Spec.Replicas = ptr[int32](0) }), limit, "when it is scaled up", ""},
		{"recreate", "Deployment", deployment(func(d *appsv1.Deployment) { d.Spec.Strategy.Type = appsv1.RecreateDeploymentStrategyType }), limit, "ends all 3 pods at once", ""},
		{"no request", "Deployment", deployment(func(d *appsv1.Deployment) {
			delete(d.Spec.Template.Spec.Containers[0].Resources.Requests, corev1.ResourceMemory)
		}), limit, "", "takes the limit of 768Mi as the request"},
		{"leaves Guaranteed", "Deployment", deployment(guaranteed), limit, "", "from Guaranteed to Burstable: to stay Guaranteed"},
		{"stays Guaranteed", "Deployment", deployment(guaranteed), both, "", ""},
		{"Helm", "Deployment", deployment(func(d *appsv1.Deployment) { d.Annotations = map[string]string{"meta.helm.sh/release-name": "shop"} }), limit, "", "by Helm"},
		{"Argo CD", "Deployment", deployment(func(d *appsv1.Deployment) {
			d.Annotations = map[string]string{"argocd.argoproj.io/tracking-id": "app:apps/Deployment:shop/x"}
		}), limit, "", "by Argo CD"},
		{"Flux", "Deployment", deployment(func(d *appsv1.Deployment) { d.Labels = map[string]string{"kustomize.toolkit.fluxcd.io/name": "apps"} }), limit, "", "by Flux"},
		{"kubectl apply", "Deployment", deployment(func(d *appsv1.Deployment) {
			d.Annotations = map[string]string{"kubectl.kubernetes.io/last-applied-configuration": "{}"}
		}), limit, "", "by kubectl apply"},
		{"on delete", "StatefulSet", statefulSet(func(s *appsv1.StatefulSet) { s.Spec.UpdateStrategy.Type = appsv1.OnDeleteStatefulSetStrategyType }), limit, "when somebody deletes it", ""},
		{"partition", "StatefulSet", statefulSet(func(s *appsv1.StatefulSet) {
			s.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{Partition: ptr[int32](1)}
		}), limit, "rolls out to 1 pod", "pods below number 1 keep"},
		{"not ready", "StatefulSet", statefulSet(func(s *appsv1.StatefulSet) { s.Status.ReadyReplicas = 1 }), limit, "", "1 of 2 pods not ready"},
		{"not ready, in parallel", "StatefulSet", statefulSet(func(s *appsv1.StatefulSet) {
			s.Status.ReadyReplicas, s.Spec.PodManagementPolicy = 1, appsv1.ParallelPodManagement
		}), limit, "", ""},
		{"on delete", "DaemonSet", func() runtime.Object {
			d := newDaemonSet("shop", "x")
			d.Spec.UpdateStrategy.Type = appsv1.OnDeleteDaemonSetStrategyType
			return d
		}(), limit, "when somebody deletes it", ""},
		{"suspended", "CronJob", func() runtime.Object {
			c := newCronJob("shop", "x")
			c.Spec.Suspend = ptr(true)
			return c
		}(), limit, "from the next run on", "suspended"},
	} {
		p, err := planned(t, c.kind, c.obj, c.to[0], c.to[1])
		must(t, err)
		if !strings.Contains(p.Effect.String(), c.effect) {
			t.Errorf("%s %s: effect %q, want %q", c.kind, c.name, p.Effect, c.effect)
		}
		if tool, managed := strings.CutPrefix(c.warns, "by "); managed { // said once, by who manages it
			if len(p.Warnings) != 0 || len(p.ManagedBy) != 1 || p.ManagedBy[0].Tool.String() != tool {
				t.Errorf("%s %s: managed by %+v, warnings %q", c.kind, c.name, p.ManagedBy, p.Warnings)
			}
			continue
		}
		if (c.warns == "") != (len(p.Warnings) == 0) || c.warns != "" && !slices.ContainsFunc(p.Warnings, func(w data.Text) bool { return strings.Contains(w.String(), c.warns) }) {
			t.Errorf("%s %s: warnings %q, want %q", c.kind, c.name, p.Warnings, c.warns)
		}
	}
}

func TestPlanShowsTheServersValues(t *testing.T) {
	t.Parallel()
	l := newLine()
	client := against(t, kube.Options{}, l.ServeHTTP) // stores 768Mi whatever is asked for
	p, err := client.Plan(t.Context(), data.Change{Workload: workload("Deployment", "shop", "api"), Container: "app", Limit: bytes(data.Gi)})
	must(t, err)
	if *p.After.Limit != 768*data.Mi || len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0].String(), "other values than asked for") {
		t.Errorf("after %d, warnings %q", *p.After.Limit, p.Warnings)
	}
}
