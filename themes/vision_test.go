package themes

import (
	"math"
	"testing"
)

// The matrices of Machado, Oliveira and Fernandes (2009), "A Physiologically-based Model for Simulation of Color Vision
// Deficiency", at severity 1.0. They apply to linear RGB.
var visions = map[string][9]float64{
	"protan": {0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998},
	"deutan": {0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881},
	"tritan": {1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900},
}

// seenBy returns the linear RGB that an eye of the given kind sees; "full" is ordinary sight.
func seenBy(kind string, c [3]float64) [3]float64 {
	m, ok := visions[kind]
	if !ok {
		return c
	}
	var out [3]float64
	for i := range out {
		v := m[3*i]*c[0] + m[3*i+1]*c[1] + m[3*i+2]*c[2]
		out[i] = math.Min(1, math.Max(0, v))
	}
	return out
}

// lab returns CIE L*a*b* (D65) of a linear RGB.
func lab(c [3]float64) [3]float64 {
	x := (0.4124564*c[0] + 0.3575761*c[1] + 0.1804375*c[2]) / 0.95047
	y := 0.2126729*c[0] + 0.7151522*c[1] + 0.0721750*c[2]
	z := (0.0193339*c[0] + 0.1191920*c[1] + 0.9503041*c[2]) / 1.08883
	f := func(t float64) float64 {
		if t > 216.0/24389 {
			return math.Cbrt(t)
		}
		return (24389.0/27*t + 16) / 116
	}
	return [3]float64{116*f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))}
}

// distance returns ΔE*ab (CIE 1976) of two colours as an eye of the given kind sees them.
func distance(kind, a, b string) float64 {
	p, q := lab(seenBy(kind, linear(a))), lab(seenBy(kind, linear(b)))
	return math.Hypot(math.Hypot(p[0]-q[0], p[1]-q[1]), p[2]-q[2])
}

// TestVisionModel holds the instruments to known values, so that the tests that use them mean something.
func TestVisionModel(t *testing.T) {
	t.Parallel()
	if got := contrast("#000000", "#ffffff"); math.Abs(got-21) > 0.01 {
		t.Errorf("contrast of black and white is %.2f, want 21", got)
	}
	if got := contrast("#777777", "#ffffff"); math.Abs(got-4.48) > 0.01 {
		t.Errorf("contrast of #777777 on white is %.2f, want 4.48", got)
	}
	if got := lab(linear("#ff0000")); math.Abs(got[0]-53.24) > 0.1 || math.Abs(got[1]-80.09) > 0.2 || math.Abs(got[2]-67.2) > 0.2 {
		t.Errorf("red is %v in L*a*b*, want 53.24 80.09 67.20", got)
	}
	red, green := "#cc5050", "#6a8a30" // the pair of many terminals: easily told apart, except by eyes weak in green
	if full, weak := distance("full", red, green), distance("deutan", red, green); full < 60 || weak > severityDistance {
		t.Errorf("red and green lie %.0f apart for full sight and %.0f for deutan sight", full, weak)
	}
}
