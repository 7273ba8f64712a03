package views

import (
	"strings"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
)

// The layout of the case screen, in cells.
const (
	caseWide     = 110 // from here on the numbers stand beside the chart
	casePanel    = 48  // width of the numbers beside the chart
	caseTall     = 32  // from this height on they stand below it where they can't stand beside it
	caseMinChart = 7   // rows that the chart keeps before facts are cut
)

// dotted is the separator between pieces of a line.
func dotted(th *themes.Theme) string { return Render(th.Faint, " "+th.Glyphs.Dot+" ") }

// View draws headline, windows and legend, the chart with its numbers, statistics and facts.
func (s *CaseScreen) View(f Frame) string {
	s.now = f.Now
	if s.found == nil {
		return Fill(f, s.unknownCase(f))
	}
	lines := append([]string{" " + s.headline(f, f.Width-1)}, s.tabs(f)...)
	foot := s.foot(f)
	facts := append(s.notes(f), s.facts(f)...)
	say := s.instead(f)
	room := max(f.Height-len(lines)-len(foot)-max(caseMinChart, len(say)), 0)
	facts = cutLines(f, facts, room)
	h := max(f.Height-len(lines)-len(foot)-len(facts), 0)
	if say != nil {
		lines = append(lines, cutLines(f, append(say, make([]string, max(h-len(say), 0))...), h)...)
	} else {
		lines = append(lines, s.middle(f, h)...)
	}
	lines = append(lines, foot...)
	return Fill(f, append(lines, facts...))
}

// cutLines keeps the first room lines and says how many more there are.
func cutLines(f Frame, lines []string, room int) []string {
	if len(lines) <= room {
		return lines
	}
	if room <= 0 {
		return nil
	}
	more := Render(f.Theme.Muted, " "+f.Theme.Glyphs.Down+" "+counted(len(lines)-room, "more line")+" in a taller window")
	if Width(more) > f.Width/2 {
		more = Render(f.Theme.Muted, " "+f.Theme.Glyphs.Down+" "+counted(len(lines)-room, "more line"))
	}
	lines = lines[:room:room]
	lines[room-1] = Spread(lines[room-1], more, f.Width)
	return lines
}

// middle is the chart, the numbers or both in exactly h lines.
func (s *CaseScreen) middle(f Frame, h int) []string {
	s.spans = nil
	if s.table {
		return exactly(s.tableLines(f, f.Width, h), h)
	}
	switch {
	case f.Width >= caseWide:
		left := exactly(strings.Split(s.chartLines(f, f.Width-casePanel-3, h), "\n"), h)
		right := exactly(s.spanLines(f, casePanel, h), h)
		side := Render(f.Theme.Faint, " "+sideBar(f.Theme)+" ")
		for i := range left {
			left[i] = Pad(left[i], f.Width-casePanel-3) + side + right[i]
		}
		return left
	case f.Height >= caseTall && h >= 2*caseMinChart:
		below := min(h/3, 12)
		out := strings.Split(s.chartLines(f, f.Width, h-below), "\n")
		return append(out, exactly(s.spanLines(f, f.Width, below), below)...)
	}
	return exactly(strings.Split(s.chartLines(f, f.Width, h), "\n"), h)
}

func sideBar(th *themes.Theme) string {
	if th.Glyphs.Braille {
		return "│"
	}
	return "|"
}

// exactly returns h lines: the first ones of lines, then empty ones.
func exactly(lines []string, h int) []string {
	out := make([]string, h)
	copy(out, lines)
	return out
}

// drawnChart is everything that a drawing depends on.
type drawnChart struct {
	chart     *data.Chart
	w, h      int
	theme     *themes.Theme
	zone      *time.Location
	cursor    time.Time
	limit     int64 // of the spec now, bytes; 0 is none
	asked     int64 // the request of the spec now, bytes; 0 is none
	show      caseShow
	parts     *data.Parts
	diagnosis *analysis.Diagnosis
}

// chartLines draws the chart, or returns the last drawing when nothing changed since.
func (s *CaseScreen) chartLines(f Frame, w, h int) string {
	if h <= 0 {
		return ""
	}
	s.plot = max(w-7, 1)
	o := s.chartOptions(f)
	want := drawnChart{chart: s.series.chart, w: w, h: h, theme: f.Theme, zone: f.Zone, cursor: s.cursor, show: s.show, parts: o.Parts}
	if o.Limit != nil {
		want.limit = *o.Limit
	}
	if o.Request != nil {
		want.asked = *o.Request
	}
	if s.show.levels || s.show.ahead {
		want.diagnosis = s.diagnosis()
	}
	if want != s.drawn {
		draw := drawChart
		if s.show.replicas == replicasApart {
			draw = drawPods
		}
		s.drawn, s.drawing = want, draw(s.series.chart, w, h, o)
	}
	return s.drawing
}

// inASCII returns th with the signs of the plain theme.
func inASCII(th *themes.Theme) *themes.Theme {
	plain, err := themes.Get("plain", th.Dark)
	if err != nil {
		return th
	}
	out := *th
	out.Glyphs = plain.Glyphs
	return &out
}

func (s *CaseScreen) chartOptions(f Frame) chartOptions {
	o := chartOptions{
		Theme: f.Theme, Zone: f.Zone, Cursor: s.cursor, Dots: s.show.dots, Alone: s.show.replicas == replicasHidden,
		Events: s.series.events, Ahead: s.aheadOf(), Parts: s.parts(),
	}
	if o.Dots == dotsASCII {
		o.Theme = inASCII(f.Theme)
	}
	o.Levels, _ = s.levelsOf()
	if s.found != nil {
		o.Limit, o.Request = s.found.Container.Resources.Limit, s.found.Container.Resources.Request
	}
	return o
}

// waiting is a text behind the sign of waiting, with dots that come and go while frames count on.
func (s *CaseScreen) waiting(text string) string {
	if s.state == nil {
		return text
	}
	return text + strings.Repeat(".", max(s.state.Frames, 0)%4)
}
