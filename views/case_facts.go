package views

import (
	"fmt"
	"strings"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/themes"
)

// scopeWords say which memory ran out, where it was not the container's own limit.
var scopeWords = map[analysis.Scope]string{
	analysis.ScopePod: "limit of the pod", analysis.ScopeNode: "memory of the node", analysis.ScopeChild: "a child process",
	analysis.ScopeStartup: "while starting", analysis.ScopeUnknown: "scope unknown",
}

// headline is the verdict in one line of at most w cells, the most important first.
func (s *CaseScreen) headline(f Frame, w int) string {
	th, conf, c := f.Theme, &s.found.Confirmation, &s.found.Container
	ago := Ago(conf.LastKillAt, f.Now) + " ago"
	if conf.LastKillAt.IsZero() {
		ago = "at an unknown time"
	}
	var chips []chip
	switch {
	case conf.OOMKilled && conf.Scope == analysis.ScopeChild:
		chips = append(chips, chip{th.Glyphs.Bad + " Child process OOM killed " + ago, th.Bad})
	case conf.OOMKilled:
		chips = append(chips, chip{th.Glyphs.Bad + " OOMKilled " + ago, th.Bad})
	case conf.Scope == analysis.ScopeNotOOM:
		chips = append(chips, chip{th.Glyphs.OK + " Not an OOM kill", th.OK})
	default:
		chips = append(chips, chip{th.Glyphs.Unknown + " OOM kill not proven", th.Warn})
	}
	if conf.ExitCode != nil {
		chips = append(chips, chip{fmt.Sprintf("exit %d", *conf.ExitCode), th.Text})
	}
	chips = append(chips, chip{"limit " + Limit(c.Resources.Limit), th.Limit})
	if n := conf.Kills.Day; n != nil && conf.OOMKilled {
		text := counted(*n, "kill") + " in 24h"
		if conf.AtLeast {
			text = "at least " + text
		}
		chips = append(chips, chip{text, th.Strong})
	}
	chips = append(chips, chip{"request " + Limit(c.Resources.Request), th.Request})
	if words := scopeWords[conf.Scope]; words != "" && conf.Scope != analysis.ScopeChild {
		chips = append(chips, chip{words, th.Warn})
	}
	switch c.State {
	case data.CrashLooping, data.Waiting, data.Gone:
		chips = append(chips, chip{string(c.State), th.Warn})
	case data.Running, data.Completed:
		chips = append(chips, chip{string(c.State), th.OK})
	}
	if !conf.OOMKilled && conf.Why != "" {
		chips = append(chips[:1:1], chip{Cut(conf.Why.String(), max(w-Width(chips[0].text)-3, 0)), th.Text})
	}
	return fitChips(chips, dotted(th), w)
}

// facts are the lines about pod and workload, the most useful first.
func (s *CaseScreen) facts(f Frame) []string {
	th, c := f.Theme, &s.found.Container
	const label = 10
	line := func(name string, chips ...chip) string {
		return " " + Render(th.Muted, Pad(name, label)) + fitChips(chips, dotted(th), f.Width-1-label)
	}
	room := f.Width - 1 - label
	pod := fmt.Sprintf("%s/%s", c.Key.Namespace, c.Key.Pod)
	node := "node " + orUnknown(c.Node)
	out := []string{
		line("workload", ownerChips(th, c)...),
		line("pod", chip{CutMiddle(pod, max(room-Width(node)-3, min(room, 24))), th.Text}, chip{node, th.Text}),
		line("container", lifeChips(f, c)...),
		line("memory", memoryChips(th, c)...),
		line("image", chip{CutMiddle(orUnknown(c.Image), room), th.Text}),
	}
	if len(c.Command) > 0 {
		words := make([]string, len(c.Command))
		for i, w := range c.Command {
			words[i] = w.String()
		}
		out = append(out, line("command", chip{Cut(strings.Join(words, " "), room), th.Text}))
	}
	if len(c.Env) > 0 {
		var knobs []chip
		for _, k := range c.Env {
			knobs = append(knobs, chip{fmt.Sprintf("%s=%s", k.Name, k.Value), th.Text})
		}
		out = append(out, line("env", knobs...))
	}
	return out
}

// moment writes a time of today by the clock and any other with its day.
func moment(t time.Time, f Frame) string {
	t, now := t.In(f.Zone), f.Now.In(f.Zone)
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format(time.TimeOnly)
	}
	return t.Format("2 Jan 15:04")
}

func orUnknown(t data.Text) string {
	if t == "" {
		return "unknown"
	}
	return t.String()
}

// ownerChips name the workload, or say how far its search has come.
func ownerChips(th *themes.Theme, c *data.Container) []chip {
	w := c.Workload
	switch {
	case w.Kind == "" && w.Problem != "":
		return []chip{{"unknown: " + w.Problem.String(), th.Warn}}
	case w.Kind == "":
		return []chip{{"being looked up", th.Muted}}
	}
	out := []chip{{w.Ref().String(), th.Strong}}
	if w.Problem != "" {
		return append(out, chip{"its owner is unknown: " + w.Problem.String(), th.Warn})
	}
	if w.Replicas != nil {
		out = append(out, chip{counted(int(*w.Replicas), "replica"), th.Text})
	}
	return out
}

// lifeChips say what the container is doing, since when, and how its last life ended.
func lifeChips(f Frame, c *data.Container) []chip {
	th := f.Theme
	out := []chip{{c.Key.Container.String(), th.Text}}
	if c.Kind != "" && c.Kind != data.RegularContainer {
		out[0].text += " (" + string(c.Kind) + ")"
	}
	state := string(c.State)
	if state == "" {
		state = string(data.Unknown)
	}
	if c.WaitingReason != "" {
		state += " (" + c.WaitingReason.String() + ")"
	}
	if !c.StartedAt.IsZero() {
		state += fmt.Sprintf(" since %s (%s)", moment(c.StartedAt, f), Ago(c.StartedAt, f.Now))
	}
	out = append(out, chip{state, th.Text}, chip{counted(int(c.Restarts), "restart"), th.Text})
	if ends := c.Terminations(); len(ends) > 0 {
		t := ends[len(ends)-1]
		text := fmt.Sprintf("last end %s, exit %d", orUnknown(t.Reason), t.ExitCode)
		if !t.StartedAt.IsZero() && t.FinishedAt.After(t.StartedAt) {
			text += ", lived " + Span(t.FinishedAt.Sub(t.StartedAt))
		}
		out = append(out, chip{text, th.Text})
	}
	if c.ChildKills != nil && *c.ChildKills >= 0.5 {
		out = append(out, chip{fmt.Sprintf("%.0f killed inside it", *c.ChildKills), th.Kill})
	}
	return out
}

// memoryChips are limit and request, what they make of the pod's quality of service as far as this container alone
// can say (the class is the pod's, of memory and CPU of all containers), and what else takes of the limit.
func memoryChips(th *themes.Theme, c *data.Container) []chip {
	r := c.Resources
	class := "QoS Burstable by memory"
	switch {
	case r.Limit == nil && r.Request == nil:
		class = "QoS BestEffort by memory"
	case r.Limit != nil && (r.Request == nil || *r.Request == *r.Limit):
		class = "QoS Guaranteed by memory" // a limit without a request is also the request
	}
	out := []chip{{"limit " + Limit(r.Limit), th.Limit}, {"request " + Limit(r.Request), th.Request}, {class, th.Muted}}
	if c.PodLimit != nil {
		out = append(out, chip{"pod limit " + Bytes(c.PodLimit), th.Limit})
	}
	if n := len(c.MemoryVolumes); n > 0 {
		out = append(out, chip{fmt.Sprintf("%s in memory: %s", counted(n, "volume"), c.MemoryVolumes[0]), th.Warn})
	}
	return out
}
