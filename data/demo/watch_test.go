package demo

import (
	"context"
	"errors"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
)

// reflectPods runs a reflector over all pods until the test ends, and returns its store.
func reflectPods(t *testing.T, s *Sandbox, wrapped bool) cache.Store {
	t.Helper()
	client := s.Clientset()
	plain := &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			return client.CoreV1().Pods("").List(ctx, o)
		},
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			return client.CoreV1().Pods("").Watch(ctx, o)
		},
	}
	var lw cache.ListerWatcher = plain
	if wrapped {
		lw = cache.ToListWatcherWithWatchListSemantics(plain, client)
	}
	store := cache.NewStore(cache.MetaNamespaceKeyFunc)
	r := cache.NewReflector(lw, &corev1.Pod{}, store, 0)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.RunWithContext(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return store
}

// eventually waits until ok holds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-ctx.Done():
			t.Fatalf("never: %s", what)
		case <-tick.C:
		}
	}
}

// kills returns how many containers in a store ended after the tests' start.
func kills(store cache.Store) (n int) {
	for _, o := range store.List() {
		for _, c := range o.(*corev1.Pod).Status.ContainerStatuses {
			if end := c.LastTerminationState.Terminated; end != nil && end.Reason == "OOMKilled" && end.FinishedAt.After(epoch) {
				n++
			}
		}
	}
	return n
}

func TestReflectorSeesALiveKill(t *testing.T) {
	t.Parallel()
	for name, wrapped := range map[string]bool{"list and watch": true, "watch list": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, short())
			store := reflectPods(t, s, wrapped)
			eventually(t, "the first list", func() bool { return len(store.List()) > 25 })
			if n := kills(store); n != 0 {
				t.Fatalf("%d kills before any", n)
			}
			s.Step(40 * time.Second)
			eventually(t, "two kills", func() bool { return kills(store) >= 2 })
			setDatabase(t, s, "768Mi")
			s.Step(10 * time.Second)
			eventually(t, "the pod with the new limit", func() bool {
				o, ok, err := store.GetByKey("data/database-0")
				return err == nil && ok && o.(*corev1.Pod).Spec.Containers[0].Resources.Limits.Memory().String() == "768Mi"
			})
		})
	}
}

func TestWatchResumesAndExpires(t *testing.T) {
	t.Parallel()
	s := start(t, short())
	client := s.Clientset().CoreV1().Pods("shop")
	list, err := client.List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s.Step(3 * time.Minute)
	w, err := client.Watch(t.Context(), metav1.ListOptions{ResourceVersion: list.ResourceVersion, LabelSelector: "app.kubernetes.io/name=api-server"})
	if err != nil {
		t.Fatal(err)
	}
	missed := len(w.ResultChan())
	if missed < 6 {
		t.Errorf("a watch from before gives %d events", missed)
	}
	last := ""
	for range missed {
		e := <-w.ResultChan()
		p := e.Object.(*corev1.Pod)
		if e.Type != watch.Modified || p.Labels["app.kubernetes.io/name"] != "api-server" {
			t.Errorf("%s of %s", e.Type, p.Name)
		}
		if len(p.ResourceVersion) < len(last) || (len(p.ResourceVersion) == len(last) && p.ResourceVersion <= last) {
			t.Errorf("version %s after %s", p.ResourceVersion, last)
		}
		last = p.ResourceVersion
	}
	w.Stop()
	if _, open := <-w.ResultChan(); open {
		t.Error("a stopped watch goes on")
	}
	if _, err := client.Watch(t.Context(), metav1.ListOptions{ResourceVersion: "nonsense"}); !apierrors.IsBadRequest(err) {
		t.Errorf("a watch from nonsense: %v", err)
	}
	s.api.mu.Lock()
	s.api.changes = s.api.changes[len(s.api.changes)-3:]
	s.api.mu.Unlock()
	if _, err := client.Watch(t.Context(), metav1.ListOptions{ResourceVersion: list.ResourceVersion}); !apierrors.IsResourceExpired(err) {
		t.Errorf("a watch from long ago: %v", err)
	}
}

func TestDeletedPodIsReplaced(t *testing.T) {
	t.Parallel()
	s := start(t, short())
	p := pods(t, s, "shop", "web")[0]
	w, err := s.Clientset().CoreV1().Pods("shop").Watch(t.Context(), metav1.ListOptions{FieldSelector: "metadata.name=" + p.Name, ResourceVersion: p.ResourceVersion})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	if err := s.Clientset().CoreV1().Pods("shop").Delete(t.Context(), p.Name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	if e := <-w.ResultChan(); e.Type != watch.Deleted {
		t.Errorf("%s", e.Type)
	}
	s.Step(15 * time.Second)
	list := pods(t, s, "shop", "web")
	if len(list) != 2 || deployment(t, s, "shop", "web").Status.ReadyReplicas != 2 {
		t.Errorf("%d pods", len(list))
	}
	for _, q := range list {
		if q.UID == p.UID {
			t.Error("the deleted pod is still there")
		}
	}
}

func TestSlowWatchIsEnded(t *testing.T) {
	t.Parallel()
	s := start(t, short())
	w, err := s.Clientset().CoreV1().Pods("").Watch(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p := pods(t, s, "shop", "web")[0]
	s.api.mu.Lock()
	for range 2 * watchBuffer {
		err = errors.Join(err, s.api.put(podsGVR, p.DeepCopy()))
	}
	s.api.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for range w.ResultChan() { // ends, because the watch was ended
		n++
	}
	if n < watchBuffer {
		t.Errorf("the watch was ended after %d events", n)
	}
}
