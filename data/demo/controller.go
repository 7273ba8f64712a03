package demo

import (
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/runtime"
)

// rolloutPause is the least time between two steps of a rollout, so that a person can follow it.
const rolloutPause = time.Second

// observe reads what a client wrote into an owner's object.
func (c *cluster) observe(o *owner, obj runtime.Object) error {
	var template corev1.PodTemplateSpec
	var generation int64
	replicas := o.replicas
	switch x := obj.(type) {
	case *appsv1.Deployment:
		template, generation = x.Spec.Template, x.Generation
		if x.Spec.Replicas != nil {
			replicas = *x.Spec.Replicas
		}
	case *appsv1.StatefulSet:
		template, generation = x.Spec.Template, x.Generation
		if x.Spec.Replicas != nil {
			replicas = *x.Spec.Replicas
		}
	case *appsv1.DaemonSet:
		template, generation = x.Spec.Template, x.Generation
	case *batchv1.CronJob:
		template, generation = x.Spec.JobTemplate.Spec.Template, x.Generation
	default:
		return fmt.Errorf("%T has no template", obj)
	}
	hash, err := templateHash(o.w, &template)
	if err != nil {
		return err
	}
	o.template, o.replicas, o.observed, o.hash = *template.DeepCopy(), replicas, generation, hash
	if o.w.kind == kindDeployment && o.sets[hash] == "" {
		o.sets[hash] = uuid(mix(hashString(hash), o.w.group))
		if err := c.api.put(replicaSetsGVR, o.replicaSet(hash, o.template, c.now, c.now)); err != nil {
			return err
		}
	}
	o.rolling = o.w.kind != kindCronJob
	o.since = c.now
	return nil
}

// reconcile takes the next step of an owner's rollout, if there is one to take, and writes its status.
func (c *cluster) reconcile(o *owner) error {
	if o.w.kind == kindCronJob {
		return c.runJobs(o)
	}
	if o.rolling && c.now.Sub(o.since) >= rolloutPause {
		moved, err := c.roll(o)
		if err != nil {
			return err
		}
		if moved {
			o.since = c.now
		}
		o.dirty = true
	}
	if !o.dirty {
		return nil
	}
	o.dirty = false
	return c.writeStatus(o)
}

// roll takes one step: it makes one pod or removes one. It reports whether it did.
func (c *cluster) roll(o *owner) (bool, error) {
	switch o.w.kind {
	case kindStatefulSet:
		return c.rollOrdered(o)
	case kindDaemonSet:
		return c.rollInPlace(o)
	}
	return c.rollDeployment(o)
}

// count returns how many pods o has, how many of them are of its newest revision, and how many are ready.
func (o *owner) count(now time.Time) (all, updated, ready int32) {
	for _, p := range o.pods {
		all++
		if p.ready(now) {
			ready++
		}
		if p.hash == o.hash {
			updated++
		}
	}
	return all, updated, ready
}

// rollDeployment makes new pods, one above the wanted number at most, and removes an old one for each that is ready.
func (c *cluster) rollDeployment(o *owner) (bool, error) {
	all, updated, ready := o.count(c.now)
	surge := int32(1)
	if o.w.recreate {
		surge = 0
	}
	old := o.worst(c.now, func(p *pod) bool { return p.hash != o.hash })
	switch {
	case old != nil && (o.w.recreate || !old.ready(c.now) || ready > o.replicas):
		return true, c.removePod(o, old)
	case updated < o.replicas && all < o.replicas+surge:
		return true, c.addPod(o, o.freeReplica())
	case old == nil && all > o.replicas:
		return true, c.removePod(o, o.worst(c.now, func(*pod) bool { return true }))
	case old == nil && updated == o.replicas && o.allReady(c.now):
		o.rolling, o.stable = false, o.hash
	}
	return false, nil
}

// rollOrdered replaces the highest ordinal that is of an older revision, and waits until every pod is ready.
func (c *cluster) rollOrdered(o *owner) (bool, error) {
	for ordinal := range int(o.replicas) {
		if o.at(ordinal) == nil {
			return true, c.addPod(o, ordinal)
		}
	}
	for ordinal := len(o.pods) - 1; ordinal >= int(o.replicas); ordinal-- {
		if p := o.at(ordinal); p != nil {
			return true, c.removePod(o, p)
		}
	}
	for ordinal := int(o.replicas) - 1; ordinal >= 0; ordinal-- {
		p := o.at(ordinal)
		if p.hash != o.hash && o.othersReady(p, c.now) {
			return true, c.removePod(o, p)
		}
		if !p.ready(c.now) {
			return false, nil
		}
	}
	o.rolling, o.stable = false, o.hash
	return false, nil
}

// rollInPlace replaces a DaemonSet's pods one node at a time.
func (c *cluster) rollInPlace(o *owner) (bool, error) {
	for i := range nodeNames {
		if o.at(i) == nil {
			return true, c.addPod(o, i)
		}
	}
	old := o.worst(c.now, func(p *pod) bool { return p.hash != o.hash })
	switch {
	case old != nil && o.othersReady(old, c.now):
		return true, c.removePod(o, old)
	case old == nil && o.allReady(c.now):
		o.rolling, o.stable = false, o.hash
	}
	return false, nil
}

// worst returns a pod that may go, one that is not ready before one that is; nil without any.
func (o *owner) worst(now time.Time, may func(*pod) bool) *pod {
	var found *pod
	for _, p := range o.pods {
		if may(p) && (found == nil || (found.ready(now) && !p.ready(now))) {
			found = p
		}
	}
	return found
}

// at returns the pod of a replica number, nil without one.
func (o *owner) at(replica int) *pod {
	for _, p := range o.pods {
		if p.replica == replica {
			return p
		}
	}
	return nil
}

// freeReplica returns the lowest replica number that no pod of the newest revision has.
func (o *owner) freeReplica() int {
	for n := 0; ; n++ {
		taken := false
		for _, p := range o.pods {
			taken = taken || (p.replica == n && p.hash == o.hash)
		}
		if !taken {
			return n
		}
	}
}

// allReady reports whether every pod is ready.
func (o *owner) allReady(now time.Time) bool { return o.othersReady(nil, now) }

// othersReady reports whether every pod but one is ready.
func (o *owner) othersReady(but *pod, now time.Time) bool {
	for _, p := range o.pods {
		if p != but && !p.ready(now) {
			return false
		}
	}
	return true
}

// addPod makes and stores a pod of the newest revision.
func (c *cluster) addPod(o *owner, replica int) error {
	p := o.newPod(c.seed, o.hash, &o.template, replica, c.now)
	o.pods = append(o.pods, p)
	return c.api.put(podsGVR, p.object(c.now))
}

// removePod ends a pod and takes it out of the store.
func (c *cluster) removePod(o *owner, p *pod) error {
	for i, q := range o.pods {
		if q == p {
			o.pods = append(o.pods[:i:i], o.pods[i+1:]...)
			break
		}
	}
	p.gone = c.now
	return c.api.remove(podsGVR, p.w.namespace, p.name)
}

// writeStatus stores the status of an owner and of its ReplicaSets where it changed.
func (c *cluster) writeStatus(o *owner) error {
	obj, err := c.api.store.Get(o.gvr, o.w.namespace, o.w.name)
	if err != nil {
		return nil //nolint:nilerr // the object was deleted: it has no status
	}
	before := obj.DeepCopyObject()
	o.setStatus(obj, c.now)
	if !equality.Semantic.DeepEqual(before, obj) {
		if err := c.api.put(o.gvr, obj); err != nil {
			return err
		}
	}
	for hash := range o.sets {
		if err := c.writeReplicaSet(o, hash); err != nil {
			return err
		}
	}
	return nil
}

// writeReplicaSet stores the counts of a ReplicaSet where they changed.
func (c *cluster) writeReplicaSet(o *owner, hash string) error {
	obj, err := c.api.store.Get(replicaSetsGVR, o.w.namespace, o.setName(hash))
	if err != nil {
		return nil //nolint:nilerr // it was deleted
	}
	rs, ok := obj.(*appsv1.ReplicaSet)
	if !ok {
		return fmt.Errorf("%T is no ReplicaSet", obj)
	}
	want := o.replicaSet(hash, rs.Spec.Template, rs.CreationTimestamp.Time, c.now)
	want.Status.ObservedGeneration = rs.Generation
	if *want.Spec.Replicas != *rs.Spec.Replicas {
		want.Status.ObservedGeneration++
	}
	if *want.Spec.Replicas == *rs.Spec.Replicas && want.Status.ReadyReplicas == rs.Status.ReadyReplicas {
		return nil
	}
	rs.Spec.Replicas, rs.Status = want.Spec.Replicas, want.Status
	return c.api.put(replicaSetsGVR, rs)
}
