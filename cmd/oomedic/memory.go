package main

import (
	"os"
	"runtime/debug"
)

// collectAt is how much the heap grows, in percent of what is in use, before garbage is collected. At Go's own 100 a
// session on 20,000 pods holds 22 MB for the 10 MB that it uses, at 50 it holds 14; the lists are read through buffers
// that are used again, so collecting twice as often costs a hundredth of the processor time (docs/performance.md).
const collectAt = 50

// goCollectAt is Go's own number. The sandbox, which makes 30 days of history in memory while somebody waits, goes by it.
const goCollectAt = 100

// saveMemory makes the program small. GOGC, where it is set, stays in force.
func saveMemory() {
	collect(collectAt)
	dropStartPages()
}

// collect sets at how much growth garbage is collected.
func collect(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}
