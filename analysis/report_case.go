package analysis

import (
	"math"
	"time"

	"github.com/oomedic/oomedic/data"
)

// reportCase turns a diagnosis into the contract's form.
func reportCase(d *Diagnosis) ReportCase {
	c := &d.Container
	out := ReportCase{
		Namespace: c.Key.Namespace, Pod: c.Key.Pod, PodUID: c.Key.UID, PodGone: !c.GoneAt.IsZero(), Node: c.Node,
		Container: c.Key.Container, ContainerKind: c.Kind, Runtime: orNull(d.Runtime),
		Resources:      ReportResources{c.Resources.Limit, c.Resources.Request, d.LimitAtKill},
		Confirmation:   reportConfirmation(&d.Confirmation),
		Usage:          map[data.Window]*ReportStats{},
		ClippedAtLimit: d.ClippedAtLimit,
		Cause:          reportCause(&d.Cause),
		Recommendation: reportRecommendation(&d.Recommendation),
		Cost:           reportCost(&d.Cost),
		Forecast:       reportForecast(&d.Forecast),
		Lives:          reportLives(d.Lives),
		Commands: ReportCommands{Confirm: list(d.Commands.Confirm), Fix: orNull(d.Commands.Fix),
			Verify: list(d.Commands.Verify), Profile: list(d.Commands.Profile)},
		Gaps: list(d.Gaps),
	}
	if out.ContainerKind == "" {
		out.ContainerKind = data.RegularContainer
	}
	if w := c.Workload; w.Kind != "" {
		out.Workload = &ReportWorkload{w.APIVersion, w.Kind, w.Name, w.Replicas}
	}
	for _, w := range data.StatWindows {
		out.Usage[w] = reportStats(d.Usage[w])
	}
	return out
}

func reportStats(s Stats) *ReportStats {
	if s.Samples == 0 {
		return nil
	}
	return &ReportStats{Mean: whole(s.Mean), P50: whole(s.P50), P95: whole(s.P95), P99: whole(s.P99), Max: whole(s.Max),
		Growth: s.GrowthPerHour, Samples: s.Samples, Coverage: math.Round(s.Coverage*1e4) / 1e4}
}

func reportConfirmation(v *Confirmation) ReportConfirmation {
	out := ReportConfirmation{
		OOMKilled: v.OOMKilled, Scope: v.Scope, Confidence: round2(v.Confidence), ExitCode: v.ExitCode, Reason: orNull(v.Reason), Why: v.Why,
		Kills: v.Kills, AtLeast: v.AtLeast, Restarts: v.Restarts, State: v.State, Evidence: list(v.Evidence), Against: list(v.Against),
	}
	if v.OOMKilled && !v.LastKillAt.IsZero() {
		at := stamp(v.LastKillAt)
		out.LastKillAt = &at
	}
	return out
}

func reportCause(c *Cause) ReportCause {
	out := ReportCause{
		Class: c.Class, Confidence: round2(c.Confidence), Summary: c.Summary, Evidence: list(c.Evidence), Against: list(c.Against),
		BaselineBytes: c.Baseline, PlateauBytes: c.Plateau, SecondsToNextKill: seconds(c.ToNextKill), Advice: list(c.Advice),
		Alternatives: make([]Alternative, 0, len(c.Alternatives)),
	}
	out.GrowthPerHour, out.GrowthLow, out.GrowthHigh = signedPtr(c.GrowthPerHour), signedPtr(c.GrowthLow), signedPtr(c.GrowthHigh)
	out.NextKillLow, out.NextKillHigh, out.OnlyPod = seconds(c.ToNextKillLow), seconds(c.ToNextKillHigh), orNull(c.OnlyPod)
	for _, a := range c.Alternatives {
		out.Alternatives = append(out.Alternatives, Alternative{a.Class, round2(a.Confidence)})
	}
	return out
}

func reportRecommendation(r *Recommendation) ReportRecommendation {
	return ReportRecommendation{LimitBytes: r.Limit, RequestBytes: r.Request, Policy: r.Policy, Steps: list(r.Steps), CuresCause: r.Cures,
		SecondsToNextKillAfter: seconds(r.ToKill), Warnings: list(r.Warnings), AfterLow: seconds(r.ToKillLow), AfterHigh: seconds(r.ToKillHigh),
		Options: list(r.Options)}
}

func reportCost(c *Cost) ReportCost {
	out := ReportCost{Replicas: c.Replicas, Currency: c.Currency, PerGiBMonth: c.PerGiBMonth, PriceFrom: c.PriceFrom, NetZero: orNull(c.NetZero),
		MaxReplicas: c.MaxReplicas, BandAid: orNull(c.BandAid), Steps: list(c.Steps)}
	out.PerPodMonthly, out.TotalMonthly, out.MaxMonthly = money(c.PerPodMonthly), money(c.TotalMonthly), money(c.MaxMonthly)
	out.RestartsPerWeek, out.MinutesLost = money(c.RestartsPerWeek), money(c.MinutesLost)
	return out
}

// whole rounds bytes to a whole number.
func whole(v float64) int64 { return toInt(math.Round(v)) }

// seconds returns d in whole seconds, nil for nil.
func seconds(d *time.Duration) *int64 {
	if d == nil {
		return nil
	}
	return ptr(int64(d.Round(time.Second) / time.Second))
}
