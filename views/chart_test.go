package views

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/oomedic/oomedic/data"
)

// plotOf draws c and returns its lines without styles and without the Y axis, and the frame they were drawn in.
func plotOf(t *testing.T, c *data.Chart, w, h int, opt chartOptions) ([]string, chartFrame) {
	t.Helper()
	f := newChartFrame(c, w, h, opt)
	lines := strings.Split(ansi.Strip(drawChart(c, w, h, opt)), "\n")
	if len(lines) != h {
		t.Fatalf("%d lines, want %d", len(lines), h)
	}
	for i := range lines {
		r := []rune(lines[i])
		lines[i] = string(r[min(f.left, len(r)):])
	}
	return lines, f
}

// usedColumns reports for each column whether the working set is drawn in it.
func usedColumns(lines []string, f chartFrame) []bool {
	out := make([]bool, f.w)
	for _, line := range lines[:f.h] {
		for x, r := range []rune(line) {
			if r > 0x2800 && r <= 0x28ff || r == '*' {
				out[x] = true
			}
		}
	}
	return out
}

// ramp is one life with a sample each minute for an hour, from a quarter of 64Mi upwards.
func ramp() *data.Chart {
	from := fixedNow.Add(-time.Hour)
	c := &data.Chart{Window: data.Hour, From: from, To: fixedNow, Step: time.Minute, Lives: make([]data.Life, 1)}
	for n := range 61 {
		c.Lives[0].T = append(c.Lives[0].T, from.Add(time.Duration(n)*time.Minute).UnixMilli())
		c.Lives[0].V = append(c.Lives[0].V, float64(16+n/2)*float64(data.Mi))
	}
	return c
}

func without(s data.Samples, from, to int) data.Samples {
	return data.Samples{T: append(s.T[:from:from], s.T[to:]...), V: append(s.V[:from:from], s.V[to:]...)}
}

func TestChartKeepsGapsBlank(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(*data.Chart)
		blank  bool
	}{
		{"one missed sample is joined", func(c *data.Chart) { c.Lives[0].Samples = without(c.Lives[0].Samples, 30, 31) }, false},
		{"two missed samples are a gap", func(c *data.Chart) { c.Lives[0].Samples = without(c.Lives[0].Samples, 30, 32) }, true},
		{"a value that is no number is a gap", func(c *data.Chart) { c.Lives[0].V[30], c.Lives[0].V[31] = math.NaN(), math.Inf(1) }, true},
		{"a negative value is a gap", func(c *data.Chart) { c.Lives[0].V[30], c.Lives[0].V[31] = -1, -1 }, true},
		{"a new life is not joined to the one before", func(c *data.Chart) {
			s := c.Lives[0].Samples
			c.Lives = []data.Life{{Samples: s.Between(c.From, c.From.Add(30*time.Minute))}, {Samples: s.Between(c.From.Add(32*time.Minute), c.To)}}
		}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, theme := range []string{"dark", "plain"} {
				c := ramp()
				tt.change(c)
				opt := chartOpt(t, theme)
				lines, f := plotOf(t, c, 127, 20, opt)
				used := usedColumns(lines, f)
				at := f.col(c.From.Add(30*time.Minute + 30*time.Second).UnixMilli())
				if used[at] == tt.blank {
					t.Errorf("%s: column %d is drawn: %v\n%s", theme, at, used[at], strings.Join(lines, "\n"))
				}
				if !used[at-10] || !used[at+10] {
					t.Errorf("%s: columns beside the gap are blank:\n%s", theme, strings.Join(lines, "\n"))
				}
			}
		})
	}
}

func TestChartMarksGapsAtItsBase(t *testing.T) {
	t.Parallel()
	c := ramp()
	c.Lives[0].Samples = without(c.Lives[0].Samples, 20, 40)
	lines, f := plotOf(t, c, 127, 20, chartOpt(t, "dark"))
	base := []rune(lines[f.h-1])
	for _, tt := range []struct {
		minute int
		mark   bool
	}{{10, false}, {25, true}, {35, true}, {45, false}} {
		x := f.col(c.From.Add(time.Duration(tt.minute) * time.Minute).UnixMilli())
		if got := x < len(base) && base[x] == '·'; got != tt.mark {
			t.Errorf("minute %d has a mark: %v, want %v", tt.minute, got, tt.mark)
		}
	}
	if legend := ansi.Strip(legendText(c, 200, chartOpt(t, "dark"))); !strings.Contains(legend, "no data") {
		t.Errorf("legend %q says nothing of the gap", legend)
	}
	if legend := ansi.Strip(legendText(ramp(), 200, chartOpt(t, "dark"))); strings.Contains(legend, "no data") {
		t.Errorf("legend %q speaks of a gap that is not there", legend)
	}
}

func TestChartDrawsKillsOnTheLimit(t *testing.T) {
	t.Parallel()
	c := ramp()
	limit := 64 * data.Mi
	c.Kills = []data.Kill{{At: c.From.Add(20 * time.Minute)}, {At: c.To}, {At: c.From.Add(-time.Second)}, {At: c.To.Add(time.Second)}}
	opt := chartOpt(t, "dark")
	opt.Limit = &limit
	lines, f := plotOf(t, c, 100, 20, opt)
	all := strings.Join(lines, "\n")
	if n := strings.Count(all, "✗"); n != 2 {
		t.Errorf("%d marks, want the two kills of the window:\n%s", n, all)
	}
	row := []rune(lines[f.row(float64(limit))])
	if x := f.col(c.Kills[0].At.UnixMilli()); row[x] != '✗' {
		t.Errorf("column %d of the limit's row is %q:\n%s", x, row[x], all)
	}
	if row[f.w-1] != '✗' || row[0] != '━' {
		t.Errorf("the limit's row is %q", string(row))
	}
	legend := ansi.Strip(legendText(c, 200, opt))
	for _, want := range []string{"working set", "limit 64Mi now", "kill (2)"} {
		if !strings.Contains(legend, want) {
			t.Errorf("legend %q lacks %q", legend, want)
		}
	}
}

func TestChartDrawsKillsAtTheTopWithoutALimit(t *testing.T) {
	t.Parallel()
	c := ramp()
	c.Kills = []data.Kill{{At: c.From.Add(20 * time.Minute)}}
	lines, _ := plotOf(t, c, 100, 20, chartOpt(t, "plain"))
	if !strings.Contains(lines[0], "x") {
		t.Errorf("no mark in the top row:\n%s", strings.Join(lines, "\n"))
	}
	if legend := legendText(c, 200, chartOpt(t, "plain")); strings.Contains(legend, "limit") {
		t.Errorf("legend %q names a limit that is not known", legend)
	}
}

func TestChartDrawsAChangeOfTheLimit(t *testing.T) {
	t.Parallel()
	c := ramp()
	half := c.From.Add(30 * time.Minute).UnixMilli()
	c.Limit = data.Samples{T: []int64{c.From.UnixMilli(), half}, V: []float64{48 * float64(data.Mi), 96 * float64(data.Mi)}}
	lines, f := plotOf(t, c, 100, 24, chartOpt(t, "dark"))
	before, after := []rune(lines[f.row(c.Limit.V[0])]), []rune(lines[f.row(c.Limit.V[1])])
	x := f.col(half)
	if before[x-5] != '━' || after[x+5] != '━' || after[x-5] == '━' || (len(before) > x+5 && before[x+5] == '━') {
		t.Errorf("the limit's rows are\n%s\n%s", string(before), string(after))
	}
}

func TestChartOtherReplicasStayBehind(t *testing.T) {
	t.Parallel()
	c := ramp()
	c.Others = []data.Life{{Pod: "b", Samples: c.Lives[0].Samples}}
	alone, _ := plotOf(t, ramp(), 100, 20, chartOpt(t, "dark"))
	both, _ := plotOf(t, c, 100, 20, chartOpt(t, "dark"))
	if strings.Join(alone, "\n") != strings.Join(both, "\n") {
		t.Error("a replica with the same samples shows through the container's own line")
	}
	for n := range 20 {
		c.Others = append(c.Others, data.Life{Pod: data.Textf("pod-%d", n)}, data.Life{Pod: data.Textf("pod-%d", n)})
	}
	if got := firstPods(c.Others, maxOthers); len(got) != 1+2*(maxOthers-1) {
		t.Errorf("%d lives of other pods are drawn, want those of %d pods", len(got), maxOthers)
	}
}

func TestChartCursor(t *testing.T) {
	t.Parallel()
	opt := chartOpt(t, "dark")
	opt.Cursor = fixedNow.Add(-30 * time.Minute)
	lines, f := plotOf(t, ramp(), 100, 20, opt)
	if x := f.col(opt.Cursor.UnixMilli()); []rune(lines[f.h])[x] != '▲' || []rune(lines[0])[x] != '│' {
		t.Errorf("no cursor in column %d:\n%s", x, strings.Join(lines, "\n"))
	}
	opt.Cursor = fixedNow.Add(time.Hour)
	if lines, _ := plotOf(t, ramp(), 100, 20, opt); strings.Contains(strings.Join(lines, ""), "▲") {
		t.Error("a cursor outside of the window is drawn")
	}
}
