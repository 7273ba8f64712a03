package main

import (
	"math"
	"slices"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/cmd/score/simulate"
)

// ratio is a share of some cases.
type ratio struct{ a, of int }

func (r *ratio) add(hit bool) {
	r.of++
	if hit {
		r.a++
	}
}

// value returns the share, NaN of none.
func (r ratio) value() float64 { return float64(r.a) / float64(r.of) }

// errs are relative errors of numbers that were said, how many cases there were to say one for, and how often the truth
// lay in the interval that was said.
type errs struct {
	off    []float64
	of     int
	inside ratio
}

func (e *errs) add(one estimate) {
	if one.truth == 0 {
		return
	}
	e.of++
	if one.said == nil {
		return
	}
	e.off = append(e.off, math.Abs(*one.said-one.truth)/one.truth)
	if one.low != nil && one.high != nil {
		e.inside.add(*one.low <= one.truth && one.truth <= *one.high)
	}
}

// measures are the numbers of one condition that are aimed at.
type measures struct {
	detectPrecision, detectRecall ratio
	mistaken                      ratio // ends with 137 that were no OOM kill and were called one
	leakPrecision, leakRecall     ratio
	cured                         ratio // leaks of which a limit was said to cure them
	growth, next, after           errs
	same                          ratio // cases that gave the same when read through a query engine
	macroF1                       float64
	calibration                   []bin
	expected                      float64 // calibration error
}

// measure counts the cases of one condition.
func measure(rs []result) measures {
	var m measures
	for i := range rs {
		r := &rs[i]
		if r.detected {
			m.detectPrecision.add(r.truth.OOM)
		}
		if r.truth.OOM {
			m.detectRecall.add(r.detected)
		}
		if r.sigkilled && !r.truth.OOM {
			m.mistaken.add(r.detected)
		}
		if leakClass(r.got) {
			m.leakPrecision.add(r.truth.Label.Growing())
		}
		if r.through {
			m.same.add(r.same)
		}
		if !r.truth.Label.Growing() {
			continue
		}
		m.leakRecall.add(leakClass(r.got))
		m.cured.add(r.cures)
		m.growth.add(r.growth)
		m.next.add(r.next)
		m.after.add(r.after)
	}
	m.macroF1 = macroF1(rs)
	m.calibration, m.expected = calibrate(rs)
	return m
}

// f1 is how well one class was recognised.
type f1 struct{ precision, recall, f float64 }

// f1s returns the classes that cases should have had, in the order of the causes, and how well each was recognised.
// What is said of healthy cases is not counted: nobody asks for the cause of a kill that was none.
func f1s(rs []result) ([]analysis.Class, map[analysis.Class]f1) {
	hit, said, is := map[analysis.Class]int{}, map[analysis.Class]int{}, map[analysis.Class]int{}
	for i := range rs {
		r := &rs[i]
		if r.truth.Label == simulate.Healthy {
			continue
		}
		is[classOf(r.truth.Label)]++
		said[r.got]++
		if r.right() {
			hit[r.got]++
		}
	}
	var order []analysis.Class
	out := map[analysis.Class]f1{}
	for _, l := range simulate.Causes {
		c := classOf(l)
		if is[c] == 0 {
			continue
		}
		one := f1{recall: float64(hit[c]) / float64(is[c])}
		if said[c] > 0 {
			one.precision = float64(hit[c]) / float64(said[c])
		}
		if hit[c] > 0 {
			one.f = 2 * one.precision * one.recall / (one.precision + one.recall)
		}
		order, out[c] = append(order, c), one
	}
	return order, out
}

// macroF1 is the mean F1 of the classes, NaN without any.
func macroF1(rs []result) float64 {
	order, of := f1s(rs)
	sum := 0.0
	for _, c := range order {
		sum += of[c].f
	}
	return sum / float64(len(order))
}

// bins is how many equal parts the confidence is cut into.
const bins = 5

// bin are the cases of similar confidence.
type bin struct {
	n, right int
	sum      float64 // of the confidence
}

// calibrate returns the bins of confidence, lowest first, and the expected calibration error: the mean distance of the
// confidence and the share that was right, weighted by cases (Naeini, Cooper and Hauskrecht, AAAI 2015).
func calibrate(rs []result) ([]bin, float64) {
	out, total := make([]bin, bins), 0
	for i := range rs {
		r := &rs[i]
		if r.truth.Label == simulate.Healthy {
			continue
		}
		b := &out[min(bins-1, max(0, int(r.conf*bins)))]
		b.n++
		b.sum += r.conf
		if r.right() {
			b.right++
		}
		total++
	}
	e := 0.0
	for _, b := range out {
		if b.n > 0 {
			e += math.Abs(b.sum-float64(b.right)) / float64(total)
		}
	}
	return out, e
}

// held are what came of one policy's limits.
type held struct {
	again, none                ratio
	per                        map[simulate.Label]ratio
	over, request              []float64 // shares of the highest need, sorted, where it held
	overMean, requestMean, gib float64
}

// outcomesOf counts what came of one policy.
func outcomesOf(rs []result, policy string) held {
	h := held{per: map[simulate.Label]ratio{}}
	for i := range rs {
		o, ok := rs[i].outcomes[policy]
		if !ok {
			continue
		}
		h.again.add(o.killed)
		h.none.add(o.limit == 0)
		one := h.per[rs[i].truth.Label]
		one.add(o.killed)
		h.per[rs[i].truth.Label] = one
		if o.killed {
			continue
		}
		h.over = append(h.over, o.overShare)
		h.request = append(h.request, o.requestShare)
		h.overMean += o.overShare
		h.requestMean += o.requestShare
		h.gib += o.over / (1 << 30)
	}
	n := float64(len(h.over))
	h.overMean, h.requestMean, h.gib = h.overMean/n, h.requestMean/n, h.gib/n
	slices.Sort(h.over)
	slices.Sort(h.request)
	return h
}

// quantile of sorted values, NaN of none.
func quantile(v []float64, q float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	at := q * float64(len(v)-1)
	lo := int(at)
	hi := min(lo+1, len(v)-1)
	return v[lo] + (v[hi]-v[lo])*(at-float64(lo))
}
