package data

import "time"

// JournalState is how far a change in the journal has come.
type JournalState string

// The states of an entry. Intent means that the program wrote down what it was about to send and then nothing more.
const (
	JournalIntent  JournalState = "intent"
	JournalApplied JournalState = "applied"
	JournalFailed  JournalState = "failed" // the cluster has the former values
	JournalPartly  JournalState = "partly" // some targets have the new values, see Targets
	JournalUnknown JournalState = "unknown"
	JournalUndone  JournalState = "undone" // taken back by the entry UndoneBy
)

// JournalEntry is one change as the journal has it: who changed what, where, from and to what, and what came of it.
type JournalEntry struct {
	ID      string // sortable by time, such as 20260301-120000-4f2a
	At      time.Time
	User    Text // of the operating system, with the host: jane@laptop
	As      Text // --as, when somebody was impersonated
	Context Text
	Server  Text
	// Host and PID are the program's, to tell whether an intent is still under way.
	Host          Text
	PID           int
	Workload      Workload // as the list shows it
	Container     Text
	ContainerKind ContainerKind
	Way           Way
	Before        Resources
	After         Resources
	Knobs         []KnobChange
	SizeBefore    *VolumeSize
	SizeAfter     *VolumeSize
	Targets       []Target
	State         JournalState
	Error         Text
	UndoOf        string // ID of the entry that this one takes back
	UndoneBy      string
	// Ended is when State became what it is; zero while it is an intent.
	Ended time.Time
}

// Undoable reports whether the entry changed something that can be put back. A pod that was ended does not come back.
func (e *JournalEntry) Undoable() bool {
	return e.Way != WayEvict && (e.State == JournalApplied || e.State == JournalPartly || e.State == JournalUnknown)
}

// ResizeOpen reports whether a node still has to say what became of a resize: the API server has the new values of a pod,
// and when the entry was written the container had not got them yet, nor could it be told that it never will.
func (e *JournalEntry) ResizeOpen() bool {
	if e.Way == WayEvict || e.State != JournalApplied && e.State != JournalPartly {
		return false
	}
	for i := range e.Targets {
		if e.Targets[i].ResizeOpen() {
			return true
		}
	}
	return false
}

// Undo is the change that puts the former values back: bound to the values that the entry left, and to the objects
// that it changed. What was absent becomes absent again.
func (e *JournalEntry) Undo() Change {
	ch := Change{
		Workload: e.Workload, Container: e.Container, Kind: e.ContainerKind, Way: e.Way, UndoOf: e.ID,
		Limit: e.Before.Limit, Request: e.Before.Request, SizeLimit: e.SizeBefore,
		DropLimit: e.Before.Limit == nil && e.After.Limit != nil, DropRequest: e.Before.Request == nil && e.After.Request != nil,
	}
	if e.SizeBefore != nil && e.SizeBefore.Bytes == 0 {
		ch.SizeLimit, ch.DropSize = nil, e.SizeBefore.Volume
	}
	if e.SizeBefore != nil {
		ch.ExpectSize = e.SizeAfter
	}
	for _, k := range e.Knobs {
		k.Before, k.After = k.After, k.Before
		ch.Knobs = append(ch.Knobs, k)
	}
	template, inPlace := false, false
	for _, t := range e.Targets {
		if t.State != TargetStored && t.State != TargetUnknown {
			continue
		}
		ch.Expect = append(ch.Expect, t)
		template, inPlace = template || t.Kind != "Pod", inPlace || t.Kind == "Pod"
	}
	switch {
	case template && inPlace:
		ch.Way = WayBoth
	case inPlace:
		ch.Way = WayInPlace
	case template:
		ch.Way = WayTemplate
	}
	return ch
}
