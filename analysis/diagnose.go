package analysis

import (
	"slices"
	"time"

	"github.com/oomedic/oomedic/data"
)

// Input is everything a diagnosis is made from.
type Input struct {
	Case Case
	// History is what Prometheus knows; nil without metrics, and then MetricsProblem says why.
	History        *data.History
	MetricsProblem data.Text
	Price          Price
	// Bounds are what the namespace and the node allow; nil when they were not read.
	Bounds *data.Bounds
	// Now is the present; windows end there.
	Now time.Time
}

// Diagnose judges one container: what its memory did, why it was killed, which size helps and what that costs. It
// never fails: what is missing becomes a gap and takes from the confidence.
func Diagnose(in Input) Diagnosis {
	conf := withPressure(&in, withFormerKills(&in, withLastSample(&in, in.Case.Confirmation)))
	d := Diagnosis{Case: in.Case, At: in.Now, History: in.History}
	f := readFacts(in, &conf)
	d.Bounds = f.bounds
	conf.Kills, conf.AtLeast = f.countKills(&conf)
	d.Confirmation = conf
	f.conf = &d.Confirmation
	d.Container.Kills = f.ownKills()
	d.Runtime, d.RuntimeFrom = RuntimeOf(f.c)
	d.LimitAtKill, d.Usage, d.ClippedAtLimit = f.hit, f.usage, f.clipped()
	f.nearness(&d)
	switch {
	case d.Confirmation.OOMKilled || f.maybeKilled() || f.atRisk():
		d.Cause = judgeCause(f)
	case f.perhapsNode():
		d.Cause = judgeCause(f)
		d.Cause.Confidence *= perhaps
	default:
		d.Cause = Cause{Class: UnknownCause, Title: "Not killed for memory", Summary: "It was not OOM-killed, so there is no memory cause to look for."}
		f.fillNumbers(&d.Cause)
	}
	d.Recommendation = recommend(f, &d.Cause)
	d.Cost = CostOf(f.c.Resources.Request, d.Recommendation.Request, f.c.Resources.Limit, d.Recommendation.Limit, f.c.Workload.Replicas, in.Price)
	if f.c.Workload.Kind != "Deployment" {
		d.Cost.NetZero = "" // fewer replicas of a database or one pod a node are no way to save
	}
	f.weighCost(&d)
	d.Lives, d.Forecast = f.lifeFacts(), f.forecast(&d.Cause)
	d.Commands = commandsFor(f.c, &d.Recommendation, d.Runtime)
	d.Gaps = gapsOf(in, f)
	d.Steps = stepsOf(f, &d)
	return d
}

// perhaps is the factor for the confidence in a cause when the kill itself is in doubt.
const perhaps = 0.6

// ownKills returns the kills of the container that the case is about, oldest first.
func (f *facts) ownKills() []data.Kill {
	var out []data.Kill
	for _, k := range f.kills {
		if k.Pod == f.c.Key.Pod {
			out = append(out, k.Kill)
		}
	}
	return out
}

// reachSlack is how much of a window history may lack and still be said to reach back to its start.
const reachSlack = time.Hour

// countKills counts the kills of the container with what metrics remember.
func (f *facts) countKills(conf *Confirmation) (KillCounts, bool) {
	kills := f.ownKills()
	if conf.OOMKilled && !conf.LastKillAt.IsZero() {
		kills = data.MergeKills(kills, []data.Kill{{At: conf.LastKillAt}})
	}
	if conf.Scope == ScopeChild && len(kills) == 0 {
		return KillCounts{}, true // no status and no metric counts the kills of children one by one
	}
	complete := int(f.c.Restarts) <= len(kills)
	reach := f.now
	if f.h != nil && !f.h.First.IsZero() && len(f.h.Kills) > 0 {
		reach = f.h.First
	}
	born := f.c.PodCreated
	known := func(from time.Time) bool {
		return complete || !reach.After(from.Add(reachSlack)) || (!born.IsZero() && !reach.After(born))
	}
	return countKills(kills, f.now, known), !known(f.now.Add(-data.ThirtyDay.Duration()))
}

// nearness takes the highest sample of history for how near to the limit the container came, where it says more than
// the overview.
func (f *facts) nearness(d *Diagnosis) {
	if f.limit == nil {
		return
	}
	peak, ok := 0.0, false
	for i := range f.lives {
		if f.lives[i].pod == f.c.Key.Pod {
			peak, ok = max(peak, slices.Max(f.lives[i].v)), true
		}
	}
	limit := float64(*f.limit)
	if f.hit != nil {
		limit = float64(*f.hit)
	}
	if share := peak / limit; ok && (d.Near == nil || share > *d.Near) {
		d.Near, d.NearFrom = &share, "highest sample of 30d"
	}
}

// gapsOf lists what could not be known.
func gapsOf(in Input, f *facts) []data.Gap {
	var out []data.Gap
	if in.History == nil {
		why := in.MetricsProblem
		if why == "" {
			why = "no Prometheus was found"
		}
		out = append(out, data.Gap{What: "memory history", Why: why})
	} else {
		out = append(out, in.History.Gaps...)
		if !f.seen() {
			out = append(out, data.Gap{What: "memory history", Why: "Prometheus has no samples of this container"})
		}
		if in.History.Limit.Len() == 0 && f.seen() {
			out = append(out, data.Gap{What: "limits of the past", Why: "kube-state-metrics has no series of this container's limit; today's is taken for all time"})
		}
	}
	if p := f.c.Workload.Problem; p != "" {
		out = append(out, data.Gap{What: "owner of the pod", Why: p})
	}
	if !f.c.GoneAt.IsZero() {
		out = append(out, data.Gap{What: "the pod itself", Why: "it is gone; kubectl cannot show it any more"})
	}
	return out
}
