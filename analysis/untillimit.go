package analysis

import (
	"time"

	"github.com/oomedic/oomedic/data"
)

// UntilLimit returns how long after a start memory would meet a limit of so many bytes, by the growth and the level after
// a start that were seen. It is nil where memory does not grow, where that is not known, and where it takes longer than a
// forecast is worth.
func (d *Diagnosis) UntilLimit(limit int64) *time.Duration {
	g, base := d.Cause.GrowthPerHour, d.Cause.Baseline
	if d.Recommendation.Cures || g == nil || base == nil || *g <= 0 {
		return nil
	}
	return hoursPtr(max(float64(limit-*base), 0) / *g)
}

// WithSize returns d as it would be had the size been recommended: the same facts and judgement, another number and the
// command for it.
func (d *Diagnosis) WithSize(o SizeOption) *Diagnosis {
	out := *d
	limit, request := o.Limit, o.Request
	r := &out.Recommendation
	r.Limit, r.Request, r.Policy, r.Steps = &limit, &request, "", []data.Text{o.Says}
	r.ToKill, r.ToKillLow, r.ToKillHigh = d.UntilLimit(limit), nil, nil
	c := &d.Container
	if d.Commands.Fix != "" {
		out.Commands.Fix = data.SetResourcesCommand(c.Workload, c.Key.Container, data.Resources{Limit: &limit, Request: &request})
	}
	return &out
}
