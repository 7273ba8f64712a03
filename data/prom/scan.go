package prom

import (
	"bytes"

	"github.com/prometheus/common/model"
)

// scanned is an answer of the query API with its samples.
type scanned struct {
	value           model.Value
	warnings, infos []string
	partial         bool // VictoriaMetrics says so when some of its stores did not answer
}

// scan reads a successful answer with a matrix or vector of floats, as Prometheus and what speaks its API write it.
// It reports false for everything else, from errors and histograms to broken JSON: that is for the library to judge.
func scan(body []byte) (*scanned, bool) {
	s := &scanner{b: body}
	out := &scanned{}
	status := ""
	s.fields(func(key string) {
		switch key {
		case "status":
			status = s.text()
		case "data":
			out.value = s.data()
		case "warnings":
			out.warnings = s.texts()
		case "infos":
			out.infos = s.texts()
		case "isPartial":
			out.partial = s.truth()
		case "errorType", "error":
			s.bad = s.bad || s.text() != ""
		default:
			s.skip()
		}
	})
	s.next()
	return out, !s.bad && s.at == len(body) && status == "success" && out.value != nil
}

// truth reads a value and reports whether it is true.
func (s *scanner) truth() bool {
	is := s.next() == 't'
	s.skip()
	return is
}

// data reads what was asked for.
func (s *scanner) data() model.Value {
	var kind string
	var all []*model.SampleStream
	single, seen := 0, false
	s.fields(func(key string) {
		switch key {
		case "resultType":
			kind = s.text()
		case "result":
			if kind != "matrix" && kind != "vector" { // a scalar is a pair, and the type comes first everywhere
				s.bad = true
				return
			}
			seen = true
			s.array(func() {
				one, alone := s.stream()
				all = append(all, one)
				if alone {
					single++
				}
			})
		default:
			s.skip()
		}
	})
	switch {
	case s.bad || !seen:
		return nil
	case kind == "matrix" && single == 0:
		return model.Matrix(append([]*model.SampleStream{}, all...))
	case kind == "vector" && single == len(all):
		out := make(model.Vector, len(all))
		for i, one := range all {
			out[i] = &model.Sample{Metric: one.Metric, Timestamp: one.Values[0].Timestamp, Value: one.Values[0].Value}
		}
		return out
	}
	return nil
}

// stream reads one series: its labels, and its samples or, reported by alone, its only one.
func (s *scanner) stream() (out *model.SampleStream, alone bool) {
	out = &model.SampleStream{Metric: model.Metric{}}
	several := false
	s.fields(func(key string) {
		switch key {
		case "metric":
			s.object(func(name []byte) {
				s.bad = s.bad || len(name) == 0
				label := model.LabelName(name)
				out.Metric[label] = model.LabelValue(s.text())
			})
		case "values":
			several = true
			out.Values = s.pairs()
		case "value":
			alone = true
			out.Values = []model.SamplePair{s.pair()}
		default: // histograms
			s.bad = true
		}
	})
	s.bad = s.bad || alone == several
	return out, alone
}

// pairs reads the samples of a series into a list of the right size.
func (s *scanner) pairs() []model.SamplePair {
	s.next()
	end := bytes.Index(s.b[s.at:], []byte("]]"))
	n := 0
	if end > 0 {
		n = bytes.Count(s.b[s.at:s.at+end], []byte{'['}) - 1
	}
	out := make([]model.SamplePair, 0, max(n, 0))
	s.array(func() { out = append(out, s.pair()) })
	return out
}

// pair reads [seconds,"value"].
func (s *scanner) pair() (p model.SamplePair) {
	if ms, v, ok := s.quick(); ok {
		return model.SamplePair{Timestamp: model.Time(ms), Value: model.SampleValue(v)}
	}
	s.want('[')
	ms, ok := s.stamp()
	s.bad = s.bad || !ok
	s.want(',')
	s.want('"')
	p.Timestamp, p.Value = model.Time(ms), model.SampleValue(s.quoted())
	s.want(']')
	return p
}
