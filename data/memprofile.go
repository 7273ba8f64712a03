package data

import "time"

// ProfileKind says what a profile counts.
type ProfileKind string

// The kinds of profile that Go programs serve and that tell of memory.
const (
	HeapProfile      ProfileKind = "heap"
	GoroutineProfile ProfileKind = "goroutine"
)

// MemoryProfile is what a profile of a Go program says of one moment: which lines of the program hold memory, or in
// which its goroutines stand.
type MemoryProfile struct {
	Kind ProfileKind
	At   time.Time
	// Total is the sum over all lines: bytes of inuse_space, or goroutines.
	Total int64
	Lines []ProfileLine // the largest first, each line of the program once
	// Left is how many lines were left out for their number, which hold Rest together.
	Left int
	Rest int64
	Size int64 // bytes of the profile as it came
	// Started is when the container that served it started, which tells its life from others; zero when unknown.
	Started time.Time
	Port    int  // of the pod, that served it
	From    Text // the command that fetches the same
}

// ProfileLine is one line of a program and what it holds.
type ProfileLine struct {
	Function Text
	File     Text
	Line     int64
	Flat     int64 // bytes allocated here and still in use, or goroutines
	Objects  int64 // allocations still in use; 0 for goroutines
	// Stack are the callers of the heaviest way to the line, the nearest first, as "function file:line".
	Stack []Text
}

// Key tells a line of a program from all others.
func (l *ProfileLine) Key() ProfilePlace { return ProfilePlace{l.Function, l.File, l.Line} }

// ProfilePlace is a place in a program.
type ProfilePlace struct {
	Function, File Text
	Line           int64
}

// ProfileGrowth is what a line holds more in a later profile than in an earlier one; less is negative.
type ProfileGrowth struct {
	ProfileLine       // as in the later profile, or in the earlier one when it is gone from that
	Grown       int64 // bytes or goroutines
	// PerHour is Grown over the time between the profiles; nil when that is not above zero.
	PerHour *float64
}

// LogLine is one line of a container's log, cut to what a screen takes.
type LogLine struct {
	At   time.Time // zero when the log had none
	Text Text
	// Cut is how many bytes of the line were left out.
	Cut int64
	// Binary is true for a line that is no text; Text says so then.
	Binary bool
}

// LogTail is the end of a container's log.
type LogTail struct {
	Lines    []LogLine // oldest first
	Previous bool      // of the container before the last restart
	Read     int64     // bytes that were read
	// Short says why there is less than was asked for; empty when there is all.
	Short Text
	From  Text // the command that shows the same
}

// RuntimePart is one part of a runtime's memory over time, such as the heap in use.
type RuntimePart struct {
	Name    Text // "heap used", "heap limit", "beside the heap" …
	Samples Samples
	From    Text // the PromQL
	// Bound is true for what limits another part and is not memory itself.
	Bound bool
}

// RuntimeMemory is what a language runtime says of its own memory through Prometheus.
type RuntimeMemory struct {
	Runtime Text // "java", "go", "node", "python", "dotnet"
	Parts   []RuntimePart
	// WorkingSet is the container's, over the same time and step.
	WorkingSet Samples
	From, To   time.Time
	Step       time.Duration
	Gaps       []Gap
}
