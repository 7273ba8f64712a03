package analysis

import (
	"math"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// loadOf is a signal of a pod in steps of five minutes over a span, usual but for the steps that reach up to a kill.
func loadOf(h *data.History, pod data.Text, span time.Duration, usual, atKills float64) []data.Signal {
	s := data.Signal{Pod: pod}
	h.Load.Step = 5 * time.Minute
	n := noise(3)
	for at := noon.Add(-span); !at.After(noon); at = at.Add(h.Load.Step) {
		v := usual * (0.9 + 0.2*n.next())
		for _, k := range h.Kills {
			if d := k.At.Sub(at); k.Pod == pod && d > -5*time.Minute && d <= 5*time.Minute {
				v = atKills
			}
		}
		s.T, s.V = append(s.T, at.UnixMilli()), append(s.V, v)
	}
	return []data.Signal{s}
}

// The same sudden kills are a crowd, a large input or neither, by what load did.
func TestLoadTellsBurstsApart(t *testing.T) {
	t.Parallel()
	const week = 7 * 24 * time.Hour
	for name, c := range map[string]struct {
		want                     Class
		sockets, reads, received float64 // at kills
	}{
		"nothing unusual":                    {LoadSpike, 40, 1000, 1e5},
		"connections":                        {ConcurrentRequests, 400, 1000, 5e5},
		"disk reads":                         {LargeFile, 40, 5e6, 1e5},
		"received over the same sockets":     {LargeFile, 40, 1000, 9e6},
		"near miss: reads of no consequence": {LoadSpike, 40, 9000, 1e5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			con, h := simple(week, time.Minute, 20*time.Hour, level(230))()
			h.Load.Sockets = loadOf(h, "app-0", week, 40, c.sockets)
			h.Load.Reads = loadOf(h, "app-0", week, 1000, c.reads)
			h.Load.Received = loadOf(h, "app-0", week, 1e5, c.received)
			d := diagnose(con, h)
			sound(t, &d)
			if d.Cause.Class != c.want || d.Cause.Confidence < 0.55 {
				t.Errorf("%s (%.2f), want %s; %v", d.Cause.Class, d.Cause.Confidence, c.want, d.Cause.Alternatives)
			}
		})
	}
}

// Growth with load is no leak, the same growth without it is one.
func TestLoadGrowthIsNoLeak(t *testing.T) {
	t.Parallel()
	const span = 4 * 24 * time.Hour
	con, h := simple(span, 5*time.Minute, 0, func(age float64, n *noise) float64 { return (200 + 3*age + 3*n.next()) * mi })()
	before := diagnose(con, h)
	grown := data.Signal{Pod: "app-0"}
	h.Load.Step = 5 * time.Minute
	for at := noon.Add(-span); !at.After(noon); at = at.Add(h.Load.Step) {
		grown.T, grown.V = append(grown.T, at.UnixMilli()), append(grown.V, 1e5+1e3*at.Sub(noon.Add(-span)).Hours())
	}
	h.Load.Received = []data.Signal{grown}
	after := diagnose(con, h)
	if before.Cause.Class != MemoryLeak && before.Cause.Class != GradualAccumulation {
		t.Fatalf("without load: %s", before.Cause.Class)
	}
	if c := after.Cause; (c.Class == MemoryLeak || c.Class == GradualAccumulation) && c.Confidence >= before.Cause.Confidence {
		t.Errorf("with load that grows: %s (%.2f), before %.2f", c.Class, c.Confidence, before.Cause.Confidence)
	}
}

func TestCorrelation(t *testing.T) {
	t.Parallel()
	x := []float64{1, 2, 3, 4, 5}
	near(t, "the same", correlation(ranksOf(x), ranksOf([]float64{10, 20, 30, 40, 1000})), 1, 1e-12)
	near(t, "reversed", correlation(ranksOf(x), ranksOf([]float64{5, 4, 3, 2, 1})), -1, 1e-12)
	near(t, "constant", correlation(x, []float64{2, 2, 2, 2, 2}), 0, 0)
	if r := ranksOf([]float64{3, 1, 3}); r[0] != 1.5 || r[1] != 0 || r[2] != 1.5 {
		t.Errorf("ties share their rank: %v", r)
	}
	if v := correlation(nil, nil); math.IsNaN(v) {
		t.Error("nothing gives NaN")
	}
}
