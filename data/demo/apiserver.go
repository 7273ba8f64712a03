package demo

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/version"
	"k8s.io/apimachinery/pkg/watch"
	fakediscovery "k8s.io/client-go/discovery/fake"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
)

// The resources that the sandbox knows.
var (
	podsGVR         = schema.GroupVersionResource{Version: "v1", Resource: "pods"}
	nodesGVR        = schema.GroupVersionResource{Version: "v1", Resource: "nodes"}
	namespacesGVR   = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}
	eventsGVR       = schema.GroupVersionResource{Version: "v1", Resource: "events"}
	limitRangesGVR  = schema.GroupVersionResource{Version: "v1", Resource: "limitranges"}
	deploymentsGVR  = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}
	replicaSetsGVR  = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "replicasets"}
	statefulSetsGVR = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "statefulsets"}
	daemonSetsGVR   = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "daemonsets"}
	cronJobsGVR     = schema.GroupVersionResource{Group: "batch", Version: "v1", Resource: "cronjobs"}
	jobsGVR         = schema.GroupVersionResource{Group: "batch", Version: "v1", Resource: "jobs"}
)

// kindOf are the kinds of the resources, as they stand in errors.
var kindOf = map[schema.GroupVersionResource]string{
	podsGVR: "Pod", nodesGVR: "Node", namespacesGVR: "Namespace", eventsGVR: "Event", limitRangesGVR: "LimitRange",
	deploymentsGVR: "Deployment", replicaSetsGVR: "ReplicaSet", statefulSetsGVR: "StatefulSet", daemonSetsGVR: "DaemonSet",
	cronJobsGVR: "CronJob", jobsGVR: "Job",
}

// maxChanges is how many changes are kept for watches that resume; an older one must list again.
const maxChanges = 4096

// apiServer makes client-go's fake clientset behave as an API server does where a careful client can tell: versions,
// preconditions, dry runs, validation, admission and watches. Its mutex is the one lock of the sandbox.
type apiServer struct {
	mu        sync.Mutex
	clientset *fake.Clientset
	store     clienttesting.ObjectTracker
	version   int64 // resourceVersion of the newest write to the cluster
	changes   []change
	watchers  map[*watcher]bool
	closed    bool
	now       func() time.Time
	serial    uint64 // for generated names and UIDs
	seed      uint64
	// written is called with the lock held after a client (not the simulation) stored or removed an object.
	written func(gvr schema.GroupVersionResource, old, stored runtime.Object)
}

// newAPIServer returns an empty API server. now is called with the lock held.
func newAPIServer(seed uint64, now func() time.Time) *apiServer {
	cs := fake.NewSimpleClientset() //nolint:staticcheck // field management is not simulated
	s := &apiServer{clientset: cs, store: cs.Tracker(), version: 1000, watchers: map[*watcher]bool{}, now: now, seed: seed}
	if d, ok := cs.Discovery().(*fakediscovery.FakeDiscovery); ok {
		d.FakedServerVersion = &version.Info{Major: "1", Minor: "37", GitVersion: "v1.37.2", Platform: "linux/amd64"}
	}
	cs.Resources = discoveryResources()
	cs.PrependReactor("*", "*", s.react)
	cs.PrependWatchReactor("*", s.reactWatch)
	return s
}

// discoveryResources are the lists that discovery returns.
func discoveryResources() []*metav1.APIResourceList {
	var out []*metav1.APIResourceList
	at := map[string]*metav1.APIResourceList{}
	for _, gvr := range []schema.GroupVersionResource{podsGVR, nodesGVR, namespacesGVR, eventsGVR, limitRangesGVR, deploymentsGVR, replicaSetsGVR, statefulSetsGVR, daemonSetsGVR, cronJobsGVR, jobsGVR} {
		gv := gvr.GroupVersion().String()
		if at[gv] == nil {
			at[gv] = &metav1.APIResourceList{GroupVersion: gv}
			out = append(out, at[gv])
		}
		at[gv].APIResources = append(at[gv].APIResources, metav1.APIResource{
			Name: gvr.Resource, Kind: kindOf[gvr], Namespaced: gvr != nodesGVR && gvr != namespacesGVR,
			Verbs: metav1.Verbs{"create", "delete", "get", "list", "patch", "update", "watch"},
		})
		if gvr == podsGVR {
			at[gv].APIResources = append(at[gv].APIResources, metav1.APIResource{
				Name: "pods/resize", Kind: "Pod", Namespaced: true, Verbs: metav1.Verbs{"get", "patch", "update"},
			})
		}
	}
	return out
}

// put stores obj and tells the watchers. It gives a new object its UID and creation time where they are missing, bumps
// the version always and the generation when the spec changed. The caller holds the lock.
func (s *apiServer) put(gvr schema.GroupVersionResource, obj runtime.Object) error {
	m, err := meta.Accessor(obj)
	if err != nil {
		return fmt.Errorf("store an object: %w", err)
	}
	old, err := s.store.Get(gvr, m.GetNamespace(), m.GetName())
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("store %s: %w", m.GetName(), err)
	}
	kind := watch.Modified
	if apierrors.IsNotFound(err) {
		kind, old = watch.Added, nil
		s.stamp(m)
	} else if err := s.carry(m, old, obj); err != nil {
		return err
	}
	s.version++
	m.SetResourceVersion(strconv.FormatInt(s.version, 10))
	if kind == watch.Added {
		err = s.store.Create(gvr, obj, m.GetNamespace())
	} else {
		err = s.store.Update(gvr, obj, m.GetNamespace())
	}
	if err != nil {
		return fmt.Errorf("store %s: %w", m.GetName(), err)
	}
	s.tell(change{version: s.version, gvr: gvr, kind: kind, old: old, object: obj.DeepCopyObject()})
	return nil
}

// stamp fills in what the server gives a new object.
func (s *apiServer) stamp(m metav1.Object) {
	s.serial++
	if m.GetUID() == "" {
		m.SetUID(types.UID(uuid(mix(s.seed, s.serial))))
	}
	if t := m.GetCreationTimestamp(); t.IsZero() {
		m.SetCreationTimestamp(metav1.NewTime(s.now().Truncate(time.Second)))
	}
	if m.GetGeneration() == 0 {
		m.SetGeneration(1)
	}
}

// carry keeps what a client cannot change and bumps the generation when the spec is another.
func (s *apiServer) carry(m metav1.Object, old, obj runtime.Object) error {
	was, err := meta.Accessor(old)
	if err != nil {
		return fmt.Errorf("read the stored object: %w", err)
	}
	m.SetUID(was.GetUID())
	m.SetCreationTimestamp(was.GetCreationTimestamp())
	m.SetGeneration(was.GetGeneration())
	if !reflect.DeepEqual(specOf(old), specOf(obj)) {
		m.SetGeneration(was.GetGeneration() + 1)
	}
	return nil
}

// specOf returns an object's spec as plain JSON; nil without one.
func specOf(o runtime.Object) any {
	b, err := json.Marshal(o)
	if err != nil {
		return nil
	}
	var out struct {
		Spec any `json:"spec"`
	}
	if json.Unmarshal(b, &out) != nil {
		return nil
	}
	return out.Spec
}

// remove deletes an object if it is there and tells the watchers. The caller holds the lock.
func (s *apiServer) remove(gvr schema.GroupVersionResource, namespace, name string) error {
	old, err := s.store.Get(gvr, namespace, name)
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err == nil {
		err = s.store.Delete(gvr, namespace, name)
	}
	if err != nil {
		return fmt.Errorf("remove %s/%s: %w", namespace, name, err)
	}
	s.version++
	if m, err := meta.Accessor(old); err == nil {
		m.SetResourceVersion(strconv.FormatInt(s.version, 10))
	}
	s.tell(change{version: s.version, gvr: gvr, kind: watch.Deleted, old: old, object: old})
	return nil
}
