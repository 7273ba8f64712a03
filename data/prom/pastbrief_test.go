package prom

import (
	"math"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/value"

	"github.com/oomedic/oomedic/data"
)

// A pod that came, was killed and went between two looks is remembered.
func TestKillsOfPodsThatLivedForAMinute(t *testing.T) {
	t.Parallel()
	stale := math.Float64frombits(value.StaleNaN)
	// The looks are at whole multiples of five minutes: the series lives between two of them.
	from := testNow.Add(-40 * time.Minute).Truncate(killStep).Add(time.Minute)
	for name, c := range map[string]struct {
		reasons []string
		end     float64
		kills   int
	}{
		"killed for memory":                      {[]string{"OOMKilled"}, float64(from.Unix()), 1},
		"killed for memory, and ended otherwise": {[]string{"OOMKilled", "Error"}, float64(from.Unix()), 0},
		"ended otherwise":                        {[]string{"Error"}, float64(from.Unix()), 0},
		"at a time that is lost, the year 1":     {[]string{"OOMKilled"}, -62135596800, 0},
		"killed longer ago than is looked at":    {[]string{"OOMKilled"}, float64(from.Add(-90 * 24 * time.Hour).Unix()), 0},
	} {
		e := newEngine(t, 50_000_000)
		pairs := []string{"namespace", "shop", "pod", "brief", "container", "api", "uid", "u"}
		brief := func(metric string, v float64, more ...string) line {
			return newLine(metric, append(append([]string(nil), pairs...), more...)...).with(from, from.Add(time.Minute), scrape, always(v)).at(from.Add(90*time.Second), stale)
		}
		lines := []line{brief(data.MetricLastEnd, c.end)}
		for _, reason := range c.reasons {
			lines = append(lines, brief(data.MetricLastReason, 1, "reason", reason))
		}
		e.load(t, lines...)
		got, gaps := e.reader(t, Options{}).Past(t.Context(), nil)
		kills := 0
		for i := range got.Containers {
			kills += len(got.Containers[i].Kills)
			if k := got.Containers[i].Kills[0]; float64(k.At.Unix()) != c.end || k.From == "" {
				t.Errorf("%s: %+v", name, k)
			}
		}
		if kills != c.kills {
			t.Errorf("%s: %d kills, want %d (%v)", name, kills, c.kills, gaps)
		}
	}
}

// The kills are the same at whatever part of a second they are asked for.
func TestPastKillsAtAnyPartOfASecond(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	c := apiCase()
	var at []time.Time
	for i := range 12 {
		at = append(at, ago(50*time.Minute).Add(time.Duration(i)*4*time.Minute))
	}
	e.load(t, kubeState(c.Key.Pod.String(), "OOMKilled", testNow.Add(time.Second), at...)...)
	for _, part := range []time.Duration{0, 100 * time.Microsecond, 600 * time.Microsecond, 999*time.Millisecond + 999*time.Microsecond} {
		r := e.reader(t, Options{Now: func() time.Time { return testNow.Add(part) }})
		got, gaps := r.Past(t.Context(), nil)
		if len(got.Containers) != 1 || len(got.Containers[0].Kills) != len(at) {
			t.Errorf("%s after the second: %d containers, gaps %v", part, len(got.Containers), gaps)
			for i := range got.Containers {
				t.Errorf("%d kills, want %d", len(got.Containers[i].Kills), len(at))
			}
		}
	}
}
