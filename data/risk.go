package data

import "time"

// MetricKernel is the kernel memory that is charged to a container, in bytes.
const MetricKernel = "container_memory_kernel_usage"

// MetricOwner says which object made a pod, by its labels owner_kind and owner_name.
const MetricOwner = "kube_pod_owner"

// Usage is the memory of one container that runs now, and what bounds it. Key.UID is empty where only metrics tell.
type Usage struct {
	Key Key
	// Owner is the object whose template decides the memory; nil when nobody told.
	Owner *Workload
	// At is when WorkingSet was measured; zero when only the time of the question is known.
	At         time.Time
	WorkingSet *float64 // bytes
	// Specified is true when the specification is known, so that a Limit or Request of nil means that none is set.
	Specified bool
	Resources
	// PodLimit is the limit in bytes that the pod itself has, which holds all its containers together; nil without one, or
	// when it was not read.
	PodLimit *int64
	Restarts *int32
	// Restarted is true when it was started again within the last quarter of an hour.
	Restarted bool
	// Growth is the slope of the working set over ClusterUsage.GrowthWindow in bytes an hour, of the steepest life; nil
	// when it does not grow, or was not asked for.
	Growth *float64
	// Recent are samples of the life that runs now, oldest first, for the containers near their limit or on the way to it;
	// nil for others.
	Recent *Samples
	// Peak is the highest working set of ClusterUsage.PeakWindow in bytes, for containers near their limit and those that
	// hold the most memory they don't use; nil for others.
	Peak *float64
	// Parts tell what of the working set the kernel can't take back; nil when not asked for, or not there.
	Parts *UsageParts
	// Container is what the API server says of it; nil as long as nobody asked.
	Container *Container
	// Settings has what of the specification may size the runtime's memory: image, command and memory knobs alone. Nil when
	// it was not read, which SettingsRead tells, or when nothing there does.
	Settings     *Container
	SettingsRead bool
}

// UsageParts are parts of a container's memory in bytes. Nil is unknown.
type UsageParts struct {
	RSS    *float64 // anonymous memory
	Shared *float64 // files in memory: page cache without its active and inactive files
	Kernel *float64
}

// Kept returns the bytes that no reclaim gives back: anonymous memory, files in memory and kernel memory. It reports
// false unless the first two are known.
func (p *UsageParts) Kept() (float64, bool) {
	if p == nil || p.RSS == nil || p.Shared == nil {
		return 0, false
	}
	kept := *p.RSS + *p.Shared
	if p.Kernel != nil {
		kept += *p.Kernel
	}
	return kept, true
}

// ClusterUsage is the memory of all containers at one time.
type ClusterUsage struct {
	At     time.Time
	Source Text    // address, "embedded" or "metrics API"
	Usages []Usage // in no order
	// GrowthWindow is the window of Usage.Growth; 0 when growth was not asked for.
	GrowthWindow time.Duration
	// PeakWindow is the window of Usage.Peak; 0 when peaks were not asked for.
	PeakWindow time.Duration
	// Selector is the series selector that chose the containers, without braces; empty without a Prometheus.
	Selector string
	Gaps     []Gap
	Queries  []Query
}
