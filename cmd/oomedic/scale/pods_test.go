//go:build scale

package scale

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Shares of the pods, of a thousand: what a cluster with ordinary troubles has.
const (
	killedShare    = 5  // OOMKilled within a day
	restartedShare = 30 // restarted for another reason, most of them days ago
	completedShare = 20 // pods of finished jobs
)

// generated is the pod of number i. Two runs make the same pods but for the times, which are relative to now. About ten
// kilobytes of protobuf, a third of which is managedFields; the exemplar of Kubernetes' own scale tests has 10,285.
func generated(i int, namespaces int, now time.Time) *corev1.Pod {
	r := rand.New(rand.NewPCG(uint64(i), 1))
	app := fmt.Sprintf("service-%04d", i/7)
	hash := fmt.Sprintf("%09x", uint64(i/7)*2654435761&0xfffffffff)
	p := &corev1.Pod{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace(i % namespaces), Name: fmt.Sprintf("%s-%s-%05x", app, hash, i), GenerateName: app + "-" + hash + "-",
			UID: types.UID(fmt.Sprintf("2b7f1c1e-0000-4000-8000-%012x", i)), CreationTimestamp: metav1.NewTime(now.Add(-time.Duration(1+r.IntN(20*24)) * time.Hour)),
			Labels: map[string]string{"app.kubernetes.io/name": app, "app.kubernetes.io/part-of": "shop", "pod-template-hash": hash, "team": "payments", "tier": "backend"},
			Annotations: map[string]string{
				"checksum/config": fmt.Sprintf("%064x", r.Uint64()), "prometheus.io/scrape": "true", "prometheus.io/port": "9090",
				"kubectl.kubernetes.io/restartedAt": now.Add(-48 * time.Hour).Format(time.RFC3339),
			},
			OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: app + "-" + hash, UID: types.UID("11111111-0000-4000-8000-" + fmt.Sprintf("%012x", i/7)), Controller: ptr(true), BlockOwnerDeletion: ptr(true)}},
		},
		Spec: corev1.PodSpec{
			NodeName: fmt.Sprintf("ip-10-0-%d-%d.eu-west-1.compute.internal", i/30%250, i/7500), RestartPolicy: corev1.RestartPolicyAlways,
			ServiceAccountName: app, DNSPolicy: corev1.DNSClusterFirst, SchedulerName: "default-scheduler", SecurityContext: &corev1.PodSecurityContext{},
			TerminationGracePeriodSeconds: ptr[int64](30), EnableServiceLinks: ptr(true), Priority: ptr[int32](0), PreemptionPolicy: ptr(corev1.PreemptLowerPriority),
			Tolerations: []corev1.Toleration{
				{Key: "node.kubernetes.io/not-ready", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: ptr[int64](300)},
				{Key: "node.kubernetes.io/unreachable", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: ptr[int64](300)},
			},
			Volumes: []corev1.Volume{
				{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: app}, DefaultMode: ptr[int32](420)}}},
				{Name: "tmp", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
			},
		},
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning, HostIP: "10.0.0.1", PodIP: fmt.Sprintf("10.1.%d.%d", i/250%250, i%250), QOSClass: corev1.PodQOSBurstable, StartTime: ptr(metav1.NewTime(now.Add(-20 * 24 * time.Hour))),
		},
	}
	for _, k := range []corev1.PodConditionType{corev1.PodReadyToStartContainers, corev1.PodInitialized, corev1.PodReady, corev1.ContainersReady, corev1.PodScheduled} {
		p.Status.Conditions = append(p.Status.Conditions, corev1.PodCondition{Type: k, Status: corev1.ConditionTrue, LastTransitionTime: metav1.NewTime(now.Add(-time.Hour))})
	}
	for c := range 2 + r.IntN(3) {
		addContainer(p, c, app, now)
	}
	p.ManagedFields = managedFields(p, now)
	mishap(p, r, now)
	return p
}

func namespace(i int) string { return fmt.Sprintf("scale-%04d", i) }

func ptr[T any](v T) *T { return &v }

func addContainer(p *corev1.Pod, n int, app string, now time.Time) {
	name := []string{"app", "proxy", "metrics", "logs"}[n]
	image := "registry.example.com/team-payments/" + app + "-" + name + ":v1.42.7"
	spec := corev1.Container{
		Name: name, Image: image, Args: []string{"--config=/etc/app/config.yaml", "--log-format=json", "--listen=:8080"},
		Ports: []corev1.ContainerPort{{Name: "http-" + name, ContainerPort: 8080 + int32(n), Protocol: corev1.ProtocolTCP}},
		Resources: corev1.ResourceRequirements{
			Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("512Mi"), corev1.ResourceCPU: resource.MustParse("1")},
			Requests: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("256Mi"), corev1.ResourceCPU: resource.MustParse("100m")},
		},
		VolumeMounts:    []corev1.VolumeMount{{Name: "config", MountPath: "/etc/app", ReadOnly: true}, {Name: "tmp", MountPath: "/tmp"}},
		ImagePullPolicy: corev1.PullIfNotPresent, TerminationMessagePath: "/dev/termination-log", TerminationMessagePolicy: corev1.TerminationMessageReadFile,
		ReadinessProbe: &corev1.Probe{
			ProbeHandler:   corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{}},
			TimeoutSeconds: 1, PeriodSeconds: 10, SuccessThreshold: 1, FailureThreshold: 3,
		},
	}
	spec.ReadinessProbe.TCPSocket.Port.IntVal = 8080
	for e := range 14 {
		spec.Env = append(spec.Env, corev1.EnvVar{Name: fmt.Sprintf("SERVICE_SETTING_%02d", e), Value: fmt.Sprintf("https://backend-%02d.payments.svc.cluster.local:8443/v1", e)})
	}
	p.Spec.Containers = append(p.Spec.Containers, spec)
	p.Status.ContainerStatuses = append(p.Status.ContainerStatuses, corev1.ContainerStatus{
		Name: name, Image: image, ImageID: image + "@sha256:" + strings.Repeat("ab", 32), ContainerID: "containerd://" + strings.Repeat("cd", 32), Ready: true, Started: ptr(true),
		State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(now.Add(-20 * 24 * time.Hour))}},
	})
}

// managedFields are those that a controller and a kubelet leave.
func managedFields(p *corev1.Pod, now time.Time) []metav1.ManagedFieldsEntry {
	var spec, status strings.Builder
	for i := range p.Spec.Containers {
		fmt.Fprintf(&spec, `"k:{\"name\":\"%s\"}":{".":{},"f:args":{},"f:env":{".":{}`, p.Spec.Containers[i].Name)
		for _, e := range p.Spec.Containers[i].Env[:10] {
			fmt.Fprintf(&spec, `,"k:{\"name\":\"%s\"}":{".":{},"f:name":{},"f:value":{}}`, e.Name)
		}
		spec.WriteString(`},"f:image":{},"f:imagePullPolicy":{},"f:name":{},"f:resources":{".":{},"f:limits":{},"f:requests":{}},"f:volumeMounts":{}},`)
	}
	for _, c := range p.Status.Conditions {
		fmt.Fprintf(&status, `"k:{\"type\":\"%s\"}":{".":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}},`, c.Type)
	}
	entry := func(manager, sub, body string) metav1.ManagedFieldsEntry {
		return metav1.ManagedFieldsEntry{
			Manager: manager, Operation: metav1.ManagedFieldsOperationUpdate, APIVersion: "v1", Time: ptr(metav1.NewTime(now)), FieldsType: "FieldsV1",
			FieldsV1: &metav1.FieldsV1{Raw: []byte(body)}, Subresource: sub,
		}
	}
	return []metav1.ManagedFieldsEntry{
		entry("kube-controller-manager", "", `{"f:metadata":{"f:labels":{}},"f:spec":{"f:containers":{`+strings.TrimSuffix(spec.String(), ",")+`}}}`),
		entry("kubelet", "status", `{"f:status":{"f:conditions":{`+strings.TrimSuffix(status.String(), ",")+`},"f:containerStatuses":{},"f:podIP":{}}}`),
	}
}

// mishap makes of some pods what ended at some time.
func mishap(p *corev1.Pod, r *rand.Rand, now time.Time) {
	end := func(reason string, code int32, ago time.Duration) *corev1.ContainerStateTerminated {
		return &corev1.ContainerStateTerminated{
			Reason: reason, ExitCode: code, StartedAt: metav1.NewTime(now.Add(-ago - time.Hour)), FinishedAt: metav1.NewTime(now.Add(-ago)),
			ContainerID: "containerd://" + strings.Repeat("ef", 32),
		}
	}
	s := &p.Status.ContainerStatuses[0]
	switch n := r.IntN(1000); {
	case n < killedShare:
		s.RestartCount = 1 + int32(r.IntN(20))
		s.LastTerminationState.Terminated = end("OOMKilled", 137, time.Duration(r.IntN(23*3600))*time.Second)
	case n < killedShare+restartedShare:
		s.RestartCount = 1 + int32(r.IntN(5))
		s.LastTerminationState.Terminated = end("Error", 1, time.Duration(12+r.IntN(19*24))*time.Hour)
	case n < killedShare+restartedShare+completedShare:
		p.Spec.RestartPolicy, p.Status.Phase = corev1.RestartPolicyNever, corev1.PodSucceeded
		for i := range p.Status.ContainerStatuses {
			p.Status.ContainerStatuses[i].State = corev1.ContainerState{Terminated: end("Completed", 0, time.Hour)}
		}
	}
}
