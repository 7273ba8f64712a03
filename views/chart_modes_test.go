package views

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// mended is a database whose limit was raised from 512Mi to 768Mi in the middle of the window: two kills before, none
// after.
func mended(k data.Key, w data.Window) *data.Chart {
	c := plateau(k, w)
	mid := c.From.Add(w.Duration() / 2)
	c.Limit = data.Samples{T: []int64{c.From.UnixMilli(), mid.UnixMilli()}, V: []float64{float64(512 * data.Mi), float64(768 * data.Mi)}}
	c.Kills = []data.Kill{{At: c.From.Add(w.Duration() / 4)}, {At: c.From.Add(w.Duration() / 3)}}
	return c
}

// layered are the parts of the plateau's memory: half of it heap, then tmpfs, file cache and kernel memory.
func layered(c *data.Chart) *data.Parts {
	p := &data.Parts{Key: c.Key, Window: c.Window, From: c.From, To: c.To, Step: c.Step}
	for i, at := range c.Lives[0].T {
		v := c.Lives[0].V[i]
		for _, part := range []struct {
			s     *data.Samples
			share float64
		}{{&p.RSS, 0.5}, {&p.Shared, 0.25}, {&p.Cache, 0.15}, {&p.Rest, 0.1}, {&p.Idle, 0.1}} {
			part.s.T, part.s.V = append(part.s.T, at), append(part.s.V, v*part.share)
		}
	}
	return p
}

func TestAreaIsFilledDownToTheAxis(t *testing.T) {
	t.Parallel()
	for _, dots := range []dotStyle{dotsBraille, dotsBlocks, dotsASCII} {
		opt := chartOpt(t, "dark")
		opt.Dots = dots
		lines, f := plotOf(t, holed(leakyKey, data.Day), 100, 20, opt)
		floor := lines[f.h-1]
		filled := 0
		for _, r := range floor {
			if strings.ContainsRune("⣿█:", r) {
				filled++
			}
		}
		if filled < f.w/3 || filled > f.w*3/4 {
			t.Errorf("%s: %d of %d cells of the floor are filled: samples are, gaps are not", dotNames[dots], filled, f.w)
		}
		whole := strings.Join(lines[:f.h], "")
		if dots != dotsBraille && strings.ContainsFunc(whole, func(r rune) bool { return r >= 0x2800 && r <= 0x28ff }) {
			t.Errorf("%s draws braille", dotNames[dots])
		}
		if dots == dotsBlocks && !strings.ContainsAny(whole, "▁▂▃▄▅▆▇") {
			t.Error("blocks end at whole rows alone")
		}
	}
}

func TestPlainThemeDrawsASCIIWhateverIsChosen(t *testing.T) {
	t.Parallel()
	for dots := range dotStyles {
		opt := chartOpt(t, "plain")
		opt.Dots, opt.Events = dots, []analysis.ChartEvent{{At: fixedNow.Add(-time.Hour), Kind: analysis.EventRollout}}
		opt.Levels, opt.Ahead = []chartLevel{{"p95", 4e8}}, &chartAhead{low: time.Hour, likely: 2 * time.Hour, high: 3 * time.Hour, grows: true}
		for _, parts := range []*data.Parts{nil, layered(plateau(databaseKey, data.Day))} {
			opt.Parts = parts
			out := ansi.Strip(drawChart(plateau(databaseKey, data.Day), 100, 20, opt)) + legendText(plateau(databaseKey, data.Day), 200, opt)
			if strings.ContainsFunc(ansi.Strip(out), func(r rune) bool { return r > 0x7e }) {
				t.Errorf("%s: not ASCII:\n%s", dotNames[dots], out)
			}
		}
	}
}

func TestEventsStandOnTheAxis(t *testing.T) {
	t.Parallel()
	c, opt := ramp(), chartOpt(t, "dark")
	at := func(share float64) time.Time { return c.From.Add(time.Duration(share * float64(c.To.Sub(c.From)))) }
	opt.Events = []analysis.ChartEvent{
		{At: at(0.25), Kind: analysis.EventRestart}, {At: at(0.5), Kind: analysis.EventRollout}, {At: at(0.75), Kind: analysis.EventLimit},
		{At: c.From.Add(-time.Hour), Kind: analysis.EventRestart},
	}
	lines, f := plotOf(t, c, 100, 16, opt)
	axis := lines[f.h]
	if strings.Count(axis, "○") != 1 || strings.Count(axis, "◆") != 1 || strings.Count(axis, "◇") != 1 {
		t.Errorf("axis %q: one sign for each event in the window", axis)
	}
	// A rollout parts the chart from top to bottom, a restart does not.
	if n := strings.Count(lines[0], "┊"); n != 2 {
		t.Errorf("the top line has %d parting lines, want those of rollout and limit: %q", n, lines[0])
	}
	if legend := legendText(c, 300, opt); !strings.Contains(legend, "restart") || !strings.Contains(legend, "rollout") || !strings.Contains(legend, "limit changed") {
		t.Errorf("legend %q", legend)
	}
}

func TestLevelsAreNamed(t *testing.T) {
	t.Parallel()
	c, opt := plateau(databaseKey, data.Day), chartOpt(t, "dark")
	mi := float64(data.Mi)
	opt.Levels = []chartLevel{{"p95", 300 * mi}, {"p99", 480 * mi}, {"max", 481 * mi}, {"over", 512 * mi}, {"none", 0}}
	out := ansi.Strip(drawChart(c, 120, 30, opt))
	for _, want := range []string{"p95 300Mi", "p99 480Mi max 481Mi", "╌╌╌", "over 512Mi"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "none") {
		t.Error("an unknown level is drawn")
	}
}

func TestAheadGoesOnBeyondNow(t *testing.T) {
	t.Parallel()
	c, opt := ramp(), chartOpt(t, "dark")
	opt.Limit = ptr(100 * data.Mi)
	span := c.To.Sub(c.From)
	opt.Ahead = &chartAhead{low: span / 10, likely: span / 5, high: span / 4, grows: true}
	lines, f := plotOf(t, c, 100, 20, opt)
	if f.to-f.now < (span / 5).Milliseconds() {
		t.Fatalf("the axis ends %d ms after now, before the kill", f.to-f.now)
	}
	top := lines[f.row(float64(100*data.Mi))]
	if !strings.Contains(top, "??") || strings.Count(top, "✗") != 1 {
		t.Errorf("no bar from the earliest to the latest kill on the limit: %q", top)
	}
	if !strings.Contains(strings.Join(lines[:f.h], ""), "·") {
		t.Error("no dotted way to the limit")
	}
	if !strings.Contains(lines[f.h+1], "now") {
		t.Errorf("the present is not marked: %q", lines[f.h+1])
	}
	opt.Ahead.grows = false
	if lines, f := plotOf(t, c, 100, 20, opt); strings.Contains(strings.Join(lines[:f.h], ""), "·") {
		t.Error("memory that does not grow is drawn to grow")
	}
	opt.Ahead = nil
	if f := newChartFrame(c, 100, 20, opt); f.to != f.now {
		t.Error("the axis goes beyond now for nothing")
	}
}

func TestStackAddsUp(t *testing.T) {
	t.Parallel()
	c, opt := plateau(databaseKey, data.Day), chartOpt(t, "dark")
	opt.Parts = layered(c)
	lines, f := plotOf(t, c, 100, 40, opt)
	x := f.w * 3 / 4
	counts := map[rune]int{}
	order := ""
	for y := f.h - 1; y >= 0; y-- {
		r := []rune(Pad(lines[y], f.w))[x]
		if counts[r]++; counts[r] == 1 && strings.ContainsRune("█▓▒░", r) {
			order += string(r)
		}
	}
	if order != "█▓▒░" {
		t.Errorf("from below %q, want heap, tmpfs, cache, kernel", order)
	}
	if n := counts['█']; n < 2*counts['▓']-2 || n > 2*counts['▓']+2 {
		t.Errorf("heap is %d rows and tmpfs %d, want twice as many", n, counts['▓'])
	}
	legend := legendText(c, 300, opt)
	for _, want := range []string{"RSS", "tmpfs", "file cache", "kernel", "idle cache"} {
		if !strings.Contains(legend, want) {
			t.Errorf("no %q in the legend %q", want, legend)
		}
	}
	opt.Parts.Shared, opt.Parts.Cache = data.Samples{}, data.Samples{}
	if legend := legendText(c, 300, opt); !strings.Contains(legend, "cache and kernel") {
		t.Errorf("what is not told apart is called %q", legend)
	}
}

func TestPodsHaveAChartEach(t *testing.T) {
	t.Parallel()
	c, opt := plateau(databaseKey, data.Day), chartOpt(t, "dark")
	more := c.Others[0]
	more.Pod = "database-2"
	c.Others = append(c.Others, more)
	out := ansi.Strip(drawPods(c, 120, 30, opt))
	for _, pod := range []string{"database-0", "database-1", "database-2"} {
		if strings.Count(out, pod) != 1 {
			t.Errorf("%s has %d charts in\n%s", pod, strings.Count(out, pod), out)
		}
	}
	if n := strings.Count(out, "✗"); n != 2 {
		t.Errorf("%d kills: they are those of the case's own pod", n)
	}
	if out := ansi.Strip(drawPods(c, 40, 9, opt)); !strings.Contains(out, "2 more pods") {
		t.Errorf("pods without room are not counted:\n%s", out)
	}
}
