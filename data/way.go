package data

// Way is a way to give a container other memory.
type Way string

// The ways to fix. An empty Way means WayTemplate.
const (
	// WayTemplate changes the object whose template decides the memory; its controller replaces the pods.
	WayTemplate Way = "template"
	// WayInPlace resizes the pods that run (pods/resize), without a new pod. It does not outlive them.
	WayInPlace Way = "in-place"
	// WayBoth resizes the pods first and then changes the template.
	WayBoth Way = "both"
	// WayExport changes nothing: the change leaves the program as text, for Git, Helm or a colleague.
	WayExport Way = "export"
	// WayEvict ends one pod, so that its controller makes a new one of the changed template. It is no way to plan: it
	// stands in the journal alone, for the pod that blocked a rollout.
	WayEvict Way = "evict"
)

// AllWays lists the ways in the order in which they are shown.
var AllWays = []Way{WayTemplate, WayInPlace, WayBoth, WayExport}

// InPlace reports whether w resizes pods that run.
func (w Way) InPlace() bool { return w == WayInPlace || w == WayBoth }

// Template reports whether w changes a template or a custom resource.
func (w Way) Template() bool { return w == "" || w == WayTemplate || w == WayBoth }

// WayOffer says whether a way can be gone, and why or why not, in one sentence.
type WayOffer struct {
	Way     Way
	Offered bool
	Why     Text
	// Preferred is true for the one way that is best here; Why then says the reason.
	Preferred bool
}

// VolumeSize is a size limit, in bytes, of one emptyDir volume.
type VolumeSize struct {
	Volume Text
	Bytes  int64
}

// KnobPlace says where a runtime's memory setting stands.
type KnobPlace string

// The places of a setting.
const (
	KnobInEnv     KnobPlace = "env"
	KnobInArgs    KnobPlace = "args"
	KnobInCommand KnobPlace = "command"
)

// KnobChange is a runtime's own memory setting that stands literally in the template, and what it would become, such as
// env JAVA_TOOL_OPTIONS, -Xmx384m to -Xmx576m. Before and After are the one word that changes, not the text around it,
// which may hold secrets.
type KnobChange struct {
	Place  KnobPlace
	Name   Text // of the environment variable; empty in args and command
	Before Text
	After  Text
}

// PodPlan is what an in-place resize does to one pod.
type PodPlan struct {
	Pod             PodKey
	Node            Text
	ResourceVersion string // precondition, with the UID
	Generation      int64
	Before          Resources
	After           Resources // as the dry run of the API server has it
	Patch           []byte    // strategic merge patch of pods/resize
	Diff            []DiffLine
	// Restarts is true when the container's resizePolicy restarts it for other memory.
	Restarts bool
	// Skip says why this pod is left alone; empty when it is resized.
	Skip Text
}

// TargetState is what became of one object of a plan.
type TargetState string

// The states of a target.
const (
	TargetWaiting TargetState = "waiting" // not sent yet, or never sent because an earlier one failed
	TargetStored  TargetState = "stored"  // the API server has the new values
	TargetFailed  TargetState = "failed"  // the object has its former values
	TargetUnknown TargetState = "unknown" // sent, and nothing is known of the outcome
)

// Target is one object that a plan changes, and what became of it.
type Target struct {
	APIVersion Text
	Kind       Text // "Pod" for an in-place resize
	Namespace  Text
	Name       Text
	UID        Text
	Before     Resources
	After      Resources
	State      TargetState
	// ResourceVersion and Generation are the object's after it was stored.
	ResourceVersion string
	Generation      int64
	// Resize is how far the kubelet has come with a pod; empty for other objects.
	Resize ResizeState
	Error  Text // why not, in one line
}

// Workload returns the object that t names.
func (t Target) Workload() Workload {
	return Workload{APIVersion: t.APIVersion, Kind: t.Kind, Namespace: t.Namespace, Name: t.Name, UID: t.UID}
}

// ResizeOpen reports whether the node has not ended the resize of a pod, for good or bad. It knows nothing of evictions.
func (t Target) ResizeOpen() bool {
	return t.Kind == "Pod" && t.State == TargetStored && t.Resize != ResizeDone && t.Resize != ResizeInfeasible && t.Resize != ResizeGone
}

// ResizeState is how far the kubelet has come with an in-place resize.
type ResizeState string

// The states of a resize. Deferred and Infeasible are not applied: the pod runs with its former memory.
const (
	ResizePending    ResizeState = "pending"     // the kubelet has said nothing yet
	ResizeDeferred   ResizeState = "deferred"    // the node has no room now; the kubelet tries again
	ResizeInfeasible ResizeState = "infeasible"  // the node can never do it
	ResizeInProgress ResizeState = "in progress" // accepted, the cgroup is not written yet
	ResizeError      ResizeState = "error"       // accepted, and writing fails; the kubelet tries again
	ResizeDone       ResizeState = "done"
	ResizeGone       ResizeState = "gone" // the pod, or the values in it, went before the node had given an answer
)

// PodResize is how far one pod has come.
type PodResize struct {
	Pod   PodKey
	State ResizeState
	// Actual is what the container runs with, as the runtime reports it.
	Actual Resources
	Says   Text // the kubelet's words
}
