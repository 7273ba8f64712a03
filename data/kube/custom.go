package kube

import (
	"strconv"
	"strings"

	"github.com/oomedic/oomedic/data"
)

// customKind is a kind of custom resource whose controller makes pods, and where in it their memory is decided. The
// fields are those of each project's API reference.
type customKind struct {
	group, kind, plural string
	// template is the path of a pod template; empty when the kind has none.
	template string
	// resources are the paths of a container's resources, by the name of the container.
	resources map[string]string
	// list is the path of a list of containers that the operator merges with its own by name; empty without one.
	list string
	// through is true for a kind that is itself made by another one, where the change belongs.
	through bool
	// note is what else is to be known; empty when nothing is.
	note string
}

// customKinds are the kinds that are known. A kind that is not here is explained and never patched, nor is what it made.
var customKinds = []customKind{
	{group: "argoproj.io", kind: "Rollout", plural: "rollouts", template: "spec.template", note: "the change goes through the Rollout's own steps (canary or blue-green)"},
	{group: "apps.kruise.io", kind: "CloneSet", plural: "clonesets", template: "spec.template"},
	{group: "apps.kruise.io", kind: "StatefulSet", plural: "statefulsets", template: "spec.template"},
	{group: "apps.kruise.io", kind: "DaemonSet", plural: "daemonsets", template: "spec.template"},
	{group: "apps.openshift.io", kind: "DeploymentConfig", plural: "deploymentconfigs", template: "spec.template"},
	{group: "serving.knative.dev", kind: "Revision", plural: "revisions", through: true},
	{group: "serving.knative.dev", kind: "Configuration", plural: "configurations", template: "spec.template", through: true},
	{group: "serving.knative.dev", kind: "Service", plural: "services", template: "spec.template", note: "Knative makes a new Revision of it"},
	{
		group: "monitoring.coreos.com", kind: "Prometheus", plural: "prometheuses", list: "spec.containers",
		resources: map[string]string{"prometheus": "spec.resources"},
	},
	{
		group: "monitoring.coreos.com", kind: "Alertmanager", plural: "alertmanagers", list: "spec.containers",
		resources: map[string]string{"alertmanager": "spec.resources"},
	},
	{
		group: "monitoring.coreos.com", kind: "ThanosRuler", plural: "thanosrulers", list: "spec.containers",
		resources: map[string]string{"thanos-ruler": "spec.resources"},
	},
	{group: "core.strimzi.io", kind: "StrimziPodSet", plural: "strimzipodsets", through: true},
	{group: "kafka.strimzi.io", kind: "KafkaNodePool", plural: "kafkanodepools", resources: map[string]string{"kafka": "spec.resources"}},
	{
		group: "kafka.strimzi.io", kind: "Kafka", plural: "kafkas",
		resources: map[string]string{"kafka": "spec.kafka.resources", "zookeeper": "spec.zookeeper.resources"},
		note:      "a KafkaNodePool with resources of its own goes before these",
	},
	{group: "postgresql.cnpg.io", kind: "Cluster", plural: "clusters", resources: map[string]string{"postgres": "spec.resources"}},
	{group: "acid.zalan.do", kind: "postgresql", plural: "postgresqls", resources: map[string]string{"postgres": "spec.resources"}},
	{group: "rabbitmq.com", kind: "RabbitmqCluster", plural: "rabbitmqclusters", resources: map[string]string{"rabbitmq": "spec.resources"}},
	{
		group: "opentelemetry.io", kind: "OpenTelemetryCollector", plural: "opentelemetrycollectors",
		resources: map[string]string{"otc-container": "spec.resources"},
	},
	{group: "elasticsearch.k8s.elastic.co", kind: "Elasticsearch", plural: "elasticsearches", note: "set it in nodeSets[].podTemplate.spec.containers, for the nodeSet of this pod"},
}

// customKindOf finds a kind, or nil.
func customKindOf(apiVersion, kind string) *customKind {
	group, _, _ := strings.Cut(apiVersion, "/")
	for i := range customKinds {
		if k := &customKinds[i]; k.group == group && k.kind == kind {
			return k
		}
	}
	return nil
}

// at follows a path of names through nested objects.
func at(object map[string]any, path string) any {
	var here any = object
	for _, name := range strings.Split(path, ".") {
		m, ok := here.(map[string]any)
		if !ok {
			return nil
		}
		here = m[name]
	}
	return here
}

// operation is one step of a JSON patch (RFC 6902).
type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`
}

// pointer is a JSON pointer (RFC 6901) to a path of names and numbers.
func pointer(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(p))
	}
	return b.String()
}

// memoryOperations set or take away the wanted values below a container's resources. exists is what is there now.
func memoryOperations(where []string, resources map[string]any, ch data.Change) []operation {
	var ops []operation
	if resources == nil {
		resources = map[string]any{}
		ops = append(ops, operation{"add", pointer(where...), map[string]any{}})
	}
	set := func(list string, value *int64, drop bool) {
		old, _ := resources[list].(map[string]any)
		path := append(append([]string(nil), where...), list)
		switch {
		case drop && old["memory"] != nil:
			ops = append(ops, operation{Op: "remove", Path: pointer(append(path, "memory")...)})
		case value == nil:
		case old == nil:
			ops = append(ops, operation{"add", pointer(path...), map[string]any{"memory": data.Quantity(*value)}})
		default:
			ops = append(ops, operation{"add", pointer(append(path, "memory")...), data.Quantity(*value)})
		}
	}
	set("limits", ch.Limit, ch.DropLimit)
	set("requests", ch.Request, ch.DropRequest)
	return ops
}

// indexOf returns the place of a container in a list, as text, and the container; "" when it is not there.
func indexOf(list any, name string) (string, map[string]any) {
	items, _ := list.([]any)
	for i, item := range items {
		if c, ok := item.(map[string]any); ok && c["name"] == name {
			return strconv.Itoa(i), c
		}
	}
	return "", nil
}
