package analysis

import (
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// A line goes on as a line; lives that the limit held are counted as long as they were; growth that slows down takes longer
// than a line says; and what rests on few lives is less sure than what rests on many.
func TestOutlookUnderAnotherLimit(t *testing.T) {
	t.Parallel()
	const week = 7 * 24 * time.Hour
	line := func(age float64, n *noise) float64 { return (200 + 24*age + 2*n.next()) * mi }
	easing := func(age float64, n *noise) float64 { return (200 + 26*age - 0.35*age*age + 2*n.next()) * mi }
	held := func(age float64, n *noise) float64 { return min((200+24*age)*mi, 508*mi) + n.next()*mi }
	outlookOf := func(span, most time.Duration, mem course) Recommendation {
		con, h := simple(span, time.Minute, most, mem)()
		d := diagnose(con, h)
		sound(t, &d)
		if d.Cause.Class != MemoryLeak || d.Recommendation.ToKill == nil || *d.Recommendation.Limit != data.Gi {
			t.Fatalf("%s, limit %v, %v to the next kill", d.Cause.Class, d.Recommendation.Limit, d.Recommendation.ToKill)
		}
		return d.Recommendation
	}
	many, few := outlookOf(week, 0, line), outlookOf(20*time.Hour, 0, line)
	near(t, "a line", many.ToKill.Hours(), (1024-200)/24.0, 0.8)
	near(t, "a line seen once", few.ToKill.Hours(), (1024-200)/24.0, 0.8)
	if a, b := many.ToKillHigh.Hours()/many.ToKillLow.Hours(), few.ToKillHigh.Hours()/few.ToKillLow.Hours(); a >= b || a < 1.2 || b > 3 {
		t.Errorf("the interval's ends are %.2f times apart after many lives, %.2f after one", a, b)
	}
	near(t, "held for hours", outlookOf(week, 15*time.Hour, held).ToKill.Hours(), 15+512/24.0, 1.5)
	if h := outlookOf(week, 0, easing).ToKill.Hours(); h < 1.15*(1024-200)/24.0 {
		t.Errorf("growth that slows down meets the limit after %.1f h", h)
	}
}
