package demo

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
)

// heed lets the controllers and kubelets see what clients wrote since the last tick.
func (c *cluster) heed() error {
	writes := c.writes
	c.writes = nil
	for _, w := range writes {
		if err := c.heedOne(w); err != nil {
			return err
		}
	}
	return nil
}

// heedOne lets them see one write.
func (c *cluster) heedOne(w write) error {
	obj := w.stored
	if obj == nil {
		obj = w.old
	}
	m, err := meta.Accessor(obj)
	if err != nil {
		return err
	}
	for _, o := range c.owners {
		if o.w.namespace != m.GetNamespace() {
			continue
		}
		switch {
		case w.gvr == o.gvr && o.w.name == m.GetName() && w.stored != nil:
			return c.observe(o, w.stored)
		case w.gvr == o.gvr && o.w.name == m.GetName():
			return c.dropAll(o)
		case w.gvr == podsGVR:
			c.heedPod(o, m.GetName(), w)
		}
	}
	return nil
}

// heedPod lets the kubelet see that a pod was removed or resized.
func (c *cluster) heedPod(o *owner, name string, w write) {
	for i, p := range o.pods {
		if p.name != name {
			continue
		}
		if w.stored == nil {
			p.gone = c.now
			o.pods = append(o.pods[:i:i], o.pods[i+1:]...)
			o.rolling, o.dirty, o.since = true, true, c.now
			return
		}
		if stored, ok := w.stored.(*corev1.Pod); ok {
			p.spec = *stored.Spec.DeepCopy()
			p.generation = stored.Generation
			p.changed = true
		}
		return
	}
}

// dropAll removes the pods of a workload that was deleted.
func (c *cluster) dropAll(o *owner) error {
	for len(o.pods) > 0 {
		if err := c.removePod(o, o.pods[0]); err != nil {
			return err
		}
	}
	o.replicas, o.rolling = 0, false
	for hash := range o.sets {
		if err := c.api.remove(replicaSetsGVR, o.w.namespace, o.setName(hash)); err != nil {
			return err
		}
	}
	return nil
}
