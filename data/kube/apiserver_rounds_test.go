package kube_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/journal"
	"github.com/oomedic/oomedic/data/kube"
)

// lossy drops the connection around some writes, before the real server has seen them or after it has stored them.
type lossy struct {
	next http.RoundTripper
	mu   sync.Mutex
	rnd  *rand.Rand
	cuts int
}

func (l *lossy) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPatch || strings.Contains(r.URL.RawQuery, "dryRun") {
		return l.next.RoundTrip(r)
	}
	l.mu.Lock()
	n := l.rnd.IntN(10)
	if n < 4 {
		l.cuts++
	}
	l.mu.Unlock()
	if n < 2 {
		return nil, errCut
	}
	resp, err := l.next.RoundTrip(r)
	if n < 4 && err == nil {
		_ = resp.Body.Close()
		return nil, errCut
	}
	return resp, err
}

// attempt is one change that was planned and sent.
type attempt struct {
	plan *data.Plan
	err  error
}

// TestServerRoundsAgainstAnEditor changes a Deployment again and again over a connection that is cut at random, while
// somebody else edits the same object, its limit included, and now and then makes it anew. A watch of the server has each
// state that was ever stored; from it follows what became of each change, whoever says what.
func TestServerRoundsAgainstAnEditor(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	ch := deployed(t, cs, ns)
	ch.Request = nil
	states := recorded(t, cs, ns)
	cfg := apiServer(t)
	l := &lossy{rnd: rand.New(rand.NewPCG(11, 13))}
	cfg.Wrap(func(next http.RoundTripper) http.RoundTripper { l.next = next; return l })
	j := journal.New(filepath.Join(t.TempDir(), "changes.jsonl"), time.Now)
	c := connect(t, cfg, kube.Options{Journal: j})
	edited := make(chan int, 1)
	go func() { edited <- edit(t.Context(), cs, ns, serverEdits) }()
	attempts, ids, edits := map[int64]attempt{}, map[string]int64{}, 0
	for i := int64(0); edits == 0; i++ {
		select {
		case edits = <-edited:
		default:
		}
		limit := 1024*data.Mi + i*4*data.Ki // no two changes and no edit have the same
		ch.Limit = &limit
		p, err := c.Plan(t.Context(), ch)
		if errors.Is(err, data.ErrConflict) || errors.Is(err, data.ErrNotFound) {
			continue
		}
		must(t, err)
		a, err := c.Apply(t.Context(), p)
		attempts[limit], ids[a.JournalID] = attempt{p, err}, limit
	}
	if edits != serverEdits {
		t.Errorf("%d edits were made, want %d", edits, serverEdits)
	}
	stored := ours(t, states(), attempts)
	journalled(t, c, j, ids, attempts, stored)
	t.Logf("%d changes, %d of them stored, %d edits by another, %d cuts", len(attempts), len(stored), edits, l.cuts)
	if len(stored) == 0 || len(stored) == len(attempts) || l.cuts == 0 {
		t.Error("the test had no stored change, no refused one, or no cut")
	}
}

// recorded watches the Deployments of a namespace and returns the function that ends it and gives all states seen.
func recorded(t *testing.T, cs kubernetes.Interface, ns string) func() []*appsv1.Deployment {
	t.Helper()
	now, err := cs.AppsV1().Deployments(ns).List(t.Context(), metav1.ListOptions{})
	must(t, err)
	w, err := cs.AppsV1().Deployments(ns).Watch(t.Context(), metav1.ListOptions{ResourceVersion: now.ResourceVersion})
	must(t, err)
	out, done := []*appsv1.Deployment{&now.Items[0]}, make(chan struct{})
	go func() {
		defer close(done)
		for e := range w.ResultChan() {
			d, ok := e.Object.(*appsv1.Deployment)
			if !ok || e.Type == watch.Deleted && d.Annotations["last"] == "yes" {
				return
			}
			if e.Type != watch.Deleted {
				out = append(out, d)
			}
		}
	}()
	return func() []*appsv1.Deployment {
		_, err := cs.AppsV1().Deployments(ns).Patch(context.Background(), "api", types.MergePatchType, []byte(`{"metadata":{"annotations":{"last":"yes"}}}`), metav1.PatchOptions{})
		must(t, err)
		must(t, cs.AppsV1().Deployments(ns).Delete(context.Background(), "api", metav1.DeleteOptions{}))
		select {
		case <-done:
		case <-time.After(time.Minute):
			t.Error("the watch did not see the end")
		}
		w.Stop()
		return out
	}
}

// ours goes through all states and returns how often each change was stored. A state that the editor did not make must
// be exactly what the diff showed: the same object, unchanged since but for its status, with one other number.
func ours(t *testing.T, states []*appsv1.Deployment, attempts map[int64]attempt) map[int64]int {
	t.Helper()
	stored := map[int64]int{}
	for i, is := range states[1:] {
		was := states[i]
		if is.UID != was.UID || is.Generation == was.Generation || is.Annotations["editor"] != was.Annotations["editor"] || is.Annotations["last"] != "" {
			continue // the editor's
		}
		limit := is.Spec.Template.Spec.Containers[0].Resources.Limits.Memory().Value()
		a, known := attempts[limit]
		if !known {
			t.Errorf("somebody stored %d bytes, which nobody planned", limit)
			continue
		}
		stored[limit]++
		former := was.Spec.Template.Spec.Containers[0].Resources.Limits.Memory().Value()
		switch {
		case string(is.UID) != a.plan.UID.String():
			t.Errorf("a change that was planned for %s was stored in %s", a.plan.UID, is.UID)
		case was.Generation != a.plan.Generation || former != *a.plan.Before.Limit:
			t.Errorf("generation %d with %d bytes was overwritten; the diff showed generation %d with %d", was.Generation, former, a.plan.Generation, *a.plan.Before.Limit)
		}
		is = is.DeepCopy()
		is.Spec.Template.Spec.Containers[0].Resources.Limits[corev1.ResourceMemory] = was.Spec.Template.Spec.Containers[0].Resources.Limits[corev1.ResourceMemory]
		if !equality.Semantic.DeepEqual(is.Spec, was.Spec) {
			t.Errorf("more than the limit was changed: %+v, was %+v", is.Spec, was.Spec)
		}
	}
	return stored
}

// journalled compares what Apply said, what the journal says and what the server stored of each change.
func journalled(t *testing.T, c *kube.Client, j *journal.Journal, ids map[string]int64, attempts map[int64]attempt, stored map[int64]int) {
	t.Helper()
	all, skipped, err := j.Entries()
	must(t, err)
	if len(all) != len(attempts) || skipped != 0 {
		t.Errorf("the journal has %d changes, %d were sent; %d lines are broken", len(all), len(attempts), skipped)
	}
	for _, e := range all {
		limit := ids[e.ID]
		a, n := attempts[limit], stored[limit]
		want := data.JournalFailed
		switch {
		case a.err == nil:
			want = data.JournalApplied
		case errors.Is(a.err, data.ErrUnknownOutcome):
			want = data.JournalUnknown
		case !errors.Is(a.err, data.ErrConflict) && !errors.Is(a.err, data.ErrNotFound):
			t.Errorf("%s: %v", e.ID, a.err)
		}
		if e.State != want || want == data.JournalApplied && n != 1 || want == data.JournalFailed && n != 0 || n > 1 {
			t.Errorf("%s: the journal says %s, Apply said %v, and it was stored %d times", e.ID, e.State, a.err, n)
		}
	}
}

// edit changes the limit, the request, the replicas or the status of the Deployment, or makes it anew, until n changes of
// its spec are stored, each bound to what was read and with its number in an annotation. It returns how many it made.
func edit(ctx context.Context, cs kubernetes.Interface, ns string, n int) (stored int) {
	rnd := rand.New(rand.NewPCG(5, 17))
	door := cs.AppsV1().Deployments(ns)
	pause := time.NewTimer(0)
	defer pause.Stop()
	for i := int64(0); stored < n; i++ {
		pause.Reset(time.Duration(rnd.IntN(160)) * time.Millisecond)
		select {
		case <-ctx.Done():
			return stored
		case <-pause.C:
		}
		d, err := door.Get(ctx, "api", metav1.GetOptions{})
		if err != nil {
			continue
		}
		memory := *resource.NewQuantity(512*data.Mi+i*data.Ki, resource.BinarySI)
		number := map[string]string{"editor": fmt.Sprint(i)}
		c := &d.Spec.Template.Spec.Containers[0]
		switch what := rnd.IntN(100); {
		case what < 50: // what a controller does all the time, and no change of the spec
			d.Status.ObservedGeneration, d.Status.Replicas = d.Generation, int32(i%7)
			_, _ = door.UpdateStatus(ctx, d, metav1.UpdateOptions{})
			continue
		case what < 52:
			if door.Delete(ctx, "api", metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &d.UID}}) != nil {
				continue
			}
			next := newDeployment(ns, "api")
			next.Annotations = number
			if _, err := door.Create(ctx, next, metav1.CreateOptions{}); err != nil {
				return stored
			}
			stored++
			continue
		case what < 70:
			c.Resources.Limits[corev1.ResourceMemory] = memory
		case what < 85:
			c.Resources.Requests[corev1.ResourceMemory] = *resource.NewQuantity(100*data.Mi+i*data.Ki, resource.BinarySI)
		default:
			d.Spec.Replicas = ptr(*d.Spec.Replicas%5 + 1)
		}
		d.Annotations = number
		if _, err := door.Update(ctx, d, metav1.UpdateOptions{}); err == nil {
			stored++
		}
	}
	return stored
}
