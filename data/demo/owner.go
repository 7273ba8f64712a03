package demo

import (
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// owner is a workload as its controller knows it.
type owner struct {
	w        *workload
	gvr      schema.GroupVersionResource
	uid      string
	template corev1.PodTemplateSpec
	hash     string // of template
	stable   string // hash of the last revision that was rolled out whole
	replicas int32
	observed int64 // generation
	pods     []*pod
	sets     map[string]string // hash to UID of the ReplicaSets
	serial   uint64            // pods made so far
	rolling  bool
	dirty    bool      // the status may have changed
	since    time.Time // the last step of the rollout
	nextRun  time.Time // of a CronJob
	jobs     []*job
}

// gvrOf returns the resource of a workload's kind.
func gvrOf(kind string) schema.GroupVersionResource {
	switch kind {
	case kindStatefulSet:
		return statefulSetsGVR
	case kindDaemonSet:
		return daemonSetsGVR
	case kindCronJob:
		return cronJobsGVR
	}
	return deploymentsGVR
}

// meta returns the metadata of the owner's own object.
func (o *owner) meta(created time.Time) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Name: o.w.name, Namespace: o.w.namespace, UID: types.UID(o.uid), Generation: o.observed,
		CreationTimestamp: metav1.NewTime(created.Truncate(time.Second)), Labels: labelsFor(o.w, "", ""),
	}
}

// object returns the owner's object as it was first stored.
func (o *owner) object(origin time.Time) runtime.Object {
	m := o.meta(origin.Add(-max(o.w.age, o.w.earlier)))
	selector := &metav1.LabelSelector{MatchLabels: labelsFor(o.w, "", "")}
	replicas, history := o.w.replicas, int32(10)
	switch o.w.kind {
	case kindStatefulSet:
		zero := int32(0)
		return &appsv1.StatefulSet{ObjectMeta: m, Spec: appsv1.StatefulSetSpec{
			Replicas: &replicas, Selector: selector, Template: o.template, ServiceName: o.w.name, RevisionHistoryLimit: &history, PodManagementPolicy: appsv1.OrderedReadyPodManagement,
			UpdateStrategy: appsv1.StatefulSetUpdateStrategy{Type: appsv1.RollingUpdateStatefulSetStrategyType, RollingUpdate: &appsv1.RollingUpdateStatefulSetStrategy{Partition: &zero}},
		}}
	case kindDaemonSet:
		one, none := intstr.FromInt32(1), intstr.FromInt32(0)
		return &appsv1.DaemonSet{ObjectMeta: m, Spec: appsv1.DaemonSetSpec{
			Selector: selector, Template: o.template, RevisionHistoryLimit: &history,
			UpdateStrategy: appsv1.DaemonSetUpdateStrategy{Type: appsv1.RollingUpdateDaemonSetStrategyType, RollingUpdate: &appsv1.RollingUpdateDaemonSet{MaxUnavailable: &one, MaxSurge: &none}},
		}}
	case kindCronJob:
		keep, none, suspend := int32(3), int32(0), false
		return &batchv1.CronJob{ObjectMeta: m, Spec: batchv1.CronJobSpec{
			Schedule: o.w.schedule, ConcurrencyPolicy: batchv1.ForbidConcurrent, Suspend: &suspend, SuccessfulJobsHistoryLimit: &keep, FailedJobsHistoryLimit: &keep,
			JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{Template: o.template, BackoffLimit: &none}},
		}}
	}
	return &appsv1.Deployment{ObjectMeta: m, Spec: o.deploymentSpec(selector, &replicas, &history)}
}

// deploymentSpec returns the spec of a Deployment: one pod more while it rolls, none fewer.
func (o *owner) deploymentSpec(selector *metav1.LabelSelector, replicas, history *int32) appsv1.DeploymentSpec {
	deadline := int32(600)
	strategy := appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType}
	if !o.w.recreate {
		surge, unavailable := intstr.FromInt32(1), intstr.FromInt32(0)
		strategy = appsv1.DeploymentStrategy{Type: appsv1.RollingUpdateDeploymentStrategyType, RollingUpdate: &appsv1.RollingUpdateDeployment{MaxSurge: &surge, MaxUnavailable: &unavailable}}
	}
	return appsv1.DeploymentSpec{Replicas: replicas, Selector: selector, Template: o.template, Strategy: strategy, RevisionHistoryLimit: history, ProgressDeadlineSeconds: &deadline}
}

// setName returns the name of the ReplicaSet of a revision.
func (o *owner) setName(hash string) string { return o.w.name + "-" + hash }

// replicaSet returns the ReplicaSet of a revision with its counts at a time.
func (o *owner) replicaSet(hash string, template corev1.PodTemplateSpec, created, now time.Time) *appsv1.ReplicaSet {
	var n, ready int32
	for _, p := range o.pods {
		if p.hash == hash {
			n++
			if p.ready(now) {
				ready++
			}
		}
	}
	labels := labelsFor(o.w, "pod-template-hash", hash)
	t := *template.DeepCopy()
	t.Labels = labels
	yes := true
	return &appsv1.ReplicaSet{
		ObjectMeta: metav1.ObjectMeta{
			Name: o.setName(hash), Namespace: o.w.namespace, UID: types.UID(o.sets[hash]), Labels: labels, CreationTimestamp: metav1.NewTime(created.Truncate(time.Second)),
			OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: kindDeployment, Name: o.w.name, UID: types.UID(o.uid), Controller: &yes, BlockOwnerDeletion: &yes}},
		},
		Spec:   appsv1.ReplicaSetSpec{Replicas: &n, Selector: &metav1.LabelSelector{MatchLabels: labels}, Template: t},
		Status: appsv1.ReplicaSetStatus{Replicas: n, FullyLabeledReplicas: n, ReadyReplicas: ready, AvailableReplicas: ready, ObservedGeneration: 1},
	}
}

// newPod makes a pod of a revision. It is neither stored nor started.
func (o *owner) newPod(seed uint64, hash string, template *corev1.PodTemplateSpec, replica int, created time.Time) *pod {
	o.serial++
	key := mix(mix(seed, o.w.group), o.serial)
	p := &pod{w: o.w, uid: uuid(key), hash: hash, replica: replica, key: key, created: created, labels: labelsFor(o.w, hashLabel(o.w.kind), hash)}
	yes := true
	p.owner = metav1.OwnerReference{APIVersion: "apps/v1", Kind: o.w.kind, Name: o.w.name, UID: types.UID(o.uid), Controller: &yes, BlockOwnerDeletion: &yes}
	p.node = nodeNames[(o.w.group+uint64(replica))%uint64(len(nodeNames))]
	switch o.w.kind {
	case kindDeployment:
		p.name = o.setName(hash) + "-" + generatedName(key, 5)
		p.owner.Kind, p.owner.Name, p.owner.UID = "ReplicaSet", o.setName(hash), types.UID(o.sets[hash])
	case kindStatefulSet:
		p.name = fmt.Sprintf("%s-%d", o.w.name, replica)
	case kindDaemonSet:
		p.name = o.w.name + "-" + generatedName(key, 5)
		p.node = nodeNames[replica%len(nodeNames)]
	}
	p.spec = *template.Spec.DeepCopy()
	p.spec.NodeName = p.node
	p.run = container{waiting: "ContainerCreating", until: created.Add(startTakes)}
	if len(p.spec.InitContainers) > 0 {
		p.run.waiting = "PodInitializing"
	}
	return p
}
