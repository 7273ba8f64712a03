package data

import (
	"strconv"
	"time"
)

// The names of the metrics that memory and kills are read from: cAdvisor in the kubelet, and kube-state-metrics.
const (
	MetricWorkingSet       = "container_memory_working_set_bytes"
	MetricRSS              = "container_memory_rss"
	MetricCache            = "container_memory_cache"
	MetricSpecLimit        = "container_spec_memory_limit_bytes"
	MetricStartTime        = "container_start_time_seconds"
	MetricOOMEvents        = "container_oom_events_total"
	MetricLimits           = "kube_pod_container_resource_limits"
	MetricInitLimits       = "kube_pod_init_container_resource_limits"
	MetricRequests         = "kube_pod_container_resource_requests"
	MetricInitRequests     = "kube_pod_init_container_resource_requests"
	MetricLastEnd          = "kube_pod_container_status_last_terminated_timestamp"
	MetricInitLastEnd      = "kube_pod_init_container_status_last_terminated_timestamp"
	MetricLastReason       = "kube_pod_container_status_last_terminated_reason"
	MetricInitLastReason   = "kube_pod_init_container_status_last_terminated_reason"
	MetricTerminatedReason = "kube_pod_container_status_terminated_reason"
	MetricCompletion       = "kube_pod_completion_time"
	MetricRestarts         = "kube_pod_container_status_restarts_total"
	MetricInitRestarts     = "kube_pod_init_container_status_restarts_total"
)

// byContainer groups away what differs between two sources of one fact: job, instance, replicas of Prometheus and
// shards of kube-state-metrics.
const byContainer = "max by (namespace,pod,container)"

// fallbackStep is the resolution of a subquery when the scrape interval is unknown, the kubelet's usual 30 s.
const fallbackStep = 30 * time.Second

// QuantilePromQL returns the PromQL for quantile q (0 to 1) of the working set over w, in bytes, a value a pod. It
// reads the maximum of each scrape interval over all container ids of a pod, so restarts leave no second series.
func QuantilePromQL(h *History, w Window, q float64) Text {
	return Text("quantile_over_time(" + strconv.FormatFloat(q, 'g', -1, 64) + ", " + perPodSteps(h) + "[" + string(w) + ":" + promStep(h) + "])")
}

// MeanPromQL returns the PromQL for the mean of the working set over w, in bytes, a value a pod.
func MeanPromQL(h *History, w Window) Text {
	return Text("avg_over_time(" + perPodSteps(h) + "[" + string(w) + ":" + promStep(h) + "])")
}

// MaxPromQL returns the PromQL for the highest working set over w, in bytes, a value a pod.
func MaxPromQL(h *History, w Window) Text {
	return Text(byContainer + "(max_over_time(" + MetricWorkingSet + "{" + h.Selector + "}[" + string(w) + "]))")
}

// GrowthPromQL returns the PromQL for the growth of the working set over the last six hours in bytes an hour, a value
// a pod: the least-squares slope of each container id, the steepest of them. deriv is right for a gauge, rate is not.
func GrowthPromQL(h *History) Text {
	return Text(byContainer + "(deriv(" + MetricWorkingSet + "{" + h.Selector + "}[6h])) * 3600")
}

// LimitPromQL returns the PromQL for the memory limit in force, in bytes, a value a pod, of containers and init
// containers alike.
func LimitPromQL(h *History) Text {
	return Text(byContainer + "(" + eitherMetric(MetricLimits, MetricInitLimits, `resource="memory",`+h.Selector) + ")")
}

// KillsPromQL returns the PromQL for the times at which the container's pods were killed for memory, in Unix seconds:
// each distinct value over time is one kill.
func KillsPromQL(h *History) Text { return KillPromQL(h.Selector) }

// KillPromQL is KillsPromQL for a series selector without a metric name. kube-state-metrics exports the last
// termination alone, so its reason must hold at the same instant.
func KillPromQL(selector string) Text {
	return Text(byContainer + "(" + eitherMetric(MetricLastEnd, MetricInitLastEnd, selector) + ") and on (namespace,pod,container) " +
		byContainer + "(" + eitherMetric(MetricLastReason, MetricInitLastReason, `reason="OOMKilled",`+selector) + ") == 1")
}

// eitherMetric selects a metric of containers together with its twin for init containers.
func eitherMetric(a, b, selector string) string {
	return `{__name__=~"` + a + "|" + b + `",` + selector + "}"
}

// perPodSteps is the working set of a pod's container in each step, whatever instance of it ran.
func perPodSteps(h *History) string {
	return byContainer + "(max_over_time(" + MetricWorkingSet + "{" + h.Selector + "}[" + promStep(h) + "]))"
}

// promStep is the step that h was read at, or its scrape interval, as a PromQL duration.
func promStep(h *History) string {
	step := h.Resolution
	if step <= 0 {
		step = h.ScrapeInterval
	}
	if step <= 0 {
		step = fallbackStep
	}
	return PromDuration(step)
}

// PromDuration returns d as a PromQL duration in whole seconds, at least one: 30s, 90s, 300s become 30s, 90s, 5m. A
// value that divides into minutes, hours or days is written in the largest unit.
func PromDuration(d time.Duration) string {
	s := max(int64(d.Round(time.Second)/time.Second), 1)
	for _, u := range []struct {
		size int64
		name string
	}{{86400, "d"}, {3600, "h"}, {60, "m"}} {
		if s%u.size == 0 {
			return strconv.FormatInt(s/u.size, 10) + u.name
		}
	}
	return strconv.FormatInt(s, 10) + "s"
}
