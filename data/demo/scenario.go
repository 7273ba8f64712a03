package demo

import (
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/oomedic/oomedic/data"
)

// The kinds of workload that the sandbox runs.
const (
	kindDeployment  = "Deployment"
	kindStatefulSet = "StatefulSet"
	kindDaemonSet   = "DaemonSet"
	kindCronJob     = "CronJob"
)

// ending says what becomes of a container that wants more than its limit.
type ending int

const (
	wholeDies   ending = iota // the kernel kills the container's processes together (memory.oom.group)
	childDies                 // it kills one child, the container lives on
	probeKills                // memory has nothing to do with it: the kubelet kills after failed liveness probes
	neverKilled               // the demand stays below the limit
)

// workload is one line of the scenario.
type workload struct {
	namespace, name, kind string
	replicas              int32
	container, image      string
	command               []string
	env                   []corev1.EnvVar
	limit, request        int64 // bytes
	demand                demand
	ending                ending
	// live means that after the start the demand runs faster than the clock, see Options.Speed.
	live bool
	// age is how long ago the template of today was rolled out.
	age time.Duration
	// earlier is how long ago the template before it was rolled out; 0 without one.
	earlier time.Duration
	// due is, for a live workload, the time until the first kill of replica 0; the others follow at equal distance.
	due time.Duration
	// shm is the mount path of an emptyDir volume of medium Memory; empty without one.
	shm string
	// init is the name of an init container that has the limit and the demand, instead of the container.
	init     string
	probe    bool
	schedule string // of a CronJob, from the time of its newest run
	recreate bool   // strategy Recreate
	// network means that pods export what they receive.
	network bool
	group   uint64 // the number that all randomness of the workload comes from
	// doubt is how often a container killed by its probe is, on average.
	doubt time.Duration
}

const day = 24 * time.Hour

// history is how far the series reach back.
const history = 30 * day

// memoryCeiling is the most memory that the policy of namespace payments allows a container, in bytes.
const memoryCeiling = 2 * data.Gi

// ceilingNamespace is the namespace with that policy.
const ceilingNamespace = "payments"

// namespaces are the sandbox's namespaces.
var namespaces = []string{"data", "default", "kube-system", "media", "payments", "platform", "shop"}

// nodeNames are the sandbox's nodes.
var nodeNames = []string{"worker-1", "worker-2", "worker-3", "worker-4"}

// env returns environment variables from name, value pairs.
func env(pairs ...string) []corev1.EnvVar {
	var out []corev1.EnvVar
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, corev1.EnvVar{Name: pairs[i], Value: pairs[i+1]})
	}
	return out
}

// scenario is the cluster: one workload for each cause, and some that are well.
func scenario() []workload {
	return append(sick(), healthy()...)
}

// sick are the workloads that are killed, or look as if.
func sick() []workload {
	const m, g = data.Mi, data.Gi
	return []workload{
		{namespace: "shop", name: "api-server", kind: kindDeployment, replicas: 3, container: "api", image: "registry.example/shop/api-server:3.8.1",
			command: []string{"/usr/local/bin/api-server", "--listen=:8080"}, env: env("GOMEMLIMIT", "450MiB"), limit: 512 * m, request: 320 * m,
			demand: leak(280, 18), live: true, due: 15 * time.Second, age: 10 * day, earlier: 33 * day, network: true},
		{namespace: "data", name: "database", kind: kindStatefulSet, replicas: 1, container: "postgres", image: "postgres:17.2",
			command: []string{"postgres", "-c", "shared_buffers=128MB"}, limit: 512 * m, request: 256 * m,
			demand: tooLow, live: true, age: 31 * day, network: true},
		{namespace: "payments", name: "ledger", kind: kindDeployment, replicas: 2, container: "ledger", image: "registry.example/payments/ledger:2026.4",
			command: []string{"java", "-Xms256m", "-Xmx1024m", "-jar", "/app/ledger.jar"}, env: env("JAVA_TOOL_OPTIONS", "-XX:+UseG1GC"), limit: g, request: 768 * m,
			demand: heapMisfit, age: 19 * day, network: true},
		{namespace: "shop", name: "catalog-cache", kind: kindStatefulSet, replicas: 1, container: "redis", image: "redis:7.4",
			command: []string{"redis-server", "--save", ""}, limit: g, request: 512 * m, demand: keyCache, age: 40*day - 20*time.Hour, network: true},
		{namespace: "data", name: "nightly-report", kind: kindCronJob, container: "report", image: "registry.example/data/nightly-report:12",
			command: []string{"python3", "-m", "report", "--day=yesterday"}, limit: 1536 * m, request: g, demand: nightly, age: 60 * day},
		{namespace: "media", name: "renderer", kind: kindDeployment, replicas: 2, container: "renderer", image: "registry.example/media/renderer:0.31",
			command: []string{"/opt/renderer/bin/render", "--frames=/dev/shm"}, limit: 768 * m, request: 512 * m, demand: frames, shm: "/dev/shm", age: 36 * time.Hour},
		{namespace: "shop", name: "checkout", kind: kindDeployment, replicas: 3, container: "checkout", image: "registry.example/shop/checkout:5.2.0",
			command: []string{"node", "server.js"}, env: env("NODE_OPTIONS", "--max-old-space-size=384"), limit: 512 * m, request: 256 * m, demand: spikes, age: 25 * day, network: true},
		{namespace: "media", name: "thumbnailer", kind: kindDeployment, replicas: 2, container: "thumbnailer", image: "registry.example/media/thumbnailer:1.9",
			command: []string{"/thumbnailer", "--workers=8"}, limit: 384 * m, request: 192 * m, demand: bursts, age: 14 * day, network: true},
		{namespace: "platform", name: "worker", kind: kindDeployment, replicas: 1, container: "worker", image: "registry.example/platform/worker:77",
			command: []string{"python3", "-m", "celery", "worker", "--pool=prefork"}, limit: 320 * m, request: 256 * m, demand: children, ending: childDies, age: 12 * day},
		{namespace: "platform", name: "migrator", kind: kindDeployment, replicas: 1, container: "migrator", image: "registry.example/platform/migrator:8",
			command: []string{"/migrator", "serve"}, init: "migrate", limit: 64 * m, request: 64 * m, demand: migration, age: 4 * time.Hour, recreate: true},
		{namespace: "platform", name: "log-shipper", kind: kindDaemonSet, replicas: int32(len(nodeNames)), container: "shipper", image: "registry.example/platform/log-shipper:4.1",
			command: []string{"/shipper", "--config=/etc/shipper.yaml"}, limit: 256 * m, request: 128 * m, demand: accumulation, age: 45*day - 13*time.Hour},
		{namespace: "shop", name: "frontend", kind: kindDeployment, replicas: 2, container: "frontend", image: "registry.example/shop/frontend:9.14",
			command: []string{"node", "dist/main.js"}, limit: 512 * m, request: 256 * m, demand: steady(205, 30), ending: probeKills, probe: true, doubt: 80 * time.Hour, age: 9 * day, network: true},
	}
}

// healthy are the workloads that nothing ails. search runs close to its limit and yet is well.
func healthy() []workload {
	const m, g = data.Mi, data.Gi
	return []workload{
		{namespace: "shop", name: "web", kind: kindDeployment, replicas: 2, container: "nginx", image: "nginx:1.29", limit: 128 * m, request: 64 * m,
			demand: steady(44, 9), ending: neverKilled, age: 50 * day, network: true},
		{namespace: "platform", name: "auth", kind: kindDeployment, replicas: 2, container: "auth", image: "registry.example/platform/auth:2.2", limit: 256 * m, request: 128 * m,
			demand: steady(92, 25), ending: neverKilled, age: 50 * day, network: true},
		{namespace: "shop", name: "search", kind: kindDeployment, replicas: 2, container: "search", image: "registry.example/shop/search:6.0",
			command: []string{"java", "-Xmx640m", "-jar", "/app/search.jar"}, limit: g, request: 896 * m, demand: steady(890, 20), ending: neverKilled, age: 50 * day, network: true},
		{namespace: "platform", name: "prometheus", kind: kindStatefulSet, replicas: 1, container: "prometheus", image: "prom/prometheus:v3.14.0",
			command: []string{"/bin/prometheus", "--storage.tsdb.retention.time=31d"}, limit: 2 * g, request: 1536 * m, demand: compactions, ending: neverKilled, age: 50 * day},
	}
}
