package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	"sigs.k8s.io/yaml"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// situation is one file of testdata/verdicts: what the API server says, and what it means. The recorded ones were taken
// from a kubelet; the others are written after the sources of the kubelet and the runtimes.
type situation struct {
	About    string         `json:"about"`
	Recorded bool           `json:"recorded"`
	Near     *float64       `json:"near"` // share of the limit that memory reached, when samples are there
	Pod      corev1.Pod     `json:"pod"`
	Events   []corev1.Event `json:"events"`
	Node     corev1.Node    `json:"node"`
	Want     struct {
		Container string         `json:"container"`
		Unlisted  bool           `json:"unlisted"` // true for what is not even looked at
		OOMKilled bool           `json:"oomKilled"`
		Scope     analysis.Scope `json:"scope"`
		Label     string         `json:"label"`
		Why       string         `json:"why"`     // part of the sentence
		AtLeast   float64        `json:"atLeast"` // confidence; 0 is any
		AtMost    float64        `json:"atMost"`
	} `json:"want"`
}

// lookedAt is a few minutes after the ends of all situations, while their events are still there.
var lookedAt = time.Date(2026, 11, 23, 15, 5, 0, 0, time.UTC)

// TestVerdicts takes each situation through the door to the API server and the judgement.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/verdicts/*.yaml")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d situations, %v", len(files), err)
	}
	naive := 0
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var s situation
		if err := yaml.UnmarshalStrict(raw, &s); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if byExitCode(&s) == s.Want.OOMKilled {
			naive++
		}
		t.Run(strings.TrimSuffix(filepath.Base(name), ".yaml"), func(t *testing.T) {
			t.Parallel()
			s.check(t)
		})
	}
	t.Logf("exit code 137 in lastState of containers alone is right in %d of %d", naive, len(files))
}

// byExitCode is the usual shortcut, for comparison.
func byExitCode(s *situation) bool {
	for _, c := range s.Pod.Status.ContainerStatuses {
		if end := c.LastTerminationState.Terminated; end != nil && end.ExitCode == 137 {
			return true
		}
	}
	return false
}

func (s *situation) check(t *testing.T) {
	objects := []runtime.Object{&s.Pod, &s.Node}
	for i := range s.Events {
		objects = append(objects, &s.Events[i])
	}
	clock := func() time.Time { return lookedAt }
	client := kube.NewFor(fake.NewClientset(objects...), "", kube.Options{Now: clock})
	store := data.NewStore(clock)
	if err := client.List(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	snap := store.Snapshot()
	for _, c := range snap.Containers {
		if c.Key.Container.String() != s.Want.Container {
			continue
		}
		if s.Want.Unlisted {
			t.Errorf("%s: it is listed", s.About)
		}
		ov := data.Overview{}
		if s.Near != nil && c.Resources.Limit != nil {
			peak := *s.Near * float64(*c.Resources.Limit)
			ov.Peak = &peak
		}
		s.compare(t, analysis.NewCase(*c, ov, lookedAt).Confirmation)
		return
	}
	if s.Want.Unlisted {
		return
	}
	t.Fatalf("container %s is not among the %d suspects; gaps %v", s.Want.Container, len(snap.Containers), snap.Gaps)
}

func (s *situation) compare(t *testing.T, v analysis.Confirmation) {
	w := s.Want
	if v.OOMKilled != w.OOMKilled || v.Scope != w.Scope || v.Label.String() != w.Label || !strings.Contains(v.Why.String(), w.Why) {
		t.Errorf("%s:\n got %v %s %q %q\nwant %v %s %q …%q…", s.About, v.OOMKilled, v.Scope, v.Label, v.Why, w.OOMKilled, w.Scope, w.Label, w.Why)
	}
	if v.Confidence < w.AtLeast || (w.AtMost > 0 && v.Confidence > w.AtMost) || v.Confidence > 0.99 {
		t.Errorf("%s: confidence %v, want %v to %v", s.About, v.Confidence, w.AtLeast, w.AtMost)
	}
	for _, e := range append(append([]analysis.Evidence(nil), v.Evidence...), v.Against...) {
		if e.Says == "" || e.From == "" {
			t.Errorf("%s: evidence without a source: %+v", s.About, e)
		}
	}
}
