package kube_test

import (
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

func TestServerGoesAwayAndReturns(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	pod := create(t, cs, kill(newPod(meta(ns, "api")), at))
	gone := create(t, cs, kill(newPod(meta(ns, "gone")), at))
	cfg, p := behindProxy(t, apiServer(t))
	st := watching(t, connect(t, cfg, kube.Options{Namespaces: []string{ns}}))
	until(t, st, 10*time.Second, "live", func(s *data.Snapshot) bool { return live(s) && find(s, "api", "app") != nil })

	p.down()
	took := until(t, st, 2*time.Second, "stale", stale)
	s := st.Snapshot()
	t.Logf("stale after %s: %s", took, s.Health.Problem)
	if find(s, "api", "app") == nil || find(s, "gone", "app").State == data.Gone {
		t.Error("the list did not stay while the server was away")
	}
	if !strings.Contains(s.Health.Problem.String(), "connection refused") && !strings.Contains(s.Health.Problem.String(), "lost") {
		t.Errorf("the problem %q does not say what happened", s.Health.Problem)
	}
	// What happens meanwhile must be there afterwards.
	setStatus(t, cs, kill(pod, at.Add(time.Hour)))
	must(t, cs.CoreV1().Pods(ns).Delete(t.Context(), gone.Name, metav1.DeleteOptions{GracePeriodSeconds: ptr[int64](0)}))
	away := time.NewTimer(6 * time.Second) // long enough for the waits between tries to reach their cap
	defer away.Stop()
	<-away.C

	p.up()
	took = until(t, st, 3*time.Second, "healed", func(s *data.Snapshot) bool {
		return live(s) && len(find(s, "api", "app").Kills) == 2 && find(s, "gone", "app").State == data.Gone
	})
	t.Logf("healed after %s", took)
	if s := st.Snapshot(); s.Health.Problem != "" {
		t.Errorf("live, and still the problem %q", s.Health.Problem)
	}
}

func TestServerFallsSilent(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	create(t, cs, kill(newPod(meta(ns, "api")), at))
	cfg, p := behindProxy(t, apiServer(t))
	st := watching(t, connect(t, cfg, kube.Options{Namespaces: []string{ns}}))
	until(t, st, 10*time.Second, "live", live)

	p.mute(true)
	took := until(t, st, 12*time.Second, "stale", stale) // 5 s of silence, 3 s for the ping, 1 s of grace
	t.Logf("stale after %s: %s", took, st.Snapshot().Health.Problem)
	p.mute(false)
	took = until(t, st, 10*time.Second, "healed", live) // a connection begun in silence is given up after 4 s
	t.Logf("healed after %s", took)
}

func TestServerIsAwayFromTheStart(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t, admin(t))
	cfg, p := behindProxy(t, apiServer(t))
	p.down()
	st := watching(t, connect(t, cfg, kube.Options{Namespaces: []string{ns}}))
	until(t, st, 2*time.Second, "the reason", failing)
	p.up()
	took := until(t, st, 3*time.Second, "live", live)
	t.Logf("live after %s", took)
}
