package ui

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/views"
)

// Profiler is a Cluster that can look into a container: its log, and the profiles that a Go program serves.
type Profiler interface {
	// Replica returns the container itself when it runs, else the same one in another pod of its workload.
	Replica(ctx context.Context, of *data.Container) (*data.Container, error)
	// LastLog reads the end of a container's log, of the life before the last restart where there is one.
	LastLog(ctx context.Context, k data.Key) (data.LogTail, error)
	// Profile fetches a profile of a Go program through a port-forward.
	Profile(ctx context.Context, k data.Key, kind data.ProfileKind) (*data.MemoryProfile, error)
}

// RuntimeMetrics are Metrics that know what runtimes export of their own memory.
type RuntimeMetrics interface {
	// RuntimeMemory is nil without an error when the container exports nothing.
	RuntimeMemory(ctx context.Context, c *data.Container) (*data.RuntimeMemory, error)
}

// The answers to what the tools of a case ask.
type (
	artifactsMsg struct {
		key data.Key
		all []analysis.Artifact
	}
	profileMsg struct {
		key           data.Key
		of            *data.Container // which is looked into
		guide         analysis.Profiling
		instead, none data.Text
	}
	logMsg struct {
		key     data.Key
		tail    data.LogTail
		hints   []analysis.LogHint
		problem data.Text
	}
	runtimeMsg struct {
		key     data.Key
		memory  *data.RuntimeMemory
		problem data.Text
	}
	fetchedMsg struct {
		key     data.Key
		kind    data.ProfileKind
		pair    *views.ProfilePair
		problem data.Text
	}
)

// doTool carries out what a screen asked of a case's tools.
func (a *App) doTool(i views.Intent) tea.Cmd {
	switch i := i.(type) {
	case views.OpenArtifacts:
		if _, there := a.top().(*views.ArtifactsScreen); !there {
			a.push(views.NewArtifacts(i.Key))
		}
		return tea.Batch(a.diagnose(i.Key, false), a.makeArtifacts(i.Key))
	case views.OpenProfile:
		return a.openProfile(i.Key)
	case views.FetchProfile:
		return a.fetchProfile(i.Key, i.Kind)
	case views.OpenGlossary:
		a.help = false
		if _, there := a.top().(*views.GlossaryScreen); !there {
			a.push(views.NewGlossary(i.Term))
		}
	}
	return nil
}

// updateTools takes the answers.
func (a *App) updateTools(m tea.Msg) tea.Cmd {
	switch m := m.(type) {
	case resizedMsg:
		a.painted = painted{}
	case paletteMsg:
		return a.gotPalette(m)
	case paletteCasesMsg:
		a.gotPaletteCases(m)
	case artifactsMsg:
		next := *a.state
		next.Artifacts = put(a.state.Artifacts, m.key, m.all)
		a.state = &next
	case diagnosisMsg: // what is made from it is made anew
		if a.state.Artifacts[m.key] != nil || a.shows(m.key) {
			return a.makeArtifacts(m.key)
		}
	case profileMsg:
		return a.gotProfile(m)
	case logMsg:
		a.changeProfile(m.key, func(p *views.Profile) {
			p.Hints = m.hints
			p.Log = &views.Loaded[data.LogTail]{Problem: m.problem, At: a.now}
			if m.problem == "" {
				p.Log.Value = &m.tail
			}
		})
	case runtimeMsg:
		a.changeProfile(m.key, func(p *views.Profile) {
			p.Runtime = &views.Loaded[data.RuntimeMemory]{Value: m.memory, Problem: m.problem, At: a.now}
			p.NoRuntime = m.memory == nil && m.problem == ""
		})
	case fetchedMsg:
		a.changeProfile(m.key, func(p *views.Profile) {
			next := views.Loaded[views.ProfilePair]{Problem: m.problem, At: a.now, Value: m.pair}
			if old := p.Fetched[m.kind]; m.pair == nil && old != nil {
				next.Value = old.Value
			}
			p.Fetched = put(p.Fetched, m.kind, &next)
		})
	}
	return nil
}

// put returns a copy of a map with one entry set; screens hold the old one.
func put[K comparable, V any](m map[K]V, k K, v V) map[K]V {
	out := make(map[K]V, len(m)+1)
	for key, val := range m {
		out[key] = val
	}
	out[k] = v
	return out
}

// shows reports whether a screen of artifacts of a container is open.
func (a *App) shows(k data.Key) bool {
	for _, s := range a.stack {
		if one, ok := s.(*views.ArtifactsScreen); ok {
			if got, _ := one.Selected(); got == k {
				return true
			}
		}
	}
	return false
}

// makeArtifacts makes them from the newest diagnosis; nothing when there is none yet.
func (a *App) makeArtifacts(k data.Key) tea.Cmd {
	l := a.state.Diagnoses[k]
	if l == nil || l.Value == nil || l.Loading {
		return nil
	}
	d := l.Value
	return func() tea.Msg { return artifactsMsg{k, analysis.Artifacts(d)} }
}

// changeProfile changes a copy of a profile in a new state.
func (a *App) changeProfile(k data.Key, change func(*views.Profile)) {
	var p views.Profile
	if old := a.state.Profiles[k]; old != nil {
		p = *old
	}
	change(&p)
	next := *a.state
	next.Profiles = put(a.state.Profiles, k, &p)
	a.state = &next
}

// openProfile looks for the container, or for another replica where it does not run.
func (a *App) openProfile(k data.Key) tea.Cmd {
	c, ok := a.container(k)
	if !ok {
		a.say("The container is not on the list any more.")
		return nil
	}
	if _, there := a.top().(*views.ProfileScreen); !there {
		a.push(views.NewProfileScreen(k))
	}
	door, ok := a.opt.Cluster.(Profiler)
	if !ok {
		return func() tea.Msg { return profileMsg{key: k, of: c, guide: analysis.ProfilingOf(c)} }
	}
	ctx := a.ctx
	return func() tea.Msg {
		of, err := door.Replica(ctx, c)
		m := profileMsg{key: k, of: c}
		switch {
		case err != nil:
			m.none = data.Clean(err.Error())
		case of.Key.Pod != c.Key.Pod:
			m.of, m.instead = of, of.Key.Pod
		default:
			m.of = of
		}
		m.guide = analysis.ProfilingOf(m.of)
		return m
	}
}

// gotProfile shows how to profile a container, and reads its log and its runtime's figures.
func (a *App) gotProfile(m profileMsg) tea.Cmd {
	k, of, ctx := m.key, m.of, a.ctx
	var cmds []tea.Cmd
	a.changeProfile(k, func(p *views.Profile) {
		if p.Of != of.Key {
			p.Fetched = nil // of another pod
		}
		p.Guide, p.Of, p.Instead, p.None = m.guide, of.Key, m.instead, m.none
	})
	if door, ok := a.opt.Cluster.(Profiler); ok {
		a.changeProfile(k, func(p *views.Profile) { p.Log = &views.Loaded[data.LogTail]{Loading: true} })
		cmds = append(cmds, func() tea.Msg {
			tail, err := killedLog(ctx, door, k, of.Key)
			if err != nil {
				return logMsg{key: k, problem: data.Clean(err.Error())}
			}
			return logMsg{key: k, tail: tail, hints: analysis.LogHints(&tail)}
		})
	}
	if door, ok := a.opt.Metrics.(RuntimeMetrics); ok && a.state.Board.Metrics.Reachable {
		a.changeProfile(k, func(p *views.Profile) { p.Runtime = &views.Loaded[data.RuntimeMemory]{Loading: true} })
		cmds = append(cmds, func() tea.Msg {
			mem, err := door.RuntimeMemory(ctx, of)
			if err != nil {
				return runtimeMsg{key: k, problem: data.Clean(err.Error())}
			}
			return runtimeMsg{key: k, memory: mem}
		})
	}
	return tea.Batch(cmds...)
}

// killedLog reads the log of the case's own container, which is what was killed, whether it runs again or not; when that
// cannot be read, for its pod is gone, the log of the one that runs in its place.
func killedLog(ctx context.Context, door Profiler, own, of data.Key) (data.LogTail, error) {
	tail, err := door.LastLog(ctx, own)
	if err == nil || own.Pod == of.Pod {
		return tail, err
	}
	tail, other := door.LastLog(ctx, of)
	if other != nil {
		return tail, err
	}
	tail.Short = data.Textf("the log of %s cannot be read any more; this is the one of %s", own.Pod, of.Pod)
	return tail, nil
}

// errNoProfiler says that profiles cannot be fetched here.
var errNoProfiler = errors.New("profiles cannot be fetched here")

// fetchProfile fetches a profile and compares it with the first one of the same kind.
func (a *App) fetchProfile(k data.Key, kind data.ProfileKind) tea.Cmd {
	door, ok := a.opt.Cluster.(Profiler)
	if !ok {
		a.say(data.Clean(errNoProfiler.Error()))
		return nil
	}
	var first *data.MemoryProfile
	of := k
	a.changeProfile(k, func(p *views.Profile) {
		if p.Of != (data.Key{}) {
			of = p.Of
		}
		next := views.Loaded[views.ProfilePair]{Loading: true}
		if old := p.Fetched[kind]; old != nil && old.Value != nil {
			next.Value, first = old.Value, old.Value.First
		}
		p.Fetched = put(p.Fetched, kind, &next)
	})
	ctx := a.ctx
	return func() tea.Msg {
		p, err := door.Profile(ctx, of, kind)
		if err != nil {
			return fetchedMsg{key: k, kind: kind, problem: data.Clean(err.Error())}
		}
		pair := views.ProfilePair{First: p}
		switch {
		case first == nil:
		case restarted(first, p):
			pair.Restarted = true
		default:
			pair = views.ProfilePair{First: first, Last: p, Grown: data.ProfileGrown(first, p)}
		}
		return fetchedMsg{key: k, kind: kind, pair: &pair}
	}
}

// restartedBelow is the share of the first profile's total that the next has at most when the container was restarted
// in between, where nobody knows when it started: the two are of different lives then, and the later one is a first one
// again.
const restartedBelow = 0.5

func restarted(first, later *data.MemoryProfile) bool {
	if !first.Started.IsZero() && !later.Started.IsZero() {
		return !first.Started.Equal(later.Started)
	}
	return later.Kind == data.HeapProfile && float64(later.Total) < restartedBelow*float64(first.Total)
}

// termHere is the term that the screen on top is most about.
func (a *App) termHere() data.Text {
	switch a.top().(type) {
	case *views.FixScreen:
		return "limit"
	case *views.ProfileScreen:
		return "heap"
	case *views.ArtifactsScreen:
		return "request"
	case *views.DiagnosisScreen:
		return "OOMKilled"
	}
	return "working set"
}

// termEntries are the terms of the glossary for the palette.
func termEntries() []views.Entry {
	var out []views.Entry
	for _, t := range analysis.Glossary() {
		out = append(out, views.Entry{Kind: "term", Name: t.Name, Note: t.Verdict(), Want: views.OpenGlossary{Term: t.Name}})
	}
	return out
}

// fetching reports whether a profile, a log or a runtime's figures are being waited for.
func (a *App) fetching() bool {
	for _, p := range a.state.Profiles {
		if p.Log != nil && p.Log.Loading || p.Runtime != nil && p.Runtime.Loading {
			return true
		}
		for _, l := range p.Fetched {
			if l.Loading {
				return true
			}
		}
	}
	return false
}
