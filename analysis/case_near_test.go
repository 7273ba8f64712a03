package analysis

import (
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// A peak above the limit belongs to another pod of the name, or to another limit: then how near it came is not known.
func TestNearIsNeverAboveTheLimit(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 3, 12, 0, 0, time.UTC)
	limit := 64 * data.Mi
	for _, tc := range []struct {
		peak  float64 // Mi
		known bool
	}{{46, true}, {64, true}, {66, true}, {103, false}} {
		peak := tc.peak * float64(data.Mi)
		c := NewCase(data.Container{Resources: data.Resources{Limit: &limit}}, data.Overview{Peak: &peak}, now)
		if (c.Near != nil) != tc.known {
			t.Errorf("a peak of %vMi under 64Mi: near %v", tc.peak, c.Near)
		}
	}
}
