package ui

import (
	"reflect"
	"strings"

	"charm.land/bubbles/v2/key"

	"github.com/oomedic/oomedic/views"
)

// Action is one binding of the program under a name that a configuration file can say.
type Action struct {
	// ID is the screen and what is done there, such as "list.sort" or "everywhere.quit".
	ID      string
	Group   string // the screen, as help calls it
	Binding key.Binding
	// Keys are those that help names, and that other keys can stand in for. An action with several has a direction each,
	// such as "j k".
	Keys []string
}

// everywhere is the group of the keys of the app.
const everywhere = "Everywhere"

// Actions returns every action of the program. It is made from the bindings, so that none can be left out.
func Actions() []Action {
	var out []Action
	for _, g := range Keymap() {
		for _, b := range g.Keys {
			out = append(out, Action{ID: slug(g.Title) + "." + slug(b.Help().Desc), Group: g.Title, Binding: b, Keys: namedKeys(b)})
		}
	}
	return out
}

// slug writes words as a configuration file has them: "half a page down, up" is half-a-page-down-up.
func slug(s string) string {
	fields := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return strings.Join(fields, "-")
}

// namedKeys are the keys of a binding that its help names: one, or those of each direction, such as "j k", "ctrl+d/u"
// and "1-5". The others are second ways to the same.
func namedKeys(b key.Binding) []string {
	named, all := b.Help().Key, b.Keys()
	n := 1
	switch {
	case len(named) > 1 && strings.ContainsAny(named, " /"):
		n = len(strings.FieldsFunc(named, func(r rune) bool { return r == ' ' || r == '/' }))
	case len(named) == 3 && named[1] == '-':
		n = int(named[2]) - int(named[0]) + 1
	}
	return all[:max(0, min(n, len(all)))]
}

// groupOf is the group of a screen, whose name the groups of its parts begin with as well.
func groupOf(s views.Screen) string {
	switch s.(type) {
	case *views.Kills:
		return "List"
	case *views.CaseScreen:
		return "Case"
	case *views.DiagnosisScreen:
		return "Diagnosis"
	case *views.FixScreen:
		return "Fix"
	case *views.Picker:
		return "Namespace and cluster"
	}
	return s.Title().String()
}

// actionOf finds the action of a binding that a screen has now.
func actionOf(all []Action, s views.Screen, b key.Binding) (*Action, bool) {
	group := groupOf(s)
	var other *Action
	for i := range all {
		a := &all[i]
		if a.Binding.Help().Desc != b.Help().Desc || !reflect.DeepEqual(a.Binding.Keys(), b.Keys()) {
			continue
		}
		if strings.HasPrefix(a.Group, group) || a.Group == everywhere {
			return a, true
		}
		other = a
	}
	return other, other != nil
}
