package kube_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/rest"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

func TestNewLeavesTheConfigurationAlone(t *testing.T) {
	t.Parallel()
	cfg := &rest.Config{Host: "https://x", UserAgent: "kubectl", Timeout: time.Second, QPS: 5}
	_, err := kube.New(cfg, kube.Options{ReadOnly: true})
	must(t, err)
	if cfg.UserAgent != "kubectl" || cfg.Timeout != time.Second || cfg.QPS != 5 || cfg.Dial != nil || cfg.WrapTransport != nil {
		t.Errorf("the caller's configuration changed: %v", cfg)
	}
}

func TestRequestsSayWhoAsksAndWantProtobuf(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var agent, accept string
	c := against(t, kube.Options{}, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		agent, accept = r.UserAgent(), r.Header.Get("Accept")
		mu.Unlock()
		answer(w, 200, podList(newPod(meta("shop", "a")), "1", ""))
	})
	must(t, c.List(t.Context(), data.NewStore(time.Now)))
	mu.Lock()
	defer mu.Unlock()
	if !strings.HasPrefix(agent, "oomedic/") || !strings.HasPrefix(accept, "application/vnd.kubernetes.protobuf") {
		t.Errorf("agent %q accept %q", agent, accept)
	}
}

func TestSelector(t *testing.T) {
	t.Parallel()
	a, b := kill(newPod(meta("shop", "a")), at), kill(newPod(meta("shop", "b")), at)
	a.Labels = map[string]string{"team": "pay"}
	st := data.NewStore(time.Now)
	must(t, kube.NewFor(fake.NewClientset(a, b), "", kube.Options{Selector: "team=pay"}).List(t.Context(), st))
	if s := st.Snapshot(); len(s.Containers) != 1 || find(s, "a", "app") == nil {
		t.Errorf("%d containers, want that of pod a", len(s.Containers))
	}
}
