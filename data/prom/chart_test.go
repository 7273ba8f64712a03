package prom

import (
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

func TestChartSteps(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		w      data.Window
		scrape time.Duration
		want   time.Duration
	}{
		{data.Hour, 10 * time.Second, 15 * time.Second},
		{data.Hour, 30 * time.Second, 30 * time.Second},
		{data.Hour, 0, 30 * time.Second},
		{data.SixHours, 15 * time.Second, 30 * time.Second},
		{data.SixHours, time.Minute, time.Minute},
		{data.Day, 30 * time.Second, 2 * time.Minute},
		{data.Week, 30 * time.Second, 15 * time.Minute},
		{data.ThirtyDay, 30 * time.Second, time.Hour},
		{"bogus", 30 * time.Second, 2 * time.Minute},
	} {
		got := chartStep(c.w, c.scrape)
		if got != c.want {
			t.Errorf("%s scraped every %s: step %s, want %s", c.w, c.scrape, got, c.want)
		}
		if n := c.w.Duration() / got; n > 720 {
			t.Errorf("%s: %d points", c.w, n)
		}
	}
}

// kubeState are the lines that kube-state-metrics exports of a container that was killed at the given times: the last
// termination alone, from shortly after it until the next, sticky.
func kubeState(pod, reason string, until time.Time, at ...time.Time) []line {
	name := []string{"namespace", "shop", "container", "api", "pod", pod, "uid", "u1", "job", "ksm"}
	end, why := newLine(data.MetricLastEnd, name...), newLine(data.MetricLastReason, append(name, "reason", reason)...)
	for i, k := range at {
		next := until
		if i+1 < len(at) {
			next = at[i+1]
		}
		seen := k.Truncate(scrape).Add(scrape)
		end = end.with(seen, next, scrape, always(float64(k.Unix())))
		why = why.with(seen, next, scrape, always(1))
	}
	return []line{end, why}
}

func TestChartOfAWindow(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	c := apiCase()
	pod := c.Key.Pod.String()
	lines := sawtooth(pod, 3)
	lines = append(lines, kubeState(pod, "OOMKilled", testNow, ago(40*time.Hour), ago(16*time.Hour+time.Minute), ago(8*time.Hour+time.Minute))...)
	lines = append(lines, kubeState("api-7d9f8b6c5-zzzzz", "OOMKilled", testNow, ago(3*time.Hour))...)
	lines = append(lines,
		memory("api-7d9f8b6c5-zzzzz", "/z").with(ago(6*time.Hour), ago(time.Hour), scrape, always(70*mi)),
		memory("api-56789bcdf-wwwww", "/w").with(ago(2*time.Hour), testNow, scrape, always(80*mi)),
		memory("api-db-0", "/db").with(ago(2*time.Hour), testNow, scrape, always(80*mi)),
		newLine(data.MetricSpecLimit, "namespace", "shop", "container", "api", "pod", pod, "id", "/a").with(ago(24*time.Hour), testNow, scrape, always(512*mi)),
		newLine(data.MetricRequests, "namespace", "shop", "container", "api", "pod", pod, "resource", "memory").with(ago(24*time.Hour), testNow, scrape, func(at time.Time) float64 {
			if at.Before(ago(12 * time.Hour)) {
				return 128 * mi
			}
			return 256 * mi
		}))
	e.load(t, lines...)
	ch, err := e.reader(t, Options{}).Chart(t.Context(), c, data.Day)
	if err != nil {
		t.Fatal(err)
	}
	if len(ch.Lives) != 3 || ch.Step != 2*time.Minute || !ch.To.Equal(testNow) {
		t.Fatalf("lives %v, step %s, to %s", ids(ch.Lives), ch.Step, ch.To)
	}
	for i, l := range ch.Lives {
		checkOrder(t, l)
		if i > 0 && l.T[0] <= ch.Lives[i-1].T[ch.Lives[i-1].Len()-1] {
			t.Errorf("life %d overlaps the one before", i)
		}
		if peak := l.V[l.Len()-1]; peak < 498*mi {
			t.Errorf("life %d ends at %v Mi: the peak before its end is lost", i, peak/mi)
		}
		if l.T[l.Len()-1] > testNow.UnixMilli() || l.T[0] < ch.From.UnixMilli() {
			t.Errorf("life %d lies outside the window", i)
		}
	}
	if got := ids(ch.Others); len(got) != 2 || got[0] != "api-56789bcdf-wwwww/w" || got[1] != "api-7d9f8b6c5-zzzzz/z" {
		t.Errorf("others %v: newest first, other workloads never", got)
	}
	if len(ch.Kills) != 2 || !ch.Kills[0].At.Equal(ago(16*time.Hour+time.Minute)) || ch.Kills[0].Reason != "OOMKilled" {
		t.Errorf("kills %+v: two are inside the window", ch.Kills)
	}
	if ch.Limit.Len() < 285 || ch.Limit.Len() > 290 || ch.Limit.V[0] != 512*mi {
		t.Errorf("limit %d points: the cgroup's own counts where the specification's is not there", ch.Limit.Len())
	}
	if n := ch.Request.Len(); n < 285 || n > 290 || ch.Request.V[0] != 128*mi || ch.Request.V[n-1] != 256*mi {
		t.Errorf("request %d points", n)
	}
}

func TestChartKeepsGapsAndShowsNoGhosts(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	c := apiCase()
	pod := c.Key.Pod.String()
	e.load(t,
		memory(pod, "/a").with(ago(50*time.Minute), ago(30*time.Minute), scrape, always(100*mi)),
		memory(pod, "/b").with(ago(28*time.Minute), ago(20*time.Minute), scrape, always(50*mi)),
		memory(pod, "/b").with(ago(10*time.Minute), testNow, scrape, always(50*mi)))
	ch, err := e.reader(t, Options{}).Chart(t.Context(), c, data.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if len(ch.Lives) != 2 {
		t.Fatalf("lives %v", ids(ch.Lives))
	}
	a, b := ch.Lives[0], ch.Lives[1]
	if end := time.UnixMilli(a.T[a.Len()-1]); end.After(ago(30 * time.Minute).Add(ch.Step)) {
		t.Errorf("the first life ends at %s: that is a ghost", end)
	}
	silent := false
	for i := 1; i < b.Len(); i++ {
		silent = silent || time.Duration(b.T[i]-b.T[i-1])*time.Millisecond > 9*time.Minute
	}
	if !silent {
		t.Error("ten minutes without samples were bridged")
	}
	if _, ok := gapOf(ch.Gaps, "memory limit"); !ok || ch.Limit.Len() != 0 {
		t.Errorf("limit %d points, gaps %v", ch.Limit.Len(), ch.Gaps)
	}
}

func TestChartWithoutIDs(t *testing.T) {
	t.Parallel()
	for name, withStarts := range map[string]bool{"starts are known": true, "only the memory tells": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEngine(t, 50_000_000)
			c := apiCase()
			pod := c.Key.Pod.String()
			restart := ago(20 * time.Minute)
			lines := []line{memory(pod, "").with(ago(50*time.Minute), testNow, scrape, func(at time.Time) float64 {
				switch {
				case at.Before(ago(40 * time.Minute)):
					return 400 * mi
				case at.Before(restart):
					return 150 * mi // it let go of much at once, without a restart
				}
				return 50 * mi
			})}
			if withStarts {
				lines = append(lines, newLine(data.MetricStartTime, "namespace", "shop", "container", "api", "pod", pod).with(ago(50*time.Minute), testNow, scrape, func(at time.Time) float64 {
					if at.Before(restart) {
						return float64(ago(50 * time.Minute).Unix())
					}
					return float64(restart.Unix())
				}))
			}
			e.load(t, lines...)
			ch, err := e.reader(t, Options{}).Chart(t.Context(), c, data.Hour)
			if err != nil {
				t.Fatal(err)
			}
			_, said := gapOf(ch.Gaps, "where one container's life ends")
			if withStarts && (len(ch.Lives) != 2 || said) || !withStarts && (len(ch.Lives) != 3 || !said) {
				t.Errorf("%d lives, gap %v", len(ch.Lives), said)
			}
		})
	}
}

func TestChartOfABarePodAsksForNoOthers(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	c := apiCase()
	c.Workload = data.Workload{}
	e.load(t, memory(c.Key.Pod.String(), "/a").with(ago(time.Hour), testNow, scrape, always(mi)))
	ch, err := e.reader(t, Options{}).Chart(t.Context(), c, data.SixHours)
	if err != nil || len(ch.Lives) != 1 {
		t.Fatalf("%+v, %v", ch, err)
	}
	for _, q := range e.asked {
		if strings.Contains(q, "pod!=") {
			t.Errorf("asked for other pods: %s", q)
		}
	}
}
