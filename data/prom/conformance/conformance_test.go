//go:build e2e

package conformance

import (
	"math"
	"net/http"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/prom"
)

// values are all samples of all lives, in order of time.
func values(h *data.History) (t []int64, v []float64) {
	for _, l := range h.Lives {
		t, v = append(t, l.T...), append(v, l.V...)
	}
	return t, v
}

// TestHistoryIsTheSameEverywhere reads the fixture from every server and compares with what was written.
func TestHistoryIsTheSameEverywhere(t *testing.T) {
	for _, b := range backends(t) {
		t.Run(b.name, func(t *testing.T) {
			r := b.reader(t, nil, prom.Options{})
			for _, c := range []struct {
				ns      string
				lives   int
				samples int
				peak    float64
			}{
				{"empty", 0, 0, 0},
				{"one", 1, 1, rising(0)},
				{"nan", 1, 180, rising(199)},
				{"inf", 1, 199, rising(199)},
				{"gaps", 1, 200, rising(399)},
				{"twice", 1, 200, rising(199)},
				{"ghosts", 2, 200, rising(99)},
				{"replicas", 1, 400, rising(199)},
				{"reset", 1, 200, rising(199)},
				{"big", 1, 86_400, 0},
			} {
				t.Run(c.ns, func(t *testing.T) { checkHistory(t, r, c.ns, c.lives, c.samples, c.peak) })
			}
			t.Run("together", func(t *testing.T) { checkTogether(t, b) })
			t.Run("chart", func(t *testing.T) { checkChart(t, r) })
			t.Run("overview", func(t *testing.T) { checkOverview(t, r) })
			t.Run("counter reset", func(t *testing.T) { checkChildKills(t, r) })
			t.Run("examine", func(t *testing.T) { checkExamine(t, r, b.name) })
			faults(t, b)
		})
	}
}

func checkHistory(t *testing.T, r *prom.Reader, ns string, lives, samples int, peak float64) {
	h, err := r.History(t.Context(), caseOf(ns), nil)
	if err != nil {
		t.Fatal(err)
	}
	at, v := values(h)
	if ns == "big" && len(v) == samples+1 && at[0] == h.From.UnixMilli() {
		at, v = at[1:], v[1:] // before version 3, ranges of Prometheus have their left end in them
	}
	if len(h.Lives) != lives || len(v) != samples {
		t.Fatalf("%d lives with %d samples, want %d with %d; gaps %v", len(h.Lives), len(v), lives, samples, h.Gaps)
	}
	if samples == 0 {
		if len(h.Gaps) == 0 {
			t.Error("nothing is said of what is missing")
		}
		return
	}
	if !slices.IsSorted(at) || slices.ContainsFunc(v, func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) }) {
		t.Error("samples out of order or not finite")
	}
	if top := slices.Max(v); peak > 0 && top != peak {
		t.Errorf("peak %v, want %v", top, peak)
	}
	if ns != "big" {
		return
	}
	// The very samples that were written, to the bit.
	for _, l := range fixture() {
		if l.labels.Get("namespace") != "big" {
			continue
		}
		for i, s := range l.samples[bigSamples-samples:] {
			if at[i] != s.t || v[i] != s.v {
				t.Fatalf("sample %d is %v at %d, want %v at %d", i, v[i], at[i], s.v, s.t)
			}
		}
	}
	if h.ScrapeInterval != scrape || h.Resolution != 0 {
		t.Errorf("sampled every %s, read at %s", h.ScrapeInterval, h.Resolution)
	}
}

// checkChart holds that a ghost is not drawn beside the life after it, and that limit and kill are there.
func checkChart(t *testing.T, r *prom.Reader) {
	c, err := r.Chart(t.Context(), caseOf("ghosts"), data.SixHours)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Lives) != 2 {
		t.Fatalf("%d lives: %+v", len(c.Lives), c.Lives)
	}
	first, second := c.Lives[0], c.Lives[1]
	if end := first.T[len(first.T)-1]; end > second.T[0] {
		t.Error("the dead container lives on beside the new one")
	}
	for _, l := range c.Lives {
		if top := slices.Max(l.V); top != rising(99) {
			t.Errorf("peak %v, want %v", top, rising(99))
		}
	}
	if c.Limit.Len() == 0 || c.Limit.V[0] != 512*mi {
		t.Errorf("limit %+v", c.Limit)
	}
	if len(c.Kills) != 1 || c.Kills[0].At.Unix() != present.Add(-50*time.Minute).Unix() {
		t.Errorf("kills %+v", c.Kills)
	}
}

func checkOverview(t *testing.T, r *prom.Reader) {
	cs := []*data.Container{caseOf("ghosts"), caseOf("gaps"), caseOf("empty")}
	o, gaps := r.Overview(t.Context(), cs, 24*time.Hour, 24)
	if len(gaps) != 0 {
		t.Errorf("gaps %v", gaps)
	}
	if p := o[cs[1].Key].Peak; p == nil || *p != rising(399) {
		t.Errorf("peak %v", p)
	}
	if k := o[cs[0].Key].Kills; len(k) != 1 {
		t.Errorf("kills %+v", k)
	}
	if e := o[cs[2].Key]; e.Peak != nil || len(e.Spark) != 24 {
		t.Errorf("%+v", e)
	}
}

// checkChildKills holds that a counter that began anew is not a fall: 0 1 2, then 0 1 are three kills.
func checkChildKills(t *testing.T, r *prom.Reader) {
	kills, err := r.ChildKills(t.Context(), 6*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if len(kills) != 3 || kills[0].Namespace != "pair" || kills[1].Namespace != "pair" {
		t.Fatalf("%+v", kills)
	}
	kills = kills[2:]
	if len(kills) != 1 || kills[0].Namespace != "reset" || kills[0].Count < 2 || kills[0].Count > 3 {
		t.Errorf("%+v", kills)
	}
}

func checkExamine(t *testing.T, r *prom.Reader, name string) {
	st, found := r.Examine(t.Context())
	if !st.Reachable || !st.Has[data.MetricWorkingSet] || found.ScrapeInterval != scrape {
		t.Errorf("%+v, %+v", st, found)
	}
	if found.Reach < 19*24*time.Hour || found.Reach > 20*24*time.Hour {
		t.Errorf("reach %s", found.Reach)
	}
	if name == "Prometheus" && (found.Version == "" || found.Retention == "") {
		t.Errorf("%+v", found)
	}
	for _, m := range found.Metrics {
		if m.Name == data.MetricLimits && (len(m.Jobs) != 1 || m.Jobs[0] != "kube-state-metrics") {
			t.Errorf("%+v", m)
		}
	}
}

// counted counts the requests to a server.
type counted struct {
	http.RoundTripper
	n atomic.Int64
}

func (c *counted) RoundTrip(r *http.Request) (*http.Response, error) {
	c.n.Add(1)
	return c.RoundTripper.RoundTrip(r)
}

// checkTogether holds that histories that are read together are those that are read alone, in fewer questions.
func checkTogether(t *testing.T, b backend) {
	requests := &counted{}
	r := b.reader(t, func(next http.RoundTripper) http.RoundTripper { requests.RoundTripper = next; return requests }, prom.Options{})
	r.Examine(t.Context())
	var cs []*data.Container
	for _, pod := range []data.Text{"p", "q"} {
		c := caseOf("pair")
		c.Key.Pod, c.Workload = pod, data.Workload{Kind: "ReplicaSet", Namespace: "pair", Name: pod}
		c.Last = &data.Termination{ExitCode: 137, Reason: "OOMKilled", FinishedAt: present.Add(-50 * time.Minute)}
		cs = append(cs, c)
	}
	var mu sync.Mutex
	got := make([]*data.History, len(cs))
	before := requests.n.Load()
	r.Histories(t.Context(), cs, func(i int, h *data.History, err error) {
		mu.Lock()
		defer mu.Unlock()
		if got[i] = h; err != nil {
			t.Error(err)
		}
	})
	together := requests.n.Load() - before
	for i, c := range cs {
		want, err := r.History(t.Context(), c, nil)
		if err != nil || got[i] == nil {
			t.Fatal(err, got[i])
		}
		for _, h := range []*data.History{want, got[i]} {
			for k := range h.Queries {
				h.Queries[k].Took, h.Queries[k].Shared = 0, false
			}
		}
		if !reflect.DeepEqual(want, got[i]) {
			t.Errorf("%s: alone\n%.2000v\ntogether\n%.2000v", c.Key, *want, *got[i])
		}
		if want.Pressure == nil || want.Pressure.OOMEvents == nil || len(want.Load.CPU) == 0 || len(want.Kills) != 1 {
			t.Errorf("%s: too little to compare: %+v", c.Key, want.Pressure)
		}
	}
	if alone := requests.n.Load() - before - together; together*3 > alone*2 {
		t.Errorf("%d requests together, %d alone", together, alone)
	}
}
