package views

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
)

// layDiff writes the diff of the manifest that the API server made in a dry run, and those of pods that are resized.
// Each line has its sign, so that the colour only repeats it. When it is tight, unchanged lines that are no neighbours
// of a change are counted, not shown, and those behind the last one left out. It returns where the changed lines stand.
func layDiff(s *sheet, f *Fix, where data.Text, tight bool) span {
	p := f.Plan
	if p == nil {
		return span{}
	}
	s.rule("what " + firstOf(where.String(), "the API server") + " would store (server-side dry run)")
	if !changes(p) {
		s.prose(3, s.t.Text, "The same as now: this change has no effect.")
		return span{}
	}
	out := span{from: len(s.lines)}
	pods := resized(p)
	if len(pods) > 0 {
		title := "pod " + pods[0].Pod.Name.String()
		if n := sameDiffs(pods); n > 0 {
			title += fmt.Sprintf(", and %s the same", counted(n, "more pod"))
		}
		s.prose(1, s.t.Header, title)
		out.end = s.diffLines(pods[0].Diff, tight)
		for i := range pods[1:] {
			if pp := &pods[i+1]; !sameDiff(pp.Diff, pods[0].Diff) {
				s.prose(1, s.t.Header, "pod "+pp.Pod.Name.String())
				out.end = s.diffLines(pp.Diff, tight)
			}
		}
	}
	if p.Change.Way != data.WayInPlace && hasChange(p.Diff) {
		if len(pods) > 0 {
			s.prose(1, s.t.Header, "then the template of "+objectName(p))
		}
		out.end = s.diffLines(p.Diff, tight)
	}
	for i := range p.Pods {
		if pp := &p.Pods[i]; pp.Skip != "" {
			s.note(1, s.t.Muted, s.t.Glyphs.Dot, "pod "+pp.Pod.Name.String()+" is left alone: "+pp.Skip.String())
		}
	}
	return out
}

// resized are the plans of pods that are changed. Their diff is the plan's when they have none of their own.
func resized(p *data.Plan) []data.PodPlan {
	var out []data.PodPlan
	for _, pp := range p.Pods {
		if pp.Skip != "" {
			continue
		}
		if len(pp.Diff) == 0 && p.Change.Way == data.WayInPlace {
			pp.Diff = p.Diff
		}
		out = append(out, pp)
	}
	return out
}

// sameDiffs counts the pods behind the first whose diff says the same.
func sameDiffs(pods []data.PodPlan) int {
	n := 0
	for i := range pods[1:] {
		if sameDiff(pods[i+1].Diff, pods[0].Diff) {
			n++
		}
	}
	return n
}

// sameDiff reports whether two diffs change the same; where in the manifest that stands may differ.
func sameDiff(a, b []data.DiffLine) bool {
	only := func(l data.DiffLine) bool { return l.Kind != data.DiffAdd && l.Kind != data.DiffRemove }
	return slices.Equal(slices.DeleteFunc(slices.Clone(a), only), slices.DeleteFunc(slices.Clone(b), only))
}

// objectName names the object whose template a plan changes.
func objectName(p *data.Plan) string {
	if p.Target.Name != "" {
		return p.Target.Ref().String()
	}
	return p.Change.Workload.Ref().String()
}

// diffLines writes a diff and returns the line behind its last change.
func (s *sheet) diffLines(diff []data.DiffLine, tight bool) int {
	end := len(s.lines)
	for i := 0; i < len(diff); i++ {
		n := farFromChange(diff, i)
		if tight && behindLastChange(diff, i) > 0 {
			break
		}
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
		if l.Kind == data.DiffAdd || l.Kind == data.DiffRemove {
			end = len(s.lines)
		}
	}
	return end
}

// behindLastChange counts the unchanged lines from line i on when nothing changes behind them.
func behindLastChange(diff []data.DiffLine, i int) int {
	for _, l := range diff[i:] {
		if l.Kind != data.DiffSame {
			return 0
		}
	}
	return len(diff) - i
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
