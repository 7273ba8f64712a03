package analysis

import (
	"fmt"
	"slices"
	"strings"

	"github.com/oomedic/oomedic/data"
)

// CauseWords are what a person should know of a root cause.
type CauseWords struct {
	Class       Class
	Title       data.Text
	Explanation data.Text   // what it is, for someone who meets it for the first time
	Sign        data.Text   // how it is recognised
	Needs       []data.Text // what must be known to tell it from the others
	LooksLike   []data.Text // what else looks like it, and what tells the two apart
	Now         []data.Text // what helps at once
	ForGood     []data.Text // what ends it
}

// Causes returns what there is to know of every root cause, in the order in which they are tried.
func Causes() []CauseWords {
	out := make([]CauseWords, 0, len(causes))
	for _, c := range causes {
		w := causeWords[c.id]
		w.Class, w.Title, w.Sign = c.id, c.title, data.Clean(c.doc)
		out = append(out, w)
	}
	return out
}

// CauseByName returns the words of the cause with an id such as "memory-leak"; false when there is none of that name.
func CauseByName(id string) (CauseWords, bool) {
	all := Causes()
	if i := slices.IndexFunc(all, func(w CauseWords) bool { return string(w.Class) == id }); i >= 0 {
		return all[i], true
	}
	return CauseWords{}, false
}

// causeMeaning explains a cause to a newcomer.
func causeMeaning(id Class) data.Text { return causeWords[id].Explanation }

// String returns the cause as plain text that is valid Markdown too.
func (c CauseWords) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n`%s`. %s\n\nHow it shows: %s\n", c.Title, c.Class, c.Explanation, c.Sign)
	for _, part := range []struct {
		name  string
		lines []data.Text
	}{{"What must be known to tell it", c.Needs}, {"What looks like it", c.LooksLike}, {"Now", c.Now}, {"For good", c.ForGood}} {
		if len(part.lines) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s:\n\n", part.name)
		for _, l := range part.lines {
			fmt.Fprintf(&b, "- %s\n", l)
		}
	}
	return b.String()
}

// CausesPage returns all causes as the page of the documentation.
func CausesPage() string {
	page := causesHead
	for _, c := range Causes() {
		page += "\n" + c.String()
	}
	return page
}

const causesHead = `# Root causes

What the diagnosis can name, how it tells one from another, and what to do. ` + "`oomedic explain CAUSE`" + ` prints one of these.
This page is printed from the program's own values.
`
