package views

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
)

// layDiff writes the diff of the manifest that the API server made in a dry run. Each line has its sign, so that the
// colour only repeats it. When it is tight, unchanged lines that are no neighbours of a change are counted, not shown.
func layDiff(s *sheet, f *Fix, tight bool) {
	if f.Plan == nil {
		return
	}
	s.rule("what the API server would store (server-side dry run)")
	if !changes(f.Plan) {
		s.prose(3, s.t.Text, "The same as now: this change has no effect.")
		return
	}
	diff := f.Plan.Diff
	for i := 0; i < len(diff); i++ {
		n := farFromChange(diff, i)
		if tight && n > 1 {
			s.add(Render(s.t.Muted, "   "+unchanged(s.t, n)))
			i += n - 1
			continue
		}
		l := diff[i]
		sign, style := diffSign(s.t, l.Kind)
		text := l.Text.String()
		if l.Kind == data.DiffHunk && strings.HasPrefix(text, "@@") {
			sign = ""
		}
		if n = farFromChange(diff, i+1); tight && l.Kind == data.DiffHunk && n > 1 {
			text += "  " + unchanged(s.t, n)
			i += n
		}
		s.add(" " + Render(style, Cut(sign+text, s.width-1)))
	}
}

func unchanged(t *themes.Theme, n int) string {
	return fmt.Sprintf("%s %d unchanged lines", t.Glyphs.Ellipsis, n)
}

// farFromChange counts the unchanged lines from line i on that are no neighbours of a change.
func farFromChange(diff []data.DiffLine, i int) int {
	n := 0
	for ; i < len(diff) && diff[i].Kind == data.DiffSame; i++ {
		if isChange(diff, i-1) || isChange(diff, i+1) {
			break
		}
		n++
	}
	return n
}

func isChange(diff []data.DiffLine, i int) bool {
	return i >= 0 && i < len(diff) && (diff[i].Kind == data.DiffAdd || diff[i].Kind == data.DiffRemove)
}

// diffSign returns what stands before a line of a diff, and its style.
func diffSign(t *themes.Theme, k data.DiffKind) (string, lipgloss.Style) {
	switch k {
	case data.DiffAdd:
		return "+ ", t.Add
	case data.DiffRemove:
		return "- ", t.Remove
	case data.DiffHunk:
		return "@@ ", t.Hunk
	}
	return "  ", t.Muted
}
