package views

import (
	"encoding/binary"
	"go/parser"
	"go/token"
	"math"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// hostileCharts are charts that no honest source would send, and honest ones at the edge.
func hostileCharts() map[string]*data.Chart {
	at := func(ms ...int64) []int64 {
		for i := range ms {
			ms[i] += fixedNow.Add(-time.Hour).UnixMilli()
		}
		return ms
	}
	chart := func(t []int64, v ...float64) *data.Chart {
		return &data.Chart{From: fixedNow.Add(-time.Hour), To: fixedNow, Step: time.Minute, Lives: []data.Life{{Samples: data.Samples{T: t, V: v}}}}
	}
	out := map[string]*data.Chart{
		"nothing": chart(nil), "no span": {From: fixedNow, To: fixedNow}, "backwards": {From: fixedNow, To: fixedNow.Add(-time.Hour)},
		"zero": {}, "one sample": chart(at(60000), 1<<20), "all zero": chart(at(0, 60000, 120000), 0, 0, 0),
		"constant":    chart(at(0, 60000, 120000), 5, 5, 5),
		"NaN":         chart(at(0, 60000, 120000), 1, math.NaN(), 2),
		"all NaN":     chart(at(0, 60000), math.NaN(), math.NaN()),
		"infinite":    chart(at(0, 60000, 120000), math.Inf(1), math.Inf(-1), 7),
		"negative":    chart(at(0, 60000), -1, -1e300),
		"huge":        chart(at(0, 60000), 1e18, 3),
		"beyond":      chart(at(0, 60000), math.MaxFloat64, 1),
		"tiny":        chart(at(0, 60000), math.SmallestNonzeroFloat64, math.SmallestNonzeroFloat64),
		"unordered":   chart(at(120000, 60000, 60000, 0), 1, 2, 3, 4),
		"uneven":      chart(at(0, 60000, 120000), 1),
		"far away":    chart([]int64{math.MinInt64, 0, math.MaxInt64}, 1, 2, 3),
		"no step":     chart(at(0, 1, 2), 1, 2, 3),
		"whole epoch": chart(at(0), 1),
	}
	out["no step"].Step = 0
	out["whole epoch"].From, out["whole epoch"].To = time.UnixMilli(math.MinInt32), time.UnixMilli(1<<60)
	bad := chart(at(0, 60000), 1, 2)
	bad.Limit = data.Samples{T: at(0, 60000), V: []float64{math.NaN(), math.Inf(1)}}
	bad.Request = data.Samples{T: at(0, 60000), V: []float64{-5}}
	bad.Kills = []data.Kill{{}, {At: time.UnixMilli(math.MaxInt64)}, {At: fixedNow}}
	bad.Others = []data.Life{{Samples: data.Samples{T: at(0, 1), V: []float64{math.NaN(), -1}}}}
	out["limits"] = bad
	return out
}

func checkChart(t *testing.T, c *data.Chart, w, h int, opt chartOptions) {
	t.Helper()
	out := drawChart(c, w, h, opt)
	if h <= 0 {
		if out != "" {
			t.Fatalf("%dx%d draws %q", w, h, out)
		}
		return
	}
	lines := strings.Split(out, "\n")
	if len(lines) != h {
		t.Fatalf("%dx%d: %d lines", w, h, len(lines))
	}
	for _, line := range lines {
		if n := Width(line); n > max(w, 0) {
			t.Fatalf("%dx%d: a line of %d cells", w, h, n)
		}
	}
	if n := Width(legendText(c, w, opt)); n > max(w, 0) {
		t.Fatalf("%dx%d: a legend of %d cells", w, h, n)
	}
}

func TestChartHoldsWhateverComes(t *testing.T) {
	t.Parallel()
	edges := []int{-1, 0, 1, 2, 4, 5, 6, 23, 24, 25, 60}
	large := [][2]int{{300, 300}, {300, 5}, {24, 300}, {120, 40}}
	for name, c := range hostileCharts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, theme := range []string{"dark", "plain"} {
				opt := chartOpt(t, theme)
				opt.Limit, opt.Request, opt.Cursor = ptr(int64(math.MaxInt64)), ptr(int64(-1)), fixedNow.Add(-time.Minute)
				for _, w := range edges {
					for _, h := range edges {
						checkChart(t, c, w, h, opt)
					}
				}
				for _, s := range large {
					checkChart(t, c, s[0], s[1], opt)
				}
			}
		})
	}
}

func TestChartBeyondItsLargestSize(t *testing.T) {
	t.Parallel()
	opt := chartOpt(t, "dark")
	checkChart(t, ramp(), 5000, 20, opt)
	checkChart(t, ramp(), 60, 900, opt)
	checkChart(t, nil, 80, 20, opt)
}

// TestChartAllocationIsBounded is not parallel: it reads what the whole process has allocated.
func TestChartAllocationIsBounded(t *testing.T) {
	c := &data.Chart{From: fixedNow.Add(-time.Hour), To: fixedNow, Step: time.Minute, Lives: make([]data.Life, 1)}
	const n = 300_000
	for i := range n {
		c.Lives[0].T = append(c.Lives[0].T, c.From.UnixMilli()+int64(i)*3_600_000/n)
		c.Lives[0].V = append(c.Lives[0].V, float64(i%2)*1e12) // from edge to edge at every sample
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	drawChart(c, 300, 100, chartOpt(t, "dark"))
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 64<<20 {
		t.Errorf("one draw of %d samples allocates %d MiB", n, got>>20)
	}
}

// FuzzDrawChart feeds samples of any bit pattern: eight bytes of time and eight of value each.
func FuzzDrawChart(f *testing.F) {
	f.Add(80, 14, int64(60000), []byte("12345678123456781234567812345678"))
	f.Add(24, 5, int64(0), []byte{})
	f.Add(120, 30, int64(-1), binary.BigEndian.AppendUint64(make([]byte, 8), math.Float64bits(math.NaN())))
	f.Fuzz(func(t *testing.T, w, h int, step int64, raw []byte) {
		c := &data.Chart{From: fixedNow.Add(-time.Hour), To: fixedNow, Step: time.Duration(step), Lives: make([]data.Life, 1)}
		life := &c.Lives[0]
		for ; len(raw) >= 16; raw = raw[16:] {
			life.T = append(life.T, c.From.UnixMilli()+int64(binary.BigEndian.Uint64(raw)))
			life.V = append(life.V, math.Float64frombits(binary.BigEndian.Uint64(raw[8:])))
		}
		c.Limit, c.Others = life.Samples, c.Lives
		checkChart(t, c, w%400, h%400, chartOpt(t, "dark"))
		checkChart(t, c, w%400, h%400, chartOpt(t, "plain"))
	})
}

func TestOneFileKnowsTheChartLibrary(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, e := range files {
		if !strings.HasSuffix(e.Name(), ".go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, im := range parsed.Imports {
			if strings.Contains(im.Path.Value, "ntcharts") {
				found = true
				if e.Name() != "chart.go" {
					t.Errorf("%s imports %s: only chart.go may", e.Name(), im.Path.Value)
				}
			}
		}
	}
	if !found {
		t.Error("chart.go does not import ntcharts any more: this test guards nothing")
	}
}

func BenchmarkDrawChart160x40(b *testing.B) {
	c, opt := plateau(databaseKey, data.Day), chartOpt(b, "dark")
	b.ReportAllocs()
	for b.Loop() {
		drawChart(c, 160, 40, opt)
	}
}

func BenchmarkCaseViewUnchanged(b *testing.B) {
	s, _ := caseWith(b, plateau(databaseKey, data.Day))
	f := frameOf(b, "dark", 160, 40)
	b.ReportAllocs()
	for b.Loop() {
		s.View(f)
	}
}
