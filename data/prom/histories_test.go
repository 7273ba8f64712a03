package prom

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// town is a cluster of many kinds of workloads: the containers that are asked about, and their series.
type town struct {
	cs    []*data.Container
	lines []line
	rnd   *rand.Rand
}

func (o *town) add(ns, pod, container string, w data.Workload) *data.Container {
	c := &data.Container{Key: data.Key{Namespace: data.Text(ns), Pod: data.Text(pod), UID: data.Text(pod), Container: data.Text(container)}, Workload: w}
	o.cs = append(o.cs, c)
	return c
}

// lives writes what is known of a container: some lives with ends, limits, parts of memory and load.
func (o *town) lives(c *data.Container, from time.Time, n int, step time.Duration, named bool) {
	own := []string{"namespace", c.Key.Namespace.String(), "pod", c.Key.Pod.String(), "container", c.Key.Container.String()}
	length := testNow.Sub(from) / time.Duration(n)
	put := func(metric string, from, to time.Time, f func(time.Time) float64, more ...string) {
		o.lines = append(o.lines, newLine(metric, append(append([]string{}, own...), more...)...).with(from, to, step, f))
	}
	wave := func(base float64) func(time.Time) float64 {
		return func(time.Time) float64 { return (base + float64(o.rnd.IntN(40))) * mi }
	}
	week := testNow.Add(-partsDays * day)
	for i := range n {
		begin, end := from.Add(time.Duration(i)*length), from.Add(time.Duration(i+1)*length-2*step)
		id := []string{}
		if named {
			id = []string{"id", fmt.Sprintf("/%s/%d", c.Key.Pod, i)}
		}
		put(data.MetricWorkingSet, begin, end, wave(200), id...)
		if end.Before(week) {
			continue
		}
		for k, metric := range []string{data.MetricRSS, data.MetricCache, data.MetricActiveFile, data.MetricInactiveFile} {
			put(metric, begin, end, wave([]float64{100, 90, 20, 10}[k]), id...)
		}
		for _, metric := range []string{data.MetricCPU, data.MetricReads} {
			put(metric, begin, end, func(t time.Time) float64 { return t.Sub(begin).Seconds() * 3 }, append([]string{"cpu", "total"}, id...)...)
		}
		put(data.MetricThreads, begin, end, func(time.Time) float64 { return float64(o.rnd.IntN(9)) }, id...)
	}
	put(data.MetricLimits, from, testNow, always(512*mi), "resource", "memory")
	past := func(t time.Time) float64 { return float64(t.Sub(from) / length) }
	put(data.MetricRestarts, from, testNow, past)
	if n > 1 {
		put(data.MetricLastEnd, from.Add(length), testNow, func(t time.Time) float64 {
			return float64(from.Add(time.Duration(past(t)) * length).Add(-step).Unix())
		})
		put(data.MetricLastReason, from.Add(length), testNow, always(1), "reason", "OOMKilled")
	}
	for _, dev := range []string{"eth0", "lo"} {
		o.lines = append(o.lines, newLine(data.MetricReceived, "namespace", c.Key.Namespace.String(), "pod", c.Key.Pod.String(), "interface", dev, "id", "/"+c.Key.Container.String()).
			with(testNow.Add(-5*time.Hour), testNow, step, func(t time.Time) float64 { return t.Sub(from).Seconds() }))
	}
	if end := newestKill(c); !end.IsZero() {
		put(data.MetricPressureWaiting, end.Add(-time.Hour), end.Add(time.Hour), func(t time.Time) float64 { return t.Sub(end.Add(-time.Hour)).Seconds() / 7 })
		put(data.MetricOOMEvents, end.Add(-10*time.Minute), end.Add(time.Hour), func(t time.Time) float64 { return min(max(0, t.Sub(end).Seconds()), 2) }, "id", "/x")
	}
}

// aTown has replicas, two containers in a pod, a name that begins as another's, jobs, samples without ids, two copies of
// Prometheus, a crash loop, pods without any sample, and a name that a regular expression would misread.
func aTown() *town {
	o := &town{rnd: rand.New(rand.NewPCG(1, 2))}
	two := int32(2)
	deploy := func(name string) data.Workload {
		return data.Workload{Kind: "Deployment", Name: data.Text(name), Replicas: &two}
	}
	for i, pod := range []string{"api-7d9f8b6c5-x2bcd", "api-7d9f8b6c5-zzzz2"} {
		c := o.add("shop", pod, "api", deploy("api"))
		c.Last = &data.Termination{ExitCode: 137, Reason: "OOMKilled", FinishedAt: ago(time.Duration(3+i) * time.Hour)}
		o.lives(c, ago(9*day), 3, time.Minute, true)
		o.lives(o.add("shop", pod, "sidecar", deploy("api")), ago(2*day), 1, time.Minute, true)
	}
	o.lives(o.add("shop", "api-web-7d9f8b6c5-x2bcd", "api", deploy("api-web")), ago(3*day), 2, time.Minute, true)
	o.lives(o.add("shop", "db.main-0", "db", data.Workload{Kind: "StatefulSet", Name: "db.main"}), ago(4*day), 2, 2*time.Minute, false)
	copied := o.add("shop", "cache-abcde", "cache", data.Workload{Kind: "DaemonSet", Name: "cache"})
	o.lives(copied, ago(day), 1, time.Minute, true)
	o.lines = append(o.lines, newLine(data.MetricWorkingSet, "namespace", "shop", "pod", "cache-abcde", "container", "cache", "id", "/cache-abcde/0", "prometheus_replica", "1").
		with(ago(day).Add(time.Second), testNow, time.Minute, always(300*mi)))
	loop := o.add("shop", "loop-bbbbb", "loop", data.Workload{Kind: "DaemonSet", Name: "loop"})
	o.lives(loop, ago(5*time.Hour), 40, time.Minute, true)
	o.add("shop", "silent-ccccc", "silent", data.Workload{Kind: "DaemonSet", Name: "silent"})
	o.lives(o.add("jobs", "night-28000-xxxxx", "run", data.Workload{Kind: "CronJob", Name: "night"}), ago(2*day), 1, time.Minute, true)
	o.lives(o.add("jobs", "import-yyyyy", "run", data.Workload{Kind: "Job", Name: "import"}), ago(day), 2, time.Minute, true)
	o.lives(o.add("lonely", "solo", "solo", data.Workload{}), ago(day), 1, time.Minute, true)
	return o
}

// all reads every history at once and returns them by place.
func all(t *testing.T, r *Reader, cs []*data.Container) []*data.History {
	t.Helper()
	var mu sync.Mutex
	out := make([]*data.History, len(cs))
	r.Histories(t.Context(), cs, func(i int, h *data.History, err error) {
		mu.Lock()
		defer mu.Unlock()
		if err != nil || out[i] != nil {
			t.Errorf("%s: %v, read before %v", cs[i].Key, err, out[i] != nil)
		}
		out[i] = h
	})
	return out
}

// sameHistories compares with what is read one by one, but for how long questions took.
func sameHistories(t *testing.T, e *engineServer, cs []*data.Container, got []*data.History) {
	t.Helper()
	for i, c := range cs {
		want, err := e.reader(t, Options{}).History(t.Context(), c, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got[i] == nil {
			t.Fatalf("%s was not read", c.Key)
		}
		kept := slices.ContainsFunc(got[i].Queries, func(q data.Query) bool {
			return q.Shared && q.Step == 0 && q.End.Equal(testNow.Truncate(time.Second).Add(-settled))
		})
		for _, h := range []*data.History{want, got[i]} {
			if kept { // samples that a neighbour's history has brought are on record as one question
				h.Queries = slices.DeleteFunc(h.Queries, func(q data.Query) bool { return strings.HasPrefix(q.PromQL, data.MetricWorkingSet+"{") })
			}
			for k := range h.Queries {
				h.Queries[k].Took, h.Queries[k].Shared = 0, false
			}
		}
		a, b := reflect.ValueOf(*want), reflect.ValueOf(*got[i])
		for f := range a.NumField() {
			if !reflect.DeepEqual(a.Field(f).Interface(), b.Field(f).Interface()) {
				t.Errorf("%s: %s differs:\nalone    %.1500v\ntogether %.1500v", c.Key, a.Type().Field(f).Name, a.Field(f), b.Field(f))
			}
		}
	}
}

// TestHistoriesAreTheSame holds that histories that are read together are those that are read alone, and cost less.
func TestHistoriesAreTheSame(t *testing.T) {
	t.Parallel()
	e, o := newEngine(t, 50_000_000), aTown()
	e.load(t, o.lines...)
	got := all(t, e.reader(t, Options{}), o.cs)
	together := len(e.asked)
	for _, q := range e.asked {
		if strings.Count(q, "|") > 3*batchNames && !strings.HasPrefix(q, "count ") {
			t.Errorf("too many names: %s", q)
		}
	}
	if e.most > maxInFlight {
		t.Errorf("%d questions in flight", e.most)
	}
	sameHistories(t, e, o.cs, got)
	if alone := len(e.asked) - together; together*2 > alone {
		t.Errorf("%d questions together, %d alone", together, alone)
	}
	if p := got[0].Pressure; p == nil || p.Waiting == nil || p.OOMEvents == nil {
		t.Errorf("pressure %+v", p)
	}
	if len(got[0].Load.Received) != 2 || len(got[0].Kills) == 0 || got[0].Shared.Len() == 0 {
		t.Error("the town has too little in it to compare")
	}
}

// TestSharedQuestionsTellTheirTime holds that an answer which many share has the time of the question that brought it, and
// says that it is shared; what was asked for one alone does not.
func TestSharedQuestionsTellTheirTime(t *testing.T) {
	t.Parallel()
	e, o := newEngine(t, 50_000_000), aTown()
	e.load(t, o.lines...)
	var ticks atomic.Int64
	clock := func() time.Time { return testNow.Add(time.Duration(ticks.Add(1)) * 10 * time.Microsecond) }
	for i, h := range all(t, e.reader(t, Options{Now: clock}), o.cs) {
		shared := 0
		for _, q := range h.Queries {
			if q.Took <= 0 {
				t.Errorf("%s: %s took %s, shared: %v", o.cs[i].Key, q.PromQL, q.Took, q.Shared)
			}
			if q.Shared {
				shared++
			}
		}
		if lone := o.cs[i].Key.Namespace == "lonely"; lone != (shared == 0) {
			t.Errorf("%s: %d of %d questions are shared", o.cs[i].Key, shared, len(h.Queries))
		}
	}
}

// TestHistoriesOfAStubbornServer holds that what cannot be asked for many is asked for each alone.
func TestHistoriesOfAStubbornServer(t *testing.T) {
	t.Parallel()
	for name, refuse := range map[string]func(*http.Request) bool{
		"no index":              func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/label/") },
		"nothing for many pods": func(r *http.Request) bool { return strings.Contains(r.FormValue("query"), `container=~"`) },
		"no raw samples of many": func(r *http.Request) bool {
			q := r.FormValue("query")
			return strings.HasPrefix(q, data.MetricWorkingSet) && strings.Contains(q, `container=~"`)
		},
		"no unions": func(r *http.Request) bool { return strings.Contains(r.FormValue("query"), "label_replace") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, o := newEngine(t, 50_000_000), aTown()
			e.load(t, o.lines...)
			refused := 0
			var mu sync.Mutex
			r, _ := serve(t, Options{Timeout: 10 * time.Minute, Now: func() time.Time { return testNow }}, func(w http.ResponseWriter, req *http.Request) {
				if refuse(req) {
					mu.Lock()
					refused++
					mu.Unlock()
					says(422, jsonKind, `{"status":"error","errorType":"execution","error":"not here"}`)(w, req)
					return
				}
				e.Config.Handler.ServeHTTP(w, req)
			})
			got := all(t, r, o.cs)
			for _, h := range got {
				h.Source = e.reader(t, Options{}).Source()
			}
			sameHistories(t, e, o.cs, got)
			if refused == 0 {
				t.Error("nothing was refused")
			}
		})
	}
}

func TestHistoriesCanceled(t *testing.T) {
	t.Parallel()
	e, o := newEngine(t, 50_000_000), aTown()
	e.load(t, o.lines...)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var mu sync.Mutex
	told := map[int]bool{}
	e.reader(t, Options{}).Histories(ctx, o.cs, func(i int, h *data.History, err error) {
		mu.Lock()
		defer mu.Unlock()
		told[i] = true
		if h != nil || troubleOf(err) != Canceled {
			t.Errorf("%v, %v", h, err)
		}
	})
	if len(told) != len(o.cs) {
		t.Errorf("%d of %d were told", len(told), len(o.cs))
	}
}

func TestBatchesFit(t *testing.T) {
	t.Parallel()
	r := &Reader{budget: maxRawSamples}
	of := func(n int, each float64, pods int) []*member {
		var out []*member
		for i := range n {
			m := &member{sel: fmt.Sprint(i), pods: map[string]bool{}, samples: each * historyDays * 4, parts: make([]float64, historyDays*4)}
			for k := range m.parts {
				m.parts[k] = each
			}
			for k := range pods {
				m.pods[fmt.Sprint(i, "-", k)] = true
			}
			out = append(out, m)
		}
		return out
	}
	for _, c := range []struct {
		ms   []*member
		want int
	}{
		{of(120, 10, 1), 2},   // 60 names a batch
		{of(10, 10, 100), 10}, // each has more
		{of(50, 720, 1), 5},   // 86,400 samples each: 11 a batch
		{of(2, 20_000, 1), 2}, // 2.4 million each
		{of(60, 100, 1), 1},   // all in one
		{of(61, 0, 1), 2},     // nothing but names
	} {
		if got := len(cutBy(c.ms, r.fits)); got != c.want {
			t.Errorf("%d members of %v samples: %d batches, want %d", len(c.ms), c.ms[0].samples, got, c.want)
		}
	}
	same := of(30, 720, 1)
	for _, m := range same {
		m.sel = "one" // of one workload: its samples are read once
	}
	if got := len(cutBy(same, r.fits)); got != 1 {
		t.Errorf("replicas are in %d batches", got)
	}
}
