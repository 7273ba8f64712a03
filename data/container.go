// Package data holds the facts: plain types for containers, kills, workloads and memory histories, and the store
// that keeps the newest of them. It judges nothing and imports no other package of this module.
//
// Units are bytes and time.Time throughout; a pointer that is nil means "unknown", never zero.
package data

import (
	"cmp"
	"strings"
	"time"
)

// Key names one container of one pod. Two pods of the same name that lived one after the other differ in UID.
type Key struct {
	Namespace Text
	Pod       Text
	UID       Text
	Container Text
}

// String returns namespace/pod/container.
func (k Key) String() string {
	return k.Namespace.String() + "/" + k.Pod.String() + "/" + k.Container.String()
}

// Less orders keys by namespace/pod/container, read as one text, and by UID.
func (k Key) Less(o Key) bool { return k.Compare(o) < 0 }

// Compare returns -1, 0 or +1 in the order of Less. It makes no copy where the names differ within both: long lists are
// sorted by it.
func (k Key) Compare(o Key) int {
	for _, pair := range [...][2]Text{{k.Namespace, o.Namespace}, {k.Pod, o.Pod}} {
		a, b := pair[0].String(), pair[1].String()
		switch {
		case a == b:
			continue
		case strings.HasPrefix(a, b), strings.HasPrefix(b, a): // what follows the shorter one decides
			return cmp.Or(strings.Compare(k.String(), o.String()), cmp.Compare(k.UID, o.UID))
		}
		return strings.Compare(a, b)
	}
	return cmp.Or(cmp.Compare(k.Container, o.Container), cmp.Compare(k.UID, o.UID))
}

// PodKey names one pod.
type PodKey struct{ Namespace, Name, UID Text }

// ContainerKind says which list of the pod's spec a container stands in.
type ContainerKind string

// The kinds of container. A sidecar is an init container with restartPolicy Always.
const (
	RegularContainer   ContainerKind = "container"
	InitContainer      ContainerKind = "init"
	SidecarContainer   ContainerKind = "sidecar"
	EphemeralContainer ContainerKind = "ephemeral"
)

// RunState is what a container is doing now.
type RunState string

// The states of a container. Gone means that its pod no longer exists.
const (
	Running      RunState = "running"
	CrashLooping RunState = "crash-looping"
	Waiting      RunState = "waiting"
	Completed    RunState = "completed"
	Gone         RunState = "gone"
	Unknown      RunState = "unknown"
)

// Resources are a container's memory limit and request in bytes; nil means not set.
type Resources struct {
	Limit   *int64
	Request *int64
}

// Termination is one end of a container as the kubelet copied it from the runtime.
type Termination struct {
	Reason      Text
	ExitCode    int32
	Message     Text
	StartedAt   time.Time // zero when the runtime gave none, or gave the epoch
	FinishedAt  time.Time // zero when the runtime gave none
	ContainerID Text
	// Field is where it was read: "state.terminated" or "lastState.terminated".
	Field string
}

// Workload is the object whose template decides a container's memory, found by walking ownerReferences upwards.
type Workload struct {
	APIVersion Text
	Kind       Text
	Namespace  Text
	Name       Text
	UID        Text
	Replicas   *int32 // desired; nil when the kind has none or it could not be read
	// MaxReplicas is how many a HorizontalPodAutoscaler may make of them; nil without one, or when it was not read.
	MaxReplicas *int32
	// Problem says why the walk stopped early (a right that is missing, an owner that is gone); empty when it did not.
	Problem Text
	// Chain is the whole walk, from the pod's own controller past this object to the topmost owner, such as
	// "replicaset/api-7d9f", "deployment/api". The last may be an object that could not be read. Nil when nothing was walked.
	Chain []Text
	// Top is the topmost owner where that is another object, such as the custom resource that an operator makes this
	// one from: "prometheus/k8s". What is changed below it may be put back. Empty when nothing is above.
	Top Text
	// InTemplate names the containers that this object's pod template has, of every kind, in its order; nil when the
	// object has no template that could be read. See Container.Injected.
	InTemplate []Text
}

// Same reports whether w and o name the same object, whatever its replicas are at the time.
func (w Workload) Same(o Workload) bool {
	return w.Kind == o.Kind && w.Namespace == o.Namespace && w.Name == o.Name
}

// Ref returns kind/name in kubectl's spelling, in lower case: "deployment/api". It is empty without a kind.
func (w Workload) Ref() Text {
	if w.Kind == "" {
		return ""
	}
	return Text(strings.ToLower(w.Kind.String())) + "/" + w.Name
}

// Kill is one time at which a container, or a process in it, was killed for memory.
type Kill struct {
	At        time.Time
	StartedAt time.Time // of the life that ended; zero when unknown
	Reason    Text
	ExitCode  *int32
	// From is where it was seen, as a kubectl command or PromQL.
	From Text
}

// KnownFrom says by what way a container is known.
type KnownFrom string

// The ways. A container that the API server knows, or knew while it was watched, is known from the API.
const (
	KnownFromAPI     KnownFrom = ""
	KnownFromJournal KnownFrom = "journal" // the program saw it in an earlier run
	KnownFromMetrics KnownFrom = "metrics" // only Prometheus remembers its pod
)

// Container is what is known of one container of one pod.
type Container struct {
	Key       Key
	Kind      ContainerKind
	Node      Text
	Image     Text
	Command   []Text // command and args of the spec, at most 32 words of 200 bytes
	Env       []Knob // memory knobs alone: the names in MemoryKnobs with a literal value
	Resources Resources
	// LimitUnknown says that nobody told whether there is a limit: without one in Resources and PodLimit there may be one.
	LimitUnknown bool
	// PodLimit is the pod's own memory limit (spec.resources), nil without one.
	PodLimit *int64
	// MemoryVolumes are the names of emptyDir volumes of medium Memory that the container mounts.
	MemoryVolumes []Text

	State         RunState
	WaitingReason Text
	// WaitingMessage is state.waiting.message where that says that the start ran out of memory; else empty. CRI-O makes a
	// container in one step, so that there is no end of one that tells.
	WaitingMessage Text
	StartedAt      time.Time    // of the life that runs now; zero unless State is Running
	Current        *Termination // state.terminated
	Last           *Termination // lastState.terminated
	Restarts       int32
	PodPhase       Text
	PodReason      Text
	PodCreated     time.Time
	GoneAt         time.Time // when the pod was seen deleted; zero while it exists
	// PodMessage is the pod's status.message, which says why it was evicted or failed.
	PodMessage Text
	// PodConditions are the pod's conditions that are true and say why it ends, such as DisruptionTarget.
	PodConditions []Condition
	// DeletedAt is when somebody asked for the pod's deletion; zero when nobody did.
	DeletedAt time.Time
	// RestartPolicy is the container's own, else the pod's: "Always", "OnFailure", "Never".
	RestartPolicy Text
	// SumLimits is the sum of the limits of all containers of the pod in bytes, which is what the pod's cgroup is held
	// to; nil when one of them has none.
	SumLimits *int64
	// Events are those of the container and its pod, oldest first, at most MaxEvents.
	Events []Event
	// EventsRead is when Events were read; zero when they were not, and then their absence says nothing.
	EventsRead time.Time
	// NodeFacts is what is known of Node; nil when nothing is.
	NodeFacts *NodeFacts
	Workload  Workload
	// Known says by what way the container is known when the API server does not tell of it any more.
	Known KnownFrom
	// Kills are the kills seen so far, oldest first, each termination once. The API keeps one; watching collects more.
	Kills []Kill
	// KillsSince is from when on every kill of the container is known, because a metric that counts them reaches back so
	// far; zero when Kills may lack some.
	KillsSince time.Time
	// ChildKills is the rise of container_oom_events_total over the look-back window: processes that were killed
	// in the container while it lived on. Nil when no metric says.
	ChildKills *float64
	// ChildKillsFrom is the PromQL that gave ChildKills.
	ChildKillsFrom Text
}

// Knob is an environment variable that sizes a runtime's memory, such as GOMEMLIMIT.
type Knob struct{ Name, Value Text }

// MemoryKnobs are the environment variables that are read from a pod's spec. No other variable is kept, so that a
// secret never enters the program's memory longer than its pod takes to decode.
var MemoryKnobs = []string{
	"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "JAVA_OPTS", "_JAVA_OPTIONS", "CATALINA_OPTS", "ES_JAVA_OPTS", "KAFKA_HEAP_OPTS",
	"NODE_OPTIONS", "GOMEMLIMIT", "GOGC", "DOTNET_GCHeapHardLimit", "DOTNET_GCHeapHardLimitPercent", "DOTNET_gcServer",
	"MALLOC_ARENA_MAX", "PYTHONMALLOC", "WEB_CONCURRENCY", "RUBY_GC_HEAP_GROWTH_FACTOR",
}

// Terminations returns the container's known ends, oldest first.
func (c *Container) Terminations() []*Termination {
	var out []*Termination
	if c.Last != nil {
		out = append(out, c.Last)
	}
	if c.Current != nil {
		out = append(out, c.Current)
	}
	return out
}

// Injected reports whether the container stands in no template of its workload, so that something put it into the pod
// when it was made: a mutating webhook, or kubectl debug. known is false when the template could not be read.
func (c *Container) Injected() (injected, known bool) {
	if c.Workload.InTemplate == nil {
		return false, false
	}
	for _, name := range c.Workload.InTemplate {
		if name == c.Key.Container {
			return false, true
		}
	}
	return true, true
}

// PodKey returns the key of the pod that c is in.
func (c *Container) PodKey() PodKey {
	return PodKey{c.Key.Namespace, c.Key.Pod, c.Key.UID}
}
