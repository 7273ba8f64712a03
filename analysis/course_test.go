package analysis

import (
	"math"
	"testing"
	"time"
)

// Growth that keeps its pace is a leak; the same rise with the logarithm of time is a cache; a rise to a bound just above
// the limit within the hour is a limit too low.
func TestCourseTellsLeakFromCache(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		mem  course
		want Class
	}{
		"line":       {func(age float64, n *noise) float64 { return (200 + 30*age + 4*n.next()) * mi }, MemoryLeak},
		"logarithm":  {func(age float64, n *noise) float64 { return (200 + 100*math.Log1p(2*age) + 4*n.next()) * mi }, UnboundedCache},
		"saturation": {func(age float64, n *noise) float64 { return (200 + 330*(1-math.Exp(-age/0.3)) + 4*n.next()) * mi }, LimitTooLow},
		"after a jvm": {func(age float64, n *noise) float64 {
			return (150 + 100*(1-math.Exp(-age/0.5)) + 22*age + 4*n.next()) * mi
		}, MemoryLeak},
	} {
		c, h := simple(7*24*time.Hour, time.Minute, 0, x.mem)()
		d := diagnose(c, h)
		if d.Cause.Class != x.want {
			t.Errorf("%s: %s (%.2f), want %s", name, d.Cause.Class, d.Cause.Confidence, x.want)
		}
	}
}
