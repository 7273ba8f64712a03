package themes

import (
	"image/color"
	"math"
	"strings"

	"charm.land/lipgloss/v2"
)

// LeastContrast is the least contrast ratio that text can be read at: level AA of WCAG 2.1, success criterion 1.4.3.
const LeastContrast = 4.5

// linearOf returns the linear RGB of a colour (IEC 61966-2-1).
func linearOf(c color.Color) [3]float64 {
	r, g, b, _ := c.RGBA()
	var out [3]float64
	for i, c := range []uint32{r, g, b} {
		v := float64(c) / 0xffff
		if v <= 0.04045 {
			out[i] = v / 12.92
		} else {
			out[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return out
}

// linear returns the linear RGB of a "#rrggbb".
func linear(hex string) [3]float64 { return linearOf(lipgloss.Color(hex)) }

// contrast returns the contrast ratio of WCAG 2.1 between two colours, from 1 to 21.
func contrast(a, b string) float64 {
	lum := func(hex string) float64 {
		c := linear(hex)
		return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2]
	}
	x, y := lum(a), lum(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

// textTokens are the colours of a palette that carry words or figures, by the name of the token.
func textTokens(p Palette) map[string]string {
	return map[string]string{"text": p.Text, "muted": p.Muted, "accent": p.Accent, "ok": p.OK, "info": p.Info, "warn": p.Warn,
		"bad": p.Bad, "usage": p.Usage, "limit": p.Limit, "request": p.Request}
}

// Weakest returns the token of a palette that is hardest to read against its background, and its contrast ratio; an
// empty token when the palette does not say what is behind it.
func Weakest(p Palette) (token string, ratio float64) {
	if !strings.HasPrefix(p.Background, "#") {
		return "", 0
	}
	ratio = math.Inf(1)
	for name, c := range textTokens(p) {
		if !strings.HasPrefix(c, "#") {
			continue
		}
		if got := contrast(c, p.Background); got < ratio || got == ratio && name < token {
			token, ratio = name, got
		}
	}
	if token == "" {
		ratio = 0
	}
	return token, ratio
}
