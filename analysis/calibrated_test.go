package analysis

import (
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// Confidence rises with the score, stays within 0 and 1, and what is not known is not made surer.
func TestCalibratedConfidence(t *testing.T) {
	t.Parallel()
	last := -1.0
	for i := range 101 {
		score := float64(i) / 100
		c := calibrated(LoadSpike, score)
		if c < score || c > max(score, sharpest) || c < last {
			t.Errorf("a score of %.2f gives %.3f after %.3f", score, c, last)
		}
		last = c
	}
	near(t, "in the middle", calibrated(MemoryLeak, 0.7), 0.7735, 1e-9)
	near(t, "unknown", calibrated(UnknownCause, 0.4), 0.4, 0)
}

// A heap that leaves no room is not called a leak beside it, however steadily it fills; a small one is.
func TestHeapThatFillsIsNoLeakBesideIt(t *testing.T) {
	t.Parallel()
	for setting, want := range map[data.Text]bool{"-Xmx450m": false, "-Xmx128m": true} {
		con, h := simple(7*24*time.Hour, time.Minute, 0, func(age float64, n *noise) float64 { return (30 + 40*age + 3*n.next()) * mi })()
		con.Command = append(con.Command, "java")
		con.Image = "eclipse-temurin:21"
		env("JAVA_TOOL_OPTIONS", setting)(&con, h)
		if d := diagnose(con, h); (d.Cause.Class == MemoryLeak) != want {
			t.Errorf("%s: %s (%.2f)", setting, d.Cause.Class, d.Cause.Confidence)
		}
	}
}
