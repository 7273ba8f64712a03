package data

import "time"

// Window is a stretch of time that ends now.
type Window string

// The windows of charts and statistics.
const (
	Hour      Window = "1h"
	SixHours  Window = "6h"
	Day       Window = "24h"
	Week      Window = "7d"
	ThirtyDay Window = "30d"
)

// ChartWindows are the windows that a chart offers, shortest first.
var ChartWindows = []Window{Hour, SixHours, Day, Week, ThirtyDay}

// StatWindows are the windows that statistics are given for, shortest first.
var StatWindows = []Window{Day, Week, ThirtyDay}

// Duration returns how long w is. An unknown window is one day.
func (w Window) Duration() time.Duration {
	switch w {
	case Hour:
		return time.Hour
	case SixHours:
		return 6 * time.Hour
	case Week:
		return 7 * 24 * time.Hour
	case ThirtyDay:
		return 30 * 24 * time.Hour
	}
	return 24 * time.Hour
}

// Samples are values over time: T in Unix milliseconds, strictly rising, V in bytes, finite, of the same length.
// A stretch without samples is a gap, not a zero.
type Samples struct {
	T []int64
	V []float64
}

// Len returns the number of samples.
func (s Samples) Len() int { return len(s.T) }

// Between returns the samples with from <= T < to. It shares memory with s.
func (s Samples) Between(from, to time.Time) Samples {
	lo, hi := search(s.T, from.UnixMilli()), search(s.T, to.UnixMilli())
	return Samples{T: s.T[lo:hi], V: s.V[lo:hi]}
}

// search returns the first index whose value is not below x.
func search(t []int64, x int64) int {
	lo, hi := 0, len(t)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if t[mid] < x {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// Life is the memory of one container instance, from one start to one end.
type Life struct {
	Pod Text
	// ID is the cgroup id that tells one instance from the next; empty when the source has no such label.
	ID Text
	Samples
}

// Query is one question that was put to Prometheus, so that anyone can put it again.
type Query struct {
	PromQL string
	Start  time.Time     // zero for an instant query
	End    time.Time     // the evaluation time of an instant query
	Step   time.Duration // zero for an instant query
	Took   time.Duration
	Points int
	// Shared is true when the answer was a part of one for several containers, or was read before: Took is then the time
	// that all of it took, for all of them together.
	Shared bool
	// Warnings are what Prometheus said beside the answer (partial responses and the like).
	Warnings []Text
}

// Chart is the memory of a container over one window, ready to be drawn: at most one point a step.
type Chart struct {
	Key    Key
	Window Window
	From   time.Time
	To     time.Time
	Step   time.Duration // a silence longer than 2.5 steps is a gap
	// Lives are the instances of the pod in Key, oldest first, without overlap.
	Lives []Life
	// Others are instances of the workload's other pods, for comparison.
	Others []Life
	// Limit and Request are the values in force over time; empty when the source has none.
	Limit   Samples
	Request Samples
	Kills   []Kill
	Gaps    []Gap
	Queries []Query
}

// Parts are what a container's memory over one window is made of, in bytes, at the same steps as Chart. Those that count
// to the working set come first: their sum is the working set, as cAdvisor reckons it from the cgroup.
type Parts struct {
	Key    Key
	Window Window
	From   time.Time
	To     time.Time
	Step   time.Duration
	// RSS is anonymous memory: heaps and stacks.
	RSS Samples
	// Shared are files in memory: memory-backed volumes (tmpfs) and shared memory. The kernel can't take them back.
	Shared Samples
	// Cache is the page cache that counts as in use (active files).
	Cache Samples
	// Rest is what is left of the working set: kernel memory such as socket buffers and page tables. Where Shared and
	// Cache are empty because the source has no active and inactive files, they are in here too.
	Rest Samples
	// Idle is the page cache that the kernel takes back first (inactive files). It is no part of the working set.
	Idle    Samples
	Gaps    []Gap
	Queries []Query
}

// History is everything Prometheus knows of a container's memory that a diagnosis needs.
type History struct {
	Key  Key
	From time.Time // start of the longest window asked for
	To   time.Time
	// First is the oldest sample found: how far back the history really reaches. Zero when there is none.
	First time.Time
	// ScrapeInterval is the median distance of neighbouring samples.
	ScrapeInterval time.Duration
	// Resolution is the step that Lives were read at: zero for raw samples, else the step of per-step maxima.
	Resolution time.Duration
	// Selector is the series selector without the metric name: `namespace="shop",container="api",pod=~"…"`.
	Selector string
	// Lives are all instances of the container, of every pod of the workload, ordered by pod and start.
	Lives []Life
	// Limit is the limit in force over time, the highest of all pods; empty when the source has none.
	Limit Samples
	// RSS and Cache are the same container's parts where the source has them, at Resolution or coarser.
	RSS   Samples
	Cache Samples
	// ActiveFile and InactiveFile are the parts of Cache that the kernel can take back, like Cache.
	ActiveFile   Samples
	InactiveFile Samples
	// Shared is what is left of the page cache without its active and inactive files, the highest of all pods: files in
	// memory-backed volumes and shared memory (tmpfs), which no reclaim frees. Empty where a part is not known.
	Shared Samples
	// Pressure is about the container's newest end that may have been a kill; nil when there is none, or when it failed.
	Pressure *Pressure
	// Load is what the pods did beside using memory.
	Load Load
	// Kills are the kills that kube-state-metrics remembers, of every pod of the workload, oldest first.
	Kills   []PodKill
	Source  Text // address or "embedded"
	Gaps    []Gap
	Queries []Query
}

// PodKill is a kill together with the pod it happened in.
type PodKill struct {
	Pod Text
	Kill
}

// Gap is something that could not be known, and why. Gaps lower confidence; they are never shown as zeros.
type Gap struct {
	What Text `json:"what"`
	Why  Text `json:"why"`
}

// Overview is the little that the list of kills shows of a container's memory.
type Overview struct {
	// Spark are maxima over equal steps of the look-back window, oldest first; NaN marks a step without samples.
	Spark []float64
	// Peak is the highest sample of the window in bytes; nil without samples.
	Peak *float64
	// Kills are the kills of the window as far as kube-state-metrics knows them, oldest first.
	Kills []Kill
}

// ChildKill says how many processes were killed for memory in one container. The counter lives in the container's
// cgroup: what it counts is mostly children, since the cgroup of a killed main process dies before it is scraped. A
// main process whose kill was scraped in time counts too; the caller takes those kills off.
type ChildKill struct {
	Namespace Text
	Pod       Text
	Container Text
	Count     float64 // rise of container_oom_events_total over the window
	From      Text    // the PromQL
}
