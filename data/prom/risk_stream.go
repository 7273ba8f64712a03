package prom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

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

// maxErrorBody is how much of a failed answer is read for its words.
const maxErrorBody = 64 << 10

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

// labelled is where a label is kept, nil for one that does not matter here.
func (w *row) labelled(name string) *string {
	switch name {
	case model.MetricNameLabel:
		return &w.name
	case "namespace":
		return &w.namespace
	case "pod":
		return &w.pod
	case "container":
		return &w.container
	case "id":
		return &w.id
	case "part": // which of several questions in one it answers
		return &w.part
	case "owner_kind":
		return &w.ownerKind
	case "owner_name":
		return &w.ownerName
	}
	return nil
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
			if into := w.labelled(string(name)); into != nil {
				*into = string(value)
			}
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
	if err == nil && slices.Contains([]int{http.StatusMethodNotAllowed, http.StatusNotImplemented, http.StatusForbidden}, resp.StatusCode) {
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
	s := &scanner{from: r, b: make([]byte, 0, windowSize)}
	var warnings v1.Warnings
	var status, kind, text string
	s.object(func(key []byte) {
		switch string(key) {
		case "status":
			status = s.text()
		case "errorType":
			kind = s.text()
		case "error":
			text = s.text()
		case "warnings":
			warnings = append(warnings, s.texts()...)
		case "isPartial":
			if s.truth() {
				warnings = append(warnings, partialAnswer)
			}
		case "data":
			s.rows(each)
		default:
			s.skip()
		}
	})
	switch {
	case s.err != nil && !errors.Is(s.err, errToken):
		return warnings, s.err
	case s.bad && s.short:
		return warnings, io.ErrUnexpectedEOF
	case s.bad:
		return warnings, &v1.Error{Type: v1.ErrBadResponse, Msg: s.complaint()}
	case s.next() != 0 || s.at < len(s.b):
		return warnings, &v1.Error{Type: v1.ErrBadResponse, Msg: "something stands behind its end"}
	case s.err != nil:
		return warnings, s.err
	case status == "error":
		return warnings, &v1.Error{Type: v1.ErrorType(kind), Msg: text}
	case status != "success":
		return warnings, &v1.Error{Type: v1.ErrBadResponse, Msg: "no status in the answer"}
	}
	return warnings, nil
}

// complaint says where reading ended, in the words of the standard library where it has some.
func (s *scanner) complaint() string {
	if s.err != nil {
		return s.err.Error()
	}
	if c := s.next(); c != 0 {
		return fmt.Sprintf("invalid character %q", c)
	}
	return "it makes no sense at its end"
}

// rows reads the series of a vector or a matrix.
func (s *scanner) rows(each func(*row)) {
	if s.next() != '{' { // null, in errors
		s.skip()
		return
	}
	var w row
	s.object(func(key []byte) {
		if string(key) != "result" || s.next() != '[' {
			s.skip()
			return
		}
		s.array(func() {
			if s.next() != '{' {
				s.skip() // of a scalar
				return
			}
			w = row{t: w.t[:0], v: w.v[:0]}
			s.object(func(key []byte) { s.rowField(&w, key) })
			if !s.bad {
				each(&w)
			}
		})
	})
}

// rowField reads the labels or samples of a series.
func (s *scanner) rowField(w *row, key []byte) {
	switch string(key) {
	case "metric":
		s.object(func(name []byte) {
			if into := w.labelled(string(name)); into != nil {
				*into = s.text()
			} else {
				s.raw()
			}
		})
	case "value":
		s.rowSample(w)
	case "values":
		s.array(func() { s.rowSample(w) })
	default:
		s.skip()
	}
}

// rowSample reads [seconds,"value"]. Times are rounded to milliseconds however they are written.
func (s *scanner) rowSample(w *row) {
	if ms, v, ok := s.quick(); ok {
		w.sample(ms, v)
		return
	}
	s.want('[')
	ms, ok := s.stamp()
	if !ok {
		ms = int64(math.Round(s.float() * 1000))
	}
	s.want(',')
	s.want('"')
	v := s.quoted()
	s.want(']')
	if !s.bad {
		w.sample(ms, v)
	}
}
