package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"
)

// prometheusVersion is the version of the engine and storage in the process.
const prometheusVersion = "3.14.0"

// The error types of the HTTP API and their statuses (https://prometheus.io/docs/prometheus/latest/querying/api/).
const (
	errBadData  = "bad_data"
	errExec     = "execution"
	errTimeout  = "timeout"
	errCanceled = "canceled"
	errInternal = "internal"

	statusCanceled = 499
)

// maxPoints is how many points a range query may have per series.
const maxPoints = 11000

// apiError is a failure with its type.
type apiError struct {
	kind string
	err  error
}

// Error returns the text.
func (e *apiError) Error() string { return e.err.Error() }

// Unwrap returns the cause.
func (e *apiError) Unwrap() error { return e.err }

// status returns the HTTP status of the error.
func (e *apiError) status() int {
	switch e.kind {
	case errBadData:
		return http.StatusBadRequest
	case errExec:
		return http.StatusUnprocessableEntity
	case errTimeout:
		return http.StatusServiceUnavailable
	case errCanceled:
		return statusCanceled
	}
	return http.StatusInternalServerError
}

// invalid says that a parameter is wrong.
func invalid(parameter string, err error) error {
	return &apiError{errBadData, fmt.Errorf("invalid parameter %q: %w", parameter, err)}
}

// engineError gives an error of the engine its type.
func engineError(err error) error {
	var canceled promql.ErrQueryCanceled
	var timeout promql.ErrQueryTimeout
	var stored promql.ErrStorage
	switch {
	case errors.As(err, &canceled), errors.Is(err, context.Canceled):
		return &apiError{errCanceled, err}
	case errors.As(err, &timeout):
		return &apiError{errTimeout, err}
	case errors.As(err, &stored):
		return &apiError{errInternal, err}
	}
	return &apiError{errExec, err}
}

// answer is what a handler found.
type answer struct {
	data  any // JSON as it is when it is json.RawMessage, else marshalled
	notes annotations.Annotations
	query string
}

// routes lays out the API.
func (t *transport) routes() {
	both := func(path string, h func(*http.Request) (answer, error)) {
		t.mux.HandleFunc("GET "+path, t.serve(h))
		t.mux.HandleFunc("POST "+path, t.serve(h))
	}
	both("/api/v1/query", t.instant)
	both("/api/v1/query_range", t.overTime)
	both("/api/v1/labels", t.labelNames)
	both("/api/v1/series", t.series)
	t.mux.HandleFunc("GET /api/v1/label/{name}/values", t.serve(t.labelValues))
	t.mux.HandleFunc("GET /api/v1/metadata", t.serve(t.metadata))
	t.mux.HandleFunc("GET /api/v1/status/buildinfo", t.serve(t.buildInfo))
	t.mux.HandleFunc("GET /-/ready", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("Prometheus Server is Ready.\n")) // the recorder never fails
	})
}

// serve makes an HTTP handler of h: it waits for the series, reads the form and writes the answer.
func (t *transport) serve(h func(*http.Request) (answer, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			writeError(w, &apiError{errBadData, fmt.Errorf("error parsing form values: %w", err)})
			return
		}
		if err := t.ready(r.Context()); err != nil {
			writeError(w, &apiError{errInternal, err})
			return
		}
		a, err := h(r)
		if err != nil {
			writeError(w, err)
			return
		}
		writeAnswer(w, a)
	}
}

// instant answers a query at one time.
func (t *transport) instant(r *http.Request) (answer, error) {
	at, err := t.timeParam(r, "time", t.now())
	if err != nil {
		return answer{}, err
	}
	return t.execute(r, func(ctx context.Context, o promql.QueryOpts) (promql.Query, error) {
		return t.engine.NewInstantQuery(ctx, t.db, o, r.FormValue("query"), at)
	})
}

// overTime answers a query over a range of times.
func (t *transport) overTime(r *http.Request) (answer, error) {
	start, err := parseTime(r.FormValue("start"))
	if err != nil {
		return answer{}, invalid("start", err)
	}
	end, err := parseTime(r.FormValue("end"))
	if err != nil {
		return answer{}, invalid("end", err)
	}
	if end.Before(start) {
		return answer{}, invalid("end", errors.New("end timestamp must not be before start time"))
	}
	step, err := parseDuration(r.FormValue("step"))
	if err != nil {
		return answer{}, invalid("step", err)
	}
	if step <= 0 {
		return answer{}, invalid("step", errors.New("zero or negative query resolution step widths are not accepted. Try a positive integer"))
	}
	if end.Sub(start)/step > maxPoints {
		return answer{}, &apiError{errBadData, errors.New("exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)")}
	}
	return t.execute(r, func(ctx context.Context, o promql.QueryOpts) (promql.Query, error) {
		return t.engine.NewRangeQuery(ctx, t.db, o, r.FormValue("query"), start, end, step)
	})
}

// execute runs a query with the options of r.
func (t *transport) execute(r *http.Request, query func(context.Context, promql.QueryOpts) (promql.Query, error)) (answer, error) {
	ctx := r.Context()
	if s := r.FormValue("timeout"); s != "" {
		d, err := parseDuration(s)
		if err != nil {
			return answer{}, invalid("timeout", err)
		}
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, d)
		defer cancel()
	}
	var delta time.Duration
	if s := r.FormValue("lookback_delta"); s != "" {
		d, err := parseDuration(s)
		if err != nil {
			return answer{}, &apiError{errBadData, fmt.Errorf("error parsing lookback delta duration: %w", err)}
		}
		delta = d
	}
	q, err := query(ctx, promql.NewPrometheusQueryOpts(false, delta))
	if err != nil {
		return answer{}, invalid("query", err)
	}
	defer q.Close()
	res := q.Exec(ctx)
	if res.Err != nil {
		return answer{}, engineError(res.Err)
	}
	body := json.RawMessage(appendQueryData(nil, res.Value)) // before Close, which takes the points back
	return answer{data: body, notes: res.Warnings, query: r.FormValue("query")}, nil
}

// limited cuts list to the parameter limit, if there is one.
func limited[T any](r *http.Request, list []T, notes annotations.Annotations) ([]T, annotations.Annotations, error) {
	if list == nil {
		list = []T{}
	}
	s := r.FormValue("limit")
	if s == "" {
		return list, notes, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return nil, nil, invalid("limit", err)
	}
	if n < 0 {
		return nil, nil, invalid("limit", errors.New("limit must be non-negative"))
	}
	if n > 0 && len(list) > n {
		return list[:n], notes.Add(errors.New("results truncated due to limit")), nil
	}
	return list, notes, nil
}

// querier returns a querier over the times of r, the hints for whole series within them, and the selectors of its
// match[] parameters.
func (t *transport) querier(r *http.Request) (storage.Querier, *storage.SelectHints, [][]*labels.Matcher, error) {
	start, err := t.timeParam(r, "start", minTime)
	if err != nil {
		return nil, nil, nil, err
	}
	end, err := t.timeParam(r, "end", maxTime)
	if err != nil {
		return nil, nil, nil, err
	}
	sets, err := t.parser.ParseMetricSelectors(r.Form["match[]"])
	if err != nil {
		return nil, nil, nil, &apiError{errBadData, err}
	}
	for _, set := range sets {
		if !slices.ContainsFunc(set, func(m *labels.Matcher) bool { return !m.Matches("") }) {
			return nil, nil, nil, &apiError{errBadData, errors.New("match[] must contain at least one non-empty matcher")}
		}
	}
	q, err := t.db.Querier(start.UnixMilli(), end.UnixMilli())
	if err != nil {
		return nil, nil, nil, engineError(err)
	}
	return q, &storage.SelectHints{Start: start.UnixMilli(), End: end.UnixMilli(), Func: "series"}, sets, nil
}

// gather collects the sorted strings that ask returns for each selector, or without one.
func gather(sets [][]*labels.Matcher, ask func(...*labels.Matcher) ([]string, annotations.Annotations, error)) ([]string, annotations.Annotations, error) {
	if len(sets) == 0 {
		sets = [][]*labels.Matcher{nil}
	}
	var out []string
	var notes annotations.Annotations
	for _, set := range sets {
		got, w, err := ask(set...)
		if err != nil {
			return nil, nil, engineError(err)
		}
		notes.Merge(w)
		out = append(out, slices.Clone(got)...)
	}
	slices.Sort(out)
	return slices.Compact(out), notes, nil
}

// labelNames answers with the names of labels.
func (t *transport) labelNames(r *http.Request) (answer, error) {
	q, _, sets, err := t.querier(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = q.Close() }() // a querier of the head holds nothing that can fail
	names, notes, err := gather(sets, func(m ...*labels.Matcher) ([]string, annotations.Annotations, error) {
		return q.LabelNames(r.Context(), nil, m...)
	})
	if err != nil {
		return answer{}, err
	}
	names, notes, err = limited(r, names, notes)
	return answer{data: names, notes: notes}, err
}

// labelValues answers with the values of one label.
func (t *transport) labelValues(r *http.Request) (answer, error) {
	name := r.PathValue("name")
	if !model.UTF8Validation.IsValidLabelName(name) {
		return answer{}, &apiError{errBadData, fmt.Errorf("invalid label name: %q", name)}
	}
	q, _, sets, err := t.querier(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = q.Close() }() // as above
	values, notes, err := gather(sets, func(m ...*labels.Matcher) ([]string, annotations.Annotations, error) {
		return q.LabelValues(r.Context(), name, nil, m...)
	})
	if err != nil {
		return answer{}, err
	}
	values, notes, err = limited(r, values, notes)
	return answer{data: values, notes: notes}, err
}

// series answers with the label sets of the selected series.
func (t *transport) series(r *http.Request) (answer, error) {
	if len(r.Form["match[]"]) == 0 {
		return answer{}, &apiError{errBadData, errors.New("no match[] parameter provided")}
	}
	q, hints, sets, err := t.querier(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = q.Close() }() // as above
	var parts []storage.SeriesSet
	for _, set := range sets {
		parts = append(parts, q.Select(r.Context(), true, hints, set...))
	}
	all := storage.NewMergeSeriesSet(parts, 0, storage.ChainedSeriesMerge)
	var out []labels.Labels
	for all.Next() {
		out = append(out, all.At().Labels())
	}
	if all.Err() != nil {
		return answer{}, engineError(all.Err())
	}
	out, notes, err := limited(r, out, all.Warnings())
	return answer{data: out, notes: notes}, err
}

// metadata answers with what is known of metrics: nothing is scraped, so that there is none.
func (t *transport) metadata(*http.Request) (answer, error) {
	return answer{data: map[string]any{}}, nil
}

// buildInfo answers with the version.
func (t *transport) buildInfo(*http.Request) (answer, error) {
	return answer{data: map[string]string{
		"version": prometheusVersion, "revision": "", "branch": "", "buildUser": "", "buildDate": "", "goVersion": runtime.Version(),
	}}, nil
}

// timeParam reads an optional time.
func (t *transport) timeParam(r *http.Request, name string, otherwise time.Time) (time.Time, error) {
	s := r.FormValue(name)
	if s == "" {
		return otherwise, nil
	}
	at, err := parseTime(s)
	if err != nil {
		return time.Time{}, invalid(name, fmt.Errorf("invalid time value for '%s': %w", name, err))
	}
	return at, nil
}

// The bounds of times in requests, as client libraries write them for "ever".
var (
	minTime = time.Unix(math.MinInt64/1000+62135596801, 0).UTC()
	maxTime = time.Unix(math.MaxInt64/1000-62135596801, 999999999).UTC()
)

// parseTime reads seconds since the epoch or RFC 3339.
func parseTime(s string) (time.Time, error) {
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		whole, part := math.Modf(f)
		part = math.Round(part*1000) / 1000
		return time.Unix(int64(whole), int64(part*float64(time.Second))).UTC(), nil
	}
	if at, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return at, nil
	}
	switch s {
	case minTime.Format(time.RFC3339Nano):
		return minTime, nil
	case maxTime.Format(time.RFC3339Nano):
		return maxTime, nil
	}
	return time.Time{}, fmt.Errorf("cannot parse %q to a valid timestamp", s)
}

// parseDuration reads seconds or a duration of PromQL.
func parseDuration(s string) (time.Duration, error) {
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		ns := f * float64(time.Second)
		if ns > float64(math.MaxInt64) || ns < float64(math.MinInt64) {
			return 0, fmt.Errorf("cannot parse %q to a valid duration. It overflows int64", s)
		}
		return time.Duration(ns), nil
	}
	if d, err := model.ParseDuration(s); err == nil {
		return time.Duration(d), nil
	}
	return 0, fmt.Errorf("cannot parse %q to a valid duration", s)
}
