package demo

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/oomedic/oomedic/data"
)

// furnish stores what stands around the workloads: nodes, namespaces and the limits of one namespace.
func (c *cluster) furnish() error {
	long := metav1.NewTime(c.origin.Add(-90 * day).Truncate(time.Second))
	for _, name := range namespaces {
		ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, CreationTimestamp: long, Labels: map[string]string{"kubernetes.io/metadata.name": name}}, Status: corev1.NamespaceStatus{Phase: corev1.NamespaceActive}}
		if err := c.api.put(namespacesGVR, ns); err != nil {
			return err
		}
	}
	for i, name := range nodeNames {
		if err := c.api.put(nodesGVR, node(name, i, long)); err != nil {
			return err
		}
	}
	most := corev1.ResourceList{corev1.ResourceMemory: *resource.NewQuantity(memoryCeiling, resource.BinarySI)}
	return c.api.put(limitRangesGVR, &corev1.LimitRange{
		ObjectMeta: metav1.ObjectMeta{Name: "memory-ceiling", Namespace: ceilingNamespace, CreationTimestamp: long},
		Spec:       corev1.LimitRangeSpec{Limits: []corev1.LimitRangeItem{{Type: corev1.LimitTypeContainer, Max: most}}},
	})
}

// node returns a node with 16 GiB.
func node(name string, i int, created metav1.Time) *corev1.Node {
	capacity := corev1.ResourceList{corev1.ResourceMemory: *resource.NewQuantity(16*data.Gi, resource.BinarySI), corev1.ResourceCPU: resource.MustParse("4"), corev1.ResourcePods: resource.MustParse("110")}
	allocatable := capacity.DeepCopy()
	allocatable[corev1.ResourceMemory] = *resource.NewQuantity(15*data.Gi, resource.BinarySI)
	ok := func(t corev1.NodeConditionType, s corev1.ConditionStatus, reason string) corev1.NodeCondition {
		return corev1.NodeCondition{Type: t, Status: s, Reason: reason, LastTransitionTime: created}
	}
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name, CreationTimestamp: created, Labels: map[string]string{"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}},
		Status: corev1.NodeStatus{
			Capacity: capacity, Allocatable: allocatable,
			Conditions: []corev1.NodeCondition{ok(corev1.NodeMemoryPressure, corev1.ConditionFalse, "KubeletHasSufficientMemory"), ok(corev1.NodeReady, corev1.ConditionTrue, "KubeletReady")},
			Addresses:  []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: nodeIP(i)}, {Type: corev1.NodeHostName, Address: name}},
			NodeInfo:   corev1.NodeSystemInfo{KubeletVersion: "v1.37.2", ContainerRuntimeVersion: "containerd://2.3.1", KernelVersion: "6.12.9", OperatingSystem: "linux", Architecture: "amd64", OSImage: "Debian GNU/Linux 13 (trixie)"},
		},
	}
}

// nodeIP returns the address of a node by its number.
func nodeIP(i int) string { return fmt.Sprintf("10.0.1.%d", 11+i) }

// nodeIPOf returns the address of a node by its name.
func nodeIPOf(name string) string {
	for i, n := range nodeNames {
		if n == name {
			return nodeIP(i)
		}
	}
	return ""
}

// eventLife is how long an API server keeps an event (--event-ttl).
const eventLife = time.Hour

// tellEvents stores the events of the last hour of o's pods: of probes that killed, and of restarts that wait.
func (c *cluster) tellEvents(o *owner) error {
	for _, p := range o.pods {
		last := p.run.last
		if last == nil || c.origin.Sub(last.FinishedAt.Time) > eventLife {
			continue
		}
		at := last.FinishedAt.Time
		if o.w.ending == probeKills {
			if err := c.event(p, "Warning", "Unhealthy", fmt.Sprintf("Liveness probe failed: Get \"http://%s:8080/healthz\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)", p.ip()), at.Add(-30*time.Second), 3); err != nil {
				return err
			}
			if err := c.event(p, "Normal", "Killing", fmt.Sprintf("Container %s failed liveness probe, will be restarted", p.target().Name), at.Add(-2*time.Second), 1); err != nil {
				return err
			}
		}
		if p.run.waiting == reasonBackoff {
			if err := c.event(p, "Warning", "BackOff", fmt.Sprintf("Back-off restarting failed container %s in pod %s_%s(%s)", p.target().Name, p.name, p.w.namespace, p.uid), at, p.run.restarts); err != nil {
				return err
			}
		}
	}
	return nil
}

// event stores one event about p.
func (c *cluster) event(p *pod, kind, reason, message string, at time.Time, count int32) error {
	stamp := metav1.NewTime(at.Truncate(time.Second))
	field := "spec.containers{" + p.target().Name + "}"
	if p.initializing() {
		field = "spec.initContainers{" + p.target().Name + "}"
	}
	return c.api.put(eventsGVR, &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{Name: fmt.Sprintf("%s.%x", p.name, mix(hashString(reason), uint64(at.UnixNano()))), Namespace: p.w.namespace, CreationTimestamp: stamp},
		InvolvedObject: corev1.ObjectReference{APIVersion: "v1", Kind: "Pod", Namespace: p.w.namespace, Name: p.name, UID: types.UID(p.uid), FieldPath: field},
		Reason:         reason, Message: message, Type: kind, Count: count, FirstTimestamp: stamp, LastTimestamp: stamp,
		Source: corev1.EventSource{Component: "kubelet", Host: p.node}, ReportingController: "kubelet", ReportingInstance: p.node,
	})
}
