package prom

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/oomedic/oomedic/data"
)

// within reports whether a and b differ by at most half a percent.
func within(a, b float64) bool { return math.Abs(a-b) <= 0.005*math.Abs(b) }

// quantile is the one of quantile_over_time: linear between the two neighbouring ranks.
func quantile(q float64, v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	rank := q * float64(len(v)-1)
	lo := int(rank)
	hi := min(lo+1, len(v)-1)
	return v[lo] + (v[hi]-v[lo])*(rank-float64(lo))
}

// TestPromQLGivesTheClientsNumbers holds that what a person runs shows what the program counts from the samples.
func TestPromQLGivesTheClientsNumbers(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	c := apiCase()
	pod := c.Key.Pod.String()
	lines := sawtooth(pod, 21) // seven days of eight-hour lives, a minute of silence between them
	lines = append(lines, kubeState(pod, "OOMKilled", testNow, ago(8*time.Hour+time.Minute))...)
	lines = append(lines, newLine(data.MetricLimits, "namespace", "shop", "container", "api", "pod", pod, "resource", "memory").with(ago(time.Hour), testNow.Add(time.Second), scrape, always(512*mi)))
	e.load(t, lines...)
	h, err := e.reader(t, Options{}).History(t.Context(), c, nil)
	if err != nil || len(h.Lives) != 21 {
		t.Fatalf("%d lives, %v", len(h.Lives), err)
	}
	for _, w := range []data.Window{data.Day, data.Week} {
		var v []float64
		sum := 0.0
		for _, l := range h.Lives {
			v = append(v, l.Between(testNow.Add(-w.Duration()), testNow).V...)
		}
		for _, x := range v {
			sum += x
		}
		for q, name := range map[float64]string{0.5: "p50", 0.95: "p95", 0.99: "p99"} {
			if got, want := e.single(t, data.QuantilePromQL(h, w, q).String()), quantile(q, v); !within(got, want) {
				t.Errorf("%s over %s: PromQL %v, samples %v", name, w, got, want)
			}
		}
		if got, want := e.single(t, data.MeanPromQL(h, w).String()), sum/float64(len(v)); !within(got, want) {
			t.Errorf("mean over %s: PromQL %v, samples %v", w, got, want)
		}
		if got, want := e.single(t, data.MaxPromQL(h, w).String()), slices.Max(v); got != want {
			t.Errorf("maximum over %s: PromQL %v, samples %v", w, got, want)
		}
	}
	if got := e.single(t, data.GrowthPromQL(h).String()); !within(got, 50*mi) {
		t.Errorf("growth %v Mi an hour, want 50", got/mi)
	}
	if got := e.single(t, data.LimitPromQL(h).String()); got != 512*mi {
		t.Errorf("limit %v", got)
	}
	if got := e.single(t, data.KillsPromQL(h).String()); got != float64(ago(8*time.Hour+time.Minute).Unix()) {
		t.Errorf("kill at %v", got)
	}
}

func TestPromQLParsesWhateverTheHistorySays(t *testing.T) {
	t.Parallel()
	for _, h := range []*data.History{
		{Selector: `namespace="shop",container="api",pod=~"api-.*"`},
		{Selector: `namespace="sh\"op",container="a",pod=~"x"`, ScrapeInterval: 15 * time.Second},
		{Selector: `namespace="shop",container="a",pod=~"x"`, ScrapeInterval: 15 * time.Second, Resolution: 5 * time.Minute},
	} {
		for _, q := range []data.Text{
			data.QuantilePromQL(h, data.Week, 0.99), data.MeanPromQL(h, data.ThirtyDay), data.MaxPromQL(h, data.Day),
			data.GrowthPromQL(h), data.LimitPromQL(h), data.KillsPromQL(h),
		} {
			if _, err := parser.NewParser(parser.Options{}).ParseExpr(q.String()); err != nil {
				t.Errorf("%s: %v", q, err)
			}
		}
	}
}
