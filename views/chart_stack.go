package views

import (
	"math"
	"slices"

	"github.com/oomedic/oomedic/data"
)

// stackPart is one layer of the stacked view.
type stackPart struct {
	name    string
	mark    chartMark
	fill    rune // where the theme has more than ASCII
	ascii   rune
	samples data.Samples
}

// stackParts are the layers from the bottom up. The first ones make up the working set, as the last does not.
func stackParts(p *data.Parts) []stackPart {
	rest := "kernel"
	if p.Shared.Len() == 0 && p.Cache.Len() == 0 {
		rest = "cache and kernel"
	}
	all := []stackPart{
		{"RSS (heap, stacks)", markHeap, '█', '#', p.RSS}, {"tmpfs", markShared, '▓', '%', p.Shared},
		{"file cache in use", markCache, '▒', '+', p.Cache}, {rest, markRest, '░', '-', p.Rest}, {"idle cache (not counted)", markIdle, '·', '.', p.Idle},
	}
	var out []stackPart
	for _, s := range all {
		if slices.ContainsFunc(s.samples.V, func(v float64) bool { return v > 0 }) {
			out = append(out, s)
		}
	}
	return out
}

// sign returns the sign that fills the layer.
func (s *stackPart) sign(d dotStyle) rune {
	if d == dotsASCII {
		return s.ascii
	}
	return s.fill
}

// sampleNear returns the last sample at or before ms that is no more than slack milliseconds old.
func sampleNear(s data.Samples, ms, slack int64) (float64, bool) {
	n := min(len(s.T), len(s.V))
	lo, hi := 0, n
	for lo < hi {
		if mid := (lo + hi) / 2; s.T[mid] <= ms {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == 0 || ms-s.T[lo-1] > slack || !drawable(s.V[lo-1]) {
		return 0, false
	}
	return s.V[lo-1], true
}

// stackTop returns the highest sum of the layers within the frame.
func stackTop(p *data.Parts, f *chartFrame) float64 {
	high := 0.0
	layers := stackParts(p)
	for _, t := range p.RSS.T {
		sum := 0.0
		for i := range layers {
			v, _ := sampleNear(layers[i].samples, t, 0)
			sum += v
		}
		if f.holds(t) && drawable(sum) {
			high = max(high, sum)
		}
	}
	return high
}

// drawStack draws the layers above each other, each column as it was at its middle. A layer that is there but thinner
// than half a row is not drawn; the legend and the read-out have its number.
func drawStack(p *chartPlane, f *chartFrame, opt chartOptions) {
	layers := stackParts(opt.Parts)
	slack := max(f.maxSilence(), (f.to-f.from)/int64(max(f.w, 1)))
	for x := range f.w {
		ms := f.middle(x)
		if ms > f.now {
			return
		}
		sum, from := 0.0, f.h
		for i := range layers {
			v, ok := sampleNear(layers[i].samples, ms, slack)
			if !ok {
				continue
			}
			sum += v
			to := f.h - int(math.Round(sum/f.top*float64(f.h)))
			for y := max(to, 0); y < from; y++ {
				p.put(f.left+x, y, layers[i].sign(f.dots), layers[i].mark)
			}
			from = min(from, max(to, 0))
		}
	}
}
