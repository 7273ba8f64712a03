package kube_test

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// To a watch with a label selector a pod whose label changes is deleted, and added when it changes back, under one UID.
func TestServerPodLeavesTheSelectorAndEntersItAgain(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	p := newPod(meta(ns, "api"))
	p.Labels = map[string]string{"team": "pay"}
	setStatus(t, cs, kill(create(t, cs, p), at))
	create(t, cs, newPod(meta(ns, "other")))
	label := func(team string) {
		t.Helper()
		_, err := cs.CoreV1().Pods(ns).Patch(t.Context(), "api", types.MergePatchType, []byte(`{"metadata":{"labels":{"team":"`+team+`"}}}`), metav1.PatchOptions{})
		must(t, err)
	}
	st := watching(t, connect(t, apiServer(t), kube.Options{Namespaces: []string{ns}, Selector: "team=pay"}))
	until(t, st, 60*time.Second, "the kill", func(s *data.Snapshot) bool { return live(s) && s.PodsSeen == 1 && find(s, "api", "app") != nil })
	for range 2 {
		label("none")
		until(t, st, 60*time.Second, "that it has left", func(s *data.Snapshot) bool { return find(s, "api", "app").State == data.Gone && s.PodsSeen == 0 })
		label("pay")
		until(t, st, 60*time.Second, "that it is there again", func(s *data.Snapshot) bool {
			c := find(s, "api", "app")
			return c.State != data.Gone && c.GoneAt.IsZero() && len(c.Kills) == 1 && s.PodsSeen == 1
		})
	}
}
