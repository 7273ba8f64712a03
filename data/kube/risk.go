package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/oomedic/oomedic/data"
)

const (
	// specsEvery is how often all pods are listed again for their limits; the memory itself is asked for each time.
	specsEvery = 5 * time.Minute
	// watchedShare is the share of the limit from which samples of a container are kept, to see it grow.
	watchedShare = 0.50
	// mostWatched bounds for how many, and mostSamples how many samples of each: six hours at one in 30 s.
	mostWatched = 2000
	mostSamples = 720
	// fellBy is the fall, as a share of the sample before, that is taken for a restart.
	fellBy = 0.50
	// settingsEvery is how often all pods are listed for their runtimes' settings alone, and mostSettings the number of
	// containers up to which they are: a list of every pod is too much to ask for that in a larger cluster.
	settingsEvery = 15 * time.Minute
	mostSettings  = 5000
)

// Usages reads the memory of all containers now by the metrics API, with limits and requests from the pods. It keeps the
// samples of those that use much of their limit, so that their growth shows while the program runs. It is safe for
// concurrent use.
type Usages struct {
	c *Client

	mu      sync.Mutex
	specs   map[specName]spec
	listed  time.Time
	samples map[specName]*data.Samples
}

// Usages returns a memory of samples that is empty. Nothing is asked yet.
func (c *Client) Usages() *Usages {
	return &Usages{c: c, samples: map[specName]*data.Samples{}}
}

// specName is what names a container without its pod's UID.
type specName struct{ namespace, pod, container data.Text }

// spec is what a pod says of one of its containers.
type spec struct {
	data.Resources
	uid      data.Text
	owner    *data.Workload
	restarts int32
	podLimit *int64
	settings *data.Container // nil when nothing sizes its runtime
}

// Read asks for the memory of all containers. The error says why the metrics API has none; other trouble is in the gaps.
func (u *Usages) Read(ctx context.Context) (*data.ClusterUsage, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	out := &data.ClusterUsage{At: u.c.now(), Source: "metrics API"}
	scopes, _ := u.c.watched()
	for _, ns := range scopes {
		if err := u.now(ctx, ns, out); err != nil {
			return nil, err
		}
	}
	if err := u.fill(ctx, out); err != nil {
		out.Gaps = append(out.Gaps, data.Gap{What: "limits and requests", Why: data.Clean(err.Error())})
	}
	u.keep(out)
	out.Gaps = append(out.Gaps, data.Gap{What: "how memory grew before this program began",
		Why: "the metrics API knows the present alone. For a history, install Prometheus or name one with --prometheus-url"})
	return out, nil
}

// now reads the newest sample of every container of a namespace, "" for all.
func (u *Usages) now(ctx context.Context, ns string, out *data.ClusterUsage) error {
	if u.c.cfg == nil {
		return errNoMetricsAPI
	}
	path := metricsPath + "/pods"
	if ns != "" {
		path = metricsPath + "/namespaces/" + url.PathEscape(ns) + "/pods"
	}
	req := u.c.cs.CoreV1().RESTClient().Get().AbsPath(path).SetHeader("Accept", "application/json")
	if s := u.c.o.Selector; s != "" {
		req = req.Param("labelSelector", s)
	}
	body, err := req.Stream(ctx)
	if err != nil {
		return u.c.explain(err, request{verb: "list", resource: "pods.metrics.k8s.io", namespace: ns})
	}
	defer body.Close() //nolint:errcheck // it was read, or the list has failed
	return readPodMetrics(body, func(m *namedMetrics) {
		for _, one := range m.Containers {
			q, ok := one.Usage["memory"]
			if !ok || q.Sign() < 0 {
				continue
			}
			v := q.AsApproximateFloat64()
			out.Usages = append(out.Usages, data.Usage{At: m.Timestamp, WorkingSet: &v,
				Key: data.Key{Namespace: data.Clean(m.Metadata.Namespace), Pod: data.Clean(m.Metadata.Name), Container: data.Clean(one.Name)}})
		}
	})
}

// namedMetrics is a PodMetrics object of a list.
type namedMetrics struct {
	Metadata struct{ Namespace, Name string }
	podMetrics
}

// readPodMetrics hands over the items of a PodMetricsList one by one as they come.
func readPodMetrics(r io.Reader, each func(*namedMetrics)) error {
	d := json.NewDecoder(r)
	wrong := func(err error) error { return fmt.Errorf("the metrics API answers something else: %w", err) }
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return wrong(errors.Join(err, errors.New("no object")))
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return wrong(err)
		}
		if key != "items" {
			var skip json.RawMessage
			if err := d.Decode(&skip); err != nil {
				return wrong(err)
			}
			continue
		}
		t, err := d.Token()
		if t == nil && err == nil {
			continue // null: an empty list
		}
		if err != nil || t != json.Delim('[') {
			return wrong(errors.Join(err, errors.New("items are no list")))
		}
		for d.More() {
			var one namedMetrics
			if err := d.Decode(&one); err != nil {
				return wrong(err)
			}
			each(&one)
		}
		if _, err := d.Token(); err != nil {
			return wrong(err)
		}
	}
	return nil
}

// Specs fills limits, requests, restarts and owners from the pods, where they are not known yet. With a label selector
// it also leaves out the containers of other pods.
func (u *Usages) Specs(ctx context.Context, out *data.ClusterUsage) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.fill(ctx, out)
}

// fill completes out. The caller holds the lock.
func (u *Usages) fill(ctx context.Context, out *data.ClusterUsage) error {
	if u.specs == nil || u.c.now().Sub(u.listed) > specsEvery {
		if err := u.list(ctx); err != nil {
			return err
		}
	}
	kept := out.Usages[:0]
	for _, one := range out.Usages {
		s, ok := u.specs[specName{one.Key.Namespace, one.Key.Pod, one.Key.Container}]
		if !ok {
			if u.c.o.Selector == "" {
				kept = append(kept, one) // younger than the list
			}
			continue
		}
		if !one.Specified {
			one.Resources, one.Specified = s.Resources, true
		}
		if one.Restarts == nil {
			one.Restarts = &s.restarts
		}
		if one.Owner == nil {
			one.Owner = s.owner
		}
		one.Key.UID = s.uid
		one.Settings, one.SettingsRead, one.PodLimit = s.settings, true, s.podLimit
		kept = append(kept, one)
	}
	out.Usages = kept
	return nil
}

// Settings fills what sizes the runtimes' memory from the pods, where there are few enough of them. The pods are listed
// anew every quarter of an hour.
func (u *Usages) Settings(ctx context.Context, out *data.ClusterUsage) error {
	if len(out.Usages) > mostSettings {
		return nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.specs == nil || u.c.now().Sub(u.listed) > settingsEvery {
		if err := u.list(ctx); err != nil {
			return err
		}
	}
	for i := range out.Usages {
		one := &out.Usages[i]
		if s, ok := u.specs[specName{one.Key.Namespace, one.Key.Pod, one.Key.Container}]; ok {
			one.Settings, one.SettingsRead, one.PodLimit = s.settings, true, s.podLimit
		}
	}
	return nil
}

// list reads the limits of all pods.
func (u *Usages) list(ctx context.Context) error {
	specs := map[specName]spec{}
	scopes, _ := u.c.watched()
	for _, ns := range scopes {
		if _, err := u.c.pages(ctx, ns, func() {}, func(p *corev1.Pod) { addSpecs(specs, p) }); err != nil {
			return u.c.podRight(err, "list", ns)
		}
	}
	u.specs, u.listed = specs, u.c.now()
	return nil
}

// addSpecs adds the containers of a pod that has not ended.
func addSpecs(specs map[specName]spec, p *corev1.Pod) {
	if p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed {
		return
	}
	w := directOwner(p)
	restarts, inForce := map[string]int32{}, map[string]*corev1.ResourceRequirements{}
	for _, list := range [][]corev1.ContainerStatus{p.Status.ContainerStatuses, p.Status.InitContainerStatuses} {
		for i := range list {
			restarts[list[i].Name], inForce[list[i].Name] = list[i].RestartCount, list[i].Resources
		}
	}
	for _, list := range [][]corev1.Container{p.Spec.Containers, p.Spec.InitContainers} {
		for i := range list {
			specs[specName{data.Clean(p.Namespace), data.Clean(p.Name), data.Clean(list[i].Name)}] = spec{
				Resources: resources(list[i].Resources, inForce[list[i].Name]), podLimit: podLimit(p),
				uid: data.Clean(string(p.UID)), owner: w, restarts: restarts[list[i].Name], settings: settingsOf(p, &list[i]),
			}
		}
	}
}

// directOwner is the pod's owner with nothing read from the server: the Deployment behind a ReplicaSet is told by the
// hash that it puts into both names.
func directOwner(p *corev1.Pod) *data.Workload {
	k, w, bare := ownerOf(p)
	if bare {
		return &w
	}
	w = k.workload()
	if hash := p.Labels["pod-template-hash"]; k.kind == "ReplicaSet" && hash != "" && len(k.name) > len(hash)+1 && k.name[len(k.name)-len(hash)-1:] == "-"+hash {
		w.Kind, w.Name, w.UID = "Deployment", data.Clean(k.name[:len(k.name)-len(hash)-1]), ""
	}
	return &w
}

// keep adds the newest samples to what was seen, for the containers that use much of their limit.
func (u *Usages) keep(out *data.ClusterUsage) {
	seen := make(map[specName]*data.Samples, len(u.samples))
	for i := range out.Usages {
		one := &out.Usages[i]
		if one.Limit == nil || one.At.IsZero() || *one.WorkingSet < watchedShare*float64(*one.Limit) || len(seen) >= mostWatched {
			continue
		}
		name := specName{one.Key.Namespace, one.Key.Pod, one.Key.Container}
		s, at := u.samples[name], one.At.UnixMilli()
		if s == nil {
			s = &data.Samples{}
		}
		n := len(s.T)
		switch {
		case n > 0 && s.T[n-1] >= at: // the same sample again
		case n > 0 && *one.WorkingSet < fellBy*s.V[n-1]:
			s = &data.Samples{T: []int64{at}, V: []float64{*one.WorkingSet}}
		default:
			// What was handed out shares memory with it; appending never changes what was there.
			from := max(0, n+1-mostSamples)
			s = &data.Samples{T: append(s.T, at)[from:], V: append(s.V, *one.WorkingSet)[from:]}
		}
		seen[name], one.Recent = s, s
	}
	u.samples = seen
}
