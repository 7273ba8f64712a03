package analysis

import (
	"math"
	"math/bits"
	"slices"
)

// Quantile returns the q-quantile (0 to 1) of sorted by linear interpolation between the two nearest ranks, exactly as
// PromQL's quantile_over_time does. It is NaN for no values.
func Quantile(sorted []float64, q float64) float64 {
	lo, hi, weight, ok := ranks(len(sorted), q)
	if !ok {
		return math.NaN()
	}
	return sorted[lo]*(1-weight) + sorted[hi]*weight
}

// ranks returns the two neighbouring indices that a quantile of n sorted values lies between, and the weight of the
// upper one.
func ranks(n int, q float64) (lo, hi int, weight float64, ok bool) {
	if n == 0 || math.IsNaN(q) {
		return 0, 0, 0, false
	}
	rank := min(max(q, 0), 1) * float64(n-1)
	lo = int(rank)
	return lo, min(n-1, lo+1), rank - float64(lo), true
}

// quantileOf is Quantile for values in any order. It moves them about but does not sort them: of 43,200 samples three
// quantiles are wanted, and a selection takes a fraction of the time of a sort.
func quantileOf(v []float64, q float64) float64 {
	lo, hi, weight, ok := ranks(len(v), q)
	if !ok {
		return math.NaN()
	}
	low := nth(v, lo)
	if hi == lo {
		return low
	}
	return low*(1-weight) + slices.Min(v[hi:])*weight
}

// fewToSort is the size below which a selection sorts what is left.
const fewToSort = 32

// nth moves v about so that v[k] is what it would be if v were sorted, with nothing larger before it and nothing
// smaller behind it, and returns it (Hoare's selection with the median of three as the pivot).
func nth(v []float64, k int) float64 {
	lo, hi := 0, len(v)-1
	// Twice the halvings that good pivots need; bad luck beyond that ends in a sort, so the worst case is its n log n.
	for turns := 2 * bits.Len(uint(len(v))); hi-lo > fewToSort && turns > 0; turns-- {
		pivot := middle(v[lo], v[lo+(hi-lo)/2], v[hi])
		i, j := lo, hi
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for v[j] > pivot {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return v[k]
		}
	}
	slices.Sort(v[lo : hi+1])
	return v[k]
}

// middle returns the middle one of three values.
func middle(a, b, c float64) float64 {
	return max(min(a, b), min(max(a, b), c))
}
