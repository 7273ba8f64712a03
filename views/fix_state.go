package views

import (
	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// FixPhase is how far a fix has come.
type FixPhase string

// The phases of a fix.
const (
	FixPlanning FixPhase = "planning" // the dry run is under way
	FixPlanned  FixPhase = "planned"  // the diff is there and waits for yes or no
	FixRefused  FixPhase = "refused"  // the dry run or the numbers were refused; see Problem
	FixApplying FixPhase = "applying"
	FixRolling  FixPhase = "rolling"   // applied; the rollout is on its way
	FixWatching FixPhase = "verifying" // rolled out; watching for the next kill
	FixFailed   FixPhase = "failed"    // the apply failed; see Problem
)

// Fix is the state of the fix dialog.
type Fix struct {
	Key       data.Key
	Phase     FixPhase
	Diagnosis *analysis.Diagnosis // nil while it is being made, and for an undo from the journal
	// Entry is the change of the journal that is taken back; nil for a fix that began at a container.
	Entry   *data.JournalEntry
	Limit   *int64 // wanted, bytes
	Request *int64
	// Change is the wish that the newest dry run was asked for.
	Change data.Change
	// Ways are what the server offers for this change; they stay when one of them is refused.
	Ways     []data.WayOffer
	Plan     *data.Plan // the newest dry run; nil before the first
	Cost     analysis.Cost
	Warnings []data.Text
	Problem  data.Text
	// Err is the error that Problem tells in words, to be asked by errors.Is for the errors of package data, so that
	// the dialog can say what to do; nil when there is none or it is not known.
	Err error
	// Changed is true when the diff was made anew because the workload changed under it.
	Changed bool
	Undo    bool // the change puts former values back
	// Progress is what became of each object so far, while a change is being applied.
	Progress []data.Target
	// Applied is set after a yes, and also beside an error when some objects were changed.
	Applied *data.Applied
	Rollout *data.Rollout
	Healing *analysis.Healing
	// Memory is what the pods with the new size use; nil until it was asked for.
	Memory    *NewMemory
	ReadOnly  bool
	Protected bool // the workload's name must be typed
	// Batch is the series that this fix is one of; nil when it is none.
	Batch *Batch
	// Ending is the pod that is being ended because it blocks the rollout, and EndProblem why it was not.
	Ending     *data.PodKey
	EndProblem data.Text
	Command    data.Text // the equal kubectl command, always known once numbers are
}

// NewMemory is what the pods with the new size use.
type NewMemory struct {
	Pods  int       // pods of which something is known
	Peak  *int64    // highest working set since the change, bytes; nil when unknown
	Spark []float64 // working set of the pod with the highest peak, bytes; NaN where unknown
	Why   data.Text // why nothing is known, in one line
}

// Journal is the list of changes made by the program.
type Journal struct {
	Entries []data.JournalEntry // newest first
	Skipped int                 // lines that could not be read
	Loading bool
	Problem data.Text
	// Checking are the IDs whose outcome is being looked for in the cluster.
	Checking map[string]bool
	// Live is what is seen, by ID, of changes that this run made and watches on: "2 of 3 ready", "no kill 4m".
	Live map[string]data.Text
}

type (
	// PlanFix asks for a new dry run with these numbers.
	PlanFix struct {
		Key     data.Key
		Limit   *int64
		Request *int64
		Undo    bool
		// Way is how; empty keeps the way that was chosen before, or takes the best one.
		Way data.Way
		// Knobs are the runtime settings to change too.
		Knobs []data.KnobChange
		// Size is the sizeLimit of a volume in memory to set too; nil leaves it.
		Size *data.VolumeSize
		// Unrecorded asks for a plan that may be carried out without the journal.
		Unrecorded bool
	}
	// ApplyFix is the explicit yes to the plan that is on screen. Typed is the workload's name where that had to be typed.
	ApplyFix struct {
		Plan  *data.Plan
		Typed data.Text
	}
	// EndPod is the explicit yes to the eviction of the pod that blocks a rollout. Typed is the workload's name where the
	// context is protected.
	EndPod struct {
		Pod   data.PodKey
		Typed data.Text
	}
	// SaveExport asks for text to be written to a new file of that name in the working folder.
	SaveExport struct {
		Name data.Text
		Text []data.Text
	}
	// OpenHistory asks for the journal.
	OpenHistory struct{}
	// UndoEntry asks for the diff that takes back a change of the journal.
	UndoEntry struct{ Entry data.JournalEntry }
)

func (PlanFix) intent()     {}
func (ApplyFix) intent()    {}
func (EndPod) intent()      {}
func (SaveExport) intent()  {}
func (OpenHistory) intent() {}
func (UndoEntry) intent()   {}
