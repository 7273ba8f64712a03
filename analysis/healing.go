package analysis

import (
	"time"

	"github.com/oomedic/oomedic/data"
)

// Healing says whether a change has ended the kills.
type Healing struct {
	// Watched is how long the new pods have been watched.
	Watched time.Duration
	// Usual is how long the container used to live between kills; nil when unknown.
	Usual *time.Duration
	// Killed are kills in pods that have the change, oldest first.
	Killed []data.Kill
	// Enough is true when Watched is at least three times Usual (the chance of that by luck is small when kills
	// come at a steady pace: exp(-3) ≈ 5 %).
	Enough bool
	// Says is the state in one sentence: "no kill for 42 min; the usual life was 11 min".
	Says data.Text
}
