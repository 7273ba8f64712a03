//go:build e2e

package kube_test

import (
	"fmt"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// The list stays while the server is away, is called stale soon, and is fresh within three seconds of its return.
func TestServerIsAwayForLong(t *testing.T) {
	for _, seconds := range []int{2, 10, 30, 60} {
		t.Run(fmt.Sprint(seconds), func(t *testing.T) {
			t.Parallel()
			cs := admin(t)
			ns := newNamespace(t, cs)
			before := create(t, cs, kill(newPod(meta(ns, "before")), at))
			meanwhile := create(t, cs, newPod(meta(ns, "meanwhile")))
			cfg, p := behindProxy(t, apiServer(t))
			st := watching(t, connect(t, cfg, kube.Options{Namespaces: []string{ns}}))
			until(t, st, 20*time.Second, "live", func(s *data.Snapshot) bool { return live(s) && find(s, "before", "app") != nil })
			p.down()
			back := time.NewTimer(time.Duration(seconds) * time.Second)
			until(t, st, 2*time.Second, "stale", stale)
			for _, pod := range []*corev1.Pod{before, meanwhile} {
				setStatus(t, cs, kill(pod, at.Add(time.Hour)))
			}
			<-back.C
			if find(st.Snapshot(), "before", "app") == nil {
				t.Error("the list did not stay")
			}
			p.up()
			took := until(t, st, 3*time.Second, "fresh", func(s *data.Snapshot) bool {
				return live(s) && len(find(s, "before", "app").Kills) == 2 && find(s, "meanwhile", "app") != nil && len(find(s, "meanwhile", "app").Kills) == 1
			})
			t.Logf("away for %d s, fresh %s after the return", seconds, took.Round(time.Millisecond))
		})
	}
}
