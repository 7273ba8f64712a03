package views

import (
	"errors"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
)

// The keys of the dialog.
var (
	fixYes       = key.NewBinding(key.WithKeys("y"), key.WithHelp("y", "yes"))
	fixReadOn    = key.NewBinding(key.WithKeys("y"), key.WithHelp("y", "read on"))
	fixNo        = key.NewBinding(key.WithKeys("n"), key.WithHelp("n", "no"))
	fixSkip      = key.NewBinding(key.WithKeys("n"), key.WithHelp("n", "no, skip it"))
	fixNext      = key.NewBinding(key.WithKeys("esc"), key.WithHelp("esc", "next"))
	fixLast      = key.NewBinding(key.WithKeys("esc"), key.WithHelp("esc", "end"))
	fixEndSeries = key.NewBinding(key.WithKeys("E"), key.WithHelp("E", "leave the rest"))
	fixEditKey   = key.NewBinding(key.WithKeys("e"), key.WithHelp("e", "edit numbers"))
	fixWay       = key.NewBinding(key.WithKeys("w", "right", "tab", "left", "shift+tab"), key.WithHelp("w", "other way"))
	fixKnobs     = key.NewBinding(key.WithKeys("a"), key.WithHelp("a", "runtime settings too"))
	fixCopy      = key.NewBinding(key.WithKeys("c", "Y"), key.WithHelp("c", "copy command"))
	fixExportKey = key.NewBinding(key.WithKeys("o"), key.WithHelp("o", "export"))
	fixUnfold    = key.NewBinding(key.WithKeys("v"), key.WithHelp("v", "all checks"))
	fixRaw       = key.NewBinding(key.WithKeys("b"), key.WithHelp("b", "patch bytes"))
	fixUndo      = key.NewBinding(key.WithKeys("u"), key.WithHelp("u", "undo"))
	fixAgain     = key.NewBinding(key.WithKeys("r"), key.WithHelp("r", "try again"))
	fixEnd       = key.NewBinding(key.WithKeys("x"), key.WithHelp("x", "delete the blocking pod"))
	fixNoRecord  = key.NewBinding(key.WithKeys("J"), key.WithHelp("J", "go on without the journal"))
	fixDiagnosis = key.NewBinding(key.WithKeys("d"), key.WithHelp("d", "diagnosis"))
	fixRead      = key.NewBinding(key.WithKeys("j", "k", "down", "up", "ctrl+d", "ctrl+u", "pgdown", "pgup", "g", "G", "home", "end"), key.WithHelp("j/k", "scroll"))
)

// Keys are the bindings that work now.
func (s *FixScreen) Keys() []key.Binding {
	switch {
	case s.edit != nil:
		return editKeys
	case s.confirm != nil:
		return s.confirm.keys()
	case s.export != nil:
		return exportKeys
	case s.ending != nil:
		return []key.Binding{fixYes, fixNo}
	}
	f := s.fix()
	out := s.choices()
	if f.Command != "" {
		out = append(out, fixCopy)
	}
	if canExport(f) {
		out = append(out, fixExportKey)
	}
	if f.Phase == FixPlanned && f.Plan != nil {
		if len(f.Plan.Checks) > 0 {
			out = append(out, fixUnfold)
		}
		if len(patches(f.Plan)) > 0 {
			out = append(out, fixRaw)
		}
	}
	return append(out, fixRead)
}

// choices are the keys that decide something now; they stand in the dialog itself too.
func (s *FixScreen) choices() []key.Binding {
	f := s.fix()
	var out []key.Binding
	add := func(ok bool, b key.Binding) {
		if ok {
			out = append(out, b)
		}
	}
	if f.Phase == FixPlanned {
		ask := s.question()
		more := ask.yes && s.seen.unread(f.Plan) > 0 && !s.raw
		add(more, fixReadOn)
		add(ask.yes && !more, fixYes)
		add(f.Batch == nil, fixNo)
		add(f.Batch != nil, fixSkip)
	} else if f.Batch != nil && f.Phase != FixApplying {
		add(f.Batch.More(), fixNext)
		add(!f.Batch.More(), fixLast)
	}
	add(canEnd(f), fixEnd)
	add(canUndo(f), fixUndo)
	add(otherWay(f, 1) != "", fixWay)
	add(canEdit(f), fixEditKey)
	add(f.Phase == FixPlanned && f.Plan != nil && len(f.Plan.Knobs) > 0 && f.Plan.Change.Way.Template() && !f.Undo, fixKnobs)
	add(canTryAgain(f), fixAgain)
	add(noRecord(f), fixNoRecord)
	add(f.Batch != nil && f.Batch.More() && f.Phase != FixApplying, fixEndSeries)
	add(f.Entry == nil && (f.Phase == FixRefused || f.Phase == FixFailed || f.Phase == FixWatching), fixDiagnosis)
	return out
}

// Press handles a key.
func (s *FixScreen) Press(m tea.KeyPressMsg) Intent {
	switch {
	case s.edit != nil:
		return s.pressEdit(m)
	case s.confirm != nil:
		return s.pressConfirm(m)
	case s.export != nil:
		return s.pressExport(m)
	case s.ending != nil:
		return s.pressEnding(m)
	}
	f := s.fix()
	switch {
	case key.Matches(m, fixYes):
		return s.yes(f)
	case key.Matches(m, fixNo):
		if f.Phase == FixPlanned {
			return Back{}
		}
	case key.Matches(m, fixEndSeries) && f.Batch != nil:
		return EndBatch{}
	case key.Matches(m, fixEditKey):
		if canEdit(f) {
			s.edit = newFixEdit(f)
		}
	case key.Matches(m, fixWay):
		return s.nextWay(f, m.String())
	case key.Matches(m, fixCopy):
		if f.Command == "" {
			return Say{"There is no command to copy."}
		}
		return Copy{Text: f.Command, What: "kubectl command"}
	case key.Matches(m, fixExportKey):
		if canExport(f) {
			s.export = newFixExport(f.Plan)
		}
	case key.Matches(m, fixUndo):
		return s.undo(f)
	case key.Matches(m, fixEnd):
		if canEnd(f) {
			pod := *f.Rollout.Blocking
			s.ending, s.asked = &pod, false
		}
	case key.Matches(m, fixDiagnosis):
		if f.Entry == nil {
			return OpenDiagnosis{s.key}
		}
	default:
		return s.pressPlan(f, m)
	}
	return nil
}

// pressPlan handles the keys that change how a plan is seen, or ask for another.
func (s *FixScreen) pressPlan(f *Fix, m tea.KeyPressMsg) Intent {
	switch planned := f.Phase == FixPlanned && f.Plan != nil; {
	case key.Matches(m, fixUnfold) && planned && len(f.Plan.Checks) > 0:
		s.unfold, s.reading.top = !s.unfold, 0
	case key.Matches(m, fixRaw) && planned && len(patches(f.Plan)) > 0:
		s.raw, s.reading.top = !s.raw, 0
	case key.Matches(m, fixKnobs) && planned && len(f.Plan.Knobs) > 0 && f.Plan.Change.Way.Template() && !f.Undo:
		p := again(f)
		if p.Knobs == nil {
			p.Knobs = f.Plan.Knobs
		} else {
			p.Knobs = nil
		}
		return p
	case key.Matches(m, fixAgain) && canTryAgain(f):
		return again(f)
	case key.Matches(m, fixNoRecord) && noRecord(f):
		p := again(f)
		p.Unrecorded = true
		return p
	default:
		s.reading.press(m.String())
	}
	return nil
}

// again asks for the same wish once more.
func again(f *Fix) PlanFix {
	return PlanFix{Key: f.Key, Limit: f.Limit, Request: f.Request, Undo: f.Undo, Way: f.Change.Way, Knobs: f.Change.Knobs, Size: f.Change.SizeLimit}
}

// noRecord reports whether nothing was sent because the journal cannot be written.
func noRecord(f *Fix) bool {
	return f.Phase == FixFailed && errors.Is(f.Err, data.ErrNoJournal) && canTryAgain(f)
}

// nextWay asks for a plan of the next way that is offered, or of the one before.
func (s *FixScreen) nextWay(f *Fix, pressed string) Intent {
	step := 1
	if pressed == "left" || pressed == "shift+tab" {
		step = -1
	}
	next := otherWay(f, step)
	if next == "" {
		return nil
	}
	p := again(f)
	p.Way = next
	if !next.Template() {
		p.Knobs, p.Size = nil, nil
	}
	return p
}

// otherWay is the offered way next to the present one; empty when there is none or it can't be chosen now. What is
// taken back goes the way that it came.
func otherWay(f *Fix, step int) data.Way {
	if f.Undo || f.Diagnosis == nil || (f.Limit == nil && f.Request == nil) {
		return ""
	}
	if f.Phase != FixPlanned && f.Phase != FixRefused && f.Phase != FixFailed {
		return ""
	}
	var offered []data.Way
	at := -1
	for _, o := range f.Ways {
		if o.Way == f.Change.Way {
			at = len(offered)
		} else if !o.Offered {
			continue
		}
		offered = append(offered, o.Way)
	}
	if at < 0 {
		if len(offered) == 0 {
			return ""
		}
		return offered[0]
	}
	if len(offered) < 2 {
		return ""
	}
	return offered[(at+step+len(offered))%len(offered)]
}

// yes agrees to the plan that was drawn, once. In any phase but planned the key means nothing.
func (s *FixScreen) yes(f *Fix) Intent {
	if f.Phase != FixPlanned || f.Plan == nil {
		return nil
	}
	if ask := s.question(); !ask.yes {
		return Say{data.Clean(ask.text)}
	}
	if f.Plan != s.drawn {
		return Say{data.Clean(s.fr.named("The diff is new: read it, then press {y}."))}
	}
	if left := s.seen.unread(f.Plan); left > 0 {
		s.raw = false
		s.reading.top = s.seen.to
		return Say{data.Textf("%s of the diff were not shown yet: here they are. Then %s.", counted(left, "line"), s.fr.Key(fixYes))}
	}
	if f.Plan == s.agreed {
		return nil
	}
	if mustType(f) {
		s.confirm = newFixConfirm(f)
		return nil
	}
	s.agreed = f.Plan
	return ApplyFix{Plan: f.Plan}
}

// undo asks for a dry run of the former values.
func (s *FixScreen) undo(f *Fix) Intent {
	if !canUndo(f) {
		return nil
	}
	return PlanFix{Key: s.key, Limit: f.Plan.Before.Limit, Request: f.Plan.Before.Request, Undo: true}
}

// mustType reports whether the workload's name has to be typed for a yes.
func mustType(f *Fix) bool { return f.Plan != nil && (f.Protected || len(f.Plan.NeedsTyping()) > 0) }

// fixSeen is how much of a plan's diff has been on the screen.
type fixSeen struct {
	plan *data.Plan
	at   size2 // the room that the diff was drawn in: another one has other lines
	to   int   // first line of the sheet that was not seen yet
	end  int   // line after the last change
}

type size2 struct{ width, height int }

// unread is how many lines up to the last change have not been on the screen.
func (v fixSeen) unread(p *data.Plan) int {
	if v.plan != p {
		return 0
	}
	return max(0, v.end-v.to)
}

// look notes what was just drawn: which plan, and how far its diff has been seen.
func (s *FixScreen) look(fr Frame, f *Fix, diff span) {
	plain := s.edit == nil && s.export == nil && s.ending == nil
	switch {
	case f.Phase != FixPlanned || !plain:
		s.drawn = nil
		return
	case s.raw:
		if s.drawn != f.Plan {
			s.drawn = nil
		}
		return
	}
	s.drawn = f.Plan
	at := size2{fr.Width, fr.Height}
	done := s.seen.plan == f.Plan && s.seen.to >= s.seen.end
	if s.seen.plan != f.Plan || (!done && (s.seen.at != at || s.seen.end != diff.end)) {
		s.seen = fixSeen{plan: f.Plan, at: at, to: diff.from, end: diff.end}
	}
	bottom := s.reading.top + s.reading.page
	if s.reading.top <= s.seen.to && bottom > s.seen.to {
		s.seen.to = bottom
	}
}

// wayAt returns what is said about a way.
func wayAt(ways []data.WayOffer, w data.Way) (data.WayOffer, bool) {
	i := slices.IndexFunc(ways, func(o data.WayOffer) bool { return o.Way == w })
	if i < 0 {
		return data.WayOffer{}, false
	}
	return ways[i], true
}
