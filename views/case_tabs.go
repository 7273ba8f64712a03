package views

import (
	"strings"

	"github.com/oomedic/oomedic/data"
)

// legendTall is from how many lines of the body on the legend may take a line of its own.
const legendTall = 18

// tabs are the line of windows, the one shown marked by brackets, with the legend at its right end. What the legend has
// no room for there stands in a line of its own.
func (s *CaseScreen) tabs(f Frame) []string {
	th := f.Theme
	var b strings.Builder
	for _, w := range data.ChartWindows {
		if w == s.window {
			b.WriteString(" " + Render(th.TabOn, "["+string(w)+"]"))
		} else {
			b.WriteString(" " + Render(th.Tab, " "+string(w)+" "))
		}
	}
	left := b.String()
	if l := s.loaded(); l != nil && l.Loading && l.Value != nil {
		left += "  " + Render(th.Info, th.Glyphs.Busy+" reading again")
	}
	if s.instead(f) != nil {
		return []string{left}
	}
	if c := s.series.chart; !s.zoom.whole() && c != nil {
		left += "  " + Render(th.Accent, s.rangeText(f))
	}
	if s.table {
		return []string{left}
	}
	return s.withLegend(f, left)
}

// rangeText says what part of the window is shown.
func (s *CaseScreen) rangeText(f Frame) string {
	c := s.series.chart
	return "zoom " + s.timeText(c.From, f.Zone, false) + "–" + s.timeText(c.To, f.Zone, false) + ", " + f.Key(keyCaseWhole) + " shows all"
}

// withLegend puts the legend to the right of the windows, and what has no room there below.
func (s *CaseScreen) withLegend(f Frame, left string) []string {
	chips := chartLegend(s.series.chart, s.chartOptions(f))
	room := f.Width - Width(left) - 3
	if f.Height < legendTall {
		return []string{Spread(left, fitChips(chips, "  ", room)+" ", f.Width)}
	}
	n, used := 0, 0
	for n < len(chips) && used+Width(chips[n].text)+2 <= room+2 {
		used += Width(chips[n].text) + 2
		n++
	}
	if n == len(chips) {
		return []string{Spread(left, fitChips(chips, "  ", room)+" ", f.Width)}
	}
	if n < 2 || f.Width < caseWide {
		return []string{left, " " + fitChips(chips, "  ", f.Width-1)}
	}
	return []string{Spread(left, fitChips(chips[:n], "  ", room)+" ", f.Width), Spread("", fitChips(chips[n:], "  ", f.Width-2)+" ", f.Width)}
}
