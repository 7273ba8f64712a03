package views

import (
	"fmt"

	"github.com/oomedic/oomedic/themes"
)

// reading is how far a person has scrolled in a text that is longer than its room. The room is learnt when it is
// drawn; keys that arrive before that move by a line.
type reading struct {
	top   int // first line shown
	page  int // lines shown the last time
	total int // lines there were the last time
}

// press moves by a key and reports whether it was one of reading's keys.
func (r *reading) press(key string) bool {
	half := max(1, r.page/2)
	switch key {
	case "j", "down":
		r.top++
	case "k", "up":
		r.top--
	case "ctrl+d":
		r.top += half
	case "ctrl+u":
		r.top -= half
	case "pgdown", "ctrl+f":
		r.top += max(1, r.page-1)
	case "pgup", "ctrl+b":
		r.top -= max(1, r.page-1)
	case "g", "home":
		r.top = 0
	case "G", "end":
		r.top = r.total
	default:
		return false
	}
	r.top = max(0, min(r.top, max(0, r.total-r.page)))
	return true
}

// reveal scrolls so that lines from up to, not including, end are shown; when they do not all fit, their first ones.
func (r *reading) reveal(from, end, height int) {
	room := max(1, height-1)
	if end > r.top+room {
		r.top = end - room
	}
	if from < r.top {
		r.top = from
	}
}

// cut returns the lines that are shown in height lines. When some are not, the last line says how many and where.
func (r *reading) cut(lines []string, height int, t *themes.Theme) []string {
	r.total, r.page = len(lines), max(0, height)
	if height <= 0 {
		return nil
	}
	if len(lines) <= height {
		r.top = 0
		return lines
	}
	room := height - 1
	r.page = room
	r.top = max(0, min(r.top, len(lines)-room))
	out := append([]string(nil), lines[r.top:r.top+room]...)
	return append(out, scrollMark(t, r.top, len(lines)-r.top-room))
}

// scrollMark says how many lines are out of sight above and below.
func scrollMark(t *themes.Theme, above, below int) string {
	mark := " "
	if above > 0 {
		mark += fmt.Sprintf("%s %s above", t.Glyphs.Up, counted(above, "line"))
	}
	if above > 0 && below > 0 {
		mark += "  "
	}
	if below > 0 {
		mark += fmt.Sprintf("%s %s", t.Glyphs.Down, counted(below, "more line"))
	}
	if above == 0 && below > 0 { // who is in the middle knows the key, and both marks fit 40 cells without it
		mark += ", ctrl+d"
	}
	return Render(t.Muted, mark)
}

// counted writes a number with its noun: 1 line, 2 lines.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
