package second

import (
	"math"
	"math/rand/v2"
)

// Seconds in longer times.
const (
	minute = 60.0
	hour   = 60 * minute
	day    = 24 * hour
	week   = 7 * day
)

// Bytes in larger units.
const (
	kib = 1024.0
	mib = 1024 * kib
	gib = 1024 * mib
)

// draw gives the random numbers of one purpose.
type draw struct{ *rand.Rand }

// newDraw returns the numbers of a seed for one purpose: what one purpose draws shifts nothing in another.
func newDraw(seed, purpose uint64) draw {
	return draw{rand.New(rand.NewPCG(seed*0x2545f4914f6cdd1d+purpose, purpose^0xd1342543de82ef95))}
}

// in returns a number from a to b.
func (d draw) in(a, b float64) float64 { return a + d.Float64()*(b-a) }

// mag returns a number from a to b, both above zero, each order of magnitude as likely as the next.
func (d draw) mag(a, b float64) float64 { return math.Exp(d.in(math.Log(a), math.Log(b))) }

// whole returns a whole number from a to b.
func (d draw) whole(a, b int) int { return a + d.IntN(b-a+1) }

// yes is true with probability p.
func (d draw) yes(p float64) bool { return d.Float64() < p }

// around returns a number around middle that is as likely to be a factor too high as too low.
func (d draw) around(middle, sigma float64) float64 { return middle * math.Exp(sigma*d.NormFloat64()) }

// weibull returns a number with mean near scale; shape below 1 gives a heavy tail.
func (d draw) weibull(scale, shape float64) float64 {
	return scale * math.Pow(d.ExpFloat64(), 1/shape)
}

// pick returns one of the choices.
func pick[T any](d draw, of ...T) T { return of[d.IntN(len(of))] }

// generated are the letters of generated names.
const generated = "bcdfghjklmnpqrstvwxz2456789"

// tail returns n letters as the API server makes them up.
func (d draw) tail(n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = generated[d.IntN(len(generated))]
	}
	return string(out)
}
