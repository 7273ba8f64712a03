package views

import (
	"strings"

	"github.com/oomedic/oomedic/data"
)

// shellPrograms are the first words by which a command line is told from PromQL.
var shellPrograms = []string{"kubectl", "go", "curl", "jcmd", "jmap", "java", "node", "python", "python3", "py-spy", "dotnet-dump", "dotnet-gcdump",
	"dotnet-counters", "rbspy", "crictl", "journalctl", "dmesg", "promtool", "sudo", "ssh", "git", "cat", "oomedic"}

// commandSign returns what stands before a command: a shell's prompt, the name of the query language, or nothing
// for a plain reference such as a path.
func commandSign(cmd string) string {
	first, _, _ := strings.Cut(cmd, " ")
	for _, p := range shellPrograms {
		if first == p {
			return "$ "
		}
	}
	if strings.ContainsAny(cmd, "({[") || strings.HasPrefix(cmd, "container_") || strings.HasPrefix(cmd, "kube_") {
		return "promql: "
	}
	return ""
}

// isCommand reports whether cmd is something that can be run, and so copied.
func isCommand(cmd data.Text) bool { return cmd != "" && commandSign(cmd.String()) != "" }

// command appends a command. When choosable and selected, it is marked by the cursor and shown whole; otherwise it
// takes one line, unless the sheet has room for all.
func (s *sheet) command(indent int, cmd data.Text, choosable bool) {
	if cmd == "" {
		return
	}
	on := choosable && !s.found && cmd.String() == s.selected
	mark := "  "
	if on {
		mark = Render(s.t.Accent, s.t.Glyphs.Cursor) + " "
	}
	sign := commandSign(cmd.String())
	pad := strings.Repeat(" ", indent)
	if !on && !s.whole {
		s.add(pad + mark + Render(s.t.Muted, sign) + Render(s.t.Command, Cut(cmd.String(), s.width-indent-2-Width(sign))))
		return
	}
	from := len(s.lines)
	room := s.width - indent - 2
	lines := fold(cmd.String(), room-Width(sign))
	if len(lines) > 1 {
		lines = append(lines[:1:1], fold(strings.TrimLeft(strings.TrimPrefix(cmd.String(), lines[0]), " "), room-2)...)
	}
	for i, line := range lines {
		switch {
		case i == 0:
			s.add(pad + mark + Render(s.t.Muted, sign) + Render(s.t.Command, line))
		case on:
			s.add(pad + Render(s.t.Accent, s.t.Glyphs.Cursor) + "   " + Render(s.t.Command, line))
		default:
			s.add(pad + "    " + Render(s.t.Command, line))
		}
	}
	if on {
		s.found, s.from, s.end = true, from, len(s.lines)
	}
}
