package prom

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"unicode/utf8"
)

// scanner goes through JSON from front to back: through a body that is held whole, or, with from set, through one that
// comes in pieces, of which it holds a window. Once bad, it stays so and stands still.
type scanner struct {
	b   []byte
	at  int
	bad bool

	from  io.Reader // nil when b is all there is
	err   error     // why from gave no more, other than its end
	ended bool      // from has ended
	short bool      // more was wanted than there is
	depth int
}

const (
	// windowSize is how much of a body that comes in pieces is held at a time.
	windowSize = 64 << 10
	// maxToken bounds one string or number in bytes: labels and warnings are far shorter.
	maxToken = 1 << 20
	// maxDepth is how deep values may lie within each other; answers have six levels, and each takes stack.
	maxDepth = 64
)

// errToken says that a body has a string or a number that none of its kind is as long as.
var errToken = errors.New("a label or a number in the answer is too long")

// more reads on, behind what is held from at on, and reports whether anything came. What lies before at is gone then.
func (s *scanner) more() bool {
	if s.from == nil || s.ended || s.err != nil {
		s.short = s.short || s.ended
		return false
	}
	if s.at > 0 {
		s.b = s.b[:copy(s.b, s.b[s.at:])]
		s.at = 0
	}
	if len(s.b) >= maxToken {
		s.err, s.bad = errToken, true
		return false
	}
	s.b = slices.Grow(s.b, max(1, min(windowSize, windowSize-len(s.b))))
	for range maxEmptyReads {
		n, err := s.from.Read(s.b[len(s.b):cap(s.b)])
		s.b = s.b[:len(s.b)+n]
		switch {
		case err == io.EOF: //nolint:errorlint // as io.Reader demands it
			s.ended = true
		case err != nil:
			s.err = err
		}
		if n > 0 || err != nil {
			s.short = n == 0 && s.ended
			return n > 0
		}
	}
	s.err = io.ErrNoProgress
	return false
}

// maxEmptyReads is how often a reader may give nothing without an error.
const maxEmptyReads = 100

// ahead makes n bytes be held, if there are as many.
func (s *scanner) ahead(n int) {
	for len(s.b)-s.at < n {
		if !s.more() {
			return
		}
	}
}

// next steps over space and returns the byte behind it, 0 at the end.
func (s *scanner) next() byte {
	for {
		for s.at < len(s.b) {
			switch c := s.b[s.at]; c {
			case ' ', '\t', '\r', '\n':
				s.at++
			default:
				return c
			}
		}
		if !s.more() {
			return 0
		}
	}
}

// take steps over c, if it comes next.
func (s *scanner) take(c byte) bool {
	if s.bad {
		return false
	}
	if s.at >= len(s.b) || s.b[s.at] != c {
		if s.next() != c || s.at >= len(s.b) {
			return false
		}
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

// deeper notes that a value with others in it begins.
func (s *scanner) deeper() {
	if s.depth++; s.depth > maxDepth {
		s.bad = true
	}
}

// object calls member for each key, which must read its value. The key is void once it does.
func (s *scanner) object(member func(key []byte)) {
	s.deeper()
	defer func() { s.depth-- }()
	s.want('{')
	if s.take('}') {
		return
	}
	for !s.bad {
		key := s.raw()
		if s.bad {
			return
		}
		if s.at < len(s.b) && s.b[s.at] == ':' { // all but always: the key stays where it is
			s.at++
		} else {
			key = bytes.Clone(key)
			s.want(':')
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
	var some [4]string
	seen := some[:0]
	s.object(func(raw []byte) {
		key := known(raw)
		if slices.Contains(seen, key) || len(seen) == maxFields {
			s.bad = true
			return
		}
		seen = append(seen, key)
		member(key)
	})
}

// known is the text of a key, without making one where it is of those that series have.
func known(key []byte) string {
	for _, k := range [...]string{"metric", "value", "values"} {
		if string(key) == k {
			return k
		}
	}
	return string(key)
}

// array calls element for each element, which must read it.
func (s *scanner) array(element func()) {
	s.deeper()
	defer func() { s.depth-- }()
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

// text reads a string.
func (s *scanner) text() string { return string(s.raw()) }

// raw reads a string. What it returns is void at the next step. One with escapes or bytes that are not UTF-8 is read by
// the standard library.
func (s *scanner) raw() []byte {
	if s.bad || s.next() != '"' {
		s.bad = true
		return nil
	}
	escaped, from := false, 1
	for {
		n := bytes.IndexByte(s.b[min(s.at+from, len(s.b)):], '"')
		if n < 0 {
			from = max(len(s.b)-s.at, 1)
			if !s.more() {
				s.bad = true
				return nil
			}
			continue
		}
		end := s.at + from + n
		if isEscaped(s.b[s.at+1 : end]) {
			escaped, from = true, from+n+1
			continue
		}
		inner := s.b[s.at+1 : end]
		if !escaped && bytes.IndexByte(inner, '\\') < 0 && isPlain(inner) {
			s.at = end + 1
			return inner
		}
		var out string
		if json.Unmarshal(s.b[s.at:end+1], &out) != nil {
			s.bad = true
			return nil
		}
		s.at = end + 1
		return []byte(out)
	}
}

// isEscaped reports whether a quote behind b belongs to the string: an odd number of backslashes stands before it.
func isEscaped(b []byte) bool {
	n := 0
	for n < len(b) && b[len(b)-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}

// isPlain reports whether b is UTF-8 without control characters.
func isPlain(b []byte) bool {
	for i, c := range b {
		if c >= utf8.RuneSelf {
			return utf8.Valid(b[i:]) && bytes.IndexFunc(b[i:], func(r rune) bool { return r < ' ' }) < 0
		}
		if c < ' ' {
			return false
		}
	}
	return true
}

// texts reads a list of strings, or null.
func (s *scanner) texts() (out []string) {
	if s.next() == 'n' {
		s.word("null")
		return nil
	}
	s.array(func() { out = append(out, s.text()) })
	return out
}

// word steps over a literal.
func (s *scanner) word(w string) {
	s.ahead(len(w))
	if !bytes.HasPrefix(s.b[s.at:], []byte(w)) {
		s.bad = true
		return
	}
	s.at += len(w)
}

// skip steps over a value of any kind.
func (s *scanner) skip() {
	switch s.next() {
	case '{':
		s.object(func([]byte) { s.skip() })
	case '[':
		s.array(s.skip)
	case '"':
		s.raw()
	case 't':
		s.word("true")
	case 'f':
		s.word("false")
	case 'n':
		s.word("null")
	default:
		s.float()
	}
}
