package views

import (
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
)

// fixEdit is a form of half-typed numbers: limit and request, and the sizeLimit of a volume in memory where there is one.
type fixEdit struct {
	fields []textinput.Model
	at     int
	volume data.Text // whose sizeLimit the third field is; empty without one
}

// The order of the fields.
const (
	editLimit = iota
	editRequest
	editSize
)

// name is the label of a field.
func (e *fixEdit) name(i int) string {
	return [...]string{"limit", "request", "tmpfs"}[i]
}

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
	e := &fixEdit{volume: memoryVolume(f)}
	wanted, now := []*int64{f.Limit, f.Request}, []*int64{before.Limit, before.Request}
	if e.volume != "" {
		var size *int64
		if v := f.Change.SizeLimit; v != nil && v.Volume == e.volume {
			size = &v.Bytes
		}
		wanted, now = append(wanted, size), append(now, nil)
	}
	for i, n := range wanted {
		if n == nil {
			n = now[i]
		}
		in := textinput.New()
		in.Prompt = ""
		in.CharLimit = editMost
		in.SetWidth(editWidth)
		if n != nil {
			in.SetValue(data.Quantity(*n))
		}
		e.fields = append(e.fields, in)
	}
	e.fields[e.at].Focus()
	return e
}

// memoryVolume is the emptyDir in memory whose sizeLimit can be set: the one of the last wish, else the first that the
// container mounts. Empty without one.
func memoryVolume(f *Fix) data.Text {
	if f.Change.SizeLimit != nil {
		return f.Change.SizeLimit.Volume
	}
	if d := f.Diagnosis; d != nil && len(d.Container.MemoryVolumes) > 0 {
		return d.Container.MemoryVolumes[0]
	}
	return ""
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
		step := 1
		if k := m.String(); k == "up" || k == "shift+tab" {
			step = len(e.fields) - 1
		}
		e.at = (e.at + step) % len(e.fields)
		e.fields[e.at].Focus()
	case key.Matches(m, editPlan):
		c := e.check(s.fix().Diagnosis)
		if c.wrong() {
			return Say{"These numbers can't be used; see the line below the field."}
		}
		s.edit = nil
		p := PlanFix{Key: s.key, Limit: c.bytes[editLimit], Request: c.bytes[editRequest]}
		if n := c.bytes[editSize]; n != nil {
			p.Size = &data.VolumeSize{Volume: e.volume, Bytes: *n}
		}
		return p
	default:
		e.fields[e.at], _ = e.fields[e.at].Update(m)
	}
	return nil
}

// editCheck is what is wrong with the numbers typed so far.
type editCheck struct {
	bytes    [3]*int64
	errs     [3]string
	problems []data.Text // of both together
	warnings []data.Text
}

func (c editCheck) wrong() bool {
	return c.errs[editLimit] != "" || c.errs[editRequest] != "" || c.errs[editSize] != "" || len(c.problems) > 0
}

// check reads both fields; when both are numbers it judges them together.
func (e *fixEdit) check(d *analysis.Diagnosis) editCheck {
	var c editCheck
	for i := range e.fields {
		if i == editSize && strings.TrimSpace(e.fields[i].Value()) == "" {
			continue // stays as it is
		}
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
	if size, limit := c.bytes[editSize], c.bytes[editLimit]; size != nil && limit != nil && *size >= *limit {
		c.problems = append(c.problems, data.Textf("the volume %s counts against the limit: its size must be below the limit of %s", e.volume, data.Quantity(*limit)))
	}
	return c
}

// lay writes the form with what is wrong under each field.
func (e *fixEdit) lay(s *sheet, f *Fix) {
	c, now := e.check(f.Diagnosis), fixBefore(f)
	s.prose(1, s.t.Header, "Edit the numbers")
	for i := range e.fields {
		var is *int64
		switch {
		case i == editLimit:
			is = now.Limit
		case i == editRequest:
			is = now.Request
		}
		e.layField(s, i, is, c)
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
	beside := "  now " + exactBytes(now)
	if i == editSize {
		beside = "  sizeLimit of volume " + e.volume.String() + ", in memory; empty leaves it"
	}
	s.add(Cut(mark+Render(s.t.Muted, Pad(e.name(i), statLabel-2))+"["+e.fields[i].View()+"]"+Render(s.t.Muted, beside), s.width))
	if c.errs[i] != "" {
		s.alert(statLabel, s.t.Bad, s.t.Glyphs.Bad, upperFirst(c.errs[i])+".")
	}
}

// styleField gives a field the theme's styles; the cursor does not blink, since nothing else here moves by itself.
func styleField(in *textinput.Model, t *themes.Theme) {
	state := textinput.StyleState{Text: t.Input, Placeholder: t.Faint, Suggestion: t.Faint, Prompt: t.Muted}
	in.SetStyles(textinput.Styles{Focused: state, Blurred: state})
}
