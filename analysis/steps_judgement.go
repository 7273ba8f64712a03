package analysis

import "github.com/oomedic/oomedic/data"

// causeStep asks whether it is a leak or a limit that is too low, or something else.
func causeStep(f *facts, d *Diagnosis) Step {
	c := &d.Cause
	s := Step{Title: "Leak or limit", Question: "Does it leak, or is the limit too low?", Evidence: c.Evidence, Against: c.Against}
	s.Meaning = causeMeaning(c.Class)
	if f.perhapsNode() {
		s.State, s.Answer = StepUnknown, data.Textf("If it was memory: %s, %s sure", c.Title, percent(c.Confidence))
		s.Doubt = "On cgroup v1 a kill by the node is reported as Error; a failed probe looks the same."
		return s
	}
	if !d.Confirmation.OOMKilled && !f.maybeKilled() && !f.atRisk() {
		s.State, s.Answer, s.Meaning = StepNo, c.Title, "There was no OOM kill to explain."
		return s
	}
	blind := !f.seen()
	s.Answer = data.Textf("%s, %s sure", c.Title, percent(c.Confidence))
	switch {
	case c.Class == UnknownCause:
		s.State, s.Answer = StepUnknown, "It cannot be told"
	case c.Class == LimitTooLow:
		s.State = StepYes
	default:
		s.State = StepWarn
	}
	if blind {
		s.State = StepUnknown
		s.Doubt = data.Textf("Growth and plateau cannot be told apart without history: %s", missingHistory(d))
	}
	s.Detail = append(s.Detail, c.Summary)
	s.Detail = append(s.Detail, causeNumbers(c)...)
	for _, a := range c.Alternatives {
		s.Detail = append(s.Detail, data.Textf("also possible: %s (%s)", titleOf(a.Class), percent(a.Confidence)))
	}
	s.Detail = append(s.Detail, c.Advice...)
	if f.h != nil && f.seen() {
		s.Commands = append(s.Commands, data.GrowthPromQL(f.h), data.MaxPromQL(f.h, f.use), data.KillsPromQL(f.h))
	}
	if c.Class == MemoryLeak || c.Class == GradualAccumulation || c.Class == UnboundedCache {
		s.Commands = append(s.Commands, d.Commands.Profile...)
	}
	if s.Doubt == "" {
		s.Doubt = causeDoubt(f, c)
	}
	return s
}

// causeNumbers lists what was measured.
func causeNumbers(c *Cause) []data.Text {
	var out []data.Text
	if c.GrowthPerHour != nil {
		out = append(out, data.Textf("growth within a life: %s an hour", perHour(*c.GrowthPerHour)))
	}
	if c.Baseline != nil {
		out = append(out, data.Textf("after a start: %s", humanInt(c.Baseline)))
	}
	if c.Plateau != nil {
		out = append(out, data.Textf("levels off at %s", humanInt(c.Plateau)))
	}
	if c.ToNextKill != nil {
		out = append(out, data.Textf("next kill in about %s at this pace", durationText(*c.ToNextKill)))
	}
	return out
}

// titleOf returns the title of a class.
func titleOf(id Class) data.Text {
	for _, c := range causes {
		if c.id == id {
			return c.title
		}
	}
	return data.Clean(string(id))
}

// causeDoubt says where the judgement could be wrong.
func causeDoubt(f *facts, c *Cause) data.Text {
	switch {
	case c.Class == MemoryLeak || c.Class == GradualAccumulation:
		return "Memory alone cannot tell a leak from load that grows: compare with requests over the same time."
	case c.Class == LoadSpike || c.Class == LargeFile || c.Class == ConcurrentRequests:
		return "What happened between the last sample and the kill was not measured."
	case f.eligible < 2 && f.seen():
		return "Only one life, or none, is long enough to judge; a pattern needs to repeat."
	}
	return ""
}

// sizeStep asks what to set.
func sizeStep(f *facts, d *Diagnosis) Step {
	r := &d.Recommendation
	s := Step{Title: "Right size", Question: "What should request and limit be?", Detail: append([]data.Text(nil), r.Steps...)}
	s.Meaning = "The limit is what it used at its highest, plus room; the request is what it uses usually. Sizes are rounded up to ones that people recognise."
	switch {
	case r.Limit != nil && r.Cures:
		s.State, s.Answer = StepYes, data.Textf("Limit %s, request %s", humanInt(r.Limit), humanInt(r.Request))
	case r.Limit != nil:
		s.State, s.Answer = StepWarn, data.Textf("Limit %s, request %s for now; it does not cure the cause", humanInt(r.Limit), humanInt(r.Request))
	case r.Request != nil:
		s.State, s.Answer = StepWarn, data.Textf("Request %s; no limit helps here", humanInt(r.Request))
	case d.Confirmation.OOMKilled:
		s.State, s.Answer = StepUnknown, "No honest number can be given"
	default:
		s.State, s.Answer = StepNo, "Nothing to change"
		s.Meaning = "It was not killed for memory, so another size would change nothing."
	}
	if r.Policy != "" {
		s.Evidence = append(s.Evidence, Evidence{Says: data.Textf("rule: %s", r.Policy), From: ruleFrom(f, d.Cause.Class)})
	}
	for _, w := range r.Warnings {
		s.Against = append(s.Against, Evidence{Says: w, From: ruleFrom(f, d.Cause.Class)})
	}
	s.Detail = append(s.Detail, d.Cost.Steps...)
	if d.Cost.NetZero != "" {
		s.Detail = append(s.Detail, data.Textf("at no cost with %s", d.Cost.NetZero))
	}
	if d.Commands.Fix != "" {
		s.Commands = append(s.Commands, d.Commands.Fix)
	} else if f.c.Workload.Kind == "Job" && r.Limit != nil {
		s.Detail = append(s.Detail, "a Job's template cannot be changed: set the size in its manifest and create the Job again")
	}
	s.Commands = append(s.Commands, d.Commands.Verify...)
	if !f.seen() && r.Limit != nil {
		s.Doubt = "Without history this is a step up from the limit that was hit, and not a measured need."
	} else if d.ClippedAtLimit != nil && *d.ClippedAtLimit && r.Limit != nil {
		s.Doubt = "Samples stop at the limit, so the true need may be higher still: watch whether it is killed again."
	}
	return s
}

// ruleFrom returns what shows the number that the size rests on.
func ruleFrom(f *facts, class Class) data.Text {
	switch {
	case (class == MemoryLeak || class == GradualAccumulation) && f.h != nil:
		return data.GrowthPromQL(f.h)
	case class == JVMHeap && f.heap != nil:
		return f.heap.from
	}
	if st := f.stats(); st.Samples > 0 {
		return st.From[f.sizingOf().Stat]
	}
	return specCommand(f.c, "resources")
}
