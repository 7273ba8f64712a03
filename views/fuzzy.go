package views

import (
	"cmp"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/sahilm/fuzzy"
)

// found is a text that matches, and where.
type found struct {
	index int      // in the texts that were looked at
	words []string // that stand in it in one piece; nil when its letters stand apart
	at    []int    // bytes of the text that matched, where its letters stand apart
}

// whole is what a text scores of which every word was found in one piece: more than any other match has.
const whole = 1 << 24

// enoughWhole is from how many texts on that have every word in one piece those with letters apart are not looked for.
const enoughWhole = 300

// index are texts that are searched again and again.
type index struct {
	texts []string
	lows  []string // in lower case; empty where that has other bytes, so that places in it would not be those of the text
}

// indexOf makes an index of texts.
func indexOf(texts []string) index {
	x := index{texts, make([]string, len(texts))}
	for i, s := range texts {
		if low := strings.ToLower(s); len(low) == len(s) {
			x.lows[i] = low
		}
	}
	return x
}

// find returns the texts that match what was typed, the best first; where nothing was typed, all of them as they stand.
// Words that are found in one piece go before letters that stand apart, in whatever case.
func (x index) find(what string) []found {
	words := strings.Fields(strings.ToLower(what))
	if len(words) == 0 {
		out := make([]found, len(x.texts))
		for i := range out {
			out[i].index = i
		}
		return out
	}
	type scored struct{ index, score int }
	kept := make([]scored, 0, len(x.texts))
	var rest []int
	for i, low := range x.lows {
		if late, ok := lateness(words, low); ok {
			kept = append(kept, scored{i, whole - 100*late - len(low)})
		} else {
			rest = append(rest, i)
		}
	}
	byScore := func(a, b scored) int { return cmp.Or(b.score-a.score, a.index-b.index) }
	slices.SortFunc(kept, byScore)
	out := make([]found, 0, len(kept))
	for _, k := range kept {
		out = append(out, found{index: k.index, words: words})
	}
	if len(kept) >= enoughWhole {
		return out
	}
	loose := make([]string, len(rest))
	for i, r := range rest {
		loose[i] = x.texts[r]
	}
	for _, m := range fuzzy.Find(strings.Join(words, ""), loose) {
		out = append(out, found{index: rest[m.Index], at: m.MatchedIndexes})
	}
	return out
}

// find is index.find for texts that are searched once.
func find(what string, texts []string) []found { return indexOf(texts).find(what) }

// places are the bytes of s that matched, ascending.
func (m *found) places(s string) []int {
	if m.words == nil {
		return m.at
	}
	low, at := strings.ToLower(s), []int(nil)
	for _, w := range m.words {
		begin, _ := startOfPart(low, w, strings.Index(low, w))
		for i := range len(w) {
			at = append(at, begin+i)
		}
	}
	slices.Sort(at)
	return slices.Compact(at)
}

// lateness says where the first of the words begins in low, far later for words that begin no part of it; false when
// one is not there.
func lateness(words []string, low string) (late int, ok bool) {
	if low == "" {
		return 0, false
	}
	first, within := len(low), 0
	for _, w := range words {
		begin := strings.Index(low, w)
		if begin < 0 {
			return 0, false
		}
		begin, starts := startOfPart(low, w, begin)
		if !starts {
			within += withinPart
		}
		first = min(first, begin)
	}
	return first + within, true
}

// withinPart is how much later a word counts that is found within a part of a name: more than names are long.
const withinPart = 500

// startOfPart returns where in low the word w begins a part, or begin when it does nowhere, and which of both.
func startOfPart(low, w string, begin int) (at int, starts bool) {
	for i := begin; ; {
		if i == 0 || strings.IndexByte(" /-._:", low[i-1]) >= 0 {
			return i, true
		}
		next := strings.Index(low[i+1:], w)
		if next < 0 {
			return begin, false
		}
		i += 1 + next
	}
}

// marked draws s in at most w cells, its middle left out where it is longer, with the bytes at in the style of matches.
func marked(s string, at []int, w int, plain, hit lipgloss.Style) string {
	n := Width(s)
	if n <= w || w < 5 {
		return Cut(markedPart(s, 0, at, plain, hit), w)
	}
	tail := (w - 1) / 2
	head := ansi.Truncate(s, w-1-tail, "")
	end := ansi.TruncateLeft(s, n-tail, "")
	return markedPart(head, 0, at, plain, hit) + Render(plain, "…") + markedPart(end, len(s)-len(end), at, plain, hit)
}

// markedPart draws a part of a text that begins at the byte from.
func markedPart(part string, from int, at []int, plain, hit lipgloss.Style) string {
	var b strings.Builder
	begin, on := 0, false
	flush := func(to int) {
		if to > begin {
			style := plain
			if on {
				style = hit
			}
			b.WriteString(Render(style, part[begin:to]))
		}
		begin = to
	}
	for i := range part {
		if _, is := slices.BinarySearch(at, from+i); is != on {
			flush(i)
			on = is
		}
	}
	flush(len(part))
	return b.String()
}
