package prom

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

const (
	mi     = float64(data.Mi)
	scrape = 30 * time.Second
)

func ago(d time.Duration) time.Time { return testNow.Add(-d) }

// ramp rises from 100Mi by rate Mi an hour.
func ramp(from time.Time, rate float64) func(time.Time) float64 {
	return func(t time.Time) float64 { return (100 + rate*t.Sub(from).Hours()) * mi }
}

// sawtooth are lives of eight hours each, one id after the other.
func sawtooth(pod string, lives int) []line {
	var out []line
	for i := range lives {
		from := ago(time.Duration(lives-i) * 8 * time.Hour)
		out = append(out, memory(pod, "/kubepods/"+string(rune('a'+i))).with(from, from.Add(8*time.Hour-time.Minute), scrape, ramp(from, 50)))
	}
	return out
}

func TestHistoryOfASawtooth(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	c := apiCase()
	lines := sawtooth(c.Key.Pod.String(), 12)
	lines = append(lines, memory("api-7d9f8b6c5-zzzzz", "/other").with(ago(2*time.Hour), testNow, scrape, always(70*mi)))
	lines = append(lines, memory("api-web-7d9f8b6c5-zzzzz", "/foreign").with(ago(2*time.Hour), testNow, scrape, always(900*mi)))
	lines = append(lines,
		newLine(data.MetricLimits, "namespace", "shop", "container", "api", "pod", c.Key.Pod.String(), "resource", "memory", "unit", "byte").with(ago(96*time.Hour), testNow, scrape, always(512*mi)),
		newLine(data.MetricLimits, "namespace", "shop", "container", "api", "pod", c.Key.Pod.String(), "resource", "cpu").with(ago(time.Hour), testNow, scrape, always(2)),
		newLine(data.MetricRSS, "namespace", "shop", "container", "api", "pod", c.Key.Pod.String(), "id", "/x").with(ago(96*time.Hour), testNow, scrape, always(50*mi)))
	e.load(t, lines...)
	var steps []int
	h, err := e.reader(t, Options{}).History(t.Context(), c, func(done, total int) { steps = append(steps, done, total) })
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Lives) != 13 {
		t.Fatalf("%d lives, want 13", len(h.Lives))
	}
	for i, l := range h.Lives[:12] {
		if l.Pod != c.Key.Pod || l.ID != data.Text("/kubepods/"+string(rune('a'+i))) || l.Len() != 958 {
			t.Errorf("life %d: pod %s id %s with %d samples, want 958", i, l.Pod, l.ID, l.Len())
		}
		checkOrder(t, l)
	}
	if h.ScrapeInterval != scrape || h.Resolution != 0 || !h.First.Equal(ago(96*time.Hour)) {
		t.Errorf("interval %s, resolution %s, first %s", h.ScrapeInterval, h.Resolution, h.First)
	}
	if h.Limit.Len() < 90 || h.Limit.V[0] != 512*mi || h.RSS.Len() == 0 || h.Cache.Len() != 0 {
		t.Errorf("limit %d points, RSS %d, cache %d", h.Limit.Len(), h.RSS.Len(), h.Cache.Len())
	}
	if _, ok := gapOf(h.Gaps, "how memory splits"); !ok {
		t.Error("the missing page cache is no gap")
	}
	if _, ok := gapOf(h.Gaps, "memory before"); !ok {
		t.Error("four days of history are not told apart from thirty")
	}
	if n := len(steps); n == 0 || steps[n-1] != steps[n-2] || !slices.IsSorted([]int{steps[0], steps[2], steps[n-2]}) {
		t.Errorf("progress %v", steps)
	}
	if e.most > maxInFlight || e.methods["POST"] == 0 || e.methods["GET"] != 0 {
		t.Errorf("%d queries in flight, methods %v", e.most, e.methods)
	}
	checkQueries(t, h)
}

// checkQueries looks that each question is on record and that no empty day was asked for.
func checkQueries(t *testing.T, h *data.History) {
	t.Helper()
	days := 0
	for _, q := range h.Queries {
		if strings.HasSuffix(q.PromQL, "}[1d]") {
			days++
			if q.Points == 0 || q.Step != 0 || q.End.IsZero() {
				t.Errorf("the record of %s is incomplete: %+v", q.PromQL, q)
			}
		}
	}
	if days != 5 { // the first sample lies at the very edge of a fifth
		t.Errorf("%d days were read, want the 5 that have samples", days)
	}
}

func checkOrder(t *testing.T, l data.Life) {
	t.Helper()
	for i := range l.T {
		if i > 0 && l.T[i] <= l.T[i-1] || math.IsNaN(l.V[i]) || math.IsInf(l.V[i], 0) {
			t.Fatalf("life %s: bad sample %d: %d %v", l.ID, i, l.T[i], l.V[i])
		}
	}
}

func TestHistoryCleansSamples(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	c := apiCase()
	pod := c.Key.Pod.String()
	hole := func(f func(time.Time) float64) func(time.Time) float64 {
		return func(at time.Time) float64 {
			switch at.Sub(ago(3 * time.Hour)) {
			case 10 * scrape:
				return math.NaN()
			case 11 * scrape:
				return math.Inf(1)
			case 12 * scrape:
				return math.Inf(-1)
			}
			return f(at)
		}
	}
	e.load(t,
		// two replicas of Prometheus wrote one instance, the second a little higher and half as long
		memory(pod, "/a", "prometheus_replica", "0").with(ago(3*time.Hour), ago(2*time.Hour), scrape, hole(always(100*mi))),
		memory(pod, "/a", "prometheus_replica", "1").with(ago(3*time.Hour), ago(150*time.Minute), scrape, hole(always(110*mi))),
		// the ghost of /a lives on for five minutes beside /b
		memory(pod, "/a", "prometheus_replica", "2").with(ago(2*time.Hour), ago(115*time.Minute), scrape, always(999*mi)),
		memory(pod, "/b").with(ago(2*time.Hour), testNow, scrape, always(50*mi)),
	)
	h, err := e.reader(t, Options{}).History(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Lives) != 2 || h.Lives[0].ID != "/a" || h.Lives[1].ID != "/b" {
		t.Fatalf("lives %v", ids(h.Lives))
	}
	a := h.Lives[0]
	checkOrder(t, a)
	if a.Len() != 120-3 || a.V[0] != 110*mi || a.V[a.Len()-1] != 100*mi {
		t.Errorf("%d samples from %v to %v; want 117 from 110Mi to 100Mi", a.Len(), a.V[0]/mi, a.V[a.Len()-1]/mi)
	}
	if a.T[a.Len()-1] >= h.Lives[1].T[0] {
		t.Error("the ghost overlaps the next life")
	}
	if h.ScrapeInterval != scrape {
		t.Errorf("interval %s: duplicates must not halve it", h.ScrapeInterval)
	}
}

func ids(ls []data.Life) []string {
	out := make([]string, 0, len(ls))
	for _, l := range ls {
		out = append(out, l.Pod.String()+l.ID.String())
	}
	return out
}

func TestHistoryWithoutSamples(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	e.load(t, newLine("up", "job", "x").at(testNow, 1))
	h, err := e.reader(t, Options{}).History(t.Context(), apiCase(), nil)
	if err != nil {
		t.Fatal(err)
	}
	why, ok := gapOf(h.Gaps, "memory history")
	if len(h.Lives) != 0 || !h.First.IsZero() || !ok || !strings.Contains(why, `namespace="shop"`) {
		t.Errorf("lives %d, first %s, gaps %v", len(h.Lives), h.First, h.Gaps)
	}
}

func TestHistoryTooLargeIsReadAsMaxima(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	c := apiCase()
	var lines []line
	for _, pod := range []string{c.Key.Pod.String(), "api-7d9f8b6c5-bbbb2", "api-7d9f8b6c5-bbbb4"} {
		lines = append(lines, memory(pod, "/"+pod).with(ago(10*day), testNow, time.Minute, func(at time.Time) float64 {
			if at.Equal(ago(48 * time.Hour)) {
				return 400 * mi // one sample high
			}
			return 200 * mi
		}))
	}
	e.load(t, lines...)
	r := e.reader(t, Options{})
	r.budget = 30_000 // of 43,200; at 5 minutes they are 8,640
	h, err := r.History(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	why, ok := gapOf(h.Gaps, "statistics from every sample")
	if h.Resolution != 5*time.Minute || !ok || !strings.Contains(why, "maxima of 5m") || h.ScrapeInterval != time.Minute {
		t.Fatalf("resolution %s, interval %s, gap %q", h.Resolution, h.ScrapeInterval, why)
	}
	if len(h.Lives) != 3 {
		t.Fatalf("%d lives, want 3", len(h.Lives))
	}
	for _, l := range h.Lives {
		if peak := slices.Max(l.V); peak != 400*mi || l.Len() < 2870 {
			t.Errorf("%s: %d points, peak %v Mi: the one high sample must survive", l.Pod, l.Len(), peak/mi)
		}
	}
	for _, q := range h.Queries {
		if strings.HasSuffix(q.PromQL, "[1d]") {
			t.Errorf("%s was read raw", q.PromQL)
		}
	}
}

func TestHistoryHalvesDaysThatAreTooLarge(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		refused []string // lengths of range selectors that are too much for the server
		samples int
		asked   int // raw queries
	}{
		"half a day fits":     {[]string{"[1d]"}, 2880, 3},
		"a quarter fits":      {[]string{"[1d]", "[12h]"}, 2880, 7},
		"nothing fits at all": {[]string{"[1d]", "[12h]", "[6h]"}, 0, 3}, // and then it is left alone
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEngine(t, 50_000_000)
			own := apiCase()
			e.load(t, memory(own.Key.Pod.String(), "/a").with(ago(24*time.Hour-scrape), testNow.Add(time.Second), scrape, always(mi)))
			var asked atomic.Int32
			r, _ := serve(t, Options{Timeout: time.Minute}, func(w http.ResponseWriter, req *http.Request) {
				q := req.FormValue("query")
				if strings.HasPrefix(q, data.MetricWorkingSet) {
					asked.Add(1)
					for _, length := range c.refused {
						if strings.HasSuffix(q, length) {
							says(422, jsonKind, `{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory in query execution"}`)(w, req)
							return
						}
					}
				}
				e.Config.Handler.ServeHTTP(w, req)
			})
			h, err := r.History(t.Context(), own, nil)
			if err != nil {
				t.Fatal(err)
			}
			got := 0
			for _, l := range h.Lives {
				got += l.Len()
			}
			_, gap := gapOf(h.Gaps, "memory from")
			if got != c.samples || int(asked.Load()) != c.asked || gap != (c.samples == 0) {
				t.Errorf("%d samples of %d in %d questions of %d; gaps %v", got, c.samples, asked.Load(), c.asked, h.Gaps)
			}
		})
	}
}

func TestHistoryThatCannotBeCounted(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 2000) // a day at 30 s has 2,880 samples, an hour 120
	c := apiCase()
	e.load(t, memory(c.Key.Pod.String(), "/a").with(ago(24*time.Hour), testNow, scrape, always(mi)))
	h, err := e.reader(t, Options{}).History(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	if why, ok := gapOf(h.Gaps, "statistics from every sample"); h.Resolution != 5*time.Minute || !ok || !strings.Contains(why, "too many samples") {
		t.Errorf("resolution %s, gaps %v", h.Resolution, h.Gaps)
	}
	if len(h.Lives) != 1 || h.Lives[0].Len() < 288 {
		t.Errorf("lives %v", ids(h.Lives))
	}
}

func TestHistoryCanceled(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	c := apiCase()
	e.load(t, sawtooth(c.Key.Pod.String(), 12)...)
	ctx, cancel := context.WithCancel(t.Context())
	h, err := e.reader(t, Options{}).History(ctx, c, func(int, int) { cancel() })
	if h != nil || troubleOf(err) != Canceled {
		t.Errorf("history %v, error %v", h, err)
	}
}
