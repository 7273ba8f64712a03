package views

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"

	"github.com/oomedic/oomedic/data"
)

// fixTarget returns the workload and the container that the change is for, as far as they are known.
func fixTarget(f *Fix) (data.Workload, data.Text) {
	switch {
	case f.Plan != nil:
		return f.Plan.Change.Workload, f.Plan.Change.Container
	case f.Entry != nil:
		return f.Entry.Workload, f.Entry.Container
	case f.Diagnosis != nil:
		return f.Diagnosis.Container.Workload, f.Diagnosis.Container.Key.Container
	}
	return data.Workload{Namespace: f.Key.Namespace}, f.Key.Container
}

// fixTitle is how the dialog's head begins.
func fixTitle(f *Fix) string {
	if f.Undo {
		return " Undo  "
	}
	if b := f.Batch; b != nil {
		return fmt.Sprintf(" Fix %d of %d  ", b.At+1, len(b.Keys))
	}
	return " Fix  "
}

// fixHead draws what the change is for, and on top whether the diff was made anew.
func fixHead(fr Frame, f *Fix, where data.Text) []string {
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
	if where != "" {
		right = "(" + where.String() + ") "
	}
	if replicas != nil {
		more := "(" + counted(int(*replicas), "replica") + ") "
		if where != "" {
			more = "(" + where.String() + ", " + more[1:]
		}
		if Width(fixTitle(f)+name+more)+len(" · container  · namespace ")+Width(container.String()+f.Key.Namespace.String()) <= fr.Width || right == "" {
			right = more
		}
	}
	title := fixTitle(f)
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

// ask is what the dialog asks or says once there is a plan, and whether yes is an answer to it.
type ask struct {
	text string
	yes  bool
}

// What the dialog asks.
var (
	askApply    = ask{"Apply this to the cluster?", true}
	askTyped    = ask{"Apply this to the cluster? The workload's name will be asked for.", true}
	askUndo     = ask{"Put the former values back?", true}
	askReadOnly = ask{"Read-only: nothing is applied. Copy the command with {c}.", false}
	askNothing  = ask{"Nothing to apply: these numbers are there already.", false}
	askExport   = ask{"Export only: nothing is applied. {o} shows the change as text.", false}
)

// question returns what is asked of a plan.
func (s *FixScreen) question() ask {
	f := s.fix()
	if f.Phase != FixPlanned || f.Plan == nil {
		return ask{}
	}
	blocked := f.Plan.Blocked()
	switch {
	case f.Plan.Change.Way == data.WayExport:
		return ask{s.fr.named(askExport.text), false}
	case !changes(f.Plan):
		return askNothing
	case s.readOnly():
		return ask{s.fr.named(askReadOnly.text), false}
	case blocked != nil:
		return ask{"This can't be applied: " + strings.TrimSuffix(blocked.Says.String(), ".") + ".", false}
	case s.seen.unread(f.Plan) > 0 && !s.raw:
		return ask{"The diff goes on below: " + counted(s.seen.unread(f.Plan), "line") + " not shown yet." + s.fr.named(" Read on, then {y} applies it."), true}
	case mustType(f):
		return askTyped
	case f.Undo:
		return askUndo
	}
	return askApply
}

// changes reports whether a plan changes anything.
func changes(p *data.Plan) bool {
	if hasChange(p.Diff) {
		return true
	}
	for i := range p.Pods {
		if p.Pods[i].Skip == "" && hasChange(p.Pods[i].Diff) {
			return true
		}
	}
	return false
}

// hasChange reports whether a diff adds or removes anything.
func hasChange(diff []data.DiffLine) bool {
	for _, l := range diff {
		if l.Kind == data.DiffAdd || l.Kind == data.DiffRemove {
			return true
		}
	}
	return false
}

// fixShort is the height below which the command takes one line: what happens to the cluster matters more, and the
// command is copied whole anyway.
const fixShort = 12

// foot draws the kubectl command and the question with its keys, in at most limit lines. When there is not enough
// room, the command is cut with a mark; the question never is.
func (s *FixScreen) foot(fr Frame, f *Fix, limit int) []string {
	ask := s.askLines(fr)
	sh := &sheet{t: fr.Theme, width: fr.Width - 1, whole: true}
	if f.Command != "" && s.edit == nil && s.export == nil {
		sh.command(0, f.Command, false)
	}
	room := max(1, limit-len(ask))
	if fr.Height < fixShort {
		room = 1
	}
	switch {
	case len(sh.lines) > room && room == 1:
		sh.lines, sh.whole = nil, false
		sh.command(0, f.Command, false)
	case len(sh.lines) > room:
		sh.lines = append(sh.lines[:room-1], Cut(sh.lines[room-1], fr.Width-2)+Render(fr.Theme.Command, "…"))
	}
	return append(sh.lines, ask...)
}

// askLines draws the question and the keys that answer it, in one line when there is room.
func (s *FixScreen) askLines(fr Frame) []string {
	t := fr.Theme
	switch {
	case s.edit != nil:
		return hintLines(fr, "", editKeys)
	case s.confirm != nil:
		return append(s.confirm.lines(t, fr.Width), hintLines(fr, "", s.confirm.keys())...)
	case s.export != nil:
		return hintLines(fr, "", exportKeys[:len(exportKeys)-1])
	case s.ending != nil:
		s.asked = true
		return hintLines(fr, "Delete pod "+s.ending.Name.String()+" (by eviction, which honours disruption budgets)? Its controller makes a new one.", []key.Binding{fixYes, fixNo})
	}
	return hintLines(fr, s.question().text, s.choices())
}

// hintLines draws a question and keys; keys that do not fit beside it go on to the next line.
func hintLines(fr Frame, question string, keys []key.Binding) []string {
	t, width := fr.Theme, fr.Width
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
		hint := " " + Render(t.Key, fr.Key(k)) + " " + Render(t.KeyDesc, h.Desc) + " "
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
