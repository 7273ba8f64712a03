package analysis

import (
	"fmt"
	"slices"
	"strings"

	"github.com/oomedic/oomedic/data"
)

// TermRole says what a metric or a word is to a person who looks for the reason of a kill.
type TermRole string

// The roles of a term.
const (
	TermKills    TermRole = "kills"    // this is what is held against the limit, or what kills
	TermMisleads TermRole = "misleads" // looks as if it were, and is not
	TermTells    TermRole = "tells"    // says something about the kill
	TermDecides  TermRole = "decides"  // is set by somebody, and decides who is killed
)

// Term is one entry of the glossary.
type Term struct {
	Name data.Text   // "working set"
	Also []data.Text // other names: metrics, fields, abbreviations
	Role TermRole
	// Means is what it is; Mind is what follows from that, or where it misleads.
	Means data.Text
	Mind  data.Text
	Shows data.Text // a command or PromQL that shows it; empty where nothing does
}

// Glossary returns all terms in the order of reading: memory first, then limits, then kills.
func Glossary() []Term { return slices.Clone(glossary) }

// TermByName finds a term by its name or one of its other names, or by the start of one when only one term has it;
// case, dashes and underscores do not count.
func TermByName(name string) (Term, bool) {
	want := termKey(name)
	if want == "" {
		return Term{}, false
	}
	var starts []Term
	for _, t := range glossary {
		begins := false
		for _, n := range append([]data.Text{t.Name}, t.Also...) {
			switch k := termKey(n.String()); {
			case k == want:
				return t, true
			case strings.HasPrefix(k, want):
				begins = true
			}
		}
		if begins {
			starts = append(starts, t)
		}
	}
	if len(starts) == 1 {
		return starts[0], true
	}
	return Term{}, false
}

func termKey(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == ' ' || r == '-' || r == '_' }), " ")
}

// Verdict says a role in words.
func (t *Term) Verdict() data.Text {
	switch t.Role {
	case TermKills:
		return "this is what kills"
	case TermMisleads:
		return "this misleads"
	case TermDecides:
		return "this decides"
	}
	return "this tells"
}

// String returns the term as plain text that is valid Markdown too.
func (t *Term) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n", t.Name)
	if len(t.Also) > 0 {
		names := make([]string, len(t.Also))
		for i, a := range t.Also {
			names[i] = "`" + a.String() + "`"
		}
		fmt.Fprintf(&b, "Also: %s\n\n", strings.Join(names, ", "))
	}
	fmt.Fprintf(&b, "%s\n\n**%s.** %s\n", t.Means, upperFirst(t.Verdict()), t.Mind)
	if t.Shows != "" {
		fmt.Fprintf(&b, "\n    %s\n", t.Shows)
	}
	return b.String()
}

func upperFirst(t data.Text) data.Text {
	s := t.String()
	if s == "" {
		return t
	}
	return data.Clean(strings.ToUpper(s[:1]) + s[1:])
}

// GlossaryPage returns all terms as the page of the documentation.
func GlossaryPage() string {
	page := glossaryHead
	for i := range glossary {
		page += "\n" + glossary[i].String()
	}
	return page
}

const glossaryHead = `# Glossary

What the words and the metrics mean, which of them kills and which one misleads. ` + "`oomedic glossary TERM`" + ` prints one of these;
in the terminal ` + "`?`" + ` and then ` + "`tab`" + ` shows them. This page is printed from the program's own values.
`
