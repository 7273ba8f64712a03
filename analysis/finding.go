// Package analysis holds the judgement: pure functions from facts to confirmation, statistics, cause, recommendation
// and cost. Nothing here reads a clock, talks to a server or starts a goroutine; the present is always an argument.
package analysis

import (
	"time"

	"github.com/oomedic/oomedic/data"
)

// Evidence is one observation, with the kubectl command or the PromQL that shows the same to anyone.
type Evidence struct {
	Says data.Text `json:"says"`
	From data.Text `json:"from"`
	// Unknown is set when it says what could not be seen, which speaks neither for nor against.
	Unknown bool `json:"unknown,omitempty"`
}

// Scope says which memory ran out.
type Scope string

// The scopes of a verdict, as in the contract of the report.
const (
	ScopeContainer Scope = "container-limit"
	ScopePod       Scope = "pod-limit"
	ScopeNode      Scope = "node"
	ScopeChild     Scope = "child-process"
	ScopeStartup   Scope = "startup"
	ScopeUnknown   Scope = "unknown"
	ScopeNotOOM    Scope = "not-oom"
)

// KillCounts are kills within windows that end now; nil means that nothing reaches back far enough to say.
type KillCounts struct {
	Day   *int `json:"24h"`
	Week  *int `json:"7d"`
	Month *int `json:"30d"`
}

// Confirmation is the verdict on one container: was it killed for memory, which memory, and how sure is that.
type Confirmation struct {
	OOMKilled  bool
	Scope      Scope
	Confidence float64   // 0 to 1
	LastKillAt time.Time // zero when unknown
	ExitCode   *int32
	Reason     data.Text
	Why        data.Text // one sentence
	// Label is what it was in one to three words, such as "limit", "liveness probe" or "heap exhausted".
	Label data.Text
	Kills KillCounts
	// AtLeast is true when Kills counts only what the API still remembers.
	AtLeast  bool
	Restarts int32
	State    data.RunState
	Evidence []Evidence
	Against  []Evidence
}

// Class names a root cause, as in the contract of the report.
type Class string

// The root causes.
const (
	LimitTooLow         Class = "limit-too-low"
	MemoryLeak          Class = "memory-leak"
	LoadSpike           Class = "load-spike"
	ConcurrentRequests  Class = "concurrent-requests"
	LargeFile           Class = "large-file"
	UnboundedCache      Class = "unbounded-cache"
	JVMHeap             Class = "jvm-heap"
	SharedMemory        Class = "shared-memory"
	GradualAccumulation Class = "gradual-accumulation"
	NodePressure        Class = "node-pressure"
	StartupPeak         Class = "startup-peak"
	UnknownCause        Class = "unknown"
)

// Alternative is a cause that was considered and found less likely.
type Alternative struct {
	Class      Class   `json:"class"`
	Confidence float64 `json:"confidence"`
}

// Cause is the judgement on why the memory ran out.
type Cause struct {
	Class      Class
	Title      data.Text // for people: "Memory limit too low"
	Confidence float64
	Summary    data.Text // one sentence
	Evidence   []Evidence
	Against    []Evidence
	// GrowthPerHour is the slope within container lives in bytes an hour; nil when too little was seen.
	GrowthPerHour *float64
	Baseline      *int64 // bytes after a start, warm-up left out
	Plateau       *int64 // bytes at which growth ends; nil without a plateau
	ToNextKill    *time.Duration
	// GrowthLow and GrowthHigh bound GrowthPerHour, ToNextKillLow and ToNextKillHigh bound ToNextKill: four times in five
	// the truth lies between them. Nil where the value itself is.
	GrowthLow, GrowthHigh         *float64
	ToNextKillLow, ToNextKillHigh *time.Duration
	// OnlyPod is the one pod of several that was killed, again and again; empty when others were too.
	OnlyPod      data.Text
	Alternatives []Alternative
	// Advice is what to do beside or instead of raising the limit, most useful first.
	Advice []data.Text
}

// Stats are statistics of memory samples over one window, in bytes. Samples is 0 when there were none, and then no
// other field means anything.
type Stats struct {
	Mean, P50, P95, P99, Max float64
	GrowthPerHour            *float64 // nil when too little was seen
	Samples                  int
	Coverage                 float64 // share of the window that has samples, 0 to 1
	// From is the PromQL that shows the same numbers, by name: "mean", "p50", "p95", "p99", "max".
	From map[string]data.Text
}

// Recommendation is the size that cures the cause, or the best that a size can do. Nil limits mean that no honest
// number can be given.
type Recommendation struct {
	Limit   *int64
	Request *int64
	Policy  data.Text   // "stateful: p99 + 30%"
	Steps   []data.Text // the arithmetic, a line a step
	Cures   bool        // false when no limit does, as with a leak
	ToKill  *time.Duration
	// ToKillLow and ToKillHigh bound ToKill as in Cause.
	ToKillLow, ToKillHigh *time.Duration
	// Options are what other choices of the percentile would give, for a view of the trade-off.
	Options  []SizeOption
	Warnings []data.Text
}

// Cost is what a change of the request costs.
type Cost struct {
	PerPodMonthly *float64
	Replicas      *int32
	TotalMonthly  *float64
	Currency      string
	PerGiBMonth   float64
	PriceFrom     data.Text
	NetZero       data.Text // "4 replicas instead of 5"; empty when there is none
	// MaxReplicas and MaxMonthly are the same at the most replicas that an autoscaler may make; nil without one.
	MaxReplicas *int32
	MaxMonthly  *float64
	// RestartsPerWeek is how often the workload's pods were killed a week, MinutesLost the minutes a week that none of
	// their containers ran for it: what it costs to do nothing. Nil when unknown.
	RestartsPerWeek *float64
	MinutesLost     *float64
	// BandAid says what a larger limit costs and buys where it cures nothing; empty elsewhere.
	BandAid data.Text
	Steps   []data.Text // the arithmetic
}

// Commands are the commands that do the same by hand.
type Commands struct {
	Confirm []data.Text
	Fix     data.Text
	Verify  []data.Text
	Profile []data.Text
}

// StepState says how far one of the five steps could be answered.
type StepState string

// The states of a step.
const (
	StepYes     StepState = "yes"     // answered, and it speaks for an OOM kill that a limit cures
	StepNo      StepState = "no"      // answered, and it speaks against
	StepWarn    StepState = "warn"    // answered, with something to mind
	StepUnknown StepState = "unknown" // not answered: something is missing, see Step.Doubt
)

// Step is one of the five steps of the diagnosis.
type Step struct {
	Title    data.Text // "Confirm"
	Question data.Text // "Was it really an OOM kill?"
	Answer   data.Text // one line
	State    StepState
	Evidence []Evidence
	Against  []Evidence
	Meaning  data.Text   // what the answer means, in plain words, one or two sentences
	Detail   []data.Text // arithmetic or further lines
	Commands []data.Text // shell commands or PromQL that show the same, the most useful first
	Doubt    data.Text   // where the reasoning could be wrong; empty when there is nothing to say
}

// Case is one row of the list: a container and the verdict on it.
type Case struct {
	Container    data.Container
	Confirmation Confirmation
	Overview     data.Overview
	// Near is the share of the limit that the container's memory reached before the kill; nil when unknown.
	Near *float64
	// NearFrom says what Near is: "highest sample of 24h".
	NearFrom data.Text
	// Risk is why the container is listed before anything happened to it; nil for one that was killed.
	Risk *Risk
	// Neighbours are other containers that were killed on the same node within a minute and are not killed all the time.
	Neighbours []Neighbour
}

// Diagnosis is everything that was found out about one container.
type Diagnosis struct {
	Case
	At      time.Time
	Runtime data.Text // "go", "java", "node", "python", "dotnet", "ruby", or empty
	// RuntimeFrom is the evidence for Runtime.
	RuntimeFrom data.Text
	// LimitAtKill is the limit in force at the last kill in bytes; nil when unknown.
	LimitAtKill    *int64
	Usage          map[data.Window]Stats
	ClippedAtLimit *bool // true when samples stop at the limit, so that the true need is not known
	Cause          Cause
	Recommendation Recommendation
	Cost           Cost
	Commands       Commands
	Steps          [5]Step
	// Lives are the newest instances of the container, of all pods, oldest first, at most mostLifeFacts.
	Lives []LifeFacts
	// Forecast says when the next kill is to be expected.
	Forecast Forecast
	Gaps     []data.Gap
	History  *data.History // nil without metrics
	// Bounds are what the namespace and the node allow; nil when they were not read.
	Bounds *data.Bounds
}

// Price is what memory costs.
type Price struct {
	PerGiBMonth float64 // dollars for a GiB held for a month of 730 hours
	From        data.Text
}

// DefaultPrice is OpenCost's list default for memory: $0.004237 a GiB-hour (configs/default.json) × 730 hours.
var DefaultPrice = Price{PerGiBMonth: 3.09, From: "opencost default"}
