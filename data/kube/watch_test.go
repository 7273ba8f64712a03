package kube_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// The sandbox and these tests run over client-go's fake clientset, which cannot stream a list.
func TestWatchOverAFakeClientset(t *testing.T) {
	t.Parallel()
	cs := fake.NewClientset(kill(newPod(meta("shop", "old")), at), newPod(meta("shop", "healthy")))
	st := watching(t, kube.NewFor(cs, "", kube.Options{}))
	until(t, st, 5*time.Second, "the list", func(s *data.Snapshot) bool {
		return live(s) && s.PodsSeen == 2 && find(s, "old", "app") != nil && len(s.Containers) == 1
	})
	ctx := t.Context()
	p, err := cs.CoreV1().Pods("shop").Create(ctx, newPod(meta("shop", "new")), metav1.CreateOptions{})
	must(t, err)
	until(t, st, 5*time.Second, "a new pod", func(s *data.Snapshot) bool { return s.PodsSeen == 3 })
	_, err = cs.CoreV1().Pods("shop").UpdateStatus(ctx, kill(p.DeepCopy(), at), metav1.UpdateOptions{})
	must(t, err)
	until(t, st, time.Second, "its kill", func(s *data.Snapshot) bool { return find(s, "new", "app") != nil })

	// A container that is known stays told of when its newest end says nothing of memory.
	calm := kill(p.DeepCopy(), at)
	calm.Status.ContainerStatuses[0].LastTerminationState.Terminated = terminated("Error", 1)
	calm.Status.ContainerStatuses[0].RestartCount = 2
	_, err = cs.CoreV1().Pods("shop").UpdateStatus(ctx, calm, metav1.UpdateOptions{})
	must(t, err)
	until(t, st, time.Second, "its restart", func(s *data.Snapshot) bool {
		c := find(s, "new", "app")
		return c.Restarts == 2 && len(c.Kills) == 1 && c.Last.Reason == "Error"
	})
	must(t, cs.CoreV1().Pods("shop").Delete(ctx, "new", metav1.DeleteOptions{}))
	until(t, st, time.Second, "its end", func(s *data.Snapshot) bool {
		return find(s, "new", "app").State == data.Gone && s.PodsSeen == 2
	})
}

func TestWatchRecoversFromAPanic(t *testing.T) {
	t.Parallel()
	cs := fake.NewClientset(kill(newPod(meta("shop", "p")), at))
	var n atomic.Int32
	cs.PrependReactor("list", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		if n.Add(1) == 1 {
			panic("boom")
		}
		return false, nil, nil
	})
	st := watching(t, kube.NewFor(cs, "", kube.Options{}))
	until(t, st, 5*time.Second, "the reason", failing)
	until(t, st, 5*time.Second, "live", live)
}

func TestWatchOfTwoNamespacesWithOneForbidden(t *testing.T) {
	t.Parallel()
	cs := fake.NewClientset(kill(newPod(meta("shop", "p")), at), kill(newPod(meta("bank", "q")), at))
	cs.PrependReactor("list", "pods", func(a clienttesting.Action) (bool, runtime.Object, error) {
		return a.GetNamespace() == "bank", nil, forbidden("pods")
	})
	st := watching(t, kube.NewFor(cs, "", kube.Options{Namespaces: []string{"shop", "bank"}}))
	until(t, st, 5*time.Second, "one namespace's pods and the other's gap", func(s *data.Snapshot) bool {
		return find(s, "p", "app") != nil && stale(s) && len(s.Gaps) == 1 && s.Gaps[0].What == "pods in namespace bank"
	})
}

func TestListOfTwoNamespacesWithOneForbidden(t *testing.T) {
	t.Parallel()
	cs := fake.NewClientset(kill(newPod(meta("shop", "p")), at))
	cs.PrependReactor("list", "pods", func(a clienttesting.Action) (bool, runtime.Object, error) {
		return a.GetNamespace() == "bank", nil, forbidden("pods")
	})
	st := data.NewStore(time.Now)
	must(t, kube.NewFor(cs, "", kube.Options{Namespaces: []string{"shop", "bank"}}).List(t.Context(), st))
	if s := st.Snapshot(); find(s, "p", "app") == nil || len(s.Gaps) != 1 {
		t.Errorf("%d containers, gaps %v", len(s.Containers), s.Gaps)
	}
	err := kube.NewFor(cs, "", kube.Options{Namespaces: []string{"bank"}}).List(t.Context(), data.NewStore(time.Now))
	if !errors.Is(err, data.ErrForbidden) {
		t.Errorf("nothing allowed: %v", err)
	}
}

func TestListOfAnUnreachableServer(t *testing.T) {
	t.Parallel()
	cs := fake.NewClientset()
	cs.PrependReactor("list", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, errors.New("dial tcp: i/o timeout")
	})
	err := kube.NewFor(cs, "https://prod", kube.Options{}).List(t.Context(), data.NewStore(time.Now))
	if !errors.Is(err, data.ErrUnreachable) {
		t.Errorf("got %v", err)
	}
}
