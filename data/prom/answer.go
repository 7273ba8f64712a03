package prom

import (
	"math"
	"slices"
	"sort"

	"github.com/prometheus/common/model"

	"github.com/oomedic/oomedic/data"
)

// series are the samples of one container instance as an answer has them, in order and finite.
type series struct {
	namespace, pod, container, id string
	data.Samples
}

// countPoints returns how many samples an answer has.
func countPoints(v model.Value) int {
	switch v := v.(type) {
	case model.Matrix:
		n := 0
		for _, s := range v {
			n += len(s.Values)
		}
		return n
	case model.Vector:
		return len(v)
	case *model.Scalar:
		return 1
	}
	return 0
}

// seriesOf decodes an answer. NaN (the stale marker is one), infinities and histograms are left out, samples out of
// order are sorted, and of several samples at one time the highest stays. Labels are cleaned for screens.
func seriesOf(v model.Value) []series {
	var out []series
	switch v := v.(type) {
	case model.Matrix:
		for _, s := range v {
			if one := labelled(s.Metric); one.fill(s.Values) {
				out = append(out, one)
			}
		}
	case model.Vector:
		for _, s := range v {
			if one := labelled(s.Metric); s.Histogram == nil && one.fill([]model.SamplePair{{Timestamp: s.Timestamp, Value: s.Value}}) {
				out = append(out, one)
			}
		}
	case *model.Scalar:
		if one := (series{}); v != nil && one.fill([]model.SamplePair{{Timestamp: v.Timestamp, Value: v.Value}}) {
			out = append(out, one)
		}
	}
	return out
}

func labelled(m model.Metric) series {
	clean := func(name model.LabelName) string { return data.Clean(string(m[name])).String() }
	return series{namespace: clean("namespace"), pod: clean("pod"), container: clean("container"), id: clean("id")}
}

// fill takes over the usable samples and reports whether there were any.
func (s *series) fill(pairs []model.SamplePair) bool {
	s.T, s.V = make([]int64, 0, len(pairs)), make([]float64, 0, len(pairs))
	for _, p := range pairs {
		v := float64(p.Value)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		s.T, s.V = append(s.T, int64(p.Timestamp)), append(s.V, v)
	}
	s.Samples = orderly(s.Samples)
	return s.Len() > 0
}

// byTime sorts samples in place.
type byTime data.Samples

func (s byTime) Len() int           { return len(s.T) }
func (s byTime) Less(i, j int) bool { return s.T[i] < s.T[j] }
func (s byTime) Swap(i, j int) {
	s.T[i], s.T[j] = s.T[j], s.T[i]
	s.V[i], s.V[j] = s.V[j], s.V[i]
}

// orderly returns s with strictly rising times, the highest value of each. It works in place and costs nothing when
// s is in order, as nearly always.
func orderly(s data.Samples) data.Samples {
	strict := true
	for i := 1; i < len(s.T) && strict; i++ {
		strict = s.T[i] > s.T[i-1]
	}
	if strict {
		return s
	}
	sort.Stable(byTime(s))
	n := 0
	for i := range s.T {
		if n > 0 && s.T[i] == s.T[n-1] {
			s.V[n-1] = max(s.V[n-1], s.V[i])
			continue
		}
		s.T[n], s.V[n] = s.T[i], s.V[i]
		n++
	}
	return data.Samples{T: s.T[:n], V: s.V[:n]}
}

// merged joins the fragments of one instance: days that were read one by one, and duplicates from several replicas of
// Prometheus or several jobs, of which the higher value at a time stays.
func merged(fragments []series) []series {
	type instance struct{ namespace, pod, container, id string }
	groups := map[instance][]series{}
	var order []instance
	for _, f := range fragments {
		k := instance{f.namespace, f.pod, f.container, f.id}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], f)
	}
	out := make([]series, 0, len(order))
	for _, k := range order {
		parts := groups[k]
		slices.SortStableFunc(parts, func(a, b series) int { return cmpInt(a.T[0], b.T[0]) })
		total := 0
		for _, p := range parts {
			total += p.Len()
		}
		one := series{namespace: k.namespace, pod: k.pod, container: k.container, id: k.id}
		one.T, one.V = make([]int64, 0, total), make([]float64, 0, total)
		for _, p := range parts {
			one.T, one.V = append(one.T, p.T...), append(one.V, p.V...)
		}
		one.Samples = orderly(one.Samples)
		out = append(out, one)
	}
	return out
}

func cmpInt(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// joined puts all samples of an answer into one, the highest at each time.
func joined(parts []series) data.Samples {
	all := make([]series, len(parts))
	for i, p := range parts {
		all[i] = series{Samples: p.Samples}
	}
	if m := merged(all); len(m) > 0 {
		return m[0].Samples
	}
	return data.Samples{}
}

// spacing counts the distances of neighbouring samples, to find the median without keeping them.
type spacing map[int64]int

// spacingUnit is the fineness of spacing in milliseconds; cAdvisor's own timestamps jitter by more.
const spacingUnit = 100

func (sp spacing) add(s data.Samples) {
	for i := 1; i < len(s.T); i++ {
		sp[(s.T[i]-s.T[i-1]+spacingUnit/2)/spacingUnit]++
	}
}

// median returns the median distance in milliseconds, 0 without any.
func (sp spacing) median() int64 {
	keys, total := make([]int64, 0, len(sp)), 0
	for k, n := range sp {
		keys = append(keys, k)
		total += n
	}
	slices.Sort(keys)
	for seen, i := 0, 0; i < len(keys); i++ {
		if seen += sp[keys[i]]; 2*seen >= total {
			return max(keys[i], 1) * spacingUnit
		}
	}
	return 0
}
