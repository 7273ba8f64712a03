package demo

import (
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/oomedic/oomedic/data"
)

// template returns the pod template of w as the API server would hold it, defaults filled in.
func (w *workload) template() corev1.PodTemplateSpec {
	grace := int64(30)
	main := corev1.Container{
		Name: w.container, Image: w.image, Command: w.command, Env: w.env, ImagePullPolicy: corev1.PullIfNotPresent,
		TerminationMessagePath: "/dev/termination-log", TerminationMessagePolicy: corev1.TerminationMessageReadFile,
		Resources: memory(w.limit, w.request),
	}
	spec := corev1.PodSpec{
		RestartPolicy: restartPolicy(w.kind), TerminationGracePeriodSeconds: &grace, DNSPolicy: corev1.DNSClusterFirst,
		SchedulerName: corev1.DefaultSchedulerName, SecurityContext: &corev1.PodSecurityContext{}, ServiceAccountName: "default",
	}
	if w.probe {
		main.LivenessProbe = &corev1.Probe{
			ProbeHandler:     corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/healthz", Port: intstr.FromInt32(8080), Scheme: corev1.URISchemeHTTP}},
			TimeoutSeconds:   1,
			PeriodSeconds:    10,
			SuccessThreshold: 1,
			FailureThreshold: 3,
		}
	}
	if w.shm != "" {
		spec.Volumes = []corev1.Volume{{Name: "dshm", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{Medium: corev1.StorageMediumMemory}}}}
		main.VolumeMounts = []corev1.VolumeMount{{Name: "dshm", MountPath: w.shm}}
	}
	if w.init != "" {
		first := *main.DeepCopy()
		first.Name, first.Command = w.init, []string{"/migrator", "up"}
		spec.InitContainers = []corev1.Container{first}
		main.Resources = memory(256*data.Mi, 128*data.Mi)
	}
	spec.Containers = []corev1.Container{main}
	return corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labelsFor(w, "", "")}, Spec: spec}
}

// memory returns resources with a memory limit and request in bytes, and a CPU request.
func memory(limit, request int64) corev1.ResourceRequirements {
	return corev1.ResourceRequirements{
		Limits:   corev1.ResourceList{corev1.ResourceMemory: *resource.NewQuantity(limit, resource.BinarySI)},
		Requests: corev1.ResourceList{corev1.ResourceMemory: *resource.NewQuantity(request, resource.BinarySI), corev1.ResourceCPU: resource.MustParse("100m")},
	}
}

// templateHash names a revision of a template: equal templates of one workload have equal names.
func templateHash(w *workload, t *corev1.PodTemplateSpec) (string, error) {
	b, err := json.Marshal(t)
	if err != nil {
		return "", fmt.Errorf("hash the template of %s/%s: %w", w.namespace, w.name, err)
	}
	return generatedName(mix(hashString(string(b)), w.group), 9), nil
}
