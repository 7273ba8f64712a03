package prom

import (
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

func TestKillsAreDistinctAndOOMAlone(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	c := apiCase()
	pod := c.Key.Pod.String()
	name := []string{"namespace", "shop", "container", "api", "pod", "api-7d9f8b6c5-ccccc"}
	lines := kubeState(pod, "OOMKilled", testNow, ago(8*day), ago(3*day), ago(2*time.Hour))
	lines = append(lines, kubeState("api-7d9f8b6c5-bbbbb", "Error", testNow, ago(5*time.Hour))...) // no kill for memory
	lines = append(lines,
		// a status that is lost has the zero time, which is far below zero
		newLine(data.MetricLastEnd, name...).with(ago(2*day), ago(day), scrape, always(-62135596800)),
		newLine(data.MetricLastReason, append(name, "reason", "OOMKilled")...).with(ago(2*day), ago(day), scrape, always(1)))
	init := []string{"namespace", "shop", "container", "api", "pod", "api-7d9f8b6c5-ddddd"}
	lines = append(lines,
		newLine(data.MetricInitLastEnd, init...).with(ago(4*day), ago(3*day), scrape, always(float64(ago(4*day).Unix()))),
		newLine(data.MetricInitLastReason, append(init, "reason", "OOMKilled")...).with(ago(4*day), ago(3*day), scrape, always(1)))
	e.load(t, lines...)
	h, err := e.reader(t, Options{}).History(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		pod string
		at  time.Time
	}{{pod, ago(8 * day)}, {"api-7d9f8b6c5-ddddd", ago(4 * day)}, {pod, ago(3 * day)}, {pod, ago(2 * time.Hour)}}
	if len(h.Kills) != len(want) {
		t.Fatalf("kills %+v", h.Kills)
	}
	for i, k := range h.Kills {
		if k.Pod.String() != want[i].pod || !k.At.Equal(want[i].at) || k.ExitCode != nil || k.From == "" {
			t.Errorf("kill %d: %+v, want %+v", i, k, want[i])
		}
	}
	if got := e.single(t, h.Kills[3].From.String()); got != float64(ago(2*time.Hour).Unix()) {
		t.Errorf("the evidence of the last kill shows %v", got)
	}
}

// TestKillsOfACrashLoop holds that kills closer than the step are not lost: the kubelet restarts at once, then after
// 10, 20, 40, 80, 160 and 300 seconds.
func TestKillsOfACrashLoop(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	c := apiCase()
	at := []time.Time{ago(5 * day)}
	for _, wait := range []int{35, 60, 60, 90, 120, 180, 320, 320} {
		at = append(at, at[len(at)-1].Add(time.Duration(wait)*time.Second))
	}
	e.load(t, kubeState(c.Key.Pod.String(), "OOMKilled", testNow, at...)...)
	h, err := e.reader(t, Options{}).History(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Kills) != len(at) {
		t.Errorf("%d kills of %d: %+v", len(h.Kills), len(at), h.Kills)
	}
	if _, gap := gapOf(h.Gaps, "kills that followed"); gap {
		t.Error("a single crash loop is no reason for a gap")
	}
}

func TestKillsOfPodsThatEndedForGood(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	c := &data.Container{
		Key:      data.Key{Namespace: "shop", Pod: "export-29000000-bcdfg", Container: "export"},
		Workload: data.Workload{Kind: "CronJob", Namespace: "shop", Name: "export"},
	}
	var lines []line
	job := func(pod, reason string, containers int, ended time.Time) {
		name := []string{"namespace", "shop", "pod", pod}
		full := append(append([]string{}, name...), "container", "export")
		lines = append(lines,
			newLine(data.MetricCompletion, name...).with(ended, ended.Add(time.Hour), scrape, always(float64(ended.Unix()))),
			newLine(data.MetricTerminatedReason, append(full, "reason", reason)...).with(ended, ended.Add(time.Hour), scrape, always(1)))
		for _, n := range []string{"export", "sidecar"}[:containers] {
			lines = append(lines, newLine("kube_pod_container_info", append(append([]string{}, name...), "container", n)...).with(ended.Add(-time.Hour), ended.Add(time.Hour), scrape, always(1)))
		}
	}
	job("export-29000000-bcdfg", "OOMKilled", 1, ago(3*time.Hour))
	job("export-28998560-bcdfg", "OOMKilled", 1, ago(27*time.Hour))
	job("export-28997120-bcdfg", "Completed", 1, ago(51*time.Hour))
	job("export-28995680-bcdfg", "OOMKilled", 2, ago(75*time.Hour)) // when did the container end? nobody knows
	e.load(t, lines...)
	h, err := e.reader(t, Options{}).History(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Kills) != 2 || h.Kills[0].Pod != "export-28998560-bcdfg" || !h.Kills[1].At.Equal(ago(3*time.Hour)) {
		t.Errorf("kills %+v", h.Kills)
	}
}

func TestChildKills(t *testing.T) {
	t.Parallel()
	e := newEngine(t, 50_000_000)
	events := func(pod, container, id string, more ...string) line {
		return newLine(data.MetricOOMEvents, append([]string{"namespace", "shop", "pod", pod, "container", container, "id", id}, more...)...)
	}
	rising := func(t time.Time) float64 { // from 7, one more every two hours of the last ten
		if t.Before(ago(10 * time.Hour)) {
			return 7
		}
		return 7 + float64(int(t.Sub(ago(10*time.Hour)).Hours()/2)) + 1
	}
	e.load(t,
		events("old", "web", "/1").with(ago(48*time.Hour), testNow, scrape, always(3)), // all before the window
		events("rise", "web", "/2", "job", "a").with(ago(48*time.Hour), testNow, scrape, rising),
		events("rise", "web", "/2", "job", "b").with(ago(48*time.Hour), testNow, scrape, rising), // the same again
		events("born", "web", "/3").with(ago(time.Hour), testNow, scrape, always(1)),             // first seen at 1
		events("quiet", "web", "/4").with(ago(time.Hour), testNow, scrape, always(0)),
		events("lives", "web", "/5").with(ago(5*time.Hour), ago(3*time.Hour), scrape, always(2)), // two instances
		events("lives", "web", "/6").with(ago(3*time.Hour), ago(time.Hour), scrape, always(4)),
		events("pod", "", "/7").with(ago(time.Hour), testNow, scrape, always(5)),
		events("pause", "POD", "/8").with(ago(time.Hour), testNow, scrape, always(5)))
	got, err := e.reader(t, Options{}).ChildKills(t.Context(), 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	want := map[data.Text]float64{"rise": 5, "born": 1, "lives": 6}
	if len(got) != len(want) {
		t.Errorf("%+v", got)
	}
	for _, k := range got {
		if k.Count != want[k.Pod] || k.Container != "web" || k.Namespace != "shop" {
			t.Errorf("%+v, want %v", k, want[k.Pod])
		}
		if shown := e.single(t, k.From.String()); shown != k.Count {
			t.Errorf("%s: the evidence shows %v, not %v", k.Pod, shown, k.Count)
		}
	}
}
