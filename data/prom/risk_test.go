package prom

import (
	"context"
	"errors"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// workingSet starts a working-set line of a container of namespace shop.
func workingSet(pod, container, id string, more ...string) line {
	return newLine(data.MetricWorkingSet, append([]string{"namespace", "shop", "pod", pod, "container", container, "id", id}, more...)...)
}

// specLines are what kube-state-metrics says of a container; a size of 0 is none.
func specLines(pod, container string, limit, request float64) []line {
	pairs := []string{"namespace", "shop", "pod", pod, "container", container}
	out := []line{newLine(data.MetricRestarts, pairs...).at(ago(10*time.Minute), 3).at(ago(time.Second), 3)}
	sized := append(pairs, "resource", "memory", "unit", "byte")
	if limit > 0 {
		out = append(out, newLine(data.MetricLimits, sized...).at(ago(time.Second), limit))
	}
	if request > 0 {
		out = append(out, newLine(data.MetricRequests, sized...).at(ago(time.Second), request))
	}
	return out
}

func usageOf(t *testing.T, u *data.ClusterUsage, pod, container string) *data.Usage {
	t.Helper()
	i := slices.IndexFunc(u.Usages, func(u data.Usage) bool { return u.Key.Pod.String() == pod && u.Key.Container.String() == container })
	if i < 0 {
		t.Fatalf("no usage of %s/%s", pod, container)
	}
	return &u.Usages[i]
}

func TestUsage(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	grow := func(from time.Time, base, perMinute float64) func(time.Time) float64 {
		return func(at time.Time) float64 { return base + perMinute*at.Sub(from).Minutes() }
	}
	const api, web = "api-7d9f8b6c5-x2bcd", "web-0"
	lines := []line{
		workingSet(api, "app", "/old").with(ago(3*time.Hour), ago(4*time.Minute), scrape, always(510*mi)), // killed, and still answering
		workingSet(api, "app", "/new", "prometheus_replica", "a").with(ago(3*time.Minute), testNow, 15*time.Second, grow(ago(3*time.Minute), 100*mi, 30*mi)),
		workingSet(api, "app", "/new", "prometheus_replica", "b").with(ago(3*time.Minute), testNow, 15*time.Second, grow(ago(3*time.Minute), 100*mi, 30*mi)),
		workingSet(api, "sidecar", "/s").with(ago(2*time.Hour), testNow, scrape, always(20*mi)),
		workingSet(web, "nginx", "/w").with(ago(2*time.Hour), testNow, scrape, always(60*mi)),
		workingSet(web, "odd", "/o").at(ago(time.Minute), math.NaN()).at(ago(30*time.Second), math.Inf(1)),
		newLine(data.MetricWorkingSet, "namespace", "shop", "pod", web, "container", "").at(ago(time.Second), 900*mi),
		newLine(data.MetricOwner, "namespace", "shop", "pod", api, "owner_kind", "ReplicaSet", "owner_name", "api-7d9f8b6c5").at(ago(time.Second), 1),
		newLine(data.MetricRSS, "namespace", "shop", "pod", api, "container", "app", "id", "/old").at(ago(4*time.Minute), 500*mi),
		newLine(data.MetricRSS, "namespace", "shop", "pod", api, "container", "app", "id", "/new").at(ago(time.Second), 150*mi),
		newLine(data.MetricCache, "namespace", "shop", "pod", api, "container", "app", "id", "/new").at(ago(time.Second), 50*mi),
		newLine(data.MetricActiveFile, "namespace", "shop", "pod", api, "container", "app", "id", "/new").at(ago(time.Second), 20*mi),
		newLine(data.MetricInactiveFile, "namespace", "shop", "pod", api, "container", "app", "id", "/new").at(ago(time.Second), 10*mi),
	}
	lines = append(lines, specLines(api, "app", 512*mi, 256*mi)...)
	lines = append(lines, specLines(api, "sidecar", 0, 2048*mi)...)
	lines = append(lines, specLines(web, "nginx", 1024*mi, 0)...)
	again := specLines("flap-0", "app", 512*mi, 0)
	lines = append(lines, again[1], newLine(data.MetricRestarts, "namespace", "shop", "pod", "flap-0", "container", "app").at(ago(10*time.Minute), 3).at(ago(time.Minute), 4),
		workingSet("flap-0", "app", "/f").at(ago(20*time.Second), 10*mi)) // started again, sampled once
	lines = append(lines, specLines("done-x2bcd", "job", 64*mi, 64*mi)...) // ended: a specification without memory
	e.load(t, lines...)
	got, err := e.reader(t, Options{}).Usage(t.Context(), nil, nil)
	if err != nil || len(got.Usages) != 4 || len(got.Gaps) != 0 {
		t.Fatalf("%d usages, gaps %v, %v", len(got.Usages), got.Gaps, err)
	}
	if n := len(e.asked); n > 5 {
		t.Errorf("%d questions: %q", n, e.asked)
	}
	u := usageOf(t, got, api, "app")
	if *u.WorkingSet >= 200*mi || *u.WorkingSet < 180*mi || testNow.Sub(u.At) > 20*time.Second {
		t.Errorf("the container that runs uses %.0f MiB at %s, not what the killed one did", *u.WorkingSet/mi, u.At)
	}
	if u.Recent == nil || u.Recent.Len() != 12 || *u.Limit != 512<<20 || *u.Request != 256<<20 || *u.Restarts != 3 || !u.Specified {
		t.Errorf("usage %+v, samples %+v", u, u.Recent)
	}
	if u.Owner == nil || u.Owner.Ref() != "deployment/api" || u.Peak == nil || *u.Peak != 510*mi {
		t.Errorf("owner %+v, peak %v", u.Owner, u.Peak)
	}
	if kept, ok := u.Parts.Kept(); !ok || kept != 170*mi {
		t.Errorf("kept %.0f MiB, %v", kept/mi, ok)
	}
	if u.Growth == nil || math.Abs(*u.Growth-1800*mi) > mi {
		t.Errorf("growth %v", u.Growth)
	}
	if s := usageOf(t, got, api, "sidecar"); s.Limit != nil || !s.Specified || s.Growth != nil || s.Peak == nil || s.Recent != nil {
		t.Errorf("sidecar %+v", s)
	}
	if f := usageOf(t, got, "flap-0", "app"); !f.Restarted || f.Recent == nil || f.Recent.Len() != 1 || f.Growth != nil {
		t.Errorf("flapping %+v", f)
	}
	if w := usageOf(t, got, web, "nginx"); w.Request != nil || *w.Limit != 1<<30 {
		t.Errorf("nginx %+v", w)
	}
}

// A Prometheus without kube-state-metrics has the memory; the limits come from the API server.
func TestUsageWithoutLimits(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	e.load(t, workingSet("a-0", "c", "/a").with(ago(time.Hour), testNow, scrape, always(95*mi)))
	r := e.reader(t, Options{})
	got, err := r.Usage(t.Context(), []data.Text{"shop"}, nil)
	if err != nil || len(got.Usages) != 1 || got.Usages[0].Limit != nil || got.Usages[0].Specified {
		t.Fatalf("%+v, %v", got, err)
	}
	if why, ok := gapOf(got.Gaps, "limits and requests"); !ok || !strings.Contains(why, "kube-state-metrics") {
		t.Errorf("gaps %v", got.Gaps)
	}
	limit := int64(100 << 20)
	got, err = r.Usage(t.Context(), nil, func(_ context.Context, u *data.ClusterUsage) error {
		u.Usages[0].Limit, u.Usages[0].Specified = &limit, true
		return nil
	})
	if err != nil || len(got.Gaps) != 0 || got.Usages[0].Recent == nil {
		t.Errorf("with limits from elsewhere: %+v, %v", got.Usages[0], err)
	}
	got, err = r.Usage(t.Context(), nil, func(context.Context, *data.ClusterUsage) error { return errors.New("no right to list pods") })
	if why, ok := gapOf(got.Gaps, "limits and requests"); err != nil || !ok || !strings.Contains(why, "no right") {
		t.Errorf("gaps %v, %v", got.Gaps, err)
	}
	got, err = r.Usage(t.Context(), []data.Text{"other"}, nil)
	if why, ok := gapOf(got.Gaps, "memory of containers now"); err != nil || !ok || !strings.Contains(why, "cadvisor") {
		t.Errorf("limits without memory: %v, %v", got.Gaps, err)
	}
}

// A source without ids gives one series for all lives: the newest begins where memory collapsed.
func TestUsageWithoutIDs(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	pairs := []string{"namespace", "shop", "pod", "a-0", "container", "c"}
	l := newLine(data.MetricWorkingSet, pairs...).with(ago(time.Hour), ago(10*time.Minute), scrape, always(98*mi))
	l = l.with(ago(10*time.Minute), testNow, scrape, func(at time.Time) float64 { return 10*mi + 8*mi*at.Sub(ago(10*time.Minute)).Minutes() })
	e.load(t, append(specLines("a-0", "c", 100*mi, 0), l)...)
	got, err := e.reader(t, Options{}).Usage(t.Context(), nil, nil)
	if err != nil || len(got.Usages) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	if s := got.Usages[0].Recent; s == nil || s.V[0] != 10*mi || s.Len() != 20 {
		t.Errorf("samples %+v", s)
	}
}

func TestStreamedFailures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body string
		code       int
		want       Trouble
	}{
		{"cut off", `{"status":"success","data":{"resultType":"vector","result":[{"metric":{"pod":"a"},"value":[1,"2"]},{"metric"`, 200, BadAnswer},
		{"error in the answer", `{"status":"error","errorType":"execution","error":"query processing would load too many samples"}`, 422, TooMuch},
		{"error with 200", `{"status":"error","errorType":"timeout","error":"query timed out"}`, 200, Slow},
		{"forbidden", `no`, 403, Unauthorized},
		{"gateway", `<html>`, 502, Unreachable},
		{"something else", `{"hello":1}`, 200, BadAnswer},
		{"no number", `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"x"]}]}}`, 200, BadAnswer},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r, err := Dial("http://engine", Options{Transport: status{c.code, c.body}, Now: func() time.Time { return testNow }})
			if err != nil {
				t.Fatal(err)
			}
			_, err = r.streamed(t.Context(), "up", testNow, func(*row) {})
			if got := troubleOf(err); got != c.want {
				t.Errorf("trouble %q, want %q: %v", got, c.want, err)
			}
			if _, err := r.Usage(t.Context(), nil, nil); err == nil {
				t.Error("there is an answer all the same")
			}
		})
	}
}

// status is a transport that gives one answer to everything.
type status struct {
	code int
	body string
}

// RoundTrip answers.
func (s status) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: s.code, Header: http.Header{"Content-Type": {jsonKind}}, Request: req, Body: readCloser{strings.NewReader(s.body)}}, nil
}

func TestStreamedReadsAnyOrder(t *testing.T) {
	t.Parallel()
	body := `{"data":{"result":[{"value":[1795454145.808,"42"],"metric":{"pod":"p\"1","id":"/x","more":"\u00e9"}},{"metric":{},"values":[[1,"1"],[2,"NaN"],[3,"+Inf"],[4,"4"]]}],"resultType":"vector","analysis":{"a":[1]}},"warnings":["partial"],"status":"success"}`
	r, err := Dial("http://engine", Options{Transport: status{200, body}, Now: func() time.Time { return testNow }})
	if err != nil {
		t.Fatal(err)
	}
	var pods []string
	var sizes []int
	a, err := r.streamed(t.Context(), "up", testNow, func(w *row) {
		pods, sizes = append(pods, w.pod), append(sizes, len(w.v))
		if w.pod != "" && (w.t[0] != 1795454145808 || w.v[0] != 42) {
			t.Errorf("sample %v %v", w.t, w.v)
		}
	})
	if err != nil || !slices.Equal(pods, []string{`p"1`, ""}) || !slices.Equal(sizes, []int{1, 2}) || len(a.query.Warnings) != 1 || a.query.Points != 3 {
		t.Errorf("%q %v %+v %v", pods, sizes, a.query, err)
	}
}
