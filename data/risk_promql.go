package data

import "time"

// UsageSelector is the series selector of one container of one pod, without a metric name and without braces.
func UsageSelector(k Key) string {
	return "namespace=" + PromQuote(k.Namespace.String()) + ",pod=" + PromQuote(k.Pod.String()) + ",container=" + PromQuote(k.Container.String())
}

// SharePromQL returns the PromQL for how much of its limit a container uses, 0 to 1: the highest of its sources.
func SharePromQL(k Key) Text {
	sel := UsageSelector(k)
	return Text(byContainer + "(" + MetricWorkingSet + "{" + sel + "}) / " +
		byContainer + "(" + eitherMetric(MetricLimits, MetricInitLimits, `resource="memory",`+sel) + ")")
}

// SlopePromQL returns the PromQL for a container's growth over w in bytes an hour: the least-squares slope of each
// container id, the steepest of them.
func SlopePromQL(k Key, w time.Duration) Text {
	return Text(byContainer + "(deriv(" + MetricWorkingSet + "{" + UsageSelector(k) + "}[" + PromDuration(w) + "])) * 3600")
}

// PeakPromQL returns the PromQL for a container's highest working set over w in bytes.
func PeakPromQL(k Key, w Window) Text {
	return Text(byContainer + "(max_over_time(" + MetricWorkingSet + "{" + UsageSelector(k) + "}[" + string(w) + "]))")
}

// KeptPromQL returns the PromQL for the anonymous memory of a container in bytes, the largest part that no reclaim
// gives back.
func KeptPromQL(k Key) Text {
	return Text(byContainer + "(" + MetricRSS + "{" + UsageSelector(k) + "})")
}

// PodUsagePromQL returns the PromQL for the working set of all containers of a pod together, in bytes.
func PodUsagePromQL(k Key) Text {
	return Text("sum by (namespace,pod)(" + byContainer + "(" + MetricWorkingSet + "{namespace=" + PromQuote(k.Namespace.String()) + ",pod=" + PromQuote(k.Pod.String()) + `,container!=""}))`)
}
