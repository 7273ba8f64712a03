package views

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/themes"
)

// The layout of the screen, in cells.
const (
	artifactsWide = 100 // from here on the list stands beside the text
	artifactsList = 28  // width of the list
)

// View draws the list, and the chosen artifact beside it or below.
func (s *ArtifactsScreen) View(f Frame) string {
	a := s.current()
	if a == nil {
		return Fill(f, s.waiting(f))
	}
	if f.Width < artifactsWide {
		head := s.strip(f)
		body := s.preview(f, a, f.Width)
		return Fill(f, append(head, s.reading.cut(body, f.Height-len(head), f.Theme)...))
	}
	list := exactly(s.list(f), f.Height)
	right := exactly(s.reading.cut(s.preview(f, a, f.Width-artifactsList-3), f.Height, f.Theme), f.Height)
	bar := Render(f.Theme.Faint, " "+sideBar(f.Theme)+" ")
	for i := range list {
		list[i] = Pad(list[i], artifactsList) + bar + right[i]
	}
	return Fill(f, list)
}

// waiting is the screen before anything was made.
func (s *ArtifactsScreen) waiting(f Frame) []string {
	t := f.Theme
	out := []string{"", " " + Render(t.Title, "Artifacts"), ""}
	d := sheet{t: t, width: f.Width}
	switch l := s.state.Diagnoses[s.key]; {
	case l != nil && l.Problem != "" && l.Value == nil:
		d.alert(1, t.Warn, t.Glyphs.Warn, "They are made from the diagnosis, which failed: "+l.Problem.String())
		d.prose(1, t.Muted, "esc goes back; d shows the diagnosis.")
	case l != nil && l.Total > 0:
		d.prose(1, t.Info, t.Glyphs.Busy+" Reading the history that they are sized by: "+counted(l.Done, "part")+" of "+counted(l.Total, "part"))
	default:
		d.prose(1, t.Info, t.Glyphs.Busy+" Reading the history that they are sized by")
	}
	return append(out, d.lines...)
}

// list is one line for each artifact.
func (s *ArtifactsScreen) list(f Frame) []string {
	t := f.Theme
	out := []string{"", " " + Render(t.Header, "For this workload"), ""}
	for _, a := range s.all() {
		mark, style := "  ", t.Text
		if a.Kind == s.chosen {
			mark, style = " "+t.Glyphs.Cursor, t.Strong
		}
		line := Render(t.Accent, mark) + Render(style, Cut(a.Title.String(), artifactsList-6))
		if a.Missing != "" {
			line = Render(t.Accent, mark) + Render(t.Muted, Cut(a.Title.String(), artifactsList-9)+" (none)")
		} else if len(a.Warnings) > 0 {
			line += Render(t.Warn, " "+t.Glyphs.Warn)
		}
		out = append(out, Cut(line, artifactsList))
	}
	return append(out, "", Render(t.Muted, " s saves, y copies"))
}

// strip is the list where there is no room beside the text: the chosen one with those before and after it.
func (s *ArtifactsScreen) strip(f Frame) []string {
	t, all := f.Theme, s.all()
	at := 0
	for i := range all {
		if all[i].Kind == s.chosen {
			at = i
		}
	}
	place := fmt.Sprintf("%d/%d", at+1, len(all))
	left := " " + Render(t.Accent, t.Glyphs.Cursor) + Render(t.Strong, all[at].Title.String()) + Render(t.Muted, " "+place)
	next := Render(t.Muted, "j: "+all[(at+1)%len(all)].Title.String()+" ")
	if room := f.Width - Width(left) - 2; Width(next) > room {
		next = Cut(next, max(0, room))
	}
	return []string{Spread(left, next, f.Width)}
}

// preview is the artifact's text under what there is to mind.
func (s *ArtifactsScreen) preview(f Frame, a *analysis.Artifact, width int) []string {
	t := f.Theme
	d := sheet{t: t, width: width}
	d.prose(1, t.Muted, a.About.String())
	if a.Missing != "" {
		d.blank()
		d.alert(1, t.Warn, t.Glyphs.Warn, "None for this workload: "+a.Missing.String())
		return d.lines
	}
	for _, w := range a.Warnings {
		d.note(1, t.Warn, t.Glyphs.Warn, w.String())
	}
	if a.Apply != "" {
		d.hang(" "+Render(t.Muted, "$ "), t.Command, a.Apply.String())
	}
	d.rule(a.File.String())
	for _, l := range a.Lines {
		if a.YAML() {
			d.yaml(l.String())
		} else {
			d.markdown(l.String())
		}
	}
	return d.lines
}

// markdown appends a line of Markdown.
func (d *sheet) markdown(line string) {
	switch {
	case line == "":
		d.add("")
	case strings.HasPrefix(line, "#"):
		d.prose(1, d.t.Header, strings.TrimLeft(line, "# "))
	case strings.HasPrefix(line, "- "):
		d.bullet(1, line[2:])
	default:
		d.prose(1, d.t.Text, line)
	}
}

// yaml appends a line of YAML: comments quiet, keys in the accent, values as text. A long line is folded under itself.
func (d *sheet) yaml(line string) {
	t := d.t
	body := strings.TrimLeft(line, " ")
	lead := 1 + len(line) - len(body)
	if lead > d.width/2 {
		lead = d.width / 2
	}
	indent := strings.Repeat(" ", lead)
	switch {
	case body == "":
		d.add("")
		return
	case strings.HasPrefix(body, "#"):
		d.folded(indent, body, t.Muted)
		return
	}
	dash := ""
	if rest, ok := strings.CutPrefix(body, "- "); ok {
		dash, body = "- ", rest
	}
	name, value, ok := yamlKey(body)
	if !ok {
		d.folded(indent+dash, body, t.Text)
		return
	}
	head := indent + Render(t.Faint, dash) + Render(t.Accent, name) + Render(t.Muted, ":")
	used := lead + Width(dash) + Width(name) + 1
	if value == "" || used+1+Width(value) <= d.width {
		if value != "" {
			head += " " + Render(valueStyle(t, value), value)
		}
		d.add(head)
		return
	}
	d.add(head)
	d.folded(indent+"    ", value, valueStyle(t, value))
}

// folded appends text that is folded under itself.
func (d *sheet) folded(indent, text string, style lipgloss.Style) {
	for i, part := range fold(text, max(minProse, d.width-Width(indent)-2)) {
		if i > 0 {
			part = "  " + part
		}
		d.add(indent + Render(style, part))
	}
}

// yamlKey cuts "name: value" where a line has a plain key.
func yamlKey(s string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(s, ":")
	if !ok || name == "" || value != "" && value[0] != ' ' || strings.ContainsAny(name, " \"'{}[](),|=") {
		return "", "", false
	}
	return name, strings.TrimSpace(value), true
}

// valueStyle tells sizes, numbers and switches from words.
func valueStyle(t *themes.Theme, value string) lipgloss.Style {
	v := strings.Trim(value, `"'`)
	if v != "" && (v[0] >= '0' && v[0] <= '9' || v == "true" || v == "false") {
		return t.Info
	}
	return t.Text
}
