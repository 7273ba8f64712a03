package views

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/data"
)

// ProfileScreen shows how to find what a container's memory is made of: the runtime, its own figures, heap profiles
// that were fetched, hints in the log, and the commands with their pitfalls.
type ProfileScreen struct {
	key     data.Key
	state   *State
	chosen  int  // of the commands, all ways together
	follow  bool // the chosen command stays in sight until one scrolls
	reading reading
}

// NewProfileScreen returns the screen for one container.
func NewProfileScreen(k data.Key) *ProfileScreen { return &ProfileScreen{key: k} }

// The keys of the screen.
var (
	profileHeap       = key.NewBinding(key.WithKeys("h"), key.WithHelp("h", "fetch a heap profile"))
	profileGoroutines = key.NewBinding(key.WithKeys("o"), key.WithHelp("o", "fetch a goroutine profile"))
	profileNext       = key.NewBinding(key.WithKeys("tab"), key.WithHelp("tab", "next command"))
	profilePrev       = key.NewBinding(key.WithKeys("shift+tab"), key.WithHelp("shift+tab", "command before"))
	profileCopy       = key.NewBinding(key.WithKeys("y"), key.WithHelp("y", "copy the command"))
	profileAgain      = key.NewBinding(key.WithKeys("r"), key.WithHelp("r", "read log and figures again"))
	profileRead       = key.NewBinding(key.WithKeys("j", "k", "ctrl+d", "ctrl+u", "g", "G"), key.WithHelp("j k", "read on, back"))
)

// Title returns "Profile".
func (s *ProfileScreen) Title() data.Text { return "Profile" }

// Selected returns the container that the screen is about.
func (s *ProfileScreen) Selected() (data.Key, bool) { return s.key, true }

// Typing reports that nothing is typed here.
func (s *ProfileScreen) Typing() bool { return false }

// Set takes the newest state.
func (s *ProfileScreen) Set(st *State) {
	if st == nil {
		st = &State{}
	}
	s.state = st
}

// profile is what is known, nil until the app has made it.
func (s *ProfileScreen) profile() *Profile {
	if s.state == nil {
		return nil
	}
	if p := s.state.Profiles[s.key]; p != nil && p.Guide.RuntimeName != "" {
		return p
	}
	return nil
}

// goProgram reports whether the container may be a Go program: one that is something else serves no such profiles.
func (s *ProfileScreen) goProgram() bool {
	p := s.profile()
	if p == nil {
		return false
	}
	byMetrics := p.Runtime != nil && p.Runtime.Value != nil && p.Runtime.Value.Runtime == "go"
	return p.Guide.Runtime == "go" || p.Guide.Runtime == "" || byMetrics
}

// commands are the commands of all ways, in the order in which they stand on the screen.
func (s *ProfileScreen) commands() []data.Text {
	p := s.profile()
	if p == nil {
		return nil
	}
	var out []data.Text
	if p.Guide.First != "" {
		out = append(out, p.Guide.First)
	}
	for _, w := range p.Guide.Ways {
		out = append(out, w.Commands...)
	}
	return out
}

// Keys are the bindings that work now.
func (s *ProfileScreen) Keys() []key.Binding {
	if s.profile() == nil {
		return nil
	}
	var out []key.Binding
	if s.goProgram() {
		out = append(out, profileHeap, profileGoroutines)
	}
	return append(out, profileNext, profilePrev, profileCopy, profileAgain, profileRead)
}

// Press handles a key.
func (s *ProfileScreen) Press(m tea.KeyPressMsg) Intent {
	all := s.commands()
	if len(all) == 0 {
		return nil
	}
	switch {
	case key.Matches(m, profileHeap):
		return s.fetch(data.HeapProfile)
	case key.Matches(m, profileGoroutines):
		return s.fetch(data.GoroutineProfile)
	case key.Matches(m, profileNext):
		s.chosen, s.follow = (s.chosen+1)%len(all), true
	case key.Matches(m, profilePrev):
		s.chosen, s.follow = (s.chosen+len(all)-1)%len(all), true
	case key.Matches(m, profileCopy):
		return Copy{Text: all[min(s.chosen, len(all)-1)], What: "command"}
	case key.Matches(m, profileAgain):
		return OpenProfile{Key: s.key}
	default:
		s.follow = false
		s.reading.press(m.String())
	}
	return nil
}

// fetch asks for a profile unless one is under way, or the program is none of Go.
func (s *ProfileScreen) fetch(kind data.ProfileKind) Intent {
	p := s.profile()
	switch l := p.Fetched[kind]; {
	case l != nil && l.Loading:
		return Say{"The profile is under way."}
	case !s.goProgram():
		return Say{"Only Go programs serve such profiles, and this is " + p.Guide.RuntimeName + "."}
	}
	s.reading.top = 0
	return FetchProfile{Key: s.key, Kind: kind}
}
