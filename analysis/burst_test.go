package analysis

import (
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// A container that asks for too much 75 seconds after each start is no victim of its node, however irregular the
// kubelet's back-off makes its kills; one that stands still for hours and is killed at random times, all without a
// sample above its usual level, is more likely one.
func TestNodeOrSpike(t *testing.T) {
	t.Parallel()
	loop := func(lengths func(i int) time.Duration, wait func(i int) time.Duration) (data.Container, *data.History) {
		h := &data.History{ScrapeInterval: 15 * time.Second, Selector: `namespace="shop",container="c",pod=~"x"`}
		n, at := noise(5), noon.Add(-20*24*time.Hour)
		for i := 0; at.Before(noon) && i < 14; i++ {
			l, end := data.Life{Pod: "app-0", ID: data.Text(at.Format(time.RFC3339))}, at.Add(lengths(i))
			for s := at.Add(3 * time.Second); s.Before(end); s = s.Add(15 * time.Second) {
				l.T, l.V = append(l.T, s.UnixMilli()), append(l.V, (200+10*n.next())*mi)
			}
			h.Lives = append(h.Lives, l)
			h.Kills = append(h.Kills, data.PodKill{Pod: "app-0", Kill: data.Kill{At: end, StartedAt: at, Reason: "OOMKilled", ExitCode: ptr(int32(137))}})
			at = end.Add(wait(i))
		}
		h.Limit = data.Samples{T: []int64{noon.Add(-30 * 24 * time.Hour).UnixMilli()}, V: []float64{512 * mi}}
		return killed("Deployment", "app", "app", "registry.example/app:1", 512*data.Mi, 96*data.Mi, lastKill(h)), h
	}
	backOff := func(i int) time.Duration { return 10 * time.Second << min(i, 5) }
	c, h := loop(func(int) time.Duration { return 75 * time.Second }, backOff)
	if d := diagnose(c, h); d.Cause.Class != LoadSpike || d.Recommendation.Limit == nil {
		t.Errorf("lives of 75 s: %s (%.2f) %v", d.Cause.Class, d.Cause.Confidence, d.Cause.Alternatives)
	}
	random := []time.Duration{3, 41, 12, 70, 5, 22, 90, 8, 33, 2, 51, 17, 9, 26}
	c, h = loop(func(i int) time.Duration { return random[i] * time.Hour }, func(int) time.Duration { return 10 * time.Second })
	if d := diagnose(c, h); d.Cause.Class != NodePressure || d.Recommendation.Request == nil {
		t.Errorf("random hours: %s (%.2f) %v", d.Cause.Class, d.Cause.Confidence, d.Cause.Alternatives)
	}
	h.Lives[2].V[len(h.Lives[2].V)/2] = 400 * mi // one burst that did not kill
	if d := diagnose(c, h); d.Cause.Class != LoadSpike {
		t.Errorf("with a burst that was seen: %s (%.2f)", d.Cause.Class, d.Cause.Confidence)
	}
}
