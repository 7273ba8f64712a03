package kube_test

import (
	"errors"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// cell is what one way does to one kind: what the patch has in it, or the words of the refusal.
type cell struct{ patches, refuses string }

// row is one kind: the object that is made, the preferred way, and each way.
type row struct {
	name      string
	make      func(t *testing.T, cs kubernetes.Interface, ns string) data.Workload
	container string
	prefer    data.Way
	ways      map[data.Way]cell
}

// withNode puts a node with 16 GiB and a kubelet onto the server.
func withNode(t *testing.T, cs kubernetes.Interface, name, kubelet string) {
	t.Helper()
	n, err := cs.CoreV1().Nodes().Create(t.Context(), &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
	must(t, err)
	n.Status.Allocatable = corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("16Gi"), corev1.ResourceCPU: resource.MustParse("4")}
	n.Status.Capacity, n.Status.NodeInfo.KubeletVersion, n.Status.NodeInfo.OperatingSystem = n.Status.Allocatable, kubelet, "linux"
	_, err = cs.CoreV1().Nodes().UpdateStatus(t.Context(), n, metav1.UpdateOptions{})
	must(t, err)
}

// runs puts a running pod of an owner onto a node of its own.
func runs(t *testing.T, cs kubernetes.Interface, ns, name, kind, apiVersion string, uid types.UID) *corev1.Pod {
	t.Helper()
	withNode(t, cs, ns, "v1.37.2")
	m := meta(ns, name+"-0")
	m.Labels = map[string]string{"app": name}
	if kind == "Job" {
		m.Labels["batch.kubernetes.io/controller-uid"] = string(uid)
	}
	if kind != "" {
		m = controlled(m, apiVersion, kind, name, uid)
	}
	p := newPod(m)
	p.Spec.NodeName = ns
	r := p.Spec.Containers[0].Resources
	p.Status.ContainerStatuses[0].Resources, p.Status.ContainerStatuses[0].AllocatedResources = &r, r.Requests
	return create(t, cs, p)
}

// inPlace is what every resize has in it.
const inPlace = `"containers":[{"name":"app","resources":{"limits":{"memory":"768Mi"}}}]`

func matrix() []row {
	template := cell{patches: `"template":{"spec":{"containers":[{"name":"app","resources":{"limits":{"memory":"768Mi"}}}]}}`}
	whole := map[data.Way]cell{data.WayTemplate: template, data.WayInPlace: {patches: inPlace}, data.WayBoth: template, data.WayExport: template}
	noTemplate := func(words string) map[data.Way]cell {
		return map[data.Way]cell{data.WayTemplate: {refuses: words}, data.WayInPlace: {patches: inPlace}, data.WayBoth: {refuses: words}, data.WayExport: {}}
	}
	of := func(w data.Workload, uid types.UID) data.Workload { w.UID = data.Text(uid); return w }
	return []row{
		{"Deployment", func(t *testing.T, cs kubernetes.Interface, ns string) data.Workload {
			d, err := cs.AppsV1().Deployments(ns).Create(t.Context(), newDeployment(ns, "x"), metav1.CreateOptions{})
			must(t, err)
			rs := newReplicaSet(ns, "x")
			rs.ObjectMeta = controlled(rs.ObjectMeta, "apps/v1", "Deployment", "x", d.UID)
			rs.Labels = map[string]string{"app": "x"}
			rs, err = cs.AppsV1().ReplicaSets(ns).Create(t.Context(), rs, metav1.CreateOptions{})
			must(t, err)
			runs(t, cs, ns, "x", "ReplicaSet", "apps/v1", rs.UID)
			return workload("Deployment", ns, "x")
		}, "app", data.WayTemplate, whole},
		{"StatefulSet", func(t *testing.T, cs kubernetes.Interface, ns string) data.Workload {
			s, err := cs.AppsV1().StatefulSets(ns).Create(t.Context(), newStatefulSet(ns, "x"), metav1.CreateOptions{})
			must(t, err)
			runs(t, cs, ns, "x", "StatefulSet", "apps/v1", s.UID)
			return workload("StatefulSet", ns, "x")
		}, "app", data.WayTemplate, whole},
		{"StatefulSet whose pod crash-loops", func(t *testing.T, cs kubernetes.Interface, ns string) data.Workload {
			s, err := cs.AppsV1().StatefulSets(ns).Create(t.Context(), newStatefulSet(ns, "x"), metav1.CreateOptions{})
			must(t, err)
			p := runs(t, cs, ns, "x", "StatefulSet", "apps/v1", s.UID)
			p.Status.ContainerStatuses[0].State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}
			setStatus(t, cs, p)
			return workload("StatefulSet", ns, "x")
		}, "app", data.WayBoth, whole},
		{"DaemonSet OnDelete", func(t *testing.T, cs kubernetes.Interface, ns string) data.Workload {
			d := newDaemonSet(ns, "x")
			d.Spec.UpdateStrategy.Type = "OnDelete"
			d, err := cs.AppsV1().DaemonSets(ns).Create(t.Context(), d, metav1.CreateOptions{})
			must(t, err)
			runs(t, cs, ns, "x", "DaemonSet", "apps/v1", d.UID)
			return workload("DaemonSet", ns, "x")
		}, "app", data.WayBoth, whole},
		{"ReplicaSet", func(t *testing.T, cs kubernetes.Interface, ns string) data.Workload {
			rs, err := cs.AppsV1().ReplicaSets(ns).Create(t.Context(), newReplicaSet(ns, "x"), metav1.CreateOptions{})
			must(t, err)
			runs(t, cs, ns, "x", "ReplicaSet", "apps/v1", rs.UID)
			return workload("ReplicaSet", ns, "x")
		}, "app", data.WayBoth, whole},
		{"Pod", func(t *testing.T, cs kubernetes.Interface, ns string) data.Workload {
			p := runs(t, cs, ns, "x", "", "", "")
			return of(workload("Pod", ns, p.Name), p.UID)
		}, "app", data.WayInPlace, noTemplate("has no controller and so no template")},
		{"Job that runs", func(t *testing.T, cs kubernetes.Interface, ns string) data.Workload {
			j, err := cs.BatchV1().Jobs(ns).Create(t.Context(), newJob(ns, "x", false), metav1.CreateOptions{})
			must(t, err)
			runs(t, cs, ns, "x", "Job", "batch/v1", j.UID)
			return workload("Job", ns, "x")
		}, "app", data.WayInPlace, noTemplate("cannot be changed: delete job/x and create it again")},
		{"Job that is suspended", func(t *testing.T, cs kubernetes.Interface, ns string) data.Workload {
			_, err := cs.BatchV1().Jobs(ns).Create(t.Context(), newJob(ns, "x", true), metav1.CreateOptions{})
			must(t, err)
			return workload("Job", ns, "x")
		}, "app", data.WayTemplate, map[data.Way]cell{data.WayTemplate: template, data.WayInPlace: {refuses: "no pod of it runs"}, data.WayBoth: {refuses: "no pod of it runs"}, data.WayExport: template}},
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
		{"a container that was injected", func(t *testing.T, cs kubernetes.Interface, ns string) data.Workload {
			_, err := cs.AppsV1().Deployments(ns).Create(t.Context(), newDeployment(ns, "x"), metav1.CreateOptions{})
			must(t, err)
			return workload("Deployment", ns, "x")
		}, "istio-proxy", data.WayExport, map[data.Way]cell{
			data.WayTemplate: {refuses: `set the annotations sidecar.istio.io/proxyMemoryLimit: "768Mi"`}, data.WayInPlace: {refuses: "no pod of it runs"}, data.WayBoth: {refuses: "proxyMemoryLimit"}, data.WayExport: {refuses: "proxyMemoryLimit"},
		}},
	}
}

func newJob(ns, name string, suspended bool) *batchv1.Job {
	tpl := template(name, "app")
	tpl.Spec.RestartPolicy = corev1.RestartPolicyNever
	return &batchv1.Job{ObjectMeta: meta(ns, name), Spec: batchv1.JobSpec{Template: tpl, Suspend: &suspended}}
}

// TestServerEveryKindByEveryWay plans each way for each kind against a real API server, and compares what is offered
// with what can be planned.
func TestServerEveryKindByEveryWay(t *testing.T) {
	t.Parallel()
	for _, r := range matrix() {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			cs := admin(t)
			ns := newNamespace(t, cs)
			w := r.make(t, cs, ns)
			c := connect(t, apiServer(t), kube.Options{})
			everyWay(t, c, r, data.Change{Workload: w, Container: data.Text(r.container), Limit: bytes(768 * data.Mi)})
		})
	}
}

func everyWay(t *testing.T, c *kube.Client, r row, ch data.Change) {
	t.Helper()
	offers, err := c.Ways(t.Context(), ch)
	must(t, err)
	offered, preferred := map[data.Way]data.WayOffer{}, data.Way("")
	for _, o := range offers {
		offered[o.Way] = o
		if o.Why == "" {
			t.Errorf("%s has no reason", o.Way)
		}
		if o.Preferred {
			preferred += o.Way
		}
	}
	if preferred != r.prefer || len(offers) != 4 {
		t.Errorf("prefers %q, want %q: %+v", preferred, r.prefer, offers)
	}
	for way, want := range r.ways {
		ch.Way = way
		p, err := c.Plan(t.Context(), ch)
		if want.refuses != "" {
			if !errors.Is(err, data.ErrUnsupported) || !strings.Contains(err.Error(), want.refuses) {
				t.Errorf("%s: %v, want a refusal that says %q", way, err, want.refuses)
			}
			if o := offered[way]; way != data.WayExport && (o.Offered || !strings.Contains(o.Why.String(), want.refuses)) {
				t.Errorf("%s is refused, and the offer is %+v", way, o)
			}
			continue
		}
		if err != nil || !offered[way].Offered {
			t.Errorf("%s: %v; offered: %+v", way, err, offered[way])
			continue
		}
		if !strings.Contains(string(p.Patch), want.patches) || strings.Contains(string(p.Patch), "cpu") {
			t.Errorf("%s: patch %s, want %s", way, p.Patch, want.patches)
		}
		if len(p.Diff) == 0 && want.patches != "" || p.Effect == "" || len(p.Ways) != 4 {
			t.Errorf("%s: %d lines of diff, effect %q, %d ways", way, len(p.Diff), p.Effect, len(p.Ways))
		}
		if way.InPlace() != (len(p.Pods) > 0) {
			t.Errorf("%s: %d pods", way, len(p.Pods))
		}
	}
}
