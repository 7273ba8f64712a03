package kube

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
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

// TestHunksSayWhereTheyAre goes through the hunks of many random changes as patch does: their heads must lead to the
// lines that they show, in both texts, and what is between them is the same in both.
func TestHunksSayWhereTheyAre(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2000) {
		rnd := rand.New(rand.NewPCG(seed, 3))
		var a, b []string
		for i := range 60 {
			l := fmt.Sprintf("line %d", i/2) // each line stands there twice
			a = append(a, l)
			switch rnd.IntN(12) {
			case 0:
				b = append(b, "other "+l)
			case 1:
			case 2:
				b = append(b, l, "added")
			default:
				b = append(b, l)
			}
		}
		keyed := func(lines []string) (out []string) {
			for _, l := range lines {
				out = append(out, "above/"+pathEnd+l)
			}
			return out
		}
		if got, err := patched(a, unified(keyed(a), keyed(b))); err != nil || !slices.Equal(got, b) {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
	if same := unified([]string{"x", "y"}, []string{"x", "y"}); len(same) != 0 {
		t.Errorf("a diff of the same: %v", same)
	}
	head := unified([]string{pathEnd + "x"}, []string{pathEnd + "x", pathEnd + "y"})[0].Text
	if head != "@@ -1 +1,2 @@" {
		t.Errorf("the head is %q", head)
	}
}

// patched applies a diff to lines and checks its heads.
func patched(a []string, diff []data.DiffLine) (b []string, err error) {
	at := 0
	for _, l := range diff {
		text := l.Text.String()
		switch l.Kind {
		case data.DiffHunk:
			var was, is int
			if _, err := fmt.Sscanf(strings.ReplaceAll(text, ",", " +0"), "@@ -%d", &was); err != nil {
				return nil, fmt.Errorf("%s: %w", text, err)
			}
			_, after, _ := strings.Cut(text, " +")
			if _, err := fmt.Sscanf(after, "%d", &is); err != nil {
				return nil, fmt.Errorf("%s: %w", text, err)
			}
			before, _, _ := strings.Cut(text, " +")
			if strings.HasSuffix(before, ",0") {
				was++
			}
			if strings.HasSuffix(strings.TrimSuffix(after, " @@"), ",0") {
				is++
			}
			for ; at < was-1; at++ {
				b = append(b, a[at])
			}
			if at != was-1 || len(b) != is-1 {
				return nil, fmt.Errorf("%s stands at line %d and %d", text, at+1, len(b)+1)
			}
		case data.DiffAdd:
			b = append(b, text)
		case data.DiffSame, data.DiffRemove:
			if at >= len(a) || a[at] != text {
				return nil, fmt.Errorf("line %d is not %q", at+1, text)
			}
			if at++; l.Kind == data.DiffSame {
				b = append(b, text)
			}
		}
	}
	return append(b, a[at:]...), nil
}
