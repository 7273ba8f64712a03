package kube_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// server is the one API server of a test run, started by the first test that needs it.
var server struct {
	once sync.Once
	env  *envtest.Environment
	cfg  *rest.Config
	err  error
}

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if server.env != nil {
		if err := server.env.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "stop the API server:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// apiServer returns the configuration of an administrator of a real kube-apiserver.
func apiServer(t *testing.T) *rest.Config {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a kube-apiserver")
	}
	if os.Getenv("KUBEBUILDER_ASSETS") == "" {
		t.Fatal("KUBEBUILDER_ASSETS is not set: run make test, which builds the API server first")
	}
	server.once.Do(func() {
		server.env = &envtest.Environment{ControlPlaneStartTimeout: 2 * time.Minute, ControlPlaneStopTimeout: time.Minute}
		server.cfg, server.err = server.env.Start()
	})
	if server.err != nil {
		t.Fatal("start the API server:", server.err)
	}
	return rest.CopyConfig(server.cfg)
}

// admin returns a clientset that may do anything.
func admin(t *testing.T) kubernetes.Interface {
	t.Helper()
	cs, err := kubernetes.NewForConfig(apiServer(t))
	must(t, err)
	return cs
}

// newNamespace makes a namespace that is the test's own.
func newNamespace(t *testing.T, cs kubernetes.Interface) string {
	t.Helper()
	name := strings.ToLower(strings.NewReplacer("/", "-", "_", "-", ",", "", "(", "", ")", "", "'", "").Replace(t.Name()))
	ns, err := cs.CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{
		ObjectMeta: metav1.ObjectMeta{GenerateName: strings.TrimLeft(name[max(0, len(name)-40):], "-") + "-"},
	}, metav1.CreateOptions{})
	must(t, err)
	return ns.Name
}

// connect returns a client of the real server.
func connect(t *testing.T, cfg *rest.Config, o kube.Options) *kube.Client {
	t.Helper()
	c, err := kube.New(cfg, o)
	must(t, err)
	return c
}

// watching runs Watch until the test ends and returns the store.
func watching(t *testing.T, c *kube.Client) *data.Store {
	t.Helper()
	st := data.NewStore(time.Now)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = c.Watch(ctx, st)
	}()
	t.Cleanup(func() {
		cancel()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Error("Watch goes on 10 s after its context ended")
		}
	})
	return st
}

// until waits for what the store's next snapshots show, and fails the test when it does not come in time. It returns
// how long it took.
func until(t *testing.T, st *data.Store, within time.Duration, what string, ok func(*data.Snapshot) bool) time.Duration {
	t.Helper()
	start := time.Now()
	deadline := time.NewTimer(within)
	defer deadline.Stop()
	for {
		if ok(st.Snapshot()) {
			return time.Since(start)
		}
		select {
		case <-st.Bell():
		case <-deadline.C:
			s := st.Snapshot()
			t.Fatalf("%s: not within %s; health %+v, gaps %v, %d containers %+v", what, within, s.Health, s.Gaps, len(s.Containers), s.Containers)
		}
	}
}

func live(s *data.Snapshot) bool  { return s.Health.State == data.Live }
func stale(s *data.Snapshot) bool { return s.Health.State == data.Stale }

// find returns the container of a name, or nil.
func find(s *data.Snapshot, pod, container string) *data.Container {
	for i := range s.Containers {
		if s.Containers[i].Key.Pod.String() == pod && s.Containers[i].Key.Container.String() == container {
			return s.Containers[i]
		}
	}
	return nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
