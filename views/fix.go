package views

import (
	"slices"

	"github.com/oomedic/oomedic/data"
)

// FixScreen is the dialog of a change of memory: the numbers, the ways, what was checked, the diff that the API server
// would store, yes or no, and then how the change comes to the pods.
type FixScreen struct {
	key     data.Key
	state   *State
	reading reading
	edit    *fixEdit    // nil unless numbers are being typed
	confirm *fixConfirm // nil unless the workload's name is being typed
	export  *fixExport  // nil unless the forms of the change are looked at
	ending  *data.PodKey
	asked   bool // the question about the pod to end was drawn
	unfold  bool // all checks are shown, not just those that warn
	raw     bool // the bytes of the patch are shown, not the diff
	seen    fixSeen
	fr      Frame // of the last drawing, which names the keys
	drawn   *data.Plan
	agreed  *data.Plan
}

// NewFix returns the dialog for the container with key k.
func NewFix(k data.Key) *FixScreen { return &FixScreen{key: k} }

// Selected returns the container that the dialog is about.
func (s *FixScreen) Selected() (data.Key, bool) { return s.key, true }

// Title is the dialog's part of the breadcrumb.
func (s *FixScreen) Title() data.Text { return "Fix" }

// Typing reports whether numbers or a name are being typed.
func (s *FixScreen) Typing() bool { return s.edit != nil || s.confirm != nil }

// Set hands over the newest state. A new plan is read from its top.
func (s *FixScreen) Set(st *State) {
	was := s.fix()
	s.state = st
	now := s.fix()
	if was.Phase != now.Phase || was.Plan != now.Plan {
		s.reading.top = 0
		s.confirm, s.export, s.raw = nil, nil, false
	}
	if s.edit != nil && !canEdit(now) {
		s.edit = nil
	}
	if s.ending != nil && !sameEnding(now, *s.ending) {
		s.ending = nil
	}
	if c := s.confirm; c != nil && c.pod != nil && !sameEnding(now, *c.pod) {
		s.confirm = nil
	}
}

// fix returns the state of the dialog; one that is just beginning when the app has none for this container.
func (s *FixScreen) fix() *Fix {
	if s.state != nil && s.state.Fix != nil && s.state.Fix.Key == s.key {
		return s.state.Fix
	}
	return &Fix{Key: s.key, Phase: FixPlanning}
}

// readOnly reports whether nothing may be applied.
func (s *FixScreen) readOnly() bool { return s.fix().ReadOnly || (s.state != nil && s.state.ReadOnly) }

// canEdit reports whether other numbers can be asked for: not while the server is being asked or pods are replaced.
func canEdit(f *Fix) bool {
	if f.Diagnosis == nil || unsupported(f) {
		return false
	}
	switch f.Phase {
	case FixPlanned, FixRefused, FixFailed, FixWatching:
		return true
	case FixRolling:
		return f.Rollout != nil && f.Rollout.Failed
	}
	return false
}

// canUndo reports whether something was stored that can be taken back.
func canUndo(f *Fix) bool {
	if f.Applied == nil || f.Plan == nil {
		return false
	}
	switch f.Phase {
	case FixRolling, FixWatching:
		return true
	case FixFailed:
		return slices.ContainsFunc(f.Applied.Targets, func(t data.Target) bool { return t.State == data.TargetStored || t.State == data.TargetUnknown })
	}
	return false
}

// canTryAgain reports whether the same wish can be put to the server once more.
func canTryAgain(f *Fix) bool {
	wish := f.Limit != nil || f.Request != nil || f.Undo
	return (f.Phase == FixRefused || f.Phase == FixFailed) && (f.Diagnosis != nil || f.Entry != nil) && wish && !unsupported(f)
}

// canExport reports whether there is a form of the change to look at.
func canExport(f *Fix) bool {
	return f.Plan != nil && f.Phase != FixPlanning && len(f.Plan.Export) > 0
}

// View draws the dialog: its head, what the phase has to say, and the command with the question.
func (s *FixScreen) View(fr Frame) string {
	s.fr = fr
	f := s.fix()
	head := fixHead(fr, f, s.where())
	foot := s.foot(fr, f, max(1, fr.Height-len(head)-3))
	body := s.cutBody(fr, f, &head, len(foot))
	if again := s.foot(fr, f, max(1, fr.Height-len(head)-3)); len(again) == len(foot) {
		foot = again // what was just drawn decides what is asked
	} else {
		head, foot = fixHead(fr, f, s.where()), again
		body = s.cutBody(fr, f, &head, len(foot))
	}
	return Fill(fr, append(append(head, body...), foot...))
}

// cutBody lays out the body in the room that head and foot leave it, and notes what of the diff is seen in it. The empty
// line below the head goes first when there is not enough.
func (s *FixScreen) cutBody(fr Frame, f *Fix, head *[]string, foot int) []string {
	room := max(0, fr.Height-len(*head)-foot)
	sh, diff := s.body(fr, f, false)
	if len(sh.lines) > room {
		*head, room = (*head)[:len(*head)-1], room+1
		sh, diff = s.body(fr, f, true)
	}
	body := s.reading.cut(sh.lines, room, fr.Theme)
	s.look(fr, f, diff)
	if len(body) < room {
		body = append(body[:len(body):len(body)], "")
	}
	return body
}

// historyProgress says how much of the history has come that the diagnosis waits for.
func (s *FixScreen) historyProgress() string {
	if s.state == nil {
		return ""
	}
	if l := s.state.Diagnoses[s.key]; l != nil && l.Loading {
		return progressText(l.Done, l.Total)
	}
	return ""
}

// where names the cluster that would be changed.
func (s *FixScreen) where() data.Text {
	if s.state == nil || s.state.Board == nil {
		return ""
	}
	if c := s.state.Board.Cluster; c.Context != "" {
		return c.Context
	}
	return s.state.Board.Cluster.Server
}

// span is a range of lines of a sheet, from up to, not including, end.
type span struct{ from, end int }

// body lays out the form or what the phase has to say, and returns where the diff stands in it.
func (s *FixScreen) body(fr Frame, f *Fix, tight bool) (*sheet, span) {
	sh := &sheet{t: fr.Theme, width: fr.Width, whole: true, fr: fr}
	switch {
	case s.edit != nil:
		s.edit.lay(sh, f)
	case s.export != nil:
		s.export.lay(sh)
	default:
		return sh, s.layPhase(sh, fr, f, tight)
	}
	return sh, span{}
}

// layPhase writes what the phase has to say.
func (s *FixScreen) layPhase(sh *sheet, fr Frame, f *Fix, tight bool) (diff span) {
	frames := 0
	if s.state != nil {
		frames = s.state.Frames
	}
	sign := turning(fr.Theme, frames)
	switch f.Phase {
	case FixPlanning:
		layPlanning(sh, f, sign, s.historyProgress())
	case FixPlanned:
		return s.layPlanned(sh, f, tight)
	case FixRefused, FixFailed:
		layProblem(sh, f)
	case FixApplying:
		layNumbers(sh, f, tight)
		sh.blank()
		sh.note(1, sh.t.Info, sign, "Applying: the API server is asked to store this "+sh.t.Glyphs.Ellipsis)
		if len(fixTargets(f)) > 1 {
			layTargets(sh, f)
		}
	case FixRolling:
		layRolling(sh, fr, f, sign)
	case FixWatching:
		layWatching(sh, fr, f, sign)
	}
	return span{}
}

// layPlanned writes all that there is to know before yes: numbers, ways, who else decides, checks, and the diff.
func (s *FixScreen) layPlanned(sh *sheet, f *Fix, tight bool) span {
	layAmounts(sh, f, tight)
	layWays(sh, f, tight)
	layKnobs(sh, f)
	layManagers(sh, f)
	layCautions(sh, f)
	layChecks(sh, f, s.unfold)
	if s.raw {
		layPatch(sh, f.Plan)
		return span{}
	}
	return layDiff(sh, f, s.where(), tight)
}
