package views

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
)

// fixExport is the look at the forms in which a change leaves the program.
type fixExport struct {
	plan    *data.Plan
	formats []data.ExportFormat
	at      int
}

// The keys of the export.
var (
	exportCopy  = key.NewBinding(key.WithKeys("y", "c"), key.WithHelp("y", "copy"))
	exportSave  = key.NewBinding(key.WithKeys("s"), key.WithHelp("s", "save to a file"))
	exportNext  = key.NewBinding(key.WithKeys("tab", "right", "l"), key.WithHelp("tab", "next form"))
	exportPrev  = key.NewBinding(key.WithKeys("shift+tab", "left", "h"), key.WithHelp("shift+tab", "form before"))
	exportLeave = key.NewBinding(key.WithKeys("esc", "o", "n"), key.WithHelp("esc", "back to the diff"))
	exportKeys  = []key.Binding{exportCopy, exportSave, exportNext, exportPrev, exportLeave, fixRead}
)

// formatNames are the forms as they are called on the screen, and formatEnds how their files are called.
var (
	formatNames = map[data.ExportFormat]string{
		data.ExportKubectl: "kubectl", data.ExportStrategic: "patch", data.ExportKustomize: "kustomize",
		data.ExportHelmValues: "Helm values (a guess)", data.ExportServerSide: "server-side apply",
	}
	formatEnds = map[data.ExportFormat]string{
		data.ExportKubectl: "kubectl.sh", data.ExportStrategic: "patch.yaml", data.ExportKustomize: "kustomization.yaml",
		data.ExportHelmValues: "values.yaml", data.ExportServerSide: "apply.yaml",
	}
)

// newFixExport opens the forms of a plan at the first one that fits who manages the object.
func newFixExport(p *data.Plan) *fixExport {
	e := &fixExport{plan: p}
	want := data.ExportKubectl
	for _, m := range p.ManagedBy {
		if m.Reverts {
			want = data.ExportKustomize
		}
		if m.Tool == "Helm" {
			want = data.ExportHelmValues
		}
	}
	for _, f := range data.ExportFormats {
		if len(p.Export[f]) == 0 {
			continue
		}
		if f == want {
			e.at = len(e.formats)
		}
		e.formats = append(e.formats, f)
	}
	return e
}

// text is the chosen form, a line each.
func (e *fixExport) text() []data.Text { return e.plan.Export[e.formats[e.at]] }

// fileName is what the chosen form is saved as: letters, digits, dots and dashes only.
func (e *fixExport) fileName() data.Text {
	w := e.plan.Target
	if w.Name == "" {
		w = e.plan.Change.Workload
	}
	name := strings.ToLower("oomedic-" + w.Kind.String() + "-" + w.Name.String())
	safe := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '.' {
			return r
		}
		return '-'
	}, name)
	return data.Clean(safe + "-" + formatEnds[e.formats[e.at]])
}

// pressExport handles a key while the forms are looked at.
func (s *FixScreen) pressExport(m tea.KeyPressMsg) Intent {
	e := s.export
	switch {
	case key.Matches(m, exportLeave):
		s.export, s.reading.top = nil, 0
		return Say{"Nothing was applied."}
	case key.Matches(m, exportNext):
		e.at, s.reading.top = (e.at+1)%len(e.formats), 0
	case key.Matches(m, exportPrev):
		e.at, s.reading.top = (e.at+len(e.formats)-1)%len(e.formats), 0
	case key.Matches(m, exportCopy):
		return Copy{Text: data.JoinLines(e.text()), What: data.Clean(formatNames[e.formats[e.at]])}
	case key.Matches(m, exportSave):
		return SaveExport{Name: e.fileName(), Text: e.text()}
	default:
		s.reading.press(m.String())
	}
	return nil
}

// lay writes the forms, the chosen one marked, and its text.
func (e *fixExport) lay(s *sheet) {
	s.prose(1, s.t.Header, "The change as text; nothing is applied by it")
	line := ""
	for i, format := range e.formats {
		name := Render(s.t.Muted, "  "+formatNames[format]+" ")
		if i == e.at {
			name = " " + Render(s.t.Accent, s.t.Glyphs.Cursor) + Render(s.t.Strong, formatNames[format]) + " "
		}
		if line != "" && Width(line)+Width(name) > s.width {
			s.add(line)
			line = ""
		}
		line += name
	}
	s.add(line)
	s.prose(1, s.t.Muted, "s saves it as "+e.fileName().String()+" in the working folder; a file that is there stays as it is.")
	s.rule(formatNames[e.formats[e.at]])
	for _, l := range e.text() {
		s.code(1, l.String())
	}
}

// code appends a line of text that must be read whole, folded behind a deeper indent where it is too long.
func (s *sheet) code(indent int, text string) {
	body := strings.TrimLeft(text, " ")
	lead := strings.Repeat(" ", indent+len(text)-len(body))
	if len(lead) > s.width/2 {
		lead = lead[:s.width/2]
	}
	for i, part := range fold(body, max(minProse, s.width-len(lead)-2)) {
		if i > 0 {
			part = "  " + part
		}
		s.add(lead + Render(s.t.Command, part))
	}
	if body == "" {
		s.add("")
	}
}
