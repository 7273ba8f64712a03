package analysis

import (
	"time"

	"github.com/oomedic/oomedic/data"
)

// RiskReport is the machine-readable list of containers at risk. Bytes are whole numbers, times RFC 3339 in UTC,
// durations seconds, shares 0 to 1; what is not known is null and never 0. Fields may be added and are never renamed.
type RiskReport struct {
	APIVersion  string            `json:"apiVersion"`
	Kind        string            `json:"kind"`
	GeneratedAt string            `json:"generatedAt"`
	Cluster     ReportCluster     `json:"cluster"`
	Metrics     ReportMetrics     `json:"metrics"`
	Summary     RiskReportSummary `json:"summary"`
	Gaps        []data.Gap        `json:"gaps"`
	Risks       []RiskEntry       `json:"risks"`
}

// RiskReportSummary counts all containers that were looked at, those without an entry included.
type RiskReportSummary struct {
	Containers      int       `json:"containers"`
	Critical        int       `json:"critical"`
	Warning         int       `json:"warning"`
	Notice          int       `json:"notice"`
	WithoutLimit    int       `json:"withoutLimit"`
	WithoutRequest  int       `json:"withoutRequest"`
	WideLimit       int       `json:"limitOverTwiceRequest"`
	Unknown         int       `json:"limitUnknown"`
	HeapOverLimit   int       `json:"heapOverLimit"`
	HeapRead        int       `json:"heapRead"`
	GiveBackBytes   int64     `json:"giveBackBytes"`
	GiveBackMonthly float64   `json:"giveBackMonthly"`
	Currency        string    `json:"currency"`
	PerGiBMonth     float64   `json:"perGiBMonth"`
	PriceFrom       data.Text `json:"priceFrom"`
}

// RiskEntry is one container.
type RiskEntry struct {
	Level               RiskLevel       `json:"level"`
	Kind                RiskKind        `json:"kind"`
	Namespace           data.Text       `json:"namespace"`
	Pod                 data.Text       `json:"pod"`
	PodUID              *data.Text      `json:"podUID"`
	Container           data.Text       `json:"container"`
	Node                *data.Text      `json:"node"`
	Workload            *ReportWorkload `json:"workload"`
	MeasuredAt          *string         `json:"measuredAt"`
	WorkingSetBytes     *int64          `json:"workingSetBytes"`
	NotReclaimableBytes *int64          `json:"notReclaimableBytes"`
	PeakBytes           *int64          `json:"peak24hBytes"`
	LimitBytes          *int64          `json:"limitBytes"`
	RequestBytes        *int64          `json:"requestBytes"`
	PodLimitBytes       *int64          `json:"podLimitBytes"`
	Specified           bool            `json:"specified"`
	Share               *float64        `json:"share"`
	GrowthPerHour       *int64          `json:"growthBytesPerHour"`
	GrowthLow           *int64          `json:"growthBytesPerHourLow"`
	GrowthHigh          *int64          `json:"growthBytesPerHourHigh"`
	SecondsLeft         *int64          `json:"secondsLeft"`
	SecondsLeftLow      *int64          `json:"secondsLeftLow"`
	SecondsLeftHigh     *int64          `json:"secondsLeftHigh"`
	ProbableLeak        bool            `json:"probableLeak"`
	Restarts            *int32          `json:"restarts"`
	Why                 data.Text       `json:"why"`
	Notes               []data.Text     `json:"notes"`
	GiveBackBytes       *int64          `json:"giveBackBytes"`
	GiveBackMonthly     *float64        `json:"giveBackMonthly"`
	Evidence            []Evidence      `json:"evidence"`
}

// NewRiskReport returns the report of risks that were judged at now.
func NewRiskReport(now time.Time, cluster data.Cluster, metrics ReportMetrics, gaps []data.Gap, risks []Risk, s RiskSummary, price Price) RiskReport {
	r := RiskReport{
		APIVersion: "oomedic/v1", Kind: "RiskReport", GeneratedAt: stamp(now), Cluster: ReportCluster{cluster.Context, cluster.Server, cluster.Version},
		Metrics: metrics, Gaps: list(gaps), Risks: make([]RiskEntry, 0, len(risks)),
		Summary: RiskReportSummary{s.Containers, s.Critical, s.Warning, s.Notice, s.NoLimit, s.NoRequest, s.WideLimit, s.Unknown, s.HeapBound, s.HeapRead,
			s.GiveBack, round2(s.Monthly), "USD", price.PerGiBMonth, price.From},
	}
	if r.Metrics.Source == "" {
		r.Metrics.Source = "none"
	}
	for i := range risks {
		r.Risks = append(r.Risks, risks[i].Entry())
	}
	return r
}

// Entry returns the risk as the report has it.
func (r *Risk) Entry() RiskEntry {
	u := &r.Usage
	e := RiskEntry{
		Level: r.Level, Kind: r.Kind, Namespace: u.Key.Namespace, Pod: u.Key.Pod, PodUID: orNull(u.Key.UID), Container: u.Key.Container,
		WorkingSetBytes: wholeBytes(u.WorkingSet), PeakBytes: wholeBytes(u.Peak), LimitBytes: above(u.Limit), RequestBytes: above(u.Request), PodLimitBytes: above(u.PodLimit), Specified: u.Specified,
		GrowthPerHour: wholeBytes(r.Growth), GrowthLow: wholeBytes(r.GrowthLow), GrowthHigh: wholeBytes(r.GrowthHigh),
		SecondsLeft: wholeSeconds(r.Left), SecondsLeftLow: wholeSeconds(r.LeftLow), SecondsLeftHigh: wholeSeconds(r.LeftHigh),
		ProbableLeak: r.Leak, Restarts: u.Restarts, Why: r.Why, Notes: list(r.Notes), GiveBackBytes: r.GiveBack, GiveBackMonthly: r.Monthly, Evidence: list(r.Evidence),
	}
	if r.Share != nil && finite(*r.Share) {
		e.Share = ptr(round4(*r.Share))
	}
	if kept, ok := u.Parts.Kept(); ok {
		e.NotReclaimableBytes = wholeBytes(&kept)
	}
	if !u.At.IsZero() {
		e.MeasuredAt = ptr(stamp(u.At))
	}
	if w := u.Owner; w != nil && w.Kind != "" {
		e.Workload = &ReportWorkload{w.APIVersion, w.Kind, w.Name, w.Replicas}
	}
	if c := u.Container; c != nil {
		e.Node = orNull(c.Node)
	}
	return e
}

// wholeBytes rounds to whole bytes; nil for what is not known or no size.
func wholeBytes(v *float64) *int64 {
	if v == nil || !finite(*v) || *v > float64(largestSize) || *v < -float64(largestSize) {
		return nil
	}
	return ptr(int64(*v))
}

func wholeSeconds(d *time.Duration) *int64 {
	if d == nil {
		return nil
	}
	return ptr(int64(d.Round(time.Second) / time.Second))
}

// round4 rounds a share to a hundredth of a percent.
func round4(v float64) float64 { return float64(int64(v*10000+0.5)) / 10000 }
