package views

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// randomCase is a case of one of 40 containers, with random words, counts and times.
func randomCase(r *rand.Rand) *analysis.Case {
	row := fixtureRows[r.IntN(len(fixtureRows))]
	i := r.IntN(40)
	row.key = data.Key{Namespace: data.Textf("team-%d", i%3), Pod: data.Textf("pod-%d", i), UID: data.Textf("u%d", i), Container: "app"}
	row.workload = data.Textf("w-%0*d", 1+r.IntN(12), i/3)
	row.ago, row.kills = time.Duration(r.IntN(50))*time.Minute, 1+r.IntN(5)
	c := row.build()
	if r.IntN(5) == 0 {
		c.Confirmation.OOMKilled = false
	}
	return &c
}

// listsOf are the two lists of a board, as the analysis makes them.
func listsOf(held map[data.Key]*analysis.Case) (killed, ruled []*analysis.Case) {
	for _, c := range held {
		if c.Confirmation.OOMKilled {
			killed = append(killed, c)
		} else {
			ruled = append(ruled, c)
		}
	}
	for _, list := range [][]*analysis.Case{killed, ruled} {
		slices.SortFunc(list, func(a, b *analysis.Case) int {
			if listedBefore(a, b) {
				return -1
			}
			return 1
		})
	}
	return killed, ruled
}

// Whatever changes from one board to the next: what is prepared step by step says the same as what is prepared at once, and
// what was prepared before stays as it was.
func TestPreparedStepByStepIsTheSame(t *testing.T) {
	t.Parallel()
	for seed := range uint64(120) {
		r := rand.New(rand.NewPCG(seed, 6))
		held := map[data.Key]*analysis.Case{}
		var p Preparer
		since := 24 * time.Hour
		var former, copied *Board
		var keys map[data.Key]bool
		for step := range 60 {
			for range r.IntN(4) {
				c := randomCase(r)
				held[c.Container.Key] = c
			}
			for k := range held {
				if r.IntN(30) == 0 {
					delete(held, k)
				}
			}
			if r.IntN(25) == 0 {
				clear(held)
			}
			if r.IntN(25) == 0 {
				since += 24 * time.Hour
			}
			b := &Board{Since: since}
			b.Cases, b.Ruled = listsOf(held)
			if r.IntN(6) == 0 { // in no order
				r.Shuffle(len(b.Cases), func(i, j int) { b.Cases[i], b.Cases[j] = b.Cases[j], b.Cases[i] })
			}
			if former != nil && r.IntN(6) == 0 {
				b.Cases, b.Ruled, b.Since = former.Cases, former.Ruled, former.Since // nothing changed
				since = b.Since
			}
			plain := *b
			p.Prepare(b)
			plain.Prepare()
			samePrepared(t, seed, step, b, &plain)
			now, more := map[data.Key]bool{}, false
			for _, c := range append(slices.Clone(b.Cases), b.Ruled...) {
				now[c.Container.Key] = true
				more = more || !keys[c.Container.Key]
			}
			if former != nil && since == former.Since && (b.Born != former.Born) != more {
				t.Fatalf("seed %d, step %d: born %d after %d, with a new case: %v", seed, step, b.Born, former.Born, more)
			}
			if former != nil && !reflect.DeepEqual(former.ready, copied.ready) {
				t.Fatalf("seed %d, step %d: a former board was changed", seed, step)
			}
			former, copied, keys = b, deepPrepared(b), now
		}
	}
}

// deepPrepared copies what was prepared.
func deepPrepared(b *Board) *Board {
	out := &Board{}
	for i, r := range b.ready {
		c := *r
		c.cases, c.facts, c.groupOf = slices.Clone(c.cases), slices.Clone(c.facts), slices.Clone(c.groupOf)
		for n, f := range c.facts {
			one := *f
			c.facts[n] = &one
		}
		for by := range c.orders {
			c.orders[by] = slices.Clone(c.orders[by])
		}
		out.ready[i] = &c
	}
	return out
}

func samePrepared(t *testing.T, seed uint64, step int, got, want *Board) {
	t.Helper()
	for tab := range got.ready {
		a, b := got.ready[tab], want.ready[tab]
		if !reflect.DeepEqual(a.facts, b.facts) {
			t.Fatalf("seed %d, step %d, tab %d: other facts", seed, step, tab)
		}
		if a.widths != b.widths {
			t.Fatalf("seed %d, step %d, tab %d: widths\n%+v\nwant\n%+v", seed, step, tab, a.widths, b.widths)
		}
		for by := range a.orders {
			if !slices.Equal(a.orders[by], b.orders[by]) {
				t.Fatalf("seed %d, step %d, tab %d, %s:\n%v\nwant\n%v", seed, step, tab, sortOrder(by), a.orders[by], b.orders[by])
			}
		}
		of := map[int32]int32{} // the numbers may differ, what is together may not
		for i, n := range a.groupOf {
			if m, known := of[n]; (known && m != b.groupOf[i]) || int(n) >= a.groups {
				t.Fatalf("seed %d, step %d, tab %d: case %d is in another group", seed, step, tab, i)
			}
			of[n] = b.groupOf[i]
		}
		apart := map[int32]bool{}
		for _, n := range of {
			if apart[n] {
				t.Fatalf("seed %d, step %d, tab %d: one group has two numbers", seed, step, tab)
			}
			apart[n] = true
		}
	}
}

// BenchmarkPrepareNext prepares a board of 10,000 cases of which 20 have changed.
func BenchmarkPrepareNext(b *testing.B) {
	board := boardOf(10_000)
	slices.SortFunc(board.Cases, func(a, b *analysis.Case) int {
		if listedBefore(a, b) {
			return -1
		}
		return 1
	})
	var p Preparer
	p.Prepare(board)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		next := &Board{Since: board.Since, Cases: slices.Clone(board.Cases)}
		for range 20 {
			n++
			c := *next.Cases[n*7919%len(next.Cases)]
			c.Confirmation.Restarts++
			next.Cases[n*7919%len(next.Cases)] = &c
		}
		p.Prepare(next)
		board = next
	}
}
