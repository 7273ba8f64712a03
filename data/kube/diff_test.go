package kube

import (
	"reflect"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/oomedic/oomedic/data"
)

// TestDiffLeavesItsObjectsAlone holds that a diff, which hides fields, does not take them out of the objects: others
// read them at the same time, and a patch is made from them.
func TestDiffLeavesItsObjectsAlone(t *testing.T) {
	t.Parallel()
	object := func(memory string) *unstructured.Unstructured {
		return &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "example.com/v1", "kind": "Cache", "status": map[string]any{"ready": true},
			"metadata": map[string]any{"name": "c", "resourceVersion": "7", "uid": "u", "annotations": map[string]any{lastApplied: "{}"}},
			"spec":     map[string]any{"resources": map[string]any{"limits": map[string]any{"memory": memory}}},
		}}
	}
	before, after := object("512Mi"), object("768Mi")
	lines, err := diff(before, after)
	if err != nil {
		t.Fatal(err)
	}
	var signs []data.DiffKind
	for _, l := range lines {
		if l.Kind == data.DiffAdd || l.Kind == data.DiffRemove {
			signs = append(signs, l.Kind)
		}
	}
	if len(signs) != 2 {
		t.Errorf("%d changed lines, want one taken away and one added: %v", len(signs), lines)
	}
	if !reflect.DeepEqual(before, object("512Mi")) || !reflect.DeepEqual(after, object("768Mi")) {
		t.Errorf("the objects were changed: %v, %v", before, after)
	}
}
