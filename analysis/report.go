package analysis

import (
	"math"
	"time"

	"github.com/oomedic/oomedic/data"
)

// Report is everything the program says, for scripts. Bytes are whole numbers, times RFC 3339 in UTC, durations
// seconds; what is not known is null and never 0. Fields may be added and are never renamed.
type Report struct {
	APIVersion  string        `json:"apiVersion"`
	Kind        string        `json:"kind"`
	GeneratedAt string        `json:"generatedAt"`
	Cluster     ReportCluster `json:"cluster"`
	Metrics     ReportMetrics `json:"metrics"`
	Gaps        []data.Gap    `json:"gaps"`
	Cases       []ReportCase  `json:"cases"`
}

// ReportCluster names the cluster.
type ReportCluster struct {
	Context data.Text `json:"context"`
	Server  data.Text `json:"server"`
	Version data.Text `json:"version"`
}

// ReportMetrics names the source of metrics: an address, "embedded" or "none".
type ReportMetrics struct {
	Source    data.Text  `json:"source"`
	Reachable bool       `json:"reachable"`
	Problem   *data.Text `json:"problem"`
}

// ReportCase is one container.
type ReportCase struct {
	Namespace      data.Text                    `json:"namespace"`
	Pod            data.Text                    `json:"pod"`
	PodUID         data.Text                    `json:"podUID"`
	PodGone        bool                         `json:"podGone"`
	Node           data.Text                    `json:"node"`
	Container      data.Text                    `json:"container"`
	ContainerKind  data.ContainerKind           `json:"containerKind"`
	Workload       *ReportWorkload              `json:"workload"`
	Runtime        *data.Text                   `json:"runtime"`
	Resources      ReportResources              `json:"resources"`
	Confirmation   ReportConfirmation           `json:"confirmation"`
	Usage          map[data.Window]*ReportStats `json:"usage"`
	ClippedAtLimit *bool                        `json:"clippedAtLimit"`
	Cause          ReportCause                  `json:"cause"`
	Recommendation ReportRecommendation         `json:"recommendation"`
	Cost           ReportCost                   `json:"cost"`
	Forecast       ReportForecast               `json:"forecast"`
	Lives          []ReportLife                 `json:"lives"`
	Commands       ReportCommands               `json:"commands"`
	Gaps           []data.Gap                   `json:"gaps"`
}

// ReportWorkload is the owner of a pod's template.
type ReportWorkload struct {
	APIVersion data.Text `json:"apiVersion"`
	Kind       data.Text `json:"kind"`
	Name       data.Text `json:"name"`
	Replicas   *int32    `json:"replicas"`
}

// ReportResources are sizes in bytes.
type ReportResources struct {
	LimitBytes       *int64 `json:"limitBytes"`
	RequestBytes     *int64 `json:"requestBytes"`
	LimitAtKillBytes *int64 `json:"limitAtKillBytes"`
}

// ReportConfirmation is the verdict.
type ReportConfirmation struct {
	OOMKilled  bool          `json:"oomKilled"`
	Scope      Scope         `json:"scope"`
	Confidence float64       `json:"confidence"`
	LastKillAt *string       `json:"lastKillAt"`
	ExitCode   *int32        `json:"exitCode"`
	Reason     *data.Text    `json:"reason"`
	Why        data.Text     `json:"why"`
	Kills      KillCounts    `json:"kills"`
	AtLeast    bool          `json:"killsAtLeast"`
	Restarts   int32         `json:"restarts"`
	State      data.RunState `json:"state"`
	Evidence   []Evidence    `json:"evidence"`
	Against    []Evidence    `json:"against"`
}

// ReportStats are statistics of one window in bytes.
type ReportStats struct {
	Mean     int64    `json:"mean"`
	P50      int64    `json:"p50"`
	P95      int64    `json:"p95"`
	P99      int64    `json:"p99"`
	Max      int64    `json:"max"`
	Growth   *float64 `json:"growthBytesPerHour"`
	Samples  int      `json:"samples"`
	Coverage float64  `json:"coverage"`
}

// ReportCause is the judgement on the cause.
type ReportCause struct {
	Class             Class         `json:"class"`
	Confidence        float64       `json:"confidence"`
	Summary           data.Text     `json:"summary"`
	Evidence          []Evidence    `json:"evidence"`
	Against           []Evidence    `json:"against"`
	GrowthPerHour     *int64        `json:"growthBytesPerHour"`
	BaselineBytes     *int64        `json:"baselineBytes"`
	PlateauBytes      *int64        `json:"plateauBytes"`
	SecondsToNextKill *int64        `json:"secondsToNextKill"`
	Alternatives      []Alternative `json:"alternatives"`
	Advice            []data.Text   `json:"advice"`
	// The bounds hold the truth four times in five.
	GrowthLow    *int64     `json:"growthBytesPerHourLow"`
	GrowthHigh   *int64     `json:"growthBytesPerHourHigh"`
	NextKillLow  *int64     `json:"secondsToNextKillLow"`
	NextKillHigh *int64     `json:"secondsToNextKillHigh"`
	OnlyPod      *data.Text `json:"onlyPod"`
}

// ReportRecommendation is the size.
type ReportRecommendation struct {
	LimitBytes             *int64      `json:"limitBytes"`
	RequestBytes           *int64      `json:"requestBytes"`
	Policy                 data.Text   `json:"policy"`
	Steps                  []data.Text `json:"steps"`
	CuresCause             bool        `json:"curesCause"`
	SecondsToNextKillAfter *int64      `json:"secondsToNextKillAfter"`
	Warnings               []data.Text `json:"warnings"`
	AfterLow               *int64      `json:"secondsToNextKillAfterLow"`
	AfterHigh              *int64      `json:"secondsToNextKillAfterHigh"`
	// Options are what other choices of the percentile would give, smallest first; the recommendation comes last.
	Options []SizeOption `json:"options"`
}

// ReportCost is what the size costs.
type ReportCost struct {
	PerPodMonthly *float64   `json:"perPodMonthly"`
	Replicas      *int32     `json:"replicas"`
	TotalMonthly  *float64   `json:"totalMonthly"`
	Currency      string     `json:"currency"`
	PerGiBMonth   float64    `json:"perGiBMonth"`
	PriceFrom     data.Text  `json:"priceFrom"`
	NetZero       *data.Text `json:"netZero"`
	// MaxReplicas and MaxMonthly are what an autoscaler may make of it.
	MaxReplicas     *int32      `json:"maxReplicas"`
	MaxMonthly      *float64    `json:"maxMonthly"`
	RestartsPerWeek *float64    `json:"restartsPerWeek"`
	MinutesLost     *float64    `json:"minutesLostPerWeek"`
	BandAid         *data.Text  `json:"bandAid"`
	Steps           []data.Text `json:"steps"`
}

// ReportCommands are commands to run by hand.
type ReportCommands struct {
	Confirm []data.Text `json:"confirm"`
	Fix     *data.Text  `json:"fix"`
	Verify  []data.Text `json:"verify"`
	Profile []data.Text `json:"profile"`
}

// NewReport returns the report of diagnoses made at now. metrics says where memory history came from.
func NewReport(now time.Time, cluster data.Cluster, metrics ReportMetrics, gaps []data.Gap, ds []Diagnosis) Report {
	r := Report{
		APIVersion: "oomedic/v1", Kind: "Report", GeneratedAt: stamp(now), Metrics: metrics, Gaps: list(gaps),
		Cluster: ReportCluster{cluster.Context, cluster.Server, cluster.Version}, Cases: make([]ReportCase, 0, len(ds)),
	}
	if r.Metrics.Source == "" {
		r.Metrics.Source = "none"
	}
	for i := range ds {
		r.Cases = append(r.Cases, reportCase(&ds[i]))
	}
	return r
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// list returns v, and an empty list for nil, so that JSON has [] and not null.
func list[T any](v []T) []T {
	if v == nil {
		return []T{}
	}
	return v
}

// orNull returns a pointer to t, nil when it is empty.
func orNull(t data.Text) *data.Text {
	if t == "" {
		return nil
	}
	return &t
}

// round2 rounds to two digits behind the point, as money and shares are shown.
func round2(v float64) float64 {
	if !finite(v) {
		return 0
	}
	return math.Round(v*100) / 100
}
