package views

import (
	"strings"

	"github.com/oomedic/oomedic/data"
)

// The room of one small chart among several, in cells, and the most that stand side by side.
const (
	podChartW = 36
	podChartH = 7
	podsWide  = 4
)

// podLives are the lives of one pod.
type podLives struct {
	pod   data.Text
	lives []data.Life
}

// byPod sorts the lives of a chart by pod: its own pod first, then the others as they come, newest first.
func byPod(c *data.Chart) []podLives {
	out := []podLives{{pod: c.Key.Pod, lives: c.Lives}}
	at := map[data.Text]int{}
	for _, l := range c.Others {
		i, ok := at[l.Pod]
		if !ok {
			i = len(out)
			at[l.Pod] = i
			out = append(out, podLives{pod: l.Pod})
		}
		out[i].lives = append(out[i].lives, l)
	}
	return out
}

// drawPods draws a small chart for each pod in exactly h lines of at most w cells, all with one scale of time and bytes.
// Where not all have room, the last line says how many are missing.
func drawPods(c *data.Chart, w, h int, opt chartOptions) string {
	if h <= 0 {
		return ""
	}
	if c == nil || w < minChartW || h < minChartH+1 {
		return drawChart(c, w, h, opt)
	}
	pods := byPod(c)
	across := min(max(w/podChartW, 1), podsWide, len(pods))
	down := min((len(pods)+across-1)/across, max((h-1)/podChartH, 1))
	shown, rest := min(len(pods), across*down), 0
	if shown < len(pods) {
		rest = len(pods) - shown
	}
	room := h
	if rest > 0 {
		room--
	}
	cellW, cellH := (w-across+1)/across, room/down
	f := newChartFrame(c, w, h, opt)
	opt.Top, opt.Ahead, opt.Levels, opt.Parts = f.top/headroom, nil, nil, nil
	var lines []string
	for row := range down {
		var cells [][]string
		for i := row * across; i < min((row+1)*across, shown); i++ {
			cells = append(cells, drawPod(c, pods[i], i == 0, cellW, cellH, opt))
		}
		for y := range cellH {
			var b strings.Builder
			for i, cell := range cells {
				if i > 0 {
					b.WriteString(" ")
				}
				b.WriteString(Pad(cell[y], cellW))
			}
			lines = append(lines, b.String())
		}
	}
	lines = exactly(lines, h)
	if rest > 0 {
		lines[h-1] = Render(opt.Theme.Muted, Cut(" "+opt.Theme.Glyphs.Down+" "+counted(rest, "more pod")+" in a larger window", w))
	}
	return strings.Join(lines, "\n")
}

// drawPod draws one pod's chart below its name, in exactly h lines.
func drawPod(c *data.Chart, p podLives, own bool, w, h int, opt chartOptions) []string {
	one := *c
	one.Lives, one.Others = p.lives, nil
	name, style := p.pod.String(), opt.Theme.Muted
	if own {
		style = opt.Theme.Strong
		name = opt.Theme.Glyphs.Cursor + name
	} else {
		// The chart's kills, limit and events are those of its own pod.
		one.Kills, one.Limit, one.Request, opt.Events = nil, data.Samples{}, data.Samples{}, nil
	}
	f := newChartFrame(&one, w, max(h-1, minChartH), opt)
	peak := ""
	if high := (&f).peakOf(p.lives); high > 0 {
		peak = " max " + data.HumanBytes(high)
	}
	head := Spread(Render(style, " "+CutMiddle(name, max(w-Width(peak)-1, 0))), Render(opt.Theme.Usage, peak), w)
	return exactly(append([]string{head}, strings.Split(drawChart(&one, w, h-1, opt), "\n")...), h)
}
