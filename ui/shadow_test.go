package ui

import (
	"slices"
	"testing"
	"time"
)

// meant are the keys of screens that stand in for one of the app on purpose: fix is the way on; esc, backspace and q leave
// a part of the screen before they leave the screen; T goes on through the themes; p is the profile of a case, from which
// Prometheus is reached by the palette.
var meant = []string{"f", "esc", "backspace", "q", "T", "p", "?"}

// TestThePaletteKnowsWhatIsHidden runs an action of the app whose key the screen has for something else.
func TestThePaletteKnowsWhatIsHidden(t *testing.T) {
	t.Parallel()
	d := drive(t, nil, oomKilled("database-0", 3*time.Minute))
	d.press("enter", ":")
	d.typeIn("prometheus")
	d.press("enter")
	d.sees("There is no other source of metrics")
}

// TestNoKeyHidesOneOfTheApp holds screens to keys that the app does not have.
func TestNoKeyHidesOneOfTheApp(t *testing.T) {
	t.Parallel()
	all := Actions()
	for _, a := range all {
		if a.Group == everywhere {
			continue
		}
		for _, k := range a.Binding.Keys() {
			for _, b := range all {
				if b.Group == everywhere && slices.Contains(b.Binding.Keys(), k) && !slices.Contains(meant, k) {
					t.Errorf("%s of %s hides %s", k, a.ID, b.ID)
				}
			}
		}
	}
}
