package kube_test

import (
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"github.com/oomedic/oomedic/data"
)

// at is a moment of the past that the API can hold: whole seconds.
var at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func ptr[T any](v T) *T { return &v }

func bytes(n int64) *int64 { return &n }

// requirements are a memory limit and request; empty leaves one out.
func requirements(limit, request string) corev1.ResourceRequirements {
	r := corev1.ResourceRequirements{Limits: corev1.ResourceList{}, Requests: corev1.ResourceList{}}
	if limit != "" {
		r.Limits[corev1.ResourceMemory] = resource.MustParse(limit)
	}
	if request != "" {
		r.Requests[corev1.ResourceMemory] = resource.MustParse(request)
	}
	return r
}

// template is a pod template with one container of 512Mi and one init container.
func template(app, container string) corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": app}},
		Spec: corev1.PodSpec{
			InitContainers: []corev1.Container{{Name: "migrate", Image: "img", Resources: requirements("64Mi", "")}},
			Containers: []corev1.Container{{
				Name: container, Image: "img", Resources: requirements("512Mi", "256Mi"),
				Env: []corev1.EnvVar{{Name: "PASSWORD", Value: "hunter2"}},
			}},
		},
	}
}

func meta(ns, name string) metav1.ObjectMeta { return metav1.ObjectMeta{Namespace: ns, Name: name} }

func selector(app string) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: map[string]string{"app": app}}
}

func newDeployment(ns, name string) *appsv1.Deployment {
	return &appsv1.Deployment{ObjectMeta: meta(ns, name), Spec: appsv1.DeploymentSpec{
		Replicas: ptr[int32](3), Selector: selector(name), Template: template(name, "app"),
	}}
}

func newReplicaSet(ns, name string) *appsv1.ReplicaSet {
	return &appsv1.ReplicaSet{ObjectMeta: meta(ns, name), Spec: appsv1.ReplicaSetSpec{
		Replicas: ptr[int32](3), Selector: selector(name), Template: template(name, "app"),
	}}
}

func newStatefulSet(ns, name string) *appsv1.StatefulSet {
	return &appsv1.StatefulSet{ObjectMeta: meta(ns, name), Spec: appsv1.StatefulSetSpec{
		Replicas: ptr[int32](2), Selector: selector(name), Template: template(name, "app"),
	}}
}

func newDaemonSet(ns, name string) *appsv1.DaemonSet {
	return &appsv1.DaemonSet{ObjectMeta: meta(ns, name), Spec: appsv1.DaemonSetSpec{
		Selector: selector(name), Template: template(name, "app"),
	}}
}

func newCronJob(ns, name string) *batchv1.CronJob {
	t := template(name, "app")
	t.Spec.RestartPolicy = corev1.RestartPolicyNever
	return &batchv1.CronJob{ObjectMeta: meta(ns, name), Spec: batchv1.CronJobSpec{
		Schedule: "0 3 * * *", JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{Template: t}},
	}}
}

func workload(kind, ns, name string) data.Workload {
	return data.Workload{Kind: data.Text(kind), Namespace: data.Text(ns), Name: data.Text(name)}
}

// controlled gives m an owner that controls it.
func controlled(m metav1.ObjectMeta, apiVersion, kind, name string, uid types.UID) metav1.ObjectMeta {
	m.OwnerReferences = []metav1.OwnerReference{{APIVersion: apiVersion, Kind: kind, Name: name, UID: uid, Controller: ptr(true)}}
	return m
}

// newPod is a pod with one container "app" of 512Mi that runs.
func newPod(m metav1.ObjectMeta) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: m,
		Spec:       corev1.PodSpec{NodeName: "n1", Containers: []corev1.Container{{Name: "app", Image: "img", Resources: requirements("512Mi", "256Mi")}}},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, ContainerStatuses: []corev1.ContainerStatus{{
			Name: "app", Image: "img", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(at)}},
		}}},
	}
}

// terminated is an end of a container at the time at.
func terminated(reason string, code int32) *corev1.ContainerStateTerminated {
	return &corev1.ContainerStateTerminated{
		Reason: reason, ExitCode: code, StartedAt: metav1.NewTime(at.Add(-time.Hour)), FinishedAt: metav1.NewTime(at),
	}
}

// kill makes the pod's container look like one that was OOMKilled at and runs again.
func kill(p *corev1.Pod, at time.Time) *corev1.Pod {
	s := &p.Status.ContainerStatuses[0]
	s.RestartCount++
	s.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{
		Reason: "OOMKilled", ExitCode: 137, StartedAt: metav1.NewTime(at.Add(-time.Hour)), FinishedAt: metav1.NewTime(at),
	}
	return p
}

// create puts a pod and its status onto a server.
func create(t *testing.T, cs kubernetes.Interface, p *corev1.Pod) *corev1.Pod {
	t.Helper()
	made, err := cs.CoreV1().Pods(p.Namespace).Create(t.Context(), p.DeepCopy(), metav1.CreateOptions{})
	must(t, err)
	made.Status = p.Status
	return setStatus(t, cs, made)
}

// setStatus writes the status of a pod as a kubelet does.
func setStatus(t *testing.T, cs kubernetes.Interface, p *corev1.Pod) *corev1.Pod {
	t.Helper()
	out, err := cs.CoreV1().Pods(p.Namespace).UpdateStatus(t.Context(), p, metav1.UpdateOptions{})
	must(t, err)
	return out
}
