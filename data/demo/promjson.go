package demo

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
)

// maxNotes is how many warnings and how many infos an answer carries.
const maxNotes = 10

// response is the envelope of every answer.
type response struct {
	Status    string   `json:"status"`
	Data      any      `json:"data,omitempty"`
	ErrorType string   `json:"errorType,omitempty"`
	Error     string   `json:"error,omitempty"`
	Warnings  []string `json:"warnings,omitempty"`
	Infos     []string `json:"infos,omitempty"`
}

// writeAnswer writes a success.
func writeAnswer(w http.ResponseWriter, a answer) {
	warnings, infos := a.notes.AsStrings(a.query, maxNotes, maxNotes)
	if points, ok := a.data.(json.RawMessage); ok && len(warnings)+len(infos) == 0 {
		w.Header().Set("Content-Type", "application/json") // a month of samples is not worth marshalling twice
		w.WriteHeader(http.StatusOK)
		for _, part := range [][]byte{[]byte(`{"status":"success","data":`), points, []byte("}")} {
			_, _ = w.Write(part) // the recorder never fails
		}
		return
	}
	writeJSON(w, http.StatusOK, response{Status: "success", Data: a.data, Warnings: warnings, Infos: infos})
}

// writeError writes a failure.
func writeError(w http.ResponseWriter, err error) {
	e := &apiError{errInternal, err}
	errors.As(err, &e)
	writeJSON(w, e.status(), response{Status: "error", ErrorType: e.kind, Error: e.Error()})
}

// writeJSON writes v with a status.
func writeJSON(w http.ResponseWriter, code int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = w.Write(b) // the recorder never fails
}

// appendQueryData appends the data of a query's answer as JSON.
func appendQueryData(b []byte, v parser.Value) []byte {
	b = append(b, `{"resultType":`...)
	b = strconv.AppendQuote(b, string(v.Type()))
	b = append(b, `,"result":`...)
	switch x := v.(type) {
	case promql.Scalar:
		b = appendPoint(b, x.T, x.V)
	case promql.String:
		b = append(appendTime(append(b, '['), x.T), ',')
		b = append(appendString(b, x.V), ']')
	case promql.Vector:
		b = append(b, '[')
		for i, s := range x {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendMetric(b, s.Metric)
			if s.H != nil {
				b = appendHistogram(append(b, `,"histogram":`...), s.T, s.H)
			} else {
				b = appendPoint(append(b, `,"value":`...), s.T, s.F)
			}
			b = append(b, '}')
		}
		b = append(b, ']')
	case promql.Matrix:
		b = appendMatrix(b, x)
	}
	return append(b, '}')
}

// appendMatrix appends the series of a range.
func appendMatrix(b []byte, m promql.Matrix) []byte {
	b = append(b, '[')
	for i, s := range m {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendMetric(b, s.Metric)
		if len(s.Floats) > 0 {
			b = append(b, `,"values":[`...)
			for j, p := range s.Floats {
				if j > 0 {
					b = append(b, ',')
				}
				b = appendPoint(b, p.T, p.F)
			}
			b = append(b, ']')
		}
		if len(s.Histograms) > 0 {
			b = append(b, `,"histograms":[`...)
			for j, p := range s.Histograms {
				if j > 0 {
					b = append(b, ',')
				}
				b = appendHistogram(b, p.T, p.H)
			}
			b = append(b, ']')
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

// appendMetric appends the opening of a series with its labels.
func appendMetric(b []byte, l labels.Labels) []byte {
	b = append(b, `{"metric":{`...)
	first := true
	l.Range(func(l labels.Label) {
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(appendString(b, l.Name), ':')
		b = appendString(b, l.Value)
	})
	return append(b, '}')
}

// appendHistogram appends a native histogram; none is ever stored here, but a query can make one of nothing else.
func appendHistogram(b []byte, t int64, h *histogram.FloatHistogram) []byte {
	j, err := json.Marshal(promql.HPoint{T: t, H: h})
	if err != nil {
		return append(b, "null"...)
	}
	return append(b, j...)
}

// appendPoint appends a time and a value.
func appendPoint(b []byte, t int64, v float64) []byte {
	b = append(appendTime(append(b, '['), t), `,"`...)
	format := byte('f')
	if abs := math.Abs(v); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return append(strconv.AppendFloat(b, v, format, -1, 64), `"]`...)
}

// appendTime appends milliseconds as seconds, with three decimals unless they are zero.
func appendTime(b []byte, t int64) []byte {
	if t < 0 {
		b = append(b, '-')
		t = -t
	}
	b = strconv.AppendInt(b, t/1000, 10)
	if ms := t % 1000; ms != 0 {
		b = append(b, '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
	}
	return b
}

// appendString appends s as a JSON string.
func appendString(b []byte, s string) []byte {
	j, err := json.Marshal(s)
	if err != nil {
		return append(b, `""`...)
	}
	return append(b, j...)
}
