package prom

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/oomedic/oomedic/data"
)

// Status says what a Prometheus has of the things that a diagnosis needs.
type Status struct {
	Reachable bool
	Problem   data.Text // why it is not reachable, in one line
	Trouble   Trouble   // the kind of Problem
	Source    data.Text
	Version   data.Text // empty when the source does not tell
	// ScrapeInterval is how often the working set is sampled, 0 when there are no samples now.
	ScrapeInterval time.Duration
	Has            map[string]bool        // needed metric → there are series now
	Jobs           map[string][]data.Text // needed metric → values of its label job, in order
	Missing        []data.Gap             // what is lost without the metrics that are not there
}

// neededMetrics are the metrics that Probe looks for.
var neededMetrics = []string{
	data.MetricWorkingSet, data.MetricRSS, data.MetricCache, data.MetricSpecLimit, data.MetricStartTime, data.MetricOOMEvents,
	data.MetricLimits, data.MetricRequests, data.MetricLastEnd, data.MetricLastReason, data.MetricInitLastEnd, data.MetricRestarts,
}

// Probe asks cheap questions: whether the source answers, which needed metrics it has, and how often it samples the
// working set. It keeps the scrape interval for the steps of charts.
func (r *Reader) Probe(ctx context.Context) Status {
	st := Status{Source: r.source}
	a, err := r.inventory(ctx, &st)
	if err != nil {
		st.Problem, st.Trouble = data.Clean(err.Error()), troubleOf(err)
		return st
	}
	st.Reachable = true
	for _, jobs := range st.Jobs {
		slices.Sort(jobs)
	}
	for _, m := range neededMetrics {
		if !st.Has[m] {
			st.Has[m] = false // asked for, and not there
		}
	}
	st.Version = r.version(ctx)
	if st.Has[data.MetricWorkingSet] {
		st.ScrapeInterval = r.sampleScrape(ctx)
	}
	st.Missing = append(missing(st.Has), r.clock.gaps()...)
	for _, w := range a.query.Warnings {
		st.Missing = append(st.Missing, data.Gap{What: "a complete answer from Prometheus", Why: "it warned: " + w})
	}
	return st
}

// inventory finds which needed metrics there are and of which jobs: from the index, or by counting series where the
// source has no index to ask.
func (r *Reader) inventory(ctx context.Context, st *Status) (answer, error) {
	st.Has, st.Jobs = map[string]bool{}, map[string][]data.Text{}
	switch ok, err := r.indexed(ctx, st); {
	case ok:
		return answer{}, nil
	case troubleOf(err) == Slow, troubleOf(err) == Unreachable, troubleOf(err) == Canceled:
		return answer{}, err
	}
	st.Has, st.Jobs = map[string]bool{}, map[string][]data.Text{}
	a, err := r.instant(ctx, `count by (__name__,job)({__name__=~"`+strings.Join(neededMetrics, "|")+`"})`, r.now())
	if err != nil {
		return a, err
	}
	if v, ok := a.value.(model.Vector); ok {
		for _, s := range v {
			name := string(s.Metric[model.MetricNameLabel])
			st.Has[name] = st.Has[name] || s.Value > 0
			if job := s.Metric["job"]; job != "" {
				st.Jobs[name] = append(st.Jobs[name], data.Clean(string(job)))
			}
		}
	}
	return a, nil
}

// sampleScrape measures the scrape interval in one namespace, since counting the samples of a whole cluster is no cheap
// question; in all of them where that one has nothing.
func (r *Reader) sampleScrape(ctx context.Context) time.Duration {
	names, err := r.labelValues(ctx, "namespace", data.MetricWorkingSet)
	if err == nil && len(names) > 0 {
		one := names[0]
		if slices.Contains(names, "kube-system") {
			one = "kube-system" // every cluster has it, and it is small
		}
		if d := r.measureScrape(ctx, joinMatchers(equal("namespace", one), realContainers)); d > 0 {
			return d
		}
	}
	return r.measureScrape(ctx, realContainers)
}

// version asks for the build; Thanos, Mimir and proxies may not tell, which is no failure.
func (r *Reader) version(ctx context.Context) data.Text {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	info, err := r.api.Buildinfo(ctx)
	if err != nil {
		r.log.Debug("no build information", "error", r.explain(ctx, err).Text)
		return ""
	}
	return data.Clean(brief(info.Version))
}

// missing says in words what is lost without the metrics that are not there.
func missing(has map[string]bool) []data.Gap {
	var out []data.Gap
	lost := func(what, why data.Text) { out = append(out, data.Gap{What: what, Why: why}) }
	if !has[data.MetricWorkingSet] {
		lost("memory history", "no "+data.MetricWorkingSet+": is the kubelet's /metrics/cadvisor scraped?")
	}
	stateMetrics := has[data.MetricRestarts] || has[data.MetricLimits] || has[data.MetricLastReason]
	switch {
	case !stateMetrics:
		lost("kills before the last one", "no kube-state-metrics: only what the API server remembers is known")
	case has[data.MetricLastReason] && !has[data.MetricLastEnd]:
		lost("kills before the last one", "kube-state-metrics is older than 2.12: it has no "+data.MetricLastEnd)
	}
	if !has[data.MetricLimits] && !has[data.MetricSpecLimit] {
		lost("limits of the past", "neither "+data.MetricLimits+" nor "+data.MetricSpecLimit+" is there")
	}
	if !has[data.MetricRequests] {
		lost("requests of the past", "no "+data.MetricRequests)
	}
	if !has[data.MetricRSS] || !has[data.MetricCache] {
		lost("how memory splits into heap and page cache", "no "+data.MetricRSS+" or no "+data.MetricCache)
	}
	if !has[data.MetricOOMEvents] {
		lost("kills of child processes", "no "+data.MetricOOMEvents)
	}
	return out
}

// scrapeLook is how far back the scrape interval is measured.
const scrapeLook = 10 * time.Minute

// measureScrape measures how often the working set of the selected containers is sampled, and remembers it: the
// median distance in the series that has the most samples of the last minutes. A count alone would take a Prometheus
// that has just started for a slow one. 0 is unknown.
func (r *Reader) measureScrape(ctx context.Context, sel string) time.Duration {
	window := "[" + data.PromDuration(scrapeLook) + "]"
	a, err := r.instant(ctx, "topk(1, count_over_time("+data.MetricWorkingSet+"{"+sel+"}"+window+"))", r.now())
	v, ok := a.value.(model.Vector)
	if err != nil || !ok || len(v) == 0 || v[0].Value < 2 {
		return 0
	}
	a, err = r.instant(ctx, data.MetricWorkingSet+"{"+sameLabels(v[0].Metric)+"}"+window, r.now())
	if err != nil {
		return 0
	}
	sp := spacing{}
	for _, s := range seriesOf(a.value) {
		sp.add(s.Samples)
	}
	if len(sp) == 0 {
		return 0
	}
	interval := usualInterval(time.Duration(sp.median()) * time.Millisecond)
	r.mu.Lock()
	r.scrape = interval
	r.mu.Unlock()
	return interval
}

// sameLabels selects the series with the labels of m that are plain names.
func sameLabels(m model.Metric) string {
	var out []string
	for name, value := range m {
		if model.LegacyValidation.IsValidLabelName(string(name)) && name != model.MetricNameLabel {
			out = append(out, equal(string(name), string(value)))
		}
	}
	slices.Sort(out)
	return joinMatchers(out...)
}

// scrapeInterval returns the remembered scrape interval or measures it in a namespace. 0 is unknown.
func (r *Reader) scrapeInterval(ctx context.Context, namespace string) time.Duration {
	r.mu.Lock()
	known := r.scrape
	r.mu.Unlock()
	if known > 0 {
		return known
	}
	return r.measureScrape(ctx, joinMatchers(equal("namespace", namespace), realContainers))
}

// usualInterval rounds a measured interval to one that people configure, when it is within an eighth of it.
func usualInterval(d time.Duration) time.Duration {
	for _, s := range []time.Duration{5, 10, 15, 20, 30, 60, 120, 300} {
		if usual := s * time.Second; (d - usual).Abs() <= usual/8 {
			return usual
		}
	}
	return max(d.Round(time.Second), time.Second)
}
