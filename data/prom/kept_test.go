package prom

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// TestChartsTakeWhatADiagnosisHasRead holds that a chart is the same whether its samples were read for a diagnosis an
// hour ago or not, and that only the last hour is asked for.
func TestChartsTakeWhatADiagnosisHasRead(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	c := apiCase()
	lines := sawtooth(c.Key.Pod.String(), 12)
	lines = append(lines, memory("api-7d9f8b6c5-zzzzz", "/other").with(ago(50*time.Hour), testNow, scrape, ramp(ago(50*time.Hour), 3)))
	e.load(t, lines...)
	now := ago(time.Hour)
	r := e.reader(t, Options{Now: func() time.Time { return now }})
	if _, err := r.History(t.Context(), c, nil); err != nil {
		t.Fatal(err)
	}
	now = testNow
	for _, w := range []data.Window{data.Day, data.Week, data.ThirtyDay} {
		fresh, err := e.reader(t, Options{}).Chart(t.Context(), c, w)
		if err != nil {
			t.Fatal(err)
		}
		e.mu.Lock()
		e.asked, e.ranges = nil, nil
		e.mu.Unlock()
		chart, err := r.Chart(t.Context(), c, w)
		if err != nil {
			t.Fatal(err)
		}
		if len(chart.Lives) == 0 || !reflect.DeepEqual(chart.Lives, fresh.Lives) || !reflect.DeepEqual(chart.Others, fresh.Others) {
			t.Errorf("%s: %d and %d lives, want %d and %d; or their samples differ", w, len(chart.Lives), len(chart.Others), len(fresh.Lives), len(fresh.Others))
		}
		for i, q := range e.asked {
			if strings.Contains(q, "max_over_time("+data.MetricWorkingSet) && e.ranges[i] > time.Hour+settled+chart.Step {
				t.Errorf("%s: %s were asked for by %s", w, e.ranges[i], q)
			}
		}
	}
}

// TestNeighboursShareTheirSamples holds that the history of a second pod of a workload, and that of the first one later
// on, are the same as if they had been read anew, while only the newest samples are asked for.
func TestNeighboursShareTheirSamples(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	c, neighbour := apiCase(), apiCase()
	neighbour.Key.Pod = "api-7d9f8b6c5-zzzzz"
	lines := sawtooth(c.Key.Pod.String(), 12)
	lines = append(lines, memory("api-7d9f8b6c5-zzzzz", "/other").with(ago(50*time.Hour), testNow, scrape, ramp(ago(50*time.Hour), 3)))
	e.load(t, lines...)
	now := ago(time.Hour)
	r := e.reader(t, Options{Now: func() time.Time { return now }})
	if _, err := r.History(t.Context(), c, nil); err != nil {
		t.Fatal(err)
	}
	for _, then := range []struct {
		at time.Time
		c  *data.Container
	}{{ago(time.Hour), neighbour}, {testNow, c}} {
		now = then.at
		fresh, err := e.reader(t, Options{Now: func() time.Time { return now }}).History(t.Context(), then.c, nil)
		if err != nil {
			t.Fatal(err)
		}
		e.mu.Lock()
		e.asked = nil
		e.mu.Unlock()
		h, err := r.History(t.Context(), then.c, nil)
		if err != nil {
			t.Fatal(err)
		}
		asked := time.Duration(0)
		for _, q := range e.asked {
			asked += rawLength(t, q)
		}
		if asked == 0 || asked > time.Hour+settled+scrapeLook {
			t.Errorf("%s of samples were asked for", asked)
		}
		if i := slices.IndexFunc(h.Queries, func(q data.Query) bool { return q.Shared }); i < 0 || h.Queries[i].Points == 0 {
			t.Errorf("the record does not tell of what was read before: %+v", h.Queries)
		}
		h.Queries, fresh.Queries = nil, nil
		if len(h.Lives) == 0 || !reflect.DeepEqual(h, fresh) {
			t.Errorf("%s: %d lives, want %d; or something else differs", then.c.Key, len(h.Lives), len(fresh.Lives))
		}
	}
}

func TestKeptHistoriesAreBounded(t *testing.T) {
	t.Parallel()
	r := &Reader{}
	of := func(sel string, n int) keptHistory {
		s := data.Samples{T: make([]int64, n), V: make([]float64, n)}
		return keptHistory{sel: sel, from: ago(day), to: testNow, all: []series{{Samples: s}}}
	}
	for i := range 12 {
		r.keep(of(string(rune('a'+i)), 10))
	}
	if len(r.kept) != maxKept {
		t.Errorf("%d are kept", len(r.kept))
	}
	r.keep(of("l", 20))
	if h, ok := r.keptFor("l", testNow); !ok || h.samples != 20 || len(r.kept) != maxKept {
		t.Errorf("%+v, %v, %d", h.samples, ok, len(r.kept))
	}
	if _, ok := r.keptFor("l", ago(2*day)); ok {
		t.Error("a history is taken that does not reach back")
	}
	r.keep(of("big", maxKeptSamples-25))
	if len(r.kept) != 2 {
		t.Errorf("%d are kept beside one that is large", len(r.kept))
	}
}
