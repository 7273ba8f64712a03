package views

import (
	"testing"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// While the first list comes in the cursor stays on top; once the list is whole, or a key was pressed, it stays on its
// row whatever comes before it.
func TestCursorWhileTheFirstListComesIn(t *testing.T) {
	t.Parallel()
	row := func(pod data.Text, ago time.Duration) analysis.Case {
		c := analysis.Case{Container: data.Container{Key: data.Key{Namespace: "shop", Pod: pod, UID: pod, Container: "api"}}}
		c.Container.Workload = data.Workload{Kind: "Deployment", Namespace: "shop", Name: pod}
		c.Confirmation = analysis.Confirmation{OOMKilled: true, LastKillAt: fixedNow.Add(-ago)}
		return c
	}
	board := func(state data.Connection, cs ...analysis.Case) *State {
		return &State{Board: &Board{Health: data.Health{State: state}, Since: 24 * time.Hour, Cases: casesOf(cs...)}}
	}
	old, newer, newest := row("old", time.Hour), row("newer", time.Minute), row("newest", time.Second)
	for _, tc := range []struct {
		name  string
		keys  []string
		state data.Connection
		want  data.Text
	}{
		{"nobody pressed a key and the list is not whole", nil, data.Connecting, "newer"},
		{"a key was pressed", []string{"g"}, data.Connecting, "old"},
		{"the list was whole already", nil, data.Live, "old"},
	} {
		s := NewKills()
		s.Set(board(tc.state, old))
		for _, k := range tc.keys {
			s.Press(keyPress(k))
		}
		s.Set(board(data.Live, newer, old))
		if k, _ := s.Selected(); k.Pod != tc.want {
			t.Errorf("%s: the cursor is on %s, want %s", tc.name, k.Pod, tc.want)
		}
		was, _ := s.Selected()
		s.Set(board(data.Live, newest, newer, old))
		if k, _ := s.Selected(); k != was {
			t.Errorf("%s: the cursor left %s for %s", tc.name, was.Pod, k.Pod)
		}
	}
}
