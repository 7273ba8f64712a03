package ui

import (
	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// Every message that a command of this package returns. Each answer carries the key or the number of its question, so
// that an answer that comes late is dropped.
type (
	// boardMsg is the list made from the newest snapshot.
	boardMsg struct{ board *views.Board }
	// overviewMsg is what the list shows of memory: all of it, with what was known before of cases that got no answer now.
	overviewMsg struct {
		overviews map[data.Key]data.Overview
		gaps      []data.Gap
	}
	// metricsMsg is the answer of a probe.
	metricsMsg struct{ metrics views.Metrics }
	// childrenMsg says that the look for child kills has ended.
	childrenMsg struct{ problem data.Text }
	// chartMsg is a chart, or why there is none.
	chartMsg struct {
		key     views.ChartKey
		chart   *data.Chart
		problem data.Text
	}
	// diagnosisMsg is a diagnosis; final is false for the one made before the history was read.
	diagnosisMsg struct {
		key       data.Key
		diagnosis *analysis.Diagnosis
		problem   data.Text
		final     bool
	}
	// planMsg is the answer to a dry run.
	planMsg struct {
		seq    int
		change data.Change     // with the way that was taken
		ways   []data.WayOffer // empty when they were not asked for
		plan   *data.Plan
		cost   analysis.Cost
		warn   []data.Text
		err    error
	}
	// appliedMsg is the answer to an apply.
	appliedMsg struct {
		seq     int
		applied data.Applied
		err     error
	}
	// rolloutMsg is how far the rollout has come and whether the kills have ended.
	rolloutMsg struct {
		seq     int
		rollout *data.Rollout
		healing *analysis.Healing
		problem data.Text
	}
	// candidatesMsg are the places where a Prometheus may be.
	candidatesMsg struct {
		candidates []data.Candidate
		gaps       []data.Gap
	}
	// usedMsg says that another Prometheus is asked from now on, or why not.
	usedMsg struct {
		metrics views.Metrics
		err     error
	}
	// endedMsg says whether the pod that blocks a rollout was deleted.
	endedMsg struct {
		seq int
		pod data.PodKey
		err error
	}
	// memoryMsg is what the pods with the new size use.
	memoryMsg struct {
		seq    int
		memory views.NewMemory
	}
	// journalMsg is the list of changes, and those that were left unfinished.
	journalMsg struct {
		entries []data.JournalEntry
		skipped int
		open    []data.JournalEntry
		problem data.Text
	}
	// reconciledMsg is what became of a change that was left unfinished.
	reconciledMsg struct {
		waits   bool // nothing is new: a node has not ended a resize
		entry   data.JournalEntry
		problem data.Text
	}
	// tickMsg moves ages on and asks for what is due again. There is one chain of ticks.
	tickMsg struct{}
	// frameMsg moves the spinner while something is waited for.
	frameMsg struct{}
	// toastMsg is a short message for the status line.
	toastMsg struct{ text data.Text }
)
