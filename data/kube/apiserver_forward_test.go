package kube_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/httpstream"      //nolint:staticcheck // client-go's exported dialers speak its types
	"k8s.io/apimachinery/pkg/util/httpstream/spdy" //nolint:staticcheck // as above
	"k8s.io/client-go/kubernetes"

	"github.com/oomedic/oomedic/data/kube"
)

// kubelet answers port-forwards as a kubelet does: each pair of streams is a connection to target.
func kubelet(target string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/portForward/") {
			http.NotFound(w, r)
			return
		}
		if _, err := httpstream.Handshake(r, w, []string{"portforward.k8s.io"}); err != nil {
			return
		}
		streams := make(chan httpstream.Stream, 16)
		conn := spdy.NewResponseUpgrader().UpgradeResponse(w, r, func(s httpstream.Stream, _ <-chan struct{}) error {
			streams <- s
			return nil
		})
		if conn == nil {
			return
		}
		defer func() { _ = conn.Close() }()
		for {
			select {
			case <-conn.CloseChan():
				return
			case s := <-streams:
				if s.Headers().Get(corev1.StreamType) == corev1.StreamTypeError {
					_ = s.Close()
					continue
				}
				go func() {
					c, err := net.Dial("tcp", target)
					if err != nil {
						_ = s.Reset()
						return
					}
					go func() { _, _ = io.Copy(c, s); _ = c.Close() }()
					_, _ = io.Copy(s, c)
					_ = s.Close()
				}()
			}
		}
	})
}

// node makes a node whose kubelet is h on this machine.
func node(t *testing.T, cs kubernetes.Interface, name string, h http.Handler) {
	t.Helper()
	s := httptest.NewTLSServer(h)
	t.Cleanup(s.CloseClientConnections)
	u, err := url.Parse(s.URL)
	must(t, err)
	n, err := strconv.Atoi(u.Port())
	must(t, err)
	made, err := cs.CoreV1().Nodes().Create(t.Context(), &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
	must(t, err)
	made.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: u.Hostname()}}
	made.Status.DaemonEndpoints.KubeletEndpoint.Port = int32(n)
	_, err = cs.CoreV1().Nodes().UpdateStatus(t.Context(), made, metav1.UpdateOptions{})
	must(t, err)
}

// TestPortForwardWhereTheProxyIsForbidden walks through a real API server to a pod on a node of this test.
func TestPortForwardWhereTheProxyIsForbidden(t *testing.T) {
	t.Parallel()
	cs := admin(t)
	ns := newNamespace(t, cs)
	b := &backend{}
	target := httptest.NewServer(b)
	t.Cleanup(target.Close)
	node(t, cs, ns, kubelet(strings.TrimPrefix(target.URL, "http://")))
	pod := newPod(meta(ns, "prom-0"))
	pod.Labels = map[string]string{"app": "prom"}
	pod.Spec.NodeName = ns
	pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
	create(t, cs, pod)
	_, err := cs.CoreV1().Services(ns).Create(t.Context(), &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "prom", Labels: map[string]string{"operated-prometheus": "true"}},
		Spec:       corev1.ServiceSpec{Selector: map[string]string{"app": "prom"}, Ports: []corev1.ServicePort{{Name: "web", Port: 9090}}},
	}, metav1.CreateOptions{})
	must(t, err)
	user := ns + "-user"
	grant(t, cs, ns, user, rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"list"}}, rule("", "pods/portforward", "get", "create"))
	s := found(t, connect(t, apiServer(t), kube.Options{}), ns)
	r, err := connect(t, as(apiServer(t), user), kube.Options{Namespaces: []string{ns}, ReadOnly: true}).Route(s, s.Ports[0])
	must(t, err)
	began := time.Now()
	if _, body, _ := send(t, r, http.MethodGet, "/x", answered(200)); body != "from the backend" || r.Via() != kube.ViaForward {
		t.Errorf("%q via %s", body, r.Via())
	}
	send(t, r, http.MethodPost, "/api/v1/query", answered(200))
	if b.last() != "POST /api/v1/query up anonymous" {
		t.Errorf("%q after %s", b.last(), time.Since(began))
	}
}
