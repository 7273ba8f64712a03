package views

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
)

// FixScreen is the dialog of a change of memory: the numbers, the diff that the API server would store, yes or no,
// and then how the change comes to the pods.
type FixScreen struct {
	key     data.Key
	state   *State
	reading reading
	edit    *fixEdit // nil unless numbers are being typed
	drawn   *data.Plan
	agreed  *data.Plan
}

// NewFix returns the dialog for the container with key k.
func NewFix(k data.Key) *FixScreen { return &FixScreen{key: k} }

// Selected returns the container that the dialog is about.
func (s *FixScreen) Selected() (data.Key, bool) { return s.key, true }

// Title is the dialog's part of the breadcrumb.
func (s *FixScreen) Title() data.Text { return "Fix" }

// Typing reports whether numbers are being typed.
func (s *FixScreen) Typing() bool { return s.edit != nil }

// Set hands over the newest state. A new plan is read from its top.
func (s *FixScreen) Set(st *State) {
	was := s.fix()
	s.state = st
	now := s.fix()
	if was.Phase != now.Phase || was.Plan != now.Plan {
		s.reading.top = 0
	}
	if s.edit != nil && !canEdit(now) {
		s.edit = nil
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

// The keys of the dialog.
var (
	fixYes       = key.NewBinding(key.WithKeys("y"), key.WithHelp("y", "yes"))
	fixNo        = key.NewBinding(key.WithKeys("n"), key.WithHelp("n", "no"))
	fixEditKey   = key.NewBinding(key.WithKeys("e"), key.WithHelp("e", "edit numbers"))
	fixCopy      = key.NewBinding(key.WithKeys("c", "Y"), key.WithHelp("c", "copy command"))
	fixUndo      = key.NewBinding(key.WithKeys("u"), key.WithHelp("u", "undo"))
	fixAgain     = key.NewBinding(key.WithKeys("r"), key.WithHelp("r", "try again"))
	fixDiagnosis = key.NewBinding(key.WithKeys("d"), key.WithHelp("d", "diagnosis"))
	fixRead      = key.NewBinding(key.WithKeys("j", "k", "down", "up", "ctrl+d", "ctrl+u", "pgdown", "pgup", "g", "G", "home", "end"), key.WithHelp("j/k", "scroll"))
)

// Keys are the bindings that work now.
func (s *FixScreen) Keys() []key.Binding {
	if s.edit != nil {
		return editKeys
	}
	out := s.choices()
	if s.fix().Command != "" {
		out = append(out, fixCopy)
	}
	return append(out, fixRead)
}

// choices are the keys that decide something now; they stand in the dialog itself too.
func (s *FixScreen) choices() []key.Binding {
	f := s.fix()
	var out []key.Binding
	if f.Phase == FixPlanned {
		if q := s.question(); q == askApply || q == askUndo {
			out = append(out, fixYes)
		}
		out = append(out, fixNo)
	}
	if canUndo(f) {
		out = append(out, fixUndo)
	}
	if canEdit(f) {
		out = append(out, fixEditKey)
	}
	if canTryAgain(f) {
		out = append(out, fixAgain)
	}
	if f.Phase == FixRefused || f.Phase == FixFailed || f.Phase == FixWatching {
		out = append(out, fixDiagnosis)
	}
	return out
}

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

// canUndo reports whether a change was applied and its former values are both known.
func canUndo(f *Fix) bool {
	return f.Applied != nil && f.Plan != nil && f.Plan.Before.Limit != nil && f.Plan.Before.Request != nil &&
		(f.Phase == FixRolling || f.Phase == FixWatching)
}

// canTryAgain reports whether the same numbers can be put to the server once more.
func canTryAgain(f *Fix) bool {
	return (f.Phase == FixRefused || f.Phase == FixFailed) && f.Diagnosis != nil && (f.Limit != nil || f.Request != nil) && !unsupported(f)
}

// Press handles a key.
func (s *FixScreen) Press(m tea.KeyPressMsg) Intent {
	if s.edit != nil {
		return s.pressEdit(m)
	}
	f := s.fix()
	switch {
	case key.Matches(m, fixYes):
		return s.yes(f)
	case key.Matches(m, fixNo):
		if f.Phase == FixPlanned {
			return Back{}
		}
	case key.Matches(m, fixEditKey):
		if canEdit(f) {
			s.edit = newFixEdit(f)
		}
	case key.Matches(m, fixCopy):
		if f.Command == "" {
			return Say{"There is no command to copy."}
		}
		return Copy{Text: f.Command, What: "kubectl command"}
	case key.Matches(m, fixUndo):
		return s.undo(f)
	case key.Matches(m, fixAgain):
		if canTryAgain(f) {
			return PlanFix{Key: s.key, Limit: f.Limit, Request: f.Request, Undo: f.Undo}
		}
	case key.Matches(m, fixDiagnosis):
		return OpenDiagnosis{s.key}
	default:
		s.reading.press(m.String())
	}
	return nil
}

// yes agrees to the plan that was drawn last, once. In any phase but planned the key means nothing.
func (s *FixScreen) yes(f *Fix) Intent {
	if f.Phase != FixPlanned || f.Plan == nil {
		return nil
	}
	switch s.question() {
	case askNothing:
		return Say{"Nothing would change, so nothing is applied."}
	case askReadOnly:
		return Say{"Read-only: nothing is applied. Copy the command with c."}
	}
	if f.Plan != s.drawn {
		return Say{"The diff is new: read it, then press y."}
	}
	if f.Plan == s.agreed {
		return nil
	}
	s.agreed = f.Plan
	return ApplyFix{f.Plan}
}

// undo asks for a dry run of the former values.
func (s *FixScreen) undo(f *Fix) Intent {
	switch {
	case canUndo(f):
		return PlanFix{Key: s.key, Limit: f.Plan.Before.Limit, Request: f.Plan.Before.Request, Undo: true}
	case f.Applied != nil && f.Plan != nil && (f.Phase == FixRolling || f.Phase == FixWatching):
		return Say{"There was no limit or no request before, so the former values can't be put back from here."}
	}
	return nil
}

// View draws the dialog: its head, what the phase has to say, and the command with the question.
func (s *FixScreen) View(fr Frame) string {
	f := s.fix()
	head := fixHead(fr, f)
	foot := s.foot(fr, f, max(1, fr.Height-len(head)-3))
	room := max(0, fr.Height-len(head)-len(foot))
	sh := s.body(fr, f, false)
	if len(sh.lines) > room {
		head, room = head[:len(head)-1], room+1 // the empty line below the head goes first
		sh = s.body(fr, f, true)
	}
	s.drawn = nil
	if f.Phase == FixPlanned && s.edit == nil {
		s.drawn = f.Plan
	}
	body := s.reading.cut(sh.lines, room, fr.Theme)
	if len(body) < room {
		body = append(body[:len(body):len(body)], "")
	}
	return Fill(fr, append(append(head, body...), foot...))
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

// body lays out the form or what the phase has to say.
func (s *FixScreen) body(fr Frame, f *Fix, tight bool) *sheet {
	sh := &sheet{t: fr.Theme, width: fr.Width, whole: true}
	if s.edit != nil {
		s.edit.lay(sh, f)
	} else {
		s.layPhase(sh, fr, f, tight)
	}
	return sh
}

// layPhase writes what the phase has to say.
func (s *FixScreen) layPhase(sh *sheet, fr Frame, f *Fix, tight bool) {
	frames := 0
	if s.state != nil {
		frames = s.state.Frames
	}
	switch f.Phase {
	case FixPlanning:
		layPlanning(sh, f, turning(fr.Theme, frames), s.historyProgress())
	case FixPlanned:
		layNumbers(sh, f)
		layDiff(sh, f, tight)
	case FixRefused, FixFailed:
		layProblem(sh, f)
	case FixApplying:
		layNumbers(sh, f)
		sh.blank()
		sh.note(1, sh.t.Info, turning(fr.Theme, frames), "Applying: the API server is asked to store this "+sh.t.Glyphs.Ellipsis)
	case FixRolling:
		layRolling(sh, fr, f, turning(fr.Theme, frames))
	case FixWatching:
		layWatching(sh, fr, f, turning(fr.Theme, frames))
	}
}
