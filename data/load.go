package data

import "time"

// The names of the metrics that load is read from, all of cAdvisor in the kubelet. Received bytes are counted in the
// pod's network namespace and carry no container.
const (
	MetricReceived     = "container_network_receive_bytes_total"
	MetricCPU          = "container_cpu_usage_seconds_total"
	MetricReads        = "container_fs_reads_bytes_total"
	MetricSockets      = "container_sockets"
	MetricThreads      = "container_threads"
	MetricActiveFile   = "container_memory_total_active_file_bytes"
	MetricInactiveFile = "container_memory_total_inactive_file_bytes"
)

// Load is what the pods of a container did beside using memory, in coarse steps. It tells bursts of requests, work on
// files and growing load apart, which look the same in memory. A signal that no metric has is empty.
type Load struct {
	Step time.Duration // distance of neighbouring samples; zero when nothing was read
	// Received are bytes a second that each pod received over the network.
	Received []Signal
	// CPU is how many cores the container used in each pod.
	CPU []Signal
	// Reads are bytes a second that the container read from disks in each pod.
	Reads []Signal
	// Sockets and Threads are how many the container had open, at most, in each pod.
	Sockets []Signal
	Threads []Signal
}

// Signal is one quantity of one pod over time. V is in the unit that the field of Load says.
type Signal struct {
	Pod Text
	Samples
}
