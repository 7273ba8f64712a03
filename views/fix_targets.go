package views

import (
	"fmt"

	"charm.land/lipgloss/v2"

	"github.com/oomedic/oomedic/data"
)

// targetsShown is how many objects are listed one by one; of more those that need a look come first.
const targetsShown = 8

// fixTargets are the objects of a change: what became of them once it was sent, else what will be sent, in order.
func fixTargets(f *Fix) []data.Target {
	if f.Applied != nil && len(f.Applied.Targets) > 0 {
		return f.Applied.Targets
	}
	if f.Plan == nil || f.Phase != FixApplying {
		return nil
	}
	if len(f.Progress) > 0 {
		return f.Progress
	}
	var out []data.Target
	for _, pp := range resized(f.Plan) {
		out = append(out, data.Target{Kind: "Pod", Namespace: pp.Pod.Namespace, Name: pp.Pod.Name, UID: pp.Pod.UID, State: data.TargetWaiting, After: pp.After})
	}
	if f.Plan.Change.Way != data.WayInPlace {
		w := f.Plan.Target
		if w.Name == "" {
			w = f.Plan.Change.Workload
		}
		out = append(out, data.Target{APIVersion: w.APIVersion, Kind: w.Kind, Namespace: w.Namespace, Name: w.Name, State: data.TargetWaiting, After: f.Plan.After})
	}
	return out
}

// layTargets writes what became of each object, those that went wrong first when not all have room.
func layTargets(s *sheet, f *Fix) {
	targets := fixTargets(f)
	if len(targets) == 0 {
		return
	}
	resizes := map[data.Text]data.PodResize{}
	if f.Rollout != nil {
		for _, r := range f.Rollout.Resizes {
			resizes[r.Pod.Name] = r
		}
	}
	var quiet, loud []targetLine
	sending := f.Phase == FixApplying
	for _, t := range targets {
		l := lineOf(s, t, resizes)
		if f.Phase == FixApplying && t.State == data.TargetWaiting {
			l.text = t.Workload().Ref().String() + ": will get a limit of " + exactBytes(t.After.Limit) + ", request " + exactBytes(t.After.Request)
			if sending && len(f.Progress) > 0 { // the first that waits is the one that is under way, and is always seen
				sending, l.glyph, l.style, l.quiet = false, s.t.Glyphs.Busy, s.t.Info, false
				l.text = t.Workload().Ref().String() + ": being sent, limit " + exactBytes(t.After.Limit) + ", request " + exactBytes(t.After.Request)
			}
		}
		if l.quiet {
			quiet = append(quiet, l)
		} else {
			loud = append(loud, l)
		}
	}
	lines := append(loud, quiet...)
	for _, l := range lines[:min(len(lines), targetsShown)] {
		s.note(1, l.style, l.glyph, l.text)
	}
	if n := len(lines) - targetsShown; n > 0 {
		s.prose(3, s.t.Muted, fmt.Sprintf("and %d more, of which %d went as planned", n, min(n, len(quiet))))
	}
}

// targetLine is what became of one object. A quiet one needs no look.
type targetLine struct {
	glyph, text string
	style       lipgloss.Style
	quiet       bool
}

// lineOf says what became of one object.
func lineOf(s *sheet, t data.Target, resizes map[data.Text]data.PodResize) targetLine {
	th, name := s.t, t.Workload().Ref().String()
	why := ""
	if t.Error != "" {
		why = ": " + t.Error.String()
	}
	switch t.State {
	case data.TargetFailed:
		return targetLine{th.Glyphs.Bad, name + " was not changed" + why, th.Bad, false}
	case data.TargetUnknown:
		return targetLine{th.Glyphs.Unknown, name + ": the outcome is not known" + why, th.Warn, false}
	case data.TargetWaiting:
		return targetLine{th.Glyphs.Dot, name + ": not sent" + why, th.Muted, true}
	}
	if t.Kind != "Pod" {
		return targetLine{th.Glyphs.OK, name + ": stored", th.OK, true}
	}
	r, ok := resizes[t.Name]
	if !ok {
		r = data.PodResize{State: t.Resize, Says: t.Error}
	}
	return resizeLine(s, name, r)
}

// resizeLine says how far the kubelet has come with a pod. Deferred and infeasible are not applied, whatever the API
// server has stored.
func resizeLine(s *sheet, name string, r data.PodResize) targetLine {
	th, says := s.t, ""
	if r.Says != "" {
		says = ": " + r.Says.String()
	}
	switch r.State {
	case data.ResizeDone:
		text := name + ": resized"
		if r.Actual.Limit != nil {
			text += ", runs with a limit of " + exactBytes(r.Actual.Limit)
		}
		return targetLine{th.Glyphs.OK, text, th.OK, true}
	case data.ResizeDeferred:
		return targetLine{th.Glyphs.Warn, name + ": not applied, the node has no room now; the kubelet tries again" + says, th.Warn, false}
	case data.ResizeInfeasible:
		return targetLine{th.Glyphs.Bad, name + ": not applied, the node can never do it" + says, th.Bad, false}
	case data.ResizeError:
		return targetLine{th.Glyphs.Bad, name + ": not applied, writing it fails; the kubelet tries again" + says, th.Bad, false}
	case data.ResizeGone:
		return targetLine{th.Glyphs.Dot, name + ": the resize ended without an answer of its node" + says, th.Muted, false}
	case data.ResizeInProgress:
		return targetLine{th.Glyphs.Busy, name + ": accepted, the kubelet is writing it", th.Info, true}
	}
	return targetLine{th.Glyphs.Busy, name + ": stored, the kubelet has not answered yet", th.Info, true}
}
