package demo

import (
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"

	corev1 "k8s.io/api/core/v1"

	"github.com/oomedic/oomedic/data"
)

// The metrics that each container instance has series of its own for.
const (
	setMetric = iota
	rssMetric
	cacheMetric
	startMetric
	eventsMetric
	activeMetric
	inactiveMetric
	kernelMetric
	cpuMetric
	readsMetric
	socketsMetric
	threadsMetric
	lifeMetrics
)

// lifeNames are their names.
var lifeNames = [lifeMetrics]string{
	setMetric: "container_memory_working_set_bytes", rssMetric: "container_memory_rss", cacheMetric: "container_memory_cache",
	startMetric: "container_start_time_seconds", eventsMetric: "container_oom_events_total",
	activeMetric: data.MetricActiveFile, inactiveMetric: data.MetricInactiveFile, kernelMetric: data.MetricKernel,
	cpuMetric: data.MetricCPU, readsMetric: data.MetricReads, socketsMetric: data.MetricSockets, threadsMetric: data.MetricThreads,
}

// lifeMore are the labels that some of them have besides.
var lifeMore = [lifeMetrics][]string{cpuMetric: {"cpu", "total"}, readsMetric: {"device", "/dev/vda"}}

// tracks are the series of one pod that are being written.
type tracks struct {
	pod          *pod
	container    string
	image        string
	init         bool
	number       int // of the instance that life is for
	life         []*track
	exported     []*track // by the program itself; nil until the first is written
	receive      *track   // nil for pods that do not export it
	limit        *track
	request      *track
	requestBytes float64
	restarts     *track
	completed    *track
	described    *track // of the instance, by its image and id
	owner        *track
	info         *track
	states       map[string]*track
}

// newTracks makes the series of p's container. They are stored with their first sample.
func newTracks(p *pod) *tracks {
	target := p.target()
	t := &tracks{pod: p, container: target.Name, image: target.Image, init: p.initializing(), states: map[string]*track{}}
	if q, ok := target.Resources.Requests[corev1.ResourceMemory]; ok {
		t.requestBytes = float64(q.Value())
	}
	group := "kube_pod_container_"
	if t.init {
		group = "kube_pod_init_container_"
	}
	bytes := []string{"container", t.container, "node", p.node, "resource", "memory", "unit", "byte"}
	t.limit = t.stateTrack(group+"resource_limits", bytes...)
	t.request = t.stateTrack(group+"resource_requests", bytes...)
	t.restarts = t.stateTrack(group+"status_restarts_total", "container", t.container)
	t.completed = t.stateTrack("kube_pod_completion_time")
	t.owner = t.stateTrack("kube_pod_owner", "owner_kind", p.owner.Kind, "owner_name", p.owner.Name, "owner_is_controller", "true")
	t.info = t.stateTrack("kube_pod_info", "node", p.node, "host_ip", nodeIPOf(p.node), "pod_ip", p.ip(), "created_by_kind", p.owner.Kind, "created_by_name", p.owner.Name)
	if p.w.network {
		t.receive = &track{labels: labels.FromStrings(append(t.kubelet("container_network_receive_bytes_total"),
			"id", "/kubepods/burstable/pod"+p.uid, "image", "registry.k8s.io/pause:3.10", "name", containerID(p.key), "interface", "eth0")...)}
	}
	return t
}

// kubelet returns the labels that a scrape of a kubelet gives every series of the pod.
func (t *tracks) kubelet(name string) []string {
	p := t.pod
	return []string{model.MetricNameLabel, name, "job", "kubelet", "metrics_path", "/metrics/cadvisor", "instance", nodeIPOf(p.node) + ":10250", "node", p.node, "namespace", p.w.namespace, "pod", p.name}
}

// newLife makes the series of container instance n.
func (t *tracks) newLife(n int) []*track {
	id := t.pod.containerID(n)
	info := "kube_pod_container_info"
	if t.init {
		info = "kube_pod_init_container_info"
	}
	t.described = t.stateTrack(info, "container", t.container, "image", t.image, "image_spec", t.image, "image_id", imageID(t.image), "container_id", "containerd://"+id)
	out := make([]*track, lifeMetrics)
	for i, name := range lifeNames {
		of := append(t.kubelet(name), "container", t.container, "image", t.image, "id", "/kubepods/burstable/pod"+t.pod.uid+"/"+id, "name", id)
		out[i] = &track{labels: labels.FromStrings(append(of, lifeMore[i]...)...)}
	}
	return out
}

// stateTrack makes a series of kube-state-metrics; more are further labels.
func (t *tracks) stateTrack(name string, more ...string) *track {
	p := t.pod
	return &track{labels: labels.FromStrings(append([]string{model.MetricNameLabel, name, "job", "kube-state-metrics", "instance", "10.244.2.9:8080", "namespace", p.w.namespace, "pod", p.name, "uid", p.uid}, more...)...)}
}

// state returns the series of a container's status; more are further labels.
func (t *tracks) state(name string, more ...string) *track {
	key := name
	for _, m := range more {
		key += "\x00" + m
	}
	if t.states[key] == nil {
		group := "kube_pod_container_status_"
		if t.init {
			group = "kube_pod_init_container_status_"
		}
		t.states[key] = t.stateTrack(group+name, append([]string{"container", t.container}, more...)...)
	}
	return t.states[key]
}

// ownerTrack makes the series that names the owner of a ReplicaSet or a Job.
func ownerTrack(metric, label, namespace, name, kind, owner string) track {
	return track{labels: labels.FromStrings(model.MetricNameLabel, metric, "job", "kube-state-metrics", "instance", "10.244.2.9:8080",
		"namespace", namespace, label, name, "owner_kind", kind, "owner_name", owner, "owner_is_controller", "true")}
}

// ownerOf returns the series that names the owner of a pod's owner, of a Deployment's or CronJob's pods.
func (o *owner) ownerOf(p *pod) track {
	if p.job {
		return ownerTrack("kube_job_owner", "job_name", o.w.namespace, p.owner.Name, kindCronJob, o.w.name)
	}
	return ownerTrack("kube_replicaset_owner", "replicaset", o.w.namespace, p.owner.Name, kindDeployment, o.w.name)
}

// sampleOwners writes the owners of the ReplicaSets and Jobs that have pods now.
func (o *owner) sampleOwners(app storage.Appender, now time.Time) error {
	if o.w.kind != kindDeployment && o.w.kind != kindCronJob {
		return nil
	}
	done := map[string]bool{}
	for _, p := range o.pods {
		if done[p.owner.Name] {
			continue
		}
		done[p.owner.Name] = true
		t := o.ownerOf(p)
		if err := t.add(app, now, 1); err != nil {
			return err
		}
	}
	return nil
}

// newLoader takes down what the history consists of, so that it can be written while the cluster is already in use.
func (c *cluster) newLoader() *loader {
	l := &loader{origin: c.origin, pods: append([]*pod(nil), c.past...)}
	for _, o := range c.owners {
		l.pods = append(l.pods, o.pods...)
	}
	seen := map[string]bool{}
	for _, p := range l.pods {
		if kind := p.owner.Kind; (kind != "ReplicaSet" && kind != "Job") || seen[p.owner.Name] {
			continue
		}
		seen[p.owner.Name] = true
		to := c.origin
		if !p.gone.IsZero() {
			to = p.gone
		}
		o := &owner{w: p.w}
		l.sets = append(l.sets, setSpan{track: o.ownerOf(p), from: p.created, to: to})
	}
	return l
}
