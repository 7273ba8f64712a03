package demo

import (
	"strconv"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// setDatabase gives the database another limit.
func setDatabase(t *testing.T, s *Sandbox, limit string) {
	t.Helper()
	if _, err := s.Clientset().AppsV1().StatefulSets("data").Patch(t.Context(), "database", types.StrategicMergePatchType, resize("postgres", limit, "", nil), metav1.PatchOptions{}); err != nil {
		t.Fatal(err)
	}
}

func TestOnlyEnoughMemoryCuresTheDatabase(t *testing.T) {
	t.Parallel()
	for limit, cured := range map[string]bool{"768Mi": true, "520Mi": false} {
		t.Run(limit, func(t *testing.T) {
			t.Parallel()
			s := start(t, short())
			s.Step(30 * time.Second)
			setDatabase(t, s, limit)
			s.Step(time.Minute)
			p := pods(t, s, "data", "database")
			if len(p) != 1 || p[0].Spec.Containers[0].Resources.Limits.Memory().String() != limit {
				t.Fatalf("the pod has not the new limit: %v", p)
			}
			was := restarts(t, s, "data", "database")
			s.Step(time.Hour)
			n := restarts(t, s, "data", "database") - was
			if cured && n != 0 || !cured && n < 20 {
				t.Errorf("%d kills in an hour at %s", n, limit)
			}
			peak := vector(t, s, `max by (container) (max_over_time(container_memory_working_set_bytes{container="postgres"}[1h]))`, "container")["postgres"]
			if cured && (peak < 530*mi || peak > 640*mi) {
				t.Errorf("the peak is %.0fMi", peak/mi)
			}
		})
	}
}

func TestMoreMemoryOnlyDelaysTheLeak(t *testing.T) {
	t.Parallel()
	s := start(t, short())
	s.Step(10 * time.Minute)
	before := restarts(t, s, "shop", "api-server")
	if _, err := s.Clientset().AppsV1().Deployments("shop").Patch(t.Context(), "api-server", types.StrategicMergePatchType, resize("api", "2Gi", "", nil), metav1.PatchOptions{}); err != nil {
		t.Fatal(err)
	}
	s.Step(14 * time.Minute)
	if n := restarts(t, s, "shop", "api-server"); n != 0 {
		t.Errorf("%d kills within fourteen minutes of the raise, %d before it", n, before)
	}
	s.Step(6 * time.Minute)
	if n := restarts(t, s, "shop", "api-server"); n != 3 {
		t.Errorf("%d kills after twenty minutes, want one of each pod", n)
	}
	for _, p := range pods(t, s, "shop", "api-server") {
		if end := p.Status.ContainerStatuses[0].LastTerminationState.Terminated; end == nil || end.Reason != "OOMKilled" {
			t.Errorf("%s ended with %v", p.Name, end)
		}
	}
}

func TestDeploymentRollsWithoutLosingPods(t *testing.T) {
	t.Parallel()
	s := start(t, short())
	patched, err := s.Clientset().AppsV1().Deployments("shop").Patch(t.Context(), "checkout", types.StrategicMergePatchType, resize("checkout", "1Gi", "512Mi", nil), metav1.PatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if patched.Status.ObservedGeneration >= patched.Generation {
		t.Error("the controller saw the change before it could")
	}
	var updated int32
	seconds, finished := 0, false
	for ; seconds < 60 && !finished; seconds++ {
		s.Step(time.Second)
		d := deployment(t, s, "shop", "checkout")
		st := d.Status
		if st.ObservedGeneration == d.Generation && st.UpdatedReplicas < updated {
			t.Fatalf("second %d: updated pods fell from %d to %d", seconds, updated, st.UpdatedReplicas)
		}
		if st.ObservedGeneration == d.Generation {
			updated = st.UpdatedReplicas
		}
		list := pods(t, s, "shop", "checkout")
		if len(list) > 4 || int(st.Replicas) != len(list) || st.ReadyReplicas < 3 {
			t.Fatalf("second %d: %d pods, status says %d with %d ready", seconds, len(list), st.Replicas, st.ReadyReplicas)
		}
		finished = progress(d) == "NewReplicaSetAvailable" && updated == 3 && st.Replicas == 3
		if !finished && st.ObservedGeneration == d.Generation && progress(d) != "ReplicaSetUpdated" {
			t.Fatalf("second %d: Progressing says %s with %+v", seconds, progress(d), st)
		}
	}
	if !finished || seconds < 8 {
		t.Fatalf("finished=%v after %d s", finished, seconds)
	}
	for _, p := range pods(t, s, "shop", "checkout") {
		if p.Spec.Containers[0].Resources.Limits.Memory().String() != "1Gi" || p.Status.ContainerStatuses[0].RestartCount != 0 {
			t.Errorf("%s is old", p.Name)
		}
	}
	sets, err := s.Clientset().AppsV1().ReplicaSets("shop").List(t.Context(), metav1.ListOptions{LabelSelector: "app.kubernetes.io/name=checkout"})
	if err != nil || len(sets.Items) != 2 {
		t.Fatalf("%v ReplicaSets, %v", sets, err)
	}
	var all int32
	for _, rs := range sets.Items {
		all += rs.Status.Replicas
	}
	if all != 3 {
		t.Errorf("the ReplicaSets have %d pods", all)
	}
}

// progress returns the reason of the condition Progressing.
func progress(d *appsv1.Deployment) string {
	for _, c := range d.Status.Conditions {
		if c.Type == appsv1.DeploymentProgressing {
			return c.Reason
		}
	}
	return ""
}

func TestDaemonSetAndStatefulSetRollOneByOne(t *testing.T) {
	t.Parallel()
	s := start(t, short())
	if _, err := s.Clientset().AppsV1().DaemonSets("platform").Patch(t.Context(), "log-shipper", types.StrategicMergePatchType, resize("shipper", "512Mi", "", nil), metav1.PatchOptions{}); err != nil {
		t.Fatal(err)
	}
	setDatabase(t, s, "768Mi")
	var updated int32
	for range 40 {
		s.Step(time.Second)
		d, err := s.Clientset().AppsV1().DaemonSets("platform").Get(t.Context(), "log-shipper", metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		st := d.Status
		if st.ObservedGeneration != d.Generation {
			continue
		}
		if st.UpdatedNumberScheduled < updated || st.NumberReady < 3 {
			t.Fatalf("%+v after %d updated", st, updated)
		}
		updated = st.UpdatedNumberScheduled
	}
	if updated != 4 {
		t.Errorf("%d pods of the DaemonSet are new", updated)
	}
	sts, err := s.Clientset().AppsV1().StatefulSets("data").Get(t.Context(), "database", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if st := sts.Status; st.UpdatedReplicas != 1 || st.ReadyReplicas != 1 || st.CurrentRevision != st.UpdateRevision || st.ObservedGeneration != sts.Generation {
		t.Errorf("%+v", st)
	}
	if p := pods(t, s, "data", "database"); len(p) != 1 || p[0].Name != "database-0" || p[0].Labels["controller-revision-hash"] == "" {
		t.Errorf("%v", p)
	}
}

func TestFixesOfStartups(t *testing.T) {
	t.Parallel()
	s := start(t, short())
	patch := []byte(`{"spec":{"template":{"spec":{"initContainers":[{"name":"migrate","resources":{"limits":{"memory":"256Mi"}}}]}}}}`)
	if _, err := s.Clientset().AppsV1().Deployments("platform").Patch(t.Context(), "migrator", types.StrategicMergePatchType, patch, metav1.PatchOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Clientset().AppsV1().Deployments("media").Patch(t.Context(), "renderer", types.StrategicMergePatchType, resize("renderer", "2Gi", "", nil), metav1.PatchOptions{}); err != nil {
		t.Fatal(err)
	}
	s.Step(time.Minute)
	for _, name := range []string{"platform/migrator", "media/renderer"} {
		namespace, workload, _ := cut(name)
		d := deployment(t, s, namespace, workload)
		if d.Status.ReadyReplicas != *d.Spec.Replicas || progress(d) != "NewReplicaSetAvailable" {
			t.Errorf("%s: %+v", name, d.Status)
		}
	}
	if n := vector(t, s, `max by (container) (container_memory_working_set_bytes{container="migrator"})`, "container"); n["migrator"] == 0 {
		t.Error("the container behind the init container has no memory")
	}
}

func TestCronJobTakesTheFixAtItsNextRun(t *testing.T) {
	t.Parallel()
	o := short()
	origin := time.Date(2026, 5, 20, 1, 58, 0, 0, time.UTC)
	o.Now = func() time.Time { return origin }
	s := start(t, o)
	known := map[string]bool{}
	for _, p := range pods(t, s, "data", "nightly-report") {
		known[p.Name] = true
	}
	patch := []byte(`{"spec":{"jobTemplate":{"spec":{"template":{"spec":{"containers":[{"name":"report","resources":{"limits":{"memory":"2560Mi"}}}]}}}}}}`)
	if _, err := s.Clientset().BatchV1().CronJobs("data").Patch(t.Context(), "nightly-report", types.StrategicMergePatchType, patch, metav1.PatchOptions{}); err != nil {
		t.Fatal(err)
	}
	s.Step(45 * time.Minute)
	fresh := 0
	for _, p := range pods(t, s, "data", "nightly-report") {
		if known[p.Name] {
			continue
		}
		fresh++
		if p.Spec.Containers[0].Resources.Limits.Memory().String() != "2560Mi" || p.Status.Phase != corev1.PodSucceeded {
			t.Errorf("%s is %s with %s", p.Name, p.Status.Phase, strconv.FormatInt(p.Spec.Containers[0].Resources.Limits.Memory().Value(), 10))
		}
	}
	jobs, err := s.Clientset().BatchV1().Jobs("data").List(t.Context(), metav1.ListOptions{})
	if err != nil || fresh != 1 || len(jobs.Items) != 6 {
		t.Errorf("%d new runs, %d Jobs kept, %v", fresh, len(jobs.Items), err)
	}
}
