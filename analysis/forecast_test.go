package analysis

import (
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// within reports whether low <= v <= high, all known.
func within(low, v, high *time.Duration) bool {
	return low != nil && v != nil && high != nil && *low <= *v && *v <= *high
}

func TestForecastOfALeak(t *testing.T) {
	t.Parallel()
	c, h := leakingAPI()
	d := diagnose(c, h)
	if k := &d.Cause; !within(k.ToNextKillLow, k.ToNextKill, k.ToNextKillHigh) || k.GrowthLow == nil || *k.GrowthLow > *k.GrowthPerHour || *k.GrowthHigh < *k.GrowthPerHour {
		t.Errorf("growth %v to %v, kill in %v to %v", k.GrowthLow, k.GrowthHigh, k.ToNextKillLow, k.ToNextKillHigh)
	}
	if f := d.Forecast; f.Likely != d.Cause.ToNextKill || f.From == "" {
		t.Errorf("forecast %+v", f)
	}
	if r := &d.Recommendation; !within(r.ToKillLow, r.ToKill, r.ToKillHigh) {
		t.Errorf("under the bridge: %v, %v, %v", r.ToKillLow, r.ToKill, r.ToKillHigh)
	}
}

func TestForecastOfRegularKills(t *testing.T) {
	t.Parallel()
	c, h := database() // killed every 60 hours, without growth
	d := diagnose(c, h)
	f := d.Forecast
	if !within(f.Low, f.Likely, f.High) || *f.Likely > 60*time.Hour+time.Minute || d.Cause.ToNextKill != nil {
		t.Errorf("forecast %v, %v, %v", f.Low, f.Likely, f.High)
	}
	for i := range h.Kills { // the same number of kills, at irregular times
		h.Kills[i].At = h.Kills[i].At.Add(time.Duration(i*i%7-3) * 12 * time.Hour)
	}
	f = diagnose(c, h).Forecast
	if !within(f.Low, f.Likely, f.High) || *f.Low > 10*time.Hour {
		t.Errorf("irregular: %v, %v, %v", f.Low, f.Likely, f.High)
	}
	h.Kills = h.Kills[:1]
	c.Kills, c.Last.FinishedAt = nil, h.Kills[0].At
	if f := diagnose(c, h).Forecast; f.Likely != nil {
		t.Errorf("one kill foretells none: %v", *f.Likely)
	}
}

// A crash loop waits before it climbs again.
func TestForecastInACrashLoop(t *testing.T) {
	t.Parallel()
	f := &facts{c: &data.Container{State: data.CrashLooping, Restarts: 9}, now: noon, limit: ptr(100 * data.Mi),
		climb: &climbFacts{slope: 3600 * mi, base: 40 * mi}, kills: []data.PodKill{{Kill: data.Kill{At: noon.Add(-2 * time.Minute)}}}}
	likely, low, high := f.untilClimbed()
	if !within(low, likely, high) || (*likely-4*time.Minute).Abs() > time.Second {
		t.Errorf("%v, want 3 minutes of back-off and one of growth", likely)
	}
	f.c.State, f.c.StartedAt = data.Running, noon.Add(-20*time.Second)
	if likely, _, _ = f.untilClimbed(); (*likely - 40*time.Second).Abs() > time.Second {
		t.Errorf("running for 20 s: %v, want 40 s more", likely)
	}
	f.limit = nil
	if likely, _, _ = f.untilClimbed(); likely != nil {
		t.Error("a forecast without a limit")
	}
}
