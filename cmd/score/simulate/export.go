package simulate

import (
	"slices"
	"strconv"

	"github.com/oomedic/oomedic/data"
)

// Series is one time series as Prometheus stored it: label names and values in turn, times in Unix milliseconds.
type Series struct {
	Labels []string
	T      []int64
	V      []float64
}

// Export gives put every series that Prometheus has of the case's workload.
func (c *Case) Export(put func(Series) error) error {
	for i, m := range c.meters {
		for l := range m.lives {
			if err := c.exportLife(i, l, put); err != nil {
				return err
			}
		}
		for p := range m.pods {
			if err := c.exportPod(i, p, put); err != nil {
				return err
			}
		}
		if err := c.exportState(i, put); err != nil {
			return err
		}
	}
	return nil
}

// kubelet are the labels that a scrape of the kubelet gives a series.
func (c *Case) kubelet(metric string, i, p int, more ...string) []string {
	return append([]string{"__name__", metric, "job", "kubelet", "metrics_path", "/metrics/cadvisor", "instance", "10.0.0.7:10250", "node", c.Container.Node.String(),
		"namespace", c.Container.Key.Namespace.String(), "pod", c.names[i][p].String()}, more...)
}

// exportLife writes what cAdvisor tells of one container.
func (c *Case) exportLife(i, l int, put func(Series) error) error {
	s := &c.meters[i].lives[l]
	if len(s.T) == 0 {
		return nil
	}
	p := c.traces[i].lives[l].pod
	start := make([]float64, len(s.T))
	for k := range start {
		start[k] = float64(c.whole(c.traces[i].lives[l].start + 1).Unix())
	}
	type part struct {
		metric string
		v      []float64
		more   []string
	}
	parts := []part{{metric: data.MetricWorkingSet, v: s.set}, {metric: data.MetricStartTime, v: start}}
	if !c.scraping.noParts {
		parts = append(parts, part{metric: data.MetricRSS, v: s.rss}, part{metric: data.MetricCache, v: s.cache})
	}
	if !c.scraping.noLoad {
		parts = append(parts, part{metric: data.MetricActiveFile, v: s.active}, part{metric: data.MetricInactiveFile, v: s.inactive},
			part{metric: data.MetricCPU, v: s.cpu, more: []string{"cpu", "total"}})
		if !c.scraping.noReads {
			parts = append(parts, part{metric: data.MetricReads, v: s.read, more: []string{"device", "/dev/sda"}})
		}
		if !c.scraping.noProcess {
			parts = append(parts, part{metric: data.MetricSockets, v: s.sockets}, part{metric: data.MetricThreads, v: s.threads})
		}
	}
	id := c.lifeID(i, l).String()
	for _, one := range parts {
		labels := c.kubelet(one.metric, i, p, append([]string{"container", c.Container.Key.Container.String(), "image", c.Container.Image.String(), "id", id, "name", strconv.Itoa(l)}, one.more...)...)
		if err := c.put(labels, s, one.v, put); err != nil {
			return err
		}
	}
	return nil
}

// put writes values of a series once, or as each replica of Prometheus has them.
func (c *Case) put(labels []string, s *series, v []float64, put func(Series) error) error {
	if c.scraping.pairs == 1 {
		return put(Series{Labels: labels, T: s.T, V: v})
	}
	for n := range c.scraping.pairs {
		own := s.of(n, v)
		if err := put(Series{Labels: append(slices.Clip(labels), "prometheus_replica", strconv.Itoa(n)), T: own.T, V: own.V}); err != nil {
			return err
		}
	}
	return nil
}

// exportPod writes what cAdvisor tells of a pod's own cgroup and of its network.
func (c *Case) exportPod(i, p int, put func(Series) error) error {
	s := &c.meters[i].pods[p]
	if len(s.T) == 0 || c.scraping.noLoad {
		return nil
	}
	id := "/kubepods/burstable/pod" + c.uids[i][p].String()
	type part struct {
		labels []string
		v      []float64
	}
	parts := []part{{c.kubelet(data.MetricActiveFile, i, p, "id", id), s.active}, {c.kubelet(data.MetricInactiveFile, i, p, "id", id), s.inactive}}
	if !c.scraping.noNetwork {
		parts = append(parts, part{c.kubelet(data.MetricReceived, i, p, "id", id, "image", "registry.k8s.io/pause:3.10", "interface", "eth0"), s.receive})
	}
	if !c.scraping.noParts {
		parts = append(parts, part{c.kubelet(data.MetricCache, i, p, "id", id), s.cache})
	}
	for _, one := range parts {
		if err := c.put(one.labels, s, one.v, put); err != nil {
			return err
		}
	}
	return nil
}

// exportState writes what kube-state-metrics tells of one replica.
func (c *Case) exportState(i int, put func(Series) error) error {
	tr := c.traces[i]
	for p, one := range tr.pods {
		state := func(metric string, more ...string) []string {
			return append([]string{"__name__", metric, "job", "kube-state-metrics", "namespace", c.Container.Key.Namespace.String(), "pod", c.names[i][p].String(), "uid", c.uids[i][p].String(), "container", c.Container.Key.Container.String()}, more...)
		}
		limit := Series{Labels: state(data.MetricLimits, "resource", "memory", "unit", "byte", "node", c.Container.Node.String())}
		ended, restarts := Series{Labels: state(data.MetricLastEnd)}, Series{Labels: state(data.MetricRestarts)}
		reasons := map[string]*Series{}
		for _, t := range c.states[i] {
			if t < one.start || t >= one.end {
				continue
			}
			at := c.at(t).UnixMilli()
			if v := c.plan.limitAt(t); v > 0 && !c.scraping.noLimit {
				limit.T, limit.V = append(limit.T, at), append(limit.V, v)
			}
			l, n := c.lastEnded(i, p, t)
			restarts.T, restarts.V = append(restarts.T, at), append(restarts.V, float64(n))
			if l < 0 {
				continue
			}
			ended.T, ended.V = append(ended.T, at), append(ended.V, float64(c.whole(tr.lives[l].end+0.5).Unix()))
			why := c.reasonOf(i, l)
			if reasons[why] == nil {
				reasons[why] = &Series{Labels: state(data.MetricLastReason, "reason", why)}
			}
			reasons[why].T, reasons[why].V = append(reasons[why].T, at), append(reasons[why].V, 1)
		}
		all := []Series{limit, ended, restarts}
		for _, why := range []string{"OOMKilled", "Error"} {
			if reasons[why] != nil {
				all = append(all, *reasons[why])
			}
		}
		for _, s := range all {
			if err := put(s); err != nil {
				return err
			}
		}
	}
	return nil
}

// lastEnded returns the life of a pod that ended last before t as kube-state-metrics knows it, -1 without one, and how
// many there were.
func (c *Case) lastEnded(i, p int, t float64) (last, n int) {
	last = -1
	for l, one := range c.traces[i].lives {
		if one.pod == p && one.why != alive && one.end+stateDelay <= t {
			last, n = l, n+1
		}
	}
	return last, n
}

// reasonOf is the reason that the runtime gave for the end of a life.
func (c *Case) reasonOf(i, l int) string {
	one := c.traces[i].lives[l]
	if one.why == unrelated && one.children == 0 || c.mislabelled(i, l) {
		return "Error"
	}
	return "OOMKilled"
}
