package data

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// The binary units of Kubernetes quantities, in bytes.
const (
	Ki int64 = 1 << 10
	Mi int64 = 1 << 20
	Gi int64 = 1 << 30
)

// maxBytes bounds what ParseBytes accepts: one EiB is more than any node has, and leaves room for arithmetic.
const maxBytes = int64(1) << 60

// ParseBytes reads a Kubernetes memory quantity such as "768Mi", "1.5Gi" or "1G" and returns bytes. The error is one
// line that says what was wrong and what is right. Quantities below one MiB are refused: "768" and "768m" are bytes
// and milli-bytes to Kubernetes, and never what a person means.
func ParseBytes(s string) (int64, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0, fmt.Errorf("no number: write a size such as 768Mi or 1.5Gi")
	}
	q, err := resource.ParseQuantity(s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a size: write a number and a unit, such as 768Mi, 1.5Gi or 1G", Clean(s))
	}
	n := q.Value()
	switch {
	case q.Sign() <= 0:
		return 0, fmt.Errorf("%q is not above zero", Clean(s))
	case q.CmpInt64(maxBytes) > 0:
		return 0, fmt.Errorf("%q is more memory than any node has", Clean(s))
	case n < Mi:
		return 0, fmt.Errorf("%q is %s to Kubernetes: add a unit, such as %sMi", Clean(s), plural(n, "byte"), strings.TrimRight(s, "mkKEei"))
	}
	return n, nil
}

// plural returns "1 byte" or "2 bytes".
func plural(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.FormatInt(n, 10) + " " + what + "s"
}

// Quantity returns n bytes as Kubernetes writes them, without loss: 768Mi, 1Gi, 1000000001.
func Quantity(n int64) string {
	return resource.NewQuantity(n, resource.BinarySI).String()
}

// HumanBytes returns n bytes for people, in at most six cells: 510Mi, 1.5Gi, 96Ki, 0B. It rounds to three digits;
// unlike Quantity it may lose some.
func HumanBytes(n float64) string {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return "?"
	}
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	units := []string{"B", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"}
	i := 0
	for n >= 1023.5 && i < len(units)-1 {
		n /= 1024
		i++
	}
	prec := 0
	if i > 2 && n < 99.95 {
		prec = 1
	}
	if i > 2 && n < 9.995 {
		prec = 2
	}
	num := strconv.FormatFloat(n, 'f', prec, 64)
	if prec > 0 {
		num = strings.TrimRight(strings.TrimRight(num, "0"), ".")
	}
	return sign + num + units[i]
}
