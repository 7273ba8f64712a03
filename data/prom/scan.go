package prom

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/prometheus/common/model"
)

// scanned is an answer of the query API with its samples.
type scanned struct {
	value           model.Value
	warnings, infos []string
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
		case "errorType", "error":
			s.bad = s.bad || s.text() != ""
		default:
			s.skip()
		}
	})
	s.space()
	return out, !s.bad && s.at == len(body) && status == "success" && out.value != nil
}

// scanner goes through JSON from front to back. Once bad, it stays so and stands still.
type scanner struct {
	b   []byte
	at  int
	bad bool
}

func (s *scanner) space() {
	for s.at < len(s.b) {
		switch s.b[s.at] {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return
		}
	}
}

// take steps over c, if it comes next.
func (s *scanner) take(c byte) bool {
	s.space()
	if s.bad || s.at >= len(s.b) || s.b[s.at] != c {
		return false
	}
	s.at++
	return true
}

// want steps over c, which must come next.
func (s *scanner) want(c byte) {
	if !s.take(c) {
		s.bad = true
	}
}

// object calls member for each key, which must read its value.
func (s *scanner) object(member func(key string)) {
	s.want('{')
	if s.take('}') {
		return
	}
	for !s.bad {
		key := s.text()
		s.want(':')
		if s.bad {
			return
		}
		member(key)
		if s.take('}') {
			return
		}
		s.want(',')
	}
}

// maxFields is more than any object of an answer has beside labels.
const maxFields = 16

// fields is object for one that may have each key once.
func (s *scanner) fields(member func(key string)) {
	var seen []string
	s.object(func(key string) {
		if slices.Contains(seen, key) || len(seen) == maxFields {
			s.bad = true
			return
		}
		seen = append(seen, key)
		member(key)
	})
}

// array calls element for each element, which must read it.
func (s *scanner) array(element func()) {
	s.want('[')
	if s.take(']') {
		return
	}
	for !s.bad {
		element()
		if s.take(']') {
			return
		}
		s.want(',')
	}
}

// text reads a string. One with escapes or bytes that are not UTF-8 is left to the standard library.
func (s *scanner) text() string {
	s.want('"')
	if s.bad {
		return ""
	}
	n := bytes.IndexByte(s.b[s.at:], '"')
	if n < 0 {
		s.bad = true
		return ""
	}
	plain := s.b[s.at : s.at+n]
	if bytes.IndexByte(plain, '\\') < 0 && utf8.Valid(plain) && bytes.IndexFunc(plain, func(r rune) bool { return r < ' ' }) < 0 {
		s.at += n + 1
		return string(plain)
	}
	var out string
	s.at--
	s.decode(&out)
	return out
}

func (s *scanner) texts() (out []string) {
	s.space()
	if bytes.HasPrefix(s.b[s.at:], []byte("null")) {
		s.at += len("null")
		return nil
	}
	s.array(func() { out = append(out, s.text()) })
	return out
}

// decode lets the standard library read the value that comes next.
func (s *scanner) decode(into any) {
	d := json.NewDecoder(bytes.NewReader(s.b[s.at:]))
	if s.bad || d.Decode(into) != nil {
		s.bad = true
		return
	}
	s.at += int(d.InputOffset())
}

func (s *scanner) skip() {
	var any json.RawMessage
	s.decode(&any)
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
			s.object(func(name string) {
				s.bad = s.bad || name == ""
				out.Metric[model.LabelName(name)] = model.LabelValue(s.text())
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
	s.space()
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
	s.want('[')
	p.Timestamp = s.stamp()
	s.want(',')
	s.want('"')
	p.Value = s.number()
	s.want(']')
	return p
}

// stamp reads seconds with up to three decimals.
func (s *scanner) stamp() model.Time {
	s.space()
	begin, ms := s.at, int64(0)
	for s.at < len(s.b) && s.b[s.at] >= '0' && s.b[s.at] <= '9' {
		ms = ms*10 + int64(s.b[s.at]-'0')
		s.at++
	}
	if n := s.at - begin; n == 0 || n > 12 || n > 1 && s.b[begin] == '0' {
		s.bad = true
		return 0
	}
	ms *= 1000
	if s.at >= len(s.b) || s.b[s.at] != '.' {
		return model.Time(ms)
	}
	s.at++
	begin = s.at
	for unit := int64(100); s.at < len(s.b) && s.b[s.at] >= '0' && s.b[s.at] <= '9'; unit /= 10 {
		ms += int64(s.b[s.at]-'0') * unit
		s.at++
	}
	if n := s.at - begin; n == 0 || n > 3 {
		s.bad = true
	}
	return model.Time(ms)
}

// exactDigits is how many decimal digits a float64 always holds exactly.
const exactDigits = 15

// number reads the rest of a quoted float. Whole numbers, which bytes are, take the short way.
func (s *scanner) number() model.SampleValue {
	if s.bad {
		return 0
	}
	n := bytes.IndexByte(s.b[s.at:], '"')
	if n <= 0 {
		s.bad = true
		return 0
	}
	text := s.b[s.at : s.at+n]
	s.at += n + 1
	if n <= exactDigits {
		whole, v := true, int64(0)
		for _, c := range text {
			if c < '0' || c > '9' {
				whole = false
				break
			}
			v = v*10 + int64(c-'0')
		}
		if whole {
			return model.SampleValue(v)
		}
	}
	v, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		s.bad = true
	}
	return model.SampleValue(v)
}
