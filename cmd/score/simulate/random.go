package simulate

import (
	"math"
	"math/rand/v2"
)

// dice are the random numbers of one case or of one part of it. Equal seeds and names give equal numbers, so that a
// change in one part of the simulator does not shift what the others draw.
type dice struct{ *rand.Rand }

// newDice returns the numbers that belong to a seed and a stream.
func newDice(seed, stream uint64) dice {
	return dice{rand.New(rand.NewPCG(seed, stream^0x9e3779b97f4a7c15))}
}

// between returns a number from a to b, all equally likely.
func (d dice) between(a, b float64) float64 { return a + (b-a)*d.Float64() }

// scale returns a number from a to b (both above zero), all magnitudes equally likely.
func (d dice) scale(a, b float64) float64 { return a * math.Pow(b/a, d.Float64()) }

// chance reports true with probability p.
func (d dice) chance(p float64) bool { return d.Float64() < p }

// logNormal returns a number around median, sigma being the deviation of its logarithm.
func (d dice) logNormal(median, sigma float64) float64 {
	return median * math.Exp(sigma*d.NormFloat64())
}

// pareto returns a number of at least least, with tail index alpha.
func (d dice) pareto(least, alpha float64) float64 { return least * math.Pow(1-d.Float64(), -1/alpha) }

// wait returns the time to the next of events that come at random, mean seconds apart.
func (d dice) wait(mean float64) float64 { return mean * d.ExpFloat64() }

// one returns one of the choices.
func one[T any](d dice, of ...T) T { return of[d.IntN(len(of))] }

// letters are the runes that the API server makes random parts of names from.
const letters = "bcdfghjklmnpqrstvwxz2456789"

// suffix returns n random runes as in generated names.
func (d dice) suffix(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[d.IntN(len(letters))]
	}
	return string(b)
}
