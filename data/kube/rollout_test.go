package kube_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

type rolloutCase struct {
	name string
	objs []runtime.Object
	want data.Rollout // Waits is a part of the text
}

// follow checks Rollout for workload kind/x after a change of generation 2.
func follow(t *testing.T, kind string, cases []rolloutCase) {
	t.Helper()
	for _, c := range cases {
		client := kube.NewFor(fake.NewClientset(c.objs...), "", kube.Options{})
		got, err := client.Rollout(t.Context(), workload(kind, "shop", "x"), data.Applied{Generation: 2})
		must(t, err)
		if got.At.IsZero() {
			t.Errorf("%s: no time", c.name)
		}
		waits := got.Waits.String()
		if (c.want.Waits == "") != (waits == "") || !strings.Contains(waits, c.want.Waits.String()) {
			t.Errorf("%s: waits %q, want %q", c.name, waits, c.want.Waits)
		}
		got.At, got.Waits, c.want.Waits = c.want.At, "", ""
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestRolloutOfADeployment(t *testing.T) {
	t.Parallel()
	d := func(observed int64, all, updated, ready, available int32, conds ...appsv1.DeploymentCondition) []runtime.Object {
		x := newDeployment("shop", "x")
		x.Generation = 2
		x.Status = appsv1.DeploymentStatus{
			ObservedGeneration: observed, Replicas: all, UpdatedReplicas: updated, ReadyReplicas: ready, AvailableReplicas: available, Conditions: conds,
		}
		return []runtime.Object{x}
	}
	late := appsv1.DeploymentCondition{Type: appsv1.DeploymentProgressing, Status: corev1.ConditionFalse, Reason: "ProgressDeadlineExceeded", Message: "has timed out"}
	going := appsv1.DeploymentCondition{Type: appsv1.DeploymentProgressing, Status: corev1.ConditionTrue, Reason: "ReplicaSetUpdated"}
	quota := appsv1.DeploymentCondition{Type: appsv1.DeploymentReplicaFailure, Status: corev1.ConditionTrue, Reason: "FailedCreate", Message: "exceeded quota: q"}
	paused := d(2, 3, 0, 3, 3)
	paused[0].(*appsv1.Deployment).Spec.Paused = true
	follow(t, "Deployment", []rolloutCase{
		{"not seen yet", d(1, 3, 3, 3, 3), data.Rollout{Desired: 3, Ready: 3, Old: 3, Waits: "has not taken up"}},
		{"begins", d(2, 4, 1, 3, 3, going), data.Rollout{Desired: 3, Updated: 1, Ready: 3, Old: 3, Waits: "1 of 3 pods updated"}},
		{"old ones end", d(2, 4, 3, 3, 3), data.Rollout{Desired: 3, Updated: 3, Ready: 3, Old: 1, Waits: "1 pod with the old template"}},
		{"not available", d(2, 3, 3, 2, 2), data.Rollout{Desired: 3, Updated: 3, Ready: 2, Waits: "2 of 3 pods available"}},
		{"done", d(2, 3, 3, 3, 3, going), data.Rollout{Desired: 3, Updated: 3, Ready: 3, Done: true}},
		{"too late", d(2, 4, 1, 3, 3, late), data.Rollout{Desired: 3, Updated: 1, Ready: 3, Old: 3, Failed: true, Waits: "has timed out"}},
		{"quota", d(2, 3, 0, 3, 3, quota), data.Rollout{Desired: 3, Ready: 3, Old: 3, Failed: true, Waits: "exceeded quota: q"}},
		{"paused", paused, data.Rollout{Desired: 3, Ready: 3, Old: 3, Failed: true, Waits: "kubectl rollout resume"}},
	})
}

func TestRolloutOfAStatefulSet(t *testing.T) {
	t.Parallel()
	s := func(observed int64, updated, ready int32, change func(*appsv1.StatefulSet), pods ...runtime.Object) []runtime.Object {
		x := newStatefulSet("shop", "x")
		x.Generation, x.UID = 2, "s"
		x.Status = appsv1.StatefulSetStatus{
			ObservedGeneration: observed, Replicas: 2, UpdatedReplicas: updated, ReadyReplicas: ready, CurrentRevision: "old", UpdateRevision: "new",
		}
		change(x)
		return append(pods, x)
	}
	plain := func(*appsv1.StatefulSet) {}
	parallel := func(x *appsv1.StatefulSet) { x.Spec.PodManagementPolicy = appsv1.ParallelPodManagement }
	onDelete := func(x *appsv1.StatefulSet) { x.Spec.UpdateStrategy.Type = appsv1.OnDeleteStatefulSetStrategyType }
	partition := func(x *appsv1.StatefulSet) {
		x.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{Partition: ptr[int32](1)}
	}
	pod := func(name, revision, waits string, ready corev1.ConditionStatus) *corev1.Pod {
		p := newPod(controlled(meta("shop", name), "apps/v1", "StatefulSet", "x", "s"))
		p.Labels = map[string]string{"app": "x", appsv1.ControllerRevisionHashLabelKey: revision}
		p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: ready}}
		if waits != "" {
			p.Status.ContainerStatuses[0].State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: waits}}
		}
		return p
	}
	looping := pod("x-1", "old", "CrashLoopBackOff", corev1.ConditionFalse)
	ended := pod("x-1", "old", "", corev1.ConditionFalse)
	ended.Status.ContainerStatuses[0].State = corev1.ContainerState{Terminated: terminated("OOMKilled", 137)}
	unschedulable := pod("x-1", "old", "", corev1.ConditionFalse)
	unschedulable.Status.Conditions = append(unschedulable.Status.Conditions, corev1.PodCondition{
		Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: corev1.PodReasonUnschedulable,
	})
	foreign := pod("x-1", "old", "CrashLoopBackOff", corev1.ConditionFalse)
	foreign.OwnerReferences[0].UID = "another"
	stuck := func(why data.Text) data.Rollout {
		return data.Rollout{Desired: 2, Ready: 1, Old: 2, Failed: true, Blocking: &data.PodKey{Namespace: "shop", Name: "x-1"},
			Waits: "waits for pod x-1 (" + why + ") to become ready and will not replace it: delete the pod"}
	}
	goesOn := data.Rollout{Desired: 2, Ready: 1, Old: 2, Waits: "0 of 2 pods updated"}
	follow(t, "StatefulSet", []rolloutCase{
		{"not seen yet", s(1, 2, 2, plain), data.Rollout{Desired: 2, Ready: 2, Old: 2, Waits: "has not taken up"}},
		{"half-way", s(2, 1, 2, plain), data.Rollout{Desired: 2, Updated: 1, Ready: 2, Old: 1, Waits: "1 of 2 pods updated"}},
		{"not ready", s(2, 2, 1, plain), data.Rollout{Desired: 2, Updated: 2, Ready: 1, Waits: "1 of 2 pods ready"}},
		{"done", s(2, 2, 2, plain), data.Rollout{Desired: 2, Updated: 2, Ready: 2, Done: true}},
		{"partition done", s(2, 1, 2, partition), data.Rollout{Desired: 2, Updated: 1, Ready: 2, Old: 1, Done: true}},
		{"on delete", s(2, 0, 2, onDelete), data.Rollout{Desired: 2, Ready: 2, Old: 2, Failed: true, Waits: "OnDelete: 2 pods keep"}},
		{"an old pod loops", s(2, 0, 1, plain, looping), stuck("CrashLoopBackOff")},
		{"an old pod was just killed", s(2, 0, 1, plain, ended), stuck("OOMKilled")},
		{"an old pod finds no node", s(2, 0, 1, plain, unschedulable), stuck("unschedulable")},
		{"an old pod loops, in parallel", s(2, 0, 1, parallel, looping), goesOn},
		{"a new pod loops", s(2, 0, 1, plain, pod("x-1", "new", "CrashLoopBackOff", corev1.ConditionFalse)), goesOn},
		{"an old pod starts", s(2, 0, 1, plain, pod("x-1", "old", "", corev1.ConditionFalse)), goesOn},
		{"an old pod is ready", s(2, 0, 1, plain, pod("x-1", "old", "CrashLoopBackOff", corev1.ConditionTrue)), goesOn},
		{"somebody else's pod loops", s(2, 0, 1, plain, foreign), goesOn},
	})
}

func TestRolloutOfADaemonSet(t *testing.T) {
	t.Parallel()
	d := func(observed int64, updated, available int32, strategy appsv1.DaemonSetUpdateStrategyType) []runtime.Object {
		x := newDaemonSet("shop", "x")
		x.Generation = 2
		x.Spec.UpdateStrategy.Type = strategy
		x.Status = appsv1.DaemonSetStatus{
			ObservedGeneration: observed, DesiredNumberScheduled: 3, CurrentNumberScheduled: 3, UpdatedNumberScheduled: updated, NumberReady: available, NumberAvailable: available,
		}
		return []runtime.Object{x}
	}
	follow(t, "DaemonSet", []rolloutCase{
		{"not seen yet", d(1, 3, 3, ""), data.Rollout{Desired: 3, Ready: 3, Old: 3, Waits: "has not taken up"}},
		{"begins", d(2, 1, 3, ""), data.Rollout{Desired: 3, Updated: 1, Ready: 3, Old: 2, Waits: "1 of 3 pods updated"}},
		{"not available", d(2, 3, 2, ""), data.Rollout{Desired: 3, Updated: 3, Ready: 2, Waits: "2 of 3 pods available"}},
		{"done", d(2, 3, 3, ""), data.Rollout{Desired: 3, Updated: 3, Ready: 3, Done: true}},
		{"on delete", d(2, 0, 3, appsv1.OnDeleteDaemonSetStrategyType), data.Rollout{Desired: 3, Ready: 3, Old: 3, Failed: true, Waits: "OnDelete"}},
	})
}

func TestRolloutOfACronJobIsDoneAtOnce(t *testing.T) {
	t.Parallel()
	follow(t, "CronJob", []rolloutCase{{"cron job", []runtime.Object{newCronJob("shop", "x")}, data.Rollout{Done: true}}})
}

func TestRolloutErrors(t *testing.T) {
	t.Parallel()
	c := kube.NewFor(fake.NewClientset(), "", kube.Options{})
	if _, err := c.Rollout(t.Context(), workload("Deployment", "shop", "x"), data.Applied{}); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("gone: %v", err)
	}
	if _, err := c.Rollout(t.Context(), workload("Job", "shop", "x"), data.Applied{}); !errors.Is(err, data.ErrUnsupported) {
		t.Errorf("a job: %v", err)
	}
}
