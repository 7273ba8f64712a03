//go:build scale

package scale

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// cluster is an API server with pods that nothing runs.
type cluster struct {
	cs         kubernetes.Interface
	cfg        *rest.Config
	kubeconfig string
	apiserver  int // process
	pods       int
	podBytes   int
	killed     int // containers that were OOMKilled
	filled     time.Duration
}

// newCluster starts etcd and a kube-apiserver and fills them with n pods.
func newCluster(t *testing.T, n int) *cluster {
	t.Helper()
	env := &envtest.Environment{ControlPlaneStartTimeout: 3 * time.Minute, ControlPlaneStopTimeout: time.Minute}
	env.ControlPlane.Etcd = &envtest.Etcd{}
	env.ControlPlane.Etcd.Configure().Set("unsafe-no-fsync", "true").Set("quota-backend-bytes", strconv.Itoa(8<<30))
	cfg, err := env.Start()
	if err != nil {
		t.Fatal("start the API server:", err)
	}
	t.Cleanup(func() {
		if err := env.Stop(); err != nil {
			t.Error("stop the API server:", err)
		}
	})
	cfg.QPS = -1
	cs, err := kubernetes.NewForConfig(cfg)
	must(t, err)
	c := &cluster{cs: cs, cfg: cfg, kubeconfig: filepath.Join(t.TempDir(), "kubeconfig"), apiserver: child(t, "kube-apiserver"), pods: n}
	must(t, os.WriteFile(c.kubeconfig, env.KubeConfig, 0o600))
	c.fill(t, env.ControlPlane.Etcd.URL.String(), max(10, n/250))
	c.settle(t)
	return c
}

// fill writes the pods straight into etcd: the API would take an hour for what this does in seconds.
func (c *cluster) fill(t *testing.T, etcd string, namespaces int) {
	t.Helper()
	for i := range namespaces {
		_, err := c.cs.CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace(i)}}, metav1.CreateOptions{})
		must(t, err)
	}
	const batch, writers = 64, 4
	now, began := time.Now().Truncate(time.Second), time.Now()
	starts := make(chan int)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for from := range starts {
				var tx txn
				for i := from; i < min(from+batch, c.pods); i++ {
					p := generated(i, namespaces, now)
					raw := stored(t, p)
					tx.put("/registry/pods/"+p.Namespace+"/"+p.Name, raw)
					mu.Lock()
					c.podBytes += len(raw)
					if e := p.Status.ContainerStatuses[0].LastTerminationState.Terminated; e != nil && e.Reason == "OOMKilled" {
						c.killed++
					}
					mu.Unlock()
				}
				if err := tx.send(t.Context(), etcd); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for from := 0; from < c.pods; from += batch {
		starts <- from
	}
	close(starts)
	wg.Wait()
	c.filled, c.podBytes = time.Since(began), c.podBytes/c.pods
	t.Logf("%d pods of %d bytes in %d namespaces, %d OOMKilled, written in %s", c.pods, c.podBytes, namespaces, c.killed, c.filled.Round(time.Millisecond))
}

// stored is a pod as the API server stores it.
func stored(t *testing.T, p *corev1.Pod) []byte {
	raw, err := p.Marshal()
	if err != nil {
		t.Error(err)
	}
	u := runtime.Unknown{TypeMeta: runtime.TypeMeta{APIVersion: "v1", Kind: "Pod"}, Raw: raw}
	b, err := u.Marshal()
	if err != nil {
		t.Error(err)
	}
	return append([]byte("k8s\x00"), b...)
}

// txn is a transaction in etcd's JSON.
type txn struct {
	Success []map[string]put `json:"success"`
}

type put struct {
	Key   []byte `json:"key"`
	Value []byte `json:"value"`
}

func (x *txn) put(key string, value []byte) {
	x.Success = append(x.Success, map[string]put{"request_put": {[]byte(key), value}})
}

func (x *txn) send(ctx context.Context, etcd string) error {
	body, err := json.Marshal(x)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, etcd+"/v3/kv/txn", bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("etcd: %s", resp.Status)
	}
	return nil
}

// settle waits until the API server has heard of every pod and has nothing to do any more.
func (c *cluster) settle(t *testing.T) {
	t.Helper()
	began := time.Now()
	for deadline := began.Add(5 * time.Minute); ; time.Sleep(200 * time.Millisecond) {
		l, err := c.cs.CoreV1().Pods("").List(t.Context(), metav1.ListOptions{Limit: 1})
		if err == nil && len(l.Items) == 1 && l.RemainingItemCount != nil && int(*l.RemainingItemCount)+1 >= c.pods {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the API server does not have all pods:", err)
		}
	}
	for quiet := 0; quiet < 4; {
		before := cpu(t, c.apiserver)
		time.Sleep(500 * time.Millisecond)
		if quiet++; cpu(t, c.apiserver)-before > 100*time.Millisecond {
			quiet = 0
		}
		if time.Since(began) > 5*time.Minute {
			t.Log("the API server does not come to rest")
			return
		}
	}
}

// child finds a process that this one started.
func child(t *testing.T, name string) int {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	must(t, err)
	for _, f := range all {
		b, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		pid, rest, _ := strings.Cut(string(b), " (")
		comm, rest, _ := strings.Cut(rest, ") ")
		if fields := strings.Fields(rest); comm == name && len(fields) > 1 && fields[1] == strconv.Itoa(os.Getpid()) {
			n, err := strconv.Atoi(pid)
			must(t, err)
			return n
		}
	}
	t.Fatalf("no child process %s", name)
	return 0
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
