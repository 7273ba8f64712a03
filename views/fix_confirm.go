package views

import (
	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
)

// fixConfirm is the workload's name being typed, for a change that needs more than a yes.
type fixConfirm struct {
	field textinput.Model
	name  string // what must be typed
	why   string
	tries int
	pod   *data.PodKey // to be ended; nil when the plan is to be applied
}

// The keys of the confirmation.
var (
	confirmApply = key.NewBinding(key.WithKeys("enter"), key.WithHelp("enter", "apply"))
	confirmLeave = key.NewBinding(key.WithKeys("esc"), key.WithHelp("esc", "no"))
	confirmEnd   = key.NewBinding(key.WithKeys("enter"), key.WithHelp("enter", "delete the pod"))
	confirmKeys  = []key.Binding{confirmApply, confirmLeave}
)

// nameMost is how many runes a name may have: the API's bound for the names of objects.
const nameMost = 253

// newFixConfirm returns an empty line for the name of the workload of f.
func newFixConfirm(f *Fix) *fixConfirm {
	w, _ := fixTarget(f)
	c := &fixConfirm{name: w.Name.String(), why: typingReason(f)}
	c.field = textinput.New()
	c.field.Prompt = ""
	c.field.CharLimit = nameMost
	c.field.Focus()
	return c
}

// typingReason says why the name must be typed.
func typingReason(f *Fix) string {
	if checks := f.Plan.NeedsTyping(); len(checks) > 0 {
		return upperFirst(checks[0].Says.String())
	}
	return protectedContext
}

// protectedContext is why the name must be typed where the configuration file says so.
const protectedContext = "This context is protected"

// keys are what can be pressed while the name is typed.
func (c *fixConfirm) keys() []key.Binding {
	if c.pod != nil {
		return []key.Binding{confirmEnd, confirmLeave}
	}
	return confirmKeys
}

// pressConfirm handles a key while the name is typed. Nothing but the whole name and enter is a yes.
func (s *FixScreen) pressConfirm(m tea.KeyPressMsg) Intent {
	f, c := s.fix(), s.confirm
	switch {
	case key.Matches(m, confirmLeave):
		s.confirm = nil
		if c.pod != nil {
			return Say{data.Textf("Pod %s stays.", c.pod.Name)}
		}
		return Say{"Nothing was applied."}
	case key.Matches(m, confirmApply):
		switch {
		case c.field.Value() != c.name:
			c.tries++
			return Say{"That is not the name: nothing was done."}
		case c.pod != nil:
			pod := *c.pod
			s.confirm = nil
			if !sameEnding(f, pod) {
				return Say{"That pod does not block the rollout any more."}
			}
			return EndPod{Pod: pod, Typed: data.Clean(c.field.Value())}
		case f.Phase != FixPlanned || f.Plan == nil || f.Plan != s.drawn || f.Plan == s.agreed:
			s.confirm = nil
			return Say{data.Clean(s.fr.named("The diff is new: read it, then press {y}."))}
		}
		s.confirm, s.agreed = nil, f.Plan
		return ApplyFix{Plan: f.Plan, Typed: data.Clean(c.field.Value())}
	default:
		c.field, _ = c.field.Update(m)
	}
	return nil
}

// lines draws the reason and the line to type in.
func (c *fixConfirm) lines(t *themes.Theme, width int) []string {
	sh := &sheet{t: t, width: width}
	what := "To apply"
	if c.pod != nil {
		what = "To delete pod " + c.pod.Name.String()
	}
	sh.alert(1, t.Warn, t.Glyphs.Warn, c.why+". "+what+", type the workload's name: "+c.name)
	styleField(&c.field, t)
	c.field.SetWidth(max(8, min(len(c.name)+4, width-8)))
	mark := ""
	if c.tries > 0 && c.field.Value() != "" && c.field.Value() != c.name {
		mark = Render(t.Bad, "  "+t.Glyphs.Bad+" not the name")
	}
	sh.add(" " + Render(t.Accent, t.Glyphs.Cursor) + " [" + c.field.View() + "]" + mark)
	return sh.lines
}

// sameEnding reports whether a pod is still the one that blocks, so that the question about it stands.
func sameEnding(f *Fix, pod data.PodKey) bool {
	return canEnd(f) && *f.Rollout.Blocking == pod
}

// canEnd reports whether a pod blocks the rollout and may be ended.
func canEnd(f *Fix) bool {
	return f.Rollout != nil && f.Rollout.Blocking != nil && f.Ending == nil && !f.ReadOnly && (f.Phase == FixRolling || f.Phase == FixWatching)
}

// pressEnding handles a key while the question about the blocking pod is open.
func (s *FixScreen) pressEnding(m tea.KeyPressMsg) Intent {
	pod := *s.ending
	switch {
	case key.Matches(m, fixYes) && s.asked && !s.readOnly():
		s.ending = nil
		if s.fix().Protected {
			s.confirm = newFixConfirm(s.fix())
			s.confirm.pod, s.confirm.why = &pod, protectedContext
			return nil
		}
		return EndPod{Pod: pod}
	case key.Matches(m, fixYes) && s.readOnly():
		return Say{"Read-only: nothing is deleted."}
	case key.Matches(m, fixNo), key.Matches(m, confirmLeave):
		s.ending = nil
		return Say{data.Textf("Pod %s stays.", pod.Name)}
	}
	return nil
}
