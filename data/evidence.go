package data

import "time"

// Bounds of what is kept beside a container: a pod in trouble makes events for hours.
const (
	// MaxEvents is how many events of a pod, or of a node, are kept; the newest stay.
	MaxEvents = 24
	// MaxEventMessage is how many bytes of an event's message are kept.
	MaxEventMessage = 400
	// EventsKept is how old an end may be for missing events to say something of it: servers keep them for an hour.
	EventsKept = 50 * time.Minute
)

// Event is what the kubelet or a controller recorded of a pod, of one of its containers, or of a node. Events live
// for an hour on most servers, are rate limited and may be missing: one that is there says more than one that is not.
type Event struct {
	Reason  Text // "Killing", "Unhealthy", "Evicted", "SystemOOM" …
	Message Text
	// Container is the container that it is about; empty when it is about the whole pod or a node.
	Container Text
	First     time.Time
	Last      time.Time // equal to First for one that came once
	Count     int32
	// From is the kubectl command that shows it.
	From Text
}

// Condition is one condition of a pod, such as DisruptionTarget, with status True.
type Condition struct {
	Type    Text
	Reason  Text
	Message Text
	Since   time.Time
}

// NodeFacts is what is known of the node that a container ran on. A field that could not be read is empty or nil.
type NodeFacts struct {
	Name Text
	// Runtime, Kubelet and Kernel are status.nodeInfo's words, such as "containerd://2.2.1", "v1.37.2" and "6.1.0".
	Runtime Text
	Kubelet Text
	Kernel  Text
	// MemoryPressure is the node's condition; nil when it is unknown.
	MemoryPressure *bool
	PressureSince  time.Time
	Allocatable    *int64 // bytes of memory for pods
	Capacity       *int64 // bytes of memory
	// Gone is true when the server knows no node of this name.
	Gone bool
	// Events are those of the node that speak of memory: SystemOOM, OOMKilling, EvictionThresholdMet; oldest first.
	Events []Event
	// EventsRead is when Events were read; zero when they were not.
	EventsRead time.Time
}

// EventsOf returns the events of c that are about it or its whole pod and have one of the reasons, oldest first.
func (c *Container) EventsOf(reasons ...Text) []Event {
	var out []Event
	for _, e := range c.Events {
		if e.Container != "" && e.Container != c.Key.Container {
			continue
		}
		for _, r := range reasons {
			if e.Reason == r {
				out = append(out, e)
				break
			}
		}
	}
	return out
}
