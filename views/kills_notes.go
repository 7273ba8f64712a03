package views

import (
	"fmt"
	"strings"

	"github.com/oomedic/oomedic/data"
)

// notes are the lines above the list that say what is wrong with it: it is old, parts are missing, or there is no
// memory history. On a low screen only the gravest is shown.
func (s *Kills) notes(f Frame) []string {
	if s.board == nil {
		return nil
	}
	t, b := f.Theme, s.board
	var out []string
	add := func(severe bool, text string) {
		style := t.Warn
		if severe {
			style = t.Bad
		}
		out = append(out, Render(style, Cut(t.Glyphs.Warn+" "+text, f.Width)))
	}
	if b.Health.State == data.Stale {
		add(true, fmt.Sprintf("API server unreachable for %s. The list is as of %s; retrying%s",
			Ago(b.Health.Since, f.Now), clock(f, b.Health.Since), colon(b.Health.Problem)))
	}
	if n := len(b.Gaps); n > 0 {
		add(false, s.gapText(n))
	}
	if b.Metrics.Checked && !b.Metrics.Reachable && len(s.lists[s.tab].rows) > 0 {
		why := b.Metrics.Problem
		if why == "" {
			why = "no Prometheus is configured"
		}
		add(false, "No memory history"+colon(why))
	}
	if f.Height < 14 && len(out) > 1 {
		out = out[:1]
	}
	return out
}

// gapText counts what could not be read and names as much of it as fits.
func (s *Kills) gapText(n int) string {
	var parts []string
	for _, g := range s.board.Gaps {
		part := g.What.String()
		if g.Why != "" {
			part += " (" + g.Why.String() + ")"
		}
		parts = append(parts, part)
	}
	return counted(n, "thing") + " could not be read: " + strings.Join(parts, "; ")
}

// colon writes a reason behind a colon, or a full stop when there is none.
func colon(why data.Text) string {
	if why == "" {
		return "."
	}
	return ": " + why.String()
}

// empty draws what stands in place of rows, and what to press next.
func (s *Kills) empty(f Frame) []string {
	t, g := f.Theme, f.Theme.Glyphs
	sh := &sheet{t: t, width: f.Width, lines: []string{""}}
	switch b := s.board; {
	case s.filter.text != "" && len(s.lists[s.tab].cases) > 0:
		sh.note(2, t.Strong, g.Unknown, fmt.Sprintf("No row matches /%s.", s.filter.text))
		sh.prose(4, t.Muted, f.Key(killsClear)+" clears the filter. Words match namespace, pod, workload, container and node; ns: pod: workload: container: node: look at one of them.")
	case b == nil || b.Health.State == data.Connecting || b.Health.State == "":
		s.connecting(f, sh)
	case s.tab == tabRuled:
		sh.note(2, t.Strong, g.OK, "Nothing looked like an OOM kill without being one in the last "+s.window()+".")
		sh.prose(4, t.Muted, "Here stand containers that ended with exit code 137 or by eviction for another reason: a failed probe, a deadline, a deletion.")
		sh.prose(4, t.Muted, f.Key(killsTab)+" shows the OOMKilled ones: "+thousands(len(b.Cases))+".")
	default:
		s.healthy(f, sh)
	}
	return sh.lines
}

// connecting says what is waited for.
func (s *Kills) connecting(f Frame, sh *sheet) {
	t := sh.t
	where, why := "the cluster", data.Text("")
	if s.board != nil {
		if name := s.board.Cluster.Context; name != "" {
			where = "cluster " + name.String()
		} else if s.board.Cluster.Server != "" {
			where = s.board.Cluster.Server.String()
		}
		why = s.board.Health.Problem
	}
	sh.note(2, t.Strong, t.Glyphs.Busy, "Reading pods of "+where+" "+t.Glyphs.Ellipsis)
	if why == "" {
		sh.prose(4, t.Muted, "Rows appear as they are found. "+f.Key(KeyQuit)+" quits.")
		return
	}
	sh.prose(4, t.Bad, "The last try failed: "+why.String())
	sh.prose(4, t.Muted, "It is tried again until it works. "+f.Key(KeyQuit)+" quits; kubectl get pods -A shows whether kubectl can reach it.")
}

// healthy says that there is nothing to do, how far that can be trusted, and where to look next.
func (s *Kills) healthy(f Frame, sh *sheet) {
	t, g, b := sh.t, sh.t.Glyphs, s.board
	nothing := "No container was OOMKilled in the last " + s.window() + "."
	switch {
	case b.Health.State == data.Stale:
		sh.note(2, t.Warn, g.Unknown, "Nothing was OOMKilled when the cluster was last seen. What happened since is not known.")
	case len(b.Gaps) > 0:
		sh.note(2, t.Strong, g.Unknown, "Nothing was found OOMKilled in the last "+s.window()+", but not everything could be read.")
	default:
		sh.note(2, t.OK, g.OK, nothing)
	}
	pods := "1 pod"
	if b.Pods != 1 {
		pods = thousands(b.Pods) + " pods"
	}
	sh.prose(4, t.Text, "Watching "+pods+" in "+namespaces(b.Cluster.Namespaces)+".")
	sh.blank()
	sh.prose(4, t.Muted, "A new kill appears here by itself. The API server remembers the last end of each container and nothing of deleted pods"+s.beyond()+".")
	if n := len(b.Ruled); n > 0 {
		sh.prose(4, t.Muted, f.Key(killsTab)+" shows what looked like an OOM kill and was none: "+thousands(n)+".")
	}
}

// beyond says what metrics add to the API server's short memory.
func (s *Kills) beyond() string {
	if s.board.Metrics.Reachable {
		return "; Prometheus adds what it has kept"
	}
	return ", and there are no metrics to add to that"
}

// namespaces names what is watched.
func namespaces(all []data.Text) string {
	switch len(all) {
	case 0:
		return "all namespaces"
	case 1:
		return "namespace " + all[0].String()
	}
	return fmt.Sprintf("%d namespaces", len(all))
}
