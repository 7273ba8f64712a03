package kube_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// usageServer answers the metrics API and the list of pods for one pod with a limit and one without.
type usageServer struct {
	mu      sync.Mutex
	at      time.Time
	mib     int
	forbids bool
	listed  int
}

const podOfUsage = `{"metadata":{"name":%q,"namespace":"shop","uid":"u-%s","labels":{"pod-template-hash":"7d9f8b6c5"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"api-7d9f8b6c5","uid":"r","controller":true}]},
"spec":{"containers":[{"name":"app","image":"a","resources":%s}]},"status":{"phase":%q,"containerStatuses":[{"name":"app","restartCount":2,"image":"a","imageID":"","ready":true}]}}`

func (s *usageServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	switch r.URL.Path {
	case "/apis/metrics.k8s.io/v1beta1/pods":
		fmt.Fprintf(w, `{"kind":"PodMetricsList","metadata":{},"items":[
{"metadata":{"name":"api-1","namespace":"shop"},"timestamp":%q,"window":"15s","containers":[{"name":"app","usage":{"cpu":"1m","memory":"%dMi"}}]},
{"metadata":{"name":"free-1","namespace":"shop"},"timestamp":%q,"containers":[{"name":"app","usage":{"memory":"5Mi"}},{"name":"odd","usage":{"cpu":"1"}}]}]}`,
			s.at.Format(time.RFC3339), s.mib, s.at.Format(time.RFC3339))
	case "/api/v1/pods":
		s.listed++
		if s.forbids {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,"message":"pods is forbidden"}`)
			return
		}
		fmt.Fprintf(w, `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[%s,%s,%s]}`,
			fmt.Sprintf(podOfUsage, "api-1", "1", `{"limits":{"memory":"100Mi"},"requests":{"memory":"50Mi"}}`, "Running"), fmt.Sprintf(podOfUsage, "free-1", "2", `{}`, "Running"),
			fmt.Sprintf(podOfUsage, "done-1", "3", `{"limits":{"memory":"1Mi"}}`, "Succeeded"))
	default:
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404,"message":"not found"}`)
	}
}

// Without a Prometheus the metrics API has the memory, the pods have the limits, and growth shows from look to look.
func TestUsagesFromMetricsAPI(t *testing.T) {
	t.Parallel()
	m := &usageServer{at: at, mib: 60}
	s := httptest.NewServer(m)
	t.Cleanup(s.Close)
	now := at
	c, err := kube.New(&rest.Config{Host: s.URL}, kube.Options{Now: func() time.Time { return now }})
	must(t, err)
	u := c.Usages()
	var got *data.ClusterUsage
	for _, mib := range []int{60, 70, 80, 90} {
		m.mu.Lock()
		m.at, m.mib = now, mib
		m.mu.Unlock()
		got, err = u.Read(t.Context())
		must(t, err)
		now = now.Add(30 * time.Second)
	}
	if len(got.Usages) != 2 || m.listed != 1 || len(got.Gaps) != 1 {
		t.Fatalf("%d usages, %d lists, gaps %v", len(got.Usages), m.listed, got.Gaps)
	}
	api, free := got.Usages[0], got.Usages[1]
	if *api.WorkingSet != 90<<20 || *api.Limit != 100<<20 || *api.Request != 50<<20 || *api.Restarts != 2 || api.Owner.Ref() != "deployment/api" || api.Key.UID != "u-1" {
		t.Errorf("%+v", api)
	}
	if api.Recent == nil || api.Recent.Len() != 4 || api.Recent.V[0] != 60<<20 {
		t.Errorf("samples %+v", api.Recent)
	}
	if free.Limit != nil || !free.Specified || free.Recent != nil {
		t.Errorf("without a limit: %+v", free)
	}
	m.mib, m.at = 10, now // a restart
	if got, err = u.Read(t.Context()); err != nil || got.Usages[0].Recent != nil {
		t.Errorf("after a restart: %+v, %v", got.Usages[0].Recent, err)
	}
}

// The limit in force is told, not the one that a resize in place has not reached, and the pod's own limit beside it.
func TestUsagesTakeTheLimitInForce(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"a-0","namespace":"shop"},
"spec":{"resources":{"limits":{"memory":"1Gi"}},"containers":[{"name":"app","resources":{"limits":{"memory":"512Mi"}}},{"name":"side"}]},
"status":{"phase":"Running","containerStatuses":[{"name":"app","restartCount":0,"resources":{"limits":{"memory":"256Mi"}}}]}}]}`)
	}))
	t.Cleanup(s.Close)
	c, err := kube.New(&rest.Config{Host: s.URL}, kube.Options{})
	must(t, err)
	u := &data.ClusterUsage{Usages: []data.Usage{{Key: data.Key{Namespace: "shop", Pod: "a-0", Container: "app"}}, {Key: data.Key{Namespace: "shop", Pod: "a-0", Container: "side"}}}}
	must(t, c.Usages().Specs(t.Context(), u))
	app, side := u.Usages[0], u.Usages[1]
	if *app.Limit != 256<<20 || app.PodLimit == nil || *app.PodLimit != 1<<30 || side.Limit != nil || side.PodLimit == nil || !side.Specified {
		t.Errorf("%+v, %+v", app, side)
	}
}

func TestUsagesWithoutRights(t *testing.T) {
	t.Parallel()
	m := &usageServer{at: at, mib: 60, forbids: true}
	s := httptest.NewServer(m)
	t.Cleanup(s.Close)
	c, err := kube.New(&rest.Config{Host: s.URL}, kube.Options{})
	must(t, err)
	got, err := c.Usages().Read(t.Context())
	if err != nil || len(got.Usages) != 2 || got.Usages[0].Specified || len(got.Gaps) != 2 || !strings.Contains(got.Gaps[0].Why.String(), "forbidden") {
		t.Errorf("%+v, %v", got, err)
	}
	nothing := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(nothing.Close)
	c, err = kube.New(&rest.Config{Host: nothing.URL}, kube.Options{})
	must(t, err)
	if _, err := c.Usages().Read(t.Context()); err == nil {
		t.Error("no metrics API, and no error")
	}
}

// What sizes a runtime comes with the limits, and by itself for a source that knows those; it is listed anew now and then.
func TestUsagesReadSettings(t *testing.T) {
	t.Parallel()
	pod := func(name, rest string) string {
		return `{"metadata":{"name":"` + name + `","namespace":"shop","uid":"u"},"spec":{"containers":[{"name":"app","image":"a",` + rest + `}]},"status":{"phase":"Running"}}`
	}
	var listed, refuse atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		listed.Add(1)
		if refuse.Load() > 0 {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,"message":"pods is forbidden"}`)
			return
		}
		fmt.Fprintf(w, `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[%s,%s,%s,%s]}`,
			pod("java-0", `"command":["java","-Xmx1g"]`), pod("script-0", `"command":["sh","-c","exec java -XX:MaxRAMPercentage=90 -jar a.jar"]`),
			pod("node-0", `"env":[{"name":"NODE_OPTIONS","value":"--max-old-space-size=900"},{"name":"PASSWORD","value":"secret"}]`), pod("plain-0", `"env":[{"name":"PASSWORD","value":"secret"}]`))
	}))
	t.Cleanup(s.Close)
	now := at
	c, err := kube.New(&rest.Config{Host: s.URL}, kube.Options{Now: func() time.Time { return now }})
	must(t, err)
	u := c.Usages()
	read := func(pods ...data.Text) (*data.ClusterUsage, error) {
		out := &data.ClusterUsage{}
		for _, p := range pods {
			out.Usages = append(out.Usages, data.Usage{Key: data.Key{Namespace: "shop", Pod: p, Container: "app"}})
		}
		return out, u.Settings(t.Context(), out)
	}
	got, err := read("java-0", "script-0", "node-0", "plain-0", "young-0")
	must(t, err)
	for i, want := range []struct {
		settings, read bool
		says           string
	}{{true, true, "-Xmx1g"}, {true, true, "MaxRAMPercentage=90"}, {true, true, "--max-old-space-size=900"}, {false, true, ""}, {false, false, ""}} {
		one := got.Usages[i]
		if (one.Settings != nil) != want.settings || one.SettingsRead != want.read || one.Container != nil || one.Specified {
			t.Errorf("%s: %+v", one.Key.Pod, one)
		}
		if text := fmt.Sprint(one.Settings); !strings.Contains(text, want.says) || strings.Contains(text, "secret") {
			t.Errorf("%s: %s", one.Key.Pod, text)
		}
	}
	now = now.Add(10 * time.Minute)
	if _, err := read("java-0"); err != nil || listed.Load() != 1 {
		t.Errorf("%d lists within ten minutes, %v", listed.Load(), err)
	}
	refuse.Store(1)
	now = now.Add(10 * time.Minute)
	if got, err := read("java-0"); err == nil || got.Usages[0].SettingsRead || listed.Load() != 2 {
		t.Errorf("without the right: %+v, %v, %d lists", got.Usages[0], err, listed.Load())
	}
	if _, err := read(make([]data.Text, 5001)...); err != nil || listed.Load() != 2 {
		t.Errorf("a large cluster is listed for it: %d lists, %v", listed.Load(), err)
	}
}
