package kube

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/cache"
	"k8s.io/client-go/kubernetes"

	"github.com/oomedic/oomedic/data"
)

// Bounds of the cache of owners. What was found is asked again after ownerTTL, because replicas change; what was
// forbidden or gone sooner, because rights are granted.
const (
	maxOwners  = 5000
	ownerTTL   = 5 * time.Minute
	problemTTL = time.Minute
)

// ownerKey names the direct controller of a pod.
type ownerKey struct {
	namespace, apiVersion, kind, name, uid string
}

// owners finds the workload above a pod and remembers it by the owner's UID.
type owners struct {
	cs kubernetes.Interface
	// custom reads objects of other kinds; nil over a clientset that has no server behind it.
	custom *customReader
	cache  *cache.LRUExpireCache
}

func newOwners(cs kubernetes.Interface) *owners {
	return &owners{cs: cs, cache: cache.NewLRUExpireCache(maxOwners)}
}

// ownerOf returns the key of the pod's controller. A bare pod, and a static pod, whose controller is its node, is its
// own workload: then bare is true and w is complete.
func ownerOf(p *corev1.Pod) (k ownerKey, w data.Workload, bare bool) {
	ref := metav1.GetControllerOf(p)
	if ref == nil || (ref.Kind == "Node" && ref.APIVersion == "v1") {
		return ownerKey{}, data.Workload{
			APIVersion: "v1", Kind: "Pod", Namespace: data.Clean(p.Namespace), Name: data.Clean(p.Name), UID: data.Clean(string(p.UID)),
		}, true
	}
	return keyOfRef(p.Namespace, ref), data.Workload{}, false
}

func keyOfRef(namespace string, ref *metav1.OwnerReference) ownerKey {
	return ownerKey{namespace: namespace, apiVersion: ref.APIVersion, kind: ref.Kind, name: ref.Name, uid: string(ref.UID)}
}

// workload is the owner itself, with nothing read from the server.
func (k ownerKey) workload() data.Workload {
	return data.Workload{
		APIVersion: data.Clean(k.apiVersion), Kind: data.Clean(k.kind), Namespace: data.Clean(k.namespace),
		Name: data.Clean(k.name), UID: data.Clean(k.uid),
	}
}

// cached returns what is known of the owner without asking the server.
func (o *owners) cached(k ownerKey) (data.Workload, bool) {
	v, ok := o.cache.Get(k)
	if !ok {
		return data.Workload{}, false
	}
	w, ok := v.(data.Workload)
	return w, ok
}

// find walks up from the owner. A right that is missing or an object that is gone ends the walk at the last level
// known, with a Problem. The error is one of the connection, after which asking again makes sense; w is then the
// direct owner with a Problem.
func (o *owners) find(ctx context.Context, k ownerKey) (data.Workload, error) {
	if w, ok := o.cached(k); ok {
		return w, nil
	}
	w, err := o.walk(ctx, k)
	ttl := ownerTTL
	if err != nil {
		w.Problem = data.Textf("cannot get %s %s: %s", k.kind, k.name, words(err))
		if !tolerable(err) {
			return w, err
		}
		ttl = problemTTL
	}
	o.cache.Add(k, w, ttl)
	return w, nil
}

// replicas returns a copy of n, or the API's default of one.
func replicas(n *int32) *int32 {
	one := int32(1)
	if n != nil {
		one = *n
	}
	return &one
}

// fill sets the workload of every container of p, asking the server when it must.
func (o *owners) fill(ctx context.Context, raw *corev1.Pod, p *data.Pod) {
	if len(p.Containers) == 0 {
		return
	}
	k, w, bare := ownerOf(raw)
	if !bare {
		w, _ = o.find(ctx, k) //nolint:errcheck // w carries the problem
	}
	setWorkload(p, w)
}

// setWorkload sets the workload of every container of p.
func setWorkload(p *data.Pod, w data.Workload) {
	for i := range p.Containers {
		p.Containers[i].Workload = w
	}
}
