package kube

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/cache"

	"github.com/oomedic/oomedic/data"
)

// podStore takes what the reflector brings and gives the store what is suspect in it. The reflector calls it from one
// goroutine at a time.
type podStore struct {
	c      *Client
	st     *data.Store
	ns     string
	health *scopeHealth
	owners *resolver
	// evidence is asked to explain what is put into the store.
	evidence *evidence
	seen     int // pods that exist in the scope
}

// take decodes a pod and puts it into the store when there is something to tell.
func (s *podStore) take(p *corev1.Pod) slim {
	out := s.c.slimmed(s.st, p)
	s.put(out)
	return out
}

func (s *podStore) put(v slim) {
	if v.pod == nil {
		return
	}
	s.st.PutWatched(*v.pod)
	if v.owner != (ownerKey{}) {
		s.owners.want(v.owner, v.key)
	}
	s.evidence.want(v.pod)
}

// Add implements cache.ReflectorStore.
func (s *podStore) Add(obj any) error {
	p, ok := obj.(*corev1.Pod)
	if !ok {
		return fmt.Errorf("add %T: not a pod", obj)
	}
	s.take(p)
	s.count(1)
	return nil
}

// Update implements cache.ReflectorStore.
func (s *podStore) Update(obj any) error {
	p, ok := obj.(*corev1.Pod)
	if !ok {
		return fmt.Errorf("update %T: not a pod", obj)
	}
	s.take(p)
	return nil
}

// Delete implements cache.ReflectorStore. The last state of a pod may be the first to show a kill, so it is taken
// before the pod is marked gone.
func (s *podStore) Delete(obj any) error {
	if gone, ok := obj.(cache.DeletedFinalStateUnknown); ok {
		obj = gone.Obj
	}
	p, ok := obj.(*corev1.Pod)
	if !ok {
		return fmt.Errorf("delete %T: not a pod", obj)
	}
	v := s.take(p)
	s.st.Delete(v.key, s.c.now())
	s.count(-1)
	return nil
}

// Replace implements cache.ReflectorStore: a whole list is there, as the one item that podSource makes.
func (s *podStore) Replace(items []any, _ string) error {
	for _, it := range items {
		l, ok := it.(*listing)
		if !ok {
			return fmt.Errorf("list holds %T: not a listing", it)
		}
		l.replace(s.st, s.ns)
		for k, o := range l.owners {
			s.owners.want(o, k)
		}
		s.seen = len(l.seen)
	}
	s.health.synced()
	return nil
}

// Resync implements cache.ReflectorStore; there is nothing to do again.
func (s *podStore) Resync() error { return nil }

func (s *podStore) count(n int) {
	s.seen = max(0, s.seen+n)
	s.st.SetSeen(data.Clean(s.ns), s.seen)
}
