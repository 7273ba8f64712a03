package prom

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"github.com/oomedic/oomedic/data"
)

// fullQuestion is one question with its times.
type fullQuestion struct {
	promql         string
	from, to, step int64 // Unix milliseconds
}

// sharedAnswer is what the server said to it, be it within the answer for many.
type sharedAnswer struct {
	value    model.Value
	warnings v1.Warnings
	took     time.Duration // for all members together
}

// shared knows the answers to questions about the members of a batch before they are put, from questions about all of
// them. What it does not know goes on to the API behind it. Once a history is read through it, it is not written to.
type shared struct {
	v1.API
	r        *Reader
	ms       []*member
	from, to time.Time
	pods     []string

	mu      sync.Mutex
	answers map[fullQuestion]sharedAnswer
	raw     map[string]sharedAnswer // by selector, every sample of the 30 days
	lost    bool                    // a part of the raw samples was not answered
}

func newShared(r *Reader, ms []*member, to time.Time) *shared {
	return &shared{r: r, ms: ms, from: to.Add(-historyDays * day), to: to, pods: podsOf(ms), answers: map[fullQuestion]sharedAnswer{}}
}

func questionAt(promql string, from, to time.Time, step time.Duration) fullQuestion {
	return fullQuestion{promql, from.UnixMilli(), to.UnixMilli(), step.Milliseconds()}
}

// QueryRange answers a question that was answered for all, and asks the server otherwise.
func (s *shared) QueryRange(ctx context.Context, promql string, w v1.Range, o ...v1.Option) (model.Value, v1.Warnings, v1.Infos, error) {
	if a, ok := s.answers[questionAt(promql, w.Start, w.End, w.Step)]; ok {
		return a.value, a.warnings, nil, nil
	}
	return s.API.QueryRange(ctx, promql, w, o...)
}

// Query is QueryRange for one time.
func (s *shared) Query(ctx context.Context, promql string, at time.Time, o ...v1.Option) (model.Value, v1.Warnings, v1.Infos, error) {
	if a, ok := s.answers[questionAt(promql, at, at, 0)]; ok {
		return a.value, a.warnings, nil, nil
	}
	if a, ok := s.rawAnswer(promql, at); ok {
		return a.value, a.warnings, nil, nil
	}
	return s.API.Query(ctx, promql, at, o...)
}

// rawAnswer cuts what a question for raw samples asks for out of all of them.
func (s *shared) rawAnswer(promql string, at time.Time) (sharedAnswer, bool) {
	rest, ok := strings.CutPrefix(promql, data.MetricWorkingSet+"{")
	if !ok || s.lost {
		return sharedAnswer{}, false
	}
	sel, length, ok := strings.Cut(rest, "}[")
	a, known := s.raw[sel]
	d, err := model.ParseDuration(strings.TrimSuffix(length, "]"))
	if !ok || !known || err != nil || at.After(s.to) || at.Add(-time.Duration(d)).Before(s.from) {
		return sharedAnswer{}, false
	}
	after, last := model.TimeFromUnixNano(at.Add(-time.Duration(d)).UnixNano()), model.TimeFromUnixNano(at.UnixNano())
	out := model.Matrix{}
	for _, one := range a.value.(model.Matrix) {
		i, j := firstAfter(one.Values, after), firstAfter(one.Values, last)
		if i < j {
			out = append(out, &model.SampleStream{Metric: one.Metric, Values: one.Values[i:j:j]})
		}
	}
	return sharedAnswer{out, a.warnings, a.took}, true
}

// attribute says of a question that was answered for all how long that took.
func (s *shared) attribute(q *data.Query) {
	from := q.Start
	if from.IsZero() {
		from = q.End
	}
	a, ok := s.answers[questionAt(q.PromQL, from, q.End, q.Step)]
	if !ok && q.Step == 0 {
		a, ok = s.rawAnswer(q.PromQL, q.End)
	}
	if ok {
		q.Took, q.Shared = a.took, true
	}
}

// firstAfter returns the index of the first sample after t.
func firstAfter(v []model.SamplePair, t model.Time) int {
	i, _ := slices.BinarySearchFunc(v, t, func(p model.SamplePair, t model.Time) int {
		if p.Timestamp <= t {
			return -1
		}
		return 1
	})
	return i
}

// sharing is how the answer for many is made into the answers for each.
type sharing struct {
	alone func(m *member) string // the question that is answered by it
	// container says that series of other containers are left out; else all of the pods belong to it.
	container bool
	// labels are those of the answer for one, and fold makes one value of several at a time.
	labels []model.LabelName
	fold   func(a, b model.SampleValue) model.SampleValue
}

// higher is max as PromQL has it: NaN counts only where there is nothing else.
func higher(a, b model.SampleValue) model.SampleValue {
	if math.IsNaN(float64(a)) || b > a {
		return b
	}
	return a
}

func added(a, b model.SampleValue) model.SampleValue { return a + b }

// split gives each member its part of answers.
func (s *shared) split(parts []model.Matrix, how sharing) map[string]model.Matrix {
	out := map[string]model.Matrix{}
	for _, m := range s.ms {
		promql := how.alone(m)
		if out[promql] != nil {
			continue
		}
		found := map[model.Fingerprint]*model.SampleStream{}
		list := model.Matrix{}
		for _, part := range parts {
			for _, one := range part {
				if !m.pods[string(one.Metric["pod"])] || how.container && string(one.Metric["container"]) != valid(m.c.Key.Container.String()) {
					continue
				}
				labels := one.Metric
				if how.labels != nil {
					labels = chosen(one.Metric, how.labels)
				}
				id := labels.Fingerprint()
				if found[id] == nil {
					found[id] = &model.SampleStream{Metric: labels}
					list = append(list, found[id])
				}
				found[id].Values = append(found[id].Values, one.Values...)
			}
		}
		for _, one := range list {
			one.Values = folded(one.Values, how.fold)
		}
		slices.SortFunc(list, func(a, b *model.SampleStream) int {
			return cmp.Or(strings.Compare(string(a.Metric["pod"]), string(b.Metric["pod"])), strings.Compare(a.Metric.String(), b.Metric.String()))
		})
		out[promql] = list
	}
	return out
}

// chosen are the labels of m that are wanted.
func chosen(m model.Metric, labels []model.LabelName) model.Metric {
	out := model.Metric{}
	for _, l := range labels {
		if v, ok := m[l]; ok {
			out[l] = v
		}
	}
	return out
}

// folded puts samples in order and makes one of several at a time, in place.
func folded(v []model.SamplePair, fold func(a, b model.SampleValue) model.SampleValue) []model.SamplePair {
	byTime := func(a, b model.SamplePair) int { return cmpInt(int64(a.Timestamp), int64(b.Timestamp)) }
	if !slices.IsSortedFunc(v, byTime) {
		slices.SortStableFunc(v, byTime)
	}
	n := 0
	for _, p := range v {
		if n > 0 && v[n-1].Timestamp == p.Timestamp {
			if fold != nil {
				v[n-1].Value = fold(v[n-1].Value, p.Value)
			}
			continue
		}
		v[n] = p
		n++
	}
	return v[:n:n]
}

// keepAnswers takes over the answers for each member of one question.
func (s *shared) keepAnswers(q rangeQuestion, n *notes, parts []model.Matrix) {
	warnings := warningsOf(n)
	for promql, value := range s.split(parts, q.sharing) {
		s.mu.Lock()
		s.answers[questionAt(promql, q.from, q.to, q.step)] = sharedAnswer{value, warnings, tookBy(n)}
		s.mu.Unlock()
	}
}

// tookBy is how long the questions took that n has on record, one after the other.
func tookBy(n *notes) (all time.Duration) {
	for i := range n.queries {
		all += n.queries[i].Took
	}
	return all
}

// warningsOf are the warnings of the questions that n has on record.
func warningsOf(n *notes) v1.Warnings {
	var out v1.Warnings
	for _, q := range n.queries {
		for _, w := range q.Warnings {
			if !slices.Contains(out, w.String()) {
				out = append(out, w.String())
			}
		}
	}
	return out
}
