package analysis

import (
	"math"
	"slices"
	"time"
)

// The detector of growth. Memory within one life is reduced to the minimum of each block, the floor that garbage
// collection and requests come down to; on the floors the Theil–Sen slope (the median of all pairwise slopes) is not
// moved by single peaks. Tests on the raw series (Mann–Kendall, deriv) call nearly every cache that fills and every
// JVM that warms up a leak; comparing the slopes of both halves tells growth that ends from growth that does not.
const (
	warmUp          = 15 * time.Minute // left out at the start of a life …
	warmUpShare     = 0.05             // … or this share of it, whichever is longer …
	warmUpMost      = 0.20             // … but never more than this share
	blocksPerLife   = 24
	dayBlocksFrom   = 4 * 24 * time.Hour // from this length on blocks are whole days, so that days' cycles cancel
	leastBlocks     = 4
	leastSamples    = 12
	growthRise      = 0.10 // rise over the life, as a share of the limit, that counts as growth
	growthAgreement = 0.60 // Kendall's tau between time and floor
	slowing         = 0.70 // slope of the second half over the first, below which growth is slowing down
	ended           = 0.15 // … and below which it has ended
	pinnedAt        = 0.97 // share of the limit from which samples that never come down again are held by the limit
	pinnedLeast     = 0.05 // least share of a life that such a stretch takes
)

// shape says how memory went over a life.
type shape int

// The shapes of a life. Unseen means too few samples to say.
const (
	unseen  shape = iota
	flat          // no growth to speak of
	rising        // grows to the end at a steady or rising pace
	easing        // grows to the end, ever slower
	settled       // grew at first and then stayed
)

// trend is what one life shows.
type trend struct {
	shape  shape
	slope  float64 // bytes an hour
	low    float64 // slope that it is hardly below, in bytes an hour
	high   float64 // slope that it is hardly above, in bytes an hour
	base   float64 // level that the line starts from, in bytes
	floor  float64 // median floor of the last quarter, in bytes
	tau    float64 // -1 to 1
	rise   float64 // slope times length, in bytes
	first  float64 // slope of the first half in bytes an hour
	second float64 // slope of the second half in bytes an hour
	pace   float64 // slope of the last three eighths over that of the three before; 0 when not known
	byLoad bool    // first, second and pace are slopes over the load that was served rather than over time
}

// trendOf returns the trend of a life. scale is the size in bytes that growth is measured against: the limit, or the
// highest sample without one.
func trendOf(l *life, scale float64) trend {
	if scale <= 0 {
		return trend{}
	}
	x, y := lifeFloors(l)
	if len(x) < leastBlocks {
		return trend{}
	}
	return readTrend(x, y, scale)
}

// lifeFloors returns the floors of a life in bytes at hours since its start, without its warm-up, the sample that may be the
// spike that killed it, and the stretch in which the limit held it; none of a life with too few samples.
func lifeFloors(l *life) (x, y []float64) {
	n := len(l.t)
	if l.ended() {
		n--
	}
	if n < leastSamples {
		return nil, nil
	}
	whole := time.Duration(l.t[n-1]-l.t[0]) * time.Millisecond
	skip := warmUpOf(whole)
	lo := 0
	for lo < n && l.t[lo]-l.t[0] < skip.Milliseconds() {
		lo++
	}
	if cut := unpinned(l, lo, n); cut > 0 {
		n = cut
	}
	return floors(l.t[lo:n], l.v[lo:n], l.t[0])
}

// unpinned returns how many samples of a life that met its limit are before the stretch at its end in which memory never
// comes down from the limit again; 0 when there is no such stretch, or most of the life after from is in it. At the limit the
// kernel takes back page cache for whatever else grows, so samples stand still there while the need goes on: they are
// censored, and would make steady growth look as if it slowed down.
func unpinned(l *life, from, n int) int {
	if l.limit <= 0 || l.v[n-1] < pinnedAt*l.limit {
		return 0
	}
	cut := n
	for cut > from && l.v[cut-1] >= pinnedAt*l.limit {
		cut--
	}
	pinned, seen := l.t[n-1]-l.t[min(cut, n-1)], l.t[cut]-l.t[from]
	if cut-from < leastSamples || float64(pinned) < pinnedLeast*float64(pinned+seen) || pinned > seen {
		return 0
	}
	return cut
}

// warmUpOf returns how much of a life is left out at its start.
func warmUpOf(whole time.Duration) time.Duration {
	skip := max(time.Duration(warmUpShare*float64(whole)), warmUp)
	return min(skip, time.Duration(warmUpMost*float64(whole)))
}

// readTrend judges floors y (bytes) at times x (hours since the start of the life).
func readTrend(x, y []float64, scale float64) trend {
	var t trend
	t.slope, t.low, t.high, t.tau = theilSenRange(x, y)
	t.base = max(median(residuals(x, y, t.slope)), 0)
	t.floor = median(y[len(y)*3/4:])
	length := x[len(x)-1] - x[0]
	t.rise = t.slope * length
	t.readHalves(x, y)
	net := median(y[len(y)*3/4:]) - median(y[:max(len(y)/4, 1)])
	switch {
	case max(t.rise, net) < growthRise*scale || t.tau < growthAgreement:
		t.shape = flat
		if net >= growthRise*scale && t.second < ended*t.first {
			t.shape = settled
		}
	default:
		t.shape = t.bend()
	}
	return t
}

// readHalves compares the later slopes of y with the former ones; x are hours, or load put on their scale.
func (t *trend) readHalves(x, y []float64) {
	half := len(x) / 2
	t.first, _ = theilSen(x[:half+1], y[:half+1])
	t.second, _ = theilSen(x[half:], y[half:])
	t.pace = 0
	quarter := len(x) / 4
	cut := quarter + (len(x)-quarter)/2
	if mid, _ := theilSen(x[quarter:cut+1], y[quarter:cut+1]); mid > 0 {
		late, _ := theilSen(x[cut:], y[cut:])
		t.pace = late / mid
	}
}

// bend returns the shape of a life that grows, by how much slower its second half is than its first.
func (t *trend) bend() shape {
	switch {
	case t.second < ended*t.first:
		return settled
	case t.second < slowing*t.first:
		return easing
	}
	return rising
}

// floors returns the minimum of each block and the time at which it was, in hours since origin.
func floors(t []int64, v []float64, origin int64) (x, y []float64) {
	if len(t) == 0 {
		return nil, nil
	}
	span := t[len(t)-1] - t[0] + 1
	block := span / blocksPerLife
	if time.Duration(span)*time.Millisecond >= dayBlocksFrom {
		block = (24 * time.Hour).Milliseconds()
	}
	block = max(block, 1)
	at, end := -1, int64(0)
	for i := range t {
		if at < 0 || t[i] >= end {
			if at >= 0 {
				x, y = append(x, hours(t[at]-origin)), append(y, v[at])
			}
			at, end = i, t[0]+((t[i]-t[0])/block+1)*block
			continue
		}
		if v[i] < v[at] {
			at = i
		}
	}
	return append(x, hours(t[at]-origin)), append(y, v[at])
}

func hours(ms int64) float64 { return float64(ms) / float64(time.Hour.Milliseconds()) }

// theilSen returns the median slope of all pairs of points and Kendall's tau of their order. Both are 0 for fewer
// than two points.
func theilSen(x, y []float64) (slope, tau float64) {
	slope, _, _, tau = theilSenRange(x, y)
	return slope, tau
}

// fourInFive is the normal quantile of an interval that holds the truth four times in five.
const fourInFive = 1.2816

// theilSenRange is theilSen with the bounds that hold the true slope four times in five: Sen (1968), from the normal
// approximation of Kendall's statistic.
func theilSenRange(x, y []float64) (slope, low, high, tau float64) {
	slopes := make([]float64, 0, len(x)*(len(x)-1)/2)
	order := 0
	for i := range x {
		for j := i + 1; j < len(x); j++ {
			dx := x[j] - x[i]
			if dx <= 0 {
				continue
			}
			s := (y[j] - y[i]) / dx
			slopes = append(slopes, s)
			switch {
			case s > 0:
				order++
			case s < 0:
				order--
			}
		}
	}
	if len(slopes) == 0 {
		return 0, 0, 0, 0
	}
	slices.Sort(slopes)
	n, m := float64(len(x)), float64(len(slopes))
	c := fourInFive * math.Sqrt(n*(n-1)*(2*n+5)/18)
	lo, hi := int(max((m-c)/2, 0)), int(min((m+c)/2, m-1))
	return middleOf(slopes), slopes[lo], slopes[hi], float64(order) / m
}

// middleOf returns the middle of sorted, which has values.
func middleOf(sorted []float64) float64 {
	n := len(sorted)
	if n%2 == 0 {
		return sorted[n/2-1]/2 + sorted[n/2]/2
	}
	return sorted[n/2]
}

// residuals returns what is left of y without the slope.
func residuals(x, y []float64, slope float64) []float64 {
	out := make([]float64, len(x))
	for i := range x {
		out[i] = y[i] - slope*x[i]
	}
	return out
}

// median returns the middle of v, 0 without values. v stays as it is.
func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	s := slices.Clone(v)
	slices.Sort(s)
	return middleOf(s)
}

// spread returns the standard deviation of v over its mean, and false with fewer than three values.
func spread(v []float64) (float64, bool) {
	if len(v) < 3 {
		return 0, false
	}
	mean, sq := 0.0, 0.0
	for _, x := range v {
		mean += x / float64(len(v))
	}
	for _, x := range v {
		sq += (x - mean) * (x - mean) / float64(len(v)-1)
	}
	if mean <= 0 || !finite(sq) {
		return 0, false
	}
	return math.Sqrt(sq) / mean, true
}
