package analysis

import "github.com/oomedic/oomedic/data"

// limitRange is a default for containers of the namespace that say nothing.
func (m *maker) limitRange() Artifact {
	a := Artifact{Kind: ArtifactLimitRange, Title: "LimitRange", About: "A default for containers of the namespace that set no memory.", File: m.file(ArtifactLimitRange, ".yaml")}
	if m.limit == nil || m.request == nil {
		a.Missing = "No size is known that could be the default: neither a recommendation nor a limit and request of today."
		return a
	}
	a.Lines = yamlText([]data.Text{
		data.Textf("for containers of namespace %s that set no memory of their own; pods that run are not changed", m.c.Key.Namespace),
	}, m.object("v1", "LimitRange", "memory-defaults", map[string]any{"limits": []any{map[string]any{
		"type":           "Container",
		"defaultRequest": map[string]any{"memory": data.Quantity(*m.request)},
		"default":        map[string]any{"memory": data.Quantity(*m.limit)},
	}}}))
	a.Apply = applyCommand(a.File)
	a.Warnings = []data.Text{
		"The numbers are those of this one container: choose what suits most containers of the namespace.",
		"It changes no container that sets its own memory; this one " + hasOwn(m.c) + ".",
		"It sets no min and no max: those would refuse pods.",
		data.Textf("A default below what a container without a limit uses kills it at its next start: oomedic risk%s lists those, and kubectl top pods%s --containers what they use.", inNamespace(m.c.Key.Namespace), inNamespace(m.c.Key.Namespace)),
	}
	a.Warnings = append(a.Warnings, m.rangeWarnings()...)
	return a
}

// rangeWarnings say where a LimitRange of the namespace stands against the defaults.
func (m *maker) rangeWarnings() []data.Text {
	b := m.d.Bounds
	if b == nil {
		return nil
	}
	var out []data.Text
	if b.LeastLimit != nil || b.MostLimit != nil || b.MostRatio != nil {
		out = append(out, data.Textf("The namespace has a LimitRange already (%s): where two have defaults, it is not said which one counts. Change that one.", b.LimitFrom))
	}
	if most := above(b.MostLimit); most != nil && *m.limit > *most {
		out = append(out, data.Textf("It allows limits of %s at most: pods with this default would be refused.", human(float64(*most))))
	}
	if least := above(b.LeastLimit); least != nil && *m.limit < *least {
		out = append(out, data.Textf("It wants limits of %s at least: pods with this default would be refused.", human(float64(*least))))
	}
	return out
}

func hasOwn(c *data.Container) data.Text {
	if above(c.Resources.Limit) != nil {
		return "does"
	}
	return "does not"
}
