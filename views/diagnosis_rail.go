package views

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
)

// stepTitles stand in for titles that a diagnosis has not got yet.
var stepTitles = [5]data.Text{"Confirm", "Limit", "History", "Leak or limit", "Right size"}

// stepTitle returns a step's title.
func stepTitle(st analysis.Step, i int) string {
	if st.Title == "" {
		return stepTitles[i].String()
	}
	return st.Title.String()
}

// stepSign returns a step state's glyph, word and style.
func stepSign(t *themes.Theme, st analysis.StepState) (glyph, word string, style lipgloss.Style) {
	switch st {
	case analysis.StepYes:
		return t.Glyphs.OK, "clear", t.OK
	case analysis.StepNo:
		return t.Glyphs.Bad, "speaks against it", t.Bad
	case analysis.StepWarn:
		return t.Glyphs.Warn, "careful", t.Warn
	}
	return t.Glyphs.Unknown, "unknown", t.Info
}

// stepRail draws the five steps in one line, with a rule below that names the container: the one that is shown has the cursor, those that were
// seen carry their outcome, the others a dot. Without room, the titles of the others go.
func stepRail(f Frame, d *analysis.Diagnosis, now int, visited [5]bool) []string {
	t := f.Theme
	full := railLine(t, d, now, visited, true)
	if Width(full) > f.Width {
		full = railLine(t, d, now, visited, false)
	}
	return []string{Cut(full, f.Width), ruled(t, diagnosisTarget(t, d), f.Width)}
}

// diagnosisTarget names the container that a diagnosis is about, and its workload.
func diagnosisTarget(t *themes.Theme, d *analysis.Diagnosis) string {
	c := d.Container
	name := c.Workload.Ref().String()
	if name == "" {
		name = "pod/" + c.Key.Pod.String()
	}
	dot := " " + t.Glyphs.Dot + " "
	return name + dot + c.Key.Container.String() + dot + c.Key.Namespace.String()
}

func railLine(t *themes.Theme, d *analysis.Diagnosis, now int, visited [5]bool, titles bool) string {
	var b strings.Builder
	for i, st := range d.Steps {
		label := fmt.Sprint(i + 1)
		if titles || i == now {
			label += " " + stepTitle(st, i)
		}
		mark := Render(t.Faint, t.Glyphs.Dot)
		if visited[i] {
			glyph, _, style := stepSign(t, st.State)
			mark = Render(style, glyph)
		}
		switch {
		case i == now:
			b.WriteString(Render(t.Accent, t.Glyphs.Cursor) + Render(t.TabOn, label))
		default:
			b.WriteString(" " + Render(t.Tab, label))
		}
		b.WriteString(" " + mark + " ")
	}
	return b.String()
}

// stepHeading draws the number and the question of a step, and at the right end how far it could be answered.
func stepHeading(f Frame, st analysis.Step, i int) string {
	q := st.Question.String()
	if q == "" {
		q = stepTitle(st, i)
	}
	head := fmt.Sprintf(" Step %d of 5 %s ", i+1, f.Theme.Glyphs.Dot)
	glyph, word, style := stepSign(f.Theme, st.State)
	right := " " + Render(style, glyph+" "+word) + " "
	return Spread(Render(f.Theme.Muted, head)+Render(f.Theme.Title, Cut(q, f.Width-Width(head)-Width(right))), right, f.Width)
}

// historyStep is the first step that needs history.
const historyStep = 2

// stepBanner says in one or two lines that the diagnosis is still being made, or could not be made anew.
func stepBanner(f Frame, l Loaded[analysis.Diagnosis], step, frames int) []string {
	t := f.Theme
	switch {
	case l.Loading && step >= historyStep:
		sh := &sheet{t: t, width: f.Width}
		sh.alert(1, t.Info, turning(t, frames), "History is still being read"+progressText(l.Done, l.Total)+": this step may change.")
		return sh.lines
	case l.Loading:
		return []string{Cut(" "+Render(t.Info, turning(t, frames))+" "+Render(t.Muted, "Reading history"+progressText(l.Done, l.Total)), f.Width)}
	case l.Problem != "":
		sh := &sheet{t: t, width: f.Width}
		sh.alert(1, t.Warn, t.Glyphs.Warn, "No newer answer: "+l.Problem.String()+". Press "+f.Key(stepMake)+" to try again.")
		return sh.lines[:min(len(sh.lines), 3)]
	}
	return nil
}

// progressText writes how many parts of the 30 days have come, or nothing when that is unknown.
func progressText(done, total int) string {
	if total <= 0 {
		return ""
	}
	return fmt.Sprintf(" (%d of %d parts)", min(done, total), total)
}

// turning is the sign of something that is waited for; it alternates so that a person sees that the program lives.
func turning(t *themes.Theme, frames int) string {
	if frames%2 == 1 {
		return t.Glyphs.Stale
	}
	return t.Glyphs.Busy
}

// bar draws a share of w cells; x is held to 0 to 1.
func bar(t *themes.Theme, style lipgloss.Style, x float64, w int) string {
	if w <= 0 {
		return ""
	}
	n := int(max(0, min(1, x))*float64(w) + 0.5)
	return Render(style, strings.Repeat(t.Glyphs.Bar, n)) + Render(t.Faint, strings.Repeat(t.Glyphs.BarEmpty, w-n))
}
