package kube

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/oomedic/oomedic/data"
)

// slim is what is left of a pod: its key, and its suspects when it has any.
type slim struct {
	key   data.PodKey
	pod   *data.Pod // nil without suspects
	owner ownerKey  // of a pod with suspects; the zero value when the workload is known already
}

// slimmed decodes a pod and keeps what is suspect or held by st. A pod that cannot be decoded becomes a Gap, not a crash.
func (c *Client) slimmed(st *data.Store, p *corev1.Pod) (out slim) {
	defer func() {
		if r := recover(); r != nil {
			c.log.Error("decode pod", "namespace", p.Namespace, "pod", p.Name, "panic", fmt.Sprint(r))
			st.SetGap(data.Textf("pod %s/%s", p.Namespace, p.Name), data.Textf("it could not be read: %v", r))
			out = slim{key: keyOf(p)}
		}
	}()
	key := keyOf(p)
	held := st.Holds(key)
	pod := decode(p, func(container string) bool {
		return held && st.HoldsContainer(data.Key{Namespace: key.Namespace, Pod: key.Name, UID: key.UID, Container: data.Clean(container)})
	})
	if len(pod.Containers) == 0 {
		return slim{key: key}
	}
	k, w, bare := ownerOf(p)
	if !bare {
		var known bool
		if w, known = c.owners.cached(k); known {
			k = ownerKey{}
		}
	}
	setWorkload(&pod, w)
	return slim{key: key, pod: &pod, owner: k}
}
