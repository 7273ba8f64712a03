package prom

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/oomedic/oomedic/data"
)

// rangeQuestion is one question in steps about all members of a batch. weight is how many samples the server holds for a
// pod and a step, which decides into how many parts it is cut.
type rangeQuestion struct {
	what     data.Text
	promql   string
	from, to time.Time
	step     time.Duration
	weight   float64
	sharing
}

// The weights of questions: what is counted by container holds its series and their maximum; a network counter has a
// series for each interface, and the page cache is read in three metrics of every cgroup of a pod.
const (
	weightSeries  = 2.5
	weightNetwork = 6
	weightCgroups = 15
)

// maxUnion is how many members' questions about an end are put as one.
const maxUnion = 20

var (
	podLabels       = []model.LabelName{"namespace", "pod"}
	containerLabels = []model.LabelName{"namespace", "pod", "container"}
)

// selectors name the pods of all members: with their containers, and without.
func (s *shared) selectors() (containers, pods string) {
	var names, quoted []string
	for _, m := range s.ms {
		if n := literal(m.c.Key.Container.String()); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	for _, p := range s.pods {
		quoted = append(quoted, regexp.QuoteMeta(p))
	}
	slices.Sort(names)
	pods = joinMatchers(equal("namespace", s.ms[0].c.Key.Namespace.String()), matches("pod", alternatives(quoted)))
	return joinMatchers(pods, matches("container", alternatives(names))), pods
}

// countQuestion counts the instances, by which samples are estimated.
func (s *shared) countQuestion() rangeQuestion {
	sel, _ := s.selectors()
	return rangeQuestion{"how many samples there are", "count by (namespace,pod,container)(" + data.MetricWorkingSet + "{" + sel + "})",
		s.from.Add(estimateStep), s.to, estimateStep, weightSeries,
		sharing{func(m *member) string { return countPromQL(m.sel) }, true, []model.LabelName{}, added}}
}

// questions are those in steps of all members.
func (s *shared) questions() []rangeQuestion {
	sel, pods := s.selectors()
	week, month := s.to.Add(-partsDays*day), s.to.Truncate(time.Second).Add(-historyDays*day)
	kills := sparseStepFor(historyDays * day)
	own := func(of func(sel string) string) func(*member) string {
		return func(m *member) string { return of(m.sel) }
	}
	ofPods := func(of func(sel string) string) func(*member) string {
		return func(m *member) string {
			return of(joinMatchers(equal("namespace", m.c.Key.Namespace.String()), matches("pod", PodPattern(m.c))))
		}
	}
	out := []rangeQuestion{s.countQuestion()}
	for _, of := range []func(string) string{restartsPromQL, lastEndsPromQL, lastOOMPromQL} {
		out = append(out, rangeQuestion{"kills that Prometheus remembers", of(sel), month, s.to, kills, weightSeries, sharing{own(of), true, containerLabels, higher}})
	}
	workload := []model.LabelName{"namespace", "container"}
	out = append(out, rangeQuestion{"memory limit over time", limitPromQL(sel), s.from.Add(limitStep), s.to, limitStep, 2 * weightSeries,
		sharing{own(func(sel string) string { return "max by (namespace,container)(" + limitPromQL(sel) + ")" }), true, workload, higher}})
	parts := func(metric, promql string, alone func(string) string) rangeQuestion {
		return rangeQuestion{data.Clean(metric), promql, week.Add(partsStep), s.to, partsStep, weightSeries, sharing{own(alone), true, workload, higher}}
	}
	out = append(out, parts(data.MetricRSS, byContainer+"(max_over_time("+data.MetricRSS+"{"+sel+"}["+data.PromDuration(partsStep)+"]))", rssPromQL))
	for _, metric := range []string{data.MetricCache, data.MetricActiveFile, data.MetricInactiveFile} {
		out = append(out, parts(metric, byContainer+"("+metric+"{"+sel+"})", func(sel string) string { return partPromQL(metric, sel) }))
	}
	shared := func(sel string) string { return sharedPromQL(sel) }
	out = append(out, rangeQuestion{"how much memory files in memory take", strings.Replace(sharedPromQL(pods), "max by (namespace)(", "max by (namespace,pod)(", 1),
		week.Add(partsStep), s.to, partsStep, weightCgroups, sharing{ofPods(shared), false, []model.LabelName{"namespace"}, higher}})
	out = append(out, s.loadQuestions(sel, pods, week, ofPods)...)
	if runsToEnd(s.ms[0].c) {
		step := killStepFor(historyDays * day)
		out = append(out, rangeQuestion{"kills of pods that ended for good", completedOf(pods, sel), s.from.Truncate(step), s.to.Truncate(step).Add(step), step, weightSeries,
			sharing{func(m *member) string { return completedPromQL(m.c, m.sel) }, true, containerLabels, higher}})
	}
	return out
}

// loadQuestions are those about the load. The answers for one are by pod, since its container is given.
func (s *shared) loadQuestions(sel, pods string, week time.Time, ofPods func(func(string) string) func(*member) string) []rangeQuestion {
	of := func(sel string) *loadReader {
		return &loadReader{b: &historyBuilder{sel: sel}, step: loadStepFor(s.ms[0].c)}
	}
	step := of("").step
	ask := func(metric, promql string, weight float64, how sharing) rangeQuestion {
		return rangeQuestion{data.Clean("load: " + metric), promql, week.Add(step), s.to, step, weight, how}
	}
	byContainers := func(promql string) string {
		return strings.ReplaceAll(promql, "by (namespace,pod", "by (namespace,pod,container")
	}
	received := func(sel string) string { return of("").rate(data.MetricReceived, sel, "interface") }
	out := []rangeQuestion{ask(data.MetricReceived, received(pods), weightNetwork, sharing{ofPods(received), false, podLabels, nil})}
	for _, c := range []struct{ metric, by string }{{data.MetricCPU, "id,cpu"}, {data.MetricReads, "id,device"}} {
		out = append(out, ask(c.metric, byContainers(of("").rate(c.metric, sel, c.by)), 2*weightSeries,
			sharing{func(m *member) string { return of("").rate(c.metric, m.sel, c.by) }, true, podLabels, nil}))
	}
	for _, metric := range []string{data.MetricSockets, data.MetricThreads} {
		out = append(out, ask(metric, byContainers(of(sel).gauge(metric)), weightSeries,
			sharing{func(m *member) string { return of(m.sel).gauge(metric) }, true, podLabels, nil}))
	}
	return out
}

// tasks read everything that the histories of the members have in common. What fails is asked again for each alone.
func (s *shared) tasks() []task {
	out := s.rawTasks()
	for _, q := range s.questions() {
		out = append(out, task{q.what, func(ctx context.Context) error { s.put(ctx, q); return nil }})
	}
	for some := range slices.Chunk(s.ends(), maxUnion) {
		out = append(out, task{"memory pressure before the end", func(ctx context.Context) error { s.askEnds(ctx, some); return nil }})
	}
	return out
}

// put asks one question in parts that hold no more than batchPoints samples.
func (s *shared) put(ctx context.Context, q rangeQuestion) {
	steps := int(q.to.Sub(q.from)/q.step) + 1
	parts := min(int(float64(steps)*s.atATime(q)*q.weight/batchPoints)+1, steps)
	n := &notes{}
	var got []model.Matrix
	for i := range parts {
		from, to := q.from.Add(time.Duration(i*steps/parts)*q.step), q.from.Add(time.Duration((i+1)*steps/parts-1)*q.step)
		answers, err := s.r.rangedSplit(ctx, n, q.promql, from, to, q.step, maxHalvings)
		if err != nil {
			return
		}
		for _, a := range answers {
			m, ok := a.(model.Matrix)
			if !ok {
				return
			}
			got = append(got, m)
		}
	}
	s.keepAnswers(q, n, got)
}

// atATime is how many pods the members have at a time: as many as were counted, at the most in the time of a question,
// and all that are known where they were not.
func (s *shared) atATime(q rangeQuestion) float64 {
	most, seen := 0.0, map[string]bool{}
	if len(s.ms[0].parts) == 0 {
		return float64(len(s.pods))
	}
	counts := make([]float64, len(s.ms[0].parts))
	for _, m := range s.ms {
		if seen[m.sel] {
			continue
		}
		seen[m.sel] = true
		for i, n := range m.parts {
			counts[i] += n
		}
	}
	for i, n := range counts {
		if time.Duration(i)*estimateStep <= q.to.Sub(q.from) {
			most = max(most, n*s.ms[0].interval.Seconds()/estimateStep.Seconds())
		}
	}
	return max(most, 1)
}

// ends are the questions about the newest end of each member.
func (s *shared) ends() []string {
	var out []string
	for _, m := range s.ms {
		end := newestKill(m.c)
		if end.IsZero() || end.Before(s.from) || end.After(s.to) {
			continue
		}
		for _, q := range pressureQuestions(m.c, end, s.to, &data.Pressure{}) {
			out = append(out, q.promql)
		}
	}
	return out
}

// askEnds puts several questions with one value each as one, told apart by a label.
func (s *shared) askEnds(ctx context.Context, questions []string) {
	var union []string
	for i, q := range questions {
		union = append(union, fmt.Sprintf(`label_replace(%s, "question", "%d", "", "")`, q, i))
	}
	a, err := s.r.instant(ctx, strings.Join(union, " or "), s.to)
	v, ok := a.value.(model.Vector)
	if err != nil || !ok {
		return
	}
	n := &notes{}
	n.took(a)
	values := make([]model.Vector, len(questions))
	for _, one := range v {
		i, err := strconv.Atoi(string(one.Metric["question"]))
		if err != nil || i < 0 || i >= len(values) {
			return
		}
		values[i] = append(values[i], &model.Sample{Metric: model.Metric{}, Value: one.Value, Timestamp: one.Timestamp})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, q := range questions {
		if values[i] == nil {
			values[i] = model.Vector{}
		}
		s.answers[questionAt(q, s.to, s.to, 0)] = sharedAnswer{values[i], warningsOf(n), tookBy(n)}
	}
}
