package views

import (
	"fmt"
	"time"

	"github.com/oomedic/oomedic/data"
)

// layPlanning says what is waited for before there is a plan.
func layPlanning(s *sheet, f *Fix, sign, progress string) {
	if f.Diagnosis == nil && f.Plan == nil && f.Entry == nil {
		s.note(1, s.t.Info, sign, "Making the diagnosis first: it gives the numbers "+s.t.Glyphs.Ellipsis+progress)
		return
	}
	layNumbers(s, f, false)
	s.blank()
	s.note(1, s.t.Info, sign, "Asking the API server what it would store "+s.t.Glyphs.Ellipsis)
}

// layApplied says what was stored and when.
func layApplied(s *sheet, fr Frame, f *Fix) {
	if f.Applied == nil {
		return
	}
	a := f.Applied
	text := "Stored at " + a.At.In(fr.Zone).Format("15:04:05") + ": limit " + exactBytes(a.After.Limit) + ", request " + exactBytes(a.After.Request) + "."
	s.note(1, s.t.OK, s.t.Glyphs.OK, text)
	switch {
	case a.JournalProblem != "":
		s.note(1, s.t.Warn, s.t.Glyphs.Warn, "The journal does not have the outcome: "+a.JournalProblem.String())
	case a.JournalID != "":
		s.prose(3, s.t.Muted, "In the journal as "+a.JournalID+s.fr.named(": {u} undoes it now, {H} and {u later} later, or oomedic undo ")+a.JournalID)
	}
	if f.Phase == FixWatching && f.Plan != nil && f.Plan.Change.Way.Template() {
		return // the pods that were resized first were replaced since
	}
	if len(a.Targets) > 1 || (len(a.Targets) == 1 && a.Targets[0].Kind == "Pod") {
		layTargets(s, f)
	}
}

// layRolling shows how far the change has come to the pods.
func layRolling(s *sheet, fr Frame, f *Fix, sign string) {
	layApplied(s, fr, f)
	s.blank()
	r := f.Rollout
	if r == nil {
		s.note(1, s.t.Info, sign, "Waiting for the first word of the rollout "+s.t.Glyphs.Ellipsis)
	} else {
		layRollout(s, r, sign)
	}
	layBlocking(s, f, sign)
	if f.Problem != "" {
		s.note(1, s.t.Warn, s.t.Glyphs.Warn, "The progress can't be read now: "+f.Problem.String())
	}
	if f.Plan != nil && f.Plan.Effect != "" {
		s.prose(3, s.t.Muted, f.Plan.Effect.String())
	}
	if f.Healing != nil && len(f.Healing.Killed) > 0 {
		layKilledAgain(s, fr, f)
	}
}

// layRollout writes a bar and the counts of pods, and what is waited for.
func layRollout(s *sheet, r *data.Rollout, sign string) {
	if r.Desired > 0 {
		s.add(" " + bar(s.t, s.t.Accent, float64(min(r.Updated, r.Ready))/float64(r.Desired), min(progressBar, s.width-2)))
	}
	if r.Desired > 0 || len(r.Resizes) == 0 {
		s.prose(1, s.t.Text, rolloutText(r))
	}
	switch {
	case r.Failed && r.Desired == 0 && len(r.Resizes) > 0:
		s.alert(1, s.t.Bad, s.t.Glyphs.Bad, "The resize cannot go on: "+r.Waits.String())
		s.prose(3, s.t.Text, s.fr.named("What to do: {u} takes it back. Then {f} and {w}: a change of the template makes new pods, which go to a node with room."))
	case r.Failed:
		s.alert(1, s.t.Bad, s.t.Glyphs.Bad, "The rollout cannot go on: "+r.Waits.String())
		s.prose(3, s.t.Text, s.fr.named("What to do: {u} puts the former values back, {e} tries other numbers. The pods that ran before keep running as far as the strategy allows."))
	case r.Waits != "":
		s.note(1, s.t.Info, sign, r.Waits.String())
	}
}

// layBlocking explains the pod that keeps the rollout from going on, and what can be done.
func layBlocking(s *sheet, f *Fix, sign string) {
	switch {
	case f.Ending != nil && f.EndProblem != "":
		s.alert(1, s.t.Bad, s.t.Glyphs.Bad, "Pod "+f.Ending.Name.String()+" was not deleted: "+f.EndProblem.String())
	case f.Ending != nil:
		s.note(1, s.t.Info, sign, "Pod "+f.Ending.Name.String()+" is being deleted; its controller makes a new one "+s.t.Glyphs.Ellipsis)
	case f.Rollout != nil && f.Rollout.Blocking != nil:
		s.alert(1, s.t.Warn, s.t.Glyphs.Warn, "Pod "+f.Rollout.Blocking.Name.String()+" has the former size and never becomes ready, so the controller waits for it and replaces nothing.")
		s.prose(3, s.t.Text, s.fr.named("What to do: {x} deletes that pod, and it comes back with the new size. Or {u}, then {f} and {w}: in place it needs no deleting."))
	}
}

// rolloutText writes the counts of pods in one sentence.
func rolloutText(r *data.Rollout) string {
	text := fmt.Sprintf("%d of %s updated, %d ready", r.Updated, counted(int(r.Desired), "pod"), r.Ready)
	if r.Old > 0 {
		text += fmt.Sprintf(", %d with the former size", r.Old)
	}
	return text
}

// layWatching shows whether the change has ended the kills.
func layWatching(s *sheet, fr Frame, f *Fix, sign string) {
	layApplied(s, fr, f)
	layNewMemory(s, f)
	if f.Rollout != nil && f.Rollout.Desired > 0 && len(f.Rollout.Resizes) == 0 {
		s.note(1, s.t.OK, s.t.Glyphs.OK, "Rolled out: "+rolloutText(f.Rollout)+".")
	}
	s.blank()
	h := f.Healing
	if h == nil {
		s.note(1, s.t.Info, sign, "Watching for the next kill "+s.t.Glyphs.Ellipsis)
		return
	}
	if len(h.Killed) > 0 {
		layKilledAgain(s, fr, f)
		return
	}
	s.hang(" ", s.t.Strong, upperFirst(h.Says.String())+".")
	s.prose(1, s.t.Muted, "Watched since "+fr.Now.Add(-h.Watched).In(fr.Zone).Format("15:04:05")+".")
	s.blank()
	switch {
	case h.Enough:
		s.alert(1, s.t.OK, s.t.Glyphs.OK, "Healed, as far as can be said: it has lived long enough without a kill.")
	case h.Usual != nil:
		s.note(1, s.t.Info, sign, "Too early to be sure: three usual lives without a kill are needed. You may leave; the list shows the next kill.")
	default:
		s.note(1, s.t.Info, sign, "Too early to be sure: how long it used to live is not known. You may leave; the list shows the next kill.")
	}
	if d := f.Diagnosis; d != nil && !f.Undo && d.Recommendation.Limit != nil && !d.Recommendation.Cures {
		s.note(1, s.t.Warn, s.t.Glyphs.Warn, s.fr.named("The cause goes on: this size only buys time. {d} shows what to do about it."))
	}
	if f.Problem != "" {
		s.note(1, s.t.Warn, s.t.Glyphs.Warn, "The pods can't be read now: "+f.Problem.String())
	}
}

// layNewMemory shows what the pods with the new size use, against the new limit.
func layNewMemory(s *sheet, f *Fix) {
	m := f.Memory
	if m == nil {
		return
	}
	label := Render(s.t.Muted, Pad("  memory", statLabel))
	if m.Peak == nil {
		s.hang(label, s.t.Muted, "under the new limit: not known yet"+because(m.Why))
		return
	}
	text := "peak " + Bytes(m.Peak)
	if limit := f.Applied.After.Limit; limit != nil && *limit > 0 {
		text += fmt.Sprintf(" of the new limit %s, %d%%", exactBytes(limit), *m.Peak*100 / *limit)
		if len(m.Spark) > 0 && s.width >= statLabel+Width(text)+newSpark+2 {
			pens := sparkPens{penOf(s.t.Usage), penOf(s.t.Kill), penOf(s.t.Gap)}
			label += drawSpark(sparkCells(m.Spark, float64(*limit), newSpark), &s.t.Glyphs, pens) + "  "
		}
	}
	s.hang(label, s.t.Text, text+" ("+counted(m.Pods, "pod")+")")
}

// newSpark is the width of the sparkline of the new pods in cells.
const newSpark = 16

func because(why data.Text) string {
	if why == "" {
		return ""
	}
	return " (" + why.String() + ")"
}

// killsListed is how many kills since the change are written out, the newest.
const killsListed = 4

// layKilledAgain says that the change did not end the kills, and what to do next.
func layKilledAgain(s *sheet, fr Frame, f *Fix) {
	h := f.Healing
	s.alert(1, s.t.Bad, s.t.Glyphs.Bad, "Killed again with the new size: "+counted(len(h.Killed), "time")+".")
	s.hang(" "+Render(s.t.Header, "What to do:")+" ", s.t.Text,
		s.fr.named("{e} raises the numbers further, {d} looks at the cause again (a leak comes back with any size), {u} puts the former values back."))
	s.blank()
	from := max(0, len(h.Killed)-killsListed)
	if from > 0 {
		s.prose(3, s.t.Muted, fmt.Sprintf("and %d before", from))
	}
	for _, k := range h.Killed[from:] {
		s.prose(3, s.t.Text, killText(fr, k))
	}
}

// killText writes one kill: when, how long ago, after how long a life.
func killText(fr Frame, k data.Kill) string {
	text := "time not known"
	if !k.At.IsZero() {
		text = k.At.In(fr.Zone).Format("15:04:05") + ", " + Ago(k.At, fr.Now) + " ago"
	}
	if !k.StartedAt.IsZero() && k.At.After(k.StartedAt) {
		text += ", after a life of " + Span(k.At.Sub(k.StartedAt).Round(time.Second))
	}
	if k.Reason != "" {
		text += ", " + k.Reason.String()
	}
	return text
}
