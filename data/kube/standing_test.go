package kube_test

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/journal"
	"github.com/oomedic/oomedic/data/kube"
)

// besides are changes that leave the memory as it is, which therefore tells nothing of them.
var besides = []struct {
	name   string
	change func(*data.Change)
	// other is what somebody else writes over it.
	other func(*corev1.PodSpec)
}{
	{"a sizeLimit", func(c *data.Change) { c.SizeLimit = &data.VolumeSize{Volume: "shm", Bytes: 256 * data.Mi} }, func(s *corev1.PodSpec) { s.Volumes[0].EmptyDir.SizeLimit = ptr(resource.MustParse("100Mi")) }},
	{"a variable", func(c *data.Change) {
		c.Knobs = []data.KnobChange{{Place: data.KnobInEnv, Name: "JAVA_TOOL_OPTIONS", Before: "-Xmx384m", After: "-Xmx576m"}}
	}, func(s *corev1.PodSpec) { s.Containers[0].Env[1].Value = "-Xmx100m -ea" }},
	{"an argument", func(c *data.Change) {
		c.Knobs = []data.KnobChange{{Place: data.KnobInArgs, Before: "--max-old-space-size=300", After: "--max-old-space-size=450"}}
	}, func(s *corev1.PodSpec) { s.Containers[0].Args = []string{"server.js"} }},
	{"the memory and a word of the command", func(c *data.Change) {
		c.Limit = bytes(768 * data.Mi)
		c.Knobs = []data.KnobChange{{Place: data.KnobInCommand, Before: "-Xmx300m", After: "-Xmx450m"}}
	}, func(s *corev1.PodSpec) { setLimit(s, "600Mi") }},
}

// roomy is a server whose Deployment has settings beside the memory.
func roomy() *small {
	s := newSmall()
	s.d.Spec.Template.Spec.Volumes = []corev1.Volume{{Name: "shm", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{Medium: corev1.StorageMediumMemory}}}}
	c := &s.d.Spec.Template.Spec.Containers[0]
	c.Env = append(c.Env, corev1.EnvVar{Name: "JAVA_TOOL_OPTIONS", Value: "-Xmx384m -ea"})
	c.Args, c.Command = []string{"--max-old-space-size=300", "server.js"}, []string{"java", "-Xmx300m"}
	return s
}

// dropper cuts the connection around the first write that is no dry run.
type dropper struct {
	next   http.RoundTripper
	stored bool // the server has stored it by then
	done   bool
}

func (d *dropper) RoundTrip(r *http.Request) (*http.Response, error) {
	if d.done || r.Method != http.MethodPatch || strings.Contains(r.URL.RawQuery, "dryRun") {
		return d.next.RoundTrip(r)
	}
	d.done = true
	if d.stored {
		if resp, err := d.next.RoundTrip(r); err == nil {
			_ = resp.Body.Close()
		}
	}
	return nil, errCut
}

// TestSettingsBesideTheMemoryWhenTheAnswerIsLost holds that a lost answer to a change that leaves the memory alone is
// looked after by what was to change: such a change is made once, and the next start says what became of it.
func TestSettingsBesideTheMemoryWhenTheAnswerIsLost(t *testing.T) {
	t.Parallel()
	for _, tc := range besides {
		for _, stored := range []bool{false, true} {
			t.Run(tc.name+map[bool]string{true: ", stored", false: ", not stored"}[stored], func(t *testing.T) {
				t.Parallel()
				s := roomy()
				j := journal.New(filepath.Join(t.TempDir(), "changes.jsonl"), time.Now)
				c := through(t, &dropper{next: &faulty{server: s, rnd: rand.New(rand.NewPCG(1, 1))}, stored: stored}, kube.Options{Journal: j})
				ch := data.Change{Workload: workload("Deployment", "shop", "api"), Container: "app"}
				tc.change(&ch)
				inPlace := ch
				inPlace.Way = data.WayInPlace
				if _, err := c.Plan(t.Context(), inPlace); !errors.Is(err, data.ErrUnsupported) {
					t.Errorf("in place, where it would be left out: %v", err)
				}
				p, err := c.Plan(t.Context(), ch)
				must(t, err)
				former := s.d.DeepCopy()
				_, err = c.Apply(t.Context(), p)
				must(t, err)
				if len(s.ours) != 1 || s.d.Generation != 2 {
					t.Fatalf("it was stored %d times, generation %d", len(s.ours), s.d.Generation)
				}
				all, _, err := j.Entries()
				must(t, err)
				e := all[0]
				asked := func(want data.JournalState) {
					t.Helper()
					left := e
					left.State, left.Targets = data.JournalIntent, append([]data.Target(nil), e.Targets...)
					left.Targets[0].State = data.TargetWaiting
					if got := c.Reconcile(t.Context(), left); got.State != want {
						t.Errorf("the next start says %s (%s), want %s", got.State, got.Targets[0].Error, want)
					}
				}
				asked(data.JournalApplied)
				now := s.d
				s.d = former
				asked(data.JournalFailed)
				s.d = now.DeepCopy()
				tc.other(&s.d.Spec.Template.Spec)
				asked(data.JournalUnknown)
				if _, err := c.Plan(t.Context(), e.Undo()); !errors.Is(err, data.ErrConflict) {
					t.Errorf("an undo over what another wrote: %v, want a conflict", err)
				}
				s.d = now
				undo, err := c.Plan(t.Context(), e.Undo())
				must(t, err)
				_, err = c.Apply(t.Context(), undo)
				must(t, err)
				if got, want := s.d.Spec.Template.Spec, former.Spec.Template.Spec; !equality.Semantic.DeepEqual(got, want) {
					t.Errorf("after the undo the template has\n%+v, want\n%+v", got, want)
				}
			})
		}
	}
}
