package analysis

import (
	"math"
	"time"

	"github.com/oomedic/oomedic/data"
)

// ReportForecast says in how many seconds the next kill is to be expected; four times in five it comes between low and
// high. From says what it rests on.
type ReportForecast struct {
	Low    *int64     `json:"lowSeconds"`
	Likely *int64     `json:"likelySeconds"`
	High   *int64     `json:"highSeconds"`
	From   *data.Text `json:"from"`
}

// ReportLife is what one instance of the container did. Sizes are bytes, growth is bytes an hour.
type ReportLife struct {
	Pod           data.Text `json:"pod"`
	Start         string    `json:"start"`
	End           string    `json:"end"`
	Ending        Ending    `json:"ending"`
	StartBytes    int64     `json:"startBytes"`
	StartPeak     int64     `json:"startPeakBytes"`
	PeakBytes     int64     `json:"peakBytes"`
	LastBytes     int64     `json:"lastBytes"`
	FloorBytes    *int64    `json:"floorBytes"`
	PlateauBytes  *int64    `json:"plateauBytes"`
	LimitBytes    *int64    `json:"limitBytes"`
	GrowthPerHour *int64    `json:"growthBytesPerHour"`
	GrowthLow     *int64    `json:"growthBytesPerHourLow"`
	GrowthHigh    *int64    `json:"growthBytesPerHourHigh"`
	Deceleration  *float64  `json:"deceleration"`
	UnseenSeconds int64     `json:"unseenSeconds"`
	Censored      bool      `json:"censored"`
	Coverage      float64   `json:"coverage"`
}

// reportForecast turns a forecast into the contract's form.
func reportForecast(f *Forecast) ReportForecast {
	return ReportForecast{Low: seconds(f.Low), Likely: seconds(f.Likely), High: seconds(f.High), From: orNull(f.From)}
}

// reportLives turns lives into the contract's form.
func reportLives(in []LifeFacts) []ReportLife {
	out := make([]ReportLife, 0, len(in))
	for i := range in {
		l := &in[i]
		one := ReportLife{Pod: l.Pod, Start: stamp(l.Start), End: stamp(l.End), Ending: l.Ending, StartBytes: whole(l.StartLevel), StartPeak: whole(l.StartPeak),
			PeakBytes: whole(l.Peak), LastBytes: whole(l.Last), FloorBytes: wholePtr(l.Floor), PlateauBytes: wholePtr(l.Plateau), LimitBytes: wholePtr(l.Limit),
			GrowthPerHour: signedPtr(l.SlopePerHour), GrowthLow: signedPtr(l.SlopeLow), GrowthHigh: signedPtr(l.SlopeHigh),
			UnseenSeconds: int64(l.Unseen / time.Second), Censored: l.Censored, Coverage: round2(l.Coverage)}
		if l.Deceleration != nil && finite(*l.Deceleration) {
			one.Deceleration = ptr(round2(*l.Deceleration))
		}
		out = append(out, one)
	}
	return out
}

// wholePtr rounds bytes to a whole number, nil for nil.
func wholePtr(v *float64) *int64 {
	if v == nil || !finite(*v) {
		return nil
	}
	return ptr(whole(*v))
}

// signedPtr rounds a growth to a whole number of bytes within what an int64 holds, nil for nil.
func signedPtr(v *float64) *int64 {
	if v == nil || !finite(*v) {
		return nil
	}
	return ptr(int64(math.Round(min(max(*v, -float64(largestSize)), float64(largestSize)))))
}

// money rounds an amount or a count to two digits, nil for nil.
func money(v *float64) *float64 {
	if v == nil || !finite(*v) {
		return nil
	}
	return ptr(round2(*v))
}
