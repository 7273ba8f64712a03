package kube_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/oomedic/oomedic/data/kube"
)

// localAddress is an address of this machine that is not its loopback, which the API server refuses to proxy to.
func localAddress(t *testing.T) string {
	t.Helper()
	all, err := net.InterfaceAddrs()
	must(t, err)
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && n.IP.IsGlobalUnicast() && !n.IP.IsLoopback() {
			return n.IP.String()
		}
	}
	t.Fatal("this machine has no address but its loopback, and the API server does not proxy to that")
	return ""
}

// backend is a web server behind a service, and the requests that it got.
type backend struct {
	mu   sync.Mutex
	seen []string
	auth []string
}

func (b *backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	b.mu.Lock()
	b.seen = append(b.seen, r.Method+" "+r.URL.Path+" "+r.Form.Get("query")+" "+r.Header.Get("X-Scope-OrgID"))
	b.auth = append(b.auth, r.Header.Get("Authorization"))
	b.mu.Unlock()
	if r.URL.Path == "/moved" {
		http.Redirect(w, r, "/prom/graph", http.StatusFound)
		return
	}
	if r.URL.Path == "/bad" {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnprocessableEntity)
	}
	_, _ = io.WriteString(w, "from the backend")
}

func (b *backend) last() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.seen) == 0 {
		return ""
	}
	return b.seen[len(b.seen)-1]
}

// behindService puts a web server of this machine behind a service of a real API server.
func behindService(t *testing.T, cs kubernetes.Interface, ns, name string, h http.Handler, https bool) {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(localAddress(t), "0"))
	must(t, err)
	s := httptest.NewUnstartedServer(h)
	_ = s.Listener.Close()
	s.Listener = l
	portName := "web"
	if https {
		portName = "https"
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	u, err := url.Parse(s.URL)
	must(t, err)
	n, err := strconv.Atoi(u.Port())
	must(t, err)
	number := int32(n)
	_, err = cs.CoreV1().Services(ns).Create(t.Context(), &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"operated-prometheus": "true"}},
		Spec:       corev1.ServiceSpec{ClusterIP: "None", Selector: map[string]string{"app": name}, Ports: []corev1.ServicePort{{Name: portName, Port: number}}},
	}, metav1.CreateOptions{})
	must(t, err)
	pod := newPod(meta(ns, name))
	pod.Labels = map[string]string{"app": name}
	pod.Status.PodIP, pod.Status.PodIPs = u.Hostname(), []corev1.PodIP{{IP: u.Hostname()}}
	pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
	create(t, cs, pod) // the API server proxies to addresses of pods alone
	_, err = cs.DiscoveryV1().EndpointSlices(ns).Create(t.Context(), &discoveryv1.EndpointSlice{
		ObjectMeta:  metav1.ObjectMeta{Name: name, Labels: map[string]string{discoveryv1.LabelServiceName: name}},
		AddressType: discoveryv1.AddressTypeIPv4,
		Endpoints: []discoveryv1.Endpoint{{Addresses: []string{u.Hostname()}, Conditions: discoveryv1.EndpointConditions{Ready: ptr(true)},
			TargetRef: &corev1.ObjectReference{Kind: "Pod", Namespace: ns, Name: name}}},
		Ports: []discoveryv1.EndpointPort{{Name: ptr(portName), Port: ptr(number)}},
	}, metav1.CreateOptions{})
	must(t, err)
}

// found returns the service of a namespace that was recognised as a Prometheus.
func found(t *testing.T, c *kube.Client, ns string) kube.MetricsService {
	t.Helper()
	all, _, err := c.MetricsServices(t.Context())
	must(t, err)
	i := slices.IndexFunc(all, func(s kube.MetricsService) bool { return s.Namespace == ns })
	if i < 0 {
		t.Fatalf("no service of %s in %v", ns, all)
	}
	return all[i]
}

// send sends one request along a route and returns status, body and error; it goes on while the API server learns of
// the service or of a role.
func send(t *testing.T, r *kube.Route, method, path string, ok func(*http.Response, error) bool) (*http.Response, string, error) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		var body io.Reader
		if method == http.MethodPost {
			body = strings.NewReader("query=up")
		}
		req, err := http.NewRequestWithContext(t.Context(), method, r.Address()+path, body)
		must(t, err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("X-Scope-OrgID", "anonymous")
		resp, err := r.RoundTrip(req)
		text := ""
		if err == nil {
			b, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			text = string(b)
		}
		if ok(resp, err) {
			return resp, text, err
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s %s: %v, %q, %v", method, path, resp, text, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func answered(code int) func(*http.Response, error) bool {
	return func(r *http.Response, err error) bool { return err == nil && r.StatusCode == code }
}

func TestServiceProxy(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	for _, https := range []bool{false, true} {
		t.Run(map[bool]string{false: "http", true: "https"}[https], func(t *testing.T) {
			t.Parallel()
			ns := newNamespace(t, cs)
			b := &backend{}
			behindService(t, cs, ns, "prom", b, https)
			c := connect(t, apiServer(t), kube.Options{ReadOnly: true})
			s := found(t, c, ns)
			r, err := c.Route(s, s.Ports[0])
			must(t, err)
			if via := r.Via(); via != kube.ViaProxy {
				t.Errorf("via %s", via)
			}
			if _, body, _ := send(t, r, http.MethodGet, "/prom/x", answered(200)); body != "from the backend" || b.last() != "GET /prom/x  anonymous" {
				t.Errorf("%q, %q", body, b.last())
			}
			send(t, r, http.MethodPost, "/prom/api/v1/query", answered(200))
			if b.last() != "POST /prom/api/v1/query up anonymous" {
				t.Errorf("%q", b.last())
			}
			if resp, _, _ := send(t, r, http.MethodGet, "/moved", answered(302)); resp.Header.Get("Location") != "/prom/graph" {
				t.Errorf("location %q", resp.Header.Get("Location"))
			}
			if _, body, _ := send(t, r, http.MethodGet, "/bad", answered(422)); body != "from the backend" {
				t.Errorf("an error of the backend lost its body: %q", body)
			}
			seen := b.last()
			send(t, r, http.MethodPost, "/api/v1/admin/tsdb/delete_series", func(_ *http.Response, err error) bool { return err != nil })
			if b.last() != seen {
				t.Errorf("a read-only client sent %q", b.last())
			}
			for _, a := range b.auth {
				if a != "" {
					t.Errorf("the backend saw credentials of the cluster")
				}
			}
		})
	}
}

func TestServiceProxyWithoutEndpoints(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	_, err := cs.CoreV1().Services(ns).Create(t.Context(), &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "prom", Labels: map[string]string{"operated-prometheus": "true"}},
		Spec:       corev1.ServiceSpec{Selector: map[string]string{"app": "none"}, Ports: []corev1.ServicePort{{Name: "web", Port: 9090}}},
	}, metav1.CreateOptions{})
	must(t, err)
	c := connect(t, apiServer(t), kube.Options{})
	s := found(t, c, ns)
	r, err := c.Route(s, s.Ports[0])
	must(t, err)
	_, _, err = send(t, r, http.MethodGet, "/", func(_ *http.Response, err error) bool { return err != nil })
	if !strings.Contains(err.Error(), "no endpoints available") {
		t.Errorf("%v", err)
	}
}

func TestServiceProxyRights(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	b := &backend{}
	behindService(t, cs, ns, "prom", b, false)
	user := ns + "-user"
	c := connect(t, as(apiServer(t), user), kube.Options{Namespaces: []string{ns}})
	s := found(t, connect(t, apiServer(t), kube.Options{}), ns)
	r, err := c.Route(s, s.Ports[0])
	must(t, err)
	_, _, err = send(t, r, http.MethodGet, "/", func(_ *http.Response, err error) bool { return err != nil })
	if !strings.Contains(err.Error(), user) || !strings.Contains(err.Error(), "services/proxy") {
		t.Errorf("%v", err)
	}
	if _, _, err := c.MetricsServices(t.Context()); err == nil || !strings.Contains(err.Error(), "list services in the whole cluster") {
		t.Errorf("%v", err)
	}
	grant(t, cs, ns, user, rule("", "services/proxy", "get"), rule("", "services", "list"))
	send(t, r, http.MethodGet, "/x", answered(200))
	// Without create on services/proxy a POST becomes 405, so that clients ask with GET.
	send(t, r, http.MethodPost, "/api/v1/query", answered(405))
	if b.last() != "GET /x  anonymous" {
		t.Errorf("%q", b.last())
	}
	all, gaps, err := c.MetricsServices(t.Context())
	if err != nil || len(all) != 1 || len(gaps) == 0 {
		t.Errorf("%v, %v, %v", all, gaps, err)
	}
}
