package views

import (
	"slices"
	"strings"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// stepLay is one step as it is to be laid out.
type stepLay struct {
	d       *analysis.Diagnosis
	base    *analysis.Diagnosis // d before another size was chosen
	step    int
	loading bool // the history is still being read
	option  int  // the chosen one of the sizes
	lesson  bool // how it works is told too
}

// layStep writes one step: the answer first, then what shows it, what it means, and how to see it oneself.
func layStep(s *sheet, f Frame, l stepLay) {
	d, i := l.d, l.step
	st := d.Steps[i]
	layAnswer(s, st)
	if i == 0 {
		layWhen(s, f, d)
	}
	if l.lesson {
		layLesson(s, i)
	}
	evidence, against := stepEvidence(d, i)
	switch i {
	case 4:
		laySize(s, f, d, l.base, l.option)
	case 3:
		layCause(s, d)
	case historyStep:
		layHistory(s, f, d, l.loading)
	}
	layEvidence(s, d, i, evidence, s.t.Glyphs.OK, true)
	layEvidence(s, d, i, against, s.t.Glyphs.Bad, false)
	if st.Meaning != "" {
		s.heading("What it means")
		s.prose(3, s.t.Text, st.Meaning.String())
	}
	layDetail(s, l.base, i)
	if i == 3 {
		layAdvice(s, d)
	}
	layCommands(s, f, d, i)
	if st.Doubt != "" {
		s.heading("Where this could be wrong")
		s.prose(3, s.t.Text, st.Doubt.String())
	}
	layGaps(s, d, i)
	if !l.lesson {
		s.blank()
		s.prose(1, s.t.Muted, "New to this? "+f.Key(stepWhy)+" tells how it works.")
	}
}

// layWhen says when the last kill was, by the clock of whoever reads it.
func layWhen(s *sheet, f Frame, d *analysis.Diagnosis) {
	at := d.Confirmation.LastKillAt
	if at.IsZero() {
		return
	}
	s.prose(3, s.t.Muted, "last kill "+at.In(f.Zone).Format("Mon 2 Jan 15:04:05 MST")+", "+Ago(at, f.Now)+" ago")
}

// stepEvidence returns what a step shows for and against its answer, without what its table or list shows already.
func stepEvidence(d *analysis.Diagnosis, i int) (evidence, against []analysis.Evidence) {
	st := d.Steps[i]
	switch i {
	case historyStep:
		return notInTable(d, st.Evidence), notInTable(d, st.Against)
	case 3:
		return union(st.Evidence, d.Cause.Evidence), union(st.Against, d.Cause.Against)
	case 4:
		warned := func(e analysis.Evidence) bool { return slices.Contains(d.Recommendation.Warnings, e.Says) }
		return st.Evidence, slices.DeleteFunc(slices.Clone(st.Against), warned)
	}
	return st.Evidence, st.Against
}

func layAnswer(s *sheet, st analysis.Step) {
	glyph, _, style := stepSign(s.t, st.State)
	answer := st.Answer.String()
	if answer == "" {
		answer = "Not answered yet."
	}
	s.hang(" "+Render(style, glyph)+" ", s.t.Strong, answer)
}

// layEvidence writes observations, each with the command that shows it. A command that several of them share in a
// row stands once, below the last; one that stands under "See it yourself" too is left out here when room is short.
func layEvidence(s *sheet, d *analysis.Diagnosis, i int, list []analysis.Evidence, glyph string, speaksFor bool) {
	if len(list) == 0 {
		return
	}
	style, title := s.t.OK, "Evidence"
	if !speaksFor {
		style, title = s.t.Bad, "Against it"
	}
	s.heading(title)
	own := ownCommands(d, i)
	for n, e := range list {
		if e.Unknown {
			s.note(3, s.t.Muted, s.t.Glyphs.Unknown, e.Says.String())
		} else {
			s.note(3, style, glyph, e.Says.String())
		}
		below := slices.Contains(own, e.From)
		if (below && !s.whole) || (n+1 < len(list) && list[n+1].From == e.From) {
			continue
		}
		s.command(5, e.From, isCommand(e.From) && !below)
	}
}

// layDetail writes the step's further lines, without those that its own table or arithmetic shows already.
func layDetail(s *sheet, d *analysis.Diagnosis, i int) {
	lines := slices.DeleteFunc(slices.Clone(d.Steps[i].Detail), func(l data.Text) bool {
		return i == 0 && strings.HasPrefix(l.String(), "last kill at ") // layWhen says it by the reader's own clock
	})
	if i == 3 && d.Cause.Class != "" {
		return // it is the cause's own fields in words, and layCause has written those
	}
	if i == 4 {
		lines = linesWithout(lines, append(slices.Clone(d.Recommendation.Steps), d.Cost.Steps...))
		lines = linesWithout(lines, d.Recommendation.Warnings)
		lines = slices.DeleteFunc(lines, func(l data.Text) bool {
			return d.Cost.NetZero != "" && strings.Contains(l.String(), d.Cost.NetZero.String())
		})
	}
	if len(lines) == 0 {
		return
	}
	s.heading("In detail")
	for _, line := range lines {
		s.bullet(3, line.String())
	}
}

func layCommands(s *sheet, f Frame, d *analysis.Diagnosis, i int) {
	own := ownCommands(d, i)
	if len(own) == 0 {
		return
	}
	title := "See it yourself"
	if i == 4 && d.Commands.Fix != "" {
		title = "Do it by hand"
	}
	hint := f.Key(stepCopy) + " copies"
	if len(stepCommands(d, i)) > 1 {
		hint += ", " + f.Key(stepTab) + " chooses another"
	}
	s.heading(title + " (" + hint + ")")
	for _, c := range own {
		s.command(1, c, true)
	}
}

// layGaps lists what could not be known where it matters, and counts it elsewhere.
func layGaps(s *sheet, d *analysis.Diagnosis, i int) {
	here, away := 0, 0
	for _, g := range d.Gaps {
		if gapStep(g) != i {
			away++
			continue
		}
		if here++; here == 1 {
			s.heading("Not known")
		}
		s.note(3, s.t.Info, s.t.Glyphs.Unknown, g.What.String()+": "+g.Why.String())
	}
	if away == 0 {
		return
	}
	s.blank()
	more := ""
	if here > 0 {
		more = " more"
	}
	verb := " are"
	if away == 1 {
		verb = " is"
	}
	s.note(1, s.t.Info, s.t.Glyphs.Unknown, counted(away, "thing")+more+verb+" not known; see "+stepsWithGaps(d, i)+".")
}

// gapWords tell from a gap's name which step it weakens; the first list that fits wins.
var gapWords = [5][]string{
	1: {"limit", "request", "workload", "owner", "replicas"},
	2: {"histor", "metric", "prometheus", "sample", "memory", "usage", "series", "window", "container_", "kube_"},
	3: {"profile", "runtime", "log"},
	4: {"cost", "price"},
}

// gapStep returns the step that a gap weakens: the first, confirmation, unless its name says otherwise.
func gapStep(g data.Gap) int {
	what := strings.ToLower(g.What.String())
	for _, i := range []int{2, 4, 3, 1} {
		for _, w := range gapWords[i] {
			if strings.Contains(what, w) {
				return i
			}
		}
	}
	return 0
}

// stepsWithGaps names the steps, without step i, that list gaps: "step 3" or "steps 1, 3".
func stepsWithGaps(d *analysis.Diagnosis, i int) string {
	var has [5]bool
	var names []string
	for _, g := range d.Gaps {
		has[gapStep(g)] = true
	}
	for n := range has {
		if has[n] && n != i {
			names = append(names, string(rune('1'+n)))
		}
	}
	if len(names) == 1 {
		return "step " + names[0]
	}
	return "steps " + strings.Join(names, ", ")
}

// ownCommands are the commands that stand under "See it yourself", the most useful first, each once.
func ownCommands(d *analysis.Diagnosis, i int) []data.Text {
	var out []data.Text
	add := func(list ...data.Text) {
		for _, c := range list {
			if c != "" && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	if i == 4 {
		add(d.Commands.Fix)
	}
	add(d.Steps[i].Commands...)
	switch i {
	case 0:
		add(d.Commands.Confirm...)
	case historyStep:
		add(statQueries(d)...)
	case 3:
		add(d.Commands.Profile...)
	case 4:
		if d.Commands.Fix != "" {
			add(d.Commands.Verify...)
		}
	}
	return out
}

// stepCommands are all commands of a step that can be chosen and copied: its own first, then those of its evidence.
func stepCommands(d *analysis.Diagnosis, i int) []data.Text {
	out := ownCommands(d, i)
	evidence, against := stepEvidence(d, i)
	for _, es := range [][]analysis.Evidence{evidence, against} {
		for _, e := range es {
			if isCommand(e.From) && !slices.Contains(out, e.From) {
				out = append(out, e.From)
			}
		}
	}
	return out
}

// union returns a with those of b that a does not say.
func union(a, b []analysis.Evidence) []analysis.Evidence {
	out := slices.Clone(a)
	for _, e := range b {
		if !slices.ContainsFunc(out, func(o analysis.Evidence) bool { return o.Says == e.Says }) {
			out = append(out, e)
		}
	}
	return out
}

// linesWithout returns the lines that are not in drop.
func linesWithout(lines, drop []data.Text) []data.Text {
	var out []data.Text
	for _, line := range lines {
		if !slices.Contains(drop, line) {
			out = append(out, line)
		}
	}
	return out
}
