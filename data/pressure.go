package data

import "time"

// Names of metrics of memory pressure and kills inside a container's cgroup, from the kubelet's cAdvisor. The kernel's
// pressure stall information is there on cgroup v2 with PSI alone (feature KubeletPSI, on from Kubernetes 1.34).
const (
	MetricPressureWaiting = "container_pressure_memory_waiting_seconds_total"
	MetricPressureStalled = "container_pressure_memory_stalled_seconds_total"
)

// Pressure is what metrics say of the minutes around one end of a container, beside how much memory it used. What a source
// does not have is nil.
type Pressure struct {
	// End is the end that it is about.
	End time.Time
	// Waiting and Stalled are the shares of time, 0 to 1, in which some, and all, processes of the container waited for
	// memory within PressureSpan before the end.
	Waiting *float64
	Stalled *float64
	// OOMEvents is the rise of container_oom_events_total around the end: kills that the kernel counted in the container.
	OOMEvents *float64
	// WaitingFrom, StalledFrom and OOMEventsFrom are the PromQL of each, also of what is nil.
	WaitingFrom   Text
	StalledFrom   Text
	OOMEventsFrom Text
}

// PressureSpan is the stretch before an end that Pressure is about: long enough for two scrapes of a minute, and short
// enough to be about this end.
const PressureSpan = 5 * time.Minute
