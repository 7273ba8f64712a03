package kube

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/oomedic/oomedic/data"
)

// knobWords find the memory settings of runtimes that are plain sizes: the Java heap (-Xmx; k, m, g as java reads
// them), Node.js' old space in MiB, and Go's soft limit as runtime/debug reads it.
var knobWords = []*regexp.Regexp{
	regexp.MustCompile(`-Xmx(\d+)([kKmMgG])`),
	regexp.MustCompile(`--max[-_]old[-_]space[-_]size=(\d+)()`),
}

var goMemLimit = regexp.MustCompile(`^(\d+)(B|KiB|MiB|GiB|TiB)?$`)

// knobsOf finds the settings that stand literally in a container, with a proposal that keeps their share of the limit.
// Without a former and a new limit there is none.
func knobsOf(c *corev1.Container, before, after *int64) []data.KnobChange {
	if c == nil || before == nil || after == nil || *before <= 0 || *before == *after {
		return nil
	}
	share := float64(*after) / float64(*before)
	var out []data.KnobChange
	add := func(place data.KnobPlace, name, text string) {
		for _, word := range knobWords {
			for _, m := range word.FindAllStringSubmatch(text, -1) {
				if grown := scaled(m[1], share); grown != "" && grown != m[1] {
					out = append(out, data.KnobChange{
						Place: place, Name: data.Clean(name), Before: data.Clean(m[0]),
						After: data.Clean(strings.Replace(m[0], m[1], grown, 1)),
					})
				}
			}
		}
	}
	for _, e := range c.Env {
		if e.ValueFrom != nil || !slices.Contains(data.MemoryKnobs, e.Name) {
			continue
		}
		if m := goMemLimit.FindStringSubmatch(e.Value); e.Name == "GOMEMLIMIT" && m != nil {
			if grown := scaled(m[1], share); grown != "" && grown != m[1] {
				out = append(out, data.KnobChange{Place: data.KnobInEnv, Name: "GOMEMLIMIT", Before: data.Clean(e.Value), After: data.Clean(grown + m[2])})
			}
			continue
		}
		add(data.KnobInEnv, e.Name, e.Value)
	}
	for _, word := range c.Command {
		add(data.KnobInCommand, "", word)
	}
	for _, word := range c.Args {
		add(data.KnobInArgs, "", word)
	}
	return out
}

// scaled returns a whole number times share; empty when it is none.
func scaled(number string, share float64) string {
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n <= 0 {
		return ""
	}
	return strconv.FormatInt(max(1, int64(float64(n)*share)), 10)
}

// knobPatch adds the wanted settings to the patch of a container. Variables merge by name; command and args are lists
// that are replaced whole, so they are sent with nothing changed but the one word.
func knobPatch(patch map[string]any, c *corev1.Container, knobs []data.KnobChange) error {
	values := map[string]string{}
	args, command := slices.Clone(c.Args), slices.Clone(c.Command)
	for _, k := range knobs {
		ok := false
		switch k.Place {
		case data.KnobInEnv:
			if i := slices.IndexFunc(c.Env, func(e corev1.EnvVar) bool { return e.Name == k.Name.String() && e.ValueFrom == nil }); i >= 0 {
				text, changed := values[c.Env[i].Name]
				if !changed {
					text = c.Env[i].Value
				}
				values[c.Env[i].Name], ok = swap(text, k)
			}
		case data.KnobInArgs:
			ok = swapIn(args, k)
		case data.KnobInCommand:
			ok = swapIn(command, k)
		}
		if !ok {
			return worded{fmt.Sprintf("%s %s no longer stands in the %s of container %s", k.Name, k.Before, k.Place, c.Name), data.ErrConflict, data.ErrConflict}
		}
	}
	if len(values) > 0 {
		var env []any
		for _, name := range sortedKeys(values) {
			env = append(env, map[string]any{"name": name, "value": values[name]})
		}
		patch["env"] = env
	}
	if !slices.Equal(args, c.Args) {
		patch["args"] = args
	}
	if !slices.Equal(command, c.Command) {
		patch["command"] = command
	}
	return nil
}

// swap replaces the word of k in text, where it stands as a whole.
func swap(text string, k data.KnobChange) (string, bool) {
	before, after := k.Before.String(), k.After.String()
	for from := 0; before != ""; {
		i := strings.Index(text[from:], before)
		if i < 0 {
			break
		}
		i += from
		end := i + len(before)
		if (i == 0 || strings.ContainsRune(" \t\n\"'=", rune(text[i-1]))) && (end == len(text) || strings.ContainsRune(" \t\n\"';&|", rune(text[end]))) {
			return text[:i] + after + text[end:], true
		}
		from = end
	}
	return text, false
}

func swapIn(words []string, k data.KnobChange) bool {
	for i := range words {
		if text, ok := swap(words[i], k); ok {
			words[i] = text
			return true
		}
	}
	return false
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
