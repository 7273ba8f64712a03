package demo

import "math"

// heap is what a language runtime knows of its own memory, in bytes: part of the working set that the kernel counts.
type heap struct {
	used   float64 // by objects, dead ones that no collection has taken yet included
	held   float64 // from the system for the heap, used or not
	beside float64 // metaspace and code cache of a JVM, buffers of Node.js
	direct float64 // a JVM's direct buffers
	stacks float64 // of goroutines
	// goroutines is how many there are.
	goroutines float64
	process    float64 // resident, of all that the program has
}

// What runtimes take beside the heap, in bytes.
const (
	metaspace      = 74 * mi // and code cache, of the sandbox's JVMs once they are warm
	directBuffers  = 6 * mi
	goOverhead     = 14 * mi   // tables of the runtime and pages of the binary that were written
	goroutineTakes = 4096      // the stack of a goroutine that waits
	streamTakes    = 64 * 1024 // what api-server buffers for each stream of events
)

// heapOf splits what a program of w holds, under a limit in bytes, as its runtime does. clock is hours since the epoch;
// the garbage between two collections goes by it.
func (w *workload) heapOf(u usage, clock, limit float64) heap {
	set := math.Min(u.set, limit)
	anonymous := math.Max(0, set*(1-kernelShare)-math.Min(u.file, 0.5*set)-u.shm)
	garbage := math.Mod(clock*37+unit(w.group, 5), 1) // since the last collection, from 0 to 1
	h := heap{process: set * (1 - kernelShare)}
	switch prog := w.program(); prog.runtime {
	case "java":
		h.beside, h.direct = math.Min(metaspace, 0.3*anonymous), directBuffers
		h.held = math.Min(prog.bound, math.Max(0, anonymous-h.beside-h.direct-18*mi)) // 18 MiB of stacks and the collector's own
		h.used = h.held * (0.80 + 0.14*garbage)
	case "node":
		h.beside = 0.14 * anonymous
		h.held = 0.72 * anonymous
		h.used = h.held * (0.84 + 0.12*garbage)
	case "go":
		h.goroutines = math.Floor(22 + u.open() + u.streams(w))
		h.stacks = h.goroutines * goroutineTakes
		h.held = math.Max(0, anonymous-h.stacks-goOverhead)
		h.used = 0.97 * h.held
	case "dotnet":
		h.held = 0.8 * anonymous
		h.used = h.held * (0.74 + 0.22*garbage)
	}
	return h
}

// streams returns how many streams of events a program of w has left open, each with a goroutine that waits.
func (u usage) streams(w *workload) float64 {
	if w.name != "api-server" {
		return 0
	}
	return math.Floor(u.leaked / (streamTakes + goroutineTakes))
}
