package prom

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

func TestOverview(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	c := apiCase()
	pod := c.Key.Pod.String()
	lines := []line{
		memory(pod, "/a").with(ago(24*time.Hour), ago(12*time.Hour), scrape, always(100*mi)),
		memory(pod, "/b").with(ago(6*time.Hour), testNow, scrape, func(at time.Time) float64 {
			if at.Equal(ago(3 * time.Hour)) {
				return 300 * mi // one sample
			}
			return 50 * mi
		})}
	lines = append(lines, kubeState(pod, "OOMKilled", testNow, ago(30*time.Hour), ago(12*time.Hour))...)
	e.load(t, lines...)
	reborn := *c // the same name, created after the kill
	reborn.Key.UID, reborn.PodCreated = "u2", ago(11*time.Hour)
	silent := apiCase()
	silent.Key.Pod = "api-7d9f8b6c5-qqqqq"
	got, gaps := e.reader(t, Options{}).Overview(t.Context(), []*data.Container{c, &reborn, silent}, 24*time.Hour, 48)
	if len(gaps) != 0 || len(got) != 3 {
		t.Fatalf("%d overviews, gaps %v", len(got), gaps)
	}
	o := got[c.Key]
	if len(o.Spark) != 48 || o.Peak == nil || *o.Peak != 300*mi {
		t.Fatalf("%d points, peak %v", len(o.Spark), o.Peak)
	}
	if o.Spark[0] != 100*mi || !math.IsNaN(o.Spark[30]) || o.Spark[47] != 50*mi {
		t.Errorf("spark %v", o.Spark)
	}
	if len(o.Kills) != 1 || !o.Kills[0].At.Equal(ago(12*time.Hour)) {
		t.Errorf("kills %+v", o.Kills)
	}
	if n := len(got[reborn.Key].Kills); n != 0 {
		t.Errorf("a pod was given %d kills from before it was created", n)
	}
	if s := got[silent.Key]; s.Peak != nil || len(s.Spark) != 48 || !math.IsNaN(s.Spark[0]) || len(s.Kills) != 0 {
		t.Errorf("a container without samples shows %+v", s)
	}
}

func TestOverviewAsksInBatches(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	e.load(t, memory("p-000", "/a").with(ago(time.Hour), testNow, scrape, always(mi)))
	var cs []*data.Container
	for i := range 120 {
		c := apiCase()
		c.Key.Pod = data.Text(fmt.Sprintf("p-%03d", i))
		cs = append(cs, c)
	}
	other := apiCase()
	other.Key.Namespace = "pay"
	got, gaps := e.reader(t, Options{}).Overview(t.Context(), append(cs, other), time.Hour, 12)
	if len(got) != 121 || len(gaps) != 0 || got[cs[0].Key].Peak == nil || got[cs[1].Key].Peak != nil {
		t.Fatalf("%d overviews, gaps %v", len(got), gaps)
	}
	memoryQueries := 0
	for _, q := range e.asked {
		if strings.Contains(q, data.MetricWorkingSet) {
			memoryQueries++
			if n := strings.Count(q, "|") + 1; n > batchPods {
				t.Errorf("%d pods in one query", n)
			}
		}
	}
	if memoryQueries != 4 { // 50, 50, 20 and the other namespace
		t.Errorf("%d queries of memory, want 4", memoryQueries)
	}
	if e.most > maxInFlight {
		t.Errorf("%d queries in flight", e.most)
	}
}

// TestProbeOfAYoungPrometheus holds that the scrape interval is not taken from how few samples there are yet.
func TestProbeOfAYoungPrometheus(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	e.load(t, memory("p", "/a", "odd", "a\"b\\c").with(ago(2*time.Minute), testNow, 10*time.Second, always(mi)))
	if st := e.reader(t, Options{}).Probe(t.Context()); st.ScrapeInterval != 10*time.Second {
		t.Errorf("interval %s", st.ScrapeInterval)
	}
}

func TestProbe(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	e.load(t,
		memory("p", "/a").with(ago(time.Hour), testNow.Add(time.Second), 15*time.Second, always(mi)),
		newLine(data.MetricRestarts, "pod", "p").with(ago(time.Hour), testNow, scrape, always(2)),
		newLine(data.MetricLastReason, "pod", "p", "reason", "OOMKilled").with(ago(time.Hour), testNow, scrape, always(1)))
	st := e.reader(t, Options{}).Probe(t.Context())
	if !st.Reachable || st.Problem != "" || st.Version != "3.14.0" || st.ScrapeInterval != 15*time.Second {
		t.Errorf("%+v", st)
	}
	if !st.Has[data.MetricWorkingSet] || st.Has[data.MetricRSS] || len(st.Has) != len(neededMetrics) {
		t.Errorf("has %v", st.Has)
	}
	for _, what := range []string{"kills before the last one", "limits of the past", "kills of child processes"} {
		if _, ok := gapOf(st.Missing, what); !ok {
			t.Errorf("no gap for %s", what)
		}
	}
	if _, ok := gapOf(st.Missing, "memory history"); ok {
		t.Error("a gap for what is there")
	}
}
