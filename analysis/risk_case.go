package analysis

import (
	"time"

	"github.com/oomedic/oomedic/data"
)

// notYet is the label of a container that was never killed and may be soon.
const notYet = "not yet"

// Case returns the row of the list for a container at risk: what the API server says of it where that was asked, else
// what metrics know. ov may be empty; then the newest samples stand for it.
func (r *Risk) Case(ov data.Overview, now time.Time) Case {
	c := data.Container{Key: r.Usage.Key, Kind: data.RegularContainer, State: data.Running, Resources: r.Usage.Resources}
	if r.Usage.Container != nil {
		c = *r.Usage.Container
	} else {
		if r.Usage.Owner != nil {
			c.Workload = *r.Usage.Owner
		}
		if n := r.Usage.Restarts; n != nil {
			c.Restarts = *n
		}
	}
	if len(ov.Spark) == 0 && ov.Peak == nil {
		ov.Peak = r.Usage.Peak
		if r.Usage.Recent != nil {
			ov.Spark = r.Usage.Recent.V
		}
	}
	out := NewCase(c, ov, now)
	out.Near, out.NearFrom, out.Risk = r.Share, "now", r
	if r.Kind == RiskReclaimable || r.Level == RiskSizing || out.Confirmation.OOMKilled {
		out.Confirmation.Label = r.label(out.Confirmation.OOMKilled)
		return out
	}
	if len(c.Terminations()) == 0 {
		v := &out.Confirmation
		v.Scope, v.Label, v.Why = ScopeNotOOM, notYet, "It was not killed: "+r.Why+"."
	}
	return out
}

// label is what a row at risk is in one to three words.
func (r *Risk) label(killed bool) data.Text {
	if killed {
		return "killed before"
	}
	return notYet
}

// atRisk reports whether the diagnosis is of a container that may be killed soon and was not killed yet.
func (f *facts) atRisk() bool {
	return f.risk != nil && f.risk.Level != RiskSizing && f.risk.Kind != RiskReclaimable && !f.conf.OOMKilled && f.limit != nil
}

// riskStep answers the first step for a container that was not killed yet.
func riskStep(f *facts, s *Step) {
	r := f.risk
	s.State, s.Answer = StepWarn, "Not yet: "+r.Why
	s.Meaning = "Nothing was killed so far. The steps below say what its memory does and which size helps before the kernel ends it."
	s.Evidence = append(append([]Evidence(nil), r.Evidence...), s.Evidence...)
	s.Detail = append(s.Detail, r.Notes...)
	switch {
	case r.Level == RiskSizing:
		s.State, s.Answer = StepNo, "No, and it is in no danger: "+r.Why
		s.Meaning = "It is listed because its limit or request does not fit what it uses."
	case r.Left != nil:
		s.Doubt = "The rate is carried on as it is now: load that falls or a cache that fills up ends the growth earlier."
	case r.Kind == RiskReclaimable:
		s.State = StepNo
		s.Meaning = "Page cache counts as working set while it is in use, and the kernel takes it back before it kills."
	}
}
