package ui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/views"
)

// KeyError says what is wrong with the keys of one action.
type KeyError struct {
	ID  string // the action as it was written
	Why string
}

func (e *KeyError) Error() string { return e.ID + ": " + e.Why }

// keyset puts other keys in the place of those that the program has. A screen never sees them: a key is translated
// before it is given to the screen, and what help says is translated on its way out.
type keyset struct {
	all    []Action
	chosen map[string][]string // keys by the ID of an action
}

// CheckKeys reports what is wrong with keys that a person chose for actions, by the ID of an Action, as a *KeyError.
func CheckKeys(chosen map[string][]string) error {
	_, err := newKeyset(chosen)
	return err
}

// newKeyset checks the keys that a person chose for actions. The error is a *KeyError.
func newKeyset(chosen map[string][]string) (*keyset, error) {
	s := &keyset{all: Actions(), chosen: chosen}
	ids := make([]string, 0, len(chosen))
	for id := range chosen {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		a := s.action(id)
		if a == nil {
			return nil, &KeyError{id, "there is no such action" + s.nearest(id)}
		}
		keys := chosen[id]
		if len(a.Keys) > 1 && len(keys) != len(a.Keys) {
			return nil, &KeyError{id, fmt.Sprintf("it wants %d keys, as %q has", len(a.Keys), a.Binding.Help().Key)}
		}
		for _, k := range keys {
			if m, ok := pressOf(k); !ok || m.String() != k {
				return nil, &KeyError{id, fmt.Sprintf("%q is not a key: write a letter, or a name such as ctrl+r, f5, enter, space or pgdown", k)}
			}
			if k == "ctrl+c" && id != everywhereID(keyAbort) {
				return nil, &KeyError{id, "ctrl+c is kept for leaving at once"}
			}
			if b := s.taken(a, k); b != nil {
				return nil, &KeyError{id, fmt.Sprintf("%s is the key of %s: give that another one too, or choose another here", k, b.ID)}
			}
		}
		if len(keys) == 0 {
			return nil, &KeyError{id, "it has no key"}
		}
	}
	return s, nil
}

func everywhereID(b key.Binding) string { return slug(everywhere) + "." + slug(b.Help().Desc) }

func (s *keyset) action(id string) *Action {
	for i := range s.all {
		if s.all[i].ID == id {
			return &s.all[i]
		}
	}
	return nil
}

// nearest names the action that was meant, or where all of them are listed.
func (s *keyset) nearest(id string) string {
	_, last, _ := strings.Cut(id, ".")
	for i := range s.all {
		if _, own, _ := strings.Cut(s.all[i].ID, "."); own == last || strings.Contains(s.all[i].ID, id) {
			return "; did you mean " + s.all[i].ID + "?"
		}
	}
	return "; docs/keys.md lists them"
}

// keysOf are the keys that an action has now.
func (s *keyset) keysOf(a *Action) []string {
	mine, ok := s.chosen[a.ID]
	if !ok {
		return a.Binding.Keys()
	}
	out := slices.Clone(mine)
	for _, k := range a.Binding.Keys() {
		if !slices.Contains(a.Keys, k) && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

// taken returns the action that a key belongs to already where a works; nil when it is free. Actions that share the key
// that help names take turns, so that they may share another one too.
func (s *keyset) taken(a *Action, k string) *Action {
	for i := range s.all {
		b := &s.all[i]
		if b.ID == a.ID || (b.Group != a.Group && b.Group != everywhere && a.Group != everywhere) || !slices.Contains(s.keysOf(b), k) {
			continue
		}
		if b.Group == a.Group && b.Keys[0] == a.Keys[0] {
			continue
		}
		if _, mine := s.chosen[b.ID]; !mine && !slices.Contains(b.Keys, k) {
			continue // a second way to b gives way
		}
		return b
	}
	return nil
}

// translate returns the key that the program has for what was pressed; false when the key was given up for another one.
// Letters that are typed stay letters.
func (s *keyset) translate(m tea.KeyPressMsg, on views.Screen, bindings []key.Binding) (tea.KeyPressMsg, bool) {
	if s == nil || len(s.chosen) == 0 || (on.Typing() && m.Text != "") {
		return m, true
	}
	name, given := m.String(), false
	for _, b := range bindings {
		a, ok := actionOf(s.all, on, b)
		if !ok {
			continue
		}
		keys, mine := s.chosen[a.ID]
		if !mine {
			continue
		}
		if i := slices.Index(keys, name); i >= 0 {
			if out, ok := pressOf(a.Keys[min(i, len(a.Keys)-1)]); ok {
				return out, true
			}
		}
		given = given || slices.Contains(a.Keys, name)
	}
	if !given {
		return m, true
	}
	for _, b := range bindings { // another action may have the key as well
		if a, ok := actionOf(s.all, on, b); ok && s.chosen[a.ID] == nil && slices.Contains(b.Keys(), name) {
			return m, true
		}
	}
	return m, false
}

// shown returns bindings with the keys that work, for help and the line of keys.
func (s *keyset) shown(on views.Screen, bindings []key.Binding) []key.Binding {
	if s == nil || len(s.chosen) == 0 {
		return bindings
	}
	out := slices.Clone(bindings)
	for i := range out {
		if a, ok := actionOf(s.all, on, out[i]); ok {
			if keys := s.chosen[a.ID]; keys != nil {
				b := out[i]
				b.SetHelp(strings.Join(keys, " "), b.Help().Desc)
				out[i] = b
			}
		}
	}
	return out
}

// name is the name of the key that a binding has now on a screen.
func (s *keyset) name(on views.Screen, b key.Binding) string {
	return s.shown(on, []key.Binding{b})[0].Help().Key
}

// namer returns name for the prose of a screen; nil while no key was chosen, as then each has its own name.
func (s *keyset) namer(on views.Screen) func(key.Binding) string {
	if s == nil || len(s.chosen) == 0 {
		return nil
	}
	return func(b key.Binding) string { return s.name(on, b) }
}
