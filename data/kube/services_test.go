package kube

import (
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"
)

// service is a service of namespace monitoring; ports are written name:number.
func service(name string, labels map[string]string, ports ...corev1.ServicePort) *corev1.Service {
	return &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "monitoring", Name: name, Labels: labels}, Spec: corev1.ServiceSpec{Ports: ports}}
}

func port(name string, n int32) corev1.ServicePort { return corev1.ServicePort{Name: name, Port: n} }

func TestServicesAreRecognisedAndRanked(t *testing.T) {
	t.Parallel()
	web := port("web", 9090)
	kubecost := service("kubecost-prometheus-server", map[string]string{"app": "prometheus", "component": "server", "release": "kubecost"}, port("http", 80))
	alias := service("outside", map[string]string{"app": "prometheus-server"}, web)
	alias.Spec.Type = corev1.ServiceTypeExternalName
	cs := fake.NewClientset(
		kubecost, alias,
		service("mimir", map[string]string{"app.kubernetes.io/name": "mimir", "app.kubernetes.io/component": "query-frontend"}, port("http-metrics", 8080), port("grpc", 9095)),
		service("vmselect", map[string]string{"app.kubernetes.io/name": "vmselect"}, port("http", 8481)),
		service("vmsingle", map[string]string{"app.kubernetes.io/name": "vmsingle"}, port("http", 8429)),
		service("thanos-query", map[string]string{"app.kubernetes.io/name": "thanos-query"}, port("grpc", 10901), port("http", 9090)),
		service("prometheus-server", map[string]string{"app.kubernetes.io/name": "prometheus", "app.kubernetes.io/component": "server"}, port("http", 80)),
		service("prometheus-operated", map[string]string{"operated-prometheus": "true"}, web),
		service("node-exporter", map[string]string{"app.kubernetes.io/name": "prometheus-node-exporter"}, port("metrics", 9100)),
		service("mimir-ingester", map[string]string{"app.kubernetes.io/name": "mimir", "app.kubernetes.io/component": "ingester"}, web),
		service("only-grpc", map[string]string{"app": "thanos-query"}, port("grpc", 10901)),
		service("plain", nil, web),
	)
	got, gaps, err := NewFor(cs, "fake", Options{}).MetricsServices(t.Context())
	if err != nil || len(gaps) != 0 {
		t.Fatalf("%v, %v", gaps, err)
	}
	var text []string
	for _, s := range got {
		text = append(text, fmt.Sprintf("%s %s%s %s", s.Name, s.Kind, s.Prefix, s.Tenant))
	}
	want := []string{
		"prometheus-operated Prometheus ", "prometheus-server Prometheus ", "thanos-query Thanos ", "vmsingle VictoriaMetrics ",
		"vmselect VictoriaMetrics cluster/select/0/prometheus ", "mimir Mimir/prometheus anonymous", "kubecost-prometheus-server Prometheus ",
	}
	if fmt.Sprint(text) != fmt.Sprint(want) {
		t.Errorf("got  %q\nwant %q", text, want)
	}
}

func TestPortsInTheOrderOfTheirNames(t *testing.T) {
	t.Parallel()
	udp := corev1.ServicePort{Name: "web", Port: 1, Protocol: corev1.ProtocolUDP}
	for name, c := range map[string]struct {
		ports []corev1.ServicePort
		want  string
	}{
		"operator":   {[]corev1.ServicePort{port("reloader-web", 8080), port("http-web", 9090)}, "[http-web:9090]"},
		"web first":  {[]corev1.ServicePort{port("metrics", 9091), port("https", 443), port("http", 80), port("web", 9090)}, "[web:9090 http:80 https:443 https]"},
		"by number":  {[]corev1.ServicePort{port("", 5000), port("", 9090)}, "[:9090 :5000]"},
		"encrypted":  {[]corev1.ServicePort{port("https-metrics", 9443)}, "[https-metrics:9443 https]"},
		"no TCP":     {[]corev1.ServicePort{udp}, "[]"},
		"not an API": {[]corev1.ServicePort{port("grpc-web", 1), port("gossip", 2)}, "[]"},
	} {
		var text []string
		for _, p := range webPorts(c.ports) {
			s := fmt.Sprintf("%s:%d", p.Name, p.Number)
			if p.HTTPS {
				s += " https"
			}
			text = append(text, s)
		}
		if fmt.Sprint(text) != c.want {
			t.Errorf("%s: %v, want %s", name, text, c.want)
		}
	}
}
