package views

import (
	"fmt"
	"strings"
	"time"

	"github.com/oomedic/oomedic/data"
)

// View draws notes, tabs, rows and what is known of the row under the cursor.
func (s *Kills) View(f Frame) string {
	if p := s.page(); p != nil {
		return s.pageView(f, p)
	}
	l := &s.lists[s.tab]
	s.pens.of(f.Theme)
	lines := s.notes(f)
	lines = append(lines, s.headLine(f))
	if len(l.rows) == 0 {
		return Fill(f, append(lines, s.empty(f)...))
	}
	detail := s.detail(f, f.Height-len(lines))
	cols := s.killColumns(l, f.Width)
	lines = append(lines, tableHead(f, cols))
	if len(detail) > 0 {
		detail = append(detail, s.more(f, f.Height-len(lines)-len(l.rows)-len(detail))...)
	}
	form := l.refForm(cols)
	from, to := l.show(max(1, f.Height-len(lines)-len(detail)))
	for at := from; at < to; at++ {
		c, sign, name := l.shownAs(l.rows[at], &f.Theme.Glyphs)
		marked := len(l.markedOf(l.rows[at], s.marks)) > 0
		lines = append(lines, s.drawRow(f, cols, c, sign, form(name), at == l.cursor, marked))
	}
	for len(lines) < f.Height-len(detail) {
		lines = append(lines, "")
	}
	if len(detail) > 0 {
		detail[0] = scrollRule(f, from, len(l.rows)-to)
	}
	return Fill(f, append(lines, detail...))
}

// headLine draws the tabs, the filter, how many rows are shown, the window and the order.
func (s *Kills) headLine(f Frame) string {
	t, l := f.Theme, &s.lists[s.tab]
	left := s.tabBar(f)
	dot := " " + t.Glyphs.Dot + " "
	right := "last " + s.window() + dot + s.sort.String() + " "
	for _, more := range []string{l.inWorkloads(), s.reach(f)} {
		if more != "" && Width(left)+Width(more)+Width(dot)+Width(right) <= f.Width {
			right = more + dot + right
		}
	}
	if n := len(s.marks); n > 0 {
		right = fmt.Sprintf("%d marked %s ", n, t.Glyphs.Dot) + right
	}
	if s.filter.typing || s.filter.text != "" {
		right = fmt.Sprintf("%s of %s %s %s ", thousands(l.kept), thousands(len(l.cases)), t.Glyphs.Dot, s.sort)
		if f.Width < shortBelow {
			right = fmt.Sprintf("%s of %s ", thousands(l.kept), thousands(len(l.cases)))
		}
		if f.Width-Width(left)-Width(right) <= leastFilter { // the other tabs give way
			left = Render(t.Accent, t.Glyphs.Cursor) + Render(t.TabOn, s.tabLabels()[s.tab]) + "  "
		}
		room := f.Width - Width(left) - Width(right) - 1
		return Spread(left+s.filterText(f, max(8, room)), Render(t.Muted, right), f.Width)
	}
	if Width(left)+Width(right) > f.Width {
		right = s.sort.String() + " "
	}
	if Width(left)+Width(right) > f.Width {
		right = ""
	}
	return Spread(left, Render(t.Muted, right), f.Width)
}

// inWorkloads says how many rows stand for the containers that the tab counts; empty when each has a row of its own.
func (l *killList) inWorkloads() string {
	if !l.grouped() {
		return ""
	}
	return counted(len(l.groups), "workload")
}

// leastFilter is how many cells a filter gets at least where tabs can give way.
const leastFilter = 12

// reach says how far back kills of deleted pods are known; empty when nothing but the API server tells of kills. What
// metrics know is whole, what the journal knows is what the program saw.
func (s *Kills) reach(f Frame) string {
	if s.board == nil {
		return ""
	}
	if at := s.board.Reach[data.KnownFromMetrics]; !at.IsZero() {
		return "kills known for " + Ago(at, f.Now)
	}
	if at := s.board.Reach[data.KnownFromJournal]; !at.IsZero() {
		return "kills seen for " + Ago(at, f.Now)
	}
	return ""
}

// filterText draws the filter in at most w cells; of a long one its end, where it is typed.
func (s *Kills) filterText(f Frame, w int) string {
	t, text := f.Theme, s.filter.text
	style := t.Accent
	if s.filter.typing {
		text, style = text+"_", t.Input
	}
	if over := Width(text) - (w - 2); over > 0 && w > 3 {
		text = t.Glyphs.Ellipsis + cutLeft(text, w-3)
	}
	return Render(t.Key, "/") + Render(style, text)
}

// cutLeft keeps the last w cells of s.
func cutLeft(s string, w int) string {
	for Width(s) > w {
		_, s = splitAt(s, 1)
	}
	return s
}

// scrollRule draws a rule that says how many rows are out of sight.
func scrollRule(f Frame, above, below int) string {
	t, mark := f.Theme, ""
	if above > 0 {
		mark += " " + t.Glyphs.Up + " " + thousands(above) + " above"
	}
	if below > 0 {
		mark += " " + t.Glyphs.Down + " " + thousands(below) + " more"
	}
	if mark != "" {
		mark += " "
	}
	return Render(t.Border, strings.Repeat(t.Glyphs.Line, max(0, f.Width-Width(mark)-2))) + Render(t.Muted, mark) +
		Render(t.Border, strings.Repeat(t.Glyphs.Line, 2))
}

// tableHead draws the names of the columns.
func tableHead(f Frame, cols []column) string {
	var b strings.Builder
	b.WriteByte(' ')
	for _, c := range cols {
		b.WriteString(strings.Repeat(" ", c.gap))
		if c.number {
			b.WriteString(PadLeft(c.head, c.min))
		} else {
			b.WriteString(Pad(c.head, c.min))
		}
	}
	return Render(f.Theme.Header, strings.TrimRight(b.String(), " "))
}

// thousands writes a count with commas: 1,234.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// clock writes the time of day, and the date as well when it is another day.
func clock(f Frame, at time.Time) string {
	when, now := at.In(f.Zone), f.Now.In(f.Zone)
	if when.YearDay() == now.YearDay() && when.Year() == now.Year() {
		return when.Format("15:04:05")
	}
	return when.Format("2006-01-02 15:04")
}
