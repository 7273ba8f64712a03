package prom

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// maxNumber is how long a number may be written.
const maxNumber = 64

// float reads a number that is not quoted, as JSON has it.
func (s *scanner) float() float64 {
	s.next()
	s.ahead(maxNumber)
	n := 0
	for n < maxNumber && s.at+n < len(s.b) && bytes.IndexByte([]byte("+-.eE0123456789"), s.b[s.at+n]) >= 0 {
		n++
	}
	text := s.b[s.at : s.at+n]
	v, err := strconv.ParseFloat(string(text), 64)
	if s.bad || err != nil || !json.Valid(text) {
		s.bad = true
		return 0
	}
	s.at += n
	return v
}

// exactDigits is how many decimal digits a float64 always holds exactly.
const exactDigits = 15

// quoted reads the rest of a quoted float. Whole numbers, which bytes are, take the short way.
func (s *scanner) quoted() float64 {
	if s.bad {
		return 0
	}
	n := bytes.IndexByte(s.b[s.at:], '"')
	for n < 0 && s.more() {
		n = bytes.IndexByte(s.b[s.at:], '"')
	}
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
			return float64(v)
		}
	}
	v, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		s.bad = true
	}
	return v
}

// longestStamp is how many bytes the time of a sample has at most, with what stands behind it.
const longestStamp = 20

// stamp reads seconds with up to three decimals, in milliseconds. It reports false, and stands where it stood, for every
// other number.
func (s *scanner) stamp() (int64, bool) {
	s.next()
	s.ahead(longestStamp)
	i, ms := s.at, int64(0)
	for i < len(s.b) && s.b[i] >= '0' && s.b[i] <= '9' {
		ms = ms*10 + int64(s.b[i]-'0')
		i++
	}
	if n := i - s.at; n == 0 || n > 12 || n > 1 && s.b[s.at] == '0' {
		return 0, false
	}
	ms *= 1000
	if i < len(s.b) && s.b[i] == '.' {
		i++
		begin := i
		for unit := int64(100); i < len(s.b) && s.b[i] >= '0' && s.b[i] <= '9'; unit /= 10 {
			ms += int64(s.b[i]-'0') * unit
			i++
		}
		if n := i - begin; n == 0 || n > 3 {
			return 0, false
		}
	}
	if i < len(s.b) && (s.b[i] == 'e' || s.b[i] == 'E') {
		return 0, false
	}
	s.at = i
	return ms, true
}

// quick reads [seconds,"value"] as Prometheus writes all but a few: without spaces, seconds with up to three decimals and
// a whole number. It reports false, and stands where it stood, for every other pair.
func (s *scanner) quick() (ms int64, v float64, ok bool) {
	b := s.b[s.at:]
	if s.bad || len(b) == 0 || b[0] != '[' {
		return 0, 0, false
	}
	ms, n := digits(b[1:])
	i := 1 + n
	if n == 0 || n > 12 || n > 1 && b[1] == '0' {
		return 0, 0, false
	}
	ms *= 1000
	if i < len(b) && b[i] == '.' {
		part, n := digits(b[i+1:])
		if n == 0 || n > 3 {
			return 0, 0, false
		}
		ms += part * [...]int64{0, 100, 10, 1}[n]
		i += 1 + n
	}
	if i+2 > len(b) || b[i] != ',' || b[i+1] != '"' {
		return 0, 0, false
	}
	i += 2
	whole, n := digits(b[i:])
	if i += n; n == 0 || n > exactDigits || i+2 > len(b) || b[i] != '"' || b[i+1] != ']' {
		return 0, 0, false
	}
	s.at += i + 2
	return ms, float64(whole), true
}

// digits reads decimal digits, at most one more than any number here has.
func digits(b []byte) (v int64, n int) {
	b = b[:min(len(b), exactDigits+1)]
	for n < len(b) && b[n]-'0' < 10 {
		v = v*10 + int64(b[n]-'0')
		n++
	}
	return v, n
}
