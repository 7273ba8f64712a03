package kube

import (
	"fmt"
	"strings"

	"github.com/pmezard/go-difflib/difflib"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"

	"github.com/oomedic/oomedic/data"
)

// contextLines is how many unchanged lines stand around a change, as in diff -u and kubectl diff.
const contextLines = 3

// lastApplied is an annotation that repeats the whole object, secrets of its environment included.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// diff compares two states of one object as YAML, without what the server keeps for itself and without values of
// environment variables.
func diff(before, after runtime.Object) ([]data.DiffLine, error) {
	hide := hider{}
	a, err := manifest(before, hide)
	if err != nil {
		return nil, err
	}
	b, err := manifest(after, hide)
	if err != nil {
		return nil, err
	}
	return unified(lines(withPaths(a)), lines(withPaths(b))), nil
}

// lines are the lines of a text without their ends.
func lines(text string) []string { return strings.Split(strings.TrimSuffix(text, "\n"), "\n") }

// unified compares lines that have paths before them, as diff -u does. The heads of hunks count lines from 1.
func unified(a, b []string) []data.DiffLine {
	var out []data.DiffLine
	add := func(kind data.DiffKind, lines []string) {
		for _, l := range lines {
			_, text, _ := strings.Cut(l, pathEnd)
			out = append(out, data.DiffLine{Kind: kind, Text: data.Clean(text)})
		}
	}
	// no line is junk, however often it stands there: a manifest is short and its repetitions matter
	for _, group := range difflib.NewMatcherWithJunk(a, b, false, nil).GetGroupedOpCodes(contextLines) {
		first, last := group[0], group[len(group)-1]
		out = append(out, data.DiffLine{Kind: data.DiffHunk, Text: data.Textf("@@ -%s +%s @@", ranged(first.I1, last.I2), ranged(first.J1, last.J2))})
		for _, op := range group {
			if op.Tag == 'e' {
				add(data.DiffSame, a[op.I1:op.I2])
				continue
			}
			add(data.DiffRemove, a[op.I1:op.I2])
			add(data.DiffAdd, b[op.J1:op.J2])
		}
	}
	return out
}

// ranged writes the lines from up to, not including, end as a head of a hunk does: "5,7", "5" for one line, and the line
// before with a zero for none.
func ranged(from, end int) string {
	switch n := end - from; n {
	case 0:
		return fmt.Sprintf("%d,0", from)
	case 1:
		return fmt.Sprint(from + 1)
	default:
		return fmt.Sprintf("%d,%d", from+1, n)
	}
}

// pathEnd parts a line of YAML from the path before it.
const pathEnd = "\x00"

// withPaths puts the keys above each line of YAML before it, so that the same words in two places are not taken for one
// line that moved: a limit that becomes the request's value would otherwise look unchanged.
func withPaths(text string) string {
	type level struct {
		indent int
		key    string
	}
	var stack []level
	var out strings.Builder
	for _, line := range strings.SplitAfter(text, "\n") {
		rest := strings.TrimLeft(line, " -")
		indent := len(line) - len(rest)
		for len(stack) > 0 && stack[len(stack)-1].indent >= indent {
			stack = stack[:len(stack)-1]
		}
		if rest != "" {
			for _, l := range stack {
				out.WriteString(l.key + "/")
			}
			out.WriteString(pathEnd)
		}
		out.WriteString(line)
		if key, _, ok := strings.Cut(rest, ":"); ok {
			stack = append(stack, level{indent, key})
		}
	}
	return out.String()
}

// manifest returns an object as YAML for people.
func manifest(obj runtime.Object, hide hider) (string, error) {
	// a copy, because the converter gives out the content of an object that is unstructured already, and it is changed below
	m, err := runtime.DefaultUnstructuredConverter.ToUnstructured(obj.DeepCopyObject())
	if err != nil {
		return "", fmt.Errorf("read the object: %w", err)
	}
	if kinds, _, err := scheme.Scheme.ObjectKinds(obj); err == nil && len(kinds) > 0 {
		m["apiVersion"], m["kind"] = kinds[0].GroupVersion().String(), kinds[0].Kind
	}
	delete(m, "status")
	if meta, ok := m["metadata"].(map[string]any); ok {
		for _, noise := range []string{"managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink"} {
			delete(meta, noise)
		}
		if notes, ok := meta["annotations"].(map[string]any); ok {
			delete(notes, lastApplied)
		}
	}
	hide.walk(m)
	out, err := yaml.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("write the object as YAML: %w", err)
	}
	return string(out), nil
}

// hider replaces values of environment variables, which may be secrets, by numbers: equal values get equal numbers, so
// that a change of one still shows.
type hider map[string]int

// walk hides in place and drops creation times that are null.
func (h hider) walk(v any) {
	switch v := v.(type) {
	case map[string]any:
		if created, ok := v["creationTimestamp"]; ok && created == nil {
			delete(v, "creationTimestamp")
		}
		if env, ok := v["env"].([]any); ok {
			h.env(env)
		}
		for _, child := range v {
			h.walk(child)
		}
	case []any:
		for _, child := range v {
			h.walk(child)
		}
	}
}

func (h hider) env(list []any) {
	for _, e := range list {
		one, ok := e.(map[string]any)
		if !ok {
			continue
		}
		value, ok := one["value"].(string)
		if !ok || value == "" {
			continue
		}
		if _, known := h[value]; !known {
			h[value] = len(h) + 1
		}
		one["value"] = fmt.Sprintf("<hidden value %d>", h[value])
	}
}
