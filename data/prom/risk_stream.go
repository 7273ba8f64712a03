package prom

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	jsoniter "github.com/json-iterator/go"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"github.com/oomedic/oomedic/data"
)

// streamer asks for answers that are too large to be held at once: the API client of Prometheus reads a whole body and
// makes a map of each series' labels, which for 100,000 of them is some 100 MB.
type streamer struct {
	client *http.Client
	base   string // address without a slash at its end
}

const (
	// streamBuffer is how much of an answer is held at a time; a series is far smaller.
	streamBuffer = 64 << 10
	// maxErrorBody is how much of a failed answer is read for its words.
	maxErrorBody = 64 << 10
)

// row is one series of an answer: the labels that matter here, and its samples. It is used again for the next one.
type row struct {
	name, namespace, pod, container, id, ownerKind, ownerName, part string
	t                                                               []int64 // Unix milliseconds
	v                                                               []float64
}

// last returns the newest sample; false when there is none that is a number.
func (w *row) last() (float64, bool) {
	if len(w.v) == 0 {
		return 0, false
	}
	return w.v[len(w.v)-1], true
}

// label sets a label by its name.
func (w *row) label(name, value string) {
	switch name {
	case model.MetricNameLabel:
		w.name = value
	case "namespace":
		w.namespace = value
	case "pod":
		w.pod = value
	case "container":
		w.container = value
	case "id":
		w.id = value
	case "part": // which of several questions in one it answers
		w.part = value
	case "owner_kind":
		w.ownerKind = value
	case "owner_name":
		w.ownerName = value
	}
}

// sample adds a sample. NaN (the stale marker is one) and infinities are left out.
func (w *row) sample(ms int64, v float64) {
	if !math.IsNaN(v) && !math.IsInf(v, 0) {
		w.t, w.v = append(w.t, ms), append(w.v, v)
	}
}

// streamed evaluates promql at one time and hands over the series one by one as they come. What each was given is void
// when it returns. After an error in the middle some may have been handed over.
func (r *Reader) streamed(ctx context.Context, promql string, at time.Time, each func(*row)) (answer, error) {
	if r.stream == nil {
		a, err := r.instant(ctx, promql, at)
		eachSeries(a.value, each)
		return a, err
	}
	points := 0
	count := func(w *row) {
		points += len(w.v)
		each(w)
	}
	a, err := r.ask(ctx, data.Query{PromQL: promql, End: at}, func(ctx context.Context) (model.Value, v1.Warnings, v1.Infos, error) {
		warnings, err := r.stream.query(ctx, promql, at, r.serverTimeout(), count)
		return nil, warnings, nil, err
	})
	a.query.Points = points
	return a, err
}

// eachSeries hands over the series of an answer that is held whole.
func eachSeries(v model.Value, each func(*row)) {
	var w row
	begin := func(m model.Metric) {
		w = row{t: w.t[:0], v: w.v[:0]}
		for name, value := range m {
			w.label(string(name), string(value))
		}
	}
	switch v := v.(type) {
	case model.Vector:
		for _, s := range v {
			begin(s.Metric)
			w.sample(int64(s.Timestamp), float64(s.Value))
			each(&w)
		}
	case model.Matrix:
		for _, s := range v {
			begin(s.Metric)
			for _, p := range s.Values {
				w.sample(int64(p.Timestamp), float64(p.Value))
			}
			each(&w)
		}
	}
}

// query sends one instant query, by POST, and by GET where that is not allowed.
func (s *streamer) query(ctx context.Context, promql string, at time.Time, timeout time.Duration, each func(*row)) (v1.Warnings, error) {
	form := url.Values{"query": {promql}, "time": {strconv.FormatFloat(float64(at.UnixMilli())/1000, 'f', -1, 64)}, "timeout": {timeout.String()}}
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, s.base+"/api/v1/query", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	post.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	post.Header.Set("Idempotency-Key", "") // no value: sent to nobody, but lets the transport try a broken connection again
	resp, err := s.client.Do(post)
	if err == nil && (resp.StatusCode == http.StatusMethodNotAllowed || resp.StatusCode == http.StatusNotImplemented) {
		_ = resp.Body.Close()
		get, reqErr := http.NewRequestWithContext(ctx, http.MethodGet, s.base+"/api/v1/query?"+form.Encode(), nil)
		if reqErr != nil {
			return nil, reqErr
		}
		resp, err = s.client.Do(get)
	}
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close() //nolint:errcheck // it was read, or the question has failed
	if resp.StatusCode/100 != 2 {
		return nil, failedAnswer(resp)
	}
	return readStream(resp.Body, each)
}

// failedAnswer makes the error that the API client of Prometheus would make of it.
func failedAnswer(resp *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	if err != nil {
		return err
	}
	var b struct{ ErrorType, Error string }
	if json.Unmarshal(body, &b) == nil && (resp.StatusCode == http.StatusBadRequest || resp.StatusCode == http.StatusUnprocessableEntity) && b.ErrorType != "" {
		return &v1.Error{Type: v1.ErrorType(b.ErrorType), Msg: b.Error}
	}
	kind, side := v1.ErrClient, "client"
	if resp.StatusCode/100 == 5 {
		kind, side = v1.ErrServer, "server"
	}
	return &v1.Error{Type: kind, Msg: fmt.Sprintf("%s error: %d", side, resp.StatusCode), Detail: string(body)}
}

// readStream reads an answer of the HTTP API from r, whatever the order of its fields.
func readStream(r io.Reader, each func(*row)) (v1.Warnings, error) {
	in := &errorReader{r: r}
	it := jsoniter.Parse(jsoniter.ConfigDefault, in, streamBuffer)
	var warnings v1.Warnings
	var status, kind, text string
	it.ReadObjectCB(func(it *jsoniter.Iterator, field string) bool {
		switch field {
		case "status":
			status = it.ReadString()
		case "errorType":
			kind = it.ReadString()
		case "error":
			text = it.ReadString()
		case "warnings":
			it.ReadVal(&warnings)
		case "data":
			readData(it, each)
		default:
			it.Skip()
		}
		return it.Error == nil
	})
	switch {
	case in.err != nil:
		return warnings, in.err
	case it.Error != nil && in.ended:
		return warnings, io.ErrUnexpectedEOF
	case it.Error != nil:
		return warnings, &v1.Error{Type: v1.ErrBadResponse, Msg: it.Error.Error()}
	case status == "error":
		return warnings, &v1.Error{Type: v1.ErrorType(kind), Msg: text}
	case status != "success":
		return warnings, &v1.Error{Type: v1.ErrBadResponse, Msg: "no status in the answer"}
	}
	return warnings, nil
}

// errorReader remembers how reading ended: the parser makes one word of all of it.
type errorReader struct {
	r     io.Reader
	err   error
	ended bool
}

// Read reads from the reader beneath.
func (e *errorReader) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	switch {
	case err == io.EOF: //nolint:errorlint // as io.Reader demands it
		e.ended = true
	case err != nil:
		e.err = err
	}
	return n, err
}

// readData reads the series of a vector or a matrix.
func readData(it *jsoniter.Iterator, each func(*row)) {
	var w row
	it.ReadObjectCB(func(it *jsoniter.Iterator, field string) bool {
		if field != "result" || it.WhatIsNext() != jsoniter.ArrayValue {
			it.Skip()
			return it.Error == nil
		}
		return it.ReadArrayCB(func(it *jsoniter.Iterator) bool {
			if it.WhatIsNext() != jsoniter.ObjectValue {
				it.Skip() // of a scalar
				return it.Error == nil
			}
			w = row{t: w.t[:0], v: w.v[:0]}
			it.ReadObjectCB(func(it *jsoniter.Iterator, field string) bool {
				switch field {
				case "metric":
					it.ReadObjectCB(func(it *jsoniter.Iterator, name string) bool {
						w.label(name, it.ReadString())
						return it.Error == nil
					})
				case "value":
					readSample(it, &w)
				case "values":
					it.ReadArrayCB(func(it *jsoniter.Iterator) bool {
						readSample(it, &w)
						return it.Error == nil
					})
				default:
					it.Skip()
				}
				return it.Error == nil
			})
			if it.Error == nil {
				each(&w)
			}
			return it.Error == nil
		})
	})
}

// readSample reads [seconds, "value"].
func readSample(it *jsoniter.Iterator, w *row) {
	var at float64
	n := 0
	it.ReadArrayCB(func(it *jsoniter.Iterator) bool {
		switch n++; n {
		case 1:
			at = it.ReadFloat64()
		case 2:
			text := it.ReadString()
			v, err := strconv.ParseFloat(text, 64)
			if err != nil {
				it.ReportError("sample", "no number")
				return false
			}
			w.sample(int64(math.Round(at*1000)), v)
		default:
			it.Skip()
		}
		return it.Error == nil
	})
}
