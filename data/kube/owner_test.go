package kube_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// fleet is one object of each kind that owns pods.
func fleet() []runtime.Object {
	owned := newReplicaSet("shop", "api-7d9f")
	owned.ObjectMeta = controlled(owned.ObjectMeta, "apps/v1", "Deployment", "api", "d")
	rollout := newReplicaSet("shop", "web-1")
	rollout.ObjectMeta = controlled(rollout.ObjectMeta, "argoproj.io/v1alpha1", "Rollout", "web", "r")
	orphan := newReplicaSet("shop", "left-1")
	orphan.ObjectMeta = controlled(orphan.ObjectMeta, "apps/v1", "Deployment", "deleted", "gone")
	agent := newDaemonSet("shop", "agent")
	agent.Status.DesiredNumberScheduled = 9
	run := &batchv1.Job{ObjectMeta: controlled(meta("shop", "nightly-1"), "batch/v1", "CronJob", "nightly", "c"), Spec: batchv1.JobSpec{Parallelism: ptr[int32](2)}}
	once := &batchv1.Job{ObjectMeta: meta("shop", "import")}
	rc := &corev1.ReplicationController{ObjectMeta: meta("shop", "old"), Spec: corev1.ReplicationControllerSpec{Replicas: ptr[int32](4)}}
	return []runtime.Object{
		newDeployment("shop", "api"), owned, rollout, orphan, newReplicaSet("shop", "bare-rs"),
		newStatefulSet("shop", "db"), agent, newCronJob("shop", "nightly"), run, once, rc,
	}
}

func TestOwners(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		apiVersion, kind, name string
		want                   data.Text
		replicas               int32 // -1: unknown
		problem                string
	}{
		{"apps/v1", "ReplicaSet", "api-7d9f", "deployment/api", 3, ""},
		{"apps/v1", "ReplicaSet", "bare-rs", "replicaset/bare-rs", 3, ""},
		{"apps/v1", "ReplicaSet", "web-1", "rollout/web", -1, ""},
		{"apps/v1", "ReplicaSet", "left-1", "deployment/deleted", -1, "not found"},
		{"apps/v1", "ReplicaSet", "no-such", "replicaset/no-such", -1, "not found"},
		{"apps/v1", "StatefulSet", "db", "statefulset/db", 2, ""},
		{"apps/v1", "DaemonSet", "agent", "daemonset/agent", 9, ""},
		{"batch/v1", "Job", "nightly-1", "cronjob/nightly", 2, ""},
		{"batch/v1", "Job", "import", "job/import", 1, ""},
		{"v1", "ReplicationController", "old", "replicationcontroller/old", 4, ""},
		{"postgresql.cnpg.io/v1", "Cluster", "pg", "cluster/pg", -1, ""},
		{"v1", "Node", "n1", "pod/p", -1, ""},
	} {
		pod := kill(newPod(controlled(meta("shop", "p"), c.apiVersion, c.kind, c.name, types.UID(c.name))), at)
		client := kube.NewFor(fake.NewClientset(append(fleet(), pod)...), "", kube.Options{})
		st := data.NewStore(time.Now)
		must(t, client.List(t.Context(), st))
		w := st.Snapshot().Containers[0].Workload
		if w.Ref() != c.want || (w.Replicas == nil) != (c.replicas < 0) || (w.Replicas != nil && *w.Replicas != c.replicas) {
			t.Errorf("%s %s: %s with %v replicas, want %s with %d", c.kind, c.name, w.Ref(), w.Replicas, c.want, c.replicas)
		}
		if (c.problem == "") != (w.Problem == "") || !strings.Contains(w.Problem.String(), c.problem) {
			t.Errorf("%s %s: problem %q, want %q", c.kind, c.name, w.Problem, c.problem)
		}
	}
}

func TestOwnerThatDoesNotControlIsNoOwner(t *testing.T) {
	t.Parallel()
	m := controlled(meta("shop", "p"), "apps/v1", "ReplicaSet", "api-7d9f", "x")
	m.OwnerReferences[0].Controller = nil
	client := kube.NewFor(fake.NewClientset(append(fleet(), kill(newPod(m), at))...), "", kube.Options{})
	st := data.NewStore(time.Now)
	must(t, client.List(t.Context(), st))
	if w := st.Snapshot().Containers[0].Workload; w.Ref() != "pod/p" {
		t.Errorf("workload %s, want the pod", w.Ref())
	}
}

func TestOwnersAreAskedForOnce(t *testing.T) {
	t.Parallel()
	objects := fleet()
	for _, name := range []string{"a", "b", "c"} {
		objects = append(objects, kill(newPod(controlled(meta("shop", name), "apps/v1", "StatefulSet", "db", "u")), at))
	}
	cs := fake.NewClientset(objects...)
	client := kube.NewFor(cs, "", kube.Options{})
	for range 3 {
		must(t, client.List(t.Context(), data.NewStore(time.Now)))
	}
	gets := 0
	for _, a := range cs.Actions() {
		if a.Matches("get", "statefulsets") {
			gets++
		}
	}
	if gets == 0 || gets > 3 { // three at a time may miss the cache together; later passes may not
		t.Errorf("%d requests for one owner", gets)
	}
}

func TestWatchResolvesOwnersWhenTheServerAnswersAgain(t *testing.T) {
	t.Parallel()
	cs := fake.NewClientset(append(fleet(), kill(newPod(controlled(meta("shop", "p"), "apps/v1", "StatefulSet", "db", "u")), at))...)
	tries := 0
	cs.PrependReactor("get", "statefulsets", func(clienttesting.Action) (bool, runtime.Object, error) {
		if tries++; tries < 3 {
			return true, nil, errors.New("connection reset by peer")
		}
		return false, nil, nil
	})
	st := watching(t, kube.NewFor(cs, "", kube.Options{}))
	until(t, st, 5*time.Second, "the kill", func(s *data.Snapshot) bool { return find(s, "p", "app") != nil })
	until(t, st, 10*time.Second, "its workload", func(s *data.Snapshot) bool {
		w := find(s, "p", "app").Workload
		return w.Ref() == "statefulset/db" && w.Problem == ""
	})
}

func TestOwnerPanics(t *testing.T) {
	t.Parallel()
	cs := fake.NewClientset(append(fleet(), kill(newPod(controlled(meta("shop", "p"), "apps/v1", "StatefulSet", "db", "u")), at))...)
	cs.PrependReactor("get", "statefulsets", func(clienttesting.Action) (bool, runtime.Object, error) { panic("boom") })
	st := watching(t, kube.NewFor(cs, "", kube.Options{}))
	until(t, st, 5*time.Second, "a gap", func(s *data.Snapshot) bool {
		return live(s) && find(s, "p", "app") != nil && len(s.Gaps) == 1 && strings.Contains(s.Gaps[0].Why.String(), "boom")
	})
}

func forbidden(resource string) error {
	return apierrors.NewForbidden(schema.GroupResource{Resource: resource}, "", errors.New(`User "jane" cannot list resource "`+resource+`" in API group ""`))
}
