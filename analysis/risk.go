package analysis

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/oomedic/oomedic/data"
)

// RiskLevel says how soon a container needs somebody.
type RiskLevel string

// The levels, the gravest first. A notice is a container that looks worse than it is, or has days left; sizing is about
// limits and requests that do not fit what is used.
const (
	RiskCritical RiskLevel = "critical"
	RiskWarning  RiskLevel = "warning"
	RiskNotice   RiskLevel = "notice"
	RiskSizing   RiskLevel = "sizing"
)

// RiskKind says what a risk consists of.
type RiskKind string

// The kinds of risk.
const (
	RiskNearLimit   RiskKind = "near-limit"         // at 85 % of its limit or more
	RiskGrowing     RiskKind = "growing"            // its growth meets the limit
	RiskReclaimable RiskKind = "reclaimable"        // near the limit by page cache that the kernel takes back
	RiskNoLimit     RiskKind = "no-limit"           // may take all memory of its node
	RiskNoRequest   RiskKind = "no-request"         // is placed as if it used nothing
	RiskWideLimit   RiskKind = "limit-over-request" // may use more than twice what was set aside for it
	RiskOversized   RiskKind = "oversized"          // holds far more than it uses
	RiskHeapBound   RiskKind = "heap-over-limit"    // its runtime's heap may grow until there is no room under the limit
)

// The thresholds of a risk. 85 % and 95 % of the limit are those that a good alert uses: from 95 % on the next busy
// minute kills.
const (
	RiskWarnShare     = 0.85 // share of the limit
	RiskCriticalShare = 0.95
	criticalLeft      = 30 * time.Minute // an OOM kill within this time is critical
	warnLeft          = 24 * time.Hour   // … and within this a warning
	noticeLeft        = 7 * 24 * time.Hour
	reclaimedBelow    = 0.70 // share of the limit that can't be reclaimed, below which page cache alone makes it look full
	startingFor       = 10 * time.Minute
	mostSizing        = 200 // rows about sizes; all are counted
)

// Risk is one container that may be killed for memory, or whose sizes do not fit. Nil is unknown.
type Risk struct {
	Usage data.Usage
	Level RiskLevel
	Kind  RiskKind
	// Share is the working set over the limit; nil without a limit.
	Share *float64
	// Growth is in bytes an hour; GrowthLow and GrowthHigh bound it as in Cause.
	Growth, GrowthLow, GrowthHigh *float64
	// Left is the time to the OOM kill at the present rate; four times in five it comes between LeftLow and LeftHigh.
	// LeftHigh is nil when the growth may as well end.
	Left, LeftLow, LeftHigh *time.Duration
	// Leak is true when the growth is steady over hours, which is what a leak looks like.
	Leak bool
	Why  data.Text // one line
	// Notes are further findings about the same container.
	Notes []data.Text
	// GiveBack is how many bytes of the request are not needed, Monthly what they cost in dollars a month.
	GiveBack *int64
	Monthly  *float64
	Evidence []Evidence

	usualLife time.Duration // how long it lived before, when Left rests on that
	pod       *sharedPod    // whose limit is near; nil where it is the container's own
	span      time.Duration // over which its growth was seen
	bound     *heapBound    // of the runtime's heap, where that is the risk
}

// RiskSummary counts what was looked at, rows that were left out included.
type RiskSummary struct {
	Containers, Critical, Warning, Notice int
	NoLimit, NoRequest, WideLimit         int
	// HeapBound is how many have a heap bound that leaves no room under their limit, of HeapRead whose settings were read.
	HeapBound, HeapRead int
	// Unknown is how many containers have no limit that is known, so that nothing can be said of them.
	Unknown int
	// GiveBack is the sum of the bytes that the containers looked at closely could give back; Monthly its price.
	GiveBack int64
	Monthly  float64
}

// Risks judges the memory of all containers: those in danger first, by the time that is left, then those whose sizes do
// not fit, by the bytes at stake.
func Risks(u *data.ClusterUsage, price Price, now time.Time) ([]Risk, RiskSummary) {
	var danger, sizing []Risk
	s := RiskSummary{Containers: len(u.Usages)}
	pods := sharedPods(u)
	for i := range u.Usages {
		one := &u.Usages[i]
		r, ok := dangerOf(one, u, now)
		if !ok {
			r, ok = pods.danger(one)
		}
		sized := sizesOf(one, u, price, &s)
		heap := heapOver(one, &s)
		switch {
		case ok:
			r.Notes = append(sized.all(), heap.all()...)
			danger = append(danger, r)
		case heap != nil:
			heap.Notes = sized.all()
			danger = append(danger, *heap)
		case sized != nil:
			sizing = append(sizing, *sized)
		}
	}
	slices.SortFunc(danger, compareRisks)
	slices.SortFunc(sizing, compareSizing)
	for i := range danger {
		switch danger[i].Level {
		case RiskCritical:
			s.Critical++
		case RiskWarning:
			s.Warning++
		default:
			s.Notice++
		}
	}
	out := append(danger, sizing[:min(len(sizing), mostSizing)]...)
	for i := range out {
		out[i].Evidence = riskEvidence(&out[i], u)
	}
	return out, s
}

// dangerOf judges whether one container is near its limit or on the way to it.
func dangerOf(one *data.Usage, u *data.ClusterUsage, now time.Time) (Risk, bool) {
	limit := above(one.Limit)
	if limit == nil {
		return Risk{}, false
	}
	r, share := Risk{Usage: *one}, 0.0
	if measured(one) {
		share = *one.WorkingSet / float64(*limit)
		r.Share = &share
		r.forecast(u, now)
	} else {
		r.Usage.WorkingSet, r.Usage.Recent, r.Usage.Parts, r.Usage.At = nil, nil, nil, time.Time{}
	}
	if r.Left == nil && (r.Usage.Recent == nil || r.Usage.Recent.Len() < fewPace) {
		r.byLives(now)
	}
	near := share >= RiskWarnShare
	if !near && r.Left == nil {
		return r, false
	}
	kept, known := one.Parts.Kept()
	if known && kept < reclaimedBelow*float64(*limit) && near {
		r.Level, r.Kind = RiskNotice, RiskReclaimable
		r.Left, r.LeftLow, r.LeftHigh, r.Leak = nil, nil, nil, false
		r.Why = data.Textf("at %s of its limit, but %s of it is page cache that the kernel takes back: %s can't be", SharePercent(&share), human(*one.WorkingSet-kept), human(kept))
		return r, true
	}
	if known && !near && r.growsByCache(kept, float64(*limit)) {
		r.Level, r.Kind = RiskNotice, RiskReclaimable
		r.Why = data.Textf("growing %s an hour, but %s of its %s is page cache that the kernel takes back: %s can't be", perHour(*r.Growth), human(*one.WorkingSet-kept), human(*one.WorkingSet), human(kept))
		r.Left, r.LeftLow, r.LeftHigh, r.Leak = nil, nil, nil, false
		return r, true
	}
	r.Kind, r.Level = RiskNearLimit, RiskWarning
	if !near {
		r.Kind = RiskGrowing
	}
	switch {
	case share >= RiskCriticalShare, r.Left != nil && *r.Left <= criticalLeft:
		r.Level = RiskCritical
	case !near && *r.Left > warnLeft:
		r.Level = RiskNotice
	}
	if !near && r.starting(now) {
		r.Level = RiskNotice
	}
	r.Why = r.why(now)
	return r, true
}

// growsByCache reports whether growth that was seen can't be that of memory which no reclaim gives back, of which there
// are kept bytes: these came within what was seen at the earliest, and at that pace they do not meet the limit in a day.
func (r *Risk) growsByCache(kept, limit float64) bool {
	if r.Left == nil || r.span <= 0 || r.Growth == nil || *r.Growth <= 0 {
		return false
	}
	pace := min(*r.Growth, max(kept, 0)/r.span.Hours())
	return max(limit-kept, 0) > pace*warnLeft.Hours()
}

// starting reports whether a container began so lately, and for the first time, that its growth may be its start.
func (r *Risk) starting(now time.Time) bool {
	if n := r.Usage.Restarts; n == nil || *n > 0 || r.Usage.Recent == nil || r.Usage.Recent.Len() == 0 {
		return false
	}
	return now.Sub(time.UnixMilli(r.Usage.Recent.T[0])) < startingFor
}

// riskRank orders levels.
func riskRank(l RiskLevel) int {
	return slices.Index([]RiskLevel{RiskCritical, RiskWarning, RiskNotice, RiskSizing}, l)
}

// compareRisks puts the gravest first, then what has the least time left, then what is nearest to its limit.
func compareRisks(a, b Risk) int {
	left := func(r *Risk) float64 {
		if r.Left == nil {
			return math.Inf(1)
		}
		return r.Left.Seconds()
	}
	return cmp.Or(cmp.Compare(riskRank(a.Level), riskRank(b.Level)), cmp.Compare(left(&a), left(&b)),
		cmp.Compare(shareOf(&b), shareOf(&a)), strings.Compare(a.Usage.Key.String(), b.Usage.Key.String()))
}

func shareOf(r *Risk) float64 {
	if r.Share == nil {
		return -1
	}
	return *r.Share
}
