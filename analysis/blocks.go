package analysis

import (
	"math"
	"time"

	"github.com/oomedic/oomedic/data"
)

// What the tail of the need is judged by: the highest sample of each day (or life, when it is shorter) in each pod.
// Where the container was killed, or came to its limit, that is only a lower bound of what it needed: the block is
// censored. From enough blocks that are not, a Gumbel distribution (the limit law of maxima, Fisher and Tippett 1928) is
// fitted by maximum likelihood with right-censoring, and says which size will do for two weeks.
const (
	blockSpan    = 24 * time.Hour
	leastExact   = 8    // blocks that are not censored …
	mostCensored = 0.50 // … and the share of censored ones above which the tail cannot be known
	leastBlock   = time.Hour
	holdDays     = 14.0
	holdChance   = 0.90 // of no kill in so many days
	mostBlocks   = 256  // the newest are taken
	tailMost     = 3.0  // a fitted size is worth no more than this multiple of the limit that was hit
	oftenKills   = 10.0 // kills in two weeks from which a burst goes above the limit often, and sometimes far
	oftenFactor  = 2.50 // least multiple of the limit then, where the tail cannot be fitted
)

// block is the highest sample of one day or life in bytes, and whether the need was higher than could be seen.
type block struct {
	top      float64
	censored bool
}

// blocks returns the blocks of the lives under the limit that was hit, newest last, and the number of pods they are of.
func (f *facts) blocks() (out []block, pods int) {
	seen := map[data.Text]bool{}
	for i := range f.lives {
		l := &f.lives[i]
		if l.limit > 0 && f.hit != nil && l.limit != float64(*f.hit) {
			continue // under another limit another part of the need could be seen
		}
		seen[l.pod] = true
		for lo := 0; lo < len(l.t); {
			hi, top := lo, 0.0
			for hi < len(l.t) && l.t[hi]-l.t[lo] < blockSpan.Milliseconds() {
				top = max(top, l.v[hi])
				hi++
			}
			last := hi == len(l.t)
			cut := (last && l.ended()) || (l.limit > 0 && top >= clippedTop*l.limit)
			if cut && l.limit > 0 {
				top = max(top, l.limit)
			}
			if cut || l.t[hi-1]-l.t[lo] >= leastBlock.Milliseconds() {
				out = append(out, block{top, cut})
			}
			lo = hi
		}
	}
	return out[max(0, len(out)-mostBlocks):], len(seen)
}

// tailSize is a size from the fitted distribution of block maxima.
type tailSize struct {
	size            float64 // bytes that hold for two weeks with holdChance
	exact, censored int
}

// tail fits the block maxima; false when too few are known or too many censored.
func (f *facts) tail() (tailSize, bool) {
	bs, pods := f.blocks()
	out := tailSize{}
	for _, b := range bs {
		if b.censored {
			out.censored++
		} else {
			out.exact++
		}
	}
	if out.exact < leastExact || float64(out.censored) > mostCensored*float64(len(bs)) {
		return out, false
	}
	mu, beta := fitGumbel(bs)
	n := holdDays * float64(max(pods, 1))
	out.size = mu - beta*math.Log(-math.Log(holdChance)/n)
	return out, finite(out.size) && out.size > 0
}

// fitGumbel returns location and scale (both in bytes) of the Gumbel distribution of maxima that blocks fit best, by
// maximum likelihood: exact blocks count by the density, censored ones by the chance to lie above.
func fitGumbel(bs []block) (mu, beta float64) {
	mean, top, low := 0.0, 0.0, math.Inf(1)
	for _, b := range bs {
		mean += b.top / float64(len(bs))
		top, low = max(top, b.top), min(low, b.top)
	}
	spread := max(top-low, 0.001*top)
	mu, beta = mean, spread/4
	step := 1.0
	best := logGumbel(bs, mu, beta)
	for range 60 { // a search in a shrinking cross: two parameters, one smooth peak
		moved := false
		for _, d := range [4][2]float64{{step, 0}, {-step, 0}, {0, step}, {0, -step}} {
			m, b := mu+d[0]*beta, beta*math.Exp(d[1])
			if b < 1e-4*spread || b > 100*spread {
				continue
			}
			if l := logGumbel(bs, m, b); l > best {
				mu, beta, best, moved = m, b, l, true
				break
			}
		}
		if !moved {
			if step /= 2; step < 0.005 {
				break
			}
		}
	}
	return mu, beta
}

// logGumbel is the logarithm of the likelihood of blocks.
func logGumbel(bs []block, mu, beta float64) float64 {
	sum, logBeta := 0.0, math.Log(beta)
	for _, b := range bs {
		z := (b.top - mu) / beta
		e := math.Exp(-z)
		if b.censored {
			sum += math.Log(max(-math.Expm1(-e), 1e-300))
		} else {
			sum -= logBeta + z + e
		}
	}
	return sum
}

// fitTail raises a size to what the fitted distribution of block maxima asks for, or, where the need above the limit
// cannot be known, by a step: the more often a limit was too small, the farther from it the largest need lies.
func (f *facts) fitTail(c *Cause, want float64, r *Recommendation) float64 {
	hit := float64(*f.hit)
	t, ok := f.tail()
	if ok {
		size := min(t.size, tailMost*hit)
		line := data.Textf("tail: %s of a day or a life not cut by the limit, %d cut; a Gumbel distribution fitted to them gives %s for %.0f%% of %.0f days without a kill",
			count(t.exact, "peak"), t.censored, human(t.size), 100*holdChance, holdDays)
		switch {
		case size <= want:
			r.Steps = append(r.Steps, line+": the size above is enough")
		case size < t.size:
			r.Steps = append(r.Steps, line+data.Textf(", and no more than %.0f times the limit is taken of it: %s", tailMost, human(size)))
		default:
			r.Steps = append(r.Steps, line)
		}
		return max(want, size)
	}
	if t.exact+t.censored > 0 {
		r.Steps = append(r.Steps, data.Textf("tail: %d of %s were cut by the limit, so how far the need goes above it cannot be known from them", t.censored, count(t.exact+t.censored, "peak")))
	}
	if n := f.killsIn14(); n >= oftenKills && isBurst(c.Class) && want < oftenFactor*hit {
		want = oftenFactor * hit
		r.Steps = append(r.Steps, data.Textf("it was killed %.0f times in two weeks, which is often, so some bursts go far above: at least %s × %.2f = %s", n, humanInt(f.hit), oftenFactor, human(want)))
	}
	return want
}

// isBurst reports whether a cause is a short need far above the usual level.
func isBurst(c Class) bool { return c == LoadSpike || c == LargeFile || c == ConcurrentRequests }

// killsIn14 returns how many kills there were in the newest two weeks, scaled up when less than that is known, or as
// many as there were restarts when metrics know of fewer.
func (f *facts) killsIn14() float64 {
	if f.h == nil || f.h.First.IsZero() {
		return 0
	}
	span := min(f.now.Sub(f.h.First).Hours()/24, holdDays)
	n := 0
	for _, k := range f.kills {
		if f.now.Sub(k.At).Hours() <= holdDays*24 {
			n++
		}
	}
	if span < 1 {
		return 0 // a crash loop of hours is one need met again and again, and tells nothing of larger ones
	}
	return float64(n) * holdDays / span
}
