package analysis

import (
	"math"
	"slices"
	"sort"
	"time"

	"github.com/oomedic/oomedic/data"
)

// statsOf returns the statistics of all samples of all lives within w, which ends now. Samples of all pods are pooled:
// every pod gets the same limit, so every pod's memory counts. buf is room for the samples that one call leaves to the next.
func statsOf(h *data.History, lives []life, w data.Window, now time.Time, step time.Duration, buf *[]float64) Stats {
	from, to := now.Add(-w.Duration()).UnixMilli(), now.UnixMilli()
	pooled := (*buf)[:0]
	var spans []span
	for i := range lives {
		l := &lives[i]
		lo := sort.Search(len(l.t), func(i int) bool { return l.t[i] > from })
		hi := sort.Search(len(l.t), func(i int) bool { return l.t[i] > to })
		if lo >= hi {
			continue
		}
		pooled = append(pooled, l.v[lo:hi]...)
		spans = cover(spans, l.t[lo:hi], step.Milliseconds(), from)
	}
	*buf = pooled
	s := Stats{Samples: len(pooled)}
	if len(pooled) == 0 {
		return s
	}
	for _, v := range pooled {
		s.Mean += v
	}
	s.Mean /= float64(len(pooled))
	s.Max = slices.Max(pooled)
	s.P50, s.P95, s.P99 = quantileOf(pooled, 0.50), quantileOf(pooled, 0.95), quantileOf(pooled, 0.99)
	s.Coverage = min(float64(union(spans))/float64(to-from), 1)
	s.GrowthPerHour = growthWithin(lives, from, to)
	s.From = map[string]data.Text{
		"mean": data.MeanPromQL(h, w), "p50": data.QuantilePromQL(h, w, 0.5), "p95": data.QuantilePromQL(h, w, 0.95),
		"p99": data.QuantilePromQL(h, w, 0.99), "max": data.MaxPromQL(h, w), "growth": data.GrowthPromQL(h),
	}
	return s
}

// span is a stretch of time with samples, in milliseconds.
type span struct{ from, to int64 }

// cover adds the stretches that samples at t cover: each sample stands for the interval before it, and neighbours
// nearer than a gap for all that is between them.
func cover(out []span, t []int64, step, from int64) []span {
	gap := int64(gapFactor * float64(step))
	cur := span{max(t[0]-step, from), t[0]}
	for _, at := range t[1:] {
		if at-cur.to > gap {
			out = append(out, cur)
			cur = span{at - step, at}
			continue
		}
		cur.to = at
	}
	return append(out, cur)
}

// union returns the length of all spans together, what overlaps counted once.
func union(s []span) int64 {
	slices.SortFunc(s, func(a, b span) int {
		if a.from != b.from {
			return int(min(max(a.from-b.from, -1), 1))
		}
		return int(min(max(a.to-b.to, -1), 1))
	})
	total, end := int64(0), int64(math.MinInt64)
	for _, x := range s {
		if x.to <= end {
			continue
		}
		total += x.to - max(x.from, end)
		end = x.to
	}
	return total
}

// growthWithin returns the median slope in bytes an hour of the lives that reach into a window, weighted by how long
// each is within it; nil when none shows a trend.
func growthWithin(lives []life, from, to int64) *float64 {
	type part struct{ slope, weight float64 }
	var parts []part
	total := 0.0
	for i := range lives {
		l := &lives[i]
		w := float64(min(l.t[len(l.t)-1], to) - max(l.t[0], from))
		if l.trend.shape == unseen || w <= 0 {
			continue
		}
		parts = append(parts, part{l.trend.slope, w})
		total += w
	}
	slices.SortFunc(parts, func(a, b part) int {
		switch {
		case a.slope < b.slope:
			return -1
		case a.slope > b.slope:
			return 1
		case a.weight < b.weight:
			return -1
		case a.weight > b.weight:
			return 1
		}
		return 0
	})
	sum := 0.0
	for _, p := range parts {
		if sum += p.weight; sum >= total/2 {
			return ptr(p.slope)
		}
	}
	return nil
}
