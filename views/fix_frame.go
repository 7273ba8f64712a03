package views

import (
	"strings"

	"charm.land/bubbles/v2/key"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
)

// fixTarget returns the workload and the container that the change is for, as far as they are known.
func fixTarget(f *Fix) (data.Workload, data.Text) {
	switch {
	case f.Plan != nil:
		return f.Plan.Change.Workload, f.Plan.Change.Container
	case f.Diagnosis != nil:
		return f.Diagnosis.Container.Workload, f.Diagnosis.Container.Key.Container
	}
	return data.Workload{Namespace: f.Key.Namespace}, f.Key.Container
}

// fixHead draws what the change is for, and on top whether the diff was made anew.
func fixHead(fr Frame, f *Fix) []string {
	t := fr.Theme
	w, container := fixTarget(f)
	name, right := w.Ref().String(), ""
	if name == "" {
		name = "pod/" + f.Key.Pod.String()
	}
	replicas := w.Replicas
	if f.Plan != nil && f.Plan.Replicas != nil {
		replicas = f.Plan.Replicas
	}
	if replicas != nil {
		right = "(" + counted(int(*replicas), "replica") + ") "
	}
	title := " Fix  "
	if f.Undo {
		title = " Undo  "
	}
	dot := " " + t.Glyphs.Dot + " "
	rest := dot + "container " + container.String() + dot + "namespace " + f.Key.Namespace.String()
	if Width(title+name+rest+right) > fr.Width {
		right = ""
	}
	if Width(title+name+rest) > fr.Width {
		rest = dot + "container " + container.String() // the command names the namespace too
	}
	name = CutMiddle(name, max(12, fr.Width-Width(title)-Width(rest)))
	left := Render(t.Title, title) + Render(t.Strong, name) + Render(t.Muted, rest)
	head := []string{Cut(left, fr.Width)}
	if right != "" {
		head[0] = Spread(left, Render(t.Muted, right), fr.Width)
	}
	if f.Changed && (f.Phase == FixPlanned || f.Phase == FixPlanning) {
		sh := &sheet{t: t, width: fr.Width}
		sh.alert(1, t.Warn, t.Glyphs.Warn, "The workload changed since the last diff: this is the new one.")
		head = append(head, sh.lines...)
	}
	return append(head, "")
}

// What the dialog asks once there is a plan.
const (
	askApply    = "Apply this to the cluster?"
	askUndo     = "Put the former values back?"
	askReadOnly = "Read-only: nothing is applied. Copy the command with c."
	askNothing  = "Nothing to apply: the template has these numbers already."
)

// question returns what is asked of a plan; only askApply and askUndo can be answered by yes.
func (s *FixScreen) question() string {
	switch f := s.fix(); {
	case f.Phase != FixPlanned || f.Plan == nil:
		return ""
	case !changes(f.Plan):
		return askNothing
	case s.readOnly():
		return askReadOnly
	case f.Undo:
		return askUndo
	}
	return askApply
}

// changes reports whether a plan's diff adds or removes anything.
func changes(p *data.Plan) bool {
	for _, l := range p.Diff {
		if l.Kind == data.DiffAdd || l.Kind == data.DiffRemove {
			return true
		}
	}
	return false
}

// foot draws the kubectl command and the question with its keys, in at most limit lines. When there is not enough
// room, the command is cut with a mark; the question never is.
func (s *FixScreen) foot(fr Frame, f *Fix, limit int) []string {
	ask := s.askLines(fr)
	sh := &sheet{t: fr.Theme, width: fr.Width - 1, whole: true}
	if f.Command != "" && s.edit == nil {
		sh.command(0, f.Command, false)
	}
	if room := max(1, limit-len(ask)); len(sh.lines) > room {
		sh.lines = append(sh.lines[:room-1], Cut(sh.lines[room-1], fr.Width-2)+Render(fr.Theme.Command, "…"))
	}
	return append(sh.lines, ask...)
}

// askLines draws the question and the keys that answer it, in one line when there is room.
func (s *FixScreen) askLines(fr Frame) []string {
	t := fr.Theme
	if s.edit != nil {
		return hintLines(t, fr.Width, "", editKeys)
	}
	return hintLines(t, fr.Width, s.question(), s.choices())
}

// hintLines draws a question and keys; keys that do not fit beside it go on to the next line.
func hintLines(t *themes.Theme, width int, question string, keys []key.Binding) []string {
	var lines []string
	line := ""
	if question != "" {
		for _, part := range fold(question, width-2) {
			lines = append(lines, " "+Render(t.Strong, part))
		}
		last := len(lines) - 1
		line, lines = lines[last]+" ", lines[:last]
	}
	for _, k := range keys {
		h := k.Help()
		hint := " " + Render(t.Key, h.Key) + " " + Render(t.KeyDesc, h.Desc) + " "
		if strings.TrimSpace(line) != "" && Width(line)+Width(hint) > width {
			lines, line = append(lines, line), ""
		}
		line += hint
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
