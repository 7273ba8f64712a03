package views

import (
	"charm.land/bubbles/v2/key"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// Profile is what was found out beyond the diagnosis of one container: how to profile it, what its log hints at, what
// its runtime says, and the profiles that were fetched. A nil part was never asked for.
type Profile struct {
	Guide analysis.Profiling
	// Of is the container that is looked into: the case's own, or that of another pod, which Instead names, because the
	// own one does not run. None says why none runs.
	Of            data.Key
	Instead, None data.Text
	Log           *Loaded[data.LogTail]
	Hints         []analysis.LogHint
	Runtime       *Loaded[data.RuntimeMemory]
	// NoRuntime is true when Prometheus was asked and the container exports nothing.
	NoRuntime bool
	Fetched   map[data.ProfileKind]*Loaded[ProfilePair]
}

// ProfilePair are the first and the newest profile of a kind. Last is nil until there are two.
type ProfilePair struct {
	First, Last *data.MemoryProfile
	Grown       []data.ProfileGrowth // between the two, the most grown first
	// Restarted is true when there was an earlier one, of a life that has ended since.
	Restarted bool
}

// Newest is the newest profile.
func (p *ProfilePair) Newest() *data.MemoryProfile {
	if p.Last != nil {
		return p.Last
	}
	return p.First
}

type (
	// OpenArtifacts asks for what can be made for the workload of a container.
	OpenArtifacts struct{ Key data.Key }
	// OpenProfile asks for how to profile a container.
	OpenProfile struct{ Key data.Key }
	// FetchProfile asks for a profile of a Go program, through the API server.
	FetchProfile struct {
		Key  data.Key
		Kind data.ProfileKind
	}
	// OpenGlossary asks for the meaning of a term; empty is the first one.
	OpenGlossary struct{ Term data.Text }
)

func (OpenArtifacts) intent() {}
func (OpenProfile) intent()   {}
func (FetchProfile) intent()  {}
func (OpenGlossary) intent()  {}

// The keys that lead from a case to its tools.
var (
	toolArtifacts = key.NewBinding(key.WithKeys("a"), key.WithHelp("a", "artifacts: alerts, autoscalers, settings"))
	toolProfile   = key.NewBinding(key.WithKeys("p"), key.WithHelp("p", "profile its memory"))
	toolKeys      = []key.Binding{toolArtifacts, toolProfile}
)
