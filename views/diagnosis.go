package views

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// DiagnosisScreen shows the five steps of one container's diagnosis, one at a time.
type DiagnosisScreen struct {
	key     data.Key
	state   *State
	step    int // 0 to 4
	visited [5]bool
	chosen  int  // of the step's commands
	follow  bool // the chosen command is to be scrolled into sight
	lesson  bool // how it works is told too
	option  int  // of the sizes, counted from the recommended one
	reading reading

	pickedFrom, pickedOne *analysis.Diagnosis // what the chosen size was made of, and made
	pickedAt              int
}

// NewDiagnosis returns the screen for the container with key k, at the first step.
func NewDiagnosis(k data.Key) *DiagnosisScreen {
	return &DiagnosisScreen{key: k, visited: [5]bool{true}}
}

// Selected returns the container that the screen is about.
func (s *DiagnosisScreen) Selected() (data.Key, bool) { return s.key, true }

// Title is the screen's part of the breadcrumb.
func (s *DiagnosisScreen) Title() data.Text { return "Diagnosis" }

// Typing reports false: nothing is typed here.
func (s *DiagnosisScreen) Typing() bool { return false }

// Set hands over the newest state.
func (s *DiagnosisScreen) Set(st *State) { s.state = st }

// loaded returns the diagnosis as far as it has come; an empty one when it was never asked for.
func (s *DiagnosisScreen) loaded() Loaded[analysis.Diagnosis] {
	if s.state != nil {
		if l := s.state.Diagnoses[s.key]; l != nil {
			return *l
		}
	}
	return Loaded[analysis.Diagnosis]{Loading: true}
}

// The keys of the five steps.
var (
	stepNext = key.NewBinding(key.WithKeys("enter", "space", "right", "l"), key.WithHelp("enter", "next step"))
	stepFix  = key.NewBinding(key.WithKeys("enter", "space", "right", "l"), key.WithHelp("enter", "fix"))
	stepBack = key.NewBinding(key.WithKeys("left", "h"), key.WithHelp("←", "previous step"))
	stepJump = key.NewBinding(key.WithKeys("1", "2", "3", "4", "5"), key.WithHelp("1-5", "go to step"))
	stepCopy = key.NewBinding(key.WithKeys("y"), key.WithHelp("y", "copy command"))
	stepTab  = key.NewBinding(key.WithKeys("tab", "shift+tab", "J", "K"), key.WithHelp("tab", "choose command"))
	stepSize = key.NewBinding(key.WithKeys("o"), key.WithHelp("o", "another size"))
	stepWhy  = key.NewBinding(key.WithKeys("w"), key.WithHelp("w", "how it works"))
	stepCase = key.NewBinding(key.WithKeys("c"), key.WithHelp("c", "chart"))
	stepRead = key.NewBinding(key.WithKeys("j", "k", "down", "up", "ctrl+d", "ctrl+u", "pgdown", "pgup", "g", "G", "home", "end"), key.WithHelp("j/k", "scroll"))
	stepMake = key.NewBinding(key.WithKeys("r"), key.WithHelp("r", "diagnose again"))
)

// Keys are the bindings that work now.
func (s *DiagnosisScreen) Keys() []key.Binding {
	l := s.loaded()
	var out []key.Binding
	if l.Value != nil {
		next := stepNext
		if s.step == 4 {
			next = stepFix
		}
		out = append(out, next)
		if s.step == 0 { // nothing is before it; who is new here wants to know how it works
			out = append(out, stepWhy, stepJump, stepCopy, stepTab, stepBack)
		} else {
			out = append(out, stepBack)
		}
		if s.step == 4 && len(sizeChoices(l.Value)) > 1 {
			out = append(out, stepSize)
		}
		if s.step > 0 {
			out = append(out, stepWhy, stepJump, stepCopy, stepTab)
		}
	}
	if l.Problem != "" && !l.Loading {
		out = append(out, stepMake)
	}
	return append(append(out, stepCase, stepRead), toolKeys...)
}

// Press handles a key.
func (s *DiagnosisScreen) Press(m tea.KeyPressMsg) Intent {
	l := s.loaded()
	k := m.String()
	switch {
	case key.Matches(m, toolArtifacts):
		return OpenArtifacts{Key: s.key}
	case key.Matches(m, toolProfile):
		return OpenProfile{Key: s.key}
	case key.Matches(m, stepCase):
		return OpenCase{s.key}
	case key.Matches(m, stepMake):
		if l.Problem != "" && !l.Loading {
			return OpenDiagnosis{s.key}
		}
		return nil
	case s.reading.press(k):
		s.follow = false
		return nil
	case l.Value == nil:
		return nil
	case key.Matches(m, stepNext):
		if s.step == 4 {
			return s.openFix(l.Value)
		}
		s.goTo(s.step + 1)
	case key.Matches(m, stepBack):
		s.goTo(s.step - 1)
	case key.Matches(m, stepJump):
		s.goTo(int(k[0] - '1'))
	case key.Matches(m, stepWhy):
		s.lesson = !s.lesson
	case key.Matches(m, stepSize) && s.step == 4:
		s.option--
	case key.Matches(m, stepTab):
		s.choose(s.picked(l.Value), k)
	case key.Matches(m, stepCopy):
		cmds := stepCommands(s.picked(l.Value), s.step)
		if len(cmds) == 0 {
			return Say{"This step has no command to copy."}
		}
		return Copy{Text: cmds[s.chosen%len(cmds)], What: "command"}
	}
	return nil
}

// goTo moves to a step; beyond the ends it stays.
func (s *DiagnosisScreen) goTo(step int) {
	step = max(0, min(4, step))
	if step == s.step {
		return
	}
	s.step, s.chosen, s.follow = step, 0, false
	s.reading.top = 0
	s.visited[step] = true
}

// choose moves the cursor to the next or former command, round and round.
func (s *DiagnosisScreen) choose(d *analysis.Diagnosis, k string) {
	n := len(stepCommands(d, s.step))
	if n == 0 {
		return
	}
	by := 1
	if k == "shift+tab" || k == "K" {
		by = n - 1
	}
	s.chosen = (s.chosen + by) % n
	s.follow = true
}

// View draws the rail, the question and the part of the step that fits.
func (s *DiagnosisScreen) View(f Frame) string {
	l := s.loaded()
	if l.Value == nil {
		return Fill(f, s.reading.cut(diagnosisWaiting(f, s.key, l, s.frames()), f.Height, f.Theme))
	}
	top := append(stepRail(f, l.Value, s.step, s.visited), stepHeading(f, l.Value.Steps[s.step], s.step))
	top = append(top, stepBanner(f, l, s.step, s.frames())...)
	room := f.Height - len(top)
	body := s.body(f, l, true)
	if len(body.lines) > room {
		body = s.body(f, l, false)
	}
	if s.follow && body.found {
		s.reading.reveal(body.from, body.end, room)
	}
	return Fill(f, append(top, s.reading.cut(body.lines, room, f.Theme)...))
}

// body lays out the step, with every command whole or only the chosen one.
func (s *DiagnosisScreen) body(f Frame, l Loaded[analysis.Diagnosis], whole bool) *sheet {
	sh := &sheet{t: f.Theme, width: f.Width, whole: whole}
	d := s.picked(l.Value)
	if cmds := stepCommands(d, s.step); len(cmds) > 0 {
		s.chosen %= len(cmds)
		sh.selected = cmds[s.chosen].String()
	}
	on := s.optionOf(len(sizeChoices(l.Value)))
	layStep(sh, f, stepLay{d: d, base: l.Value, step: s.step, loading: l.Loading, option: on, lesson: s.lesson})
	return sh
}

func (s *DiagnosisScreen) frames() int {
	if s.state == nil {
		return 0
	}
	return s.state.Frames
}
