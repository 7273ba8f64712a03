package analysis

import (
	"math"

	"github.com/oomedic/oomedic/data"
)

// The ladder of clean sizes. Up to 4Gi each rung is a power of two or one and a half times it (…, 256Mi, 384Mi, 512Mi,
// 768Mi, 1Gi, 1536Mi, …): at most half too much, on average a fifth, and sizes that people recognise. Above 4Gi half as
// much again would waste whole gibibytes, so the rungs are one gibibyte apart.
const (
	smallestSize = 16 * data.Mi
	ladderTop    = 4 * data.Gi
	largestSize  = math.MaxInt64 &^ (data.Gi - 1)
)

// RoundUp returns the smallest clean size in bytes that is not below the given bytes: 663Mi becomes 768Mi, 845Mi
// becomes 1Gi. It never rounds down, and a clean size stays as it is. The smallest is 16Mi; what is not above zero, or
// is no number, gives 0, and what no size can hold gives the largest.
func RoundUp(bytes float64) int64 {
	switch {
	case math.IsNaN(bytes) || bytes <= 0:
		return 0
	case bytes >= float64(largestSize):
		return largestSize
	case bytes > float64(ladderTop):
		return int64(math.Ceil(bytes/float64(data.Gi))) * data.Gi
	}
	for size := smallestSize; ; size *= 2 {
		if bytes <= float64(size) {
			return size
		}
		if half := size + size/2; bytes <= float64(half) {
			return half
		}
	}
}

// roundUpFine returns the smallest multiple of 64Mi that is not below bytes, for requests that the ladder would
// bring too near to the limit.
func roundUpFine(bytes float64) int64 {
	const rung = 64 * data.Mi
	if math.IsNaN(bytes) || bytes <= 0 {
		return 0
	}
	if bytes >= float64(largestSize) {
		return largestSize
	}
	return int64(math.Ceil(bytes/float64(rung))) * rung
}

// human returns bytes for people.
func human(bytes float64) data.Text { return data.Clean(data.HumanBytes(bytes)) }

// humanInt returns bytes for people, or "none" for a value that is not set.
func humanInt(bytes *int64) data.Text {
	if bytes == nil {
		return "none"
	}
	return human(float64(*bytes))
}

// above returns p, or nil when it is nil or not above zero: a limit or request of zero is one that is not set.
func above(p *int64) *int64 {
	if p == nil || *p <= 0 {
		return nil
	}
	return p
}

// ptr returns a pointer to a copy of v.
func ptr[T any](v T) *T { return &v }

// finite reports whether v is a number.
func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
