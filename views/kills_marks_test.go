package views

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/oomedic/oomedic/data"
)

func TestMarkedRowsAreFixedInTheirOrder(t *testing.T) {
	t.Parallel()
	s := killsWith(t, nil)
	var order []data.Key
	for _, r := range s.lists[tabKilled].rows {
		order = append(order, s.lists[tabKilled].cases[r.at].Container.Key)
	}
	if got, ok := press(s, "F").(Say); !ok {
		t.Errorf("F without a mark: %#v", got)
	}
	press(s, "j", "j", "space", "g", "space") // the third and the first
	if l := &s.lists[tabKilled]; l.cursor != 1 {
		t.Errorf("the cursor is on row %d after a mark, want the next one", l.cursor)
	}
	for _, size := range [][2]int{{80, 21}, {120, 37}, {200, 47}} {
		out := shown(t, s, size[0], size[1])
		if !strings.Contains(out, "2 marked") || strings.Count(out, "◆") != 2 {
			t.Errorf("the marks do not show:\n%s", out)
		}
	}
	if got := press(s, "F"); !reflect.DeepEqual(got, FixMarked{[]data.Key{order[0], order[2]}}) {
		t.Errorf("F: %#v", got)
	}
	press(s, "g", "space") // taken away
	if got := press(s, "F"); !reflect.DeepEqual(got, FixMarked{[]data.Key{order[2]}}) {
		t.Errorf("F after a mark was taken away: %#v", got)
	}
	press(s, "s", "s") // another order moves no mark
	if got := press(s, "F"); !reflect.DeepEqual(got, FixMarked{[]data.Key{order[2]}}) {
		t.Errorf("F in another order: %#v", got)
	}
}

func TestTheHeadOfAGroupStandsForItsNewestCase(t *testing.T) {
	t.Parallel()
	s := killsWith(t, withGroups, "space")
	if got := press(s, "F"); !reflect.DeepEqual(got, FixMarked{[]data.Key{leakyKey}}) {
		t.Errorf("F: %#v", got)
	}
	press(s, "g", "enter") // unfolded, the case itself has the mark
	if n := strings.Count(shown(t, s, 120, 37), "◆"); n != 2 {
		t.Errorf("%d marks on an open group, want the head's and the case's", n)
	}
	press(s, "left", "space")
	if got, ok := press(s, "F").(Say); !ok {
		t.Errorf("the mark was taken away by the head, and F gives %#v", got)
	}
}

func TestMarksOfWhatIsGoneOrFixedAreDropped(t *testing.T) {
	t.Parallel()
	s := killsWith(t, nil, "space", "space", "space")
	if len(s.marks) != 3 {
		t.Fatalf("%d marks", len(s.marks))
	}
	first, second := s.board.Cases[0].Container.Key, s.board.Cases[1].Container.Key
	set(s, *s.board, func(b *Board) { b.Cases = slices.Clone(b.Cases)[1:] })
	if s.marks[first] || len(s.marks) != 2 {
		t.Errorf("marks %v", s.marks)
	}
	st := &State{Board: s.board, Fix: &Fix{Batch: &Batch{Keys: []data.Key{second, first}, Outcomes: []BatchOutcome{BatchApplied, BatchSkipped}}}}
	s.Set(st)
	if s.marks[second] || len(s.marks) != 1 {
		t.Errorf("marks %v", s.marks)
	}
	press(s, "tab")
	if got, ok := press(s, "space").(Say); !ok || !strings.Contains(got.Text.String(), "Only what was OOMKilled") {
		t.Errorf("a mark on what was ruled out: %#v", got)
	}
}

func TestASeriesSaysWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	b := &Batch{Keys: make([]data.Key, 5), Outcomes: []BatchOutcome{BatchApplied, BatchSkipped, BatchApplied, BatchRefused, ""}, At: 4}
	if got := b.Says(); got != "2 applied, 1 refused, 1 skipped, 1 left" {
		t.Errorf("%q", got)
	}
	if b.More() {
		t.Error("nothing comes after the last one")
	}
}

func TestTheDialogOfASeriesSaysWhichItIs(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		state string
		at    int
		want  []string
		not   string
	}{
		{"planned", 1, []string{"Fix 2 of 3", "n no, skip it", "E leave the rest"}, "esc next"},
		{"planned", 2, []string{"Fix 3 of 3", "n no, skip it"}, "E leave"},
		{"refused", 0, []string{"Fix 1 of 3", "esc next", "E leave the rest"}, "esc end"},
		{"verifying-early", 2, []string{"Fix 3 of 3", "esc end"}, "esc next"},
		{"applying", 0, []string{"Fix 1 of 3"}, "E leave"},
	} {
		s := fixNamed(t, tc.state).screen(t)
		s.state.Fix.Batch = &Batch{Keys: make([]data.Key, 3), Outcomes: make([]BatchOutcome, 3), At: tc.at}
		for _, size := range [][2]int{{80, 21}, {120, 37}} {
			out := drawnAs(t, s, size[0], size[1])
			for _, want := range tc.want {
				if !strings.Contains(out, want) {
					t.Errorf("%s %d does not say %q:\n%s", tc.state, tc.at, want, out)
				}
			}
			if strings.Contains(out, tc.not) {
				t.Errorf("%s %d says %q", tc.state, tc.at, tc.not)
			}
		}
	}
	s := fixNamed(t, "planned").screen(t)
	if got := press(s, "E"); got != nil {
		t.Errorf("E without a series: %#v", got)
	}
}
