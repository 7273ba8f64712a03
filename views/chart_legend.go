package views

import (
	"fmt"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// chartLegend says what the lines and marks of c are, the most useful first.
func chartLegend(c *data.Chart, opt chartOptions) []chip {
	if c == nil || !c.To.After(c.From) {
		return nil
	}
	th, g := opt.Theme, opt.Theme.Glyphs
	f := newChartFrame(c, maxChartW, minChartH, opt)
	parts := usageChips(opt)
	value := func(glyph, name string, over data.Samples, now *int64, m chartMark) {
		v, ok := newestValue(over, now)
		if !ok {
			return
		}
		text := fmt.Sprintf("%s %s %s", glyph, name, data.HumanBytes(v))
		if over.Len() == 0 {
			text += " now" // what it was before is not known
		}
		parts = append(parts, chip{text, chartStyle(th, m)})
	}
	value(g.Limit, "limit", c.Limit, opt.Limit, markLimit)
	if n := killsWithin(c.Kills, c.From, c.To); n > 0 {
		parts = append(parts, chip{fmt.Sprintf("%s kill (%d)", g.Kill, n), th.Kill})
	}
	value(g.Request, "request", c.Request, opt.Request, markRequest)
	parts = append(parts, eventChips(opt)...)
	if len(silences(c, &f)) > 0 {
		parts = append(parts, chip{g.Dot + " no data", th.Gap})
	}
	if len(c.Others) > 0 && !opt.Alone && opt.Parts == nil {
		sign := "⠢"
		if f.dots != dotsBraille {
			sign = "~"
		}
		parts = append(parts, chip{sign + " " + counted(podCount(c.Others), "other replica"), th.Other})
	}
	if opt.Ahead != nil {
		parts = append(parts, chip{"? next kill expected", chartStyle(th, markAhead)})
	}
	return parts
}

// usageChips name the area: the working set, or the layers that it is made of.
func usageChips(opt chartOptions) []chip {
	th := opt.Theme
	if opt.Parts == nil {
		sign := "⣿"
		switch opt.dots() {
		case dotsBlocks:
			sign = th.Glyphs.Bar
		case dotsASCII:
			sign = "*"
		}
		return []chip{{sign + " working set", th.Usage}}
	}
	var out []chip
	for _, s := range stackParts(opt.Parts) {
		out = append(out, chip{string(s.sign(opt.dots())) + " " + s.name, chartStyle(th, s.mark)})
	}
	return out
}

// eventChips name the signs on the time axis, each kind once.
func eventChips(opt chartOptions) []chip {
	counts := map[analysis.ChartEventKind]int{}
	for _, e := range opt.Events {
		counts[e.Kind]++
	}
	var out []chip
	for _, k := range []struct {
		kind analysis.ChartEventKind
		noun string
	}{
		{analysis.EventLimit, "limit changed"}, {analysis.EventRollout, "rollout"}, {analysis.EventRestart, "restart"}, {analysis.EventRequest, "request changed"},
	} {
		if n := counts[k.kind]; n > 0 {
			out = append(out, chip{fmt.Sprintf("%s %s (%d)", eventGlyph(&opt.Theme.Glyphs, k.kind), k.noun, n), chartStyle(opt.Theme, markEvent)})
		}
	}
	return out
}

// podCount counts the pods that lives are of.
func podCount(lives []data.Life) int {
	seen := map[data.Text]bool{}
	for _, l := range lives {
		seen[l.Pod] = true
	}
	return len(seen)
}
