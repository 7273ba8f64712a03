package prom

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// ended is one end of a container, and when it was started again.
type ended struct {
	at, again time.Time
	reason    string
}

// statesOf are the series of kube-state-metrics of a container from its birth until it is gone. While a container waits
// to be started again its last end is known already, but the restart is not counted.
func statesOf(pod string, born, gone time.Time, ends []ended) []line {
	name := []string{"namespace", "shop", "container", "api", "pod", pod, "uid", "u1", "job", "ksm"}
	restarts, at := newLine(data.MetricRestarts, name...), newLine(data.MetricLastEnd, name...)
	why := map[string]line{}
	for _, reason := range []string{"OOMKilled", "Error"} {
		why[reason] = newLine(data.MetricLastReason, append(append([]string{}, name...), "reason", reason)...)
	}
	begin, n := born, 0
	for i, e := range ends {
		restarts = restarts.with(begin, e.again, scrape, always(float64(n)))
		begin, n = e.again, n+1
		next := gone
		if i+1 < len(ends) {
			next = ends[i+1].at
		}
		at = at.with(e.at, next, scrape, always(float64(e.at.Unix())))
		why[e.reason] = why[e.reason].with(e.at, next, scrape, always(1))
	}
	return []line{restarts.with(begin, gone, scrape, always(float64(n))), at, why["OOMKilled"], why["Error"]}
}

// crashes makes ends at random: mostly alone, at times as loops with the kubelet's back-off.
func crashes(rnd *rand.Rand, born, gone time.Time) []ended {
	var out []ended
	at := born
	for {
		wait := time.Duration(rnd.ExpFloat64() * float64(20*time.Hour))
		if rnd.IntN(3) == 0 {
			wait = time.Duration(rnd.IntN(400)) * time.Second
		}
		at = at.Add(wait + scrape).Truncate(scrape)
		if !at.Before(gone) {
			return out
		}
		e := ended{at: at, reason: []string{"OOMKilled", "OOMKilled", "Error"}[rnd.IntN(3)]}
		e.again = at.Add(time.Duration(1+rnd.IntN(9)) * scrape)
		at = e.again
		out = append(out, e)
	}
}

// TestSparseKillsMissNone compares with what was written, for windows that are looked at in long steps.
func TestSparseKillsMissNone(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			e := newEngine(t, 50_000_000)
			rnd := rand.New(rand.NewPCG(seed, 1))
			want := map[string]bool{}
			for p := range 4 {
				pod := fmt.Sprintf("api-7d9f8b6c5-bbbb%d", 4+p)
				born, gone := ago(12*day).Truncate(scrape), testNow.Truncate(scrape).Add(scrape)
				if p == 3 { // gone between two steps, soon after its last kill
					gone = ago(30*time.Hour + time.Duration(rnd.IntN(3600))*time.Second).Truncate(scrape)
				}
				ends := crashes(rnd, born, gone)
				e.load(t, statesOf(pod, born, gone, ends)...)
				for i, end := range ends {
					seen := gone
					if i+1 < len(ends) {
						seen = ends[i+1].at
					}
					if end.reason == "OOMKilled" && seen.Sub(end.at) > scrape { // else it is shown by one scrape, which a step of 15 s may not meet
						want[fmt.Sprint(pod, end.at.Unix())] = true
					}
				}
			}
			n := &notes{}
			r := e.reader(t, Options{})
			for _, window := range []time.Duration{12 * day, 24 * time.Hour} {
				checkSparse(t, r, n, window, want)
			}
			if len(n.gaps) > 0 {
				t.Errorf("gaps %v", n.gaps)
			}
		})
	}
}

func checkSparse(t *testing.T, r *Reader, n *notes, window time.Duration, want map[string]bool) {
	t.Helper()
	found, err := r.deaths(t.Context(), n, `namespace="shop",container="api"`, testNow.Add(-window), testNow)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, d := range found {
		got[fmt.Sprint(d.pod, d.at)] = true
	}
	missed := 0
	for k := range want {
		var at int64
		_, _ = fmt.Sscan(k[len("api-7d9f8b6c5-bbbb4"):], &at)
		if !got[k] && !time.Unix(at, 0).Before(testNow.Add(-window)) {
			missed++
			t.Logf("%s: missed %s", window, time.Unix(at, 0).UTC())
		}
	}
	if missed > 0 {
		t.Errorf("%s: %d kills of %d missed", window, missed, len(want))
	}
	if len(found) > len(want)+20 {
		t.Errorf("%s: %d kills found, %d written", window, len(found), len(want))
	}
}

// TestSparseKillsAskLittle holds that a month with one kill is not read every five minutes.
func TestSparseKillsAskLittle(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	kill := ended{at: ago(9 * day).Truncate(scrape), again: ago(9*day - time.Minute).Truncate(scrape), reason: "OOMKilled"}
	e.load(t, statesOf("api-7d9f8b6c5-bbbb4", ago(12*day), testNow, []ended{kill})...)
	n := &notes{}
	found, err := e.reader(t, Options{}).deaths(t.Context(), n, `namespace="shop"`, ago(30*day), testNow)
	if err != nil || len(found) != 1 || found[0].at != kill.at.Unix() {
		t.Fatalf("%v, %v", found, err)
	}
	for _, q := range n.queries {
		if q.Step < time.Hour || strings.Contains(q.PromQL, "changes(") {
			t.Errorf("%s in steps of %s", q.PromQL, q.Step)
		}
	}
	if len(n.queries) != 3 {
		t.Errorf("%d questions", len(n.queries))
	}
}
