package demo

import (
	"hash/fnv"
	"math"
	"strconv"
)

// hashString returns a number that depends on s alone.
func hashString(s string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s)) // a hash never fails to write
	return h.Sum64()
}

// mix spreads a and b over all 64 bits (the finalizer of SplitMix64), so that neighbouring numbers give unrelated ones.
func mix(a, b uint64) uint64 {
	z := a + 0x9e3779b97f4a7c15*(b+1)
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

// unit returns the n-th number of the sequence that key names, evenly spread over [0, 1).
func unit(key uint64, n int64) float64 {
	return float64(mix(key, uint64(n))>>11) / (1 << 53)
}

// around returns the n-th number of the sequence that key names, evenly spread over [1-width, 1+width).
func around(key uint64, n int64, width float64) float64 {
	return 1 + width*(2*unit(key, n)-1)
}

// wander returns a smooth curve through random points one unit of x apart, within [-1, 1].
func wander(key uint64, x float64) float64 {
	i := math.Floor(x)
	f := x - i
	a, b := unit(key, int64(i)), unit(key, int64(i)+1)
	f = f * f * (3 - 2*f)
	return 2*(a+(b-a)*f) - 1
}

// nameAlphabet is what Kubernetes builds generated names from: no vowels, no digits that look like letters.
const nameAlphabet = "bcdfghjklmnpqrstvwxz2456789"

// generatedName returns n characters as the API server and the Deployment controller make them.
func generatedName(key uint64, n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = nameAlphabet[mix(key, uint64(i))%uint64(len(nameAlphabet))]
	}
	return string(out)
}

// uuid returns a version 4 UUID made from key.
func uuid(key uint64) string {
	a, b := mix(key, 1), mix(key, 2)
	hex := func(v uint64, n int) string {
		s := strconv.FormatUint(v, 16)
		for len(s) < 16 {
			s = "0" + s
		}
		return s[:n]
	}
	variant := string("89ab"[b&3])
	return hex(a, 8) + "-" + hex(mix(a, 3), 4) + "-4" + hex(mix(a, 4), 3) + "-" + variant + hex(mix(b, 5), 3) + "-" + hex(b, 12)
}

// containerID returns the 64 hex digits that a runtime names a container with.
func containerID(key uint64) string {
	var s string
	for i := range uint64(4) {
		part := strconv.FormatUint(mix(key, i+17), 16)
		for len(part) < 16 {
			part = "0" + part
		}
		s += part
	}
	return s
}
