package analysis

import (
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// A life comes to a level in the middle between the first sample above it and the last one below it.
func TestReaches(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		v    []float64
		at   int64
		want bool
	}{
		"a steady climb":                 {[]float64{10, 20, 30, 40, 50}, 2000, true},
		"it falls back below it once":    {[]float64{10, 35, 20, 40, 50}, 1500, true},
		"near miss: never so high":       {[]float64{10, 20, 29}, 0, false},
		"above it from the first sample": {[]float64{40, 50}, 0, true},
	} {
		l := &life{v: c.v}
		for i := range c.v {
			l.t = append(l.t, int64(1000*i))
		}
		if at, ok := reaches(l, 30); ok != c.want || at != c.at {
			t.Errorf("%s: %d, %v; want %d, %v", name, at, ok, c.at, c.want)
		}
	}
}

// Kills within an hour after days of peace are a rush that counts once; kills at equal distances are all of their own.
func TestWaits(t *testing.T) {
	t.Parallel()
	kills := func(hours ...float64) []data.PodKill {
		var out []data.PodKill
		for _, h := range hours {
			out = append(out, data.PodKill{Pod: "a", Kill: data.Kill{At: noon.Add(-time.Duration(h * float64(time.Hour)))}})
		}
		return out
	}
	for name, c := range map[string]struct {
		kills         []data.PodKill
		short, series int
	}{
		"two rushes of three":         {kills(80, 79.9, 79.8, 10, 9.9, 9.8), 4, 2},
		"near miss: equal distances":  {kills(60, 50, 40, 30, 20, 10), 0, 6},
		"one rush that is long over":  {kills(90, 89.9, 89.8), 2, 1},
		"one kill":                    {kills(5), 0, 1},
		"none":                        {nil, 0, 0},
		"two pods at the same moment": {append(kills(5), data.PodKill{Pod: "b", Kill: data.Kill{At: noon.Add(-5 * time.Hour)}}), 0, 2},
	} {
		f := &facts{now: noon, kills: c.kills, c: &data.Container{Key: data.Key{Pod: "a"}}, conf: &Confirmation{}}
		if w := f.waits(); len(w.short) != c.short || w.series != c.series {
			t.Errorf("%s: %d short gaps, %d series; want %d, %d", name, len(w.short), w.series, c.short, c.series)
		}
	}
}

// Without rushes the wait is a Lomax variable: t = seen × (p^(-1/series) − 1).
func TestWaitQuantile(t *testing.T) {
	t.Parallel()
	w := &waitFacts{series: 4, seen: 100}
	near(t, "median", w.quantile(0.5, 0), 100*0.189207115, 1e-3)
	near(t, "four in five or later", w.quantile(0.9, 0), 100*0.026689963, 1e-3)
	if early, late := w.quantile(0.9, 0), w.quantile(0.1, 0); early >= late {
		t.Errorf("%v before %v", early, late)
	}
	rush := &waitFacts{series: 2, seen: 100, short: []float64{0.1, 0.1, 0.2, 0.2, 0.3, 0.3}}
	if within, after := rush.quantile(0.5, 0), rush.quantile(0.5, 1); within > 0.35 || after < 10 {
		t.Errorf("within a rush %v h, long after it %v h", within, after)
	}
	if p := rush.after(0, 0); p < 0.999 || rush.after(1e6, 0) > 1e-3 {
		t.Errorf("chances run from %v to %v", p, rush.after(1e6, 0))
	}
}
