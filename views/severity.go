package views

import (
	"charm.land/lipgloss/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
)

// The shares of the limit from which memory is near it, and at it. A tenth of head room is what most sizing guides call
// the least; from 95 % on the next busy minute kills.
const (
	nearShare = 0.85
	fullShare = 0.95
)

// severity is a state in the three ways that it is always shown in: a word, a sign, and a style.
type severity struct {
	word  string
	glyph string
	style lipgloss.Style
}

// stateSeverity says how a container does after its kill.
func stateSeverity(t *themes.Theme, s data.RunState) severity {
	g := t.Glyphs
	switch s {
	case data.CrashLooping:
		return severity{"crash-looping", g.Bad, t.Bad}
	case data.Waiting:
		return severity{"waiting", g.Busy, t.Warn}
	case data.Running:
		return severity{"running", g.Live, t.OK}
	case data.Completed:
		return severity{"completed", g.OK, t.Muted}
	case data.Gone:
		return severity{"pod is gone", g.Stale, t.Muted}
	}
	return severity{"state unknown", g.Unknown, t.Muted}
}

// shareSeverity says how near to its limit a container's memory came; nil is unknown.
func shareSeverity(t *themes.Theme, share *float64) severity {
	switch {
	case share == nil:
		return severity{"unknown", t.Glyphs.Unknown, t.Muted}
	case *share >= fullShare:
		return severity{"at the limit", t.Glyphs.Warn, t.Bad}
	case *share >= nearShare:
		return severity{"near the limit", t.Glyphs.Up, t.Warn}
	}
	return severity{"below the limit", " ", t.Text}
}

// scopeWord is one short word for the memory that ran out; empty for the container's own limit, which is the rule.
func scopeWord(s analysis.Scope) string {
	switch s {
	case analysis.ScopePod:
		return "pod"
	case analysis.ScopeNode:
		return "node"
	case analysis.ScopeChild:
		return "child"
	case analysis.ScopeStartup:
		return "startup"
	case analysis.ScopeUnknown:
		return "unsure"
	}
	return ""
}

// scopeText names the memory that ran out in full.
func scopeText(s analysis.Scope) string {
	switch s {
	case analysis.ScopeContainer:
		return "its own limit"
	case analysis.ScopePod:
		return "the pod's limit"
	case analysis.ScopeNode:
		return "the node's memory"
	case analysis.ScopeChild:
		return "a child process at the limit"
	case analysis.ScopeStartup:
		return "at startup"
	case analysis.ScopeNotOOM:
		return "not out of memory"
	}
	return "unsure which memory"
}
