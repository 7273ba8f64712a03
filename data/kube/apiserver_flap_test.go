package kube_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// Connections are cut every second while pods are killed one after the other: each kill is told once, and the stream
// goes on where it was instead of listing every pod anew.
func TestServerWatchIsCutEverySecond(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	const n = 12
	var made [n]*corev1.Pod
	for i := range made {
		made[i] = create(t, cs, newPod(meta(ns, fmt.Sprintf("p-%02d", i))))
	}
	cfg, p := behindProxy(t, apiServer(t))
	var lists atomic.Int32
	cfg.Wrap(func(rt http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/pods") && !r.URL.Query().Has("watch") && !r.URL.Query().Has("includeObject") {
				lists.Add(1)
			}
			return rt.RoundTrip(r)
		})
	})
	st := watching(t, connect(t, cfg, kube.Options{Namespaces: []string{ns}}))
	until(t, st, 10*time.Second, "live", live)

	stop, over := make(chan struct{}), sync.WaitGroup{}
	over.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Second):
				p.cutAll()
			}
		}
	})
	beat := time.NewTicker(700 * time.Millisecond)
	defer beat.Stop()
	for i := range made {
		<-beat.C
		setStatus(t, cs, kill(made[i], at.Add(time.Duration(i)*time.Minute)))
	}
	close(stop)
	over.Wait()
	until(t, st, 5*time.Second, "every kill", func(s *data.Snapshot) bool { return live(s) && len(s.Containers) == n })
	for _, c := range st.Snapshot().Containers {
		if len(c.Kills) != 1 {
			t.Errorf("%s has %d kills", c.Key, len(c.Kills))
		}
	}
	if got := lists.Load(); got > 2 {
		t.Errorf("every pod was listed %d times", got)
	}
}

// The first look finds what restarted or failed, from rows of a Table alone, over a connection that gives a few bytes
// at a time.
func TestServerFirstLook(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	create(t, cs, newPod(meta(ns, "healthy")))
	recent := metav1.Now().Rfc3339Copy().Time
	create(t, cs, kill(newPod(meta(ns, "recent")), recent))
	create(t, cs, kill(newPod(meta(ns, "old")), recent.Add(-48*time.Hour)))
	once := newPod(meta(ns, "once"))
	once.Spec.RestartPolicy = corev1.RestartPolicyNever
	once.Status.Phase = corev1.PodFailed
	once.Status.ContainerStatuses[0].State = corev1.ContainerState{Terminated: terminated("OOMKilled", 137)}
	create(t, cs, once)
	// The column STATUS names the reason of the first container alone.
	second := newPod(meta(ns, "second"))
	second.Spec.RestartPolicy = corev1.RestartPolicyNever
	second.Spec.Containers = append(second.Spec.Containers, *second.Spec.Containers[0].DeepCopy())
	second.Spec.Containers[1].Name = "worker"
	second.Status.Phase = corev1.PodFailed
	second.Status.ContainerStatuses = append(second.Status.ContainerStatuses, second.Status.ContainerStatuses[0])
	second.Status.ContainerStatuses[0].State = corev1.ContainerState{Terminated: terminated("Completed", 0)}
	second.Status.ContainerStatuses[1].Name = "worker"
	second.Status.ContainerStatuses[1].State = corev1.ContainerState{Terminated: terminated("OOMKilled", 137)}
	create(t, cs, second)

	cfg, p := behindProxy(t, apiServer(t))
	p.slice(7)
	for _, scope := range []string{ns, ""} {
		st := data.NewStore(time.Now)
		c := connect(t, cfg, kube.Options{Since: 24 * time.Hour})
		c.FirstLook(t.Context(), st, scope)
		s := st.Snapshot()
		for pod, want := range map[string]bool{"recent": true, "once": true, "healthy": false, "old": false} {
			if got := find(s, pod, "app") != nil; got != want {
				t.Errorf("scope %q: %s found %v, want %v", scope, pod, got, want)
			}
		}
		if find(s, "second", "worker") == nil {
			t.Errorf("scope %q: the second container of a pod is missed", scope)
		}
	}
	// The pass over all pods finds the rest.
	st := data.NewStore(time.Now)
	must(t, connect(t, cfg, kube.Options{Namespaces: []string{ns}, Since: 24 * time.Hour}).List(t.Context(), st))
	if s := st.Snapshot(); find(s, "old", "app") == nil || s.PodsSeen != 5 {
		t.Errorf("%d pods seen, %d containers", s.PodsSeen, len(s.Containers))
	}
}
