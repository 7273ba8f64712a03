package data

import "strings"

// startWords are what low-level runtimes say, in lower case, when the kernel kills a container before its own program runs:
// runc "container init was OOM-killed (memory limit too low?)", crun "OOM: the memory limit could be too low".
var startWords = []string{"oom-killed", "oom killed", "oom: the memory limit could be too low"}

// StartRanOutOfMemory reports whether a runtime's message about a start that failed says that memory was the reason.
func StartRanOutOfMemory(message string) bool {
	message = strings.ToLower(message)
	for _, words := range startWords {
		if strings.Contains(message, words) {
			return true
		}
	}
	return false
}
