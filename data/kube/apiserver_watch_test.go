package kube_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

func TestServerWatchTellsAKillWithinASecond(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	d, err := cs.AppsV1().Deployments(ns).Create(t.Context(), newDeployment(ns, "api"), metav1.CreateOptions{})
	must(t, err)
	rs := newReplicaSet(ns, "api-7d9f")
	rs.ObjectMeta = controlled(rs.ObjectMeta, "apps/v1", "Deployment", "api", d.UID)
	rs, err = cs.AppsV1().ReplicaSets(ns).Create(t.Context(), rs, metav1.CreateOptions{})
	must(t, err)
	pod := create(t, cs, newPod(controlled(meta(ns, "api-7d9f-x2x"), "apps/v1", "ReplicaSet", "api-7d9f", rs.UID)))
	create(t, cs, newPod(meta(ns, "healthy")))

	st := watching(t, connect(t, apiServer(t), kube.Options{Namespaces: []string{ns}}))
	until(t, st, 10*time.Second, "live", func(s *data.Snapshot) bool { return live(s) && s.PodsSeen == 2 })
	if n := len(st.Snapshot().Containers); n != 0 {
		t.Fatalf("%d containers are kept although none was killed", n)
	}

	pod = setStatus(t, cs, kill(pod, at))
	took := until(t, st, time.Second, "the kill", func(s *data.Snapshot) bool { return find(s, "api-7d9f-x2x", "app") != nil })
	t.Logf("told after %s", took)
	until(t, st, 5*time.Second, "its workload", func(s *data.Snapshot) bool {
		w := find(s, "api-7d9f-x2x", "app").Workload
		return w.Ref() == "deployment/api" && w.Replicas != nil && *w.Replicas == 3 && w.Problem == ""
	})

	setStatus(t, cs, kill(pod, at.Add(time.Minute)))
	until(t, st, 5*time.Second, "the second kill", func(s *data.Snapshot) bool { return len(find(s, "api-7d9f-x2x", "app").Kills) == 2 })

	now := metav1.DeleteOptions{GracePeriodSeconds: ptr[int64](0)}
	must(t, cs.CoreV1().Pods(ns).Delete(t.Context(), "api-7d9f-x2x", now))
	until(t, st, 5*time.Second, "the end of the pod", func(s *data.Snapshot) bool {
		return find(s, "api-7d9f-x2x", "app").State == data.Gone && s.PodsSeen == 1
	})
}

func TestServerListPagesAndKeepsSuspectsOnly(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	const all = 1100 // three pages
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := w; i < all; i += 8 {
				p := newPod(meta(ns, fmt.Sprintf("p-%04d", i)))
				if i%550 == 7 {
					kill(p, at)
				}
				made, err := cs.CoreV1().Pods(ns).Create(t.Context(), p.DeepCopy(), metav1.CreateOptions{})
				if err == nil && i%550 == 7 {
					made.Status = p.Status
					_, err = cs.CoreV1().Pods(ns).UpdateStatus(t.Context(), made, metav1.UpdateOptions{})
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	st := data.NewStore(time.Now)
	must(t, connect(t, apiServer(t), kube.Options{Namespaces: []string{ns}}).List(t.Context(), st))
	s := st.Snapshot()
	if s.PodsSeen != all || len(s.Containers) != 2 || find(s, "p-0007", "app") == nil || find(s, "p-0557", "app") == nil {
		t.Errorf("%d pods seen, %d containers kept, want %d and p-0007 and p-0557", s.PodsSeen, len(s.Containers), all)
	}
	if w := find(s, "p-0007", "app").Workload; w.Kind != "Pod" || w.Name != "p-0007" {
		t.Errorf("the workload of a bare pod is %+v, want the pod itself", w)
	}

	// The same through the watch, which streams the list where the server can.
	st = watching(t, connect(t, apiServer(t), kube.Options{Namespaces: []string{ns}}))
	until(t, st, 20*time.Second, "the list", func(s *data.Snapshot) bool { return live(s) && s.PodsSeen == all && len(s.Containers) == 2 })
}
