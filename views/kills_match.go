package views

import "strings"

// matchFields are the columns whose text a filter looks at.
var matchFields = map[string]int{
	"namespace": hayNamespace, "pod": hayPod, "workload": hayWorkload, "container": hayContainer, "node": hayNode,
}

// inkFound writes a cell of a row with what the filter found in it marked. What a cut hides can't be marked.
func (f *filter) inkFound(text, column string, plain, hit pen) string {
	field, searched := matchFields[column]
	if len(f.terms) == 0 || !searched {
		return plain.ink(text)
	}
	low := strings.ToLower(text)
	if len(low) != len(text) {
		return plain.ink(text) // other bytes in lower case: their places would not be those of the text
	}
	on := make([]bool, len(text))
	for _, t := range f.terms {
		if t.field >= 0 && t.field != field {
			continue
		}
		for at := 0; ; {
			i := strings.Index(low[at:], t.text)
			if i < 0 {
				break
			}
			for j := range len(t.text) {
				on[at+i+j] = true
			}
			at += i + len(t.text)
		}
	}
	var b strings.Builder
	from := 0
	for i := 1; i <= len(text); i++ {
		if i < len(text) && on[i] == on[from] {
			continue
		}
		with := plain
		if on[from] {
			with = hit
		}
		b.WriteString(with.ink(text[from:i]))
		from = i
	}
	return b.String()
}
