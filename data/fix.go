package data

import (
	"errors"
	"time"
)

// Change is a wish: other memory for one container of a workload.
type Change struct {
	Workload  Workload
	Container Text
	Kind      ContainerKind
	// Limit and Request are the wanted values in bytes; nil leaves what is there.
	Limit   *int64
	Request *int64
	// Way is how; empty means WayTemplate.
	Way Way
	// SizeLimit is the wanted sizeLimit of one emptyDir volume; nil leaves what is there. WayTemplate and WayBoth only.
	SizeLimit *VolumeSize
	// Knobs are runtime settings to change together with the limit. WayTemplate and WayBoth only.
	Knobs []KnobChange
	// DropLimit and DropRequest take the value away, for an undo of one that was not there. DropSize names a volume
	// whose sizeLimit is taken away.
	DropLimit   bool
	DropRequest bool
	DropSize    Text
	// Expect are the objects and values that must still stand, for an undo: the plan fails with ErrConflict when the
	// memory of one is another by now, and in place no other pods are touched. Empty expects nothing.
	Expect []Target
	// ExpectSize is the sizeLimit that must still stand, for an undo of one; nil expects nothing.
	ExpectSize *VolumeSize
	// UndoOf is the ID of the journal's entry that this takes back.
	UndoOf string
}

// For returns the change as it is for the object with a UID: an undo puts back what that very object had, which need not
// be what the others had.
func (c Change) For(uid Text) Change {
	for _, e := range c.Expect {
		if uid != "" && e.UID == uid {
			c.Limit, c.Request = e.Before.Limit, e.Before.Request
			c.DropLimit, c.DropRequest = e.Before.Limit == nil && e.After.Limit != nil, e.Before.Request == nil && e.After.Request != nil
		}
	}
	return c
}

// TakesBack reports whether the change is an undo, also of one that the journal does not have.
func (c Change) TakesBack() bool { return c.UndoOf != "" || len(c.Expect) > 0 }

// DiffKind says what a line of a diff is.
type DiffKind string

// The kinds of a diff's lines.
const (
	DiffSame   DiffKind = " "
	DiffAdd    DiffKind = "+"
	DiffRemove DiffKind = "-"
	DiffHunk   DiffKind = "@"
)

// DiffLine is one line of a unified diff, without its sign.
type DiffLine struct {
	Kind DiffKind
	Text Text
}

// Plan is a change that the API server has tried in a dry run: what would be stored, and the bytes that would be sent.
type Plan struct {
	Change          Change
	Before          Resources // what the template holds now
	After           Resources // what the server would store
	ResourceVersion string    // precondition of the patch
	UID             Text
	// Generation is metadata.generation at the time of the plan: as long as it stays, only the status has moved.
	Generation int64
	PatchType  string // the media type, such as application/strategic-merge-patch+json
	Patch      []byte
	Diff       []DiffLine
	Replicas   *int32
	Warnings   []Text // warnings of the server and things worth knowing before yes
	Command    Text   // the equal kubectl command
	// Effect says what happens to running pods: "rolls out to 3 pods", "from the next run on".
	Effect Text

	// Target is the object that WayTemplate and WayBoth patch: the workload itself or the custom resource above it.
	Target Workload
	// Ways are all ways, with what speaks for and against each. The change's own way is Change.Way, never empty.
	Ways []WayOffer
	// Checks are what was looked at beforehand, the gravest first.
	Checks []Check
	// Pods are the pods that an in-place resize changes, in the order in which they are patched: one first, then the rest.
	Pods []PodPlan
	// ManagedBy are the tools that also decide these numbers.
	ManagedBy []Manager
	// Knobs are the runtime settings found in the template with a proposal for the new limit; put them into Change.Knobs
	// to change them too.
	Knobs []KnobChange
	// Export is the change as text, by format, one element a line.
	Export map[ExportFormat][]Text
	// SizeBefore is the sizeLimit of the volume that the change names, zero bytes without one; nil when it names none.
	SizeBefore *VolumeSize
	// Unrecorded lets the change be made although the journal cannot be written. Only a person may set it.
	Unrecorded bool
}

// Applied is the outcome of a plan that was carried out.
type Applied struct {
	At              time.Time
	ResourceVersion string
	Generation      int64
	After           Resources
	// Way is the way that was gone, and Targets what became of each object, in the order of sending. They are filled in
	// also beside an error.
	Way     Way
	Targets []Target
	// JournalID is the entry in the journal; empty when there is none. JournalProblem says why its outcome is not there.
	JournalID      string
	JournalProblem Text
	Container      Text // whose memory was changed
}

// Rollout is how far a change has come to the pods.
type Rollout struct {
	Desired int32
	Updated int32
	Ready   int32
	Old     int32 // pods that still have the former template
	// Done is true when every desired pod has the new template and is ready.
	Done bool
	// Waits says what it waits for, or why it cannot go on; empty when Done.
	Waits Text
	// Failed is true when it cannot go on without somebody's help.
	Failed bool
	At     time.Time
	// Resizes are the pods of an in-place resize. Done and Failed speak of all pods together.
	Resizes []PodResize
	// Pods are pods of the workload once it is Done, at most twenty, so that their memory can be read; empty when unknown.
	Pods []PodKey
	// Blocking is the pod that keeps an ordered StatefulSet from going on: resize it in place, or delete it. Nil without one.
	Blocking *PodKey
}

// The errors of reading and changing a cluster that screens tell apart. Their text comes with the wrapping error.
var (
	// ErrConflict means that the object changed after the plan was made; a new plan is needed.
	ErrConflict = errors.New("the workload changed since the diff was made")
	// ErrForbidden means that a right is missing; the wrapping error names it.
	ErrForbidden = errors.New("forbidden")
	// ErrRefused means that the server's validation or admission refused the change; the wrapping error has its words.
	ErrRefused = errors.New("refused by the API server")
	// ErrReadOnly means that the program was started with --read-only.
	ErrReadOnly = errors.New("read-only: nothing is applied")
	// ErrUnsupported means that this kind of workload is not patched; the wrapping error says what to do instead.
	ErrUnsupported = errors.New("this kind is not patched")
	// ErrUnauthorized means that the server does not accept the credentials.
	ErrUnauthorized = errors.New("not logged in")
	// ErrUnreachable means that no answer came from the server.
	ErrUnreachable = errors.New("unreachable")
	// ErrNoChange means that the template holds the wanted values already.
	ErrNoChange = errors.New("nothing to change")
	// ErrNotFound means that the object is gone.
	ErrNotFound = errors.New("not found")
	// ErrUnknownOutcome means that the request was sent and no answer came: the object must be read again.
	ErrUnknownOutcome = errors.New("the outcome is unknown")
	// ErrPartly means that some objects were changed and others were not; Applied.Targets says which.
	ErrPartly = errors.New("not everything was applied")
	// ErrNoJournal means that the change could not be written down first, so that nothing was sent.
	ErrNoJournal = errors.New("the journal cannot be written")
	// ErrBlocked means that a check forbids the change; the wrapping error has its words.
	ErrBlocked = errors.New("a check forbids the change")
)
