package analysis

import (
	"math"
	"testing"
	"testing/quick"

	"github.com/oomedic/oomedic/data"
)

func TestRoundUp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   float64
		want int64
	}{
		{663 * mi, 768 * data.Mi}, {845 * mi, data.Gi}, {640 * mi, 768 * data.Mi}, {768 * mi, 768 * data.Mi}, {768*mi + 1, data.Gi},
		{1, 16 * data.Mi}, {17 * mi, 24 * data.Mi}, {25 * mi, 32 * data.Mi}, {33 * mi, 48 * data.Mi}, {50 * mi, 64 * data.Mi},
		{3.2 * gi, 4 * data.Gi}, {4 * gi, 4 * data.Gi}, {4.1 * gi, 5 * data.Gi}, {9.5 * gi, 10 * data.Gi},
		{0, 0}, {-5, 0}, {math.NaN(), 0}, {math.Inf(1), largestSize}, {math.Inf(-1), 0}, {1 << 62, 1 << 62},
	} {
		if got := RoundUp(c.in); got != c.want {
			t.Errorf("RoundUp(%v) = %d, want %d", c.in, got, c.want)
		}
	}
}

func TestRoundUpProperties(t *testing.T) {
	t.Parallel()
	never := func(n uint64) bool {
		v := float64(n >> 4)
		got := RoundUp(v)
		return v == 0 || (float64(got) >= v && RoundUp(float64(got)) == got)
	}
	rising := func(a, b uint32) bool {
		x, y := float64(a)*1024, float64(b)*1024
		return (x <= y) == (RoundUp(x) <= RoundUp(y)) || RoundUp(x) == RoundUp(y)
	}
	little := func(n uint32) bool {
		v := float64(n)*1024 + 16*mi
		return float64(RoundUp(v)) <= 1.5*v+1
	}
	for name, f := range map[string]any{"never down, clean stays": never, "order kept": rising, "never more than half too much": little} {
		if err := quick.Check(f, &quick.Config{MaxCount: 5000}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
