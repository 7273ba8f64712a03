package analysis

import (
	"time"

	"github.com/oomedic/oomedic/data"
)

// stepsOf returns the five steps of the diagnosis.
func stepsOf(f *facts, d *Diagnosis) [5]Step {
	return [5]Step{confirmStep(f, d), limitStep(f, d), historyStep(f, d), causeStep(f, d), sizeStep(f, d)}
}

// confirmStep asks whether it was an OOM kill at all.
func confirmStep(f *facts, d *Diagnosis) Step {
	v := &d.Confirmation
	s := Step{Title: "Confirm", Question: "Was it really an OOM kill?", Evidence: v.Evidence, Against: v.Against, Commands: d.Commands.Confirm}
	switch {
	case f.risk != nil && !v.OOMKilled:
		riskStep(f, &s)
	case v.OOMKilled:
		s.State, s.Answer = StepYes, data.Textf("Yes, %s sure: %s", percent(v.Confidence), scopeWords(v.Scope))
		s.Meaning = scopeMeaning(v.Scope)
	case v.Scope == ScopeNotOOM:
		s.State, s.Answer = StepNo, data.Textf("No, %s sure", percent(v.Confidence))
		s.Meaning = "The end has another cause, so more memory would not help. Exit code 137 alone means SIGKILL, from whomever."
	default:
		s.State, s.Answer = StepUnknown, "It cannot be said"
		s.Meaning = "SIGKILL ends a program without a trace of who sent it. A failed probe, a drain and a missed OOM kill look alike."
	}
	s.Detail = append(s.Detail, v.Why)
	if !v.LastKillAt.IsZero() {
		s.Detail = append(s.Detail, data.Textf("last kill at %s", v.LastKillAt.UTC().Format(time.RFC3339)))
	}
	s.Detail = append(s.Detail, killsLine(v))
	if f.h != nil {
		s.Commands = append(s.Commands[:len(s.Commands):len(s.Commands)], data.KillsPromQL(f.h))
	}
	if v.Confidence < 0.95 && s.Doubt == "" {
		s.Doubt = confirmDoubt(v)
	}
	return s
}

// confirmDoubt says where the verdict could be wrong.
func confirmDoubt(v *Confirmation) data.Text {
	switch v.Scope {
	case ScopeChild:
		return "Only a process was killed; when, and which, the status does not say. CRI-O also counts kills that were only tried."
	case ScopeNode:
		return "On cgroup v1 a kill by the node is reported as Error; a pod-level limit outside the spec is not seen."
	case ScopePod:
		return "Which container's memory filled the pod is not in the status."
	case ScopeUnknown:
		if v.OOMKilled {
			return "No limit of the container is on record, so its own limit, the pod's and the node's memory all may have run out."
		}
		return "containerd before 2.3 can report an OOM kill as Error. The node's kernel log would tell: journalctl -k | grep -i oom"
	}
	return "The status keeps one former end; an older one may have been another."
}

// scopeWords names the memory that ran out.
func scopeWords(s Scope) string {
	switch s {
	case ScopeContainer:
		return "the container met its own limit"
	case ScopePod:
		return "the pod's limit was met"
	case ScopeNode:
		return "the node ran out of memory"
	case ScopeChild:
		return "a child process was killed"
	case ScopeStartup:
		return "killed while starting"
	}
	return "which memory ran out is not known"
}

// scopeMeaning explains a scope to a newcomer.
func scopeMeaning(s Scope) data.Text {
	switch s {
	case ScopeContainer:
		return "The kernel lets a container use as much memory as its limit. When it needs more, the kernel ends it at once with SIGKILL, which no program can catch."
	case ScopePod:
		return "All containers of the pod share one limit, and together they met it. The container that was killed need not be the one that grew."
	case ScopeNode:
		return "The node itself had no memory left. The kernel then ends a container that uses more than it requested, whatever its own limit."
	case ScopeChild:
		return "The kernel killed one process in the container and the main one lived on. Work may fail without any restart to be seen."
	case ScopeStartup:
		return "The limit was met before the program ran. Either the limit is tiny, or files in memory from the former life still fill it."
	}
	return ""
}

// killsLine counts the kills.
func killsLine(v *Confirmation) data.Text {
	num := func(n *int) string {
		switch {
		case n == nil:
			return "?"
		case v.AtLeast:
			return data.Textf("≥%d", *n).String()
		}
		return data.Textf("%d", *n).String()
	}
	return data.Textf("kills: %s in 24h, %s in 7d, %s in 30d; restarts of this pod: %d", num(v.Kills.Day), num(v.Kills.Week), num(v.Kills.Month), v.Restarts)
}

// limitStep asks what the limit is and how it stands to the request.
func limitStep(f *facts, d *Diagnosis) Step {
	limit, request := above(f.c.Resources.Limit), above(f.c.Resources.Request)
	s := Step{Title: "Limit", Question: "What is its memory limit?", State: StepYes,
		Commands: []data.Text{specCommand(f.c, "resources.limits.memory"), specCommand(f.c, "resources.requests.memory")},
		Meaning:  "The request is what the scheduler sets aside on a node; the limit is where the kernel kills. Between them lies the room for peaks."}
	s.Evidence = append(s.Evidence,
		Evidence{Says: data.Textf("limit %s", humanInt(limit)), From: specCommand(f.c, "resources.limits.memory")},
		Evidence{Says: data.Textf("request %s", humanInt(request)), From: specCommand(f.c, "resources.requests.memory")})
	s.Answer = data.Textf("Limit %s, request %s", humanInt(limit), humanInt(request))
	if f.h != nil {
		s.Commands = append(s.Commands, data.LimitPromQL(f.h))
	}
	switch {
	case limit == nil && above(f.c.PodLimit) != nil:
		s.State, s.Answer = StepWarn, data.Textf("No limit of its own; the pod's is %s", humanInt(f.c.PodLimit))
	case limit == nil:
		s.State, s.Answer = StepNo, "No limit is set"
		s.Meaning = "Without a limit a container may take all that the node has, and only the node's end of memory stops it."
	case request == nil:
		s.State = StepWarn
		s.Detail = append(s.Detail, "a limit without a request: Kubernetes takes the limit for the request when it is applied")
	case float64(*limit) > mostLimitPerRequest*float64(*request):
		s.State = StepWarn
		s.Detail = append(s.Detail, data.Textf("the limit is %.1f times the request; 1.5 to 2 times is sound", float64(*limit)/float64(*request)))
	default:
		s.Detail = append(s.Detail, data.Textf("the limit is %.3g times the request", float64(*limit)/float64(*request)))
	}
	if f.hit != nil && limit != nil && *f.hit != *limit {
		s.Detail = append(s.Detail, data.Textf("at the last kill the limit was %s", humanInt(f.hit)))
	}
	if d.Near != nil {
		s.Detail = append(s.Detail, data.Textf("it came to %s of the limit (%s)", percent(*d.Near), d.NearFrom))
	}
	if f.hit != nil && f.h != nil && f.h.Limit.Len() == 0 {
		s.Doubt = "Limits of the past are not known; today's is taken for all time."
	}
	return s
}

// historyStep asks what memory did.
func historyStep(f *facts, d *Diagnosis) Step {
	s := Step{Title: "History", Question: "How much memory did it use?", State: StepYes,
		Meaning: "p95 is the size that 95% of all samples stay below, p99 the same for 99%. Working set is what the kernel cannot take back easily; it is what counts against the limit."}
	if !f.seen() {
		s.State, s.Answer = StepUnknown, "Not known: no memory history"
		s.Meaning = "Without history neither percentiles nor growth can be given; the kill and the limit are all that is known."
		s.Doubt = missingHistory(d)
		s.Commands = []data.Text{data.Textf("kubectl top pod%s %s --containers", inNamespace(f.c.Key.Namespace), data.ShellQuote(f.c.Key.Pod))}
		return s
	}
	st := f.stats()
	if st.Samples == 0 {
		s.State, s.Answer = StepUnknown, "Not known: no samples within 30 days"
		s.Doubt = missingHistory(d)
		return s
	}
	s.Answer = data.Textf("over %s: mean %s, p95 %s, p99 %s, max %s", f.use, human(st.Mean), human(st.P95), human(st.P99), human(st.Max))
	for _, q := range []string{"mean", "p95", "p99", "max"} {
		v := map[string]float64{"mean": st.Mean, "p95": st.P95, "p99": st.P99, "max": st.Max}[q]
		s.Evidence = append(s.Evidence, Evidence{Says: data.Textf("%s over %s is %s%s", q, f.use, human(v), ofLimit(v, f.hit)), From: st.From[q]})
		s.Commands = append(s.Commands, st.From[q])
	}
	s.Commands = append(s.Commands, data.GrowthPromQL(f.h))
	for _, w := range data.StatWindows {
		if x := f.usage[w]; x.Samples > 0 {
			s.Detail = append(s.Detail, data.Textf("%s: %s, covering %s of the time", w, count(x.Samples, "sample"), percent(x.Coverage)))
		} else {
			s.Detail = append(s.Detail, data.Textf("%s: no samples", w))
		}
	}
	first := time.UnixMilli(f.lowest())
	s.Detail = append(s.Detail, data.Textf("history reaches back %s, to %s, in steps of %s", age(f.now.Sub(first)), first.UTC().Format(time.RFC3339), f.step))
	if d.ClippedAtLimit != nil && *d.ClippedAtLimit {
		s.State = StepWarn
		s.Detail = append(s.Detail, "samples stop at the limit: what it would have used above that cannot be seen")
		s.Doubt = "Every number here is cut off at the limit, so the true need may be higher."
	} else if st.Coverage < shortCoverage {
		s.Doubt = data.Textf("Samples cover %s of the %s.", percent(st.Coverage), f.use)
	}
	return s
}

// ofLimit returns ", 88% of the limit", or nothing without one.
func ofLimit(v float64, limit *int64) string {
	if limit == nil {
		return ""
	}
	return data.Textf(", %s of the limit", percent(v/float64(*limit))).String()
}

// missingHistory says why there is no history.
func missingHistory(d *Diagnosis) data.Text {
	for _, g := range d.Gaps {
		if g.What == "memory history" {
			return g.Why
		}
	}
	return "no samples were found"
}
