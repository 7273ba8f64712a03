package views

import (
	"slices"
	"strings"
	"testing"

	"charm.land/bubbles/v2/key"
	"github.com/charmbracelet/x/ansi"

	"github.com/oomedic/oomedic/data"
)

// TestWordsInHelp looks for each word of the screens in what they draw, as help must not explain what is not there, and
// for whole meanings in help at every size.
func TestWordsInHelp(t *testing.T) {
	t.Parallel()
	list, ruled := killsWith(t, nil), killsWith(t, nil, "tab")
	chart, _ := caseWith(t, sawtooth(leakyKey, data.Day))
	for name, c := range map[string]struct {
		words []key.Binding
		shown string
		heads []string // of words that the fixture does not show as they stand
	}{
		"list":    {list.Words(), shown(t, list, 200, 57), []string{"OOMKilled, a number", "? and 1+", "kills known for 29d"}},
		"not oom": {ruled.Words(), shown(t, ruled, 200, 57), nil},
		"case":    {chart.Words(), caseText(t, chart, 200, 57), []string{"max, mean of points", "kill, start, no data"}},
	} {
		if len(c.words) < 3 {
			t.Errorf("%s: %d words", name, len(c.words))
		}
		for _, w := range c.words {
			head := w.Help().Key
			if !strings.Contains(c.shown, head) && !slices.Contains(c.heads, head) {
				t.Errorf("%s: %q is nowhere on the screen", name, head)
			}
		}
	}
	groups := []HelpGroup{{"Kills", list.Keys()}, {"What it says here", append(append(killWords[:len(killWords):len(killWords)], caseWords...), stepWords...)}}
	for _, sz := range fitSizes {
		f := frameOf(t, "dark", sz.width, sz.height)
		seen := ""
		for from := range HelpMax(f, groups) + 1 {
			view := HelpView(f, "Keys", groups, from)
			checkFits(t, f, view)
			seen += ansi.Strip(view)
		}
		for _, w := range groups[1].Keys {
			for part := range strings.FieldsSeq(w.Help().Desc) {
				if sz.width >= helpColumn && !strings.Contains(seen, part) {
					t.Errorf("%dx%d: %q of %s is cut", sz.width, sz.height, part, w.Help().Key)
				}
			}
		}
	}
}
