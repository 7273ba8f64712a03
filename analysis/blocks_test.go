package analysis

import (
	"math"
	"testing"
)

func TestFitGumbel(t *testing.T) {
	t.Parallel()
	rnd := noise(3)
	var exact, cut []block
	for range 400 { // location 100, scale 10, by inversion
		v := 100 - 10*math.Log(-math.Log(0.0001+0.9998*rnd.next()))
		exact = append(exact, block{v, false})
		cut = append(cut, block{min(v, 115), v > 115})
	}
	mu, beta := fitGumbel(exact)
	near(t, "location", mu, 100, 1.5)
	near(t, "scale", beta, 10, 1.2)
	mu, beta = fitGumbel(cut) // a fifth of the maxima is cut off, and the fit makes up for it
	near(t, "location of cut maxima", mu, 100, 2)
	near(t, "scale of cut maxima", beta, 10, 2)
	for i := range cut {
		cut[i].censored = false // the near miss: taken as they are, cut maxima hide the tail
	}
	if _, naive := fitGumbel(cut); naive > 9 {
		t.Errorf("scale %.1f of maxima that are not known to be cut", naive)
	}
}
