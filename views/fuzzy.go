package views

import (
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/sahilm/fuzzy"
)

// found is a text that matches, and where.
type found struct {
	index int   // in the texts that were looked at
	at    []int // bytes of the text that matched, ascending
}

// whole is what a text scores of which every word was found in one piece: more than any other match has.
const whole = 1 << 24

// find returns the texts that match what was typed, the best first; where nothing was typed, all of them as they stand.
// Words that are found in one piece go before letters that stand apart, in whatever case.
func find(what string, texts []string) []found {
	words := strings.Fields(strings.ToLower(what))
	if len(words) == 0 {
		out := make([]found, len(texts))
		for i := range out {
			out[i].index = i
		}
		return out
	}
	type scored struct {
		found
		score int
	}
	kept := make([]scored, 0, len(texts))
	var rest []int
	for i, s := range texts {
		if at, first, ok := pieces(words, s); ok {
			kept = append(kept, scored{found{i, at}, whole - 100*first - len(s)})
		} else {
			rest = append(rest, i)
		}
	}
	loose := make([]string, len(rest))
	for i, r := range rest {
		loose[i] = texts[r]
	}
	for _, m := range fuzzy.FindNoSort(strings.Join(words, ""), loose) {
		kept = append(kept, scored{found{rest[m.Index], m.MatchedIndexes}, m.Score})
	}
	slices.SortStableFunc(kept, func(a, b scored) int { return b.score - a.score })
	out := make([]found, len(kept))
	for i := range kept {
		out[i] = kept[i].found
	}
	return out
}

// pieces returns the bytes of s at which the words stand, and how late the first of them begins. A word that begins a
// part of s is taken before one within a part.
func pieces(words []string, s string) (at []int, first int, ok bool) {
	low := strings.ToLower(s)
	if len(low) != len(s) {
		return nil, 0, false // other letters in lower case: their places would not be those of s
	}
	first = len(s)
	late := 0
	for _, w := range words {
		begin := strings.Index(low, w)
		if begin < 0 {
			return nil, 0, false
		}
		begin, starts := startOfPart(low, w, begin)
		if !starts {
			late += withinPart
		}
		first = min(first, begin)
		for i := range len(w) {
			at = append(at, begin+i)
		}
	}
	slices.Sort(at)
	return slices.Compact(at), first + late, true
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
