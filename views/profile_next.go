package views

import (
	"fmt"

	"github.com/oomedic/oomedic/data"
)

// lastLines is how the hint is called that shows a log's end whatever it says.
const lastLines data.Text = "the last lines"

// logFound is what the log says, in a line; empty when it hints at nothing.
func logFound(p *Profile) string {
	out := ""
	for i, h := range p.Hints {
		if h.Says == lastLines {
			continue
		}
		if out != "" {
			out += "; "
		}
		if i >= topHints {
			return out + fmt.Sprintf("%d more below", len(p.Hints)-1-i)
		}
		out += h.Says.String()
	}
	return out
}

// topHints is how many hints of the log stand at the top.
const topHints = 2

// next says what to do now, in a sentence or two.
func (s *ProfileScreen) next(p *Profile) string {
	l := p.Fetched[data.HeapProfile]
	switch {
	case l != nil && l.Loading:
		return "Wait: the profile is under way."
	case l != nil && l.Problem != "":
		return s.afterProblem(p, l)
	case l != nil && l.Value != nil && l.Value.Last != nil:
		return afterTwo(l.Value)
	case l != nil && l.Value != nil && l.Value.Restarted:
		return "The container was restarted since the profile before, so this one is the first again. Let it grow, then press h."
	case l != nil && l.Value != nil:
		return "Let the memory grow, then press h again: the line that grew is the leak."
	case p.None != "":
		return "Press r when a pod runs again: a profile is taken of a program that runs. The log below is of the one that was killed."
	case s.goProgram() && p.Guide.Runtime == "go" || s.goByMetrics(p):
		return "Press h for a heap profile (it costs a moment and no memory), let the memory grow, press h again: the line that grew is the leak."
	case s.goProgram():
		return "See what kind of memory it is: tab to the commands below, y copies one. If the program is written in Go, h fetches a heap profile."
	}
	return "Press y: it copies the command that gives the pod room first, for a dump can kill it. Then tab to a way below, and y."
}

// goByMetrics reports whether the program's own metrics prove Go.
func (s *ProfileScreen) goByMetrics(p *Profile) bool {
	return p.Runtime != nil && p.Runtime.Value != nil && p.Runtime.Value.Runtime == "go"
}

// afterProblem says what to do when no profile could be had.
func (s *ProfileScreen) afterProblem(p *Profile, l *Loaded[ProfilePair]) string {
	switch {
	case l.Value != nil:
		return "Press h to try once more: the profile before is kept below."
	case p.None != "":
		return "Press r when a pod runs again, then h."
	}
	return "Press h to try again when it is a Go program that serves net/http/pprof. Else tab to a command below, y copies it."
}

// afterTwo says what to do with two profiles.
func afterTwo(p *ProfilePair) string {
	if len(p.Grown) == 0 || p.Grown[0].Grown <= 0 {
		return "Nothing grew between the two: let it run longer, then press h again."
	}
	g := &p.Grown[0]
	return fmt.Sprintf("Look at %s:%d: what it allocates stays. f gives the container room until that is mended.", base(g.File.String()), g.Line)
}

// runtimeWords names the runtime and what says so: what the program itself exports tells more than nothing.
func (s *ProfileScreen) runtimeWords(p *Profile) string {
	if p.Guide.Runtime == "" && s.goByMetrics(p) {
		return "Go: the program exports the metrics of that runtime"
	}
	return p.Guide.RuntimeName.String() + ": " + p.Guide.RuntimeFrom.String()
}
