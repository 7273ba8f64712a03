package prom

import (
	"slices"
	"testing"

	"github.com/oomedic/oomedic/data"
)

// inst is a series of one pod with samples at the given times in steps of ten, each of the value beside it.
func inst(id string, pairs ...float64) series {
	s := series{namespace: "shop", pod: "p", container: "api", id: id}
	for i := 0; i < len(pairs); i += 2 {
		s.T, s.V = append(s.T, int64(pairs[i])), append(s.V, pairs[i+1])
	}
	return s
}

func TestLivesDoNotOverlap(t *testing.T) {
	t.Parallel()
	none := func(string) cuts { return cuts{} }
	for name, c := range map[string]struct {
		in   []series
		step int64
		cuts func(string) cuts
		want []series
	}{
		"one after the other":      {in: []series{inst("a", 10, 1, 20, 2), inst("b", 30, 3)}, want: []series{inst("a", 10, 1, 20, 2), inst("b", 30, 3)}},
		"given in the wrong order": {in: []series{inst("b", 30, 3), inst("a", 10, 1)}, want: []series{inst("a", 10, 1), inst("b", 30, 3)}},
		"a ghost ends where the next begins": {
			in:   []series{inst("a", 10, 1, 20, 2, 30, 2, 40, 2), inst("b", 25, 9, 35, 9)},
			want: []series{inst("a", 10, 1, 20, 2), inst("b", 25, 9, 35, 9)}},
		"a ghost over two lives": {
			in:   []series{inst("a", 10, 1, 20, 1, 30, 1, 40, 1), inst("b", 20, 2), inst("c", 30, 3, 40, 3)},
			want: []series{inst("a", 10, 1), inst("b", 20, 2), inst("c", 30, 3, 40, 3)}},
		"a step with both keeps the peak of the older": {
			in: []series{inst("a", 10, 1, 20, 2, 30, 9), inst("b", 30, 3, 40, 4)}, step: 10,
			want: []series{inst("a", 10, 1, 20, 9), inst("b", 30, 3, 40, 4)}},
		"and beyond it there is none of the older": {
			in: []series{inst("a", 10, 1, 20, 2, 30, 3, 40, 99), inst("b", 30, 3, 40, 4)}, step: 10,
			want: []series{inst("a", 10, 1, 20, 3), inst("b", 30, 3, 40, 4)}},
		"a life of one step that the next shares": {
			in: []series{inst("a", 30, 9), inst("b", 30, 3, 40, 4)}, step: 10,
			want: []series{inst("a", 20, 9), inst("b", 30, 3, 40, 4)}},
		"three lives in one step": {
			in: []series{inst("a", 30, 9), inst("b", 30, 7), inst("c", 30, 3, 40, 4)}, step: 10,
			want: []series{inst("a", 20, 9), inst("c", 30, 7, 40, 4)}},
		"after a silence the peak gets a step of its own": {
			in: []series{inst("a", 10, 1, 50, 9), inst("b", 50, 3)}, step: 10,
			want: []series{inst("a", 10, 1, 40, 9), inst("b", 50, 3)}},
		"without ids, where memory collapses": {
			in:   []series{inst("", 10, 8, 20, 9, 30, 4, 40, 5, 50, 3)},
			want: []series{inst("", 10, 8, 20, 9), inst("", 30, 4, 40, 5, 50, 3)}},
		"without ids, at a known end": {
			in:   []series{inst("", 10, 8, 20, 9, 30, 8, 40, 9)},
			cuts: func(string) cuts { return cuts{at: []int64{25}} },
			want: []series{inst("", 10, 8, 20, 9), inst("", 30, 8, 40, 9)}},
		"without ids, with a known start no collapse counts": {
			in:   []series{inst("", 10, 8, 20, 9, 30, 4, 40, 5)},
			cuts: func(string) cuts { return cuts{at: []int64{8, 40}, starts: true} },
			want: []series{inst("", 10, 8, 20, 9, 30, 4), inst("", 40, 5)}},
		"without ids, the step of the end shows the older": {
			in: []series{inst("", 10, 8, 20, 9, 30, 8, 40, 9)}, step: 10,
			cuts: func(string) cuts { return cuts{at: []int64{15}, starts: true} },
			want: []series{inst("", 10, 8, 20, 9), inst("", 30, 8, 40, 9)}},
		"without ids but with them later": {
			in:   []series{inst("", 10, 8, 20, 9, 30, 8, 40, 9), inst("a", 30, 7, 40, 7)},
			want: []series{inst("", 10, 8, 20, 9), inst("a", 30, 7, 40, 7)}},
		"without ids beside the same with them": {
			in:   []series{inst("", 30, 8, 40, 9), inst("a", 30, 7, 40, 7)},
			want: []series{inst("a", 30, 7, 40, 7)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.cuts == nil {
				c.cuts = none
			}
			got := livesOf(c.in, c.step, c.cuts)
			if len(got) != len(c.want) {
				t.Fatalf("%d lives %v, want %d", len(got), got, len(c.want))
			}
			for i, l := range got {
				if w := c.want[i]; l.ID.String() != w.id || !slices.Equal(l.T, w.T) || !slices.Equal(l.V, w.V) {
					t.Errorf("life %d: %s %v %v, want %s %v %v", i, l.ID, l.T, l.V, w.id, w.T, w.V)
				}
			}
		})
	}
}

func TestMergedKeepsTheHighest(t *testing.T) {
	t.Parallel()
	other := inst("a", 5, 5)
	other.pod = "q"
	got := merged([]series{inst("a", 20, 2, 30, 3), other, inst("a", 10, 1, 20, 9), inst("b", 10, 4)})
	if len(got) != 3 || !slices.Equal(got[0].T, []int64{10, 20, 30}) || !slices.Equal(got[0].V, []float64{1, 9, 3}) {
		t.Errorf("merged %v", got)
	}
}

func TestNewestFirstBoundsPods(t *testing.T) {
	t.Parallel()
	life := func(pod string, at ...int64) data.Life {
		return data.Life{Pod: data.Text(pod), Samples: data.Samples{T: at, V: make([]float64, len(at))}}
	}
	got := newestFirst([]data.Life{life("a", 1, 2), life("a", 5, 6), life("b", 9), life("c", 3)}, 2)
	if len(got) != 3 || got[0].Pod != "b" || got[1].Pod != "a" || got[1].T[0] != 1 || got[2].T[0] != 5 {
		t.Errorf("order %v", got)
	}
}

func TestSpacingMedian(t *testing.T) {
	t.Parallel()
	sp := spacing{}
	if sp.median() != 0 {
		t.Error("a median of nothing")
	}
	sp.add(data.Samples{T: []int64{0, 30_010, 59_990, 90_000, 690_000}, V: make([]float64, 5)})
	if got := sp.median(); got != 30_000 {
		t.Errorf("median %d ms, want 30000: jitter and gaps do not move it", got)
	}
}
