package views

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// readoutLines is how many lines the read-out of the cursor may take.
const readoutLines = 2

// readout says what each series of the chart shows at the cursor.
func (s *CaseScreen) readout(f Frame) []string {
	th := f.Theme
	chips := []chip{{th.Glyphs.Up + " " + s.timeText(s.cursor, f.Zone, true), th.Strong}}
	r := s.series.rows[s.series.near(s.cursor)]
	if off := time.UnixMilli(r.at).Sub(s.cursor).Abs(); r.value < 0 || float64(off) > silentSteps*float64(s.series.chart.Step) {
		chips = append(chips, chip{"no sample here", th.Muted})
	} else {
		chips = append(chips, chip{"working set " + data.HumanBytes(r.value), th.Usage})
		if x := r.share(); x != nil {
			chips = append(chips, chip{fmt.Sprintf("%s of limit %s", Percent(x), data.HumanBytes(r.limit)), th.Limit})
		} else {
			chips = append(chips, chip{"no limit known", th.Muted})
		}
	}
	if r.event != "" {
		style := th.Muted
		text := r.event
		if r.kill {
			style, text = th.Kill, th.Glyphs.Kill+" "+r.event
		}
		chips = append(chips, chip{text, style})
	}
	chips = append(chips, s.eventsAt(f)...)
	chips = append(chips, s.partsAt(f)...)
	if v, ok := inForce(s.series.chart.Request, s.chartOptions(f).Request, s.cursor.UnixMilli()); ok {
		chips = append(chips, chip{"request " + data.HumanBytes(v), th.Request})
	}
	chips = append(chips, s.othersAt(f)...)
	return wrapChips(chips, dotted(th), f.Width-1, readoutLines)
}

// eventsAt are the events within a column of the cursor.
func (s *CaseScreen) eventsAt(f Frame) []chip {
	c := s.series.chart
	near := max(c.To.Sub(c.From)/time.Duration(max(s.plot, 1)), c.Step)
	var out []chip
	for _, e := range s.series.events {
		if e.At.Sub(s.cursor).Abs() <= near {
			out = append(out, chip{eventGlyph(&f.Theme.Glyphs, e.Kind) + " " + e.Says.String(), chartStyle(f.Theme, markEvent)})
		}
	}
	return out
}

// partsAt are the layers at the cursor, while they are shown.
func (s *CaseScreen) partsAt(f Frame) []chip {
	p := s.parts()
	if p == nil {
		return nil
	}
	var out []chip
	for _, l := range stackParts(p) {
		if v, ok := sampleNear(l.samples, s.cursor.UnixMilli(), int64(silentSteps*float64(p.Step.Milliseconds()))); ok {
			out = append(out, chip{l.name + " " + data.HumanBytes(v), chartStyle(f.Theme, l.mark)})
		}
	}
	return out
}

// othersAt says where the other pods stood at the cursor: each of a few, and the range of many.
func (s *CaseScreen) othersAt(f Frame) []chip {
	c := s.series.chart
	if s.show.replicas == replicasHidden {
		return nil
	}
	var at []float64
	for _, l := range c.Others {
		if v, ok := sampleNear(l.Samples, s.cursor.UnixMilli(), int64(silentSteps*float64(c.Step.Milliseconds()))); ok {
			at = append(at, v)
		}
	}
	if len(at) == 0 {
		return nil
	}
	slices.Sort(at)
	words := make([]string, len(at))
	for i, v := range at {
		words[i] = data.HumanBytes(v)
	}
	text := strings.Join(words, ", ")
	if len(at) > 3 {
		text = words[0] + " to " + words[len(words)-1]
	}
	return []chip{{counted(len(at), "other replica") + " " + text, f.Theme.Other}}
}

// beforeAfter compares what came before the newest change of the limit, or rollout, with what came after it.
func (s *CaseScreen) beforeAfter(f Frame) []string {
	e, ok := newestParting(s.series.events)
	if !ok {
		return nil
	}
	th := f.Theme
	before, after := analysis.BeforeAfter(s.series.chart, e.At)
	if before.Points == 0 || after.Points == 0 {
		return nil
	}
	spell := func(name string, p analysis.Spell) string {
		text := fmt.Sprintf("%s (%s): max %s", name, Span(p.Long), data.HumanBytes(p.Max))
		if p.Limit > 0 {
			text += fmt.Sprintf(" = %.0f%% of %s", p.Max/p.Limit*100, data.HumanBytes(p.Limit))
		}
		if e.Kind == analysis.EventRollout {
			return text // the chart knows the kills of its own pod alone
		}
		return text + ", " + counted(p.Kills, "kill")
	}
	good := th.Text
	if after.Kills == 0 && before.Kills > 0 && e.Kind == analysis.EventLimit {
		good = th.OK
	}
	return wrapChips([]chip{
		{eventGlyph(&th.Glyphs, e.Kind) + " " + e.Says.String(), chartStyle(th, markEvent)},
		{spell("before", before), th.Text}, {spell("after", after), good},
	}, dotted(th), f.Width-1, readoutLines)
}

// wrapChips joins chips into at most lines lines of w cells behind a space. A chip that no line has room for is left out.
func wrapChips(chips []chip, sep string, w, lines int) []string {
	var out []string
	for len(chips) > 0 && len(out) < lines {
		n, used := 0, 0
		for n < len(chips) {
			more := Width(chips[n].text)
			if n > 0 {
				more += Width(sep)
			}
			if used+more > w && n > 0 {
				break
			}
			used += more
			n++
		}
		out = append(out, " "+fitChips(chips[:n], sep, w))
		chips = chips[n:]
	}
	return out
}
