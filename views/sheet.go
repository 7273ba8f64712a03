package views

import (
	"strings"
	"unicode/utf8"

	"charm.land/lipgloss/v2"

	"github.com/oomedic/oomedic/themes"
)

// sheet is text that is read from top to bottom: finished lines, each at most width cells. Text that is too long is
// folded, never cut, so that what matters can always be reached by scrolling.
type sheet struct {
	t     *themes.Theme
	width int
	lines []string
	// fr names the keys of the screen that is drawn; the zero value has the program's own.
	fr Frame

	// selected is the command that the cursor is on; it is shown whole. found says at which lines.
	selected  string
	found     bool
	from, end int
	// whole is true when there is room to show every command whole, not just the selected one.
	whole bool
}

// add appends one finished line.
func (s *sheet) add(line string) { s.lines = append(s.lines, Cut(line, s.width)) }

// blank appends an empty line unless there is one already, or nothing at all.
func (s *sheet) blank() {
	if n := len(s.lines); n > 0 && s.lines[n-1] != "" {
		s.lines = append(s.lines, "")
	}
}

// prose appends folded text behind an indent.
func (s *sheet) prose(indent int, style lipgloss.Style, text string) {
	s.hang(strings.Repeat(" ", indent), style, text)
}

// hang appends text whose folded lines stand under its first word; head is what stands before it, styled already.
func (s *sheet) hang(head string, style lipgloss.Style, text string) {
	at := Width(head)
	if s.width-at < minProse {
		s.add(head)
		head, at = "  ", 2
	}
	for i, line := range fold(text, s.width-at) {
		if i > 0 {
			head = strings.Repeat(" ", at)
		}
		s.add(head + Render(style, line))
	}
}

// minProse is the least room for folded text; a longer head gets a line of its own.
const minProse = 14

// note appends a line of one severity: glyph, then text.
func (s *sheet) note(indent int, style lipgloss.Style, glyph, text string) {
	s.hang(strings.Repeat(" ", indent)+Render(style, glyph)+" ", s.t.Text, text)
}

// alert is note with the text in the severity's own style too.
func (s *sheet) alert(indent int, style lipgloss.Style, glyph, text string) {
	s.hang(strings.Repeat(" ", indent)+Render(style, glyph)+" ", style, text)
}

// bullet appends text behind a dot.
func (s *sheet) bullet(indent int, text string) { s.note(indent, s.t.Muted, s.t.Glyphs.Dot, text) }

// heading appends a heading with an empty line above it.
func (s *sheet) heading(text string) {
	s.blank()
	s.prose(1, s.t.Strong, text)
}

// rule appends a line across the sheet with a title in it.
func (s *sheet) rule(title string) { s.add(ruled(s.t, title, s.width)) }

// ruled returns a horizontal line of w cells with a title near its left end.
func ruled(t *themes.Theme, title string, w int) string {
	line := t.Glyphs.Line
	if title == "" {
		return Render(t.Faint, " "+strings.Repeat(line, max(0, w-2)))
	}
	title = Cut(title, w-6)
	rest := max(0, w-6-Width(title))
	return Render(t.Faint, " "+line+line+" ") + Render(t.Header, title) + Render(t.Faint, " "+strings.Repeat(line, rest))
}

// foldLeast is the least room at the end of a line for the beginning of a word that must be split anyway.
const foldLeast = 8

// fold breaks text into lines of at most w cells: at spaces, else after commas, else in the middle of a word.
func fold(text string, w int) []string {
	if w < 1 {
		return nil
	}
	if trimmed := strings.TrimRight(text, " "); Width(trimmed) <= w {
		return []string{trimmed}
	}
	f := folder{w: w}
	for _, word := range strings.SplitAfter(text, " ") {
		if Width(strings.TrimRight(word, " ")) <= w {
			f.put(word)
			continue
		}
		for _, part := range strings.SplitAfter(word, ",") {
			f.split(part)
		}
	}
	f.flush()
	return f.out
}

// folder is a text being folded: finished lines, and the one that is being filled.
type folder struct {
	w, used int
	out     []string
	line    strings.Builder
}

// flush ends the line unless it is empty.
func (f *folder) flush() {
	if text := strings.TrimRight(f.line.String(), " "); text != "" {
		f.out = append(f.out, text)
	}
	f.line.Reset()
	f.used = 0
}

// put adds a piece that is not wider than a line, on the next line when it has no room on this one.
func (f *folder) put(piece string) {
	full := Width(piece)
	if f.used+full-(len(piece)-len(strings.TrimRight(piece, " "))) > f.w {
		f.flush()
	}
	f.line.WriteString(piece)
	f.used += full
}

// split adds a piece that may be wider than a line.
func (f *folder) split(part string) {
	for Width(part) > f.w {
		room := f.w - f.used
		if f.used > 0 && room < foldLeast {
			f.flush()
			room = f.w
		}
		head, tail := splitAt(part, room)
		f.line.WriteString(head)
		f.flush()
		part = tail
	}
	f.put(part)
}

// splitLook is how many cells back from the edge a long word is searched for a mark to be split behind, and
// splitMarks are those marks: where a query, a path or a jsonpath has its joints.
const (
	splitLook  = 20
	splitMarks = ",;([{/&|.:_"
)

// splitAt splits s behind at most w cells, and at least one rune: behind a mark when one is near.
func splitAt(s string, w int) (head, tail string) {
	n, joint, jointAt := 0, 0, 0
	for i, r := range s {
		n += Width(string(r))
		if n > w && i > 0 {
			if joint > 0 && n-jointAt <= splitLook && jointAt*2 > w {
				return s[:joint], s[joint:]
			}
			return s[:i], s[i:]
		}
		if strings.ContainsRune(splitMarks, r) {
			joint, jointAt = i+utf8.RuneLen(r), n
		}
	}
	return s, ""
}
