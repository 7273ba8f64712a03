package analysis

import (
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// Growth explains kills only where they come as late as it takes to the limit.
func TestKillsSoonerThanGrowthTakes(t *testing.T) {
	t.Parallel()
	// One life grows over hours; those after it last for so long and stand near the limit, or grow as the first did.
	after := func(lasts time.Duration, v course) (data.Container, *data.History) {
		slow := func(age float64, n *noise) float64 { return (360 + 38*age + 2*n.next()) * mi }
		h := historyOf("app-0", 512*data.Mi, 8*time.Hour, 30*time.Second, 4*time.Hour, slow)
		first := h.Lives[0]
		h.Kills, h.Lives = h.Kills[:1], []data.Life{first}
		rest := historyOf("app-0", 512*data.Mi, time.Duration(noon.UnixMilli()-first.T[first.Len()-1])*time.Millisecond-time.Minute, 30*time.Second, lasts, v)
		h.Kills, h.Lives = append(h.Kills, rest.Kills...), append(h.Lives, rest.Lives...)
		return killed("Deployment", "app", "app", "registry.example/app:1", 512*data.Mi, 256*data.Mi, lastKill(h)), h
	}
	for name, x := range map[string]struct {
		lasts time.Duration
		v     course
		leak  bool
	}{
		"lives of minutes near the limit":      {5 * time.Minute, level(500), false},
		"near miss: all grow as the first did": {0, func(age float64, n *noise) float64 { return (360 + 38*age + 2*n.next()) * mi }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, h := after(x.lasts, x.v)
			d := diagnose(c, h)
			sound(t, &d)
			if (d.Cause.Class == MemoryLeak) != x.leak {
				t.Errorf("%s (%.2f) with %d lives; %v", d.Cause.Class, d.Cause.Confidence, len(h.Lives), d.Cause.Alternatives)
			}
		})
	}
}

// A limit is called a cure only where some life shows that memory levels off.
func TestNoCureWhereNoLifeLevelsOff(t *testing.T) {
	t.Parallel()
	short := func(most time.Duration) (data.Container, *data.History) {
		limit := 512 * data.Mi
		levels := []float64{0.57, 0.60, 0.65, 0.86, 0.90, 0.93, 0.97}
		v := func(age float64, _ *noise) float64 {
			return levels[min(int(age*3600/95+0.5), len(levels)-1)] * float64(limit)
		}
		h := historyOf("app-0", limit, 2*most+95*time.Second, 95*time.Second, most, v)
		return killed("DaemonSet", "app", "app", "registry.example/app:1", limit, 256*data.Mi, lastKill(h)), h
	}
	for name, x := range map[string]struct {
		most  time.Duration
		cures bool
	}{
		"two lives of seven samples, all rising":               {11 * time.Minute, false},
		"near miss: the same start, and then hours at a level": {7 * time.Hour, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := diagnose(short(x.most))
			sound(t, &d)
			if d.Cause.Class == LimitTooLow && d.Recommendation.Cures == x.cures {
				return
			}
			t.Errorf("%s (%.2f), cures %t, want %t", d.Cause.Class, d.Cause.Confidence, d.Recommendation.Cures, x.cures)
		})
	}
}
