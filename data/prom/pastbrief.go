package prom

import (
	"time"

	"github.com/oomedic/oomedic/data"
)

// briefPromQL gives when containers ended last that never ended for another reason than an OOM kill within the window, as
// Prometheus writes windows. The looks for kills are minutes apart and miss a pod whose series came and went between two of
// them, since a target that stops to tell of a series ends it at once.
func briefPromQL(sel, window string) string {
	others := either(data.MetricLastReason, data.MetricInitLastReason, `reason!="OOMKilled",`+sel)
	return byContainer + "(max_over_time(" + endTimes(sel) + "[" + window + "])) and " + onContainer + " " +
		byContainer + "(max_over_time(" + endReasons(sel) + "[" + window + "])) == 1 unless " + onContainer + " " +
		byContainer + "(max_over_time(" + others + "[" + window + "])) == 1"
}

// briefSince returns what takes the last end of a container, in Unix seconds, where no look has found a kill.
func (p *past) briefSince(from time.Time) func(metricLabels, float64) {
	return func(m metricLabels, at float64) {
		name := containerName{m.get("namespace"), m.get("pod"), m.get("container")}
		p.mu.Lock()
		c := p.byName[name]
		missed := c != nil && len(c.Kills) == 0
		p.mu.Unlock()
		if missed && at >= float64(from.Unix()) {
			p.add([]death{{name.namespace, name.pod, name.container, int64(at)}})
		}
	}
}
