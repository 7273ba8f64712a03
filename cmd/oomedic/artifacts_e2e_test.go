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

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/yaml"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// vpaModule has the CRD of the VerticalPodAutoscaler.
const vpaModule = "k8s.io/autoscaler/vertical-pod-autoscaler@v1.8.1"

// TestArtifactsWithPromtool holds every rule file to promtool.
func TestArtifactsWithPromtool(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed")
	}
	for class, d := range sandbox(t).byCause {
		for _, a := range analysis.Artifacts(d) {
			if a.Kind != analysis.ArtifactPlainRules {
				continue
			}
			file := filepath.Join(t.TempDir(), "rules.yaml")
			if err := os.WriteFile(file, []byte(data.JoinLines(a.Lines).String()), 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command(promtool, "check", "rules", file).CombinedOutput(); err != nil || !strings.Contains(string(out), "SUCCESS") {
				t.Errorf("%s: %v\n%s", class, err, out)
			}
		}
	}
}

// resources are the artifacts that are objects of the API, with where they go.
var resources = map[analysis.ArtifactKind]schema.GroupVersionResource{
	analysis.ArtifactHPA:        {Group: "autoscaling", Version: "v2", Resource: "horizontalpodautoscalers"},
	analysis.ArtifactLimitRange: {Version: "v1", Resource: "limitranges"},
	analysis.ArtifactVPA:        {Group: "autoscaling.k8s.io", Version: "v1", Resource: "verticalpodautoscalers"},
}

// TestArtifactsOnAServer tries every object of every cause as a strict dry run on a real API server.
func TestArtifactsOnAServer(t *testing.T) {
	if os.Getenv("KUBEBUILDER_ASSETS") == "" {
		t.Skip("KUBEBUILDER_ASSETS is not set: run make e2e, which builds the API server first")
	}
	env := &envtest.Environment{
		ControlPlaneStartTimeout: 3 * time.Minute, ControlPlaneStopTimeout: time.Minute,
		CRDDirectoryPaths: []string{filepath.Join(moduleDir(t, vpaModule), "deploy", "vpa-v1-crd-gen.yaml")}, ErrorIfCRDPathMissing: true,
	}
	cfg, err := env.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = env.Stop() })
	cs, dyn := kubernetes.NewForConfigOrDie(cfg), dynamic.NewForConfigOrDie(cfg)
	tried := map[analysis.ArtifactKind]int{}
	for class, d := range sandbox(t).byCause {
		ns := d.Container.Key.Namespace.String()
		_, _ = cs.CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: ns}}, metav1.CreateOptions{})
		for _, a := range analysis.Artifacts(d) {
			gvr, ok := resources[a.Kind]
			if !ok || a.Missing != "" {
				continue
			}
			var object map[string]any
			if err := yaml.Unmarshal([]byte(data.JoinLines(a.Lines).String()), &object); err != nil {
				t.Fatal(err)
			}
			_, err := dyn.Resource(gvr).Namespace(ns).Create(t.Context(), &unstructured.Unstructured{Object: object},
				metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict})
			if err != nil {
				t.Errorf("%s, %s: %v", class, a.Kind, err)
			}
			tried[a.Kind]++
		}
	}
	for kind := range resources {
		if tried[kind] == 0 {
			t.Errorf("no %s was tried", kind)
		}
	}
	t.Logf("tried %v", tried)
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
