package views

import (
	"fmt"
	"time"

	"github.com/oomedic/oomedic/data"
)

// The widths of the table's columns of numbers, in cells.
const valueW, shareW = 13, 10

// tableLines are the numbers of the chart, newest first, in at most h lines: the same that the chart shows, for eyes
// and screen readers that charts do not serve. The row nearest to the cursor is marked.
func (s *CaseScreen) tableLines(f Frame, w, h int) []string {
	th, rows := f.Theme, s.series.rows
	if h <= 0 {
		return nil
	}
	timeW := s.timeWidth()
	out := []string{Render(th.Header, Cut("  "+Pad("time", timeW)+PadLeft("working set", valueW)+PadLeft("of limit", shareW)+"  event", w))}
	if len(rows) == 0 {
		return append(out, Render(th.Muted, Cut("  No samples and no kills in this window.", w)))
	}
	on, top, room := -1, 0, h-1
	if len(rows) > room {
		room-- // the last line says how many are out of sight
	}
	s.page = max(room, 1)
	if !s.cursor.IsZero() {
		on = len(rows) - 1 - s.series.near(s.cursor)
		top = min(max(on-room/2, 0), max(len(rows)-room, 0))
	}
	end := min(top+max(room, 0), len(rows))
	for i := top; i < end; i++ {
		out = append(out, s.tableRow(f, rows[len(rows)-1-i], rows[len(rows)-1-i].share(), timeW, w, i == on))
	}
	if len(rows) > h-1 {
		mark := ""
		if top > 0 {
			mark += fmt.Sprintf("  %s %d newer", th.Glyphs.Up, top)
		}
		if rest := len(rows) - end; rest > 0 {
			mark += fmt.Sprintf("  %s %d older", th.Glyphs.Down, rest)
		}
		out = append(out, Render(th.Muted, Cut(mark+fmt.Sprintf("  %s %s to scroll", f.keyed(keyCaseDown, keyCaseUp)...), w)))
	}
	return out
}

// tableRow is one row of a table in at most w cells; of is its share of the limit, nil when that is unknown.
func (s *CaseScreen) tableRow(f Frame, r caseRow, of *float64, timeW, w int, on bool) string {
	th := f.Theme
	when := Pad(s.timeText(time.UnixMilli(r.at), f.Zone, false), timeW)
	value, share := "", ""
	if r.value >= 0 {
		value = data.HumanBytes(r.value)
		share = Percent(of)
	}
	event := r.event
	if r.kill {
		event = th.Glyphs.Kill + " " + event
	}
	numbers := PadLeft(value, valueW) + PadLeft(share, shareW)
	if on {
		return Render(th.Selected, Pad(th.Glyphs.Cursor+" "+when+numbers+"  "+event, w))
	}
	line := "  " + Render(th.Muted, when) + Render(th.Usage, PadLeft(value, valueW)) + Render(th.Text, PadLeft(share, shareW))
	room := w - Width(line) - 2
	if event == "" || room < 1 {
		return Cut(line, w)
	}
	style := th.Muted
	if r.kill {
		style = th.Kill
	}
	return line + "  " + Render(style, Cut(event, room))
}
