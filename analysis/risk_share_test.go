package analysis

import (
	"math"
	"testing"

	"github.com/oomedic/oomedic/data"
)

// What is shown and the level that is given to it follow the same thresholds.
func TestSharePercentAgreesWithTheLevel(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		share float64
		want  data.Text
	}{
		{0.949, "94%"}, {0.9499999, "94%"}, {0.95, "95%"}, {0.8499, "84%"}, {0.85, "85%"}, {0.29, "29%"}, {0.57, "57%"}, {0.58, "58%"}, {1, "100%"}, {0.9999, "99%"}, {1.004, "100%"}, {0, "0%"}, {0.004, "<1%"}, {0.01, "1%"},
		{math.NaN(), "unknown"}, {math.Inf(1), "unknown"},
	} {
		if got := SharePercent(&c.share); got != c.want {
			t.Errorf("%v: %s, want %s", c.share, got, c.want)
		}
	}
	if SharePercent(nil) != "unknown" {
		t.Error("nil is a number")
	}
	for n := range 101 {
		if x, want := float64(n)/100, data.Textf("%d%%", n); SharePercent(&x) != want {
			t.Errorf("%v: %s", x, SharePercent(&x))
		}
	}
}
