package demo

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(closing{m}) }

// closing runs the tests and closes what they share.
type closing struct{ *testing.M }

// Run returns the exit code of the tests.
func (c closing) Run() int {
	code := c.M.Run()
	if shared != nil && shared.Close() != nil && code == 0 {
		code = 1
	}
	return code
}

// shared is one sandbox for all tests that change nothing; made by once.
var shared *Sandbox

// once makes shared.
var once = sync.OnceValue(func() (err error) {
	shared, err = Start(context.Background(), short())
	return err
})

// readOnly returns the sandbox for tests that change nothing and take no steps.
func readOnly(t *testing.T) *Sandbox {
	t.Helper()
	if err := once(); err != nil {
		t.Fatal(err)
	}
	if err := shared.ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	return shared
}

// epoch is the time at which the tests' sandboxes start.
var epoch = time.Date(2026, 5, 20, 15, 4, 5, 0, time.UTC)

// short are options for tests that need hardly any history.
func short() Options {
	return Options{Now: func() time.Time { return epoch }, span: 2 * time.Hour}
}

// start returns a sandbox that is closed at the test's end.
func start(t *testing.T, o Options) *Sandbox {
	t.Helper()
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// reply is an answer of the HTTP API.
type reply struct {
	Code      int
	Status    string          `json:"status"`
	ErrorType string          `json:"errorType"`
	Error     string          `json:"error"`
	Data      json.RawMessage `json:"data"`
	Warnings  []string        `json:"warnings"`
	Infos     []string        `json:"infos"`
}

// ask sends a GET request.
func ask(t *testing.T, s *Sandbox, path string, form url.Values) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.Address()+path+"?"+form.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return send(t, s, r)
}

// send sends r and reads the answer.
func send(t *testing.T, s *Sandbox, r *http.Request) reply {
	t.Helper()
	resp, err := (&http.Client{Transport: s.Transport()}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	out := reply{Code: resp.StatusCode}
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatalf("%s: %v", b, err)
	}
	return out
}

// vector runs an instant query and returns the values by the value of one label.
func vector(t *testing.T, s *Sandbox, query, label string) map[string]float64 {
	t.Helper()
	a := ask(t, s, "/api/v1/query", url.Values{"query": {query}})
	var d struct {
		Result []struct {
			Metric map[string]string
			Value  [2]any
		}
	}
	if err := json.Unmarshal(a.Data, &d); err != nil {
		t.Fatalf("%s: %s %s", query, a.Error, err)
	}
	out := map[string]float64{}
	for _, r := range d.Result {
		v, err := strconv.ParseFloat(r.Value[1].(string), 64)
		if err != nil {
			t.Fatal(err)
		}
		out[r.Metric[label]] = v
	}
	return out
}

// pods returns the pods of a workload by the label that the sandbox gives them.
func pods(t *testing.T, s *Sandbox, namespace, name string) []corev1.Pod {
	t.Helper()
	l, err := s.Clientset().CoreV1().Pods(namespace).List(t.Context(), metav1.ListOptions{LabelSelector: "app.kubernetes.io/name=" + name})
	if err != nil {
		t.Fatal(err)
	}
	return l.Items
}

// restarts returns the sum of the restarts of a workload's containers.
func restarts(t *testing.T, s *Sandbox, namespace, name string) (n int32) {
	t.Helper()
	for _, p := range pods(t, s, namespace, name) {
		for _, c := range p.Status.ContainerStatuses {
			n += c.RestartCount
		}
	}
	return n
}

func TestEachCauseCanBeSeen(t *testing.T) {
	t.Parallel()
	s := readOnly(t)
	type want struct {
		reason string
		code   int32
	}
	for name, w := range map[string]want{
		"shop/api-server": {"OOMKilled", 137}, "data/database": {"OOMKilled", 137}, "payments/ledger": {"OOMKilled", 137},
		"shop/catalog-cache": {"OOMKilled", 137}, "data/nightly-report": {"OOMKilled", 137}, "media/renderer": {"StartError", 128},
		"shop/checkout": {"OOMKilled", 137}, "media/thumbnailer": {"OOMKilled", 137}, "platform/migrator": {"OOMKilled", 137},
		"platform/log-shipper": {"OOMKilled", 137}, "shop/frontend": {"Error", 137},
		"platform/worker": {}, "shop/web": {}, "platform/auth": {}, "shop/search": {}, "platform/prometheus": {},
	} {
		namespace, workload, _ := cut(name)
		ends := map[want]int{}
		list := pods(t, s, namespace, workload)
		if len(list) == 0 {
			t.Errorf("%s has no pods", name)
		}
		for _, p := range list {
			for _, c := range append(p.Status.InitContainerStatuses, p.Status.ContainerStatuses...) {
				for _, end := range []*corev1.ContainerStateTerminated{c.LastTerminationState.Terminated, c.State.Terminated} {
					if end != nil && end.Reason != "Completed" {
						ends[want{end.Reason, end.ExitCode}]++
						if end.FinishedAt.Before(&end.StartedAt) || end.FinishedAt.After(epoch) {
							t.Errorf("%s ran from %s to %s", name, end.StartedAt, end.FinishedAt)
						}
					}
				}
			}
		}
		if w.reason == "" && len(ends) > 0 || w.reason != "" && ends[w] == 0 {
			t.Errorf("%s ended with %v, want %v", name, ends, w)
		}
	}
	if n := vector(t, s, `increase(container_oom_events_total{container="worker"}[2h] @ end())`, "container"); len(n) != 1 {
		t.Errorf("the worker's events are %v, want one series", n)
	}
}

// cut splits namespace/name.
func cut(s string) (namespace, name string, ok bool) { return strings.Cut(s, "/") }

func TestSameSeedSameSandbox(t *testing.T) {
	t.Parallel()
	dump := func(o Options) (string, map[string]float64) {
		s := start(t, o)
		s.Step(90 * time.Second)
		l, err := s.Clientset().CoreV1().Pods("").List(t.Context(), metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		return string(b), vector(t, s, `sum by (pod) (container_memory_working_set_bytes)`, "pod")
	}
	objects, series := dump(short())
	again, seriesAgain := dump(short())
	if objects != again {
		t.Error("the objects differ")
	}
	if len(series) < 20 || len(series) != len(seriesAgain) {
		t.Fatalf("%d and %d series", len(series), len(seriesAgain))
	}
	for pod, v := range series {
		if seriesAgain[pod] != v {
			t.Errorf("%s has %v and %v", pod, v, seriesAgain[pod])
		}
	}
	other := short()
	other.Seed = 2
	if different, _ := dump(other); different == objects {
		t.Error("another seed gave the same objects")
	}
}

func TestStartIsQuickAndCloseLeavesNothing(t *testing.T) {
	s, err := Start(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.dir); err != nil {
		t.Error(err)
	}
	if n := len(pods(t, s, "shop", "api-server")); n != 3 {
		t.Errorf("%d pods of api-server before the series are there, want 3", n)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(s.dir); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
	if _, err := s.Clientset().CoreV1().Pods("").List(t.Context(), metav1.ListOptions{}); err == nil {
		t.Error("a closed sandbox lists pods")
	}
}

func TestKillsHappenWhileWatching(t *testing.T) {
	t.Parallel()
	s := start(t, short())
	api, database := restarts(t, s, "shop", "api-server"), restarts(t, s, "data", "database")
	s.Step(5 * time.Minute)
	if n := restarts(t, s, "shop", "api-server") - api; n < 5 || n > 9 {
		t.Errorf("%d kills of api-server in five minutes", n)
	}
	if n := restarts(t, s, "data", "database") - database; n != 3 {
		t.Errorf("%d kills of database in five minutes, want 3", n)
	}
	for _, name := range []string{"shop/web", "platform/auth", "shop/search", "platform/prometheus"} {
		namespace, workload, _ := cut(name)
		if n := restarts(t, s, namespace, workload); n != 0 {
			t.Errorf("%s restarted %d times", name, n)
		}
	}
	for _, v := range vector(t, s, `max by (container) (container_memory_working_set_bytes{container="postgres"})`, "container") {
		if v > float64(512*data.Mi) {
			t.Errorf("postgres holds %s under a limit of 512Mi", data.HumanBytes(v))
		}
	}
}
