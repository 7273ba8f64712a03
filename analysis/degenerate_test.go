package analysis

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// odd returns histories that no sound source sends.
func odd() map[string]*data.History {
	at := func(m int) int64 { return noon.Add(time.Duration(-m) * time.Minute).UnixMilli() }
	one := func(t []int64, v []float64) *data.History {
		return &data.History{From: noon.Add(-time.Hour), To: noon, Lives: []data.Life{{Pod: "app-0", Samples: data.Samples{T: t, V: v}}}}
	}
	constant := &data.History{ScrapeInterval: time.Minute}
	l := data.Life{Pod: "app-0", ID: "a"}
	for m := 3000; m > 0; m-- {
		l.T, l.V = append(l.T, at(m)), append(l.V, 300*mi)
	}
	constant.Lives = []data.Life{l}
	reversed := data.Life{Pod: "app-0", ID: "a", Samples: data.Samples{T: slices.Clone(l.T), V: slices.Clone(l.V)}}
	slices.Reverse(reversed.T)
	huge := data.Life{Pod: "app-0", ID: "a", Samples: data.Samples{T: l.T, V: slices.Repeat([]float64{float64(int64(1) << 62)}, len(l.T))}}
	biggest := data.Life{Pod: "app-0", ID: "a", Samples: data.Samples{T: l.T, V: slices.Repeat([]float64{math.MaxFloat64}, len(l.T))}}
	return map[string]*data.History{
		"empty": {}, "a life without samples": one(nil, nil), "one sample": one([]int64{at(1)}, []float64{5}), "two samples": one([]int64{at(2), at(1)}, []float64{5, 6}),
		"not numbers": one([]int64{at(3), at(2), at(1)}, []float64{math.NaN(), math.Inf(1), math.Inf(-1)}), "negative": one([]int64{at(2), at(1)}, []float64{-5, -6}),
		"zeros": one([]int64{at(2), at(1)}, []float64{0, 0}), "duplicate times": one([]int64{at(1), at(1), at(1)}, []float64{1, 3, 2}), "the future": one([]int64{at(-90), at(-80)}, []float64{5, 6}),
		"ages ago": one([]int64{at(90 * 24 * 60)}, []float64{5}), "extreme times": one([]int64{math.MinInt64, math.MaxInt64}, []float64{5, 6}),
		"constant": constant, "backwards": {Lives: []data.Life{reversed}}, "near 2^62": {Lives: []data.Life{huge}, ScrapeInterval: time.Minute}, "the largest float": {Lives: []data.Life{biggest}, ScrapeInterval: time.Minute},
		"unequal lengths": one([]int64{at(2), at(1)}, []float64{7}),
	}
}

func TestDegenerateInput(t *testing.T) {
	t.Parallel()
	sizes := map[string]*int64{"none": nil, "zero": ptr(int64(0)), "one byte": ptr(int64(1)), "negative": ptr(int64(-1)), "usual": ptr(512 * data.Mi), "2^62": ptr(int64(1) << 62), "max": ptr(int64(math.MaxInt64))}
	for hname, h := range odd() {
		for lname, limit := range sizes {
			for rname, request := range sizes {
				c := killed("Deployment", "app", "app", "x", 0, 0, noon.Add(-30*time.Second))
				c.Resources = data.Resources{Limit: limit, Request: request}
				in := *h
				for _, limits := range []data.Samples{{}, {T: []int64{noon.Add(-40 * time.Minute).UnixMilli(), noon.UnixMilli()}, V: []float64{100 * mi, math.NaN()}}} {
					in.Limit = limits
					d := diagnose(c, &in)
					sound(t, &d)
					if _, err := json.Marshal(NewReport(noon, data.Cluster{}, ReportMetrics{}, nil, []Diagnosis{d})); err != nil {
						t.Errorf("%s, limit %s, request %s: %v", hname, lname, rname, err)
					}
				}
				if t.Failed() {
					t.Fatalf("%s, limit %s, request %s", hname, lname, rname)
				}
			}
		}
	}
	d := Diagnose(Input{})
	sound(t, &d)
}

// FuzzDiagnose reads a history from bytes and holds that nothing panics, nothing is NaN, nothing is recommended below
// what was hit, and the order in which lives and kills come does not matter.
func FuzzDiagnose(f *testing.F) {
	f.Add([]byte{1, 2, 3}, int64(512<<20), int64(256<<20), uint8(3))
	f.Add(slices.Repeat([]byte{0, 60, 9, 200, 77, 3, 8, 1}, 60), int64(1<<62), int64(0), uint8(1))
	f.Add(slices.Repeat([]byte{255, 255, 255, 255, 0, 0, 240, 127}, 30), int64(-4), int64(7), uint8(0))
	f.Fuzz(func(t *testing.T, b []byte, limit, request int64, kind uint8) {
		h := historyFromBytes(b)
		c := killed([]string{"Deployment", "StatefulSet", "CronJob", "Pod"}[kind%4], "app", "app", "redis", limit, request, noon.Add(-time.Duration(kind)*time.Minute))
		c.Env = []data.Knob{{Name: "JAVA_TOOL_OPTIONS", Value: data.Clean("-Xmx" + string(b[:min(len(b), 9)]))}}
		d := diagnose(c, h)
		sound(t, &d)
		slices.Reverse(h.Lives)
		slices.Reverse(h.Kills)
		again := diagnose(c, h)
		again.History, d.History = nil, nil
		if !reflect.DeepEqual(d, again) {
			t.Errorf("order matters:\n%+v\n%+v", d, again)
		}
	})
}

// historyFromBytes makes lives of eight bytes a sample: minutes ago, a value, and where a new life begins.
func historyFromBytes(b []byte) *data.History {
	h := &data.History{ScrapeInterval: time.Minute, From: noon.Add(-time.Hour), To: noon}
	var l data.Life
	flush := func() {
		if l.Len() > 0 {
			h.Lives = append(h.Lives, l)
		}
		l = data.Life{Pod: data.Text("app-" + string(rune('0'+len(h.Lives)%3)))}
	}
	flush()
	for ; len(b) >= 8; b = b[8:] {
		x := binary.LittleEndian.Uint64(b)
		at := noon.Add(-time.Duration(x&0xffff) * time.Minute)
		switch {
		case x>>16&31 == 0:
			h.Kills = append(h.Kills, data.PodKill{Pod: l.Pod, Kill: data.Kill{At: at, Reason: "OOMKilled"}})
			flush()
		case x>>16&31 == 1:
			l.T, l.V = append(l.T, at.UnixMilli()), append(l.V, math.Float64frombits(x))
		default:
			l.T, l.V = append(l.T, at.UnixMilli()), append(l.V, float64(x>>32)*1024)
		}
	}
	flush()
	if n := len(h.Lives); n > 1 {
		h.Lives[n-1].ID = "named"
	}
	return h
}
