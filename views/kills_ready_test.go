package views

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/oomedic/oomedic/data"
)

// TestPreparedIsTheSame draws boards that were prepared and the same ones that were not, in each order, by workload and
// flat, with and without a filter.
func TestPreparedIsTheSame(t *testing.T) {
	t.Parallel()
	f := frameOf(t, "mono", 160, 37)
	for _, filter := range []string{"", "a", "ns:shop", "zzz"} {
		plain, ready := fixtureState(t), fixtureState(t)
		for _, st := range []*State{plain, ready} { // two more pods, so that there is a group
			for _, pod := range []data.Text{"leaky-7d9f8b6c54-aaaaa", "leaky-7d9f8b6c54-bbbbb"} {
				c := *st.Board.Cases[0]
				c.Container.Key.Pod, c.Container.Key.UID = pod, "uid-"+pod
				st.Board.Cases = append(st.Board.Cases, &c)
			}
		}
		ready.Board.Prepare()
		a, b := NewKills(), NewKills()
		a.Set(plain)
		b.Set(ready)
		for _, s := range []*Kills{a, b} {
			s.filter.set(filter)
			s.choose()
		}
		for _, k := range []string{"", "s", "s", "s", "s", "w", "s", "s", "w", "enter", "j", "tab", "tab"} {
			if k != "" {
				press(a, k)
				press(b, k)
			}
			if got, want := ansi.Strip(b.View(f)), ansi.Strip(a.View(f)); got != want {
				t.Fatalf("/%s after %q:\n%s\nwant\n%s", filter, k, got, want)
			}
		}
		if want := orderOf(a.lists[0].facts, byNewest); !slices.Equal(ready.Board.ready[0].orders[byNewest], want) {
			t.Error("an order was changed after it was made")
		}
	}
}

// boardOf is a board of n cases in n/2 workloads.
func boardOf(n int) *Board {
	b := &Board{Health: data.Health{State: data.Live}, Since: 24 * time.Hour}
	for i := range n {
		r := fixtureRows[i%len(fixtureRows)]
		r.key.Pod = data.Text(fmt.Sprintf("service-%05d-x2x4q", i))
		r.key.UID = r.key.Pod
		r.workload = data.Text(fmt.Sprintf("service-%05d", i/2))
		r.ago += time.Duration(i) * time.Second
		b.Cases = append(b.Cases, casesOf(r.build())...)
	}
	return b
}

// BenchmarkKillsSet is what an update of the list costs before anything is drawn.
func BenchmarkKillsSet(b *testing.B) {
	boards := []*Board{boardOf(10_000), boardOf(10_000)}
	for _, board := range boards {
		board.Prepare()
	}
	s := NewKills()
	s.Set(&State{Board: boards[0]})
	press(s, "j")
	i := 0
	for b.Loop() {
		i++
		s.Set(&State{Board: boards[i%2]})
	}
}

// BenchmarkPrepare is what is done once a board, behind the screen.
func BenchmarkPrepare(b *testing.B) {
	board := boardOf(10_000)
	for b.Loop() {
		board.Prepare()
	}
}
