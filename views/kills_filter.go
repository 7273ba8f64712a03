package views

import (
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
)

// maxFilter is how long a filter may be in bytes: longer than any name in Kubernetes.
const maxFilter = 300

// filter is the text that chooses rows. Words apart must all be found; "ns:shop" looks at one field alone.
type filter struct {
	text   string
	typing bool
	terms  []term
}

// term is one word of a filter, in lower case.
type term struct {
	field int // of rowFacts.hay; -1 is any
	text  string
}

// filterFields are the names of fields that may stand before a colon.
var filterFields = map[string]int{
	"ns": hayNamespace, "namespace": hayNamespace, "pod": hayPod, "workload": hayWorkload, "wl": hayWorkload,
	"container": hayContainer, "node": hayNode,
}

// set takes a new text. A field that is named and not yet given a word chooses everything, so that rows do not vanish
// while somebody types "ns:".
func (f *filter) set(text string) {
	f.text, f.terms = text, nil
	for _, w := range strings.Fields(strings.ToLower(text)) {
		t := term{-1, w}
		if name, rest, ok := strings.Cut(w, ":"); ok {
			if i, known := filterFields[name]; known {
				t = term{i, rest}
			}
		}
		if t.text != "" {
			f.terms = append(f.terms, t)
		}
	}
}

// clear takes the filter away and ends typing.
func (f *filter) clear() {
	f.typing = false
	f.set("")
}

// passes reports whether all words are found in a row.
func (f *filter) passes(r *rowFacts) bool {
	for _, t := range f.terms {
		in := r.all
		if t.field >= 0 {
			in = r.hay[t.field]
		}
		if !strings.Contains(in, t.text) {
			return false
		}
	}
	return true
}

// press edits the text and reports whether it changed.
func (f *filter) press(m tea.KeyPressMsg) bool {
	was := f.text
	switch m.String() {
	case "enter":
		f.typing = false
		if len(f.terms) == 0 {
			f.set("")
		}
	case "esc":
		f.clear()
	case "backspace", "ctrl+h":
		if was == "" {
			f.typing = false
			break
		}
		_, n := utf8.DecodeLastRuneInString(was)
		f.set(was[:len(was)-n])
	case "ctrl+u":
		f.set("")
	case "ctrl+w", "alt+backspace":
		cut := strings.TrimRight(was, " ")
		f.set(cut[:strings.LastIndexByte(cut, ' ')+1])
	default:
		if more := data.Clean(m.Text).String(); len(was)+len(more) <= maxFilter {
			f.set(was + more)
		}
	}
	return f.text != was
}
