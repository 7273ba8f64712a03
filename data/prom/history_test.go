package prom

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"

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

// checkQueries looks that each question is on record and that no sample was asked for twice.
func checkQueries(t *testing.T, h *data.History) {
	t.Helper()
	asked := time.Duration(0)
	for _, q := range h.Queries {
		if length := rawLength(t, q.PromQL); length > 0 {
			asked += length
			if q.Step != 0 || q.End.IsZero() {
				t.Errorf("the record of %s is incomplete: %+v", q.PromQL, q)
			}
		}
	}
	if asked != historyDays*day {
		t.Errorf("%s were read, want 30 days", asked)
	}
}

// rawLength is how much time a question for raw samples covers, 0 for another question.
func rawLength(t testing.TB, promql string) time.Duration {
	t.Helper()
	_, length, ok := strings.Cut(promql, "}[")
	if !ok || !strings.HasPrefix(promql, data.MetricWorkingSet) {
		return 0
	}
	d, err := model.ParseDuration(strings.TrimSuffix(length, "]"))
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(d)
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
		if rawLength(t, q.PromQL) > 0 {
			t.Errorf("%s was read raw", q.PromQL)
		}
	}
}

func TestHistoryHalvesWhatIsTooLarge(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		longest    time.Duration // that the server gives out
		samples    int
		resolution time.Duration
	}{
		"half fits":           {2*day + 12*time.Hour, 2880, 0},
		"a sixteenth fits":    {8 * time.Hour, 2880, 0},
		"nothing fits at all": {time.Hour, 288, 5 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEngine(t, 50_000_000)
			own := apiCase()
			e.load(t, memory(own.Key.Pod.String(), "/a").with(ago(24*time.Hour-scrape), testNow.Add(time.Second), scrape, always(mi)))
			r, _ := serve(t, Options{Timeout: time.Minute}, func(w http.ResponseWriter, req *http.Request) {
				if rawLength(t, req.FormValue("query")) > c.longest {
					says(422, jsonKind, `{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory in query execution"}`)(w, req)
					return
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
			_, gap := gapOf(h.Gaps, "statistics from every sample")
			if got < c.samples || got > c.samples+2 || h.Resolution != c.resolution || gap != (c.resolution > 0) {
				t.Errorf("%d samples at %s; gaps %v", got, h.Resolution, h.Gaps)
			}
		})
	}
}

func TestHistoryOfAServerThatGivesLittle(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 600) // a day at 30 s has 2,880 samples, and a 32nd of five days 450
	c := apiCase()
	e.load(t, memory(c.Key.Pod.String(), "/a").with(ago(24*time.Hour), testNow, scrape, always(mi)))
	h, err := e.reader(t, Options{}).History(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Lives) != 1 || h.Lives[0].Len() != 2880 || h.Resolution != 0 {
		t.Errorf("lives %v at %s, gaps %v", ids(h.Lives), h.Resolution, h.Gaps)
	}
}

// TestHistoryIsReadInPartsOfOneSize holds that many pods make short parts and few pods long ones, without a hole.
func TestHistoryIsReadInPartsOfOneSize(t *testing.T) {
	t.Parallel()
	for pods, want := range map[int]int{0: 6, 1: 8, 10: 120, 4: 30} { // 6: longestShard; 8: 11,520 samples; 120: estimateStep
		b := &historyBuilder{r: &Reader{}, n: &notes{}, h: &data.History{From: ago(historyDays * day), To: testNow}}
		parts := make([]float64, historyDays*4)
		for i := range parts {
			parts[i] = float64(pods) * estimateStep.Seconds() / scrape.Seconds()
		}
		if got := len(b.rawTasks(parts)); got < want || got > want+want/3 {
			t.Errorf("%d pods: %d parts, want about %d", pods, got, want)
		}
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
