//go:build e2e

package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// proxiedCluster is a namespace of a real API server with one killed container and one Prometheus.
type proxiedCluster struct {
	env       *envtest.Environment
	admin     kubernetes.Interface
	namespace string
}

func adminOf(t *testing.T, env *envtest.Environment) kubernetes.Interface {
	t.Helper()
	cs, err := kubernetes.NewForConfig(env.Config)
	if err != nil {
		t.Fatal(err)
	}
	return cs
}

// apiPod makes a pod with a status, as a kubelet would.
func (c *proxiedCluster) apiPod(t *testing.T, name string, status corev1.PodStatus) {
	t.Helper()
	pods := c.admin.CoreV1().Pods(c.namespace)
	pod, err := pods.Create(t.Context(), &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"app": name}},
		Spec:       corev1.PodSpec{NodeName: "n1", Containers: []corev1.Container{{Name: "app", Image: "i"}}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	pod.Status = status
	if _, err := pods.UpdateStatus(t.Context(), pod, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
}

// killedPod makes the namespace and the pod that the samples are of.
func (c *proxiedCluster) killedPod(t *testing.T) {
	t.Helper()
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: c.namespace}}
	if _, err := c.admin.CoreV1().Namespaces().Create(t.Context(), ns, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	ended := metav1.NewTime(time.Now().Add(-30 * time.Minute))
	c.apiPod(t, "api-0", corev1.PodStatus{Phase: corev1.PodRunning, ContainerStatuses: []corev1.ContainerStatus{{
		Name: "app", RestartCount: 1, Image: "i", Ready: true,
		State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: ended}},
		LastTerminationState: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
			ExitCode: 137, Reason: "OOMKilled", StartedAt: metav1.NewTime(ended.Add(-time.Hour)), FinishedAt: ended,
		}},
	}}})
}

// service puts a Prometheus behind a service without a selector: its only address is that of this machine. The API server
// proxies to addresses of pods alone, so there is a pod that has it.
func (c *proxiedCluster) service(t *testing.T, p *realPrometheus) {
	t.Helper()
	host, _, err := net.SplitHostPort(p.address)
	if err != nil {
		t.Fatal(err)
	}
	c.apiPod(t, "prometheus-0", corev1.PodStatus{Phase: corev1.PodRunning, PodIP: host, PodIPs: []corev1.PodIP{{IP: host}}})
	portName := "web"
	if p.https {
		portName = "https"
	}
	if _, err = c.admin.CoreV1().Services(c.namespace).Create(t.Context(), &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "metrics", Labels: map[string]string{"app.kubernetes.io/name": "prometheus"}},
		Spec:       corev1.ServiceSpec{ClusterIP: corev1.ClusterIPNone, Ports: []corev1.ServicePort{{Name: portName, Port: 9090}}},
	}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	ready, port := true, int32(p.port)
	if _, err := c.admin.DiscoveryV1().EndpointSlices(c.namespace).Create(t.Context(), &discoveryv1.EndpointSlice{
		ObjectMeta:  metav1.ObjectMeta{Name: "metrics", Labels: map[string]string{discoveryv1.LabelServiceName: "metrics"}},
		AddressType: discoveryv1.AddressTypeIPv4,
		Endpoints: []discoveryv1.Endpoint{{Addresses: []string{host}, Conditions: discoveryv1.EndpointConditions{Ready: &ready},
			TargetRef: &corev1.ObjectReference{Kind: "Pod", Namespace: c.namespace, Name: "prometheus-0"}}},
		Ports: []discoveryv1.EndpointPort{{Name: &portName, Port: &port}},
	}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

// realPrometheus is a running one.
type realPrometheus struct {
	address string // host and port
	port    int
	https   bool
	queries string // its log of queries
	read    int    // bytes of it that were looked at
}

// proxiedPeak is the highest of the samples that are written.
const proxiedPeak = 400 << 20

// proxiedSamples are two hours of memory at 30 s until now, in the text format that promtool reads.
func proxiedSamples(namespace string, now time.Time) []byte {
	var b bytes.Buffer
	const n = 240
	line := func(name, labels string, value func(i int) float64) {
		fmt.Fprintf(&b, "# TYPE %s gauge\n", name)
		for i := range n {
			fmt.Fprintf(&b, "%s{%s} %v %d\n", name, labels, value(i), now.Add(-time.Duration(n-1-i)*30*time.Second).Unix())
		}
	}
	own := fmt.Sprintf(`namespace=%q,pod="api-0",container="app"`, namespace)
	line("container_memory_working_set_bytes", own+`,id="/a",job="kubelet"`, func(i int) float64 {
		if i == n/2+1 { // for one scrape alone: whoever takes a sample a step does not see it
			return proxiedPeak
		}
		return float64(100<<20 + i<<10)
	})
	line("kube_pod_container_resource_limits", own+`,resource="memory",job="kube-state-metrics"`, func(int) float64 { return 512 << 20 })
	line("up", `job="kubelet"`, func(int) float64 { return 1 })
	b.WriteString("# EOF\n")
	return b.Bytes()
}

// tool finds a program of Prometheus' package. Where tests must be complete a missing one fails them.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
	case os.Getenv("CI") != "":
		t.Fatalf("%s is missing: apt-get install prometheus", name)
	default:
		t.Skipf("%s is missing: apt-get install prometheus", name)
	}
	return path
}

// prometheusOnDisk starts a real one, with the samples of a namespace, on an address of this machine that is not the
// loopback, where the API server does not proxy to.
func prometheusOnDisk(t *testing.T, prefix string, https bool, namespace string) *realPrometheus {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, text []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	samples := write("samples", proxiedSamples(namespace, time.Now()))
	if out, err := exec.Command(tool(t, "promtool"), "tsdb", "create-blocks-from", "openmetrics", samples, filepath.Join(dir, "db")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	l, err := net.Listen("tcp", net.JoinHostPort(ownAddress(t), "0"))
	if err != nil {
		t.Fatal(err)
	}
	p := &realPrometheus{address: l.Addr().String(), port: l.Addr().(*net.TCPAddr).Port, https: https, queries: filepath.Join(dir, "queries")}
	_ = l.Close()
	config := write("prometheus.yml", fmt.Appendf(nil, "global: {scrape_interval: 1h, query_log_file: %q}\n", p.queries))
	args := []string{"--config.file=" + config, "--storage.tsdb.path=" + filepath.Join(dir, "db"), "--web.listen-address=" + p.address, "--log.level=warn"}
	if prefix != "" {
		args = append(args, "--web.external-url=http://prometheus.example"+prefix)
	}
	if https {
		cert, key := selfSigned(t)
		web := fmt.Sprintf("tls_server_config: {cert_file: %q, key_file: %q}\n", write("cert.pem", cert), write("key.pem", key))
		args = append(args, "--web.config.file="+write("web.yml", []byte(web)))
	}
	p.start(t, exec.CommandContext(context.Background(), tool(t, "prometheus"), args...), prefix)
	return p
}

// start runs it until the test ends and waits until it is ready.
func (p *realPrometheus) start(t *testing.T, cmd *exec.Cmd, prefix string) {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
		_ = log.Close()
	})
	scheme := map[bool]string{false: "http", true: "https"}[p.https]
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} // it is self-signed
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		resp, err := client.Get(scheme + "://" + p.address + prefix + "/-/ready")
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		if len(ended) > 0 || time.Now().After(deadline) {
			text, _ := os.ReadFile(log.Name())
			t.Fatalf("prometheus is not ready: %v\n%s", err, text)
		}
	}
}

// methods are the HTTP methods by which it was asked since the last look, by its own log.
func (p *realPrometheus) methods(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(p.queries)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(text[p.read:])) {
		var q struct {
			HTTPRequest struct{ Method, Path string } `json:"httpRequest"`
		}
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			t.Fatalf("%v: %q", err, line)
		}
		if !slices.Contains(out, q.HTTPRequest.Method) {
			out = append(out, q.HTTPRequest.Method)
		}
	}
	p.read = len(text)
	return out
}

// ownAddress is an address of this machine that is not its loopback.
func ownAddress(t *testing.T) string {
	t.Helper()
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && n.IP.IsGlobalUnicast() {
			return n.IP.String()
		}
	}
	t.Skip("this machine has no address but its loopback, and the API server does not proxy to that")
	return ""
}

// selfSigned makes a certificate for a name that is nobody's, and its key.
func selfSigned(t *testing.T) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"elsewhere.example"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
}
