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

// twoPods makes a StatefulSet with two running pods, of which the second was given other memory before.
func twoPods(t *testing.T, cs kubernetes.Interface, ns string) data.Workload {
	t.Helper()
	s, err := cs.AppsV1().StatefulSets(ns).Create(t.Context(), newStatefulSet(ns, "x"), metav1.CreateOptions{})
	must(t, err)
	first := runs(t, cs, ns, "x", "StatefulSet", "apps/v1", s.UID)
	second := first.DeepCopy()
	second.ObjectMeta = metav1.ObjectMeta{Namespace: ns, Name: "x-1", Labels: first.Labels, OwnerReferences: first.OwnerReferences}
	second.Spec.Containers[0].Resources.Limits = first.Spec.Containers[0].Resources.Limits.DeepCopy()
	setLimit(&second.Spec, "640Mi")
	create(t, cs, second)
	return workload("StatefulSet", ns, "x")
}

// acts lets the kubelet of a pod do what its spec asks for.
func acts(t *testing.T, cs kubernetes.Interface, ns, name string) {
	t.Helper()
	p, err := cs.CoreV1().Pods(ns).Get(t.Context(), name, metav1.GetOptions{})
	must(t, err)
	r := p.Spec.Containers[0].Resources.DeepCopy()
	p.Status.ContainerStatuses[0].Resources, p.Status.ContainerStatuses[0].AllocatedResources = r, r.Requests
	p.Status.ObservedGeneration, p.Status.Conditions = p.Generation, nil
	setStatus(t, cs, p)
}

// resizing applies a plan beside a kubelet that acts at once.
func resizing(t *testing.T, c *kube.Client, cs kubernetes.Interface, p *data.Plan) (data.Applied, error) {
	t.Helper()
	return c.ApplyTelling(t.Context(), p, func(all []data.Target) {
		for _, one := range all {
			if one.Kind == "Pod" && one.State == data.TargetStored && one.Resize == data.ResizePending {
				acts(t, cs, one.Namespace.String(), one.Name.String())
			}
		}
	})
}

func podLimit(t *testing.T, cs kubernetes.Interface, ns, name string) string {
	t.Helper()
	p, err := cs.CoreV1().Pods(ns).Get(t.Context(), name, metav1.GetOptions{})
	must(t, err)
	return p.Spec.Containers[0].Resources.Limits.Memory().String()
}

func TestServerUndoPutsBackWhatEachPodHad(t *testing.T) {
	t.Parallel()
	for _, way := range []data.Way{data.WayInPlace, data.WayBoth} {
		t.Run(string(way), func(t *testing.T) {
			t.Parallel()
			cs := admin(t)
			ns := newNamespace(t, cs)
			w := twoPods(t, cs, ns)
			j := journal.New(filepath.Join(t.TempDir(), "changes.jsonl"), nil)
			c := connect(t, apiServer(t), kube.Options{Journal: j})
			plan, err := c.Plan(t.Context(), data.Change{Workload: w, Container: "app", Way: way, Limit: bytes(768 * data.Mi)})
			must(t, err)
			done, err := resizing(t, c, cs, plan)
			must(t, err)
			e, err := j.Entry(done.JournalID)
			must(t, err)
			undo, err := c.Plan(t.Context(), e.Undo())
			must(t, err)
			for i, want := range []int64{512 * data.Mi, 640 * data.Mi} {
				if got := undo.Pods[i].After.Limit; got == nil || *got != want {
					t.Errorf("the undo of pod %s shows %v, want %d", undo.Pods[i].Pod.Name, got, want)
				}
			}
			_, err = resizing(t, c, cs, undo)
			must(t, err)
			if a, b := podLimit(t, cs, ns, "x-0"), podLimit(t, cs, ns, "x-1"); a != "512Mi" || b != "640Mi" {
				t.Errorf("after the undo x-0 has %s and x-1 %s", a, b)
			}
		})
	}
}

func TestServerUndoStopsAtWhatSomebodyChangedSince(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	w := twoPods(t, cs, ns)
	j := journal.New(filepath.Join(t.TempDir(), "changes.jsonl"), nil)
	c := connect(t, apiServer(t), kube.Options{Journal: j})
	plan, err := c.Plan(t.Context(), data.Change{Workload: w, Container: "app", Way: data.WayInPlace, Limit: bytes(768 * data.Mi)})
	must(t, err)
	done, err := resizing(t, c, cs, plan)
	must(t, err)
	e, err := j.Entry(done.JournalID)
	must(t, err)
	p, err := cs.CoreV1().Pods(ns).Get(t.Context(), "x-1", metav1.GetOptions{})
	must(t, err)
	setLimit(&p.Spec, "1Gi")
	_, err = cs.CoreV1().Pods(ns).UpdateResize(t.Context(), "x-1", p, metav1.UpdateOptions{})
	must(t, err)
	if _, err := c.Plan(t.Context(), e.Undo()); !errors.Is(err, data.ErrConflict) || !strings.Contains(err.Error(), "pod x-1 was changed since") {
		t.Errorf("undo over the change of somebody else: %v", err)
	}
	must(t, cs.CoreV1().Pods(ns).Delete(t.Context(), "x-1", metav1.DeleteOptions{GracePeriodSeconds: ptr[int64](0)}))
	again := p.DeepCopy() // another pod of the same name is not the one that was changed
	again.ObjectMeta = metav1.ObjectMeta{Namespace: ns, Name: "x-1", Labels: p.Labels, OwnerReferences: p.OwnerReferences}
	again.Status = corev1.PodStatus{Phase: corev1.PodRunning}
	create(t, cs, again)
	undo, err := c.Plan(t.Context(), e.Undo())
	must(t, err)
	if len(undo.Pods) != 1 || undo.Pods[0].Pod.Name != "x-0" {
		t.Errorf("the undo touches %+v", undo.Pods)
	}
}

// TestServerUndoWithoutAnEntryOfTheJournal takes back a change that is written down nowhere, after its pods are gone.
func TestServerUndoWithoutAnEntryOfTheJournal(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	w := twoPods(t, cs, ns)
	c := connect(t, apiServer(t), kube.Options{})
	plan, err := c.Plan(t.Context(), data.Change{Workload: w, Container: "app", Way: data.WayBoth, Limit: bytes(768 * data.Mi)})
	must(t, err)
	done, err := resizing(t, c, cs, plan)
	must(t, err)
	for _, name := range []string{"x-0", "x-1"} {
		must(t, cs.CoreV1().Pods(ns).Delete(t.Context(), name, metav1.DeleteOptions{GracePeriodSeconds: ptr[int64](0)}))
	}
	e := data.JournalEntry{Workload: w, Container: "app", Way: data.WayBoth, Before: plan.Before, After: done.After, Targets: done.Targets}
	undo, err := c.Plan(t.Context(), e.Undo())
	if err != nil || len(undo.Pods) != 0 || *undo.After.Limit != 512*data.Mi {
		t.Errorf("%+v, %v", undo, err)
	}
}
