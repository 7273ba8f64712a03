package views

import "charm.land/bubbles/v2/key"

// killWords are the words and signs of the list of kills, for help.
var killWords = []key.Binding{
	word("OOMKilled, a number", "Containers that were killed for memory. A row is a workload; opened, it shows its pods."),
	word("KILLED", "How long ago. The sign is how it does now: ● runs, ✗ crash-looping, ◐ waits, ✓ completed, ○ its pod is gone."),
	word("? and 1+", "Not known, and at least so many: the API server keeps the last end of a container and nothing of its children."),
	word("PEAK", "The nearest that memory came to the limit: ! at it, ▲ near it. Far below: it died faster than samples come, or not by its own limit."),
	word("RAN OUT", "Which memory: limit, that of the container; pod, of the whole pod; node, the node's own; child, a process in it, and it lives on; startup, before its program ran."),
	word("MEMORY", "Its highest memory over time. A full block is the limit, ✗ a kill."),
	word("SURE", "How sure it is that memory was the reason. The diagnosis shows why."),
	word("kills known for 29d", "So far back Prometheus tells of kills, of deleted pods too."),
}

// ruledWords are those of the list of what was no OOM kill.
var ruledWords = []key.Binding{
	word("Not OOM", "It ended by SIGKILL (137) or eviction, as memory kills do, but for another reason."),
	word("WHAT IT WAS", "What ended it. The diagnosis shows how that was told."),
	word("PEAK", "The nearest that memory came to the limit: far below speaks against memory."),
}

// Words are the words of the tab that is shown with what they mean.
func (s *Kills) Words() []key.Binding {
	if p, ok := s.page().(interface{ Words() []key.Binding }); ok {
		return p.Words()
	}
	if s.tab == tabRuled {
		return ruledWords
	}
	return killWords
}
