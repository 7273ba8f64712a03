//go:build e2e

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/yaml"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// The modules that have the CRDs of objects that are made, with the files in them.
const (
	vpaModule      = "k8s.io/autoscaler/vertical-pod-autoscaler@v1.8.1"
	vpaCRD         = "deploy/vpa-v1-crd-gen.yaml"
	operatorModule = "github.com/prometheus-operator/prometheus-operator@v0.85.0"
	operatorCRD    = "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml"
)

// TestArtifactsWithPromtool holds every rule file to promtool.
func TestArtifactsWithPromtool(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed")
	}
	for _, d := range append(sandbox(t).all, oddlyNamed(t)...) {
		for _, a := range analysis.Artifacts(d) {
			if a.Kind != analysis.ArtifactPlainRules {
				continue
			}
			file := filepath.Join(t.TempDir(), "rules.yaml")
			if err := os.WriteFile(file, []byte(data.JoinLines(a.Lines).String()), 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command(promtool, "check", "rules", file).CombinedOutput(); err != nil || !strings.Contains(string(out), "SUCCESS") {
				t.Errorf("%s: %v\n%s", d.Container.Key, err, out)
			}
		}
	}
}

// resources are the artifacts that are objects of the API, with where they go.
var resources = map[analysis.ArtifactKind]schema.GroupVersionResource{
	analysis.ArtifactRules:      {Group: "monitoring.coreos.com", Version: "v1", Resource: "prometheusrules"},
	analysis.ArtifactHPA:        {Group: "autoscaling", Version: "v2", Resource: "horizontalpodautoscalers"},
	analysis.ArtifactLimitRange: {Version: "v1", Resource: "limitranges"},
	analysis.ArtifactVPA:        {Group: "autoscaling.k8s.io", Version: "v1", Resource: "verticalpodautoscalers"},
}

// workloads are the kinds that the sandbox has, with where they go.
var workloads = map[data.Text]schema.GroupVersionResource{
	"Deployment":  {Group: "apps", Version: "v1", Resource: "deployments"},
	"StatefulSet": {Group: "apps", Version: "v1", Resource: "statefulsets"},
	"DaemonSet":   {Group: "apps", Version: "v1", Resource: "daemonsets"},
	"CronJob":     {Group: "batch", Version: "v1", Resource: "cronjobs"},
}

// artifactServer is a real API server with the CRDs of the Prometheus Operator and the VerticalPodAutoscaler, and what
// was tried on it.
type artifactServer struct {
	objects dynamic.Interface
	made    map[string]bool // namespaces and workloads
	tried   map[analysis.ArtifactKind]int
}

// TestArtifactsOnAServer tries what is made for every container that was killed in the sandbox on a real API server, by
// strict dry runs: objects of all kinds, and patches of the sandbox's own workloads.
func TestArtifactsOnAServer(t *testing.T) {
	if os.Getenv("KUBEBUILDER_ASSETS") == "" {
		t.Skip("KUBEBUILDER_ASSETS is not set: run make e2e, which builds the API server first")
	}
	env := &envtest.Environment{
		ControlPlaneStartTimeout: 3 * time.Minute, ControlPlaneStopTimeout: time.Minute,
		CRDDirectoryPaths:     []string{filepath.Join(moduleDir(t, vpaModule), vpaCRD), filepath.Join(moduleDir(t, operatorModule), operatorCRD)},
		ErrorIfCRDPathMissing: true,
	}
	cfg, err := env.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = env.Stop() })
	s := &artifactServer{objects: dynamic.NewForConfigOrDie(cfg), made: map[string]bool{}, tried: map[analysis.ArtifactKind]int{}}
	box := sandbox(t)
	for _, d := range box.all {
		s.copyWorkload(t, box.cluster, d.Container.Workload)
		s.try(t, d)
	}
	for _, d := range oddlyNamed(t) {
		s.namespace(t, d.Container.Key.Namespace.String())
		s.try(t, d)
	}
	for _, kind := range []analysis.ArtifactKind{analysis.ArtifactRules, analysis.ArtifactHPA, analysis.ArtifactVPA, analysis.ArtifactLimitRange, analysis.ArtifactPatch, analysis.ArtifactSettings} {
		if s.tried[kind] == 0 {
			t.Errorf("no %s was tried", kind)
		}
	}
	t.Logf("of %d containers tried %v", len(box.all), s.tried)
}

// refusesWrongRules makes sure that the dry run holds rules to the operator's CRD: what is wrong is refused.
func (s *artifactServer) refusesWrongRules(t *testing.T, object map[string]any, ns string) {
	t.Helper()
	groups, _, _ := unstructured.NestedSlice(object, "spec", "groups")
	rule := groups[0].(map[string]any)["rules"].([]any)[0].(map[string]any)
	for field, wrong := range map[string]any{"for": "ten minutes", "labels": "warning", "severity": "critical", "expr": nil} {
		bad := runtime.DeepCopyJSON(object)
		changed := runtime.DeepCopyJSON(rule)
		if changed[field] = wrong; wrong == nil {
			delete(changed, field)
		}
		_ = unstructured.SetNestedSlice(bad, []any{map[string]any{"name": "a", "rules": []any{changed}}}, "spec", "groups")
		if s.dryRun(t, analysis.ArtifactRules, bad, ns) == nil {
			t.Errorf("a rule with %s %v is taken", field, wrong)
		}
	}
}

func (s *artifactServer) dryRun(t *testing.T, kind analysis.ArtifactKind, object map[string]any, ns string) error {
	t.Helper()
	_, err := s.objects.Resource(resources[kind]).Namespace(ns).Create(t.Context(), &unstructured.Unstructured{Object: object},
		metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict})
	return err
}

// try sends what was made for one container: objects are created, patches applied to the workload, all as a dry run.
func (s *artifactServer) try(t *testing.T, d *analysis.Diagnosis) {
	t.Helper()
	ns, w := d.Container.Key.Namespace.String(), d.Container.Workload
	for _, a := range analysis.Artifacts(d) {
		if a.Missing != "" || !a.YAML() {
			continue
		}
		text := []byte(data.JoinLines(a.Lines).String())
		var object map[string]any
		if err := yaml.UnmarshalStrict(text, &object); err != nil {
			t.Fatalf("%s, %s: %v\n%s", d.Container.Key, a.Kind, err, text)
		}
		switch _, creatable := resources[a.Kind]; {
		case creatable:
			if err := s.dryRun(t, a.Kind, object, ns); err != nil {
				t.Errorf("%s, %s: %v\n%s", d.Container.Key, a.Kind, err, text)
			}
			if a.Kind == analysis.ArtifactRules && s.tried[a.Kind] == 0 {
				s.refusesWrongRules(t, object, ns)
			}
		case strings.HasPrefix(a.Apply.String(), "kubectl patch") && s.made[ns+"/"+w.Ref().String()]:
			patch, err := yaml.YAMLToJSON(text)
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.objects.Resource(workloads[w.Kind]).Namespace(ns).Patch(t.Context(), w.Name.String(), types.StrategicMergePatchType, patch,
				metav1.PatchOptions{DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict})
			if err != nil {
				t.Errorf("%s, %s: %v\n%s", d.Container.Key, a.Kind, err, text)
			}
		default:
			continue
		}
		s.tried[a.Kind]++
	}
}

// namespace makes a namespace once.
func (s *artifactServer) namespace(t *testing.T, name string) {
	t.Helper()
	if s.made[name] {
		return
	}
	s.made[name] = true
	if name == "default" {
		return
	}
	ns := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name}}}
	if _, err := s.objects.Resource(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}).Create(t.Context(), ns, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

// copyWorkload makes a workload of the sandbox on the server, as it is there.
func (s *artifactServer) copyWorkload(t *testing.T, from kubernetes.Interface, w data.Workload) {
	t.Helper()
	ns, name := w.Namespace.String(), w.Name.String()
	s.namespace(t, ns)
	gvr, ok := workloads[w.Kind]
	if !ok || s.made[ns+"/"+w.Ref().String()] {
		return
	}
	var found any
	var err error
	switch w.Kind {
	case "Deployment":
		found, err = from.AppsV1().Deployments(ns).Get(t.Context(), name, metav1.GetOptions{})
	case "StatefulSet":
		found, err = from.AppsV1().StatefulSets(ns).Get(t.Context(), name, metav1.GetOptions{})
	case "DaemonSet":
		found, err = from.AppsV1().DaemonSets(ns).Get(t.Context(), name, metav1.GetOptions{})
	case "CronJob":
		found, err = from.BatchV1().CronJobs(ns).Get(t.Context(), name, metav1.GetOptions{})
	}
	if err != nil {
		t.Fatal(err)
	}
	object, err := runtime.DefaultUnstructuredConverter.ToUnstructured(found)
	if err != nil {
		t.Fatal(err)
	}
	u := &unstructured.Unstructured{Object: object}
	u.SetGroupVersionKind(gvr.GroupVersion().WithKind(w.Kind.String()))
	u.SetResourceVersion("")
	u.SetUID("")
	unstructured.RemoveNestedField(u.Object, "status")
	if _, err := s.objects.Resource(gvr).Namespace(ns).Create(t.Context(), u, metav1.CreateOptions{}); err != nil {
		t.Fatalf("%s of the sandbox is no object that a real server takes: %v", w.Ref(), err)
	}
	s.made[ns+"/"+w.Ref().String()] = true
}

// moduleDir is where a module of the Go proxy lies once it was downloaded.
func moduleDir(t *testing.T, module string) string {
	t.Helper()
	out, err := exec.Command("go", "mod", "download", "-json", module).Output()
	var m struct{ Dir string }
	if err != nil || json.Unmarshal(out, &m) != nil || m.Dir == "" {
		t.Skipf("%s cannot be had: %v", module, err)
	}
	return m.Dir
}
