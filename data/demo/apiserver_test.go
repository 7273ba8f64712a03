package demo

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// resize returns a strategic merge patch of one container's memory in a template. Empty values are left out.
func resize(container, limit, request string, meta map[string]string) []byte {
	resources := map[string]any{}
	if limit != "" {
		resources["limits"] = map[string]string{"memory": limit}
	}
	if request != "" {
		resources["requests"] = map[string]string{"memory": request}
	}
	patch := map[string]any{"spec": map[string]any{"template": map[string]any{"spec": map[string]any{
		"containers": []any{map[string]any{"name": container, "resources": resources}},
	}}}}
	if meta != nil {
		patch["metadata"] = meta
	}
	b, err := json.Marshal(patch)
	if err != nil {
		panic(err)
	}
	return b
}

// dry are options of a dry run.
var dry = metav1.PatchOptions{DryRun: []string{metav1.DryRunAll}, FieldManager: "oomedic"}

// deployment gets a Deployment.
func deployment(t *testing.T, s *Sandbox, namespace, name string) *appsv1.Deployment {
	t.Helper()
	d, err := s.Clientset().AppsV1().Deployments(namespace).Get(t.Context(), name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// memoryLimit returns the limit of a template's first container.
func memoryLimit(t corev1.PodTemplateSpec) string {
	return t.Spec.Containers[0].Resources.Limits.Memory().String()
}

func TestDryRunStoresNothing(t *testing.T) {
	t.Parallel()
	s := start(t, short())
	before := deployment(t, s, "shop", "api-server")
	meta := map[string]string{"resourceVersion": before.ResourceVersion, "uid": string(before.UID)}
	would, err := s.Clientset().AppsV1().Deployments("shop").Patch(t.Context(), "api-server", types.StrategicMergePatchType, resize("api", "2Gi", "1Gi", meta), dry)
	if err != nil {
		t.Fatal(err)
	}
	if memoryLimit(would.Spec.Template) != "2Gi" || would.Generation != before.Generation+1 || would.ResourceVersion != before.ResourceVersion {
		t.Errorf("the dry run returned limit %s, generation %d, version %s", memoryLimit(would.Spec.Template), would.Generation, would.ResourceVersion)
	}
	if len(would.Spec.Template.Spec.Containers[0].Env) != 1 || would.Spec.Template.Spec.Containers[0].Image == "" {
		t.Error("the dry run lost the rest of the container")
	}
	s.Step(20 * time.Second)
	after := deployment(t, s, "shop", "api-server")
	if memoryLimit(after.Spec.Template) != "512Mi" || after.Generation != before.Generation {
		t.Errorf("a dry run was stored: limit %s, generation %d", memoryLimit(after.Spec.Template), after.Generation)
	}
	for _, p := range pods(t, s, "shop", "api-server") {
		if p.Labels["pod-template-hash"] != pods(t, s, "shop", "api-server")[0].Labels["pod-template-hash"] {
			t.Error("a dry run rolled pods")
		}
	}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{GenerateName: "try-"}, Spec: before.Spec.Template.Spec}
	made, err := s.Clientset().CoreV1().Pods("shop").Create(t.Context(), pod, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	if err != nil || made.UID == "" || !strings.HasPrefix(made.Name, "try-") {
		t.Errorf("dry create: %v, %v", made, err)
	}
	if _, err := s.Clientset().CoreV1().Pods("shop").Get(t.Context(), made.Name, metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("a pod of a dry run is there: %v", err)
	}
	if err := s.Clientset().AppsV1().Deployments("shop").Delete(t.Context(), "web", metav1.DeleteOptions{DryRun: []string{metav1.DryRunAll}}); err != nil {
		t.Error(err)
	}
	deployment(t, s, "shop", "web")
}

func TestPreconditions(t *testing.T) {
	t.Parallel()
	s := start(t, short())
	d := deployment(t, s, "shop", "web")
	good := map[string]string{"resourceVersion": d.ResourceVersion, "uid": string(d.UID)}
	for name, c := range map[string]struct {
		meta map[string]string
		says string
	}{
		"stale version":             {map[string]string{"resourceVersion": "7", "uid": string(d.UID)}, "the object has been modified; please apply your changes to the latest version and try again"},
		"other uid":                 {map[string]string{"resourceVersion": d.ResourceVersion, "uid": "not-it"}, "Precondition failed: UID in precondition: not-it"},
		"both good":                 {good, ""},
		"none":                      {nil, ""},
		"version good, uid omitted": {map[string]string{"resourceVersion": d.ResourceVersion}, ""},
	} {
		_, err := s.Clientset().AppsV1().Deployments("shop").Patch(t.Context(), "web", types.StrategicMergePatchType, resize("nginx", "130Mi", "", c.meta), dry)
		if c.says == "" && err != nil || c.says != "" && (!apierrors.IsConflict(err) || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	apply := metav1.PatchOptions{FieldManager: "oomedic"}
	first, err := s.Clientset().AppsV1().Deployments("shop").Patch(t.Context(), "web", types.StrategicMergePatchType, resize("nginx", "130Mi", "", good), apply)
	if err != nil || first.ResourceVersion == d.ResourceVersion || first.Generation != d.Generation+1 {
		t.Fatalf("the patch: %v, version %s, generation %d", err, first.ResourceVersion, first.Generation)
	}
	if _, err := s.Clientset().AppsV1().Deployments("shop").Patch(t.Context(), "web", types.StrategicMergePatchType, resize("nginx", "140Mi", "", good), apply); !apierrors.IsConflict(err) ||
		err.Error() != `Operation cannot be fulfilled on deployments.apps "web": `+conflictMessage {
		t.Errorf("the same version twice: %v", err)
	}
	same := map[string]string{"resourceVersion": first.ResourceVersion}
	again, err := s.Clientset().AppsV1().Deployments("shop").Patch(t.Context(), "web", types.StrategicMergePatchType, resize("nginx", "130Mi", "", same), apply)
	if err != nil || again.ResourceVersion != first.ResourceVersion {
		t.Errorf("a patch that changes nothing: %v, version %s", err, again.ResourceVersion)
	}
	d.Spec.Template.Spec.Containers[0].Image = "nginx:2"
	if _, err := s.Clientset().AppsV1().Deployments("shop").Update(t.Context(), d, metav1.UpdateOptions{}); !apierrors.IsConflict(err) {
		t.Errorf("a stale update: %v", err)
	}
}

func TestValidationAndAdmission(t *testing.T) {
	t.Parallel()
	s := start(t, short())
	for name, c := range map[string]struct {
		namespace, workload, container, limit, request string
		refused                                        bool
		says                                           string
	}{
		"request above limit": {"shop", "web", "nginx", "100Mi", "200Mi", true, "spec.template.spec.containers[0].resources.requests: Invalid value: \"200Mi\": must be less than or equal to memory limit of 100Mi"},
		"request at limit":    {"shop", "web", "nginx", "200Mi", "200Mi", false, ""},
		"negative":            {"shop", "web", "nginx", "-1Mi", "", true, "spec.template.spec.containers[0].resources.limits[memory]: Invalid value: \"-1Mi\": must be greater than or equal to 0"},
		"above the ceiling":   {"payments", "ledger", "ledger", "3Gi", "", true, "ValidatingAdmissionPolicy 'memory-ceiling' with binding 'memory-ceiling-payments' denied request"},
		"at the ceiling":      {"payments", "ledger", "ledger", "2Gi", "", false, ""},
		"no ceiling here":     {"shop", "search", "search", "3Gi", "", false, ""},
	} {
		for _, o := range []metav1.PatchOptions{dry, {}} {
			_, err := s.Clientset().AppsV1().Deployments(c.namespace).Patch(t.Context(), c.workload, types.StrategicMergePatchType, resize(c.container, c.limit, c.request, nil), o)
			if c.refused != apierrors.IsInvalid(err) || c.refused && !strings.Contains(err.Error(), c.says) || !c.refused && err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	spec := deployment(t, s, "payments", "ledger").Spec.Template.Spec
	spec.Containers[0].Resources = memory(3<<30, 1<<30)
	_, err := s.Clientset().CoreV1().Pods("payments").Create(t.Context(), &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "big"}, Spec: spec}, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	if !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), "maximum memory usage per Container is 2Gi, but limit is 3Gi") {
		t.Errorf("a pod above the LimitRange: %v", err)
	}
	if _, err := s.Clientset().AppsV1().Deployments("shop").Patch(t.Context(), "absent", types.StrategicMergePatchType, resize("x", "1Gi", "", nil), dry); !apierrors.IsNotFound(err) {
		t.Errorf("a patch of nothing: %v", err)
	}
	if _, err := s.Clientset().AppsV1().Deployments("shop").Patch(t.Context(), "web", types.StrategicMergePatchType, []byte(`{"spec":`), dry); !apierrors.IsBadRequest(err) {
		t.Errorf("a broken patch: %v", err)
	}
}

func TestPodsAreResizedInPlaceOnly(t *testing.T) {
	t.Parallel()
	s := start(t, short())
	p := pods(t, s, "shop", "catalog-cache")[0]
	patch := []byte(`{"spec":{"containers":[{"name":"redis","resources":{"limits":{"memory":"1536Mi"}}}]}}`)
	if _, err := s.Clientset().CoreV1().Pods("shop").Patch(t.Context(), p.Name, types.StrategicMergePatchType, patch, metav1.PatchOptions{}); !apierrors.IsInvalid(err) {
		t.Errorf("a pod's spec was changed: %v", err)
	}
	if _, err := s.Clientset().CoreV1().Pods("shop").Patch(t.Context(), p.Name, types.StrategicMergePatchType, patch, metav1.PatchOptions{}, "resize"); err != nil {
		t.Fatal(err)
	}
	s.Step(2 * time.Second)
	now := pods(t, s, "shop", "catalog-cache")[0]
	if now.UID != p.UID || now.Status.ContainerStatuses[0].RestartCount != p.Status.ContainerStatuses[0].RestartCount {
		t.Error("the resize replaced or restarted the pod")
	}
	if got := now.Status.ContainerStatuses[0].Resources.Limits.Memory().String(); got != "1536Mi" {
		t.Errorf("the kubelet reports %s", got)
	}
}

func TestRightsAndVersion(t *testing.T) {
	t.Parallel()
	s := readOnly(t)
	r, err := s.Clientset().AuthorizationV1().SelfSubjectAccessReviews().Create(t.Context(), &authorizationv1.SelfSubjectAccessReview{}, metav1.CreateOptions{})
	if err != nil || !r.Status.Allowed {
		t.Errorf("%v, %v", r, err)
	}
	v, err := s.Clientset().Discovery().ServerVersion()
	if err != nil || v.GitVersion != "v1.37.2" {
		t.Errorf("%v, %v", v, err)
	}
	list, err := s.Clientset().Discovery().ServerResourcesForGroupVersion("apps/v1")
	if err != nil || len(list.APIResources) != 4 {
		t.Errorf("%v, %v", list, err)
	}
	e, err := s.Clientset().CoreV1().Events("shop").List(t.Context(), metav1.ListOptions{FieldSelector: "involvedObject.kind=Pod,reason=Killing"})
	if err != nil || len(e.Items) != 1 || !strings.Contains(e.Items[0].Message, "failed liveness probe") {
		t.Errorf("%v, %v", e, err)
	}
	if _, err := s.Clientset().CoreV1().Pods("shop").GetLogs("x", &corev1.PodLogOptions{}).DoRaw(t.Context()); err == nil {
		t.Error("there are logs")
	}
	owner := pods(t, s, "shop", "api-server")[0].OwnerReferences[0]
	rs, err := s.Clientset().AppsV1().ReplicaSets("shop").Get(t.Context(), owner.Name, metav1.GetOptions{})
	if err != nil || rs.UID != owner.UID || rs.OwnerReferences[0].UID != deployment(t, s, "shop", "api-server").UID {
		t.Errorf("the owners of a pod do not lead to its Deployment: %v", err)
	}
	job := pods(t, s, "data", "nightly-report")[0].OwnerReferences[0]
	j, err := s.Clientset().BatchV1().Jobs("data").Get(t.Context(), job.Name, metav1.GetOptions{})
	if err != nil || fmt.Sprint(j.OwnerReferences[0].Kind, j.OwnerReferences[0].Name) != "CronJobnightly-report" {
		t.Errorf("the owners of a Job's pod: %v", err)
	}
}
