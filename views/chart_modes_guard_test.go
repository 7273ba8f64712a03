package views

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// everything turns on all that a chart can show, made of its own samples.
func everything(c *data.Chart, opt chartOptions) chartOptions {
	opt.Levels = []chartLevel{{"p95", 1}, {"p99", math.NaN()}, {"max", math.Inf(1)}, {"high", maxDrawn}, {"low", -1}}
	opt.Ahead = &chartAhead{low: -time.Hour, likely: math.MaxInt64, high: math.MaxInt64, grows: true}
	opt.Events = []analysis.ChartEvent{{At: c.From, Kind: analysis.EventLimit}, {At: c.To, Kind: analysis.EventRollout}, {At: time.Unix(1<<40, 0)}}
	if len(c.Lives) > 0 {
		s := c.Lives[0].Samples
		opt.Parts = &data.Parts{RSS: s, Shared: s, Rest: s, Idle: c.Limit}
	}
	return opt
}

func TestModesHoldWhateverComes(t *testing.T) {
	t.Parallel()
	for name, c := range hostileCharts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, theme := range []string{"dark", "plain"} {
				for dots := range dotStyles {
					opt := everything(c, chartOpt(t, theme))
					opt.Dots, opt.Limit, opt.Cursor = dots, ptr(int64(48<<20)), fixedNow.Add(-time.Minute)
					for _, s := range [][2]int{{-1, 3}, {24, 5}, {25, 6}, {60, 9}, {100, 30}, {300, 97}} {
						checkChart(t, c, s[0], s[1], opt)
						plain := opt
						plain.Parts = nil
						checkChart(t, c, s[0], s[1], plain)
						checkPods(t, c, s[0], s[1], plain)
					}
				}
			}
		})
	}
}

func checkPods(t *testing.T, c *data.Chart, w, h int, opt chartOptions) {
	t.Helper()
	out := drawPods(c, w, h, opt)
	lines := strings.Split(out, "\n")
	if h > 0 && len(lines) != h {
		t.Fatalf("%dx%d: %d lines of small charts", w, h, len(lines))
	}
	for _, line := range lines {
		if n := Width(line); n > max(w, 0) {
			t.Fatalf("%dx%d: a line of %d cells among small charts", w, h, n)
		}
	}
}

// TestModesFit draws the case screen in every mode at every size that screens must be whole at.
func TestModesFit(t *testing.T) {
	t.Parallel()
	for _, keys := range []string{"b", "bb", "o", "oo", "m", "%", "e", "%e", "m%eb", "o+", "++<", "v+", "hhh%em", "ohhb"} {
		t.Run(keys, func(t *testing.T) {
			t.Parallel()
			c := mended(databaseKey, data.Week)
			s, st := caseWith(t, c)
			withParts(st, c, &Loaded[data.Parts]{Value: layered(c)})
			st = withDiagnosis(st, fixtureDiagnosis(t))
			st.Diagnoses[databaseKey].Value.Forecast = expecting(t).Forecast
			s.Set(st)
			press(s, strings.Split(keys, "")...)
			for _, sz := range fitSizes {
				for _, theme := range []string{"dark", "plain"} {
					f := frameOf(t, theme, sz.width, sz.height)
					checkFits(t, f, s.View(f))
				}
			}
		})
	}
}

// month is 30 days of a workload of many pods with a point an hour, as the longest window has them.
func month() *data.Chart {
	c := plateau(databaseKey, data.ThirtyDay)
	c.Step = time.Hour
	life := func(pod data.Text, base float64) data.Life {
		l := data.Life{Pod: pod}
		for n := range 720 {
			l.T = append(l.T, c.From.Add(time.Duration(n)*time.Hour).UnixMilli())
			l.V = append(l.V, base*(1+0.4*math.Sin(float64(n)/7)))
		}
		return l
	}
	c.Lives, c.Others = []data.Life{life(c.Key.Pod, 3e8)}, nil
	for i := range 20 {
		c.Others = append(c.Others, life(data.Textf("database-%d", i+1), 2e8+1e7*float64(i)))
	}
	return c
}

// benchModes are the modes that are measured, by the keys that lead to them.
var benchModes = map[string]string{"area": "", "blocks": "b", "pods": "o", "parts": "m", "levels-and-ahead": "%e"}

func benchCase(b *testing.B, keys string) (*CaseScreen, Frame) {
	c := month()
	s, st := caseWith(b, c)
	withParts(st, c, &Loaded[data.Parts]{Value: layered(c)})
	st = withDiagnosis(st, fixtureDiagnosis(b))
	st.Diagnoses[databaseKey].Value.Forecast = expecting(b).Forecast
	s.Set(st)
	if keys != "" {
		press(s, strings.Split(keys, "")...)
	}
	return s, frameOf(b, "dark", 200, 47)
}

// BenchmarkCaseView200x50 draws the case of 30 days anew each time, as after each key of the cursor.
func BenchmarkCaseView200x50(b *testing.B) {
	for name, keys := range benchModes {
		b.Run(name, func(b *testing.B) {
			s, f := benchCase(b, keys)
			b.ReportAllocs()
			for b.Loop() {
				s.drawn = drawnChart{}
				s.View(f)
			}
		})
	}
}

// BenchmarkCasePress200x50 is what a key costs in Update: the cursor, and a zoom that builds the numbers anew.
func BenchmarkCasePress200x50(b *testing.B) {
	for name, keys := range map[string][]string{"cursor": {"h", "l"}, "zoom": {"+", "-"}} {
		b.Run(name, func(b *testing.B) {
			s, f := benchCase(b, "hh")
			s.View(f)
			for b.Loop() {
				press(s, keys...)
			}
		})
	}
}

func TestMonthIsWhatALongWindowHas(t *testing.T) {
	t.Parallel()
	c := month()
	if n := c.Lives[0].Len(); n != 720 || len(c.Others) != 20 {
		t.Fatalf("%d points, %d other pods: the benchmarks measure something else", n, len(c.Others))
	}
}
