package kube_test

import (
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/oomedic/oomedic/data"
)

// inPlace is what every resize has in it.
const inPlace = `"containers":[{"name":"app","resources":{"limits":{"memory":"768Mi"}}}]`

// inTemplate is what every patch of a template has in it.
var inTemplate = cell{patches: `"template":{"spec":{` + inPlace + `}}`}

// everything is what a kind has whose template and whose pods can be changed.
func everything() map[data.Way]cell {
	return map[data.Way]cell{data.WayTemplate: inTemplate, data.WayInPlace: {patches: inPlace}, data.WayBoth: inTemplate, data.WayExport: inTemplate}
}

// noTemplate is what a kind has whose template cannot be changed, in these words.
func noTemplate(words string) map[data.Way]cell {
	return map[data.Way]cell{data.WayTemplate: {refuses: words}, data.WayInPlace: {patches: inPlace}, data.WayBoth: {refuses: words}, data.WayExport: {}}
}

// ofDeployment makes a Deployment with a ReplicaSet and a pod.
func ofDeployment(change func(*appsv1.Deployment), pod func(*corev1.Pod)) func(*testing.T, kubernetes.Interface, string) data.Workload {
	return func(t *testing.T, cs kubernetes.Interface, ns string) data.Workload {
		d := newDeployment(ns, "x")
		change(d)
		d, err := cs.AppsV1().Deployments(ns).Create(t.Context(), d, metav1.CreateOptions{})
		must(t, err)
		rs := newReplicaSet(ns, "x")
		rs.ObjectMeta = controlled(rs.ObjectMeta, "apps/v1", "Deployment", "x", d.UID)
		rs.Labels = map[string]string{"app": "x"}
		rs, err = cs.AppsV1().ReplicaSets(ns).Create(t.Context(), rs, metav1.CreateOptions{})
		must(t, err)
		runs(t, cs, ns, "x", "ReplicaSet", "apps/v1", rs.UID, pod)
		return workload("Deployment", ns, "x")
	}
}

// ofStatefulSet makes a StatefulSet with one pod, which crash-loops when it is told to.
func ofStatefulSet(change func(*appsv1.StatefulSet), crashes bool) func(*testing.T, kubernetes.Interface, string) data.Workload {
	return func(t *testing.T, cs kubernetes.Interface, ns string) data.Workload {
		s := newStatefulSet(ns, "x")
		change(s)
		s, err := cs.AppsV1().StatefulSets(ns).Create(t.Context(), s, metav1.CreateOptions{})
		must(t, err)
		p := runs(t, cs, ns, "x", "StatefulSet", "apps/v1", s.UID)
		if crashes {
			p.Status.ContainerStatuses[0].State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}
			setStatus(t, cs, p)
		}
		return workload("StatefulSet", ns, "x")
	}
}

// ofDaemonSet makes a DaemonSet with one pod.
func ofDaemonSet(strategy appsv1.DaemonSetUpdateStrategyType) func(*testing.T, kubernetes.Interface, string) data.Workload {
	return func(t *testing.T, cs kubernetes.Interface, ns string) data.Workload {
		d := newDaemonSet(ns, "x")
		d.Spec.UpdateStrategy.Type = strategy
		d, err := cs.AppsV1().DaemonSets(ns).Create(t.Context(), d, metav1.CreateOptions{})
		must(t, err)
		runs(t, cs, ns, "x", "DaemonSet", "apps/v1", d.UID)
		return workload("DaemonSet", ns, "x")
	}
}

func plainly[T any](*T) {}

// sidecar puts a container into a pod that its template does not have.
func sidecar(name string) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: name, Image: "img", Resources: requirements("512Mi", "256Mi")})
		s := p.Status.ContainerStatuses[0]
		s.Name = name
		p.Status.ContainerStatuses = append(p.Status.ContainerStatuses, s)
	}
}

// kubernetesRows are the kinds of Kubernetes itself.
func kubernetesRows() []row {
	inSidecar := func(name string) map[data.Way]cell {
		words := "is not in the template of deployment/x"
		return map[data.Way]cell{
			data.WayTemplate: {refuses: words}, data.WayBoth: {refuses: words}, data.WayExport: {refuses: words},
			data.WayInPlace: {patches: `"containers":[{"name":"` + name + `","resources":{"limits":{"memory":"768Mi"}}}]`},
		}
	}
	inInit := cell{patches: `"initContainers":[{"name":"migrate","resources":{"limits":{"memory":"768Mi"}}}]`}
	return []row{
		{"Deployment", ofDeployment(plainly, plainly), "app", data.WayTemplate, everything()},
		{"Deployment, paused", ofDeployment(func(d *appsv1.Deployment) { d.Spec.Paused = true }, plainly), "app", data.WayBoth, everything()},
		{"StatefulSet", ofStatefulSet(plainly, false), "app", data.WayTemplate, everything()},
		{"StatefulSet, ordered, its pod crash-loops", ofStatefulSet(plainly, true), "app", data.WayBoth, everything()},
		{"StatefulSet, parallel, its pod crash-loops", ofStatefulSet(func(s *appsv1.StatefulSet) { s.Spec.PodManagementPolicy = appsv1.ParallelPodManagement }, true), "app", data.WayTemplate, everything()},
		{"StatefulSet, OnDelete", ofStatefulSet(func(s *appsv1.StatefulSet) { s.Spec.UpdateStrategy.Type = appsv1.OnDeleteStatefulSetStrategyType }, false), "app", data.WayBoth, everything()},
		{"StatefulSet, partition 2", ofStatefulSet(func(s *appsv1.StatefulSet) {
			s.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{Partition: ptr[int32](2)}
		}, false), "app", data.WayBoth, everything()},
		{"DaemonSet", ofDaemonSet(appsv1.RollingUpdateDaemonSetStrategyType), "app", data.WayTemplate, everything()},
		{"DaemonSet, OnDelete", ofDaemonSet(appsv1.OnDeleteDaemonSetStrategyType), "app", data.WayBoth, everything()},
		{"ReplicaSet", func(t *testing.T, cs kubernetes.Interface, ns string) data.Workload {
			rs, err := cs.AppsV1().ReplicaSets(ns).Create(t.Context(), newReplicaSet(ns, "x"), metav1.CreateOptions{})
			must(t, err)
			runs(t, cs, ns, "x", "ReplicaSet", "apps/v1", rs.UID)
			return workload("ReplicaSet", ns, "x")
		}, "app", data.WayBoth, everything()},
		{"ReplicationController", func(t *testing.T, cs kubernetes.Interface, ns string) data.Workload {
			tpl := template("x", "app")
			rc, err := cs.CoreV1().ReplicationControllers(ns).Create(t.Context(), &corev1.ReplicationController{
				ObjectMeta: meta(ns, "x"), Spec: corev1.ReplicationControllerSpec{Selector: map[string]string{"app": "x"}, Template: &tpl},
			}, metav1.CreateOptions{})
			must(t, err)
			runs(t, cs, ns, "x", "ReplicationController", "v1", rc.UID)
			return workload("ReplicationController", ns, "x")
		}, "app", data.WayBoth, everything()},
		{"Pod without a controller", func(t *testing.T, cs kubernetes.Interface, ns string) data.Workload {
			p := runs(t, cs, ns, "x", "", "", "")
			w := workload("Pod", ns, p.Name)
			w.UID = data.Text(p.UID)
			return w
		}, "app", data.WayInPlace, noTemplate("has no controller and so no template")},
		{"Job that has started", func(t *testing.T, cs kubernetes.Interface, ns string) data.Workload {
			j, err := cs.BatchV1().Jobs(ns).Create(t.Context(), newJob(ns, "x", false), metav1.CreateOptions{})
			must(t, err)
			runs(t, cs, ns, "x", "Job", "batch/v1", j.UID)
			return workload("Job", ns, "x")
		}, "app", data.WayInPlace, noTemplate("cannot be changed: delete job/x and create it again")},
		{"Job that is suspended", func(t *testing.T, cs kubernetes.Interface, ns string) data.Workload {
			_, err := cs.BatchV1().Jobs(ns).Create(t.Context(), newJob(ns, "x", true), metav1.CreateOptions{})
			must(t, err)
			return workload("Job", ns, "x")
		}, "app", data.WayTemplate, map[data.Way]cell{data.WayTemplate: inTemplate, data.WayInPlace: {refuses: "no pod of it runs"}, data.WayBoth: {refuses: "no pod of it runs"}, data.WayExport: inTemplate}},
		{"CronJob", func(t *testing.T, cs kubernetes.Interface, ns string) data.Workload {
			c, err := cs.BatchV1().CronJobs(ns).Create(t.Context(), newCronJob(ns, "x"), metav1.CreateOptions{})
			must(t, err)
			j := newJob(ns, "x", false)
			j.ObjectMeta = controlled(j.ObjectMeta, "batch/v1", "CronJob", "x", c.UID)
			j, err = cs.BatchV1().Jobs(ns).Create(t.Context(), j, metav1.CreateOptions{})
			must(t, err)
			runs(t, cs, ns, "x", "Job", "batch/v1", j.UID)
			return workload("CronJob", ns, "x")
		}, "app", data.WayTemplate, map[data.Way]cell{
			data.WayTemplate: {patches: `"jobTemplate":{"spec":{"template":`}, data.WayInPlace: {patches: inPlace}, data.WayBoth: {patches: `"jobTemplate"`}, data.WayExport: {patches: `"jobTemplate"`},
		}},
		{"Init container of a Deployment", ofDeployment(plainly, func(p *corev1.Pod) {
			p.Spec.InitContainers = []corev1.Container{{Name: "migrate", Image: "img", Resources: requirements("64Mi", "")}}
			s := p.Status.ContainerStatuses[0]
			s.Name, s.Resources, s.AllocatedResources = "migrate", nil, nil
			s.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}
			p.Status.InitContainerStatuses = []corev1.ContainerStatus{s}
		}), "migrate", data.WayTemplate, map[data.Way]cell{data.WayTemplate: inInit, data.WayInPlace: inInit, data.WayBoth: inInit, data.WayExport: inInit}},
		{"Istio's sidecar, injected", ofDeployment(plainly, sidecar("istio-proxy")), "istio-proxy", data.WayInPlace, inSidecar("istio-proxy")},
		{"Linkerd's sidecar, injected", ofDeployment(plainly, sidecar("linkerd-proxy")), "linkerd-proxy", data.WayInPlace, inSidecar("linkerd-proxy")},
		{"A sidecar of an unknown injector", ofDeployment(plainly, sidecar("agent")), "agent", data.WayInPlace, inSidecar("agent")},
	}
}

func newJob(ns, name string, suspended bool) *batchv1.Job {
	tpl := template(name, "app")
	tpl.Spec.RestartPolicy = corev1.RestartPolicyNever
	return &batchv1.Job{ObjectMeta: meta(ns, name), Spec: batchv1.JobSpec{Template: tpl, Suspend: &suspended}}
}
