package kube_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// record stores an event as the kubelet does.
func record(t *testing.T, cs kubernetes.Interface, p *corev1.Pod, container, reason, message string, when time.Time) {
	t.Helper()
	field := ""
	if container != "" {
		field = "spec.containers{" + container + "}"
	}
	_, err := cs.CoreV1().Events(p.Namespace).Create(t.Context(), &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{GenerateName: p.Name + ".", Namespace: p.Namespace},
		InvolvedObject: corev1.ObjectReference{APIVersion: "v1", Kind: "Pod", Namespace: p.Namespace, Name: p.Name, UID: p.UID, FieldPath: field},
		Reason:         reason, Message: message, Type: "Normal", Count: 1, FirstTimestamp: metav1.NewTime(when), LastTimestamp: metav1.NewTime(when),
	}, metav1.CreateOptions{})
	must(t, err)
}

// sigkilled is a pod whose container ended with SIGKILL now, and the runtime did not say why.
func sigkilled(ns, name, node string, now time.Time) *corev1.Pod {
	p := newPod(meta(ns, name))
	p.Spec.NodeName = node
	s := &p.Status.ContainerStatuses[0]
	s.RestartCount = 1
	s.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{
		Reason: "Error", ExitCode: 137, StartedAt: metav1.NewTime(now.Add(-time.Hour)), FinishedAt: metav1.NewTime(now),
	}
	return p
}

// newNode makes a node with the runtime and the memory of a real one.
func newNode(t *testing.T, cs kubernetes.Interface, name string) {
	t.Helper()
	n, err := cs.CoreV1().Nodes().Create(t.Context(), &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
	must(t, err)
	n.Status.NodeInfo = corev1.NodeSystemInfo{ContainerRuntimeVersion: "containerd://1.7.27", KubeletVersion: "v1.33.4", KernelVersion: "6.1.0"}
	n.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeMemoryPressure, Status: corev1.ConditionTrue, LastTransitionTime: metav1.NewTime(at)}}
	_, err = cs.CoreV1().Nodes().UpdateStatus(t.Context(), n, metav1.UpdateOptions{})
	must(t, err)
}

func TestWatchReadsEventsAndNodesOfSuspects(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	node := ns + "-n"
	newNode(t, cs, node)
	now := time.Now().Truncate(time.Second)
	p := create(t, cs, sigkilled(ns, "probed", node, now))
	other := create(t, cs, newPod(meta(ns, "other")))
	record(t, cs, p, "app", "Killing", "Container app failed liveness probe, will be restarted", now)
	record(t, cs, p, "app", "Pulled", "Container image already present", now)
	record(t, cs, other, "app", "Killing", "Stopping container app", now)
	st := watching(t, connect(t, apiServer(t), kube.Options{Namespaces: []string{ns}}))
	until(t, st, 10*time.Second, "events and node of the suspect", func(s *data.Snapshot) bool {
		c := find(s, "probed", "app")
		return c != nil && !c.EventsRead.IsZero() && c.NodeFacts != nil
	})
	c := find(st.Snapshot(), "probed", "app")
	if len(c.Events) != 1 || c.Events[0].Reason != "Killing" || c.Events[0].Container != "app" || !c.Events[0].Last.Equal(now) {
		t.Errorf("events %+v", c.Events)
	}
	if want := "kubectl get events -n " + ns; !strings.HasPrefix(c.Events[0].From.String(), want) {
		t.Errorf("from %q", c.Events[0].From)
	}
	n := c.NodeFacts
	if n.Runtime != "containerd://1.7.27" || n.Kubelet != "v1.33.4" || n.MemoryPressure == nil || !*n.MemoryPressure || !n.PressureSince.Equal(at) {
		t.Errorf("node %+v", n)
	}

	// An event that comes after the kill was seen first is found by the second look.
	later := now.Add(30 * time.Second)
	p, err := cs.CoreV1().Pods(ns).Get(t.Context(), "probed", metav1.GetOptions{})
	must(t, err)
	p.Status.ContainerStatuses[0].LastTerminationState.Terminated.FinishedAt = metav1.NewTime(later)
	setStatus(t, cs, p)
	record(t, cs, p, "app", "Unhealthy", "Liveness probe failed", later)
	until(t, st, 30*time.Second, "the next event", func(s *data.Snapshot) bool { return len(find(s, "probed", "app").Events) == 2 })
}

func TestManyPodsAreReadInOneList(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	now := time.Now().Truncate(time.Second)
	for i := range 6 {
		p := create(t, cs, sigkilled(ns, fmt.Sprintf("p%d", i), "", now))
		record(t, cs, p, "app", "Killing", "Stopping container app", now)
		record(t, cs, p, "", "Scheduled", "assigned", now)
	}
	st := data.NewStore(time.Now)
	must(t, connect(t, apiServer(t), kube.Options{Namespaces: []string{ns}}).List(t.Context(), st))
	for i := range 6 {
		c := find(st.Snapshot(), fmt.Sprintf("p%d", i), "app")
		if c == nil || len(c.Events) != 1 || c.Events[0].Reason != "Killing" {
			t.Errorf("p%d: %+v", i, c)
		}
	}
}

func TestEventsAndNodesThatMayNotBeReadAreGaps(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	user := "looker-" + ns
	grant(t, cs, ns, user, readPods)
	create(t, cs, sigkilled(ns, "probed", "some-node", time.Now().Truncate(time.Second)))
	client := connect(t, as(apiServer(t), user), kube.Options{Namespaces: []string{ns}})
	checked(t, client, func(_ data.Cluster, err error) bool { return err == nil })
	st := data.NewStore(time.Now)
	must(t, client.List(t.Context(), st))
	s := st.Snapshot()
	if c := find(s, "probed", "app"); c == nil || !c.EventsRead.IsZero() {
		t.Errorf("%+v", c)
	}
	got := map[data.Text]data.Text{}
	for _, g := range s.Gaps {
		got[g.What] = g.Why
	}
	for what, why := range map[string]string{"events in namespace " + ns: "list events", "nodes": "get nodes", "events of nodes": "list events"} {
		if !strings.Contains(got[data.Text(what)].String(), why) {
			t.Errorf("no gap %q with %q: %v", what, why, s.Gaps)
		}
	}
}

func TestPodFacts(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	p := sigkilled(ns, "drained", "n1", time.Now().Truncate(time.Second))
	p.Finalizers = []string{"example.org/hold"}
	p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: "side", Image: "img", Resources: requirements("64Mi", "")})
	p.Status.Conditions = []corev1.PodCondition{{Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue, Reason: "EvictionByEvictionAPI"}}
	p.Status.Message = "drained"
	create(t, cs, p)
	must(t, cs.CoreV1().Pods(ns).Delete(t.Context(), "drained", metav1.DeleteOptions{GracePeriodSeconds: ptr[int64](30)}))
	st := data.NewStore(time.Now)
	must(t, connect(t, apiServer(t), kube.Options{Namespaces: []string{ns}}).List(t.Context(), st))
	c := find(st.Snapshot(), "drained", "app")
	if since := time.Since(c.DeletedAt); since < -2*time.Second || since > time.Minute {
		t.Errorf("deleted %s ago", since)
	}
	if c.PodMessage != "drained" || len(c.PodConditions) != 1 || c.PodConditions[0].Reason != "EvictionByEvictionAPI" || c.RestartPolicy != "Always" {
		t.Errorf("%q %v %q", c.PodMessage, c.PodConditions, c.RestartPolicy)
	}
	if c.SumLimits == nil || *c.SumLimits != 576*data.Mi {
		t.Errorf("sum of limits %v", c.SumLimits)
	}
}
