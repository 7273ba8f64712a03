package analysis

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/oomedic/oomedic/data"
)

// runtimeNames are the runtimes as people write them.
var runtimeNames = map[data.Text]data.Text{
	"go": "Go", "java": "The JVM", "node": "Node.js", "python": "Python", "dotnet": ".NET", "ruby": "Ruby",
}

// setting is one environment variable of a runtime, with why.
type setting struct {
	name, value string
	why         data.Text
}

// leastHeap is the least share of a limit that is given to a heap: below it a program has more of the collector than of
// its data. percentStep is what percentages are rounded down to, so that they read as chosen.
const (
	leastHeap   = 0.50
	percentStep = 5
)

// heapPercent returns how much of a limit in bytes a runtime's heap may have, in percent: what its rule says, less where
// that leaves too little of a small limit for what stands beside the heap. A diagnosis of what is set so finds room.
func heapPercent(rule heapRule, limit int64) float64 {
	room := 1 - rule.beside/float64(limit)
	if room >= rule.share {
		return 100 * rule.share
	}
	return max(100*leastHeap, percentStep*math.Floor(100*room/percentStep))
}

// settingsFor returns the settings of a runtime for a limit in bytes; the shares are those of heapRules.
func settingsFor(runtime data.Text, limit int64) []setting {
	mib := func(share float64) string { return strconv.FormatInt(int64(share*float64(limit))/data.Mi, 10) }
	switch percent := heapPercent(heapRules[runtime], limit); runtime {
	case "java":
		return []setting{
			{"JAVA_TOOL_OPTIONS", "-XX:MaxRAMPercentage=" + strconv.FormatFloat(percent, 'f', 1, 64),
				data.Textf("heap of at most %s under %s; the rest is for metaspace, threads, code and direct buffers. The same as -Xmx%sm, which does not follow the limit.",
					human(percent/100*float64(limit)), human(float64(limit)), mib(percent/100))},
			{"MALLOC_ARENA_MAX", "2", "glibc keeps fewer pools of native memory"},
		}
	case "node":
		return []setting{{"NODE_OPTIONS", "--max-old-space-size=" + mib(percent/100), "V8 collects before the kernel kills; 60% where Buffers or workers are many. MiB, and each worker has its own"}}
	case "go":
		return []setting{{"GOMEMLIMIT", mib(heapRules["go"].share) + "MiB", "a soft limit: the collector works harder near it. It stops no leak, and knows nothing of cgo and mmap"}}
	case "dotnet":
		return []setting{
			{"DOTNET_GCHeapHardLimitPercent", fmt.Sprintf("0x%X", int(percent)), data.Textf("%.0f%% of the limit, in hexadecimal as .NET reads it", percent)},
			{"DOTNET_gcServer", "0", "one heap in place of one for each core: less memory, somewhat slower under load"},
		}
	case "python":
		return []setting{
			{"MALLOC_ARENA_MAX", "2", "glibc keeps fewer pools, so that threads leave less behind"},
			{"GUNICORN_CMD_ARGS", "--max-requests=1000 --max-requests-jitter=100", "workers are made anew before they have grown; each worker has memory of its own, so multiply by their number"},
		}
	case "ruby":
		return []setting{{"MALLOC_ARENA_MAX", "2", "fewer pools hold fewer fragments; jemalloc by LD_PRELOAD does more"}}
	}
	return nil
}

// settings are the runtime's own bounds for the limit that is wanted.
func (m *maker) settings() Artifact {
	a := Artifact{Kind: ArtifactSettings, Title: "Runtime settings", About: "The runtime's own bounds, sized for the limit.", File: m.file(ArtifactSettings, ".yaml")}
	if m.limit == nil {
		a.Missing = "No limit is known that the settings could be sized for."
		return a
	}
	all := settingsFor(m.d.Runtime, *m.limit)
	if all == nil {
		return m.settingsOfAll(a)
	}
	comments := []data.Text{data.Textf("%s under a limit of %s (%s)", runtimeNames[m.d.Runtime], human(float64(*m.limit)), m.d.RuntimeFrom)}
	var env []any
	for _, s := range all {
		value := m.merged(s)
		comments = append(comments, data.Textf("%s: %s", s.name, s.why))
		env = append(env, map[string]any{"name": s.name, "value": value})
	}
	block := map[string]any{"env": env}
	if patch := m.patchOf(block); patch != nil {
		a.Lines, a.Apply = yamlText(comments, patch), m.patchCommand(a.File)
	} else {
		a.Lines = yamlText(comments, block)
		a.Warnings = append(a.Warnings, m.noPatch())
	}
	a.Warnings = append(a.Warnings, m.settingWarnings()...)
	return a
}

// settingWarnings say what else decides the heap.
func (m *maker) settingWarnings() []data.Text {
	out := []data.Text{"Runtimes read these when they start, so the container must restart."}
	if m.fromRec && !same(m.c.Resources.Limit, m.limit) {
		out = append(out, data.Textf("They are sized for the recommended limit of %s: set that first.", human(float64(*m.limit))))
	}
	if h := heapOf(m.c, m.d.Runtime, m.limit); h != nil && m.d.Runtime == "java" && h.percent == 0 {
		out = append(out, data.Textf("%s is set and beats the percentage: take it away, wherever it stands.", h.setting))
	}
	for _, s := range settingsFor(m.d.Runtime, *m.limit) {
		if old := m.knob(s.name); old != "" && old != m.merged(s) {
			out = append(out, data.Textf("%s is %q today; what stands in it beside memory is kept.", s.name, old))
		}
	}
	if rule, limit := heapRules[m.d.Runtime], float64(*m.limit); rule.beside > 0 && limit-leastHeap*limit < rule.beside {
		out = append(out, data.Textf("%s wants about %s beside its heap, and half of this limit is less: watch it, or give it %s.",
			runtimeNames[m.d.Runtime], human(rule.beside), human(float64(RoundUp(rule.beside/(1-leastHeap))))))
	}
	if m.d.Runtime == "java" {
		out = append(out, "A dump on OutOfMemoryError does not help here: the kernel's kill comes without one.")
	}
	return out
}

// knob is the value of a memory setting in the pod's spec, empty when it has none.
func (m *maker) knob(name string) string {
	for _, k := range m.c.Env {
		if k.Name.String() == name {
			return k.Value.String()
		}
	}
	return ""
}

// merged is a setting's value with the words that the variable holds today and that are about other things.
func (m *maker) merged(s setting) string {
	old := strings.Fields(m.knob(s.name))
	if len(old) == 0 || (s.name != "JAVA_TOOL_OPTIONS" && s.name != "NODE_OPTIONS") {
		return s.value
	}
	var keep []string
	for _, w := range old {
		if strings.HasPrefix(w, "-Xmx") || strings.HasPrefix(w, "-XX:MaxRAMPercentage=") || strings.HasPrefix(w, "--max-old-space-size=") ||
			strings.HasPrefix(w, "--max_old_space_size=") {
			continue
		}
		keep = append(keep, w)
	}
	return strings.Join(append(keep, s.value), " ")
}

// settingsOfAll lists the settings of every runtime where it is not known which one it is.
func (m *maker) settingsOfAll(a Artifact) Artifact {
	comments := []data.Text{data.Textf("settings for a limit of %s: keep the lines of the runtime that is in the image", human(float64(*m.limit)))}
	var env []any
	seen := map[string]bool{}
	for _, rt := range []data.Text{"java", "node", "go", "dotnet", "python"} {
		for _, s := range settingsFor(rt, *m.limit) {
			if seen[s.name] {
				continue
			}
			seen[s.name] = true
			comments = append(comments, data.Textf("%s, %s: %s", runtimeNames[rt], s.name, s.why))
			env = append(env, map[string]any{"name": s.name, "value": s.value})
		}
	}
	a.Lines = yamlText(comments, map[string]any{"env": env})
	a.Warnings = []data.Text{"Neither command, environment nor image say which runtime it is, so all are listed.", "Runtimes read these when they start, so the container must restart."}
	return a
}
