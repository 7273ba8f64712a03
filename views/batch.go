package views

import (
	"fmt"
	"slices"

	"github.com/oomedic/oomedic/data"
)

// BatchOutcome is what became of one change of a series.
type BatchOutcome string

// The outcomes. Empty means that its turn has not come.
const (
	BatchApplied BatchOutcome = "applied"
	BatchPartly  BatchOutcome = "applied in part" // or its outcome is not known
	BatchSkipped BatchOutcome = "skipped"         // nobody said yes
	BatchRefused BatchOutcome = "refused"         // by a check, the server or the numbers
	BatchGone    BatchOutcome = "gone"            // the container left the list
)

// Batch is a series of fixes of marked containers, one after another, each with its own diff and its own yes.
type Batch struct {
	Keys     []data.Key
	Outcomes []BatchOutcome // one a key
	At       int            // the one whose turn it is; len(Keys) when all had theirs
}

// More reports whether another one comes after the one whose turn it is.
func (b *Batch) More() bool { return b.At+1 < len(b.Keys) }

// Done reports whether a container of the series was changed as was shown.
func (b *Batch) Done(k data.Key) bool {
	i := slices.Index(b.Keys, k)
	return i >= 0 && b.Outcomes[i] == BatchApplied
}

// Says sums a series up: "2 applied, 1 skipped".
func (b *Batch) Says() data.Text {
	text := ""
	for _, o := range []BatchOutcome{BatchApplied, BatchPartly, BatchRefused, BatchGone, BatchSkipped, ""} {
		n := 0
		for _, had := range b.Outcomes {
			if had == o {
				n++
			}
		}
		if n == 0 {
			continue
		}
		if o == "" {
			o = "left"
		}
		if text != "" {
			text += ", "
		}
		text += fmt.Sprintf("%d %s", n, o)
	}
	return data.Clean(text)
}

type (
	// FixMarked asks for the fixes of these containers, one after another.
	FixMarked struct{ Keys []data.Key }
	// EndBatch leaves a series before its end. What was applied stays.
	EndBatch struct{}
)

func (FixMarked) intent() {}
func (EndBatch) intent()  {}
