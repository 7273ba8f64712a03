package prom

import "strings"

// Guard says how careful the program is with the cluster of a context.
type Guard struct {
	// Protected makes every change ask for the workload's name to be typed.
	Protected bool
	// ReadOnly lets nothing be changed.
	ReadOnly bool
}

// LoadGuard reads how careful to be with a kubeconfig context from the YAML file at path: "protected" and "read_only" of
// its section, else those of "default"; a pattern of "protected_contexts" that fits the name protects it too, unless its
// own section says that it is not protected. In a pattern * stands for any characters and ? for one. Errors are those of
// LoadSettings: whoever cannot read the file must not go on as if nothing were protected.
func LoadGuard(path, context string, must bool) (Guard, error) {
	all, _, err := readFile(path, must)
	if err != nil {
		return Guard{}, err
	}
	own, g := all.Contexts[context], Guard{}
	for _, pattern := range all.ProtectedContexts {
		g.Protected = g.Protected || fits(pattern, context)
	}
	switch {
	case own.Protected != nil:
		g.Protected = *own.Protected
	case all.Default.Protected != nil:
		g.Protected = g.Protected || *all.Default.Protected
	}
	switch {
	case own.ReadOnly != nil:
		g.ReadOnly = *own.ReadOnly
	case all.Default.ReadOnly != nil:
		g.ReadOnly = *all.Default.ReadOnly
	}
	return g, nil
}

// fits reports whether a name is what a pattern describes. Package path's patterns don't do: their * ends at a slash, and
// names of contexts have slashes (arn:aws:eks:eu-west-1:1:cluster/prod).
func fits(pattern, name string) bool {
	for pattern != "" && pattern[0] != '*' {
		if name == "" || pattern[0] != '?' && pattern[0] != name[0] {
			return false
		}
		pattern, name = pattern[1:], name[1:]
	}
	if pattern == "" {
		return name == ""
	}
	rest := strings.TrimLeft(pattern, "*")
	for i := range len(name) + 1 {
		if fits(rest, name[i:]) {
			return true
		}
	}
	return false
}
