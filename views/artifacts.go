package views

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// ArtifactsScreen shows what can be made for a workload from its diagnosis: alerts, autoscalers, patches, settings.
type ArtifactsScreen struct {
	key     data.Key
	state   *State
	chosen  analysis.ArtifactKind
	reading reading
}

// NewArtifacts returns the screen for the workload of a container, at the first artifact.
func NewArtifacts(k data.Key) *ArtifactsScreen {
	return &ArtifactsScreen{key: k, chosen: analysis.ArtifactKinds[0]}
}

// The keys of the screen.
var (
	artifactNext    = key.NewBinding(key.WithKeys("j", "down", "tab"), key.WithHelp("j", "next artifact"))
	artifactPrev    = key.NewBinding(key.WithKeys("k", "up", "shift+tab"), key.WithHelp("k", "artifact before"))
	artifactCopy    = key.NewBinding(key.WithKeys("y"), key.WithHelp("y", "copy"))
	artifactSave    = key.NewBinding(key.WithKeys("s"), key.WithHelp("s", "save to a file"))
	artifactCommand = key.NewBinding(key.WithKeys("Y"), key.WithHelp("Y", "copy its command"))
	artifactRead    = key.NewBinding(key.WithKeys("ctrl+d", "ctrl+u", "pgdown", "pgup"), key.WithHelp("ctrl+d ctrl+u", "read on, back"))
)

// Title returns "Artifacts".
func (s *ArtifactsScreen) Title() data.Text { return "Artifacts" }

// Selected returns the container that the screen is about.
func (s *ArtifactsScreen) Selected() (data.Key, bool) { return s.key, true }

// Typing reports that nothing is typed here.
func (s *ArtifactsScreen) Typing() bool { return false }

// Set takes the newest state.
func (s *ArtifactsScreen) Set(st *State) {
	if st == nil {
		st = &State{}
	}
	s.state = st
}

// Keys are the bindings that work now.
func (s *ArtifactsScreen) Keys() []key.Binding {
	a := s.current()
	if a == nil {
		return nil
	}
	out := []key.Binding{artifactNext, artifactPrev}
	if a.Missing == "" {
		out = []key.Binding{artifactCopy, artifactSave, artifactNext, artifactPrev}
	}
	if a.Apply != "" {
		out = append(out, artifactCommand)
	}
	return append(out, artifactRead)
}

// all are the artifacts, nil until they are made.
func (s *ArtifactsScreen) all() []analysis.Artifact {
	if s.state == nil {
		return nil
	}
	return s.state.Artifacts[s.key]
}

// current is the chosen artifact, nil while there is none.
func (s *ArtifactsScreen) current() *analysis.Artifact {
	all := s.all()
	for i := range all {
		if all[i].Kind == s.chosen {
			return &all[i]
		}
	}
	return nil
}

// move chooses another artifact.
func (s *ArtifactsScreen) move(by int) {
	all := s.all()
	for i := range all {
		if all[i].Kind == s.chosen {
			s.chosen = all[(i+by+len(all))%len(all)].Kind
			s.reading.top = 0
			return
		}
	}
}

// Press handles a key.
func (s *ArtifactsScreen) Press(m tea.KeyPressMsg) Intent {
	a := s.current()
	if a == nil {
		return nil
	}
	switch {
	case key.Matches(m, artifactNext):
		s.move(1)
	case key.Matches(m, artifactPrev):
		s.move(-1)
	case key.Matches(m, artifactCopy):
		if a.Missing != "" {
			return Say{"There is nothing to copy: " + a.Missing}
		}
		return Copy{Text: data.JoinLines(a.Lines), What: a.Title}
	case key.Matches(m, artifactSave):
		if a.Missing != "" {
			return Say{"There is nothing to save: " + a.Missing}
		}
		return SaveExport{Name: a.File, Text: a.Lines}
	case key.Matches(m, artifactCommand):
		if a.Apply == "" {
			return Say{"There is no command for this one: it is text to paste."}
		}
		return Copy{Text: a.Apply, What: "command"}
	default:
		s.reading.press(m.String())
	}
	return nil
}
