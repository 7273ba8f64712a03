package analysis

import (
	"math"
	"slices"
	"testing"
	"testing/quick"
	"time"

	"github.com/oomedic/oomedic/data"
)

func TestQuantile(t *testing.T) {
	t.Parallel()
	// The values of Prometheus's own tests of quantile_over_time: 0, 1 and 0, 1, 2, 4, 5.
	for _, c := range []struct {
		v    []float64
		q    float64
		want float64
	}{
		{[]float64{0, 1}, 0.5, 0.5}, {[]float64{0, 1}, 0.75, 0.75}, {[]float64{0, 1, 2}, 0.75, 1.5}, {[]float64{0, 1, 4}, 0.75, 2.5}, {[]float64{0, 1, 4}, 0.8, 2.8},
		{[]float64{7}, 0.99, 7}, {[]float64{3, 9}, 0, 3}, {[]float64{3, 9}, 1, 9},
	} {
		if got := Quantile(c.v, c.q); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("Quantile(%v, %v) = %v, want %v", c.v, c.q, got, c.want)
		}
	}
	if !math.IsNaN(Quantile(nil, 0.5)) {
		t.Error("a quantile of nothing")
	}
	within := func(v []float64, q float64) bool {
		v = slices.DeleteFunc(v, func(x float64) bool { return !finite(x) || math.Abs(x) > 1e300 })
		if len(v) == 0 {
			return true
		}
		slices.Sort(v)
		got := Quantile(v, math.Mod(math.Abs(q), 1))
		return got >= v[0]-1e-9*math.Abs(v[0]) && got <= v[len(v)-1]+1e-9*math.Abs(v[len(v)-1])
	}
	if err := quick.Check(within, nil); err != nil {
		t.Error(err)
	}
}

func TestStatsWindowsAndCoverage(t *testing.T) {
	t.Parallel()
	h := historyOf("a", data.Gi, 48*time.Hour, time.Minute, 0, level(100))
	lives := readLives(h, nil, limitsOver(h, nil), time.Minute, false)
	day := statsOf(h, lives, data.Day, noon, time.Minute, new([]float64))
	if day.Samples != 24*60 {
		t.Errorf("%d samples of a day, want %d (the window is open at its start)", day.Samples, 24*60)
	}
	near(t, "coverage of the day", day.Coverage, 1, 1e-6)
	near(t, "coverage of the week", statsOf(h, lives, data.Week, noon, time.Minute, new([]float64)).Coverage, 2.0/7, 0.001)
	// half of the day is missing, and a second pod covers a quarter of it
	h.Lives = []data.Life{{Pod: "a", ID: "1", Samples: h.Lives[0].Between(noon.Add(-12*time.Hour), noon.Add(time.Hour))},
		{Pod: "b", ID: "2", Samples: h.Lives[0].Between(noon.Add(-18*time.Hour), noon.Add(-6*time.Hour))}}
	lives = readLives(h, nil, limitsOver(h, nil), time.Minute, false)
	near(t, "coverage of two pods", statsOf(h, lives, data.Day, noon, time.Minute, new([]float64)).Coverage, 0.75, 0.002)
}

func TestStatsPoolsPods(t *testing.T) {
	t.Parallel()
	at := func(mins int) int64 { return noon.Add(time.Duration(-mins) * time.Minute).UnixMilli() }
	h := &data.History{Lives: []data.Life{
		{Pod: "a", ID: "1", Samples: data.Samples{T: []int64{at(3), at(2), at(1)}, V: []float64{1, 2, 3}}},
		{Pod: "b", ID: "2", Samples: data.Samples{T: []int64{at(3), at(2)}, V: []float64{10, 14}}},
	}}
	lives := readLives(h, nil, limitsOver(h, nil), time.Minute, false)
	s := statsOf(h, lives, data.Day, noon, time.Minute, new([]float64))
	if s.Samples != 5 || s.Mean != 6 || s.P50 != 3 || s.Max != 14 {
		t.Errorf("%+v", s)
	}
	near(t, "coverage", s.Coverage*1440, 3, 1e-6)
}

func TestCleanSamples(t *testing.T) {
	t.Parallel()
	in := data.Samples{T: []int64{30, 10, 10, 20, 40, 50, 60}, V: []float64{3, 1, 9, 2, math.NaN(), math.Inf(1), -4}}
	got := cleanSamples(in)
	if !slices.Equal(got.T, []int64{10, 20, 30}) || !slices.Equal(got.V, []float64{9, 2, 3}) {
		t.Errorf("%v", got)
	}
	if got := cleanSamples(data.Samples{T: []int64{1, 2, 3}, V: []float64{1}}); got.Len() != 1 || len(got.V) != 1 {
		t.Errorf("of unequal lengths: %v", got)
	}
	ordered := data.Samples{T: []int64{1, 2}, V: []float64{5, 6}}
	if got := cleanSamples(ordered); &got.V[0] != &ordered.V[0] {
		t.Error("clean samples were copied")
	}
}

func TestLivesWithoutIDs(t *testing.T) {
	t.Parallel()
	_, h := leakingAPI()
	want := len(h.Lives)
	var joined data.Life
	joined.Pod = "api-0"
	for _, l := range h.Lives {
		joined.T, joined.V = append(joined.T, l.T...), append(joined.V, l.V...)
	}
	limitAt := limitsOver(h, nil)
	h.Lives = []data.Life{joined}
	if got := readLives(h, h.Kills, limitAt, time.Minute, false); len(got) != want {
		t.Errorf("cut at kills: %d lives, want %d", len(got), want)
	}
	if got := readLives(h, nil, limitAt, time.Minute, false); len(got) != want {
		t.Errorf("cut at falls from near the limit: %d lives, want %d", len(got), want)
	}
}

// A selection gives what a sort gives.
func TestQuantileOfUnsorted(t *testing.T) {
	t.Parallel()
	same := func(seed uint64, size uint16, few bool) bool {
		rnd := noise(seed)
		v := make([]float64, int(size)%3000+1)
		for i := range v {
			v[i] = rnd.next()
			if few {
				v[i] = math.Floor(4 * v[i])
			}
		}
		sorted := slices.Clone(v)
		slices.Sort(sorted)
		for _, q := range []float64{0, 0.5, 0.95, 0.99, 1} {
			if quantileOf(v, q) != Quantile(sorted, q) {
				return false
			}
		}
		return true
	}
	if err := quick.Check(same, &quick.Config{MaxCount: 300}); err != nil {
		t.Error(err)
	}
}
