package main

import "testing"

func TestEachGeneratorHasItsPlaceInTheDocument(t *testing.T) {
	t.Parallel()
	section := sectionHead + "\nb\n"
	for _, one := range []struct {
		name, old, fresh, want string
		section                bool
	}{
		{"nothing was there", "", "# A\n\na\n", "# A\n\na\n", false},
		{"nothing was there before the section", "", section, section, true},
		{"the section stays", "# A\n\na\n\n" + section, "# A\n\nnew\n", "# A\n\nnew\n\n" + section, false},
		{"the section is put behind", "# A\n\na\n", section, "# A\n\na\n\n" + section, true},
		{"the section is replaced", "# A\n\na\n\n" + section, sectionHead + "\nnew\n", "# A\n\na\n\n" + sectionHead + "\nnew\n", true},
		{"words within a line are no head", "# A\n\nsee # Another generator\n", "# A\n\nnew\n", "# A\n\nnew\n", false},
	} {
		if got := string(joined([]byte(one.old), []byte(one.fresh), one.section)); got != one.want {
			t.Errorf("%s: %q, want %q", one.name, got, one.want)
		}
	}
}
