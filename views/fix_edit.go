package views

import (
	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
)

// fixEdit is a form of two half-typed numbers.
type fixEdit struct {
	fields [2]textinput.Model // limit, request
	at     int
}

// The order of the fields.
const (
	editLimit = iota
	editRequest
)

// editNames are the labels of the fields.
var editNames = [2]string{"limit", "request"}

// editWidth is the room of a field in cells, and editMost how many runes it takes.
const (
	editWidth = 14
	editMost  = 24
)

// The keys of the form.
var (
	editPlan  = key.NewBinding(key.WithKeys("enter"), key.WithHelp("enter", "show the diff"))
	editNext  = key.NewBinding(key.WithKeys("tab", "shift+tab", "up", "down"), key.WithHelp("tab", "other field"))
	editLeave = key.NewBinding(key.WithKeys("esc"), key.WithHelp("esc", "leave editing"))
	editKeys  = []key.Binding{editPlan, editNext, editLeave}
)

// newFixEdit returns a form that holds the numbers of f; without any, those that the template has.
func newFixEdit(f *Fix) *fixEdit {
	before := fixBefore(f)
	e := &fixEdit{}
	for i, n := range [2]*int64{f.Limit, f.Request} {
		if n == nil {
			n = [2]*int64{before.Limit, before.Request}[i]
		}
		in := textinput.New()
		in.Prompt = ""
		in.CharLimit = editMost
		in.SetWidth(editWidth)
		if n != nil {
			in.SetValue(data.Quantity(*n))
		}
		e.fields[i] = in
	}
	e.fields[e.at].Focus()
	return e
}

// pressEdit handles a key while numbers are typed.
func (s *FixScreen) pressEdit(m tea.KeyPressMsg) Intent {
	e := s.edit
	switch {
	case key.Matches(m, editLeave):
		s.edit = nil
		return Say{"Editing left: the numbers are as they were."}
	case key.Matches(m, editNext):
		e.fields[e.at].Blur()
		e.at = 1 - e.at
		e.fields[e.at].Focus()
	case key.Matches(m, editPlan):
		c := e.check(s.fix().Diagnosis)
		if c.wrong() {
			return Say{"These numbers can't be used; see the line below the field."}
		}
		s.edit = nil
		return PlanFix{Key: s.key, Limit: c.bytes[editLimit], Request: c.bytes[editRequest]}
	default:
		e.fields[e.at], _ = e.fields[e.at].Update(m)
	}
	return nil
}

// editCheck is what is wrong with the numbers typed so far.
type editCheck struct {
	bytes    [2]*int64
	errs     [2]string
	problems []data.Text // of both together
	warnings []data.Text
}

func (c editCheck) wrong() bool { return c.errs[0] != "" || c.errs[1] != "" || len(c.problems) > 0 }

// check reads both fields; when both are numbers it judges them together.
func (e *fixEdit) check(d *analysis.Diagnosis) editCheck {
	var c editCheck
	for i := range e.fields {
		n, err := data.ParseBytes(e.fields[i].Value())
		if err != nil {
			c.errs[i] = data.Clean(err.Error()).String()
			continue
		}
		c.bytes[i] = &n
	}
	if d != nil && c.errs[0] == "" && c.errs[1] == "" {
		c.problems, c.warnings = analysis.CheckSize(c.bytes[editLimit], c.bytes[editRequest], d)
	}
	return c
}

// lay writes the form with what is wrong under each field.
func (e *fixEdit) lay(s *sheet, f *Fix) {
	c, now := e.check(f.Diagnosis), fixBefore(f)
	s.prose(1, s.t.Header, "Edit the numbers")
	for i := range e.fields {
		e.layField(s, i, [2]*int64{now.Limit, now.Request}[i], c)
	}
	s.blank()
	for _, p := range c.problems {
		s.alert(1, s.t.Bad, s.t.Glyphs.Bad, upperFirst(p.String())+".")
	}
	for _, w := range c.warnings {
		s.note(1, s.t.Warn, s.t.Glyphs.Warn, upperFirst(w.String())+".")
	}
	if !c.wrong() {
		w, container := fixTarget(f)
		s.command(0, data.SetResourcesCommand(w, container, data.Resources{Limit: c.bytes[editLimit], Request: c.bytes[editRequest]}), false)
	}
	if d := f.Diagnosis; d != nil && d.Recommendation.Limit != nil {
		s.prose(1, s.t.Muted, "Recommended: limit "+Bytes(d.Recommendation.Limit)+", request "+Bytes(d.Recommendation.Request)+".")
	}
}

func (e *fixEdit) layField(s *sheet, i int, now *int64, c editCheck) {
	mark := "  "
	if i == e.at {
		mark = Render(s.t.Accent, s.t.Glyphs.Cursor) + " "
	}
	styleField(&e.fields[i], s.t)
	s.add(mark + Render(s.t.Muted, Pad(editNames[i], statLabel-2)) + "[" + e.fields[i].View() + "]" +
		Render(s.t.Muted, "  now "+exactBytes(now)))
	if c.errs[i] != "" {
		s.alert(statLabel, s.t.Bad, s.t.Glyphs.Bad, upperFirst(c.errs[i])+".")
	}
}

// styleField gives a field the theme's styles; the cursor does not blink, since nothing else here moves by itself.
func styleField(in *textinput.Model, t *themes.Theme) {
	state := textinput.StyleState{Text: t.Input, Placeholder: t.Faint, Suggestion: t.Faint, Prompt: t.Muted}
	in.SetStyles(textinput.Styles{Focused: state, Blurred: state})
}
