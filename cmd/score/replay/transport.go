package replay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
)

// maxPoints is how many points a range query of Prometheus may have per series.
const maxPoints = 11000

// transport answers queries as a Prometheus over db would, without a network.
type transport struct {
	db     storage.Queryable
	engine *promql.Engine
}

// RoundTrip answers one request.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	form := r.URL.Query()
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if err != nil {
			return nil, err
		}
		posted, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, err
		}
		for k, v := range posted {
			form[k] = v
		}
	}
	code, answer := t.answer(r, form)
	body, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	return &http.Response{Status: http.StatusText(code), StatusCode: code, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body))}, nil
}

// answer evaluates one request.
func (t *transport) answer(r *http.Request, form url.Values) (int, any) {
	var q promql.Query
	var err error
	switch r.URL.Path {
	case "/api/v1/query":
		q, err = t.engine.NewInstantQuery(r.Context(), t.db, nil, form.Get("query"), timeOf(form.Get("time")))
	case "/api/v1/query_range":
		start, end := timeOf(form.Get("start")), timeOf(form.Get("end"))
		secs, _ := strconv.ParseFloat(form.Get("step"), 64)
		step := time.Duration(secs * float64(time.Second))
		if step <= 0 || end.Sub(start)/step > maxPoints {
			return http.StatusBadRequest, failure("bad_data", "exceeded maximum resolution of 11,000 points per timeseries")
		}
		q, err = t.engine.NewRangeQuery(r.Context(), t.db, nil, form.Get("query"), start, end, step)
	default:
		return http.StatusNotFound, failure("not_found", "no such path")
	}
	if err != nil {
		return http.StatusBadRequest, failure("bad_data", err.Error())
	}
	defer q.Close()
	res := q.Exec(r.Context())
	if res.Err != nil {
		return http.StatusUnprocessableEntity, failure("execution", res.Err.Error())
	}
	v, err := modelOf(res.Value)
	if err != nil {
		return http.StatusUnprocessableEntity, failure("execution", err.Error())
	}
	body, err := json.Marshal(v) // before Close, which takes the points back
	if err != nil {
		return http.StatusInternalServerError, failure("internal", err.Error())
	}
	return http.StatusOK, map[string]any{"status": "success", "data": map[string]any{"resultType": res.Value.Type(), "result": json.RawMessage(body)}}
}

func failure(kind, text string) any {
	return map[string]string{"status": "error", "errorType": kind, "error": text}
}

func timeOf(s string) time.Time {
	f, _ := strconv.ParseFloat(s, 64)
	return time.UnixMilli(int64(math.Round(f * 1000)))
}

// modelOf turns an engine's value into the one that the API writes.
func modelOf(v parser.Value) (any, error) {
	metric := func(l labels.Labels) model.Metric {
		m := model.Metric{}
		l.Range(func(l labels.Label) { m[model.LabelName(l.Name)] = model.LabelValue(l.Value) })
		return m
	}
	switch v := v.(type) {
	case promql.Matrix:
		out := model.Matrix{}
		for _, s := range v {
			one := &model.SampleStream{Metric: metric(s.Metric), Values: make([]model.SamplePair, 0, len(s.Floats))}
			for _, p := range s.Floats {
				one.Values = append(one.Values, model.SamplePair{Timestamp: model.Time(p.T), Value: model.SampleValue(p.F)})
			}
			out = append(out, one)
		}
		return out, nil
	case promql.Vector:
		out := model.Vector{}
		for _, s := range v {
			out = append(out, &model.Sample{Metric: metric(s.Metric), Timestamp: model.Time(s.T), Value: model.SampleValue(s.F)})
		}
		return out, nil
	}
	return nil, fmt.Errorf("no such value: %T", v)
}
