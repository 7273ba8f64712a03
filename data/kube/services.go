package kube

import (
	"cmp"
	"context"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/oomedic/oomedic/data"
)

// MetricsService is a service that looks like a Prometheus or like something that speaks its API.
type MetricsService struct {
	Namespace, Name string
	Kind            data.Text // "Prometheus", "Thanos", "VictoriaMetrics", "Mimir"
	// Prefix is the path before /api/v1 that this kind usually has; empty for none.
	Prefix string
	// Tenant is the X-Scope-OrgID that this kind wants where nobody has set one up; empty for none.
	Tenant string
	// Ports are those that may be it, the most likely first. There is at least one.
	Ports    []ServicePort
	selector map[string]string // of its pods
	rank     int
}

// ServicePort is a TCP port of a service.
type ServicePort struct {
	Name   string // may be empty
	Number int32
	HTTPS  bool // by its name
	target intstr.IntOrString
}

// servicePattern recognises a service by all its labels.
type servicePattern struct {
	labels map[string]string
	kind   data.Text
	prefix string
	tenant string
	rank   int
}

// The ranks, the most likely first. Prometheus itself comes before what stands in front of several of them, as it is
// the shorter way; a cost tool's own Prometheus comes last, as it rarely scrapes for anybody else.
const (
	rankOperator = iota
	rankServer
	rankThanos
	rankVictoria
	rankVictoriaCluster
	rankMimir
	rankVague
	rankCostTool = 100
)

const appName, appComponent = "app.kubernetes.io/name", "app.kubernetes.io/component"

// servicePatterns are the labels that operators and charts give to such services: those of prometheus-operator,
// kube-prometheus-stack, the community's prometheus, thanos, victoria-metrics and mimir charts, Rancher, Bitnami and Headlamp.
var servicePatterns = patterns(
	patternsOf{"Prometheus", "", "", rankOperator, []string{
		"operated-prometheus=true", "self-monitor=true," + appName + "=prometheus", "app=kube-prometheus-stack-prometheus",
		"app=prometheus-operator-prometheus", "app=rancher-monitoring-prometheus", "app=stack-prometheus", "app=prometheus-prometheus",
	}},
	patternsOf{"Prometheus", "", "", rankServer, []string{
		"app=prometheus,component=server", "app=prometheus-server", appName + "=prometheus," + appComponent + "=server", appName + "=prometheus",
	}},
	patternsOf{"Thanos", "", "", rankThanos, []string{
		appComponent + "=query," + appName + "=thanos", appName + "=thanos-query", "app=thanos-query", "app=thanos-querier",
	}},
	patternsOf{"VictoriaMetrics", "", "", rankVictoria, []string{
		appName + "=vmsingle", appName + "=victoria-metrics-single",
	}},
	patternsOf{"VictoriaMetrics cluster", "/select/0/prometheus", "", rankVictoriaCluster, []string{
		appName + "=vmselect", appComponent + "=vmselect", "app=vmselect",
	}},
	patternsOf{"Mimir", "/prometheus", "anonymous", rankMimir, []string{
		appName + "=mimir," + appComponent + "=query-frontend", appName + "=mimir," + appComponent + "=gateway",
	}},
	patternsOf{"Prometheus", "", "", rankVague, []string{
		"app=prometheus", "self-monitor=true", "headlamp-prometheus=true",
	}},
)

// patternsOf are the selectors of one kind.
type patternsOf struct {
	kind           data.Text
	prefix, tenant string
	rank           int
	selectors      []string
}

func patterns(all ...patternsOf) []servicePattern {
	var out []servicePattern
	for _, p := range all {
		for _, s := range p.selectors {
			labels := map[string]string{}
			for pair := range strings.SplitSeq(s, ",") {
				k, v, _ := strings.Cut(pair, "=")
				labels[k] = v
			}
			out = append(out, servicePattern{labels, p.kind, p.prefix, p.tenant, p.rank})
		}
	}
	return out
}

func (p servicePattern) matches(labels map[string]string) bool {
	for k, v := range p.labels {
		if labels[k] != v {
			return false
		}
	}
	return true
}

// MetricsServices returns the services that look like a Prometheus, the most likely first: from one list of all
// services where that is allowed, else from a list for each namespace that is watched. Gaps are the namespaces that
// could not be looked at. The error says that none could.
func (c *Client) MetricsServices(ctx context.Context) ([]MetricsService, []data.Gap, error) {
	all, err := c.services(ctx, "")
	if err == nil {
		return ranked(all), nil, nil
	}
	everywhere := c.explain(err, request{verb: "list", resource: "services"})
	scopes, _ := c.watched()
	if len(scopes) == 1 && scopes[0] == "" {
		scopes = nil
	}
	for _, usual := range usualNamespaces {
		if !slices.Contains(scopes, usual) {
			scopes = append(scopes, usual)
		}
	}
	var gaps []data.Gap
	looked := 0
	for _, ns := range scopes {
		some, err := c.services(ctx, ns)
		if err != nil {
			e := c.explain(err, request{verb: "list", resource: "services", namespace: ns})
			gaps = append(gaps, data.Gap{What: data.Textf("services in namespace %s", ns), Why: data.Clean(e.Error())})
			continue
		}
		looked++
		all = append(all, some...)
	}
	if looked == 0 {
		return nil, nil, everywhere
	}
	return ranked(all), gaps, nil
}

// usualNamespaces are where a Prometheus commonly is; they are tried when services may not be listed everywhere.
var usualNamespaces = []string{"monitoring", "prometheus", "observability", "openshift-monitoring", "cattle-monitoring-system"}

// servicePage is how many services one request brings.
const servicePage = 1000

// services lists the services of a namespace, "" for all.
func (c *Client) services(ctx context.Context, ns string) ([]corev1.Service, error) {
	var out []corev1.Service
	o := metav1.ListOptions{Limit: servicePage}
	for {
		page, err := c.cs.CoreV1().Services(ns).List(ctx, o)
		if err != nil {
			return nil, err
		}
		for i := range page.Items {
			if looksLike(page.Items[i].Labels) != nil {
				out = append(out, page.Items[i])
			}
		}
		if page.Continue == "" {
			return out, nil
		}
		o.Continue = page.Continue
	}
}

// looksLike returns the best pattern that matches, or nil.
func looksLike(labels map[string]string) *servicePattern {
	for i := range servicePatterns {
		if servicePatterns[i].matches(labels) {
			return &servicePatterns[i]
		}
	}
	return nil
}

// costTool recognises the Prometheus that a cost tool brings for itself.
func costTool(s *corev1.Service) bool {
	for _, v := range []string{s.Labels["release"], s.Labels["app.kubernetes.io/instance"], s.Name, s.Namespace} {
		if strings.Contains(v, "kubecost") {
			return true
		}
	}
	return false
}

// ranked makes candidates of services. Those without a port that could be it, and those that only are an alias for a
// name outside, are left out.
func ranked(services []corev1.Service) []MetricsService {
	var out []MetricsService
	for i := range services {
		s := &services[i]
		p := looksLike(s.Labels)
		ports := webPorts(s.Spec.Ports)
		if p == nil || len(ports) == 0 || s.Spec.Type == corev1.ServiceTypeExternalName {
			continue
		}
		one := MetricsService{Namespace: s.Namespace, Name: s.Name, Kind: p.kind, Prefix: p.prefix, Tenant: p.tenant, Ports: ports, rank: p.rank,
			selector: s.Spec.Selector}
		if costTool(s) {
			one.rank += rankCostTool
		}
		out = append(out, one)
	}
	slices.SortStableFunc(out, func(a, b MetricsService) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return slices.CompactFunc(out, func(a, b MetricsService) bool { return a.Namespace == b.Namespace && a.Name == b.Name })
}

// maxPorts is how many ports of one service are tried.
const maxPorts = 3

// webPorts are the ports that may speak HTTP, the most likely first.
func webPorts(ports []corev1.ServicePort) []ServicePort {
	type scored struct {
		ServicePort
		score int
	}
	var all []scored
	for _, p := range ports {
		if p.Protocol != "" && p.Protocol != corev1.ProtocolTCP {
			continue
		}
		one := ServicePort{Name: p.Name, Number: p.Port, target: p.TargetPort, HTTPS: strings.Contains(p.Name, "https") || p.Port == 443 || p.Port == 8443}
		if score := portScore(one); score >= 0 {
			all = append(all, scored{one, score})
		}
	}
	slices.SortStableFunc(all, func(a, b scored) int { return cmp.Compare(a.score, b.score) })
	out := make([]ServicePort, 0, maxPorts)
	for _, p := range all[:min(len(all), maxPorts)] {
		out = append(out, p.ServicePort)
	}
	return out
}

// portNames are the names that charts give to the port of the API, the most likely first.
var portNames = []string{"web", "http-web", "http", "http-query", "https", "https-web", "https-metrics"}

// portNumbers are the usual ports: Prometheus, Thanos query, VictoriaMetrics single, vmselect, Mimir, and plain web ones.
var portNumbers = []int32{9090, 10902, 8428, 8429, 8481, 8080, 80, 443}

// portScore orders ports, the least first; a port that is certainly something else has -1.
func portScore(p ServicePort) int {
	if strings.Contains(p.Name, "grpc") || strings.Contains(p.Name, "reloader") || strings.Contains(p.Name, "gossip") || strings.Contains(p.Name, "opentsdb") {
		return -1
	}
	if i := slices.Index(portNames, p.Name); i >= 0 {
		return i
	}
	if i := slices.Index(portNumbers, p.Number); i >= 0 {
		return len(portNames) + i
	}
	return len(portNames) + len(portNumbers)
}
