package kube_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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

// TestServerRoundsAgainstAnEditor changes a Deployment again and again over a connection that is cut at random, while
// somebody else edits the same object. The server raises the generation with each change of the spec, so the sum tells
// whether a write was lost or made twice.
func TestServerRoundsAgainstAnEditor(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	ch := deployed(t, cs, ns)
	ch.Request = nil
	cfg := apiServer(t)
	l := &lossy{rnd: rand.New(rand.NewPCG(11, 13))}
	cfg.Wrap(func(next http.RoundTripper) http.RoundTripper { l.next = next; return l })
	j := journal.New(filepath.Join(t.TempDir(), "changes.jsonl"), time.Now)
	c := connect(t, cfg, kube.Options{Journal: j})
	ctx, stop := context.WithCancel(t.Context())
	edited := make(chan int)
	go func() { edited <- edit(ctx, cs, ns) }()
	applied, conflicts := 0, 0
	for i := range serverRounds {
		ch.Limit = bytes((600 + int64(i%300)) * data.Mi)
		p, err := c.Plan(t.Context(), ch)
		if errors.Is(err, data.ErrConflict) || errors.Is(err, data.ErrNoChange) {
			continue
		}
		must(t, err)
		_, err = c.Apply(t.Context(), p)
		switch {
		case err == nil:
			applied++
		case errors.Is(err, data.ErrConflict):
			conflicts++
		case !errors.Is(err, data.ErrUnknownOutcome):
			t.Errorf("round %d: %v", i, err)
		}
	}
	stop()
	others := <-edited
	d := getDeployment(t, cs, ns)
	lost := journalled(t, j, applied)
	if got := int(d.Generation) - 1 - others; got < applied || got > applied+conflicts+lost {
		t.Errorf("the server stored %d changes that are not the editor's; %d were reported as applied, %d as conflicts, %d as unknown", got, applied, conflicts, lost)
	}
	t.Logf("%d applied, %d conflicts, %d unknown, %d edits by another, %d cuts", applied, conflicts, lost, others, l.cuts)
	if applied == 0 || l.cuts == 0 || others == 0 {
		t.Error("the test had no applied change, no cut or no edit")
	}
}

// journalled compares the journal with what Apply said and returns how many outcomes are unknown.
func journalled(t *testing.T, j *journal.Journal, applied int) (unknown int) {
	t.Helper()
	all, skipped, err := j.Entries()
	must(t, err)
	n := 0
	for _, e := range all {
		switch e.State {
		case data.JournalApplied:
			n++
		case data.JournalUnknown:
			unknown++
		case data.JournalIntent:
			t.Errorf("%s has no outcome", e.ID)
		}
	}
	if n != applied || skipped != 0 {
		t.Errorf("the journal has %d applied changes, and %d were reported; %d lines are broken", n, applied, skipped)
	}
	return unknown
}

// edit changes the request, the replicas or the status of the Deployment until ctx ends, each bound to what was read,
// and returns how many changes of the spec were stored.
func edit(ctx context.Context, cs kubernetes.Interface, ns string) (stored int) {
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return stored
		case <-tick.C:
		}
		all := context.WithoutCancel(ctx) // a write that was begun is counted
		d, err := cs.AppsV1().Deployments(ns).Get(all, "api", metav1.GetOptions{})
		if err != nil {
			continue
		}
		before := d.Generation
		switch i % 24 {
		case 0:
			d.Spec.Template.Spec.Containers[0].Resources.Requests[corev1.ResourceMemory] = *resource.NewQuantity((100+int64(i%50))*data.Mi, resource.BinarySI)
		case 12:
			d.Spec.Replicas = ptr(int32(i%5 + 1))
		default:
			d.Status.ObservedGeneration = d.Generation
			d.Status.Replicas = int32(i % 7)
			_, _ = cs.AppsV1().Deployments(ns).UpdateStatus(all, d, metav1.UpdateOptions{})
			continue
		}
		if after, err := cs.AppsV1().Deployments(ns).Update(all, d, metav1.UpdateOptions{}); err == nil && after.Generation > before {
			stored++
		}
	}
}
