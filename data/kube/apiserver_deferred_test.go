package kube_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/journal"
	"github.com/oomedic/oomedic/data/kube"
)

// refuses lets the kubelet of a pod say no to a resize.
func refuses(t *testing.T, cs kubernetes.Interface, ns, name, reason string) {
	t.Helper()
	p, err := cs.CoreV1().Pods(ns).Get(t.Context(), name, metav1.GetOptions{})
	must(t, err)
	p.Status.ObservedGeneration = p.Generation
	p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodResizePending, Status: corev1.ConditionTrue, Reason: reason, Message: "Node didn't have enough resource: memory"}}
	setStatus(t, cs, p)
}

// TestServerDeferredResizeEndsLater leaves a resize that its node defers, and asks what the next start says of it.
func TestServerDeferredResizeEndsLater(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		then   func(t *testing.T, cs kubernetes.Interface, ns string)
		state  data.JournalState
		resize data.ResizeState
		says   string
		open   int
	}{
		{"done", func(t *testing.T, cs kubernetes.Interface, ns string) { acts(t, cs, ns, "x-0") }, data.JournalApplied, data.ResizeDone, "", 0},
		{"still deferred", func(*testing.T, kubernetes.Interface, string) {}, data.JournalPartly, data.ResizeDeferred, "deferred: Node didn't", 1},
		{"never", func(t *testing.T, cs kubernetes.Interface, ns string) {
			refuses(t, cs, ns, "x-0", corev1.PodReasonInfeasible)
		}, data.JournalPartly, data.ResizeInfeasible, "infeasible: Node", 0},
		{"gone", func(t *testing.T, cs kubernetes.Interface, ns string) {
			must(t, cs.CoreV1().Pods(ns).Delete(t.Context(), "x-0", metav1.DeleteOptions{GracePeriodSeconds: ptr[int64](0)}))
		}, data.JournalPartly, data.ResizeGone, "the pod went", 0},
		{"changed again", func(t *testing.T, cs kubernetes.Interface, ns string) {
			p, err := cs.CoreV1().Pods(ns).Get(t.Context(), "x-0", metav1.GetOptions{})
			must(t, err)
			setLimit(&p.Spec, "700Mi")
			_, err = cs.CoreV1().Pods(ns).UpdateResize(t.Context(), "x-0", p, metav1.UpdateOptions{})
			must(t, err)
			acts(t, cs, ns, "x-0")
		}, data.JournalPartly, data.ResizeGone, "somebody changed it again", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			cs := admin(t)
			ns := newNamespace(t, cs)
			w := ofStatefulSet(plainly, false)(t, cs, ns)
			j := journal.New(filepath.Join(t.TempDir(), "changes.jsonl"), nil)
			c := connect(t, apiServer(t), kube.Options{Journal: j})
			plan, err := c.Plan(t.Context(), data.Change{Workload: w, Container: "app", Way: data.WayInPlace, Limit: bytes(768 * data.Mi)})
			must(t, err)
			_, err = c.ApplyTelling(t.Context(), plan, func(all []data.Target) {
				if all[0].State == data.TargetStored && all[0].Resize == data.ResizePending {
					refuses(t, cs, ns, "x-0", corev1.PodReasonDeferred)
				}
			})
			if !errors.Is(err, data.ErrPartly) {
				t.Fatalf("a deferred resize: %v", err)
			}
			left, err := j.Unfinished()
			must(t, err)
			if len(left) != 1 || left[0].State != data.JournalPartly {
				t.Fatalf("the journal leaves open %+v", left)
			}
			tc.then(t, cs, ns)
			e := c.Reconcile(t.Context(), left[0])
			if got := e.Targets[0]; e.State != tc.state || got.Resize != tc.resize || !strings.HasPrefix(got.Error.String(), tc.says) || (tc.says == "") != (got.Error == "") {
				t.Errorf("the next start says %s, %s: %q", e.State, got.Resize, got.Error)
			}
			must(t, j.Write(e))
			if left, err = j.Unfinished(); err != nil || len(left) != tc.open {
				t.Errorf("%d are open afterwards, want %d, %v", len(left), tc.open, err)
			}
		})
	}
}

// TestReconcileKeepsWhatCannotBeRead holds that a server which cannot be reached takes nothing away from what is known.
func TestReconcileKeepsWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	c := connect(t, refusing(t), kube.Options{})
	e := data.JournalEntry{ID: "x", State: data.JournalPartly, Way: data.WayInPlace, Targets: []data.Target{
		{Kind: "Pod", Namespace: "shop", Name: "x-0", UID: "u", State: data.TargetStored, Resize: data.ResizeDeferred, Error: "deferred: no room"},
	}}
	if got := c.Reconcile(t.Context(), e); got.State != e.State || got.Targets[0] != e.Targets[0] || !got.Ended.Equal(e.Ended) {
		t.Errorf("%+v", got)
	}
}
